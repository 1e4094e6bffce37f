"""What `confidence` is worth: a reliability plot and the table to choose `--min-confidence` by.

    python -m evaluation.confidence --data ../shared/data --plot docs/reliability.svg

Measured on the test parts together (invented sentences held out, whole reports, real news): an event counts as right if its trigger and type are.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from dragoman.coder import load
from evaluation.evaluate import event_tests
from evaluation.events import BINS, calibration_error, score_events

LEVELS = (0.0, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
SIZE, MARGIN = 320, 40

Judged = tuple[float, str, bool]


@dataclass(frozen=True, slots=True)
class Bin:
    """Events of like confidence: how many, how sure on average, what share is right."""

    count: int
    confidence: float
    right: float


def bins(judged: Sequence[Judged]) -> Iterator[Bin]:
    """The bins that hold an event, from the least sure up."""
    for number in range(BINS):
        inside = [one for one in judged if min(int(one[0] * BINS), BINS - 1) == number]
        if inside:
            yield Bin(len(inside), sum(one[0] for one in inside) / len(inside), sum(one[2] for one in inside) / len(inside))


def table(judged: Sequence[Judged], expected: int) -> list[str]:
    """Markdown rows: level, events kept, precision, recall, F1."""
    rows = ["| `--min-confidence` | events | precision | recall | F1 |", "|---|---|---|---|---|"]
    for level in LEVELS:
        kept = [right for confidence, _, right in judged if confidence >= level]
        precision, recall = (sum(kept) / len(kept) if kept else 0.0), sum(kept) / expected
        f1 = 2 * sum(kept) / (len(kept) + expected)
        rows.append(f"| {level:.1f} | {len(kept)} | {precision:.3f} | {recall:.3f} | {f1:.3f} |")
    return rows


def plot(found: Sequence[Bin], error: float) -> str:
    """The plot as SVG: a dot a bin, its area the number of events, beside the line on which confidence is true."""
    scale = SIZE - 2 * MARGIN
    most = max(one.count for one in found)
    dots = "".join(
        f'<circle cx="{MARGIN + one.confidence * scale:.1f}" cy="{SIZE - MARGIN - one.right * scale:.1f}" r="{3 + 9 * (one.count / most) ** 0.5:.1f}"'
        f' fill="#2a6f97" fill-opacity="0.8"><title>{one.count} events</title></circle>'
        for one in found
    )
    ticks = "".join(
        f'<text x="{MARGIN + mark * scale:.0f}" y="{SIZE - MARGIN + 16}" text-anchor="middle">{mark:g}</text>'
        f'<text x="{MARGIN - 6}" y="{SIZE - MARGIN - mark * scale + 4:.0f}" text-anchor="end">{mark:g}</text>'
        for mark in (0, 0.25, 0.5, 0.75, 1)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIZE} {SIZE}" font-family="sans-serif" font-size="11">'
        f'<rect width="{SIZE}" height="{SIZE}" fill="white"/>'
        f'<rect x="{MARGIN}" y="{MARGIN}" width="{scale}" height="{scale}" fill="none" stroke="#999"/>'
        f'<line x1="{MARGIN}" y1="{SIZE - MARGIN}" x2="{SIZE - MARGIN}" y2="{MARGIN}" stroke="#999" stroke-dasharray="4"/>{ticks}{dots}'
        f'<text x="{SIZE / 2}" y="{SIZE - 8}" text-anchor="middle">confidence</text>'
        f'<text x="12" y="{SIZE / 2}" text-anchor="middle" transform="rotate(-90 12 {SIZE / 2})">share right</text>'
        f'<text x="{SIZE / 2}" y="24" text-anchor="middle">expected calibration error {error:.3f}</text></svg>\n'
    )


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--plot", type=Path, help="write the plot here, as SVG")
    arguments = parser.parse_args()
    model = load().model
    scores = score_events(model, [example for examples in event_tests(arguments.data).values() for example in examples])
    error = calibration_error(scores.confidences)
    print("\n".join(table(scores.confidences, scores.triggers.expected)))
    print(f"\nexpected calibration error {error:.4f} over {len(scores.confidences)} events")
    if arguments.plot:
        arguments.plot.write_text(plot(list(bins(scores.confidences)), error), "utf-8")


if __name__ == "__main__":
    main()
