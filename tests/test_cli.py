"""The command line as a user meets it: output, messages, exit status; never a stack trace."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parent.parent / "examples"


def dragoman(*arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([sys.executable, "-m", "dragoman", *arguments], input=stdin, capture_output=True, check=False)


def test_jsonl_has_the_documented_fields() -> None:
    done = dragoman("code", str(EXAMPLES / "expulsions.txt"), "--date", "2021-04-23")
    assert done.returncode == 0
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    wanted = {"id", "report_id", "report_date", "sentence", "text", "trigger", "type", "modes", "contexts", "quad", "scale", "cameo", "actors"}
    wanted |= {"recipients", "status", "historical", "count", "dead", "injured", "arrested", "date", "deadline", "place", "reason"}
    wanted |= {"attribution", "joint", "response_to", "confidence", "coder"}
    assert rows
    assert all(wanted <= set(row) for row in rows)
    assert {row["report_date"] for row in rows} == {"2021-04-23"}


def test_csv_keeps_its_columns_and_leading_zeros() -> None:
    done = dragoman("code", str(EXAMPLES / "ceasefire.txt"), "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(done.stdout.decode())))
    assert rows
    assert all(row["cameo"].isdigit() and None not in row for row in rows)


def test_plover_has_the_fields_that_its_manual_requires() -> None:
    done = dragoman("code", str(EXAMPLES / "protests.txt"), "--format", "plover", "--date", "2020-01-05")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert rows
    assert all(row["id"] and row["date"] and row["event"] and isinstance(row["actor"], list) for row in rows)


def test_the_table_shows_the_act() -> None:
    done = dragoman("code", str(EXAMPLES / "expulsions.txt"), "--format", "table")
    assert "SANCTION" in done.stdout.decode()


def test_a_bad_line_is_named_and_the_rest_goes_on(tmp_path: Path) -> None:
    path, rejects = tmp_path / "reports.jsonl", tmp_path / "rejects.jsonl"
    good = {"id": "a", "date": "2018-03-26", "text": "Poland expelled four Russian diplomats."}
    lines = [json.dumps(good), "{broken", json.dumps(good | {"id": "b", "date": "26 March"}), json.dumps({"id": "c"}), json.dumps(good | {"id": "d"})]
    path.write_text("\n".join(lines), "utf-8")
    done = dragoman("code", str(path), "--rejects", str(rejects))
    assert done.returncode == 1
    assert {json.loads(line)["report_id"] for line in done.stdout.splitlines()} == {"a", "d"}
    listed = [json.loads(line) for line in rejects.read_text("utf-8").splitlines()]
    assert [one["where"].rpartition(":")[2] for one in listed] == ["2", "3", "4"]
    assert b"Traceback" not in done.stderr
    assert b"2 coded, 3 not coded" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "stdin", "status", "message"),
    [
        (("code", "missing.txt"), b"", 3, b"No such file"),
        (("code", "-"), b"", 3, b"empty text"),
        (("code", "-"), b"\x00\x01\x02", 3, b"binary"),
        (("code", "-"), bytes(range(128, 256)), 3, b"byte 0"),
        (("code", "-", "--date", "26 March"), b"x", 3, b"not an ISO date"),
        (("code", "-"), b"a" * 50_000_000, 3, b"more than 16,000,000 bytes"),
        (("code", "-", "--input", "jsonl"), b"a" * 50_000_000, 3, b":1: a line of more than"),
        (("explain", "SANCTON"), b"", 2, b"choose from"),
        (("code", "-", "--output", "/no/such/folder/x"), b"x", 2, b"cannot write"),
    ],
)
def test_bad_input_is_a_message_and_a_status(arguments: tuple[str, ...], stdin: bytes, status: int, message: bytes) -> None:
    done = dragoman(*arguments, stdin=stdin)
    assert done.returncode == status
    assert message in done.stderr
    assert b"Traceback" not in done.stderr


def test_explain_prints_the_codebook() -> None:
    done = dragoman("explain", "sanction/expel")
    assert b"-5.5" in done.stdout
    assert b"material conflict" in done.stdout


def test_parse_prints_words_and_tree() -> None:
    done = dragoman("parse", "-", stdin=b"Poland expelled four diplomats.")
    rows = [line.split("\t") for line in done.stdout.decode().splitlines() if line and not line.startswith("#")]
    assert [row[1] for row in rows] == ["Poland", "expelled", "four", "diplomats", "."]
    assert rows[1][7] == "root"


def test_actor_says_why() -> None:
    done = dragoman("actor", "the Polish foreign minister")
    assert b"POL" in done.stdout
    assert b"sector word" in done.stdout


def test_help_has_an_example_for_every_command() -> None:
    for command in ("code", "explain", "parse", "actor"):
        assert b"Example:" in dragoman(command, "--help").stdout
