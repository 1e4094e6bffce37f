"""The store: idempotent, whole after any death, the same for any order, on both databases."""

from __future__ import annotations

import json
import multiprocessing
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from benchmarks import archive, kills
from dragoman.cli import run
from dragoman.errors import ConfigError
from dragoman.records import Joint
from dragoman.store import REVISION, Store, alembic_config, open_store, schema
from dragoman.store.check import check, digest, repair
from dragoman.store.overrides import override
from dragoman.store.writes import Batch, CodedReport, Reject, write_batch
from tests.stores import DATABASES, begin, database, event, fill, opened, party, told

NEWER = "dragoman 0.2.0 model 0.2.0 bbbbbbbbbbbb"


@pytest.fixture(params=DATABASES)
def where(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with database(request.param, tmp_path) as url:
        yield url


@pytest.fixture
def store(where: str) -> Iterator[Store]:
    with opened(where) as store:
        yield store


def wave() -> list[CodedReport]:
    """Accounts of three expulsions, with copies, contradictions, an update and an answer."""
    long = " It is the largest such step in years, the ministry said, and the embassy in the capital did not comment on it at once."
    return [
        told("Poland expelled 4 diplomats of Russia on Monday." + long, source="Wire", count=4, on="2018-03-26"),
        told("Poland expelled 4 diplomats of Russia on Monday." + long, source="Post", count=4, on="2018-03-26"),
        told("Poland expelled 4 diplomats of Russia on Monday." + long + " More soon.", source="Herald", day="2018-03-27", count=4, on="2018-03-26"),
        told("Warsaw ordered 5 diplomats of Russia out.", source="Radio", day="2018-03-27", count=5),
        told("Poland expels 4 envoys of Russia.", source="Courier", count=4),
        told("Italy expelled 2 diplomats of Russia.", source="Wire", count=2),
        told("Moscow expelled 4 diplomats of Poland.", source="Wire", day="2018-03-30", count=4),
        told("Poland expelled 2 diplomats of Russia.", source="Wire", day="2018-05-30", count=2),
    ]


def rows(store: Store, query: str) -> list[tuple[Any, ...]]:
    with store.read() as conn:
        return [tuple(row) for row in conn.execute(sa.text(query))]


def number(store: Store, query: str) -> int:
    return int(rows(store, query)[0][0])


def test_the_migrations_make_the_tables_that_the_code_names(store: Store) -> None:
    with store.read() as conn:
        assert compare_metadata(MigrationContext.configure(conn), schema.metadata) == []


def test_the_revision_that_the_code_knows_is_the_newest() -> None:
    assert ScriptDirectory.from_config(alembic_config()).get_current_head() == REVISION


def test_a_store_of_a_later_version_is_refused_with_what_to_do(where: str) -> None:
    with opened(where) as store, store.write() as conn:
        conn.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(ConfigError, match="update Dragoman"):
        open_store(where)


@pytest.mark.parametrize("where", ["mysql://somewhere/x", "not a url://", ""])
def test_what_is_no_store_is_refused(where: str) -> None:
    with pytest.raises(ConfigError):
        open_store(where)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    path.write_bytes(b"no database at all, but text" * 100)
    with pytest.raises(ConfigError, match="not a usable database"):
        open_store(path)


def test_feeding_twice_changes_nothing(store: Store) -> None:
    first = fill(store, wave())
    content = digest(store)
    again = fill(store, wave())
    assert (first.added, again.added, again.repeated) == (8, 0, 8)
    assert digest(store) == content
    assert list(check(store)) == []


@pytest.mark.parametrize("seed", range(6))
def test_any_order_and_any_batches_give_the_same_content(store: Store, tmp_path: Path, seed: int) -> None:
    fill(store, wave(), batch=8)
    reports = wave()
    random.Random(seed).shuffle(reports)
    with opened(str(tmp_path / "shuffled.db")) as other:
        fill(other, reports, batch=1 + seed % 3)
        assert digest(other) == digest(store)
        assert list(check(other)) == []


def test_copies_are_one_cluster_and_one_independent_source(store: Store) -> None:
    fill(store, wave())
    assert sorted(rows(store, "SELECT reports FROM clusters")) == [(1,), (1,), (1,), (1,), (1,), (3,)]
    act = rows(store, "SELECT reports, independent FROM incidents WHERE reports > 1")
    assert act == [(5, 3)]


def test_reported_values_stand_side_by_side(store: Store) -> None:
    fill(store, wave())
    record = json.loads(rows(store, "SELECT record FROM incidents WHERE reports > 1")[0][0])
    counts = {value["value"]: value["sources"] for value in record["values"] if value["field"] == "count"}
    assert counts == {"4": ["Courier", "Herald", "Post", "Wire"], "5": ["Radio"]}
    assert record["disputed"] is True
    assert (record["first_seen"], record["last_seen"]) == ("2018-03-26", "2018-03-27")


def test_every_merge_has_a_reason(store: Store) -> None:
    fill(store, wave())
    for events, record in rows(store, "SELECT events, record FROM incidents"):
        merges = json.loads(record)["merges"]
        assert len(merges) == events - 1
        assert all(merge["reason"] and 0 < merge["score"] <= 1 for merge in merges)


def test_a_newer_coder_supersedes_and_history_stays(store: Store) -> None:
    fill(store, wave())
    again = [told(one.incoming.report.text, day=str(one.incoming.report.date), source=one.incoming.report.source, count=7, coder=NEWER) for one in wave()[:5]]
    counts = fill(store, again, coder=NEWER)
    assert (counts.added, counts.coded_again) == (0, 5)
    assert number(store, "SELECT count(*) FROM events") == 13
    assert number(store, "SELECT count(*) FROM events WHERE current") == 8
    assert number(store, "SELECT count(*) FROM events WHERE superseded IS NOT NULL AND superseded_by = 2") == 5
    assert list(check(store)) == []
    fill(store, wave())
    assert number(store, "SELECT count(*) FROM events WHERE current") == 8


def test_an_older_coder_does_not_unseat_a_newer_one(store: Store) -> None:
    begin(store)
    fill(store, [told("Poland expelled 4 diplomats of Russia.", count=4, coder=NEWER)], coder=NEWER)
    fill(store, [told("Poland expelled 4 diplomats of Russia.", count=4)])
    assert rows(store, "SELECT name FROM coders JOIN events ON coders.id = coder_id WHERE current") == [(NEWER,)]
    assert list(check(store)) == []


def test_the_same_report_under_another_id_is_a_sighting(store: Store) -> None:
    fill(store, [told("Poland expelled 4 diplomats of Russia.", given_id=key) for key in ("a", "b")])
    assert number(store, "SELECT count(*) FROM reports") == 1
    assert sorted(rows(store, "SELECT given_id FROM sightings")) == [("a",), ("b",)]


def test_rejects_are_kept_with_their_reasons_once(store: Store) -> None:
    for _ in range(2):
        write_batch(store, begin(store), Batch(rejects=[Reject("a.txt", "binary", "no text"), Reject("b.txt", "language", "not English")]))
    assert sorted(rows(store, "SELECT where_found, kind, reason FROM rejects")) == [("a.txt", "binary", "no text"), ("b.txt", "language", "not English")]


def test_without_text_no_words_of_the_report_are_in_the_store(store: Store) -> None:
    fill(store, [told("Poland expelled 4 diplomats of Russia from Krakowskie.", count=4)], keep_text=False)
    with store.read() as conn:
        for table in (schema.reports, schema.events, schema.event_actors, schema.incidents):
            for row in conn.execute(sa.select(table)):
                assert "Krakowskie" not in str([value for key, value in row._mapping.items() if key not in ("given_id", "where_found")])
    content = digest(store)
    assert list(check(store)) == []
    repair(store)
    assert digest(store) == content
    assert list(check(store)) == []


def test_a_batch_that_fails_leaves_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(store, wave()[:4])
    content = digest(store)

    def fail(*arguments: object, **options: object) -> None:
        raise RuntimeError("in the middle")

    monkeypatch.setattr("dragoman.store.writes.update_incidents", fail)
    with pytest.raises(RuntimeError, match="in the middle"):
        fill(store, wave()[4:])
    assert digest(store) == content
    assert list(check(store)) == []


def test_a_person_can_separate_join_and_take_back(store: Store) -> None:
    fill(store, wave())
    content = digest(store)
    one, other = (row[0] for row in rows(store, "SELECT id FROM events WHERE source IN ('Radio', 'Courier') ORDER BY id"))
    home = dict(rows(store, "SELECT event_id, incident_id FROM incident_events"))
    assert home[one] == home[other]
    override(store, one, other, same=False, note="two orders")
    home = dict(rows(store, "SELECT event_id, incident_id FROM incident_events"))
    assert home[one] != home[other]
    assert list(check(store)) == []
    override(store, one, other, same=None)
    assert digest(store) == content
    far = rows(store, "SELECT id FROM events WHERE report_date > '2018-05-01'")[0][0]
    override(store, one, far, same=True, note="the same after all")
    home = dict(rows(store, "SELECT event_id, incident_id FROM incident_events"))
    assert home[one] == home[far]
    assert "the same after all" in rows(store, "SELECT record FROM incidents WHERE events > 5")[0][0]
    assert list(check(store)) == []


def test_events_told_in_the_same_words_can_be_separated_too(store: Store) -> None:
    fill(store, wave()[:2])
    one, other = (row[0] for row in rows(store, "SELECT id FROM events ORDER BY id"))
    override(store, one, other, same=False)
    assert number(store, "SELECT count(*) FROM incidents") == 2
    assert list(check(store)) == []


def test_a_decision_on_what_is_not_there_is_refused(store: Store) -> None:
    fill(store, wave()[:2])
    one, other = (row[0] for row in rows(store, "SELECT id FROM events ORDER BY id"))
    with pytest.raises(ConfigError, match="no current event"):
        override(store, one, "nothing", same=True)
    with pytest.raises(ConfigError, match="to take back"):
        override(store, one, other, same=None)


def test_an_incident_that_is_no_more_leaves_a_tombstone(store: Store) -> None:
    fill(store, wave()[3:5])
    before = rows(store, "SELECT id FROM incidents")[0][0]
    one, other = (row[0] for row in rows(store, "SELECT id FROM events ORDER BY id"))
    override(store, one, other, same=False)
    later = {row[0] for row in rows(store, "SELECT id FROM incidents")}
    assert before in later
    override(store, one, other, same=None)
    (gone,) = later - {before}
    assert rows(store, "SELECT id, replaced_by FROM tombstones") == [(gone, before)]


def turns() -> list[CodedReport]:
    """A threat, its fulfilment, an answer in the same report, and the release that takes an arrest back; and none of these between other parties."""
    step = told("Poland jailed 3 sailors of Russia.", day="2018-03-20", type="COERCE", mode="arrest", count=3)
    made = [
        told("Poland threatened 4 diplomats of Russia.", day="2018-03-01", type="THREATEN", mode="expel"),
        told("Italy threatened 4 diplomats of Russia.", day="2018-03-01", type="THREATEN", mode="expel"),
        told("Poland expelled 4 diplomats of Russia.", count=4),
        step,
        told("Poland freed 3 sailors of Russia.", day="2018-04-20", type="RETREAT", mode="release"),
        told("Russia freed 3 sailors of Poland.", day="2018-04-20", type="RETREAT", mode="release"),
    ]
    report = told("Moscow expelled 4 diplomats of Poland. Warsaw expelled 4 of Russia.", day="2018-03-30")
    first = msgspec.structs.replace(report.events[0], recipients=(party(report.incoming.report.text, "Poland"),))
    second = event(report.incoming.report, trigger="expelled 4 of", count=4, on="2018-03-26")
    second = msgspec.structs.replace(second, actors=(party(report.incoming.report.text, "Warsaw"),))
    answer = msgspec.structs.replace(first, response_to=(second.id,))
    return [*made, CodedReport(report.incoming, (), (answer, second))]


@pytest.mark.parametrize("seed", range(4))
def test_threats_reversals_and_answers_link_incidents_in_any_order(where: str, seed: int) -> None:
    reports = turns()
    random.Random(seed).shuffle(reports)
    with opened(where) as store:
        fill(store, reports, batch=1 + seed % 2)
        kind = dict(rows(store, "SELECT id, type || ' ' || first_day FROM incidents"))
        links = {(name, kind[one], kind[other]) for one, other, name in rows(store, "SELECT from_incident, to_incident, kind FROM incident_links")}
        assert links == {
            ("threat", "SANCTION 2018-03-26", "THREATEN 2018-03-01"), ("reversal", "RETREAT 2018-04-20", "COERCE 2018-03-20"),
            ("response", "SANCTION 2018-03-30", "SANCTION 2018-03-26"),
        }  # fmt: skip
        assert list(check(store)) == []


def test_members_of_a_group_act_are_linked(store: Store) -> None:
    reports = []
    for text in ("Poland expelled 4 diplomats of Russia, among 14 states.", "Italy expelled 2 diplomats of Russia, among 14 states."):
        made = told(text)
        start = text.index("14 states")
        joint = Joint(group="14 states", size=14, text="14 states", start=start, end=start + 9)
        reports.append(CodedReport(made.incoming, (), (msgspec.structs.replace(made.events[0], joint=joint),)))
    fill(store, reports, batch=1)
    assert rows(store, "SELECT kind FROM incident_links") == [("joint",)]


DAMAGE = [
    ("UPDATE events SET count_value = 99 WHERE source = 'Radio'", "count_value is 99"),
    ("UPDATE events SET current = NOT current WHERE source = 'Radio'", "current"),
    ("UPDATE codings SET events = 7", "7 events are noted"),
    ("UPDATE clusters SET reports = 9 WHERE reports = 3", "9 reports are noted"),
    ("DELETE FROM bands", "the bands are not those"),
    ("DELETE FROM blocks", "the blocks are not those"),
    ("DELETE FROM decisions", "not in the component"),
    ("DELETE FROM incident_events", "without an incident"),
    ("UPDATE incidents SET record = replace(record, '\"independent\"\\:3', '\"independent\"\\:4')", "not what its events"),
    ("UPDATE event_actors SET country = 'XXX'", "event_actors are not those"),
]


@pytest.mark.parametrize(("damage", "said"), DAMAGE, ids=[said for _, said in DAMAGE])
def test_damage_to_what_is_derived_is_found_and_mended(store: Store, damage: str, said: str) -> None:
    fill(store, wave())
    content = digest(store)
    with store.write() as conn:
        conn.execute(sa.text(damage))
    found = list(check(store))
    assert any(said in problem.what for problem in found)
    assert all(problem.repairable for problem in found)
    repair(store)
    assert list(check(store)) == []
    assert digest(store) == content


def test_an_offset_that_does_not_match_its_text_is_found(store: Store) -> None:
    fill(store, wave())
    with store.write() as conn:
        conn.execute(sa.text("UPDATE reports SET text = 'x' || text WHERE source = 'Radio'"))
    found = [problem.what for problem in check(store)]
    assert any("trigger" in what and "not 'ordered'" in what for what in found)
    assert "the text is not the one that was hashed" in found


def _write_all(where: str, reports: Sequence[CodedReport], seed: int) -> None:
    shuffled = list(reports)
    random.Random(seed).shuffle(shuffled)
    with opened(where) as store:
        fill(store, shuffled, batch=1)


def test_two_writers_at_once_give_what_one_gives(where: str, tmp_path: Path) -> None:
    open_store(where).close()
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_write_all, args=(where, wave(), seed)) for seed in range(3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(120)
    assert [writer.exitcode for writer in writers] == [0, 0, 0]
    with opened(where) as store, opened(str(tmp_path / "alone.db")) as alone:
        fill(alone, wave())
        assert list(check(store)) == []
        assert digest(store) == digest(alone)


def test_a_killed_ingestion_leaves_whole_batches_and_goes_on(where: str, tmp_path: Path) -> None:
    done, problems = kills.torment(where, kills=2, reports=40, seed=5, writers=1, folder=tmp_path, longest=2.5)
    assert done >= 2
    assert problems == []


def test_the_archive_is_the_same_for_the_same_seed() -> None:
    assert list(archive.archive(50, 1, "a")) == list(archive.archive(50, 1, "a"))
    told_by = [(report["text"][truth["start"] : truth["end"]], truth["act"]) for report, truth in archive.archive(200, 3, "b")]
    assert all(words.endswith(".") and not words[0].islower() for words, _ in told_by)


@dataclass
class Done:
    """What a command did."""

    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> Callable[..., Done]:
    """Runs a command in this process."""

    def call(*arguments: str) -> Done:
        try:
            run(arguments)
            status: object = 0
        except SystemExit as error:
            status = error.code or 0
        assert isinstance(status, int)
        return Done(status, *capsys.readouterr())

    return call


def test_ingest_says_what_came_in_and_what_did_not(where: str, tmp_path: Path, command: Callable[..., Done]) -> None:
    (tmp_path / "a.txt").write_text("Poland expelled four Russian diplomats on Monday.", "utf-8")
    (tmp_path / "b.txt").write_text("Le gouvernement polonais a expulsé quatre diplomates russes lundi dernier, a annoncé le ministère. " * 5, "utf-8")
    (tmp_path / "c.bin").write_bytes(bytes(300))
    files = [str(tmp_path / name) for name in ("a.txt", "b.txt", "c.bin")]
    done = command("ingest", *files, "--store", where, "--date", "2018-03-26")
    assert done.returncode == 1
    assert "1 reports added" in done.stderr
    assert "1 not taken: language" in done.stderr
    assert "1 not taken: binary" in done.stderr
    assert "1 were there already" in command("ingest", files[0], "--store", where, "--date", "2018-03-26").stderr
    assert command("store", "check", "--store", where).returncode == 0
    listed = [json.loads(line) for line in command("store", "rejects", "--store", where).stdout.splitlines()]
    assert [row["kind"] for row in listed] == ["language", "binary"]
    assert len(command("store", "runs", "--store", where).stdout.splitlines()) == 2


@pytest.mark.parametrize("name", ["check", "repair", "runs", "rejects", "decisions"])
def test_a_store_that_is_not_there_is_not_made(tmp_path: Path, name: str, command: Callable[..., Done]) -> None:
    done = command("store", name, "--store", str(tmp_path / "none.db"))
    assert done.returncode == 2
    assert "no store at" in done.stderr
    assert not (tmp_path / "none.db").exists()


def test_every_store_command_has_an_example(command: Callable[..., Done]) -> None:
    for name in ("check", "repair", "join", "separate", "undo", "decisions", "runs", "rejects"):
        assert "Example:" in command("store", name, "--help").stdout
    assert "Example:" in command("ingest", "--help").stdout
