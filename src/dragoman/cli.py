"""The command line: thin wrappers over plain functions. Results go to standard output, messages to standard error.

Exit status: 0 all was coded, 1 some reports were rejected, 2 an option is wrong, 3 nothing could be read, 4 the installation is damaged.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated, TextIO

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from dragoman import cli_query, cli_store
from dragoman.cli_common import DEFAULT_JOBS, NOTHING, PARTIAL, Jobs, errors, say
from dragoman.coder import Coder, load, sure_enough
from dragoman.errors import ConfigError, InputError
from dragoman.formats.chains import print_actor, print_chains
from dragoman.formats.lines import WRITERS, csv_header
from dragoman.formats.table import print_table
from dragoman.ontology import load_ontology
from dragoman.ontology.mappings import cameo_code
from dragoman.records import Actor, Event, Report, parse_date
from dragoman.resolve.actors import resolve_actor
from dragoman.resolve.coreference import find_chains
from dragoman.resolve.tables import load_tables, with_own_actors
from dragoman.sources import Rejected, read_sources
from dragoman.version import __version__

app = typer.Typer(help="Who did what to whom in the news, each field with the words that prove it.", no_args_is_help=True, pretty_exceptions_enable=False)


app.command()(cli_store.ingest)
app.add_typer(cli_store.app, name="store")
cli_query.register(app)


class Format(StrEnum):
    """Output formats."""

    TABLE = "table"
    JSONL = "jsonl"
    PLOVER = "plover"
    CSV = "csv"


class SheetFormat(StrEnum):
    """Output formats of the ledger."""

    TABLE = "table"
    TSV = "tsv"
    CSV = "csv"
    JSONL = "jsonl"


class Input(StrEnum):
    """Input formats."""

    TEXT = "text"
    HTML = "html"
    FEED = "feed"
    JSONL = "jsonl"
    CSV = "csv"
    PARQUET = "parquet"
    WARC = "warc"


@app.command()
def code(
    files: Annotated[list[str], typer.Argument(help="Reports: files and directories of any kind that docs/sources.md lists, - for standard input.")],
    date: Annotated[str | None, typer.Option(help="Publication date (YYYY-MM-DD) of reports that carry none.")] = None,
    kind: Annotated[Input | None, typer.Option("--input", help="Input format; guessed from name and content.")] = None,
    form: Annotated[Format | None, typer.Option("--format", help="Output format; table on a terminal, else jsonl.")] = None,
    output: Annotated[Path | None, typer.Option(help="Write here instead of standard output.")] = None,
    rejects: Annotated[Path | None, typer.Option(help="List what was not coded, and why, as JSONL.")] = None,
    actors: Annotated[Path | None, typer.Option(help="Your own actors, which override ours: a CSV with name, country, sectors …")] = None,
    min_confidence: Annotated[float, typer.Option(min=0.0, max=1.0, help="Leave out events that are less sure; the model card has a table.")] = 0.0,
    jobs: Jobs = DEFAULT_JOBS,
) -> None:
    """Code reports into events.

    Example: dragoman code report.txt --date 2018-03-26 --format jsonl
    """
    with errors():
        day = parse_date(date) if date else None
        chosen = form or (Format.TABLE if output is None and sys.stdout.isatty() else Format.JSONL)
        run = _Run(load(actors=actors, jobs=jobs), min_confidence)
        with _progress() as progress, _opened(output) as stream:
            sources = run.pull(read_sources(files, kind=kind.value if kind else None, date=day), progress)
            _write(run.events(sources), chosen, stream)
        run.finish(rejects)


class _Run:
    """Counts of one run of `code`, and what was rejected."""

    def __init__(self, coder: Coder, min_confidence: float = 0.0) -> None:
        self.coder = coder
        self.min_confidence = min_confidence
        self.coded = 0
        self.rejected: list[Rejected] = []

    def pull(self, sources: Iterator[Report | Rejected], progress: Progress) -> Iterator[Report]:
        task = progress.add_task("reports", total=None)
        for item in sources:
            progress.advance(task)
            if isinstance(item, Rejected):
                self.reject(item)
            else:
                yield item

    def events(self, reports: Iterator[Report]) -> Iterator[Event]:
        for events in self.reports(reports):
            yield from events

    def reports(self, reports: Iterator[Report]) -> Iterator[tuple[Event, ...]]:
        for coded in self.coder.stream(reports):
            if coded.rejected:
                self.reject(Rejected(coded.report_id, coded.rejected))
            else:
                self.coded += 1
                yield sure_enough(coded.events, self.min_confidence)

    def reject(self, item: Rejected) -> None:
        self.rejected.append(item)
        say(f"not coded: {item.where}: {item.reason}")

    def finish(self, path: Path | None) -> None:
        """Write the rejects, say how many there were, and exit by it."""
        if path:
            lines = [json.dumps({"where": item.where, "reason": item.reason}, ensure_ascii=False) for item in self.rejected]
            path.write_text("".join(line + "\n" for line in lines), "utf-8")
        if self.rejected:
            say(f"{self.coded} coded, {len(self.rejected)} not coded")
            raise typer.Exit(PARTIAL if self.coded else NOTHING)


@app.command(name="ledger")
def ledger_command(
    files: Annotated[list[str], typer.Argument(help="Reports: text or JSONL files, - for standard input.")],
    date: Annotated[str | None, typer.Option(help="Publication date (YYYY-MM-DD) of reports that carry none.")] = None,
    kind: Annotated[Input | None, typer.Option("--input", help="Input format; guessed from the name.")] = None,
    form: Annotated[SheetFormat | None, typer.Option("--format", help="Output format; table on a terminal, else tsv.")] = None,
    output: Annotated[Path | None, typer.Option(help="Write here instead of standard output.")] = None,
    rejects: Annotated[Path | None, typer.Option(help="List what was not coded, and why, as JSONL.")] = None,
    jobs: Jobs = DEFAULT_JOBS,
) -> None:
    """Print the analyst's sheet: a row for each act, its parts, and subtotals that reconcile.

    Example: dragoman ledger report.txt --date 2018-03-26
    """
    with errors():
        from dragoman.formats.sheets import write_sheet
        from dragoman.ledger import ledger

        day = parse_date(date) if date else None
        chosen = form or (SheetFormat.TABLE if output is None and sys.stdout.isatty() else SheetFormat.TSV)
        run = _Run(load(jobs=jobs))
        with _progress() as progress, _opened(output) as stream:
            sources = run.pull(read_sources(files, kind=kind.value if kind else None, date=day), progress)
            write_sheet((ledger(events) for events in run.reports(sources)), chosen.value, stream)
        run.finish(rejects)


@app.command()
def explain(code: Annotated[str, typer.Argument(help="TYPE or TYPE/mode, for instance SANCTION/expel.")]) -> None:
    """Print the codebook's entry for a type or a mode.

    Example: dragoman explain SANCTION/expel
    """
    with errors():
        ontology = load_ontology()
        found, mode = ontology.parse(code)
        print(f"{found.name}  quad {found.quad} ({ontology.quads[found.quad]}), scale {found.scale:+g}, CAMEO {cameo_code(found.name)}")
        print(f"  {found.gloss}")
        if found.recipient_required:
            print("  A recipient is required.")
        for note in found.notes:
            print(f"  - {note}")
        for one in [mode] if mode else found.modes.values():
            print(f"  {found.name}/{one.name}  scale {one.scale:+g}, CAMEO {cameo_code(found.name, one.name)}: {one.gloss}")


@app.command()
def parse(
    file: Annotated[str, typer.Argument(help="A text file, - for standard input.")],
    chains: Annotated[bool, typer.Option("--chains", help="Print who is who: the chains of mentions instead of the words.")] = False,
    date: Annotated[str | None, typer.Option(help="The text's date (YYYY-MM-DD), for who held what office.")] = None,
) -> None:
    """Print the reading of a text: words, tags, tree and names, as CoNLL-U columns; or, with --chains, its parties.

    Example: echo "Poland expelled four diplomats." | dragoman parse -
    """
    with errors():
        coder = load()
        for item in read_sources([file], kind="text", date=parse_date(date) if date else None):
            if isinstance(item, Rejected):
                say(f"{item.where}: {item.reason}")
                raise typer.Exit(NOTHING)
            sentences = coder.read([item])[0]
            if chains:
                print_chains(find_chains(item, sentences))
                continue
            for sent in sentences:
                print(f"# sent_id = {sent.index}\n# text = {' '.join(sent.text.split())}")
                labels = {name.start: f"{name.label} {name.text}" for name in sent.names}
                for index, token in enumerate(sent.tokens, 1):
                    columns = (index, token.text, "_", token.tag, token.fine, "_", token.head + 1, token.relation, "_", labels.get(token.start, "_"))
                    print("\t".join(str(column) for column in columns))
                print()


@app.command()
def actor(
    text: Annotated[str, typer.Argument(help="The words that name the actor.")],
    date: Annotated[str | None, typer.Option(help="At this date (YYYY-MM-DD).")] = None,
    report: Annotated[str | None, typer.Option("--in", help="In this report (a text file, - for standard input).")] = None,
    actors: Annotated[Path | None, typer.Option(help="Your own actors, which override ours: a CSV with name, country, sectors …")] = None,
) -> None:
    """Say who the words name, and why.

    Example: dragoman actor "the Polish foreign minister" --date 2018-03-26
    """
    with errors():
        print_actor(_who(text, date, report, actors))


def _who(text: str, date: str | None, report: str | None, actors: Path | None) -> Actor:
    """By the tables alone where no report is given: the model is not loaded for it."""
    day = parse_date(date) if date else None
    if report is None:
        tables = load_tables() if actors is None else with_own_actors(load_tables(), actors)
        return resolve_actor(text, date=day, tables=tables)
    item = next(iter(read_sources([report], kind="text", date=day)))
    if isinstance(item, Rejected):
        raise InputError(f"{item.where}: {item.reason}")
    return load(actors=actors).actor(text, date=item.date.isoformat() if item.date else None, context=item.text)


def _version(wanted: bool) -> None:
    if wanted:
        print(__version__)
        raise typer.Exit


@app.callback()
def main(version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")] = False) -> None:
    """Who did what to whom in the news, each field with the words that prove it."""


def _write(events: Iterator[Event], form: Format, stream: TextIO) -> None:
    if form is Format.TABLE:
        print_table(events, Console(file=stream, width=None if stream.isatty() else 160))
        return
    if form is Format.CSV:
        print(csv_header(), file=stream)
    for event in events:
        print(WRITERS[form.value](event), file=stream)


@contextmanager
def _opened(path: Path | None) -> Iterator[TextIO]:
    if path is None:
        yield sys.stdout
        return
    try:
        with path.open("w", encoding="utf-8") as stream:
            yield stream
    except OSError as error:
        raise ConfigError(f"cannot write {path}: {error.strerror}") from error


@contextmanager
def _progress() -> Iterator[Progress]:
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as progress:
        yield progress


def run(arguments: Sequence[str] | None = None) -> None:
    """The entry point of the `dragoman` command."""
    app(args=list(arguments) if arguments is not None else None)
