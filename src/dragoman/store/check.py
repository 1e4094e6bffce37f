"""Whether a store holds what it says: offsets against texts, ids, links, counts, clusters and incidents; and the repair of what is derived."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
import sqlalchemy as sa

from dragoman.ledger.across import Features, decode_features, own_blocks, shape_id
from dragoman.ledger.copies import bands, unpack
from dragoman.ledger.grouping import components
from dragoman.records import Actor, Event, Report
from dragoman.store import Store, schema
from dragoman.store.acts import rebuilt, update_incidents
from dragoman.store.copies import index_reports
from dragoman.store.rows import SIZES, EventRows, decode_event, event_rows, now, report_key, text_hash
from dragoman.store.sql import chunks, delete_in, insert_all, insert_new, select_in
from dragoman.store.writes import record_command

_PAGE = 500


@dataclass(frozen=True, slots=True)
class Problem:
    """An invariant that does not hold: of which table and row, what is wrong, and whether `repair` can mend it."""

    table: str
    key: str
    what: str
    repairable: bool = False


def check(store: Store) -> Iterator[Problem]:
    """Every broken invariant of the store, in one consistent state of it."""
    with store.read() as conn:
        for one in (_check_database, _check_reports, _check_clusters, _check_codings, _check_events, _check_shapes, _check_incidents):
            yield from one(conn)


def repair(store: Store) -> int:
    """Make all that is derived anew from reports and events: counts, bands, clusters, shapes, decisions and incidents; the number of events."""
    with store.write() as conn:
        run_id = record_command(conn, "repair", {})
        time = now()
        # The features of events without text are in their shapes alone.
        conn.execute(sa.text("CREATE TEMPORARY TABLE old_shapes AS SELECT id, features FROM shapes"))
        for table in (
            schema.incident_links, schema.incident_events, schema.incidents, schema.decisions, schema.blocks, schema.shapes, schema.copies, schema.bands,
        ):  # fmt: skip
            conn.execute(table.delete())
        _mend_clusters(conn)
        _mend_codings(conn)
        number = _mend_events(conn, time)
        conn.execute(sa.text("DROP TABLE old_shapes"))
        buried = sa.exists().where(schema.incidents.c.id == schema.tombstones.c.id)
        conn.execute(schema.tombstones.delete().where(buried))
        conn.execute(schema.runs.update().where(schema.runs.c.id == run_id).values(summary=msgspec.json.encode({"events": number}).decode()))
    return number


def digest(store: Store) -> str:
    """A hash of all that a store holds, but for times, runs and the order in which it came: equal for equal content, however it came in."""
    total = 0
    with store.read() as conn:
        coder = {row.id: row.name for row in conn.execute(sa.select(schema.coders))}
        for table in metadata_of_content():
            columns = [column for column in table.c if column.name not in _OF_THE_ORDER and (table.name, column.name) not in _FIRST_SEEN]
            for row in conn.execution_options(yield_per=1000).execute(sa.select(*columns)):
                values = [coder.get(value) if key == "coder_id" else _plain(value) for key, value in row._mapping.items()]
                # A sum does not ask for an order, which databases and languages make differently.
                total += int.from_bytes(hashlib.sha256(msgspec.json.encode((str(table.name), values))).digest(), "big")
    return f"{total % 2**256:064x}"


# Columns that tell when and in what order rows came; and those that keep the first of several sightings, all of which are in `sightings`.
_OF_THE_ORDER = frozenset({"seq", "run_id", "added", "updated", "superseded", "superseded_by", "first_run"})
_FIRST_SEEN = frozenset({("reports", "given_id"), ("reports", "where_found"), ("sightings", "where_found")})


def metadata_of_content() -> list[sa.Table]:
    """The tables whose rows follow from what was ingested alone."""
    history = {"runs", "coders", "bands", "tombstones", "pages"}
    return [table for table in schema.metadata.sorted_tables if table.name not in history]


def _plain(value: Any) -> Any:
    return value.hex() if isinstance(value, bytes) else value


def _pages(conn: sa.Connection, query: sa.Select[Any], column: sa.ColumnElement[Any]) -> Iterator[list[sa.Row[Any]]]:
    """The rows of a query, so many at a time, in the order of a unique column."""
    last: Any = None
    while rows := conn.execute((query if last is None else query.where(column > last)).order_by(column).limit(_PAGE)).all():
        yield list(rows)
        last = rows[-1]._mapping[column.name]


def _check_database(conn: sa.Connection) -> Iterator[Problem]:
    """What SQLite itself can say; PostgreSQL holds references at all times."""
    if conn.dialect.name != "sqlite":
        return
    for row in conn.exec_driver_sql("PRAGMA integrity_check"):
        if row[0] != "ok":
            yield Problem("database", "", str(row[0]))
    for row in conn.exec_driver_sql("PRAGMA foreign_key_check"):
        yield Problem(row[0], str(row[1]), f"refers to a row of {row[2]} that is not there")


def _check_reports(conn: sa.Connection) -> Iterator[Problem]:
    columns = schema.reports.c
    for rows in _pages(conn, sa.select(schema.reports), columns.id):
        stored: dict[int, set[int]] = {}
        for row in select_in(conn, sa.select(schema.bands), schema.bands.c.report_seq, (row.seq for row in rows)):
            stored.setdefault(row.report_seq, set()).add(row.band)
        for row in rows:
            if row.text is not None:
                yield from _check_text(row)
            if stored.get(row.seq, set()) != set(bands(unpack(row.shingles))):
                yield Problem("bands", row.id, "the bands are not those of the report's shingles", repairable=True)
    seen = sa.select(columns.id).where(~sa.exists().where(schema.sightings.c.report_id == columns.id))
    yield from (Problem("sightings", row.id, "a report that nobody has sighted") for row in conn.execute(seen))


def _check_text(row: sa.Row[Any]) -> Iterator[Problem]:
    if (text_hash(row.text), len(row.text)) != (row.text_hash, row.characters):
        yield Problem("reports", row.id, "the text is not the one that was hashed")
    report = Report(id="", text=row.text, date=row.date, title=row.title, url=row.url, source=row.source)
    if report_key(report) != row.id:
        yield Problem("reports", row.id, "the id is not that of the content")


def _check_clusters(conn: sa.Connection) -> Iterator[Problem]:
    reports, copies = schema.reports.c, schema.copies.c
    home = {row.id: row.cluster_id for row in conn.execute(sa.select(reports.id, reports.cluster_id))}
    pairs = [(row.report_a, row.report_b) for row in conn.execute(sa.select(copies.report_a, copies.report_b))]
    wanted = {report: group[0] for group in components(home, pairs) for report in group}
    for report, cluster in home.items():
        if wanted[report] != cluster:
            yield Problem("reports", report, f"it is in cluster {cluster}, but its copies are in {wanted[report]}", repairable=True)
    counted: dict[str, int] = {}
    for cluster in home.values():
        counted[cluster] = counted.get(cluster, 0) + 1
    for row in conn.execute(sa.select(schema.clusters)):
        if counted.get(row.id, 0) != row.reports:
            yield Problem("clusters", row.id, f"{row.reports} reports are noted, {counted.get(row.id, 0)} are there", repairable=True)


def _check_codings(conn: sa.Connection) -> Iterator[Problem]:
    newest: dict[str, int] = {}
    current: dict[str, list[int]] = {}
    for row in conn.execute(sa.select(schema.codings)):
        newest[row.report_id] = max(row.coder_id, newest.get(row.report_id, 0))
        if row.current:
            current.setdefault(row.report_id, []).append(row.coder_id)
    for report, coder in newest.items():
        if current.get(report) != [coder]:
            yield Problem("codings", report, f"current is {current.get(report)}, and the newest coder is {coder}", repairable=True)
    for name, counts in _counts(conn).items():
        for row in conn.execute(sa.select(schema.codings)):
            there = counts.get((row.report_id, row.coder_id), 0)
            if there != getattr(row, name):
                yield Problem("codings", row.report_id, f"{getattr(row, name)} {name} are noted, {there} are there", repairable=True)


def _counts(conn: sa.Connection) -> dict[str, dict[tuple[str, int], int]]:
    found = {}
    for table in (schema.sentences, schema.mentions, schema.events):
        query = sa.select(table.c.report_id, table.c.coder_id, sa.func.count()).group_by(table.c.report_id, table.c.coder_id)
        found[table.name] = {(row[0], row[1]): row[2] for row in conn.execute(query)}
    return found


def _check_events(conn: sa.Connection) -> Iterator[Problem]:
    events, reports, codings = schema.events, schema.reports.c, schema.codings.c
    query = (
        sa.select(events, reports.text, reports.characters, codings.current.label("coding_current"))
        .join(schema.reports, reports.id == events.c.report_id)
        .outerjoin(schema.codings, sa.and_(codings.report_id == events.c.report_id, codings.coder_id == events.c.coder_id))
    )
    for rows in _pages(conn, query, events.c.id):
        parties = _parties(conn, [row.id for row in rows])
        for row in rows:
            for what, repairable in _event_problems(row, parties.get(row.id, [])):
                yield Problem("events", row.id, what, repairable)


def _parties(conn: sa.Connection, ids: Iterable[str]) -> dict[str, list[Mapping[str, Any]]]:
    table = schema.event_actors
    found: dict[str, list[Mapping[str, Any]]] = {}
    for row in select_in(conn, sa.select(table), table.c.event_id, ids):
        found.setdefault(row.event_id, []).append(dict(row._mapping))
    return found


def _event_problems(row: sa.Row[Any], parties: list[Mapping[str, Any]]) -> Iterator[tuple[str, bool]]:
    try:
        event = decode_event(row.record)
    except msgspec.DecodeError as error:
        yield f"the record cannot be read: {error}", False
        return
    if row.coding_current is None:
        yield "no coding of this report by this coder", False
    elif bool(row.coding_current) != bool(row.current):
        yield "it is current and its coding is not, or the other way round", True
    for name, start, end, words in spans(event):
        if not 0 <= start <= end <= row.characters:
            yield f"{name} {start}:{end} is outside the text", False
        elif row.text is not None and words and row.text[start:end] != words:
            yield f"{name} {start}:{end} is {row.text[start:end]!r}, not {words!r}", False
    report = Report(id=row.report_id, text="", source=row.source)
    kept = bool(event.text)
    made = event_rows(event, report, keep_text=kept)
    for key, value in made.event.items():
        if key not in _NOT_MENDED and value != row._mapping[key]:
            yield f"{key} is {row._mapping[key]!r}, in the record {value!r}", True
    if kept and row.shape not in (shape_id(made.features), shape_id(made.features, salt=row.id)):
        yield "the shape is not that of the event", True
    wanted = sorted((one["role"], one["position"], one["actor_id"], one["country"]) for one in made.event_actors)
    if wanted != sorted((one["role"], one["position"], one["actor_id"], one["country"]) for one in parties):
        yield "event_actors are not those of the record", True


def spans(event: Event) -> Iterator[tuple[str, int, int, str]]:
    """Every piece of evidence of an event: its name, offsets and words."""
    yield "sentence", event.sentence_start, event.sentence_start + len(event.text), event.text
    for name in ("trigger", "place", "reason", "joint", *SIZES):
        if (span := getattr(event, name)) is not None:
            yield name, span.start, span.end, span.text
    for name in ("date", "deadline"):
        if (dating := getattr(event, name)) is not None:
            yield name, dating.text_start, dating.text_end, dating.text
    for name in ("actors", "recipients"):
        yield from ((name, one.start, one.end, one.text) for one in getattr(event, name) if _has_span(one))
    yield from (("speaker", one.start, one.end, "") for one in event.attribution)


def _has_span(actor: Actor) -> bool:
    return actor.start is not None and actor.end is not None


def _check_shapes(conn: sa.Connection) -> Iterator[Problem]:
    """Every current event has its shape, every shape an event, its blocks, and the component that the decisions give it."""
    events, shapes, decisions, blocks = schema.events.c, schema.shapes.c, schema.decisions.c, schema.blocks.c
    used = {row.shape for row in conn.execute(sa.select(events.shape).where(events.current).distinct())}
    home = {row.id: row.component for row in conn.execute(sa.select(shapes.id, shapes.component))}
    yield from (Problem("shapes", shape, "a shape without a current event", repairable=True) for shape in sorted(set(home) - used))
    yield from (Problem("shapes", shape, "events have a shape that is not there", repairable=True) for shape in sorted(used - set(home)))
    pairs = [(row.shape_a, row.shape_b) for row in conn.execute(sa.select(decisions.shape_a, decisions.shape_b).where(decisions.same))]
    said = schema.overrides
    one, other = schema.events.alias(), schema.events.alias()
    query = sa.select(one.c.shape, other.c.shape).join(said, said.c.event_a == one.c.id).join(other, other.c.id == said.c.event_b)
    pairs += [(row[0], row[1]) for row in conn.execute(query.where(said.c.same, one.c.current, other.c.current))]
    wanted = {shape: group[0] for group in components(home, [pair for pair in pairs if pair[0] in home and pair[1] in home]) for shape in group}
    yield from (Problem("shapes", shape, "not in the component of its decisions", repairable=True) for shape in home if home[shape] != wanted[shape])
    for rows in _pages(conn, sa.select(shapes.id, shapes.features), shapes.id):
        stored: dict[str, set[tuple[int, int]]] = {}
        for row in select_in(conn, sa.select(schema.blocks), blocks.shape, (row.id for row in rows)):
            stored.setdefault(row.shape, set()).add((row.block, row.day))
        for row in rows:
            if stored.get(row.id, set()) != set(own_blocks(decode_features(row.features))):
                yield Problem("blocks", row.id, "the blocks are not those of the shape", repairable=True)


def _check_incidents(conn: sa.Connection) -> Iterator[Problem]:
    """Every current event is in one incident, no other is in any, and each incident is what its events make it."""
    events, members, incidents = schema.events.c, schema.incident_events.c, schema.incidents.c
    query = sa.select(events.id, events.current, members.incident_id).outerjoin(schema.incident_events, members.event_id == events.id)
    for row in conn.execute(query.where(events.current != members.incident_id.is_not(None))):
        yield Problem("incident_events", row.id, "a current event without an incident, or a superseded one in it", repairable=True)
    parts = [row.component for row in conn.execute(sa.select(incidents.component).distinct())]
    for part in chunks(sorted(parts), 100):
        made = {incident.id: msgspec.json.encode(incident).decode() for incident in rebuilt(conn, part)}
        there = {row.id: row.record for row in select_in(conn, sa.select(incidents.id, incidents.record), incidents.component, part)}
        for key in sorted(made.keys() | there.keys()):
            if made.get(key) != there.get(key):
                yield Problem("incidents", key, "it is not what its events and decisions make it", repairable=True)
    buried = sa.select(schema.tombstones.c.id).where(sa.exists().where(incidents.id == schema.tombstones.c.id))
    yield from (Problem("tombstones", row.id, "of an incident that is there", repairable=True) for row in conn.execute(buried))


def _mend_clusters(conn: sa.Connection) -> None:
    reports = schema.reports.c
    conn.execute(schema.clusters.insert().from_select(["id", "reports"], sa.select(reports.id, sa.literal(1)).where(
        ~sa.exists().where(schema.clusters.c.id == reports.id)
    )))  # fmt: skip
    conn.execute(schema.reports.update().values(cluster_id=reports.id))
    conn.execute(schema.clusters.update().values(reports=1))
    conn.execute(schema.clusters.delete().where(~sa.exists().where(reports.id == schema.clusters.c.id)))
    for rows in _pages(conn, sa.select(reports.id, reports.seq, reports.shingles), reports.id):
        index_reports(conn, [{"id": row.id, "seq": row.seq, "shingles": row.shingles} for row in rows])


def _mend_codings(conn: sa.Connection) -> None:
    codings, events = schema.codings, schema.events
    newer = codings.alias()
    is_newest = ~sa.exists().where(newer.c.report_id == codings.c.report_id, newer.c.coder_id > codings.c.coder_id)
    conn.execute(codings.update().values(current=is_newest))
    live = sa.exists().where(codings.c.report_id == events.c.report_id, codings.c.coder_id == events.c.coder_id, codings.c.current)
    conn.execute(events.update().values(current=live))
    for table in (schema.sentences, schema.mentions, events):
        inside = sa.and_(table.c.report_id == codings.c.report_id, table.c.coder_id == codings.c.coder_id)
        conn.execute(codings.update().values({table.name: sa.select(sa.func.count()).where(inside).scalar_subquery()}))


def _mend_events(conn: sa.Connection, time: str) -> int:
    """Write columns, parties, shapes and incidents again from the records."""
    events, number = schema.events, 0
    for rows in _pages(conn, sa.select(events), events.c.id):
        old = {row.id: row.features for row in select_in(conn, sa.select(_OLD), _OLD.c.id, (row.shape for row in rows))}
        added: dict[str, Features] = {}
        made = {row.id: _remade(row) for row in rows}
        for row in rows:
            shape, found = _shape(row, made[row.id], old)
            columns = {key: value for key, value in made[row.id].event.items() if key not in _NOT_MENDED}
            conn.execute(events.update().where(events.c.id == row.id).values(columns | {"shape": shape}))
            if row.current:
                added[shape] = found
        _mend_parties(conn, made)
        update_incidents(conn, added=added, lost=(), moved=(), time=time)
        number += len(rows)
    return number


_OLD = sa.table("old_shapes", sa.column("id", sa.String), sa.column("features", sa.Text))
# What a record without its texts cannot give back.
_NOT_MENDED = ("id", "record", "shape", "text_end")


def _remade(row: sa.Row[Any]) -> EventRows:
    event = decode_event(row.record)
    return event_rows(event, Report(id=row.report_id, text="", source=row.source), keep_text=bool(event.text))


def _shape(row: sa.Row[Any], made: EventRows, old: Mapping[str, str]) -> tuple[str, Features]:
    """The event's own shape if it is whole, else the one that its record makes."""
    if row.shape in old:
        found = decode_features(old[row.shape])
        if row.shape in (shape_id(found), shape_id(found, salt=row.id)):
            return row.shape, found
    return shape_id(made.features), made.features


def _mend_parties(conn: sa.Connection, made: Mapping[str, EventRows]) -> None:
    for table, rows in (
        (schema.event_actors, [row for one in made.values() for row in one.event_actors]),
        (schema.event_modes, [row for one in made.values() for row in one.modes]),
        (schema.event_contexts, [row for one in made.values() for row in one.contexts]),
    ):
        delete_in(conn, table, table.c.event_id, made)
        if table is schema.event_actors:
            insert_new(conn, schema.actors, list({row["id"]: row for one in made.values() for row in one.actors}.values()))
        insert_all(conn, table, rows)
