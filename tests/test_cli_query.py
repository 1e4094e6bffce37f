"""`events`, `incidents`, `export` and `validate` as a user meets them, and the snippets of the documentation run as they stand there."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import subprocess
from pathlib import Path

import msgspec
import pytest
from click.testing import Result
from typer.testing import CliRunner

from dragoman.cli import app
from dragoman.formats.bundle import PACKAGE, check_bundle, sha256
from dragoman.formats.export import NAMES, read_export
from dragoman.formats.panel import PanelOptions, Period
from dragoman.ledger.incidents import Incident
from dragoman.store import open_store
from dragoman.store.exports import ExportOptions, export_bundle, export_store
from dragoman.store.filters import EventFilter, make_filter
from tests.test_formats import TEXT, made
from tests.test_queries import CodedReport, answer, filled, told_by

DOCS = Path(__file__).parent.parent / "docs"


def dragoman(*arguments: str) -> Result:
    """The command in this process: what goes wrong must be an exit status, not an exception."""
    done = CliRunner(env={"TERMINAL_WIDTH": "160", "COLUMNS": "160"}).invoke(app, arguments)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A store with two reports of one expulsion and one of an answer."""
    path = tmp_path_factory.mktemp("ledger") / "ledger.db"
    store = open_store(path)
    told = [told_by("a", "Example Wire", 26, made()), told_by("b", "The Daily Example", 27, made()), told_by("c", "Example Wire", 29, answer())]
    filled(store, told)
    store.close()
    return str(path)


def test_events_are_records_in_lines(ledger: str) -> None:
    done = dragoman("events", "--store", ledger, "--type", "SANCTION", "--source", "Example Wire")
    assert done.exit_code == 0, done.stderr
    (row,) = map(json.loads, done.stdout.splitlines())
    assert (row["type"], row["source"], row["text"]) == ("SANCTION", "Example Wire", TEXT)


def test_events_in_csv_and_in_a_table(ledger: str) -> None:
    rows = list(csv.DictReader(io.StringIO(dragoman("events", "--store", ledger, "--format", "csv", "--dyad", "RUS,POL", "--undirected").stdout)))
    assert [row["type"] for row in rows] == ["SANCTION", "SANCTION"]
    done = dragoman("events", "--store", ledger, "--format", "table", "--limit", "1")
    assert "SANCTION" in done.stdout
    assert "the first 1; --limit shows more" in done.stderr


def test_events_are_counted(ledger: str) -> None:
    assert dragoman("events", "--store", ledger, "--count").stdout == "3\n"
    assert dragoman("events", "--store", ledger, "--count", "--from", "2018-03-29", "--quad", "3").stdout == "1\n"


def test_incidents_in_every_format(ledger: str) -> None:
    (line,) = dragoman("incidents", "--store", ledger, "--min-sources", "2").stdout.splitlines()
    incident = msgspec.json.decode(line, type=Incident)
    assert (incident.type, incident.independent, len(incident.events)) == ("SANCTION", 2, 2)
    (row,) = csv.DictReader(io.StringIO(dragoman("incidents", "--store", ledger, "--actor", "RUS", "--format", "csv").stdout))
    assert (row["type"], row["actor_countries"], row["timeline"]) == ("THREATEN", "RUS", "actual 2018-03-29")
    assert "Example Wire" in dragoman("incidents", "--store", ledger, "--format", "csv").stdout
    assert "THREATEN" in dragoman("incidents", "--store", ledger, "--format", "table").stdout


@pytest.mark.parametrize("layout", [name for name in NAMES if name != "tombstones"])
def test_every_layout_is_written_and_checked(ledger: str, tmp_path: Path, layout: str) -> None:
    out = tmp_path / "out"
    done = dragoman("export", "--store", ledger, "--as", layout, "--out", str(out), "--check")
    assert done.exit_code == 0, done.stderr
    assert "nothing wrong" in done.stderr
    assert "expelled" not in out.read_bytes().decode("latin-1").replace("unexpelled", "")
    assert dragoman("validate", str(out), "--as", layout).exit_code == 0


def test_standard_output_carries_the_export_alone(ledger: str) -> None:
    done = dragoman("export", "--store", ledger, "--as", "icews")
    assert [line.split("\t")[6] for line in done.stdout.splitlines()] == ["CAMEO Code", "166", "166", "1313"]
    assert "icews: 3 rows of 3 events" in done.stderr


