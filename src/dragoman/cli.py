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
from dragoman.cli_common import NOTHING, PARTIAL, errors, say
from dragoman.coder import Coder, load
from dragoman.errors import ConfigError
from dragoman.formats.lines import WRITERS, csv_header
from dragoman.formats.table import print_table
from dragoman.ontology import load_ontology
from dragoman.ontology.mappings import cameo_code
from dragoman.records import Event, Report, parse_date
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
) -> None:
    """Code reports into events.

    Example: dragoman code report.txt --date 2018-03-26 --format jsonl
    """
    with errors():
        day = parse_date(date) if date else None
        chosen = form or (Format.TABLE if output is None and sys.stdout.isatty() else Format.JSONL)
        run = _Run(load())
        with _progress() as progress, _opened(output) as stream:
            sources = run.pull(read_sources(files, kind=kind.value if kind else None, date=day), progress)
            _write(run.events(sources), chosen, stream)
        run.finish(rejects)


class _Run:
    """Counts of one run of `code`, and what was rejected."""

    def __init__(self, coder: Coder) -> None:
        self.coder = coder
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
        for coded in self.coder.stream(reports):
            if coded.rejected:
                self.reject(Rejected(coded.report_id, coded.rejected))
            else:
                self.coded += 1
                yield from coded.events

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
def parse(file: Annotated[str, typer.Argument(help="A text file, - for standard input.")]) -> None:
    """Print the reading of a text: words, tags, tree and names, as CoNLL-U columns.

    Example: echo "Poland expelled four diplomats." | dragoman parse -
    """
    with errors():
        for item in read_sources([file], kind="text"):
            if isinstance(item, Rejected):
                say(f"{item.where}: {item.reason}")
                raise typer.Exit(NOTHING)
            for sent in load().read([item])[0]:
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
) -> None:
    """Say who the words name, and why.

    Example: dragoman actor "the Polish foreign minister"
    """
    with errors():
        from dragoman.resolve.actors import resolve_actor

        found = resolve_actor(text, date=parse_date(date) if date else None)
        for name in ("name", "country", "sector", "other_sectors", "office", "identifier", "decided"):
            value = getattr(found, name)
            print(f"{name:14}{'; '.join(value) if isinstance(value, tuple) else value or 'unknown'}")


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
