"""From sources to the store, batch by batch: what is there already is passed over, the rest is coded and written in one transaction a batch."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice

import msgspec

from dragoman.coder import Coded, Coder
from dragoman.errors import InputError
from dragoman.reading.checks import check_report
from dragoman.records import Report
from dragoman.sources.found import Found, Known, Rejected, RejectKind
from dragoman.store import Store
from dragoman.store.rows import report_key
from dragoman.store.writes import Batch, CodedReport, Counts, Incoming, Reject, Run, already_coded, write_batch

# What a kill may cost, against what a transaction costs: a few seconds' coding.
REPORTS_A_BATCH = 64

Item = Found | Known | Rejected
Progress = Callable[[int, Counts], None]


def ingest(store: Store, run: Run, coder: Coder, items: Iterable[Item], *, batch: int = REPORTS_A_BATCH, progress: Progress | None = None) -> Counts:
    """Code and write everything that is not in the store; `progress` hears after each batch how many items were read, and the counts so far.

    Stopped at any moment, by an exception or by the death of the process, it has written whole batches, and the next call goes on from there.
    """
    total, read = Counts(), 0
    pending = iter(items)
    while part := list(islice(pending, batch)):
        total.add(write_batch(store, run, prepare(store, run, coder, part)))
        read += len(part)
        if progress:
            progress(read, total)
    return total


def prepare(store: Store, run: Run, coder: Coder, items: Iterable[Item]) -> Batch:
    """Code what is not coded yet; no transaction is open meanwhile."""
    batch = Batch()
    incoming = list(_incoming(items, batch))
    there = already_coded(store, run, (one.report.id for one in incoming))
    fresh: dict[str, Incoming] = {}
    again: list[Incoming] = []
    for one in incoming:
        if one.report.id in there:
            batch.repeated.append(one)
        elif one.report.id in fresh:
            again.append(one)
        else:
            fresh[one.report.id] = one
    refused = {coded.report_id: coded.rejected for coded in _code(coder, fresh, batch) if coded.rejected is not None}
    for one in [*(fresh[key] for key in refused), *again]:
        if (reason := refused.get(one.report.id)) is None:
            batch.repeated.append(one)
        else:
            batch.rejects.append(Reject(one.where, reject_kind(one.report), reason))
    return batch


def _code(coder: Coder, fresh: Mapping[str, Incoming], batch: Batch) -> Iterator[Coded]:
    """Code the reports into the batch, and pass on what came of each."""
    for coded in coder.stream(one.report for one in fresh.values()):
        if coded.rejected is None:
            batch.coded.append(CodedReport(fresh[coded.report_id], coded.sentences, coded.events))
        yield coded


def _incoming(items: Iterable[Item], batch: Batch) -> Iterator[Incoming]:
    """The reports under the ids that they have in the store."""
    for item in items:
        if isinstance(item, Rejected):
            batch.rejects.append(Reject(item.where, item.kind.value, item.reason))
        elif isinstance(item, Known):
            batch.known += 1
        else:
            report = msgspec.structs.replace(item.report, id=report_key(item.report))
            yield Incoming(report, item.where, item.report.id, item.page)


def reject_kind(report: Report) -> str:
    """The kind of reason for which a report is not coded."""
    if not report.text.strip():
        return RejectKind.EMPTY
    try:
        check_report(report)
    except InputError as error:
        reason = str(error)
        return RejectKind.LANGUAGE if reason.startswith("not English") else RejectKind.BINARY if reason.startswith("binary") else RejectKind.TOO_LARGE
    return RejectKind.INVALID
