"""Choose thresholds and calibrate confidence on the dev parts, and write both into a model directory's manifest.

    python -m training.calibrate --data ../shared/data --model src/dragoman/model/shipped

The dev parts (24 real reports and the invented ones whose number ends in 5) are neither trained on nor tested on.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np

from dragoman.model.session import Decisions, Model
from evaluation.events import score_events
from training.examples import dev_examples

# Below this nothing is ever worth coding; above the upper end recall is gone.
GRID = tuple(round(0.2 + 0.025 * step, 3) for step in range(31))
# A type with few dev acts leans on all types together: their counts enter with this weight.
SHARED = 0.1

Candidate = tuple[float, str, bool]


def choose_thresholds(candidates: Sequence[Candidate], expected: Mapping[str, int]) -> dict[str, float]:
    """By type the threshold of the best F1 over its own counts and a share of everybody's; "default" is everybody's."""
    total = sum(expected.values())
    curves = {point: _counts(candidates, point) for point in GRID}
    overall = {point: np.sum([np.zeros(2), *curves[point].values()], axis=0) for point in GRID}
    chosen = {"default": max(GRID, key=lambda point: _f1(*overall[point], total))}
    for name, count in sorted(expected.items()):
        shared = [(point, curves[point].get(name, np.zeros(2)) + SHARED * overall[point]) for point in GRID]
        chosen[name] = max(shared, key=lambda pair: _f1(*pair[1], count + SHARED * total))[0]
    return chosen


def _counts(candidates: Iterable[Candidate], least: float) -> dict[str, np.ndarray]:
    """(right, found) by type at a threshold."""
    counts: dict[str, np.ndarray] = defaultdict(lambda: np.zeros(2))
    for probability, name, right in candidates:
        if probability >= least:
            counts[name] += (right, 1)
    return counts


def _f1(right: float, found: float, expected: float) -> float:
    return 2 * right / (found + expected) if found + expected else 0.0


def fit_line(candidates: Sequence[Candidate], steps: int = 50) -> tuple[float, float]:
    """Slope and offset of Platt's logistic regression of being right on the log-odds, by damped Newton steps with a light prior at (1, 0)."""
    probabilities = np.clip([one[0] for one in candidates], 1e-6, 1 - 1e-6)
    features = np.stack([np.log(probabilities / (1 - probabilities)), np.ones(len(candidates))], 1)
    right = np.array([one[2] for one in candidates], float)
    prior, weights = np.array([1.0, 0.0]), np.array([1.0, 0.0])

    def loss(at: np.ndarray) -> float:
        scores = features @ at
        return float(np.logaddexp(0, scores).sum() - scores @ right + ((at - prior) ** 2).sum() / 2)

    for _ in range(steps):
        likely = 1 / (1 + np.exp(-features @ weights))
        gradient = features.T @ (likely - right) + (weights - prior)
        curvature = (features * (likely * (1 - likely))[:, None]).T @ features + np.eye(2)
        step = np.linalg.solve(curvature, gradient)
        # A full step overshoots where the points are few and sure.
        while loss(weights - step) > loss(weights) and np.abs(step).max() > 1e-9:
            step = step / 2
        weights = weights - step
    return float(weights[0]), float(weights[1])


def calibrate(model: Model, data: Path) -> dict[str, object]:
    """The manifest's `thresholds` and `calibration`."""
    model.decisions = Decisions({"default": GRID[0]})
    scores = score_events(model, dev_examples(data))
    thresholds = choose_thresholds(scores.confidences, {name: counts.expected for name, counts in scores.types.by_label.items() if counts.expected})
    # Both dev parts: the real news alone holds too few acts for two numbers that can be trusted.
    slope, offset = fit_line([one for one in scores.confidences if one[0] >= thresholds.get(one[1], thresholds["default"])])
    return {"thresholds": thresholds, "calibration": {"slope": round(slope, 4), "offset": round(offset, 4)}}


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--model", type=Path, required=True)
    arguments = parser.parse_args()
    found = calibrate(Model(arguments.model), arguments.data)
    path = arguments.model / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | found, indent=1) + "\n", "utf-8")
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
