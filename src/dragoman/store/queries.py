"""Named queries: events and incidents that a filter means, what an export needs beside them, and what has changed since a run or a day.

Rows stream: however many there are, a few hundred are held at a time. Events come by day and id, incidents by first day and id, so that
the order of ingestion never shows.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import groupby
from typing import Any

import msgspec
import sqlalchemy as sa

from dragoman.errors import ConfigError, InputError
from dragoman.formats.item import Item
from dragoman.ledger.incidents import PROGRESS, Incident
from dragoman.records import Event, Record
from dragoman.store import Store, schema
from dragoman.store.filters import EventFilter, Facts, compile_filter

# Rows fetched at once.
AT_ONCE = 500
# Where a day is unknown, for sorting: after all others.
_LATEST = dt.date(9999, 12, 31)


class Page(Record, frozen=True, kw_only=True):
    """A page of items, and the cursor of the next one (None on the last)."""

    items: tuple[Item, ...]
    next: str | None


class Tombstone(Record, frozen=True, kw_only=True):
    """An event that no longer holds: coded anew by a newer model, or otherwise superseded. `event` is what it was."""

    event: Event
    superseded: str


def find_events(store: Store, chosen: EventFilter, *, history: bool = False, limit: int | None = None) -> Iterator[Item]:
    """The events that the filter means, by day and id; with `history` those too that a newer coding has superseded.

    Raise `ConfigError` where the filter asks for text and the store keeps none.
    """
    _check_text(store, chosen)
    query = _items().where(compile_filter(chosen), *_current(history)).order_by(_day(), schema.events.c.id).limit(limit)
    with store.read() as conn:
        for row in conn.execution_options(yield_per=AT_ONCE).execute(query):
            yield _item(row)


def events_page(store: Store, chosen: EventFilter, *, size: int, after: str | None = None) -> Page:
    """One page of at most `size` events, those after the cursor of the page before; raise `ConfigError` for a cursor that is none."""
    _check_text(store, chosen)
    query = _items().where(compile_filter(chosen), *_current(False)).order_by(_day(), schema.events.c.id).limit(size + 1)
    if after is not None:
        query = query.where(_after(after))
    with store.read() as conn:
        rows = conn.execute(query).all()
    cursor = f"{rows[size - 1].day}~{rows[size - 1].id}" if len(rows) > size else None
    return Page(items=tuple(_item(row) for row in rows[:size]), next=cursor)


def count_events(store: Store, chosen: EventFilter) -> int:
    """How many current events the filter means."""
    _check_text(store, chosen)
    query = sa.select(sa.func.count()).select_from(schema.events).where(compile_filter(chosen), *_current(False))
    with store.read() as conn:
        return int(conn.execute(query).scalar_one())


def find_incidents(store: Store, chosen: EventFilter, *, limit: int | None = None) -> Iterator[Incident]:
    """The incidents of which at least one current event is meant, by first day and id, each with all of its values."""
    _check_text(store, chosen)
    incidents = schema.incidents.c
    meant = sa.select(schema.incident_events.c.incident_id).join(schema.events, schema.events.c.id == schema.incident_events.c.event_id)
    meant = meant.where(compile_filter(chosen), *_current(False))
    first = sa.func.coalesce(incidents.first_day, _LATEST)
    query = sa.select(incidents.record).where(incidents.id.in_(meant)).order_by(first, incidents.id).limit(limit)
    with store.read() as conn:
        for row in conn.execution_options(yield_per=AT_ONCE).execute(query):
            yield decode_incident(row.record)


def find_acts(store: Store, chosen: EventFilter) -> Iterator[Item]:
    """One item an incident of which the filter means an event: the event that stands for it, with its counts.

    The most real of the meant events stands for the incident, then the first reported. An event without an incident stands for itself.
    """
    for group in _groups(store, chosen):
        yield lead_of(group)


def find_mentions(store: Store, chosen: EventFilter) -> Iterator[Item]:
    """Every meant event, with the one that stands for its incident as its lead."""
    for group in _groups(store, chosen):
        lead = lead_of(group).event
        for item in group:
            yield msgspec.structs.replace(item, lead=lead)


def lead_of(group: Iterable[Item]) -> Item:
    """The item that stands for the others: not recalled as background, the most real, first reported."""
    return min(group, key=_rank)


def find_new(store: Store, chosen: EventFilter, since: str) -> Iterator[Item]:
    """Current events that the filter means, written at or after a time as `time_of` gives it."""
    _check_text(store, chosen)
    query = _items().where(compile_filter(chosen), *_current(False), schema.events.c.added >= since).order_by(_day(), schema.events.c.id)
    with store.read() as conn:
        for row in conn.execution_options(yield_per=AT_ONCE).execute(query):
            yield _item(row)


def find_tombstones(store: Store, since: str) -> Iterator[Tombstone]:
    """Events that were superseded at or after a time. No filter, and no thought of when they were written: whoever holds one should drop it."""
    events = schema.events.c
    query = sa.select(events.record, events.superseded).where(events.superseded >= since).order_by(events.id)
    with store.read() as conn:
        for row in conn.execution_options(yield_per=AT_ONCE).execute(query):
            yield Tombstone(event=decode_event(row.record), superseded=row.superseded)


def time_of(store: Store, since: str) -> str:
    """The time that `--since` means, as the store writes times: a run's end (its start if it was killed), or an ISO date or timestamp in UTC.

    Raise `ConfigError` for a run that there is not, `InputError` for neither a run nor a date.
    """
    if since.isdigit() and len(since) < 8:
        runs = schema.runs.c
        with store.read() as conn:
            row = conn.execute(sa.select(runs.started, runs.finished).where(runs.id == int(since))).first()
        if row is None:
            raise ConfigError(f"no such run: {since}; list them with `dragoman store runs`")
        return str(row.finished or row.started)
    try:
        moment = dt.datetime.fromisoformat(since)
    except ValueError:
        raise InputError(f"neither a run's number nor an ISO date: {since!r}") from None
    in_utc = moment.astimezone(dt.UTC) if moment.tzinfo else moment
    return in_utc.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def coverage(store: Store) -> Mapping[dt.date, int]:
    """How many reports the store holds of each day of publication; reports without a date are in none."""
    date = schema.reports.c.date
    query = sa.select(date, sa.func.count().label("reports")).where(date.is_not(None)).group_by(date)
    with store.read() as conn:
        return {row.date: int(row.reports) for row in conn.execute(query)}


def runs_of(store: Store) -> list[dict[str, Any]]:
    """Every run, in order, for the record of an export."""
    query = sa.select(schema.runs, schema.coders.c.name.label("coder")).outerjoin(schema.coders, schema.coders.c.id == schema.runs.c.coder_id)
    with store.read() as conn:
        return [dict(row._mapping) for row in conn.execute(query.order_by(schema.runs.c.id))]


def keeps_text(store: Store) -> bool:
    """Whether the store keeps the text of any report."""
    query = sa.select(sa.literal(1)).select_from(schema.reports)
    with store.read() as conn:
        return conn.execute(query.where(schema.reports.c.text.is_not(None)).limit(1)).first() is not None


def lacks_text(store: Store) -> bool:
    """Whether there is a report of which the store does not keep the text."""
    query = sa.select(sa.literal(1)).select_from(schema.reports)
    with store.read() as conn:
        return conn.execute(query.where(schema.reports.c.text.is_(None)).limit(1)).first() is not None


def facts_of(item: Item) -> Facts:
    """What the predicate of a filter needs beside the event."""
    return Facts(source=item.source, incident=item.incident, independent=item.sources if item.incident else None)


@cache
def _event_decoder() -> msgspec.json.Decoder[Event]:
    return msgspec.json.Decoder(Event)


@cache
def _incident_decoder() -> msgspec.json.Decoder[Incident]:
    return msgspec.json.Decoder(Incident)


def decode_event(record: str) -> Event:
    """An event from its column; its texts are empty where the store keeps none."""
    return _event_decoder().decode(record)


def decode_incident(record: str) -> Incident:
    """An incident from its column."""
    return _incident_decoder().decode(record)


def _items() -> sa.Select[Any]:
    events, reports, ties, incidents = schema.events, schema.reports, schema.incident_events, schema.incidents
    joined = events.join(reports, reports.c.id == events.c.report_id)
    joined = joined.outerjoin(ties, ties.c.event_id == events.c.id).outerjoin(incidents, incidents.c.id == ties.c.incident_id)
    return sa.select(
        events.c.id,
        _day().label("day"),
        events.c.record,
        events.c.text_end,
        events.c.added,
        reports.c.source,
        reports.c.url,
        reports.c.title,
        reports.c.characters,
        reports.c.text_hash,
        ties.c.incident_id,
        incidents.c.events.label("mentions"),
        incidents.c.reports.label("articles"),
        incidents.c.independent,
    ).select_from(joined)


def _item(row: Any) -> Item:
    return Item(
        event=decode_event(row.record),
        source=row.source,
        url=row.url,
        title=row.title,
        characters=row.characters,
        report_sha256=row.text_hash,
        text_end=row.text_end,
        incident=row.incident_id,
        mentions=row.mentions or 1,
        sources=row.independent or 1,
        articles=row.articles or 1,
        added=dt.datetime.fromisoformat(row.added),
    )


def _groups(store: Store, chosen: EventFilter) -> Iterator[list[Item]]:
    _check_text(store, chosen)
    home = sa.func.coalesce(schema.incident_events.c.incident_id, schema.events.c.id)
    query = _items().where(compile_filter(chosen), *_current(False)).order_by(home, schema.events.c.id)
    with store.read() as conn:
        items = map(_item, conn.execution_options(yield_per=AT_ONCE).execute(query))
        for _, group in groupby(items, key=lambda item: item.incident or item.event.id):
            yield list(group)


def _rank(item: Item) -> tuple[bool, int, dt.date, str]:
    event = item.event
    return event.historical, -PROGRESS.index(event.status), event.report_date or _LATEST, event.id


def _day() -> sa.ColumnElement[Any]:
    return sa.func.coalesce(schema.events.c.day_start, schema.events.c.day_end, _LATEST, type_=sa.Date())


def _current(history: bool) -> list[sa.ColumnElement[bool]]:
    return [] if history else [schema.events.c.current.is_(True)]


def _after(cursor: str) -> sa.ColumnElement[bool]:
    day, _, event_id = cursor.partition("~")
    try:
        date = dt.date.fromisoformat(day)
    except ValueError:
        raise ConfigError(f"not the cursor of a page: {cursor!r}") from None
    return sa.or_(_day() > date, sa.and_(_day() == date, schema.events.c.id > event_id))


def _check_text(store: Store, chosen: EventFilter) -> None:
    if chosen.text is not None and lacks_text(store) and not keeps_text(store):
        raise ConfigError("the store keeps no text (it was filled with --no-text), so there is nothing to look for --text in")
