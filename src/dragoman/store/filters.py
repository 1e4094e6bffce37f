"""What to look for: one typed filter, the same for the library, the command line and exports, as a predicate and as SQL.

All conditions must hold; where a field lists several values, any of them may. The predicate `matches` is the definition, and
`compile_filter` must agree with it on every database; a property test holds them together.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from dragoman.errors import ConfigError
from dragoman.formats.codes import load_countries
from dragoman.ontology import load_ontology
from dragoman.records import Actor, Event, Record, Status
from dragoman.store import schema

# A longer text is surely not a phrase, and SQLite refuses patterns of 50,000 bytes.
LONGEST_TEXT = 1000
_LOWER = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")
_PARTIES = ("actor", "recipient")


class Party(Record, frozen=True, kw_only=True):
    """Who is meant: a country, a sector, both, or a name. Read from `RUS`, `RUS/GOV`, `*/REB`, a name, or `name=…` for names like codes."""

    country: str | None = None
    sector: str | None = None
    name: str | None = None

    def matches(self, actor: Actor) -> bool:
        """Whether an actor is meant; a name is that of the tables or an identifier, A-Z in either case."""
        if self.name is not None:
            return self.name in (lower(actor.name), lower(actor.identifier))
        return (self.country is None or self.country == actor.country) and (self.sector is None or self.sector in (actor.sector, *actor.other_sectors))


class EventFilter(Record, frozen=True, kw_only=True):
    """Conditions on events, all of which must hold; an empty one holds for every event.

    `start`, `end`: first and last day, inclusive, that the days on which the act may have happened must meet; its report's day where it has none.
    `actors`, `recipients`, `parties`, `speakers`: who acts, to whom, either of the two, and on whose word, as `Party` reads them.
    `dyads`: `RUS,POL`, actor and recipient; with `directed` false, two parties of the act of which at least one is an actor.
    `types`: `SANCTION` or `SANCTION/expel`; `modes`: modes of any type; `quads`: 1 to 4; `statuses`; `contexts`.
    `sectors`: of an actor or a recipient; `places`: countries where it happened; `sources`: outlets, as the reports name them.
    `text`: a phrase in the sentence, A-Z in either case. `historical`: recalled as background or not.
    `min_sources`: independent sources of the incident. `reports`, `incidents`, `ids`: ids in the store.
    """

    start: dt.date | None = None
    end: dt.date | None = None
    actors: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    parties: tuple[str, ...] = ()
    speakers: tuple[str, ...] = ()
    dyads: tuple[str, ...] = ()
    directed: bool = True
    types: tuple[str, ...] = ()
    modes: tuple[str, ...] = ()
    quads: tuple[int, ...] = ()
    statuses: tuple[str, ...] = ()
    contexts: tuple[str, ...] = ()
    sectors: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    min_confidence: float | None = None
    max_confidence: float | None = None
    text: str | None = None
    historical: bool | None = None
    min_sources: int | None = None
    reports: tuple[str, ...] = ()
    incidents: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for check in _CHECKS:
            check(self)

    def matches(self, event: Event, facts: Facts | None = None) -> bool:
        """Whether an event is meant; `facts` are those of the store, of which a condition on them needs some."""
        return all(condition(self, event, facts or Facts()) for condition in _CONDITIONS)

    def is_empty(self) -> bool:
        """Whether it holds for every event."""
        return self == EventFilter(directed=self.directed)


class Facts(Record, frozen=True, kw_only=True):
    """What the store knows of an event beside its record."""

    source: str | None = None
    incident: str | None = None
    independent: int | None = None


def make_filter(**conditions: Any) -> EventFilter:
    """A filter from plain values (ISO dates, lists of strings, numbers); raise `ConfigError` for what cannot be meant."""
    try:
        return msgspec.convert({name: value for name, value in conditions.items() if value not in (None, [], ())}, EventFilter)
    except msgspec.ValidationError as error:
        raise ConfigError(f"not a filter: {error}") from error


@cache
def parse_party(text: str) -> Party:
    """Read `RUS`, `RUS/GOV`, `*/REB`, `name=PKK` or a name; raise `ConfigError` for a country or a sector that there is not."""
    if text.startswith("name="):
        return Party(name=_named(text.removeprefix("name=").strip(), text))
    match = re.fullmatch(r"([A-Z]{3}|\*)(?:/([A-Z]{3}))?", text)
    if match is None:
        return Party(name=_named(text.strip(), text))
    country, sector = match[1], match[2]
    if country == "*" and sector is None:
        raise ConfigError("'*' alone is everybody; give a sector too (*/REB), or leave it out")
    if country != "*":
        _known(country, _countries(), "country", f"a name goes in as name={country}")
    if sector:
        _known(sector, load_ontology().sectors, "sector")
    return Party(country=None if country == "*" else country, sector=sector)


@cache
def parse_dyad(text: str) -> tuple[Party, Party]:
    """Read `RUS,POL`, each side as `parse_party` does; raise `ConfigError` for anything else."""
    sides = [side.strip() for side in text.split(",")]
    if len(sides) != 2 or not all(sides):
        raise ConfigError(f"not a dyad: {text!r}; give actor and recipient, as in RUS,POL")
    return parse_party(sides[0]), parse_party(sides[1])


def lower(text: str | None) -> str | None:
    """A-Z to a-z and nothing else, which both databases do alike."""
    return None if text is None else text.translate(_LOWER)


def days_of(event: Event) -> tuple[dt.date | None, dt.date | None]:
    """First and last day that an act may have happened on: its own, else its report's; an open end is None, and so are both where unknown."""
    if event.date is not None and (event.date.start or event.date.end):
        return event.date.start, event.date.end
    return event.report_date, event.report_date


