"""The whole cascade on a tiny real model that has learned six sentences by heart: what must hold whatever the weights."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import dragoman
from dragoman import Coder, Report

TINY = Path(__file__).parent / "tiny" / "model"
EXPULSION = "Poland expelled four Russian diplomats on Monday."
CHARGE = "Kenya accused Somalia, and Somalia rejected the charge."


@pytest.fixture(scope="module")
def tiny() -> Coder:
    return dragoman.load(TINY)


def code(tiny: Coder, text: str, date: str | None = "2018-03-26") -> tuple[dragoman.Event, ...]:
    return tiny.code(Report(id="1", date=date, text=text))


def test_an_act_has_its_roles_resolved(tiny: Coder) -> None:
    (event,) = code(tiny, EXPULSION)
    assert (event.type, event.modes, event.status) == ("SANCTION", ("expel",), "actual")
    assert [actor.country for actor in event.actors] == ["POL"]
    assert [(actor.text, actor.country) for actor in event.recipients] == [("four Russian diplomats", "RUS")]
    assert event.count is not None
    assert event.count.value == 4
    assert event.date is not None
    assert str(event.date.start) == "2018-03-26"


def test_two_acts_in_a_sentence_are_two_events_and_one_answers_the_other(tiny: Coder) -> None:
    accused, rejected = code(tiny, CHARGE)
    assert (accused.type, rejected.type) == ("ACCUSE", "REJECT")
    assert rejected.response_to == (accused.id,)


def test_planned_help_is_an_agreement(tiny: Coder) -> None:
    (event,) = code(tiny, "Canada will send aid to Haiti.")
    assert (event.type, event.status) == ("AGREE", "planned")


def test_nothing_is_coded_where_nothing_happens(tiny: Coder) -> None:
    assert code(tiny, "Wheat prices fell for a third week.") == ()


def test_the_order_of_reports_changes_no_event(tiny: Coder) -> None:
    reports = [Report(id=str(index), text=text) for index, text in enumerate([EXPULSION, CHARGE, "Police arrested two students in Tunis."])]
    forward = {one.report_id: one.events for one in tiny.stream(reports)}
    backward = {one.report_id: one.events for one in tiny.stream(reports[::-1])}
    assert forward == backward
    assert all(forward.values())


def test_a_threshold_in_the_manifest_decides_what_is_coded(tmp_path: Path) -> None:
    for path in TINY.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    manifest = json.loads((tmp_path / "manifest.json").read_text("utf-8"))
    (tmp_path / "manifest.json").write_text(json.dumps(manifest | {"thresholds": {"SANCTION": 1.01}}), "utf-8")
    strict = dragoman.load(tmp_path)
    assert code(strict, EXPULSION) == ()
    assert code(strict, CHARGE) != ()


def test_calibration_moves_confidence_and_nothing_else(tiny: Coder, tmp_path: Path) -> None:
    for path in TINY.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    manifest = json.loads((tmp_path / "manifest.json").read_text("utf-8"))
    (tmp_path / "manifest.json").write_text(json.dumps(manifest | {"calibration": {"slope": 0.5, "offset": -1.0}}), "utf-8")
    (plain,), (calibrated,) = code(tiny, EXPULSION), code(dragoman.load(tmp_path), EXPULSION)
    assert calibrated.confidence < plain.confidence
    assert (calibrated.type, calibrated.actors, calibrated.count) == (plain.type, plain.actors, plain.count)
