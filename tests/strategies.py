"""Hypothesis strategies: events with everything in them that a layout or a query may trip over."""

from __future__ import annotations

import datetime as dt
from typing import Any

from hypothesis import strategies as st

from dragoman.formats.item import Item
from dragoman.ontology import load_ontology
from dragoman.ontology.mappings import cameo_code
from dragoman.records import Actor, Attribution, Dating, Event, Joint, Place, Quantity, Span, Stance, Status
from dragoman.store.filters import EventFilter, make_filter

ONTOLOGY = load_ontology()
COUNTRIES = ("POL", "RUS", "USA", "DEU", "KOS", "UNO", "NGO")
SECTORS = ("GOV", "MIL", "REB", "JRN", "MED", "CVL")
NAMES = ("Poland", "Éire Party", "éire party", "50% union", "a_b", "PKK")
SOURCES = ("Example Wire", "The Daily Example", "Naïve Post")
DAYS = st.dates(dt.date(2018, 1, 1), dt.date(2018, 3, 31))
# Characters that break tables: tabs, line ends of every kind, quotes, separators, formula signs, marks that combine, right-to-left.
_BREAKERS = st.sampled_from("\t\n\r\x0b\x0c\x1c\x85\u2028\u2029\x00\x7f\",;|'=+-@\uff1d % _\\/")
NASTY = st.text(alphabet=st.one_of(_BREAKERS, st.characters(codec="utf-8")), max_size=12)
# No report holds a NUL, which PostgreSQL cannot store.
WORDS = st.one_of(NASTY.map(lambda text: text.replace("\0", " ")), st.sampled_from(["None", "NA", "'=1+1", "Poland", "expelled four"]))


def spans() -> st.SearchStrategy[tuple[int, int]]:
    return st.tuples(st.integers(0, 500), st.integers(0, 20)).map(lambda pair: (pair[0], pair[0] + pair[1]))


@st.composite
def actors(draw: st.DrawFn) -> Actor:
    start, end = draw(spans())
    return Actor(
        text=draw(WORDS),
        start=start,
        end=end,
        name=draw(st.none() | st.sampled_from(NAMES)),
        country=draw(st.none() | st.sampled_from(COUNTRIES)),
        sector=draw(st.none() | st.sampled_from(SECTORS)),
        other_sectors=tuple(draw(st.lists(st.sampled_from(SECTORS), max_size=2, unique=True))),
        office=draw(st.none() | WORDS),
        identifier=draw(st.none() | st.sampled_from(["POL", "person:Example Person"])),
        decided=draw(st.sampled_from(["country row 'Poland'", "the report says so: 'the Polish minister'"])),
    )


@st.composite
def quantities(draw: st.DrawFn) -> Quantity:
    start, end = draw(spans())
    number = st.one_of(st.integers(0, 10**9).map(float), st.floats(0, 10**12, allow_nan=False))
    vague = draw(st.booleans())
    value = None if vague else draw(number)
    low = draw(st.none() | number) if vague else None
    high = draw(number) if vague and low is None else None
    return Quantity(value=value, min=low, max=high, approximate=draw(st.booleans()), unit=draw(st.none() | WORDS), text=draw(WORDS), start=start, end=end)


@st.composite
def datings(draw: st.DrawFn) -> Dating:
    first, last = sorted([draw(DAYS), draw(DAYS)])
    start, end = draw(st.sampled_from([(first, last), (first, first), (first, None), (None, last)]))
    a, b = draw(spans())
    return Dating(start=start, end=end, precision=draw(st.sampled_from(["day", "week", "month", "year"])), text=draw(WORDS), text_start=a, text_end=b)


@st.composite
def places(draw: st.DrawFn) -> Place:
    start, end = draw(spans())
    return Place(
        name=draw(st.sampled_from(["Warsaw", "Poland", "Kaliningrad"])),
        country=draw(st.none() | st.sampled_from(["POL", "RUS", "USA"])),
        admin1=draw(st.none() | st.sampled_from(["78", "Masovia"])),
        lat=draw(st.none() | st.floats(-90, 90)),
        lon=draw(st.none() | st.floats(-180, 180)),
        geonames_id=draw(st.none() | st.integers(1, 10**7)),
        text=draw(WORDS),
        start=start,
        end=end,
    )


def parties() -> st.SearchStrategy[str]:
    """Texts that a filter reads as parties."""
    by_code = st.tuples(st.sampled_from([*COUNTRIES, "*"]), st.sampled_from(SECTORS)).map("/".join)
    return st.one_of(st.sampled_from(COUNTRIES), by_code, st.sampled_from([*NAMES[:4], "name=PKK", "person:Example Person", "nobody"]))