# Checks: each refuses what cannot be meant in its fields.


def _named(name: str, text: str) -> str:
    if not name:
        raise ConfigError(f"no name in {text!r}; give a country (POL), a sector (*/REB) or a name")
    return str(lower(name))


@cache
def _countries() -> frozenset[str]:
    return frozenset({*load_countries(), *load_ontology().groups})


def _known(value: Any, choices: Iterable[Any], what: str, hint: str = "") -> None:
    names = sorted(map(str, choices))
    if str(value) not in names:
        shown = "" if len(names) > 40 else f"; choose from {', '.join(names)}"
        raise ConfigError(f"no such {what}: {value!r}{shown}{'; ' + hint if hint else ''}")


def _check_days(chosen: EventFilter) -> None:
    if chosen.start and chosen.end and chosen.start > chosen.end:
        raise ConfigError(f"no day is both from {chosen.start} on and up to {chosen.end}")


def _check_parties(chosen: EventFilter) -> None:
    for text in (*chosen.actors, *chosen.recipients, *chosen.parties, *chosen.speakers):
        parse_party(text)
    for text in chosen.dyads:
        parse_dyad(text)


def _check_codes(chosen: EventFilter) -> None:
    ontology = load_ontology()
    for code in chosen.types:
        ontology.parse(code)
    for values, choices, what in (
        (chosen.modes, {mode for kind in ontology.types.values() for mode in kind.modes}, "mode"),
        (chosen.quads, ontology.quads, "quad"),
        (chosen.statuses, [status.value for status in Status], "status"),
        (chosen.contexts, ontology.contexts, "context"),
        (chosen.sectors, ontology.sectors, "sector"),
        (chosen.places, _countries(), "country"),
    ):
        for value in values:
            _known(value, choices, what)


def _check_numbers(chosen: EventFilter) -> None:
    for value in (chosen.min_confidence, chosen.max_confidence):
        if value is not None and not 0 <= value <= 1:
            raise ConfigError(f"a confidence is between 0 and 1, not {value}")
    low, high = chosen.min_confidence, chosen.max_confidence
    if low is not None and high is not None and low > high:
        raise ConfigError(f"no confidence is both at least {low} and at most {high}")
    if chosen.min_sources is not None and chosen.min_sources < 1:
        raise ConfigError(f"an incident has one source at least, not {chosen.min_sources}")


def _check_text(chosen: EventFilter) -> None:
    if chosen.text is not None and not 0 < len(chosen.text) <= LONGEST_TEXT:
        raise ConfigError(f"the text to look for has {len(chosen.text)} characters; give 1 to {LONGEST_TEXT}")
    if chosen.text is not None and ("\0" in chosen.text or not _encodable(chosen.text)):
        raise ConfigError("the text to look for holds a character that no report can")


def _encodable(text: str) -> bool:
    return not any("\ud800" <= char <= "\udfff" for char in text)


_CHECKS: tuple[Callable[[EventFilter], None], ...] = (_check_days, _check_parties, _check_codes, _check_numbers, _check_text)


# Conditions, as predicates.


def _in_days(chosen: EventFilter, event: Event, _facts: Facts) -> bool:
    if chosen.start is None and chosen.end is None:
        return True
    start, end = days_of(event)
    if start is None and end is None:
        return False
    return (chosen.start is None or end is None or end >= chosen.start) and (chosen.end is None or start is None or start <= chosen.end)


def _of_parties(chosen: EventFilter, event: Event, _facts: Facts) -> bool:
    speakers = tuple(one.speaker for one in event.attribution)
    sides = (
        (chosen.actors, event.actors),
        (chosen.recipients, event.recipients),
        (chosen.parties, event.actors + event.recipients),
        (chosen.speakers, speakers),
    )
    return all(not wanted or any(parse_party(text).matches(actor) for text in wanted for actor in side) for wanted, side in sides)


