"""Incidents in the store: only what a batch touches is compared, grouped and written again; the result is that of doing it all at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import msgspec
import sqlalchemy as sa

from dragoman.ledger.across import WORTH_RECORDING, Features, decide, decode_features, encode_features, own_blocks, sought_blocks
from dragoman.ledger.grouping import Pair, Said, components, groups
from dragoman.ledger.incidents import Account, Incident, build_incident, spanning_merges
from dragoman.store import schema
from dragoman.store.relations import relate
from dragoman.store.rows import Row, decode_event
from dragoman.store.sql import chunks, delete_in, insert_all, insert_new, select_in, update_by_id


@dataclass(frozen=True, slots=True)
class Component:
    """Shapes that decisions tie together, with those decisions: score and reason by pair."""

    shapes: tuple[str, ...]
    ties: Mapping[Pair, tuple[float, str]]
    said: Said


def update_incidents(conn: sa.Connection, *, added: Mapping[str, Features], lost: Collection[str], moved: Collection[str], time: str) -> None:
    """Bring the incidents up to date after shapes got events (`added`) or lost some (`lost`), and reports changed their cluster (`moved`)."""
    dropped = _drop_empty(conn, lost)
    partners = _compare(conn, _insert_shapes(conn, added))
    touched = {*added, *lost, *partners, *_shapes_of_reports(conn, moved)}
    regroup(conn, touched, dropped, time=time)


def regroup(conn: sa.Connection, touched: Collection[str], dropped: Collection[str] = (), *, time: str) -> None:
    """Form the incidents of the touched shapes' components again; `dropped` are components that lost a shape."""
    columns = schema.shapes.c
    old = {row.component for row in select_in(conn, sa.select(columns.component), columns.id, touched)} | set(dropped)
    was, new = _components(conn, old)
    _settle(conn, was, new)
    _write(conn, old, new, time)


def _drop_empty(conn: sa.Connection, lost: Collection[str]) -> set[str]:
    """Delete shapes of which no event is current; the components that they were in."""
    events = schema.events.c
    kept = {row.shape for row in select_in(conn, sa.select(events.shape).where(events.current).distinct(), events.shape, lost)}
    empty = set(lost) - kept
    columns = schema.shapes.c
    found = {row.component for row in select_in(conn, sa.select(columns.component), columns.id, empty)}
    for table, column in (
        (schema.decisions, schema.decisions.c.shape_a), (schema.decisions, schema.decisions.c.shape_b), (schema.blocks, schema.blocks.c.shape),
        (schema.shapes, columns.id),
    ):  # fmt: skip
        delete_in(conn, table, column, empty)
    return found


def _insert_shapes(conn: sa.Connection, added: Mapping[str, Features]) -> dict[str, Features]:
    columns = schema.shapes.c
    there = {row.id for row in select_in(conn, sa.select(columns.id), columns.id, added)}
    new = {shape: found for shape, found in sorted(added.items()) if shape not in there}
    rows = [{"id": shape, "component": shape, "features": encode_features(found)} for shape, found in new.items()]
    insert_all(conn, schema.shapes, rows)
    keys = [(block, day, shape) for shape, found in new.items() for block, day in own_blocks(found)]
    insert_new(conn, schema.blocks, [{"block": block, "day": day, "shape": shape} for block, day, shape in sorted(keys)])
    return new


def _compare(conn: sa.Connection, new: Mapping[str, Features]) -> set[str]:
    """Decide on each pair of a new shape and any other of its blocks; the shapes that are then tied to a new one."""
    pairs = _candidates(conn, new)
    known = dict(new)
    columns = schema.shapes.c
    for row in select_in(conn, sa.select(columns.id, columns.features), columns.id, {one for pair in pairs for one in pair} - set(new)):
        known[row.id] = decode_features(row.features)
    rows: list[Row] = []
    for one, other in sorted(pairs):
        decision = decide(known[one], known[other])
        if decision.score >= WORTH_RECORDING:
            rows.append({"shape_a": one, "shape_b": other} | msgspec.structs.asdict(decision))
    insert_all(conn, schema.decisions, rows)
    return {shape for row in rows if row["same"] for shape in (row["shape_a"], row["shape_b"])}


