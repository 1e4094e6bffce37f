"""Dyad panels: one row for each pair of countries and each period, zeros written out, with a flag that says where a zero means anything.

A zero in a period of which the store holds no report says nothing: `covered` is false there. Codes of both parties are as of the period's
first day, so that a panel joins what R's countrycode and peacesciencer make.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from itertools import product

import msgspec

from dragoman.errors import ConfigError
from dragoman.formats.codes import country, cow, cow_letters, gw
from dragoman.formats.item import Item, pairs_of, why_not_told
from dragoman.formats.layout import Column, Kind, Layout, Row
from dragoman.records import Event, Record

# A panel of all pairs of 200 states by day is 14.5 million rows a year: beyond this it is surely not meant.
MOST_ROWS = 50_000_000
# Precisions of a date, from fine to coarse; a word that is not here ("season") is coarser than all.
_PRECISIONS = ("day", "week", "month", "year")
_QUADS = {1: "verbal_cooperation", 2: "material_cooperation", 3: "verbal_conflict", 4: "material_conflict"}


class Period(StrEnum):
    """The length of a panel's periods."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


class PanelOptions(Record, frozen=True, kw_only=True):
    """What a panel is of.

    `since` and `until` are its first and last day, by default those of the first and last report. `dyads` are the pairs of
    countries, by default every pair with an act; `all_pairs` takes every pair of the countries that occur. `domestic` keeps acts
    between parties of one country.
    """

    period: Period = Period.MONTH
    directed: bool = True
    since: dt.date | None = None
    until: dt.date | None = None
    dyads: tuple[tuple[str, str], ...] = ()
    all_pairs: bool = False
    domestic: bool = False
    all_statuses: bool = False


@dataclass(slots=True)
class _Sum:
    """The acts of a pair in a period."""

    scale: float = 0.0
    quads: Counter[int] = field(default_factory=Counter)


@dataclass(slots=True)
class Panel:
    """A panel: its periods, pairs and sums, and why acts were left out of how many. `coverage` counts the reports of each day."""

    options: PanelOptions
    periods: tuple[dt.date, ...]
    pairs: tuple[tuple[str, str], ...]
    sums: Mapping[tuple[str, str, dt.date], _Sum]
    coverage: Mapping[dt.date, int]
    left_out: Counter[str]
    acts: int

    def rows(self) -> Iterator[Row]:
        """The rows, by pair and then by period."""
        covered = {start: self._covered(start) for start in self.periods}
        for actor, recipient in self.pairs:
            for start in self.periods:
                yield self._row(actor, recipient, start, covered[start])

    def _covered(self, start: dt.date) -> tuple[int, int, int]:
        """Days of the period within the panel, those with a report, and reports."""
        first, last = max(start, self.options.since or start), min(last_day(start, self.options.period), self.options.until or dt.date.max)
        reports = [self.coverage.get(first + dt.timedelta(days), 0) for days in range((last - first).days + 1)]
        return len(reports), sum(1 for count in reports if count), sum(reports)

    def _row(self, actor: str, recipient: str, start: dt.date, covered: tuple[int, int, int]) -> Row:
        found = self.sums.get((actor, recipient, start))
        acts = found.quads.total() if found else 0
        return {
            "period": label(start, self.options.period), "period_start": start, "period_end": last_day(start, self.options.period),
            "year": start.year, **_codes("actor", actor, start), **_codes("recipient", recipient, start), "events": acts,
            "mean_scale": round(found.scale / acts, 4) if found and acts else None,
            **{name: found.quads[quad] if found else 0 for quad, name in _QUADS.items()},
            "days": covered[0], "days_covered": covered[1], "reports": covered[2], "covered": covered[2] > 0,
        }  # fmt: skip


