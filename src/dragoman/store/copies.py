"""Clusters of near copies in the store: candidates by bands, verified by their sketches, joined into connected components."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa

from dragoman.ledger.copies import COPY_DAYS, Hashes, bands, likeness, unpack
from dragoman.ledger.grouping import components
from dragoman.store import schema
from dragoman.store.rows import Row
from dragoman.store.sql import insert_all, select_in, update_by_id


def add_reports(conn: sa.Connection, rows: Sequence[Row]) -> set[str]:
    """Insert new reports (with everything but `seq` and `cluster_id`) into their clusters; the ids of earlier reports whose cluster grew together
    with another one."""
    if not rows:
        return set()
    last = conn.execute(sa.select(sa.func.max(schema.reports.c.seq))).scalar() or 0
    for number, row in enumerate(rows, last + 1):
        row["seq"], row["cluster_id"] = number, row["id"]
    insert_all(conn, schema.clusters, [{"id": row["id"], "reports": 1} for row in rows])
    insert_all(conn, schema.reports, rows)
    return index_reports(conn, rows)


def index_reports(conn: sa.Connection, rows: Sequence[Row]) -> set[str]:
    """Index reports that are in the table, each in a cluster of its own, and join the clusters of their copies; what `add_reports` returns."""
    pairs = _index(conn, rows)
    return _cluster(conn, pairs) if pairs else set()


def _index(conn: sa.Connection, rows: Sequence[Row]) -> list[tuple[str, str]]:
    """Write the bands of the new reports, and the pairs of copies that they make with any report."""
    sketches = {int(row["seq"]): unpack(row["shingles"]) for row in rows}
    own = {seq: bands(sketch) for seq, sketch in sketches.items()}
    insert_all(conn, schema.bands, [{"band": band, "report_seq": seq} for seq, found in own.items() for band in dict.fromkeys(found)])
    meets: dict[int, set[int]] = {}
    for row in select_in(conn, sa.select(schema.bands), schema.bands.c.band, (band for found in own.values() for band in found)):
        meets.setdefault(row.band, set()).add(row.report_seq)
    wanted = {(min(seq, other), max(seq, other)) for seq, found in own.items() for band in found for other in meets[band] if other != seq}
    known = _known(conn, {seq for pair in wanted for seq in pair})
    copies = [copy for one, other in sorted(wanted) if (copy := _verify(known[one], known[other]))]
    insert_all(conn, schema.copies, copies)
    return [(copy["report_a"], copy["report_b"]) for copy in copies]


def _known(conn: sa.Connection, seqs: set[int]) -> dict[int, tuple[str, dt.date | None, Hashes]]:
    columns = schema.reports.c
    found = select_in(conn, sa.select(columns.seq, columns.id, columns.date, columns.shingles), columns.seq, seqs)
    return {row.seq: (row.id, row.date, unpack(row.shingles)) for row in found}


def _verify(one: tuple[str, dt.date | None, Hashes], other: tuple[str, dt.date | None, Hashes]) -> Row | None:
    if one[1] and other[1] and abs((one[1] - other[1]).days) > COPY_DAYS:
        return None
    found = likeness(one[2], other[2])
    if not found.copies:
        return None
    first, second = sorted((one[0], other[0]))
    return {"report_a": first, "report_b": second, "likeness": round(found.jaccard, 4), "containment": round(found.containment, 4)}


def _cluster(conn: sa.Connection, pairs: Sequence[tuple[str, str]]) -> set[str]:
    """Join the clusters of the pairs under the smallest report id; earlier reports of clusters that were joined to one another are returned."""
    columns = schema.reports.c
    rows = select_in(conn, sa.select(columns.id, columns.cluster_id), columns.id, (one for pair in pairs for one in pair))
    home = {row.id: row.cluster_id for row in rows}
    joined = components(set(home.values()), [(home[one], home[other]) for one, other in pairs])
    moved: set[str] = set()
    for group in joined:
        if len(group) > 1:
            moved |= _unite(conn, group)
    return moved


def _unite(conn: sa.Connection, group: Sequence[str]) -> set[str]:
    columns = schema.reports.c
    members = [row.id for row in select_in(conn, sa.select(columns.id), columns.cluster_id, group)]
    # `group` holds cluster ids, each the smallest report id of its cluster.
    target = min(group)
    update_by_id(conn, schema.reports, {one: {"cluster_id": target} for one in members})
    update_by_id(conn, schema.clusters, {target: {"reports": len(members)}})
    conn.execute(schema.clusters.delete().where(schema.clusters.c.id.in_([one for one in group if one != target])))
    return set(members)