def _candidates(conn: sa.Connection, new: Mapping[str, Features]) -> set[Pair]:
    sought = [(shape, *rest) for shape, found in new.items() for rest in sought_blocks(found)]
    pairs: set[Pair] = set()
    blocks = schema.blocks.c
    for part in chunks(sought, 200):
        wanted = sa.values(
            sa.column("seeker", sa.String), sa.column("wanted_block", sa.BigInteger), sa.column("first", sa.Integer), sa.column("last", sa.Integer),
            name="wanted",
        ).data(part).cte("wanted")  # fmt: skip
        inside = sa.and_(blocks.block == wanted.c.wanted_block, blocks.day.between(wanted.c.first, wanted.c.last))
        for seeker, shape in conn.execute(sa.select(wanted.c.seeker, blocks.shape).select_from(wanted.join(schema.blocks, inside)).distinct()):
            if seeker != shape:
                pairs.add((min(seeker, shape), max(seeker, shape)))
    return pairs


def _shapes_of_reports(conn: sa.Connection, reports: Collection[str]) -> set[str]:
    events = schema.events.c
    return {row.shape for row in select_in(conn, sa.select(events.shape).where(events.current), events.report_id, reports)}


def rebuilt(conn: sa.Connection, homes: Collection[str]) -> list[Incident]:
    """The incidents that the events and decisions of these components make; nothing is written."""
    _, found = _components(conn, homes)
    accounts = _accounts(conn, (shape for component in found for shape in component.shapes))
    return [incident for component in found for incident in _incidents(component, accounts)]


def _components(conn: sa.Connection, old: Collection[str]) -> tuple[dict[str, str], list[Component]]:
    """The components of all shapes that were in these, from the decisions as they are now; and each shape's component as it is stored."""
    columns = schema.shapes.c
    was = {row.id: row.component for row in select_in(conn, sa.select(columns.id, columns.component), columns.component, old)}
    table = schema.decisions.c
    query = sa.select(table.shape_a, table.shape_b, table.same, table.score, table.reason)
    rows = [row for row in select_in(conn, query, table.shape_a, was) if row.shape_b in was]
    said, notes = _said(conn, was)
    ties = {(row.shape_a, row.shape_b): (row.score, row.reason) for row in rows} | notes
    found = components(was, [*((row.shape_a, row.shape_b) for row in rows if row.same), *said.joined])
    home = {shape: group[0] for group in found for shape in group}
    inside: dict[str, dict[Pair, tuple[float, str]]] = {group[0]: {} for group in found}
    for pair, tie in ties.items():
        if home[pair[0]] == home[pair[1]]:
            inside[home[pair[0]]][pair] = tie
    return was, [Component(tuple(group), inside[group[0]], said) for group in found]


def _settle(conn: sa.Connection, was: dict[str, str], new: Sequence[Component]) -> None:
    """Write each shape's component."""
    home = {shape: component.shapes[0] for component in new for shape in component.shapes}
    update_by_id(conn, schema.shapes, {shape: {"component": home[shape]} for shape in was if was[shape] != home[shape]})


def _said(conn: sa.Connection, shapes: Collection[str]) -> tuple[Said, dict[Pair, tuple[float, str]]]:
    """What persons have decided on pairs of these shapes, and the notes that they left on those that are one."""
    one, other = schema.events.alias(), schema.events.alias()
    over = schema.overrides
    query = (
        sa.select(one.c.shape.label("shape_a"), other.c.shape.label("shape_b"), over.c.same, over.c.note)
        .join(one, sa.and_(one.c.id == over.c.event_a, one.c.current))
        .join(other, sa.and_(other.c.id == over.c.event_b, other.c.current))
        .order_by(over.c.event_a, over.c.event_b)
    )
    joined: dict[Pair, str] = {}
    apart: set[Pair] = set()
    for row in conn.execute(query):
        if row.shape_a in shapes and row.shape_b in shapes and row.shape_a != row.shape_b:
            pair = (min(row.shape_a, row.shape_b), max(row.shape_a, row.shape_b))
            if row.same:
                joined[pair] = row.note
            else:
                apart.add(pair)
    return Said(frozenset(joined), frozenset(apart)), {pair: (1.0, f"joined by hand: {note}") for pair, note in joined.items()}