def filters() -> st.SearchStrategy[EventFilter]:
    """Filters with one to four conditions, most of which some event meets."""
    days = st.tuples(DAYS, DAYS).map(sorted)
    some = {
        "start": DAYS, "end": DAYS, "days": days,
        "actors": _few(parties()), "recipients": _few(parties()), "parties": _few(parties()), "speakers": _few(parties()),
        "dyads": _few(st.tuples(parties(), parties()).map(",".join)), "directed": st.booleans(),
        "types": _few(st.sampled_from([*ONTOLOGY.types, *ONTOLOGY.modes])), "modes": _few(st.sampled_from(["visit", "expel", "violence", "change", "meet"])),
        "quads": _few(st.integers(1, 4)), "statuses": _few(st.sampled_from([status.value for status in Status])),
        "contexts": _few(st.sampled_from(ONTOLOGY.contexts)), "sectors": _few(st.sampled_from(SECTORS)), "places": _few(st.sampled_from(["POL", "RUS"])),
        "sources": _few(st.sampled_from(SOURCES)), "min_confidence": st.floats(0, 0.5), "max_confidence": st.floats(0.5, 1),
        "text": st.sampled_from(["expelled", "EXPELLED", "Poland", "=1", "%", "_", "é", "/", "'", "none"]), "historical": st.booleans(),
        "min_sources": st.integers(1, 3), "ids": _few(st.integers(0, 9).map(lambda number: f"{number:016x}")),
    }  # fmt: skip
    chosen = st.lists(st.sampled_from(list(some)), min_size=1, max_size=4, unique=True)
    return chosen.flatmap(lambda names: st.fixed_dictionaries({name: some[name] for name in names})).map(_filter)


def _few(one: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    return st.lists(one, min_size=1, max_size=3)


def _filter(conditions: dict[str, Any]) -> EventFilter:
    start, end = conditions.pop("days", (None, None))
    conditions = {"start": start, "end": end} | conditions
    if conditions["start"] and conditions["end"]:
        conditions["start"], conditions["end"] = sorted([conditions["start"], conditions["end"]])
    return make_filter(**conditions)


@st.composite
def events(draw: st.DrawFn, number: int | None = None) -> Event:
    kind = ONTOLOGY.types[draw(st.sampled_from(list(ONTOLOGY.types)))]
    modes = tuple(draw(st.lists(st.sampled_from(list(kind.modes)), max_size=2, unique=True))) if kind.modes else ()
    text = draw(WORDS) + "expelled" + draw(WORDS)
    offset = draw(st.integers(0, 100))
    at = text.index("expelled")
    speaker, (start, end) = draw(actors()), draw(spans())
    key = draw(st.integers(0, 10**6)) if number is None else number
    return Event(
        id=f"{key:016x}",
        report_id=draw(st.sampled_from(["report-1", "report-2"])),
        report_date=draw(st.none() | DAYS),
        sentence=draw(st.integers(0, 30)),
        text=text,
        sentence_start=offset,
        trigger=Span(text="expelled", start=offset + at, end=offset + at + 8),
        type=kind.name,
        modes=modes,
        contexts=tuple(draw(st.lists(st.sampled_from(ONTOLOGY.contexts), max_size=2, unique=True))),
        quad=kind.quad,
        scale=ONTOLOGY.scale(kind.name, modes[0] if modes else None),
        cameo=draw(st.sampled_from([None, cameo_code(kind.name, modes[0] if modes else None)])),
        actors=tuple(draw(st.lists(actors(), max_size=3))),
        recipients=tuple(draw(st.lists(actors(), max_size=3))),
        status=draw(st.sampled_from(list(Status))),
        historical=draw(st.booleans()),
        count=draw(st.none() | quantities()),
        dead=draw(st.none() | quantities()),
        injured=draw(st.none() | quantities()),
        arrested=draw(st.none() | quantities()),
        date=draw(st.none() | datings()),
        deadline=draw(st.none() | datings()),
        place=draw(st.none() | places()),
        reason=draw(st.none() | st.just(Span(text=draw(WORDS), start=start, end=end))),
        attribution=draw(st.sampled_from([(), (Attribution(speaker=speaker, stance=Stance.CLAIMS, start=start, end=end),)])),
        joint=draw(st.none() | st.just(Joint(group=draw(WORDS), size=draw(st.none() | st.integers(1, 30)), text=draw(WORDS), start=start, end=end))),
        response_to=tuple(draw(st.lists(st.just("0" * 16), max_size=1))),
        confidence=draw(st.floats(0, 1).map(lambda value: round(value, 4))),
        coder="dragoman 0.1.0, model 1, abc",
    )


@st.composite
def items(draw: st.DrawFn) -> Item:
    return Item(
        event=draw(events()),
        source=draw(st.none() | st.sampled_from(SOURCES) | WORDS),
        url=draw(st.none() | st.sampled_from(["https://example.org/a?b=c&d", "=cmd()"])),
        title=draw(st.none() | WORDS),
        language=draw(st.none() | st.just("en")),
        characters=draw(st.none() | st.integers(0, 10**6)),
        incident=draw(st.none() | st.sampled_from(["a" * 16, "b" * 16])),
        mentions=draw(st.integers(1, 9)),
        sources=draw(st.integers(1, 9)),
        articles=draw(st.integers(1, 9)),
        added=draw(st.none() | st.datetimes(dt.datetime(2020, 1, 1), dt.datetime(2026, 1, 1))),
    )