def test_a_fault_is_named_with_its_line_and_the_exit_status_says_so(ledger: str, tmp_path: Path) -> None:
    out = tmp_path / "events.tab"
    dragoman("export", "--store", ledger, "--as", "icews", "--out", str(out))
    out.write_text(out.read_text("utf-8").replace("\t1313\t", "\t313\t"), "utf-8")
    done = dragoman("validate", str(out), "--as", "icews")
    assert done.exit_code == 1
    assert "line 4, column 'CAMEO Code': '313' is no CAMEO code" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        (["events", "--store", "nowhere.db"], 2, "no store at nowhere.db"),
        (["events", "--actor", "XXX"], 2, "no such country: 'XXX'"),
        (["events", "--from", "yesterday"], 2, "not a filter"),
        (["export", "--as", "acled"], 2, "no such layout: 'acled'"),
        (["export", "--as", "csv", "--as", "icews"], 2, "give --bundle"),
        (["export", "--as", "parquet"], 2, "give --out"),
        (["export", "--as", "csv", "--check"], 2, "give --out"),
        (["export", "--as", "csv", "--since", "1"], 2, "give --tombstones"),
        (["export", "--as", "gdelt", "--since", "1", "--tombstones", "x"], 2, "cannot say what has changed"),
        (["export", "--as", "csv", "--since", "99", "--tombstones", "x"], 2, "no such run"),
        (["export", "--as", "panel", "--period", "decade"], 2, "choose from day, week, month, year"),
        (["export", "--as", "csv", "--out", "/nonexistent/x"], 2, "cannot write"),
        (["validate", "/nonexistent/x", "--as", "csv"], 3, "cannot read"),
        (["validate", "/nonexistent/x", "--as", "bundle"], 3, "is no bundle"),
    ],
)
def test_what_cannot_be_meant_is_a_message_and_no_trace(ledger: str, arguments: list[str], status: int, says: str) -> None:
    store = [] if arguments[0] == "validate" or "--store" in arguments else ["--store", ledger]
    done = dragoman(*arguments, *store)
    assert done.exit_code == status, done.stderr
    assert says in " ".join(done.stderr.split())


def test_each_command_has_an_example_and_the_same_conditions() -> None:
    wanted = ("--from", "--to", "--actor", "--recipient", "--dyad", "--undirected", "--type", "--mode", "--quad", "--status", "--sector", "--source")
    for command in ("events", "incidents", "export"):
        shown = dragoman(command, "--help").stdout
        assert "Example:" in shown
        assert all(option in shown for option in (*wanted, "--min-confidence", "--text"))
    assert "Example:" in dragoman("validate", "--help").stdout


# Bundles.


def test_a_bundle_holds_what_it_needs_to_be_read_alone(ledger: str, tmp_path: Path) -> None:
    folder = tmp_path / "release"
    done = dragoman("export", "--store", ledger, "--as", "csv", "--as", "panel", "--as", "gdelt", "--actor", "POL", "--bundle", str(folder), "--check")
    assert done.exit_code == 0, done.stderr
    names = {path.name for path in folder.iterdir()}
    wanted = {"events.csv", "panel.csv", "gdelt.export.CSV", "actors.csv", "codebook.md", "query.json", "versions.json", "CITATION.cff", "SHA256SUMS", PACKAGE}
    assert names == wanted
    assert json.loads((folder / "query.json").read_text("utf-8"))["filter"]["actors"] == ["POL"]
    versions = json.loads((folder / "versions.json").read_text("utf-8"))
    assert versions["coders"] == ["dragoman 0.1.0 model 1 abc"]
    actors = list(csv.DictReader(io.StringIO((folder / "actors.csv").read_text("utf-8"))))
    assert {(row["country"], row["cow"], row["as_actor"], row["as_recipient"]) for row in actors} == {("POL", "290", "2", "0"), ("RUS", "365", "0", "2")}
    assert "SANCTION/expel" in (folder / "codebook.md").read_text("utf-8")


