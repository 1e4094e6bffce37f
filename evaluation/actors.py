"""Score who mentions name on the hand-written cases: `python -m evaluation.actors [--part dev] [--wrong]`.

A country that is unknown in truth must be left out: giving one is wrong. So with the sector of somebody without a state; of somebody with one,
an unknown sector is not judged, for several would do. The part `last` has never been looked at case by case.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import dragoman
from dragoman.records import Actor
from dragoman.resolve.tables import GROUPS

CASES = Path(__file__).parent / "gold" / "actors.tsv"


@dataclass(frozen=True, slots=True)
class Case:
    """A mention at a date with what it names; None is unknown."""

    part: str
    mention: str
    date: str
    country: str | None
    sector: str | None
    context: str | None


@dataclass(slots=True)
class ActorScores:
    """Shares of cases, and of those whose country is unknown in truth."""

    cases: int = 0
    countries: int = 0
    sectors: int = 0
    unknown: int = 0
    guessed: int = 0

    def add(self, case: Case, found: Actor) -> bool:
        self.cases += 1
        judged = case.sector is not None or case.country is None or case.country in GROUPS
        right = (found.country == case.country, found.sector == case.sector or not judged)
        self.countries += right[0]
        self.sectors += right[1]
        if case.country is None:
            self.unknown += 1
            self.guessed += found.country is not None
        return all(right)

    def __str__(self) -> str:
        return (
            f"{self.cases} cases: country {self.countries / self.cases:.1%}, primary sector {self.sectors / self.cases:.1%}, "
            f"a country where it is unknown in truth {self.guessed}/{self.unknown} ({self.guessed / max(1, self.unknown):.1%})"
        )


def read_cases(path: Path = CASES) -> Iterator[Case]:
    """The rows of the table."""
    for line in path.read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            part, mention, date, country, sector, context = line.split("\t")
            yield Case(part, mention, date, None if country == "?" else country, None if sector == "?" else sector, None if context == "-" else context)


def score_actors(coder: dragoman.Coder, cases: Sequence[Case], *, wrong: list[tuple[Case, Actor]] | None = None) -> ActorScores:
    """Resolve each mention by itself, with its context where it has one."""
    scores = ActorScores()
    for case in cases:
        found = coder.actor(case.mention, date=case.date, context=case.context)
        if not scores.add(case, found) and wrong is not None:
            wrong.append((case, found))
    return scores


def main() -> None:
    """Print the scores of each part."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--part", action="append", choices=["dev", "apart", "last"])
    parser.add_argument("--wrong", action="store_true", help="list the cases that are not right")
    options = parser.parse_args()
    coder = dragoman.load()
    for part in options.part or ["dev", "apart", "last"]:
        wrong: list[tuple[Case, Actor]] = []
        print(part, score_actors(coder, [case for case in read_cases() if case.part == part], wrong=wrong))
        for case, found in wrong if options.wrong else []:
            print(f"  {case.mention} [{case.date}] {case.country} {case.sector} <- {found.country} {found.sector} | {found.decided}")


if __name__ == "__main__":
    main()
