"""Thresholds and calibration on made-up candidates whose truth is known."""

from __future__ import annotations

import random

import pytest

from evaluation.events import calibration_error
from training.calibrate import choose_thresholds, fit_line


def candidates(count: int, *, slope: float) -> list[tuple[float, str, bool]]:
    """Probabilities that are right as often as `slope` times their log-odds say."""
    rng = random.Random(7)
    made = []
    for _ in range(count):
        likely = rng.uniform(0.2, 0.99)
        odds = (likely / (1 - likely)) ** slope
        made.append((likely, "AID", rng.random() < odds / (1 + odds)))
    return made


@pytest.mark.parametrize("slope", [0.5, 1.0, 1.6])
def test_the_line_recovers_how_sure_the_model_should_be(slope: float) -> None:
    found, offset = fit_line(candidates(6000, slope=slope))
    assert found == pytest.approx(slope, abs=0.1)
    assert offset == pytest.approx(0.0, abs=0.15)


def test_few_and_sure_points_do_not_run_away() -> None:
    few = [(0.999, "AID", index % 3 > 0) for index in range(30)]
    slope, offset = fit_line(few)
    assert 0 < slope < 1
    assert 0.6 < 1 / (1 + (0.999 / 0.001) ** -slope * 2.718281828 ** -offset) < 0.75


def test_a_type_that_is_often_wrong_gets_a_higher_threshold() -> None:
    right = [(0.3, "AID", True)] * 50 + [(0.9, "AID", True)] * 50
    wrong = [(0.45, "REJECT", False)] * 80 + [(0.9, "REJECT", True)] * 50
    thresholds = choose_thresholds(right + wrong, {"AID": 100, "REJECT": 50})
    assert thresholds["AID"] <= 0.3
    assert thresholds["REJECT"] > 0.45


def test_calibration_error_is_the_gap_between_saying_and_being_right() -> None:
    assert calibration_error([(0.8, "AID", True)] * 4 + [(0.8, "AID", False)]) == pytest.approx(0.0)
    assert calibration_error([(0.9, "AID", False)] * 5) == pytest.approx(0.9)
    assert calibration_error([]) == 0.0