def test_the_data_package_describes_every_file(ledger: str, tmp_path: Path) -> None:
    store = open_store(ledger)
    export_bundle(store, tmp_path / "b", layouts=["csv", "polecat", "icews", "gdelt", "gdelt-mentions", "incidents", "panel", "parquet", "jsonl", "plover"])
    store.close()
    package = json.loads((tmp_path / "b" / PACKAGE).read_text("utf-8"))
    for resource in package["resources"]:
        path = tmp_path / "b" / resource["path"]
        assert resource["hash"] == f"sha256:{sha256(path)}"
        assert resource["bytes"] == path.stat().st_size
        assert re.fullmatch("[a-z0-9._-]+", resource["name"])
        if resource.get("profile") == "tabular-data-resource":
            assert_fits(path, resource)


def assert_fits(path: Path, resource: dict[str, object]) -> None:
    """The file read by what its descriptor says alone."""
    dialect, schema = resource["dialect"], resource["schema"]
    assert isinstance(dialect, dict)
    assert isinstance(schema, dict)
    quoting = csv.QUOTE_MINIMAL if dialect["quoteChar"] else csv.QUOTE_NONE
    rows = list(csv.reader(io.StringIO(path.read_text("utf-8"), newline=""), delimiter=dialect["delimiter"], quoting=quoting))
    names = [field["name"] for field in schema["fields"]]
    assert len(set(names)) == len(names)
    if dialect["header"]:
        assert rows.pop(0) == names
    assert rows
    for row in rows:
        assert len(row) == len(names)
        for field, cell in zip(schema["fields"], row, strict=True):
            if cell in schema["missingValues"]:
                assert not field.get("constraints", {}).get("required")
            elif field["type"] == "integer":
                int(cell)
            elif field["type"] == "number":
                float(cell)


def test_the_same_store_gives_the_same_bundle(ledger: str, tmp_path: Path) -> None:
    store = open_store(ledger)
    for name in ("one", "two"):
        export_bundle(store, tmp_path / name, layouts=["csv", "jsonl"])
    store.close()
    assert (tmp_path / "one" / "SHA256SUMS").read_bytes() == (tmp_path / "two" / "SHA256SUMS").read_bytes()


def test_a_changed_bundle_is_found_out(ledger: str, tmp_path: Path) -> None:
    store = open_store(ledger)
    folder = tmp_path / "b"
    export_bundle(store, folder, layouts=["csv"])
    store.close()
    (folder / "events.csv").write_text((folder / "events.csv").read_text("utf-8").replace("SANCTION", "SANCTIONS"), "utf-8")
    (folder / "new.txt").write_text("x")
    (folder / "query.json").unlink()
    said = " ".join(map(str, check_bundle(folder)))
    assert "events.csv is not what its checksum says" in said
    assert "new.txt is not in SHA256SUMS" in said
    assert "query.json is missing" in said
    assert "'SANCTIONS' is not one of" in said


def test_a_bundle_goes_into_no_folder_that_holds_something(ledger: str, tmp_path: Path) -> None:
    (tmp_path / "x").write_text("x")
    done = dragoman("export", "--store", ledger, "--as", "csv", "--bundle", str(tmp_path))
    assert done.exit_code == 2
    assert "is not empty" in done.stderr


# The same from Python.


def test_the_library_writes_what_the_command_writes(ledger: str) -> None:
    store = open_store(ledger)
    buffer = io.StringIO()
    tally = export_store(store, buffer, layout="csv", chosen=make_filter(actors=["POL"]), options=ExportOptions(with_text=True))
    store.close()
    assert tally.rows == 2
    assert buffer.getvalue() == dragoman("export", "--store", ledger, "--as", "csv", "--actor", "POL", "--with-text").stdout


def test_a_panel_takes_its_span_and_dyads_from_the_filter(ledger: str, tmp_path: Path) -> None:
    store = open_store(ledger)
    chosen = make_filter(start="2018-03-25", end="2018-03-28", dyads=["RUS,POL", "RUS,USA"], directed=False)
    export_store(store, tmp_path / "p.csv", layout="panel", chosen=chosen, options=ExportOptions(panel=PanelOptions(period=Period.DAY)))
    store.close()
    rows = list(read_export(tmp_path / "p.csv", "panel"))
    assert [(row["actor"], row["recipient"], row["period"], row["events"], row["covered"]) for row in rows] == [
        ("POL", "RUS", "2018-03-25", "0", "false"), ("POL", "RUS", "2018-03-26", "1", "true"), ("POL", "RUS", "2018-03-27", "0", "true"),
        ("POL", "RUS", "2018-03-28", "0", "false"), ("RUS", "USA", "2018-03-25", "0", "false"), ("RUS", "USA", "2018-03-26", "0", "true"),
        ("RUS", "USA", "2018-03-27", "0", "true"), ("RUS", "USA", "2018-03-28", "0", "false"),
    ]  # fmt: skip


