"""Links between incidents: answers, joint acts, threats that came before and reversals that came after."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import sqlalchemy as sa

from dragoman.ledger.across import Features, block_of, decode_features, dyads
from dragoman.store import schema
from dragoman.store.rows import Row
from dragoman.store.sql import insert_new, select_in

# What a threat of a mode comes to, and what a concession takes back: type, and mode or None for any. Threats and withdrawals of force are
# left out: between parties at war each would be tied to every blow.
FULFILS: Mapping[str, tuple[tuple[str, str | None], ...]] = {
    "expel": (("SANCTION", "expel"), ("COERCE", "deport")),
    "arrest": (("COERCE", "arrest"), ("SANCTION", "convict")),
    "relations": (("SANCTION", "withdraw"), ("SANCTION", "discontinue")),
    "restrict": (("COERCE", "restrict"), ("COERCE", "censor"), ("COERCE", "curfew")),
}
REVERSES: Mapping[tuple[str, str | None], tuple[tuple[str, str | None], ...]] = {
    ("RETREAT", "release"): (("COERCE", "arrest"), ("COERCE", "seize"), ("ASSAULT", "abduct")),
    ("RETREAT", None): (("SANCTION", None),),
    ("CONCEDE", None): (("SANCTION", None), ("COERCE", "curfew"), ("COERCE", "restrict")),
}
# A threat is remembered for a season, a measure is taken back within a year; named, not measured.
THREAT_DAYS = 90
REVERSAL_DAYS = 365
JOINT_DAYS = 7


def relate(conn: sa.Connection, incidents: Sequence[str]) -> None:
    """Write the links of these incidents, in both directions; those they had must be gone."""
    if not incidents:
        return
    members = schema.incident_events.c
    own = {row.event_id: row.incident_id for row in select_in(conn, sa.select(schema.incident_events), members.incident_id, incidents)}
    insert_new(conn, schema.incident_links, [*_responses(conn, own), *_joints(conn, own), *_turns(conn, own)])


def _row(one: str, other: str, kind: str, event: str) -> Row:
    return {"from_incident": one, "to_incident": other, "kind": kind, "event_id": event}


def _responses(conn: sa.Connection, own: Mapping[str, str]) -> list[Row]:
    """Answers that a report states between two of its events."""
    links = schema.links.c
    query = sa.select(links.from_event, links.to_event).where(links.kind == "response")
    pairs = {(row.from_event, row.to_event) for column in (links.from_event, links.to_event) for row in select_in(conn, query, column, own)}
    home = _homes(conn, {event for pair in pairs for event in pair})
    rows = [_row(home[one], home[other], "response", one) for one, other in sorted(pairs) if one in home and other in home]
    return _distinct(rows)


def _joints(conn: sa.Connection, own: Mapping[str, str]) -> list[Row]:
    """Acts of one type that are told as part of the same group act in the same days."""
    one, other = schema.events.alias(), schema.events.alias()
    query = (
        sa.select(one.c.id, other.c.id.label("other"), one.c.day_start, other.c.day_start.label("other_day"))
        .join(other, sa.and_(other.c.joint_group == one.c.joint_group, other.c.type == one.c.type, other.c.id != one.c.id))
        .where(one.c.joint_group.is_not(None), one.c.current, other.c.current)
    )
    found = [row for row in select_in(conn, query, one.c.id, own) if row.day_start and row.other_day]
    near = {(min(row.id, row.other), max(row.id, row.other)) for row in found if abs((row.day_start - row.other_day).days) <= JOINT_DAYS}
    home = _homes(conn, {event for pair in near for event in pair})
    tied = [(home[first], home[second], first) for first, second in near if first in home and second in home]
    return _distinct([_row(min(one, other), max(one, other), "joint", event) for one, other, event in tied])


def _turns(conn: sa.Connection, own: Mapping[str, str]) -> list[Row]:
    """Threats made good and measures taken back, between the same parties."""
    wanted = [row for event, found in _found(conn, own).items() for row in _sought(event, found)]
    rows: list[Row] = []
    for event, kind, other_type, pair, first, last, modes in wanted:
        for other, incident in _events_in(conn, other_type, pair, first, last, modes):
            if incident != own[event]:
                later, earlier = (own[event], incident) if kind in ("threat", "reversal") else (incident, own[event])
                rows.append(_row(later, earlier, kind.removeprefix("by "), min(event, other)))
    return _distinct(rows)


def _found(conn: sa.Connection, own: Collection[str]) -> dict[str, Features]:
    """One event a shape is enough, and only of the types that take part."""
    events, shapes = schema.events.c, schema.shapes.c
    query = sa.select(events.id, shapes.features).join(schema.shapes, shapes.id == events.shape).where(events.type.in_(_TAKING_PART))
    return {row.id: decode_features(row.features) for row in select_in(conn, query, events.id, own)}


_TAKING_PART = {"THREATEN"} | {kind for pairs in FULFILS.values() for kind, _ in pairs} | {
    kind for key, pairs in REVERSES.items() for kind in (key[0], *(one for one, _ in pairs))
}  # fmt: skip

# The modes that an act may have; None for any.
Modes = tuple[str | None, ...] | None
Wanted = tuple[str, str, str, tuple[str, str], int, int, Modes]


def _sought(event: str, found: Features) -> list[Wanted]:
    """Where the counterparts of an event stand: (event, kind, type, parties, first day, last day, modes); "by" kinds look for the later one."""
    if found.first is None:
        return []
    day, wanted = found.first, list[tuple[str, str, int, int, Modes]]()
    if found.type == "THREATEN":
        wanted += [("by threat", kind, day, day + THREAT_DAYS, (mode,)) for kind, mode in FULFILS.get(found.mode or "", ())]
    for threat, acts in FULFILS.items():
        if (found.type, found.mode) in acts:
            wanted.append(("threat", "THREATEN", day - THREAT_DAYS, day, (threat,)))
    for kind, mode in REVERSES.get((found.type, found.mode), ()):
        wanted.append(("reversal", kind, day - REVERSAL_DAYS, day, (mode,) if mode else None))
    for (kind, mode), acts in REVERSES.items():
        if (found.type, found.mode) in acts or (found.type, None) in acts:
            wanted.append(("by reversal", kind, day, day + REVERSAL_DAYS, (mode,)))
    return [(event, how, kind, pair, first, last, modes) for how, kind, first, last, modes in wanted for pair in dyads(found)]


def _events_in(conn: sa.Connection, kind: str, pair: tuple[str, str], first: int, last: int, modes: Modes) -> list[tuple[str, str]]:
    """Events of a type by the first of a pair against the second whose first day is between two days, and their incidents."""
    blocks, events, members = schema.blocks.c, schema.events.c, schema.incident_events.c
    query = (
        sa.select(events.id, events.mode, members.incident_id, schema.shapes.c.features)
        .join(schema.events, events.shape == blocks.shape)
        .join(schema.shapes, schema.shapes.c.id == blocks.shape)
        .join(schema.incident_events, members.event_id == events.id)
        .where(blocks.block == block_of(kind, *pair), blocks.day.between(first, last), events.current)
    )
    rows = [(row, decode_features(row.features)) for row in conn.execute(query) if modes is None or row.mode in modes]
    return [(row.id, row.incident_id) for row, found in rows if first <= (found.first or 0) <= last and pair in dyads(found)]


def _homes(conn: sa.Connection, events: Collection[str]) -> dict[str, str]:
    members = schema.incident_events.c
    return {row.event_id: row.incident_id for row in select_in(conn, sa.select(schema.incident_events), members.event_id, events)}


def _distinct(rows: Sequence[Row]) -> list[Row]:
    """One row a link, with the smallest event that shows it; an incident is not linked to itself."""
    found: dict[tuple[str, str, str], Row] = {}
    for row in sorted(rows, key=lambda row: row["event_id"]):
        if row["from_incident"] != row["to_incident"]:
            found.setdefault((row["from_incident"], row["to_incident"], row["kind"]), row)
    return list(found.values())