def _of_dyads(chosen: EventFilter, event: Event, _facts: Facts) -> bool:
    return not chosen.dyads or any(_is_between(*parse_dyad(text), event, directed=chosen.directed) for text in chosen.dyads)


def _is_between(one: Party, other: Party, event: Event, *, directed: bool) -> bool:
    if directed:
        return any(map(one.matches, event.actors)) and any(map(other.matches, event.recipients))
    acting, all_ = event.actors, (*event.actors, *event.recipients)
    return any(
        first != second and (first < len(acting) or second < len(acting)) and one.matches(left) and other.matches(right)
        for first, left in enumerate(all_)
        for second, right in enumerate(all_)
    )


def _of_type(chosen: EventFilter, event: Event, _facts: Facts) -> bool:
    codes = [load_ontology().parse(code) for code in chosen.types]
    if codes and not any(kind.name == event.type and (mode is None or mode.name in event.modes) for kind, mode in codes):
        return False
    return not chosen.modes or any(mode in event.modes for mode in chosen.modes)


def _of_kind(chosen: EventFilter, event: Event, _facts: Facts) -> bool:
    return (
        (not chosen.quads or event.quad in chosen.quads)
        and (not chosen.statuses or event.status.value in chosen.statuses)
        and (chosen.historical is None or event.historical is chosen.historical)
        and (not chosen.contexts or any(context in event.contexts for context in chosen.contexts))
    )


def _of_sector(chosen: EventFilter, event: Event, _facts: Facts) -> bool:
    parties = event.actors + event.recipients
    return not chosen.sectors or any(sector in (actor.sector, *actor.other_sectors) for sector in chosen.sectors for actor in parties)


def _of_place(chosen: EventFilter, event: Event, _facts: Facts) -> bool:
    return not chosen.places or (event.place is not None and event.place.country in chosen.places)


def _of_confidence(chosen: EventFilter, event: Event, _facts: Facts) -> bool:
    low, high = chosen.min_confidence, chosen.max_confidence
    return (low is None or event.confidence >= low) and (high is None or event.confidence <= high)


def _of_text(chosen: EventFilter, event: Event, _facts: Facts) -> bool:
    return chosen.text is None or str(lower(chosen.text)) in str(lower(event.text))


def _of_facts(chosen: EventFilter, event: Event, facts: Facts) -> bool:
    return (
        (not chosen.sources or facts.source in chosen.sources)
        and (chosen.min_sources is None or (facts.independent or 0) >= chosen.min_sources)
        and (not chosen.incidents or facts.incident in chosen.incidents)
        and (not chosen.reports or event.report_id in chosen.reports)
        and (not chosen.ids or event.id in chosen.ids)
    )


_CONDITIONS: tuple[Callable[[EventFilter, Event, Facts], bool], ...] = (
    _in_days, _of_type, _of_kind, _of_confidence, _of_place, _of_facts, _of_sector, _of_parties, _of_dyads, _of_text,
)  # fmt: skip


# The same conditions, as SQL over `schema.events`.


def compile_filter(chosen: EventFilter) -> sa.ColumnElement[bool]:
    """The filter as a condition on `schema.events`, which the statement must select from."""
    parts = (_sql_days, _sql_kind, _sql_modes, _sql_numbers, _sql_parties, _sql_text, _sql_incidents)
    return sa.and_(sa.true(), *(condition for part in parts for condition in part(chosen)))


class ascii_lower(FunctionElement[str]):  # noqa: N801 - named as the function that it is
    """A-Z to a-z and nothing else, in SQL."""

    type = sa.String()
    inherit_cache = True
    name = "ascii_lower"


@compiles(ascii_lower)
def _lower_sqlite(element: Any, compiler: Any, **options: Any) -> str:
    return f"lower({compiler.process(element.clauses, **options)})"


@compiles(ascii_lower, "postgresql")
def _lower_postgresql(element: Any, compiler: Any, **options: Any) -> str:
    return f'lower(({compiler.process(element.clauses, **options)}) COLLATE "C")'


def _sql_days(chosen: EventFilter) -> list[sa.ColumnElement[bool]]:
    if chosen.start is None and chosen.end is None:
        return []
    start, end = schema.events.c.day_start, schema.events.c.day_end
    found: list[sa.ColumnElement[bool]] = [sa.or_(start.is_not(None), end.is_not(None))]
    if chosen.start is not None:
        found.append(sa.or_(end.is_(None), end >= chosen.start))
    if chosen.end is not None:
        found.append(sa.or_(start.is_(None), start <= chosen.end))
    return found