def make_panel(items: Iterable[Item], options: PanelOptions, coverage: Mapping[dt.date, int]) -> Panel:
    """Sum the items up; each item counts once for each pair of countries in it. Raise `ConfigError` for a panel without days or too large."""
    days = [day for day, reports in coverage.items() if reports]
    first, last = options.since or min(days, default=None), options.until or max(days, default=None)
    if first is None or last is None or first > last:
        raise ConfigError(f"the panel has no days: it would go from {first} to {last}; give --since and --until")
    options = msgspec.structs.replace(options, since=first, until=last)
    sums, left_out, acts = _sums(items, options, first, last)
    pairs = _pairs(sums, options)
    periods = tuple(_periods(first, last, options.period))
    if (size := len(periods) * len(pairs)) > MOST_ROWS:
        raise ConfigError(f"the panel would have {size:,} rows, more than {MOST_ROWS:,}; give fewer dyads, a shorter span or longer periods")
    return Panel(options, periods, pairs, sums, coverage, left_out, acts)


def first_day(day: dt.date, period: Period) -> dt.date:
    """The first day of the period that holds a day; weeks begin on Monday (ISO 8601)."""
    match period:
        case Period.DAY:
            return day
        case Period.WEEK:
            return day - dt.timedelta(day.weekday())
        case Period.MONTH:
            return day.replace(day=1)
    return day.replace(month=1, day=1)


def last_day(start: dt.date, period: Period) -> dt.date:
    """The last day of the period that begins on a day."""
    match period:
        case Period.DAY:
            return start
        case Period.WEEK:
            return start + dt.timedelta(6)
        case Period.MONTH:
            return (start.replace(day=28) + dt.timedelta(4)).replace(day=1) - dt.timedelta(1)
    return start.replace(month=12, day=31)


def label(start: dt.date, period: Period) -> str:
    """2018-03-26, 2018-W13, 2018-03 or 2018."""
    match period:
        case Period.DAY:
            return start.isoformat()
        case Period.WEEK:
            year, week, _ = start.isocalendar()
            return f"{year}-W{week:02}"
        case Period.MONTH:
            return f"{start:%Y-%m}"
    return f"{start:%Y}"


def _sums(
    items: Iterable[Item], options: PanelOptions, first: dt.date, last: dt.date
) -> tuple[dict[tuple[str, str, dt.date], _Sum], Counter[str], int]:
    sums: dict[tuple[str, str, dt.date], _Sum] = {}
    left_out: Counter[str] = Counter()
    wanted = {_ordered(pair, options.directed) for pair in options.dyads}
    acts = 0
    for acts, item in enumerate(items, 1):  # noqa: B007 - the count is what is returned
        day, reason = _place_in_time(item, options, first, last)
        pairs = _pairs_of(item.event, options) if day else set()
        if day is None or not pairs:
            left_out[reason or "the act is not between two countries"] += 1
            continue
        for pair in pairs & wanted if wanted else pairs:
            found = sums.setdefault((*pair, first_day(day, options.period)), _Sum())
            found.scale += item.event.scale
            found.quads[item.event.quad] += 1
    return sums, left_out, acts


def _place_in_time(item: Item, options: PanelOptions, first: dt.date, last: dt.date) -> tuple[dt.date | None, str | None]:
    """The day on which an act counts, or why it counts on none."""
    if reason := why_not_told(item, all_statuses=options.all_statuses):
        return None, reason
    date = item.event.date
    start, end = (date.start, date.end) if date and (date.start or date.end) else (item.event.report_date, item.event.report_date)
    start, end = start or end, end or start
    if start is None or end is None:
        return None, "neither the act nor its report has a date"
    coarse = date is not None and (date.precision not in _PRECISIONS or _PRECISIONS.index(date.precision) > _PRECISIONS.index(options.period))
    if coarse and first_day(start, options.period) != first_day(end, options.period):
        return None, f"the act is dated more coarsely than a {options.period}"
    return (start, None) if first <= start <= last else (None, f"the act is not dated between {first} and {last}")


def _pairs_of(event: Event, options: PanelOptions) -> set[tuple[str, str]]:
    found = {(actor.country, recipient.country) for actor, recipient in pairs_of(event) if actor and recipient}
    return {_ordered((one, other), options.directed) for one, other in found if one and other and (one != other or options.domestic)}


