"""The share of cases right: `python -m evaluation.cases [--part kept|open] [--show]`.

Quantities, dates, deadlines and places of `tests/cases/`. Every second row is kept apart ("kept"): only the odd rows ("open") were looked at
while the resolvers were written.
"""

from __future__ import annotations

import argparse
import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from dragoman.coder import load
from dragoman.model.session import Model
from dragoman.reading.reader import read_reports
from dragoman.records import Quantity, Report
from dragoman.resolve.dates import DateRange, resolve_date, resolve_deadline
from dragoman.resolve.places import resolve_place
from dragoman.resolve.quantities import quantity

CASES = Path(__file__).parent.parent / "tests" / "cases"
DAYS = {letter: dt.date.fromisoformat(day) for letter, day in zip("MFNWS", ("2018-03-26", "2021-04-23", "2015-01-01", "2024-11-06", "2003-07-13"), strict=True)}


@dataclass(frozen=True, slots=True)
class Case:
    """A row, and whether it is kept apart."""

    columns: tuple[str, ...]
    kept: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """A case's words, what was expected and found, and the aspects that are right (name: bool)."""

    words: str
    expected: str
    found: str
    aspects: Mapping[str, bool]

    @property
    def right(self) -> bool:
        """Whether every aspect is."""
        return all(self.aspects.values())


def read_cases(name: str) -> list[Case]:
    """The rows of `tests/cases/NAME.tsv`."""
    lines = [line for line in (CASES / f"{name}.tsv").read_text("utf-8").splitlines() if line and not line.startswith("#")]
    return [Case(tuple(line.split("\t")), index % 2 == 1) for index, line in enumerate(lines)]


def judge_quantities(cases: Sequence[Case], model: Model) -> Iterator[Verdict]:
    """Value or bounds, unit where asked, whole, and running totals."""
    reports = [Report(id=str(index), text=case.columns[0].replace("[", "").replace("]", "")) for index, case in enumerate(cases)]
    for case, report, sentences in zip(cases, reports, read_reports(model, reports), strict=True):
        words, amount, unit, more = case.columns
        start, end = (words.index("["), words.index("]") - 1) if "[" in words else (0, len(words))
        sent = next((sent for sent in sentences if sent.start <= start < sent.end), None) if "[" in words else None
        found = quantity(report.text, start, end, sent=sent)
        aspects = {"amount": _amount(found) == amount}
        if unit != "-":
            aspects["unit"] = found is not None and found.unit == unit
        if "[" in words:
            aspects["whole"] = (found.subset_of if found else None) == (more.removeprefix("of=") if more.startswith("of=") else None)
            aspects["total"] = bool(found and found.cumulative) == (more == "total")
        shown = (_amount(found), str(found and found.unit), str(found and found.subset_of), str(found and found.cumulative))
        yield Verdict(words, "\t".join(case.columns[1:]), "\t".join(shown), aspects)


def _amount(found: Quantity | None) -> str:
    if found is None:
        return "none"
    if found.value is not None:
        return f"{'~' if found.approximate else ''}{found.value:.10g}"
    low, high = (f"{bound:.10g}" if bound is not None else "" for bound in (found.min, found.max))
    return f"{low}..{high}" if low or high else "all"


def judge_dates(cases: Sequence[Case], _model: Model) -> Iterator[Verdict]:
    """First day, last day and precision."""
    for case in cases:
        letter, given, words, start, end, precision = case.columns
        tense, _, anchor = given.partition("@")
        day = dt.date.fromisoformat(anchor) if anchor else None
        found = resolve_deadline(words, DAYS[letter], anchor=day) if tense == "limit" else resolve_date(words, DAYS[letter], tense=tense, anchor=day)
        expected = (start, start if end == "=" else end, precision)
        yield Verdict(f"{letter} {given} {words}", " ".join(expected), " ".join(_dates(found)), {"date": _dates(found) == expected})


def _dates(found: DateRange | None) -> tuple[str, str, str]:
    return (str(found.start or "-"), str(found.end or "-"), found.precision) if found else ("-", "-", "none")


def judge_places(cases: Sequence[Case], _model: Model) -> Iterator[Verdict]:
    """Country, and the place: its precision and its coordinates to a degree."""
    for case in cases:
        words, text, country, where, precision = case.columns
        found = resolve_place(words, context=text)
        shown = f"{found.country} {found.lat},{found.lon} {found.precision} {found.name}" if found else "none"
        aspects = {"country": country == "-" or (found.country if found else None) == country}
        alike = _precision(found.precision if found and found.precision else "none") == _precision(precision)
        aspects["place"] = alike and (where == "-" or found is None or _is_near(where, found.lat, found.lon))
        yield Verdict(f"{words} | {text}", f"{country} {where} {precision}", shown, aspects)


def _precision(name: str) -> str:
    """A division by another name, or a part of one, is a region: which of the two is a matter of the table."""
    return "region" if name == "division" else name


def _is_near(where: str, lat: float | None, lon: float | None) -> bool:
    """Within a degree and a half of latitude and two of longitude of the case's whole degrees."""
    first, second = (float(part) for part in where.split(","))
    return lat is not None and lon is not None and abs(lat - first) <= 1.5 and abs(lon - second) <= 2.0


JUDGES: Mapping[str, tuple[str, Callable[[Sequence[Case], Model], Iterator[Verdict]], Callable[[Case], bool]]] = {
    "quantities": ("quantities", judge_quantities, lambda case: True),
    "dates": ("dates", judge_dates, lambda case: not case.columns[1].startswith("limit")),
    "deadlines": ("dates", judge_dates, lambda case: case.columns[1].startswith("limit")),
    "places": ("places", judge_places, lambda case: True),
}


def verdicts(name: str, model: Model, *, kept: bool) -> list[Verdict]:
    """The verdicts on one half of a table."""
    file, judge, chosen = JUDGES[name]
    return list(judge([case for case in read_cases(file) if chosen(case) and case.kept == kept], model))


def shares(found: Sequence[Verdict]) -> dict[str, float]:
    """The share right, whole and by aspect (of the cases that ask for it)."""
    names = sorted({name for verdict in found for name in verdict.aspects})
    by_aspect = {name: [verdict.aspects[name] for verdict in found if name in verdict.aspects] for name in names}
    return {"right": sum(one.right for one in found) / len(found), **{name: sum(values) / len(values) for name, values in by_aspect.items()}}


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tables", nargs="*", default=list(JUDGES))
    parser.add_argument("--part", choices=("open", "kept"), default="kept")
    parser.add_argument("--show", action="store_true", help="print the cases that are wrong")
    arguments = parser.parse_args()
    model = load().model
    for name in arguments.tables:
        found = verdicts(name, model, kept=arguments.part == "kept")
        print(f"{name} ({arguments.part}, {len(found)}): " + ", ".join(f"{key} {value:.3f}" for key, value in shares(found).items()))
        for one in found:
            if arguments.show and not one.right:
                print(f"  {one.words}\n    expected {one.expected}\n    found    {one.found}")


if __name__ == "__main__":
    main()