def _write(conn: sa.Connection, old: Collection[str], new: Sequence[Component], time: str) -> None:
    """Replace the incidents of the old components by those of the new ones; what stays as it was is not touched."""
    columns = schema.incidents.c
    before = {row.id: row for row in select_in(conn, sa.select(columns.id, columns.component, columns.record), columns.component, old)}
    members = schema.incident_events.c
    held = {row.event_id: row.incident_id for row in select_in(conn, sa.select(schema.incident_events), members.incident_id, before)}
    accounts = _accounts(conn, (shape for component in new for shape in component.shapes))
    after = {incident.id: (component.shapes[0], incident) for component in new for incident in _incidents(component, accounts)}
    rows = {key: _incident_row(incident, home, time) for key, (home, incident) in after.items()}
    changed = [key for key in sorted(rows) if key not in before or (before[key].record, before[key].component) != (rows[key]["record"], rows[key]["component"])]
    gone = sorted(set(before) - set(rows))
    _bury(conn, gone, held, after, time)
    delete_in(conn, schema.incident_events, members.incident_id, [*changed, *gone])
    delete_in(conn, schema.incident_links, schema.incident_links.c.from_incident, [*changed, *gone])
    delete_in(conn, schema.incident_links, schema.incident_links.c.to_incident, [*changed, *gone])
    delete_in(conn, schema.incidents, columns.id, [*changed, *gone])
    delete_in(conn, schema.tombstones, schema.tombstones.c.id, changed)
    insert_all(conn, schema.incidents, [rows[key] for key in changed])
    insert_all(conn, schema.incident_events, [{"event_id": event, "incident_id": key} for key in changed for event in after[key][1].events])
    relate(conn, changed)


def _incidents(component: Component, accounts: Mapping[str, Sequence[Account]]) -> list[Incident]:
    """The incidents of one component."""
    scores = {pair: score for pair, (score, _) in component.ties.items()}
    found = []
    for group in groups(component.shapes, scores, component.said):
        told = [account for shape in group for account in accounts.get(shape, ())]
        if not told:  # only in a damaged store, which the check must survive
            continue
        merges = spanning_merges({account.event.id: account.shape for account in told}, component.ties)
        found.append(build_incident(told, merges))
    return found


def _accounts(conn: sa.Connection, shapes: Iterable[str]) -> dict[str, list[Account]]:
    events, reports = schema.events.c, schema.reports.c
    query = sa.select(events.record, events.source, events.shape, reports.cluster_id).join(schema.reports, reports.id == events.report_id).where(events.current)
    found: dict[str, list[Account]] = {}
    for row in select_in(conn, query, events.shape, shapes):
        account = Account(event=decode_event(row.record), source=row.source, cluster=row.cluster_id, shape=row.shape)
        found.setdefault(row.shape, []).append(account)
    return found


def _incident_row(incident: Incident, component: str, time: str) -> Row:
    return {
        "id": incident.id, "component": component, "type": incident.type, "mode": incident.modes[0] if incident.modes else None, "quad": incident.quad,
        "status": incident.status.value, "first_day": incident.first_day, "last_day": incident.last_day, "first_seen": incident.first_seen,
        "last_seen": incident.last_seen, "events": len(incident.events), "reports": len(incident.reports), "independent": incident.independent,
        "disputed": incident.disputed, "record": msgspec.json.encode(incident).decode(), "updated": time,
    }  # fmt: skip


def _bury(conn: sa.Connection, gone: Sequence[str], held: Mapping[str, str], after: Mapping[str, tuple[str, Incident]], time: str) -> None:
    """Leave a tombstone for each incident that is no more, with the one that holds most of its events."""
    home = {event: key for key, (_, incident) in after.items() for event in incident.events}
    rows = []
    for key in gone:
        heirs: dict[str, int] = {}
        for event, incident in held.items():
            if incident == key and event in home:
                heirs[home[event]] = heirs.get(home[event], 0) + 1
        replaced_by = min(heirs, key=lambda heir: (-heirs[heir], heir), default=None)
        rows.append({"kind": "incident", "id": key, "replaced_by": replaced_by, "added": time})
    delete_in(conn, schema.tombstones, schema.tombstones.c.id, gone)
    insert_all(conn, schema.tombstones, rows)
