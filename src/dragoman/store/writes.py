"""What is written: a run, and batch by batch its reports, their codings and events, with the clusters and incidents that follow.

A batch is one transaction of one writer. It is idempotent by content: what is there already is counted and not written again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from dragoman.errors import InternalError
from dragoman.ledger.across import Features
from dragoman.records import Event, Report, Sentence
from dragoman.store import Store, schema
from dragoman.store.acts import update_incidents
from dragoman.store.copies import add_reports
from dragoman.store.rows import (
    EventRows,
    Row,
    content_id,
    event_rows,
    mention_rows,
    now,
    report_row,
    sentence_rows,
)
from dragoman.store.sql import insert_all, insert_new, select_in


@dataclass(frozen=True, slots=True)
class Run:
    """A run that writes. `keep_text` false leaves the texts out."""

    id: int
    coder_id: int
    keep_text: bool = True


@dataclass(frozen=True, slots=True)
class Incoming:
    """A report with what its source adds: where it stands, the id it gave, and the hash of the raw page that it was read from."""

    report: Report
    where: str
    given_id: str
    page: str | None = None


@dataclass(frozen=True, slots=True)
class CodedReport:
    """A report and what was coded in it; the report's id is its `report_key`."""

    incoming: Incoming
    sentences: Sequence[Sentence]
    events: Sequence[Event]


@dataclass(frozen=True, slots=True)
class Reject:
    """What did not become a report, or could not be coded."""

    where: str
    kind: str
    reason: str


@dataclass(slots=True)
class Batch:
    """What is written in one transaction. `repeated`: reports that are known to be coded already; `known`: pages that need not be read again."""

    coded: list[CodedReport] = field(default_factory=list)
    repeated: list[Incoming] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    known: int = 0


