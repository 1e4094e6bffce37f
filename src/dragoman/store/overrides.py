"""What a person decides on two events: that they are one act, or are not. It goes before the computed decisions, and can be taken back."""

from __future__ import annotations

import sqlalchemy as sa

from dragoman.errors import ConfigError
from dragoman.ledger.across import decode_features, shape_id
from dragoman.store import Store, schema
from dragoman.store.acts import regroup, update_incidents
from dragoman.store.rows import now
from dragoman.store.writes import record_command


def override(store: Store, one: str, other: str, *, same: bool | None, note: str = "") -> None:
    """Decide that two events are one act (`same` true) or are not (false), or take the decision back (None).

    Raise `ConfigError` if one of them is not a current event, or there is nothing to take back.
    """
    if one == other:
        raise ConfigError(f"the same event twice: {one}")
    first, second = sorted((one, other))
    with store.write() as conn:
        shapes = _shapes(conn, first, second)
        time = now()
        table = schema.overrides
        there = sa.and_(table.c.event_a == first, table.c.event_b == second)
        gone = conn.execute(table.delete().where(there)).rowcount
        if same is None and not gone:
            raise ConfigError(f"no decision on {first} and {second} to take back; `dragoman store decisions` lists them")
        if same is not None:
            run_id = record_command(conn, "join" if same else "separate", {"events": [first, second], "note": note})
            values = {"event_a": first, "event_b": second, "same": same, "note": note, "run_id": run_id, "added": time}
            conn.execute(table.insert().values(values))
        if same is False and shapes[first] == shapes[second]:
            _split_shape(conn, second, shapes[second], time)
        regroup(conn, set(shapes.values()), time=time)


def _shapes(conn: sa.Connection, *ids: str) -> dict[str, str]:
    events = schema.events.c
    found = {row.id: row.shape for row in conn.execute(sa.select(events.id, events.shape).where(events.id.in_(ids), events.current))}
    for one in ids:
        if one not in found:
            raise ConfigError(f"no current event {one!r} in this store")
    return found


def _split_shape(conn: sa.Connection, event_id: str, shape: str, time: str) -> None:
    """Give an event that tells the same in the same words a shape of its own, so that a decision can tell the two apart."""
    events = schema.events.c
    found = decode_features(conn.execute(sa.select(schema.shapes.c.features).where(schema.shapes.c.id == shape)).scalar_one())
    own = shape_id(found, salt=event_id)
    conn.execute(schema.events.update().where(events.id == event_id).values(shape=own))
    update_incidents(conn, added={own: found}, lost={shape}, moved=(), time=time)