def test_changes_bring_a_copy_up_to_date(tmp_path: Path) -> None:
    """A copy that takes each change set, and drops its tombstones, is what a whole export is."""
    store = open_store(tmp_path / "l.db")
    first = told_by("a", "Example Wire", 26, made())
    run = filled(store, [first, told_by("b", "The Daily Example", 27, answer())])
    dragoman("export", "--store", str(tmp_path / "l.db"), "--as", "csv", "--out", str(tmp_path / "copy.csv"))
    again = [msgspec.structs.replace(first.events[0], id="f" * 16, coder="dragoman 9 model 9 abc")]
    filled(store, [CodedReport(incoming=first.incoming, sentences=(), events=again)], coder="dragoman 9 model 9 abc")
    store.close()
    since = ["--since", str(run.id), "--tombstones", str(tmp_path / "gone.csv")]
    done = dragoman("export", "--store", str(tmp_path / "l.db"), "--as", "csv", "--out", str(tmp_path / "new.csv"), "--check", *since)
    assert done.exit_code == 0, done.stderr
    copy = {row["id"]: row for row in read_export(tmp_path / "copy.csv", "csv")}
    for row in read_export(tmp_path / "gone.csv", "tombstones"):
        copy.pop(row["id"], None)
    copy |= {row["id"]: row for row in read_export(tmp_path / "new.csv", "csv")}
    dragoman("export", "--store", str(tmp_path / "l.db"), "--as", "csv", "--out", str(tmp_path / "whole.csv"))
    whole = {row["id"]: row for row in read_export(tmp_path / "whole.csv", "csv")}
    assert set(copy) == set(whole) == {"f" * 16, told_by("b", "The Daily Example", 27, answer()).events[0].id}
    assert copy["f" * 16] == whole["f" * 16]


# The documentation's snippets, run as they stand there.


def snippet(language: str, page: str = "exports.md") -> str:
    (found,) = re.findall(rf"```{language}\n(.*?)```", (DOCS / page).read_text("utf-8"), re.DOTALL)
    return str(found)


@pytest.fixture
def release(ledger: str, tmp_path: Path) -> Path:
    """The bundle that the snippets read."""
    layouts = [argument for name in ("csv", "panel", "parquet") for argument in ("--as", name)]
    done = dragoman("export", "--store", ledger, *layouts, "--period", "day", "--bundle", str(tmp_path / "release"))
    assert done.exit_code == 0, done.stderr
    return tmp_path


def test_the_r_snippet_runs(release: Path) -> None:
    if (rscript := shutil.which("Rscript")) is None:
        pytest.skip("no Rscript: R is not installed (Debian: r-base-core)")
    code = snippet("r")
    assert len(code.strip().splitlines()) <= 10
    done = subprocess.run([rscript, "--vanilla", "-e", code], cwd=release, capture_output=True, check=False, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    assert "POL RUS" in " ".join(done.stdout.split())


def test_the_duckdb_snippet_runs(release: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import duckdb

    monkeypatch.chdir(release)
    rows = duckdb.sql(snippet("sql")).fetchall()
    assert [row[:3] for row in rows] == [("POL", "RUS", 2), ("RUS", "DEU", 1)]


def test_the_python_snippet_runs(ledger: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copy(ledger, tmp_path / "ledger.db")
    exec(compile(snippet("python"), "docs/exports.md", "exec"), {})
    assert (tmp_path / "expulsions.csv").is_file()


def test_the_query_snippet_runs(ledger: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copy(ledger, tmp_path / "ledger.db")
    exec(compile(snippet("python", "queries.md"), "docs/queries.md", "exec"), {})
    assert "POL" in capsys.readouterr().out


def test_the_documentation_names_every_layout_column_and_condition() -> None:
    text = (DOCS / "exports.md").read_text("utf-8")
    assert all(f"`{name}`" in text for name in NAMES)
    conditions = (DOCS / "queries.md").read_text("utf-8")
    assert all(f"`{name}`" in conditions for name in EventFilter.__struct_fields__)
    shown = dragoman("events", "--help").stdout
    assert all(option in shown for option in re.findall(r"`(--[a-z-]+)`", conditions) if option != "--with-text")