@dataclass(slots=True)
class Counts:
    """What came of a batch or a run."""

    added: int = 0
    coded_again: int = 0
    repeated: int = 0
    copies: int = 0
    events: int = 0
    rejected: dict[str, int] = field(default_factory=dict)

    def add(self, other: Counts) -> None:
        """Count another batch's in."""
        for name in ("added", "coded_again", "repeated", "copies", "events"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for kind, number in other.rejected.items():
            self.rejected[kind] = self.rejected.get(kind, 0) + number

    def as_dict(self) -> dict[str, Any]:
        """For the summary of a run."""
        return {name: getattr(self, name) for name in ("added", "coded_again", "repeated", "copies", "events", "rejected")}


def start_run(store: Store, command: str, coder: str, options: Mapping[str, Any], *, keep_text: bool = True) -> Run:
    """Record the start of a run of a coder (as in `Event.coder`)."""
    with store.write() as conn:
        values = {"started": now(), "command": command, "options": json.dumps(options, ensure_ascii=False, sort_keys=True)}
        run_id = _key(conn.execute(schema.runs.insert().values(values)))
        coder_id = _coder_id(conn, coder, run_id)
        conn.execute(schema.runs.update().where(schema.runs.c.id == run_id).values(coder_id=coder_id))
    return Run(run_id, coder_id, keep_text)


def finish_run(store: Store, run: Run, counts: Counts) -> None:
    """Record the end of a run with its summary."""
    with store.write() as conn:
        values = {"finished": now(), "summary": json.dumps(counts.as_dict())}
        conn.execute(schema.runs.update().where(schema.runs.c.id == run.id).values(values))


def already_coded(store: Store, run: Run, report_ids: Iterable[str]) -> set[str]:
    """Which of the reports this run's coder has coded."""
    columns = schema.codings.c
    with store.read() as conn:
        return {row.report_id for row in select_in(conn, sa.select(columns.report_id).where(columns.coder_id == run.coder_id), columns.report_id, report_ids)}


def pages_read(store: Store, run: Run, hashes: Iterable[str]) -> set[str]:
    """Which of the raw pages have become reports that this run's coder has coded."""
    pages, codings = schema.pages.c, schema.codings.c
    coded = sa.and_(codings.report_id == pages.report_id, codings.coder_id == run.coder_id)
    with store.read() as conn:
        return {row.hash for row in select_in(conn, sa.select(pages.hash).join(schema.codings, coded), pages.hash, hashes)}


def write_batch(store: Store, run: Run, batch: Batch) -> Counts:
    """Write a batch in one transaction; none is opened where it brings nothing new."""
    if not (batch.coded or batch.repeated or batch.rejects):
        return Counts(repeated=batch.known)
    with store.write() as conn:
        return _Writer(conn, run, now()).write(batch)


def record_command(conn: sa.Connection, command: str, options: Mapping[str, Any]) -> int:
    """Record a run that is over in this transaction; its id."""
    time = now()
    values = {"started": time, "finished": time, "command": command, "options": json.dumps(options, ensure_ascii=False, sort_keys=True)}
    return _key(conn.execute(schema.runs.insert().values(values)))


def _key(result: sa.CursorResult[Any]) -> int:
    key = result.inserted_primary_key
    if key is None:
        raise InternalError("the database gave no key for a new row")
    return int(key[0])


def _coder_id(conn: sa.Connection, name: str, run_id: int) -> int:
    found = conn.execute(sa.select(schema.coders.c.id).where(schema.coders.c.name == name)).scalar()
    if found is not None:
        return int(found)
    words = name.split()
    code_version, model_version, checksum = (words[1], words[3], words[4]) if len(words) == 5 else (name[:40], "", "")
    values = {"name": name, "code_version": code_version, "model_version": model_version, "model_checksum": checksum, "first_run": run_id}
    return _key(conn.execute(schema.coders.insert().values(values)))


class _Writer:
    """The writing of one batch, in its transaction."""

    def __init__(self, conn: sa.Connection, run: Run, time: str) -> None:
        self.conn, self.run, self.time = conn, run, time
        self.counts = Counts()

    def write(self, batch: Batch) -> Counts:
        self._write_rejects(batch.rejects)
        fresh = self._not_yet_coded(batch.coded)
        moved = self._write_reports(fresh)
        self._write_sightings([*(one.incoming for one in batch.coded), *batch.repeated])
        self.counts.repeated += batch.known + len(batch.repeated) + len(batch.coded) - len(fresh)
        current, lost = self._supersede([one.incoming.report.id for one in fresh])
        added = self._write_codings(fresh, current)
        update_incidents(self.conn, added=added, lost=lost, moved=moved, time=self.time)
        return self.counts

    def _write_rejects(self, rejects: Sequence[Reject]) -> None:
        rows = {content_id(one.where, one.reason): one for one in rejects}
        insert_new(self.conn, schema.rejects, [
            {"id": key, "where_found": one.where, "kind": one.kind, "reason": one.reason, "run_id": self.run.id, "added": self.time}
            for key, one in rows.items()
        ])  # fmt: skip
        for one in rejects:
            self.counts.rejected[one.kind] = self.counts.rejected.get(one.kind, 0) + 1

    def _not_yet_coded(self, coded: Sequence[CodedReport]) -> list[CodedReport]:
        """Without what another writer, or an earlier one of the same batch, has written; the first of each report."""
        columns = schema.codings.c
        query = sa.select(columns.report_id).where(columns.coder_id == self.run.coder_id)
        there = {row.report_id for row in select_in(self.conn, query, columns.report_id, (one.incoming.report.id for one in coded))}
        first: dict[str, CodedReport] = {}
        for one in coded:
            if one.incoming.report.id not in there:
                first.setdefault(one.incoming.report.id, one)
        return list(first.values())

    def _write_reports(self, fresh: Sequence[CodedReport]) -> set[str]:
        columns = schema.reports.c
        there = {row.id for row in select_in(self.conn, sa.select(columns.id), columns.id, (one.incoming.report.id for one in fresh))}
        rows = []
        for one in fresh:
            report = one.incoming.report
            if report.id not in there:
                row = report_row(report, one.incoming.where, keep_text=self.run.keep_text)
                rows.append(row | {"given_id": one.incoming.given_id, "run_id": self.run.id, "added": self.time})
        moved = add_reports(self.conn, rows)
        self.counts.added += len(rows)
        self.counts.coded_again += len(there)
        self.counts.copies += self._copies({row["id"] for row in rows})
        return moved

    def _copies(self, new: set[str]) -> int:
        """How many of the new reports are in a cluster with others."""
        reports, clusters = schema.reports.c, schema.clusters.c
        query = sa.select(reports.id).join(schema.clusters, clusters.id == reports.cluster_id).where(clusters.reports > 1)
        return len(select_in(self.conn, query, reports.id, new))

    def _write_sightings(self, incoming: Sequence[Incoming]) -> None:
        rows = [{"report_id": one.report.id, "given_id": one.given_id, "where_found": one.where, "run_id": self.run.id} for one in incoming]
        insert_new(self.conn, schema.sightings, rows)
        pages = {one.page: one.report.id for one in incoming if one.page}
        insert_new(self.conn, schema.pages, [{"hash": page, "report_id": report} for page, report in pages.items()])

    def _supersede(self, report_ids: Sequence[str]) -> tuple[set[str], set[str]]:
        """Retire older coders' events of the reports; for which of them this coder is the newest, and the shapes that lost events."""
        codings, events = schema.codings.c, schema.events.c
        query = sa.select(codings.report_id).where(codings.coder_id > self.run.coder_id)
        newer = {row.report_id for row in select_in(self.conn, query, codings.report_id, report_ids)}
        current = set(report_ids) - newer
        rows = select_in(self.conn, sa.select(events.id, events.shape).where(events.current), events.report_id, current)
        retired = sorted(row.id for row in rows)
        if retired:
            values = {"current": False, "superseded": self.time, "superseded_by": self.run.id}
            statement = schema.events.update().where(events.id == sa.bindparam("key")).values(values)
            self.conn.execute(statement, [{"key": key} for key in retired])
        for report_id in sorted(current):
            self.conn.execute(schema.codings.update().where(codings.report_id == report_id, codings.current).values(current=False))
        return current, {row.shape for row in rows}

    def _write_codings(self, fresh: Sequence[CodedReport], current: set[str]) -> dict[str, Features]:
        """Write what was coded; the shapes of the events that are current."""
        common = {"run_id": self.run.id, "added": self.time}
        rows: list[Row] = []
        for one in fresh:
            report_id = one.incoming.report.id
            numbers = {"sentences": len(one.sentences), "mentions": sum(len(sent.mentions) for sent in one.sentences), "events": len(one.events)}
            rows.append({"report_id": report_id, "coder_id": self.run.coder_id, "current": report_id in current} | common | numbers)
        insert_all(self.conn, schema.codings, rows)
        added = self._write_events(fresh, current)
        for one in fresh:
            report_id = one.incoming.report.id
            insert_all(self.conn, schema.sentences, sentence_rows(report_id, self.run.coder_id, one.sentences))
            insert_all(self.conn, schema.mentions, mention_rows(report_id, self.run.coder_id, one.sentences, one.events))
        return added

    def _write_events(self, fresh: Sequence[CodedReport], current: set[str]) -> dict[str, Features]:
        found = [(one, rows) for one in fresh for rows in _rows_of(one, keep_text=self.run.keep_text)]
        events = []
        for one, rows in found:
            live = one.incoming.report.id in current
            retired = {"superseded": None if live else self.time, "superseded_by": None if live else self.run.id}
            events.append(rows.event | retired | {"coder_id": self.run.coder_id, "current": live, "run_id": self.run.id, "added": self.time})
        insert_all(self.conn, schema.events, events)
        insert_all(self.conn, schema.event_modes, [row for _, rows in found for row in rows.modes])
        insert_all(self.conn, schema.event_contexts, [row for _, rows in found for row in rows.contexts])
        insert_new(self.conn, schema.actors, list({row["id"]: row for _, rows in found for row in rows.actors}.values()))
        insert_all(self.conn, schema.event_actors, [row for _, rows in found for row in rows.event_actors])
        known = {row["id"] for row in events}
        insert_new(self.conn, schema.links, [row for _, rows in found for row in rows.links if row["to_event"] in known])
        self.counts.events += len(events)
        return {rows.event["shape"]: rows.features for one, rows in found if one.incoming.report.id in current}


def _rows_of(one: CodedReport, *, keep_text: bool) -> list[EventRows]:
    return [event_rows(event, one.incoming.report, keep_text=keep_text) for event in one.events]
