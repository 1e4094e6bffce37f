"""Commands that fill, check and correct the store: `ingest`, and `store check|repair|join|separate|undo|decisions|runs|rejects`.

Everything heavy is imported by the command that needs it, so that `dragoman code` starts as fast as before.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dragoman.cli_common import DEFAULT_JOBS, NOTHING, PARTIAL, Jobs, errors, opened_store, say
from dragoman.records import parse_date

if TYPE_CHECKING:
    from dragoman.ingest import Progress
    from dragoman.sources import Meter
    from dragoman.store.writes import Counts

StoreOption = Annotated[
    str, typer.Option("--store", metavar="PATH|URL", envvar="DRAGOMAN_STORE", help="The store: a SQLite file, or postgresql://user@host/database.")
]
EventArgument = Annotated[str, typer.Argument(metavar="EVENT", help="The id of an event.")]
NoteOption = Annotated[str, typer.Option(help="Why.")]
_INTERRUPTED = "interrupted; whole batches are written, and the same command goes on from there"

app = typer.Typer(help="Check, repair and correct a store.", no_args_is_help=True)


def ingest(
    sources: Annotated[list[str], typer.Argument(help="Files and directories of reports, - for standard input.")],
    store: StoreOption,
    date: Annotated[str | None, typer.Option(help="Publication date (YYYY-MM-DD) of reports that carry none.")] = None,
    kind: Annotated[str | None, typer.Option("--input", help="text, html, feed, jsonl, csv, parquet or warc; guessed from name and content.")] = None,
    column: Annotated[list[str] | None, typer.Option(help="FIELD=COLUMN: what a JSONL, CSV or Parquet file calls id, text, date, title, url, source.")] = None,
    source: Annotated[str | None, typer.Option(help="The outlet of reports that carry none.")] = None,
    text: Annotated[bool, typer.Option("--text/--no-text", help="Keep the texts, or only offsets and hashes.")] = True,
    model: Annotated[Path | None, typer.Option(help="A model directory instead of the one that ships.")] = None,
    batch: Annotated[int, typer.Option(min=1, max=10_000, help="Reports a transaction: what a kill may cost.")] = 64,
    jobs: Jobs = DEFAULT_JOBS,
) -> None:
    """Code reports into a store; what is there already is passed over, so the same command may be given again after any interruption.

    Example: dragoman ingest news/ feed.xml archive.warc.gz --store ledger.db
    """
    with errors(_INTERRUPTED):
        from dragoman.coder import load
        from dragoman.ingest import ingest as fill
        from dragoman.sources import SourceOptions, find_reports, parse_columns
        from dragoman.store.writes import finish_run, pages_read, start_run

        options = SourceOptions(kind=kind, date=parse_date(date) if date else None, columns=parse_columns(column or []), source=source)
        coder = load(model, jobs=jobs)
        written = {"sources": sources, "date": date, "input": kind, "columns": options.columns, "source": source, "text": text}
        with opened_store(store, create=True) as opened:
            run = start_run(opened, "ingest", coder.model.coder, written, keep_text=text)
            options = options.with_known(lambda page: bool(pages_read(opened, run, [page])))
            options.meter.total = _bytes(sources)
            with _bar(options.meter) as progress:
                counts = fill(opened, run, coder, find_reports(sources, options), batch=batch, progress=progress)
            finish_run(opened, run, counts)
        _summary(counts)


@app.command()
def check(store: StoreOption) -> None:
    """Verify every invariant: offsets against texts, ids, links, counts, copies and incidents. Exit status 1 where one is broken.

    Example: dragoman store check --store ledger.db
    """
    with errors(), opened_store(store) as opened:
        from dragoman.store.check import check as problems_of
        from dragoman.store.check import digest

        broken = repairable = 0
        for problem in problems_of(opened):
            broken += 1
            repairable += problem.repairable
            print(f"{problem.table} {problem.key}: {problem.what}")
        if broken:
            say(f"{broken} invariants are broken, {repairable} of them can be mended with `dragoman store repair`")
            raise typer.Exit(PARTIAL)
        say(f"all is well; the content is {digest(opened)}")


@app.command()
def repair(store: StoreOption) -> None:
    """Make counts, copies and incidents anew from the reports and events.

    Example: dragoman store repair --store ledger.db
    """
    with errors("interrupted; nothing was changed"), opened_store(store) as opened:
        from dragoman.store.check import repair as mend

        say(f"made anew from {mend(opened)} events; `dragoman store check` says whether all is well")


@app.command()
def join(one: EventArgument, other: EventArgument, store: StoreOption, note: NoteOption = "") -> None:
    """Decide that two events are one act, whatever the scores say.

    Example: dragoman store join 51ab0074a3d01fd8 a847c075fb68a3c5 --store ledger.db --note "same order, other date"
    """
    _decide(store, one, other, True, note)


@app.command()
def separate(one: EventArgument, other: EventArgument, store: StoreOption, note: NoteOption = "") -> None:
    """Decide that two events are not one act, whatever the scores say.

    Example: dragoman store separate 51ab0074a3d01fd8 a847c075fb68a3c5 --store ledger.db
    """
    _decide(store, one, other, False, note)


@app.command()
def undo(one: EventArgument, other: EventArgument, store: StoreOption) -> None:
    """Take back what was decided on two events, so that the scores decide again.

    Example: dragoman store undo 51ab0074a3d01fd8 a847c075fb68a3c5 --store ledger.db
    """
    _decide(store, one, other, None, "")


@app.command()
def decisions(store: StoreOption) -> None:
    """List what persons have decided, as JSONL.

    Example: dragoman store decisions --store ledger.db
    """
    _list(store, "overrides", "added")


@app.command()
def runs(store: StoreOption) -> None:
    """List what has written to the store, as JSONL.

    Example: dragoman store runs --store ledger.db
    """
    _list(store, "runs", "id")


@app.command()
def rejects(store: StoreOption) -> None:
    """List what was not taken, and why, as JSONL.

    Example: dragoman store rejects --store ledger.db
    """
    _list(store, "rejects", "where_found")


def _decide(store: str, one: str, other: str, same: bool | None, note: str) -> None:
    with errors("interrupted; nothing was changed"), opened_store(store) as opened:
        from dragoman.store.overrides import override

        override(opened, one, other, same=same, note=note)


def _list(store: str, table: str, order: str) -> None:
    with errors(), opened_store(store) as opened:
        from dragoman.store import schema

        chosen = schema.metadata.tables[table]
        with opened.read() as conn:
            for row in conn.execution_options(yield_per=1000).execute(chosen.select().order_by(chosen.c[order])):
                print(json.dumps(dict(row._mapping), ensure_ascii=False, default=str))


def _summary(counts: Counts) -> None:
    """What came in, what was passed over and why, on standard error; the exit status says whether all was taken."""
    say(f"{counts.added} reports added ({counts.copies} of them copies of others), {counts.events} events")
    if counts.coded_again:
        say(f"{counts.coded_again} reports coded again by another model")
    if counts.repeated:
        say(f"{counts.repeated} were there already")
    for kind, number in sorted(counts.rejected.items()):
        say(f"{number} not taken: {kind}")
    if counts.rejected:
        say("the reasons are in the table rejects; list them with `dragoman store rejects`")
        raise typer.Exit(PARTIAL if counts.added or counts.coded_again or counts.repeated else NOTHING)


@contextmanager
def _bar(meter: Meter) -> Iterator[Progress | None]:
    """Progress with rate and time left on standard error, only on a terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), TextColumn("left"), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        # By the bytes of the files; of standard input nobody knows how much there is.
        task = progress.add_task("starting", total=meter.total or None)

        def show(read: int, counts: Counts) -> None:
            elapsed = progress.tasks[0].elapsed or 0.001
            passed = counts.repeated + sum(counts.rejected.values())
            progress.update(task, completed=meter.done, description=f"{read} read, {counts.added} added, {passed} passed over, {read / elapsed:.0f}/s")

        yield show


def _bytes(sources: Sequence[str]) -> int:
    """The size of all files, 0 where standard input is among them."""
    if "-" in sources:
        return 0
    files = [file for source in sources for file in ([Path(source)] if Path(source).is_file() else Path(source).rglob("*"))]
    return sum(file.stat().st_size for file in files if file.is_file())