def _ordered(pair: tuple[str, str], directed: bool) -> tuple[str, str]:
    return pair if directed or pair[0] <= pair[1] else (pair[1], pair[0])


def _pairs(sums: Mapping[tuple[str, str, dt.date], _Sum], options: PanelOptions) -> tuple[tuple[str, str], ...]:
    if options.dyads:
        return tuple(sorted({_ordered(pair, options.directed) for pair in options.dyads}))
    seen = {(actor, recipient) for actor, recipient, _ in sums}
    if options.all_pairs:
        countries = sorted({code for pair in seen for code in pair})
        seen = {_ordered(pair, options.directed) for pair in product(countries, countries) if pair[0] != pair[1] or options.domestic}
    return tuple(sorted(seen))


def _periods(first: dt.date, last: dt.date, period: Period) -> Iterator[dt.date]:
    start = first_day(first, period)
    while start <= last:
        yield start
        start = last_day(start, period) + dt.timedelta(1)


@cache
def _codes(role: str, code: str, day: dt.date) -> Row:
    if (found := country(code)) is None:
        return {role: code}
    numbers = {f"{role}_cow": cow(code, day), f"{role}_cowc": cow_letters(code, day), f"{role}_gw": gw(code, day)}
    return {role: code, f"{role}_iso3": found.iso3, **numbers}


def _check(row: Mapping[str, str | None]) -> Iterator[tuple[str, str]]:
    acts = int(row["events"] or 0)
    if acts != sum(int(row[name] or 0) for name in _QUADS.values()):
        yield "events", f"{acts} is not the sum of the four quads"
    if (acts == 0) != (row["mean_scale"] is None):
        yield "mean_scale", "it must be missing where there are no events, and there alone"
    if (row["covered"] == "true") != (int(row["reports"] or 0) > 0):
        yield "covered", "it must be true where there are reports, and there alone"


def _count(name: str, doc: str) -> Column:
    return Column(name=name, kind=Kind.INTEGER, doc=doc, required=True)


def _party(role: str) -> tuple[Column, ...]:
    return (
        Column(name=role, doc=f"{role}: ISO 3166-1 alpha-3 with PLOVER's exceptions and groups", required=True, pattern="[A-Z]{3}"),
        Column(name=f"{role}_iso3", doc="ISO 3166-1 alpha-3", pattern="[A-Z]{3}"),
        Column(name=f"{role}_cow", doc="Correlates of War number on the period's first day", pattern="[0-9]{1,3}"),
        Column(name=f"{role}_cowc", doc="Correlates of War letters on the period's first day", pattern="[A-Z]{3}"),
        Column(name=f"{role}_gw", doc="Gleditsch and Ward number on the period's first day", pattern="[0-9]{1,3}"),
    )


PANEL = Layout(
    name="panel",
    doc="counts, mean scale and quads for each pair of countries and period, zeros written out",
    columns=(
        Column(name="period", doc="2018-03-26, 2018-W13, 2018-03 or 2018", required=True),
        Column(name="period_start", kind=Kind.DATE, doc="first day", required=True),
        Column(name="period_end", kind=Kind.DATE, doc="last day", required=True),
        _count("year", "of the first day"),
        *_party("actor"),
        *_party("recipient"),
        _count("events", "acts of the actor towards the recipient; in an undirected panel of either towards the other"),
        Column(name="mean_scale", kind=Kind.NUMBER, doc="mean of PLOVER's scale; missing where there are no events"),
        *(_count(name, "acts of this quad") for name in _QUADS.values()),
        _count("days", "days of the period within the panel"),
        _count("days_covered", "those of which the store holds a report"),
        _count("reports", "reports published in the period"),
        Column(name="covered", kind=Kind.BOOLEAN, doc="whether there are reports at all: a zero says nothing where this is false", required=True),
    ),
    rows=lambda _item, _with_text: (),
    delimiter=",",
    suffix=".csv",
    says_status=True,
    unique=("actor", "recipient", "period_start"),
    check=_check,
)
