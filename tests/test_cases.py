"""The tables of cases of `tests/cases`, with floors; the tree of the shipped model gives quantities their units."""

from __future__ import annotations

import pytest

from dragoman import Coder
from evaluation.cases import JUDGES, read_cases, shares, verdicts

# The half that was worked with, and the half kept apart (floors a case or two below what was measured).
FLOORS = {"quantities": (0.98, 0.95), "dates": (0.99, 0.98), "deadlines": (0.98, 0.94), "places": (0.95, 0.93)}


@pytest.mark.parametrize("name", JUDGES)
def test_cases_stand_above_their_floors(coder: Coder, name: str) -> None:
    for kept, floor in zip((False, True), FLOORS[name], strict=True):
        assert shares(verdicts(name, coder.model, kept=kept))["right"] >= floor


@pytest.mark.parametrize(("name", "least"), [("quantities", 300), ("dates", 500), ("places", 200)])
def test_there_are_as_many_cases_as_promised_and_none_twice(name: str, least: int) -> None:
    rows = [case.columns for case in read_cases(name)]
    assert len(rows) == len(set(rows)) >= least
