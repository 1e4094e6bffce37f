"""The corpus loads, and its loader refuses malformed lines with the reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from dragoman.errors import InputError
from training.corpus_loader import parse_line, read_corpus, read_file


def test_the_corpus_has_no_malformed_or_repeated_line() -> None:
    examples = read_corpus()
    assert len(examples) >= 500
    assert len({example.text for example in examples}) == len(examples)


def test_spans_nest_and_keep_their_offsets() -> None:
    example = parse_line("[[Four](count1) envoys](recipient1) were [expelled](t1 SANCTION/expel planned). || diplomatic")
    assert example.text == "Four envoys were expelled."
    act = example.acts[0]
    assert (example.text[act.start : act.end], act.type, act.mode, act.status) == ("expelled", "SANCTION", "expel", "planned")
    assert {(role.name, example.text[role.start : role.end]) for role in act.roles} == {("count", "Four"), ("recipient", "Four envoys")}


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("No bars here.", "contexts"),
        ("[Poland](actor1 acted. || ", "without"),
        ("[Poland](actor1) acted. ||", "no trigger t1"),
        ("[Poland](actr1) [left](t1 SANCTION). ||", "no such label"),
        ("Poland [left](t1 SANCTIONS). ||", "no such event type"),
        ("Poland [went away](t1 SANCTION). ||", "more than one word"),
        ("Poland [left](t1 SANCTION). || diplomacy", "no such context"),
        ("Poland [left](t1 SANCTION >2). ||", "cannot read"),
    ],
)
def test_a_malformed_line_is_refused_with_the_reason(line: str, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        parse_line(line)


def test_an_error_names_file_and_line(tmp_path: Path) -> None:
    path = tmp_path / "bad.txt"
    path.write_text("# note\nPoland [left](t1 SANCTION). ||\nbroken\n", "utf-8")
    with pytest.raises(InputError, match=r"bad\.txt:3: no '\|\|'"):
        list(read_file(path))