def _sql_kind(chosen: EventFilter) -> list[sa.ColumnElement[bool]]:
    columns = schema.events.c
    wanted = ((columns.quad, chosen.quads), (columns.status, chosen.statuses), (columns.place_country, chosen.places), (columns.source, chosen.sources))
    ids = ((columns.report_id, chosen.reports), (columns.id, chosen.ids))
    found: list[sa.ColumnElement[bool]] = [column.in_(values) for column, values in (*wanted, *ids) if values]
    if chosen.historical is not None:
        found.append(columns.historical.is_(chosen.historical))
    if chosen.contexts:
        found.append(_has(schema.event_contexts, schema.event_contexts.c.context.in_(chosen.contexts)))
    return found


def _sql_modes(chosen: EventFilter) -> list[sa.ColumnElement[bool]]:
    modes = schema.event_modes
    codes = [load_ontology().parse(code) for code in chosen.types]
    types = [sa.and_(schema.events.c.type == kind.name, _has(modes, modes.c.mode == mode.name) if mode else sa.true()) for kind, mode in codes]
    return ([sa.or_(*types)] if types else []) + ([_has(modes, modes.c.mode.in_(chosen.modes))] if chosen.modes else [])


def _sql_numbers(chosen: EventFilter) -> list[sa.ColumnElement[bool]]:
    column = schema.events.c.confidence
    found: list[sa.ColumnElement[bool]] = []
    if chosen.min_confidence is not None:
        found.append(column >= chosen.min_confidence)
    if chosen.max_confidence is not None:
        found.append(column <= chosen.max_confidence)
    return found


def _sql_parties(chosen: EventFilter) -> list[sa.ColumnElement[bool]]:
    found = [
        _has_party(roles, wanted)
        for roles, wanted in ((("actor",), chosen.actors), (("recipient",), chosen.recipients), (_PARTIES, chosen.parties), (("speaker",), chosen.speakers))
        if wanted
    ]
    if chosen.sectors:
        found.append(_has_party(_PARTIES, [f"*/{sector}" for sector in chosen.sectors]))
    if chosen.dyads:
        found.append(sa.or_(*(_sql_dyad(*parse_dyad(text), directed=chosen.directed) for text in chosen.dyads)))
    return found


def _exists(*conditions: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    # Of what encloses it, it looks at the events alone: the statement may well join the same tables for other ends.
    return sa.exists().where(*conditions).correlate(schema.events)


def _has(table: sa.Table, condition: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    return _exists(table.c.event_id == schema.events.c.id, condition)


def _has_party(roles: Sequence[str], wanted: Sequence[str]) -> sa.ColumnElement[bool]:
    table = schema.event_actors.alias()
    meant = sa.or_(*(_sql_party(parse_party(text), table) for text in wanted))
    return _exists(table.c.event_id == schema.events.c.id, table.c.role.in_(roles), meant)


def _sql_party(party: Party, table: sa.FromClause) -> sa.ColumnElement[bool]:
    if party.name is not None:
        return sa.or_(ascii_lower(table.c.name) == party.name, ascii_lower(table.c.identifier) == party.name)
    found: list[sa.ColumnElement[bool]] = []
    if party.country is not None:
        found.append(table.c.country == party.country)
    if party.sector is not None:
        found.append(sa.or_(table.c.sector == party.sector, table.c.other_sectors.contains(f";{party.sector};", autoescape=True)))
    return sa.and_(*found)


def _sql_dyad(one: Party, other: Party, *, directed: bool) -> sa.ColumnElement[bool]:
    left, right = schema.event_actors.alias(), schema.event_actors.alias()
    roles = (
        (left.c.role == "actor", right.c.role == "recipient")
        if directed
        else (
            left.c.role.in_(_PARTIES),
            right.c.role.in_(_PARTIES),
            sa.or_(left.c.role == "actor", right.c.role == "actor"),
            sa.or_(left.c.role != right.c.role, left.c.position != right.c.position),
        )
    )
    of_event = (left.c.event_id == schema.events.c.id, right.c.event_id == schema.events.c.id)
    return _exists(*of_event, *roles, _sql_party(one, left), _sql_party(other, right))


def _sql_text(chosen: EventFilter) -> list[sa.ColumnElement[bool]]:
    if chosen.text is None:
        return []
    events, reports = schema.events.c, schema.reports.c
    sentence = sa.func.substr(reports.text, events.text_start + 1, events.text_end - events.text_start)
    found = ascii_lower(sentence).contains(str(lower(chosen.text)), autoescape=True)
    return [_exists(reports.id == events.report_id, found)]


def _sql_incidents(chosen: EventFilter) -> list[sa.ColumnElement[bool]]:
    if not chosen.incidents and chosen.min_sources is None:
        return []
    ties, incidents = schema.incident_events.c, schema.incidents.c
    conditions = [ties.event_id == schema.events.c.id, ties.incident_id == incidents.id]
    if chosen.incidents:
        conditions.append(incidents.id.in_(chosen.incidents))
    if chosen.min_sources is not None:
        conditions.append(incidents.independent >= chosen.min_sources)
    return [_exists(*conditions)]
