"""Score who mentions name, on the hand-written cases and on the corpus's reports.

    python -m evaluation.actors [--part dev] [--wrong]
    python -m evaluation.actors --reports test          actors and recipients of the annotated acts, by their spans

A country that is unknown in truth must be left out: giving one is wrong. So with the sector of somebody without a state; of somebody with one,
an unknown sector is not judged, for several would do. The part `last` has never been looked at case by case.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

import dragoman
from dragoman.records import Actor, Report
from dragoman.resolve.parties import Parties
from dragoman.resolve.tables import GROUPS
from training.report_loader import Document

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
    wrong: int = 0

    def add(self, case: Case, found: Actor) -> bool:
        self.cases += 1
        judged = case.sector is not None or case.country is None or case.country in GROUPS
        right = (found.country == case.country, found.sector == case.sector or not judged)
        self.countries += right[0]
        self.wrong += not right[0] and found.country is not None
        self.sectors += right[1]
        if case.country is None:
            self.unknown += 1
            self.guessed += found.country is not None
        return all(right)

    def __str__(self) -> str:
        return (
            f"{self.cases} cases: country {self.countries / self.cases:.1%} (wrong {self.wrong / self.cases:.1%}, else unknown), "
            f"primary sector {self.sectors / self.cases:.1%}, "
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


def report_cases(coder: dragoman.Coder, part: str) -> Iterator[tuple[Case, Actor]]:
    """Each annotated actor and recipient that is an entity of its report, with what we say of the same characters in our own reading."""
    from training.report_loader import part_of, read_documents

    for document in read_documents():
        if part == part_of(document) or (part == "rest" and part_of(document) != "test"):
            report = Report(id=document.id, text=document.text, date=document.date)
            yield from document_cases(document, Parties(report, coder.read([report])[0], coder.tables))


def document_cases(document: Document, parties: Parties) -> Iterator[tuple[Case, Actor]]:
    """The cases of a report, given its parties."""
    sentences = parties.sentences
    entities = {(start, end): document.entities[entity] for start, end, entity in document.mentions}
    spans = {
        (offset + role.start, offset + role.end)
        for offset, example in zip(document.offsets, document.sentences, strict=True)
        for act in example.acts
        for role in act.roles
        if role.name in ("actor", "recipient")
    }
    for start, end in sorted(spans & set(entities)):
        entity = entities[start, end]
        sent = next((one for one in sentences if one.start <= start < one.end), sentences[-1])
        found = together(parties.actors(sent, document.text[start:end], start, end))
        yield Case(document.id, document.text[start:end], document.date.isoformat(), entity.country, entity.sector, None), found


def together(actors: Sequence[Actor]) -> Actor:
    """One answer for a mention: for a set of several countries ("the two sides"), whose entity has no country of its own, none."""
    first = actors[0]
    return first if len({actor.country for actor in actors}) == 1 else msgspec.structs.replace(first, country=None, decided="several countries")


def main() -> None:
    """Print the scores of each part."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--part", action="append", choices=["dev", "apart", "last"])
    parser.add_argument("--wrong", action="store_true", help="list the cases that are not right")
    parser.add_argument("--reports", choices=["train", "dev", "test", "rest"], help="score the corpus's reports instead")
    options = parser.parse_args()
    coder = dragoman.load()
    if options.reports:
        pairs = list(report_cases(coder, options.reports))
        scores = ActorScores()
        missed = [(case, found) for case, found in pairs if not scores.add(case, found)]
        print(f"reports ({options.reports})", scores)
        for case, found in missed if options.wrong else []:
            print(f"  {case.part}: {case.mention} {case.country} {case.sector} <- {found.country} {found.sector} | {found.decided}")
        return
    for part in options.part or ["dev", "apart", "last"]:
        wrong: list[tuple[Case, Actor]] = []
        print(part, score_actors(coder, [case for case in read_cases() if case.part == part], wrong=wrong))
        for case, found in wrong if options.wrong else []:
            print(f"  {case.mention} [{case.date}] {case.country} {case.sector} <- {found.country} {found.sector} | {found.decided}")


if __name__ == "__main__":
    main()
