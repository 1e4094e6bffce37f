"""Commands that read the store: `events`, `incidents`, `export`; and `validate`, which reads what was exported.

Everything heavy is imported by the command that needs it, so that `dragoman code` starts as fast as before.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar, get_type_hints

import typer

from dragoman.cli_common import PARTIAL, errors, opened_store, say
from dragoman.cli_store import StoreOption
from dragoman.errors import ConfigError

if TYPE_CHECKING:
    from dragoman.formats.export import Tally
    from dragoman.formats.layout import Problem
    from dragoman.formats.panel import PanelOptions
    from dragoman.store import Store
    from dragoman.store.exports import ExportOptions
    from dragoman.store.filters import EventFilter

# Rows of a table on a terminal, where no limit is given; more would scroll away.
TABLE_ROWS = 100
_STATES = "a country (POL), a sector of it (RUS/GOV), of any (*/REB), or a name; may be given again for others"
_One = TypeVar("_One")


class Shape(StrEnum):
    """Output formats of queries."""

    TABLE = "table"
    JSONL = "jsonl"
    CSV = "csv"


def _conditions(
    start: Annotated[str | None, typer.Option("--from", help="Acts that may have happened on this day (YYYY-MM-DD) or later.")] = None,
    end: Annotated[str | None, typer.Option("--to", help="Acts that may have happened on this day or before.")] = None,
    actor: Annotated[list[str] | None, typer.Option(help=f"Who acts: {_STATES}.")] = None,
    recipient: Annotated[list[str] | None, typer.Option(help="To whom, as for --actor.")] = None,
    party: Annotated[list[str] | None, typer.Option(help="Actor or recipient, as for --actor.")] = None,
    speaker: Annotated[list[str] | None, typer.Option(help="On whose word, as for --actor.")] = None,
    dyad: Annotated[list[str] | None, typer.Option(help="Actor and recipient: RUS,POL.")] = None,
    undirected: Annotated[bool, typer.Option("--undirected", help="Dyads in either direction.")] = False,
    kind: Annotated[list[str] | None, typer.Option("--type", help="TYPE or TYPE/mode.")] = None,
    mode: Annotated[list[str] | None, typer.Option(help="A mode of any type.")] = None,
    quad: Annotated[list[int] | None, typer.Option(help="1 verbal, 2 material cooperation; 3 verbal, 4 material conflict.")] = None,
    status: Annotated[list[str] | None, typer.Option(help="actual, announced, planned, hypothetical or negated.")] = None,
    context: Annotated[list[str] | None, typer.Option(help="A PLOVER context.")] = None,
    sector: Annotated[list[str] | None, typer.Option(help="A sector of an actor or a recipient.")] = None,
    place: Annotated[list[str] | None, typer.Option(help="The country where it happened.")] = None,
    source: Annotated[list[str] | None, typer.Option(help="The outlet, as its reports name it.")] = None,
    min_confidence: Annotated[float | None, typer.Option(help="0 to 1.")] = None,
    max_confidence: Annotated[float | None, typer.Option(help="0 to 1.")] = None,
    text: Annotated[str | None, typer.Option(help="A phrase in the sentence, A-Z in either case.")] = None,
    historical: Annotated[bool | None, typer.Option("--historical/--not-historical", help="Acts recalled as background, or the others.")] = None,
    min_sources: Annotated[int | None, typer.Option(help="Independent sources of the incident, at least.")] = None,
    incident: Annotated[list[str] | None, typer.Option(help="The id of an incident.")] = None,
    report: Annotated[list[str] | None, typer.Option(help="The id of a report in the store.")] = None,
) -> Any:
    """The options of a filter, the same for every command, and the filter that they mean."""
    from dragoman.store.filters import make_filter

    return make_filter(
        start=start, end=end, actors=actor, recipients=recipient, parties=party, speakers=speaker, dyads=dyad, directed=not undirected, types=kind,
        modes=mode, quads=quad, statuses=status, contexts=context, sectors=sector, places=place, sources=source, min_confidence=min_confidence,
        max_confidence=max_confidence, text=text, historical=historical, min_sources=min_sources, incidents=incident, reports=report,
    )  # fmt: skip


def _filtered(command: Callable[..., None]) -> Callable[..., None]:
    """The command with the options of `_conditions` besides its own; it is given the filter as a function, `chosen`, that makes it."""
    own, shared = inspect.signature(command), inspect.signature(_conditions)
    hints = get_type_hints(_conditions, include_extras=True) | get_type_hints(command, include_extras=True)
    parameters = [one for one in (*own.parameters.values(), *shared.parameters.values()) if one.name != "chosen"]

    def run(**options: Any) -> None:
        conditions = {name: options.pop(name) for name in shared.parameters}
        command(chosen=lambda: _conditions(**conditions), **options)

    run.__doc__, run.__name__ = command.__doc__, command.__name__
    kept = [one.replace(annotation=hints[one.name], kind=inspect.Parameter.KEYWORD_ONLY) for one in parameters]
    run.__signature__ = inspect.Signature(kept)  # type: ignore[attr-defined]
    run.__annotations__ = {one.name: hints[one.name] for one in parameters}
    return run


@_filtered
def events(
    chosen: Any,
    store: StoreOption,
    shape: Annotated[Shape | None, typer.Option("--format", help="Output format; table on a terminal, else jsonl.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help=f"At most so many; {TABLE_ROWS} in a table, else all.")] = None,
    history: Annotated[bool, typer.Option("--history", help="Events too that a newer coding has superseded.")] = False,
    count: Annotated[bool, typer.Option("--count", help="Only how many there are.")] = False,
) -> None:
    """List events: one act in one report, by day.

    Example: dragoman events --store ledger.db --dyad RUS,POL --undirected --from 2018-03-01 --type SANCTION
    """
    with errors(), opened_store(store) as opened:
        from dragoman.formats.export import export_lines
        from dragoman.formats.table import print_table
        from dragoman.store.queries import count_events, find_events

        if count:
            print(count_events(opened, chosen()))
            return
        form = _shape(shape)
        found, cut = _limited(find_events(opened, chosen(), history=history, limit=_limit(form, limit)), form, limit)
        if form is Shape.TABLE:
            print_table((item.event for item in found), _console())
        else:
            _print(export_lines(found, form.value, with_text=True))
        _say_cut(cut)


@_filtered
def incidents(
    chosen: Any,
    store: StoreOption,
    shape: Annotated[Shape | None, typer.Option("--format", help="Output format; table on a terminal, else jsonl.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help=f"At most so many; {TABLE_ROWS} in a table, else all.")] = None,
) -> None:
    """List incidents: one act across reports, by day, of which at least one event meets the conditions.

    Example: dragoman incidents --store ledger.db --actor USA --min-sources 2 --format csv
    """
    with errors(), opened_store(store) as opened:
        from dragoman.formats.incidents import INCIDENTS, incident_row
        from dragoman.formats.jsonlines import encode
        from dragoman.formats.table import print_incidents
        from dragoman.store.queries import find_incidents

        form = _shape(shape)
        found, cut = _limited(find_incidents(opened, chosen(), limit=_limit(form, limit)), form, limit)
        if form is Shape.TABLE:
            print_incidents(found, _console())
        elif form is Shape.CSV:
            _print(chain([str(INCIDENTS.head())], (INCIDENTS.line(incident_row(one, with_text=True)) for one in found)))
        else:
            _print(map(encode, found))
        _say_cut(cut)


@_filtered
def export(
    chosen: Any,
    store: StoreOption,
    layouts: Annotated[list[str], typer.Option("--as", help="csv, jsonl, parquet, plover, polecat, icews, gdelt, gdelt-mentions, incidents or panel.")],
    out: Annotated[Path | None, typer.Option(help="Write here (.gz packs); else to standard output.")] = None,
    bundle: Annotated[Path | None, typer.Option(help="Write a new folder with every --as, codebook, actors, query, checksums, citation.")] = None,
    with_text: Annotated[bool, typer.Option("--with-text", help="Evidence in words too, not by offsets and hashes alone.")] = False,
    all_statuses: Annotated[bool, typer.Option("--all-statuses", help="Planned, denied and recalled acts too in layouts that cannot say so.")] = False,
    since: Annotated[str | None, typer.Option(metavar="RUN|TIME", help="Only what is new since a run or a day; --tombstones lists what is gone.")] = None,
    tombstones: Annotated[Path | None, typer.Option(help="Where ids go that no longer hold since then.")] = None,
    check: Annotated[bool, typer.Option("--check", help="Read back what was written.")] = False,
    period: Annotated[str, typer.Option(help="Of a panel: day, week, month or year.")] = "month",
    all_pairs: Annotated[bool, typer.Option("--all-pairs", help="Of a panel: every pair of the countries that occur.")] = False,
    domestic: Annotated[bool, typer.Option("--domestic", help="Of a panel: acts within a country too.")] = False,
) -> None:
    """Export events in the field's layouts, with offsets and hashes for evidence unless --with-text.

    Example: dragoman export --store ledger.db --as polecat --as panel --from 2018-01-01 --bundle release/
    """
    with errors(), opened_store(store) as opened:
        from dragoman.store.exports import ExportOptions

        panel = _panel_options(period, all_pairs, domestic)
        options = ExportOptions(with_text=with_text, all_statuses=all_statuses, since=since, panel=panel)
        if bundle is not None:
            if out or tombstones:
                raise ConfigError("--bundle names its files itself; leave out --out and --tombstones")
            _bundle(opened, bundle, layouts, chosen(), options, check=check)
        else:
            _export_one(opened, layouts, out, tombstones, chosen(), options, check=check)


def validate(
    path: Annotated[Path, typer.Argument(help="A file, or a bundle's folder.")],
    layout: Annotated[str, typer.Option("--as", help="What it should be: a layout of `dragoman export`, tombstones, or bundle.")],
) -> None:
    """Read an export back and name every fault: columns, codes, dates, scores, ids that repeat.

    Example: dragoman validate events.tab --as icews
    """
    with errors():
        from dragoman.formats.bundle import check_bundle
        from dragoman.formats.export import check_export

        if layout == "bundle":
            problems = list(check_bundle(path))
            _report(problems, f"{path}: a whole bundle")
            return
        found = check_export(path, layout)
        _report(found.problems, f"{path}: {found.rows} rows of {layout}")


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    for command in (events, incidents, export, validate):
        app.command()(command)


def _export_one(
    store: Store, layouts: list[str], out: Path | None, tombstones: Path | None, chosen: EventFilter, options: ExportOptions, *, check: bool
) -> None:
    from dragoman.store.exports import checked, export_store, export_tombstones

    if len(layouts) != 1:
        raise ConfigError("several layouts make several files: give --bundle, or one --as at a time")
    if options.since and tombstones is None:
        raise ConfigError("--since leaves rows that no longer hold: give --tombstones FILE for their ids")
    if tombstones and not options.since:
        raise ConfigError("--tombstones goes with --since")
    if check and out is None:
        raise ConfigError("--check reads a file back: give --out")
    tally = export_store(store, out or sys.stdout, layout=layouts[0], chosen=chosen, options=options)
    _say_tally(layouts[0], tally)
    if tombstones and options.since:
        _say_tally("tombstones", export_tombstones(store, tombstones, layout=layouts[0], since=options.since))
    if check and out:
        _report(checked(out, layouts[0], tally).problems, f"{out}: {tally.rows} rows read back")


def _bundle(store: Store, folder: Path, layouts: list[str], chosen: EventFilter, options: ExportOptions, *, check: bool) -> None:
    from dragoman.formats.bundle import check_bundle
    from dragoman.store.exports import export_bundle

    for name, tally in export_bundle(store, folder, layouts=layouts, chosen=chosen, options=options).items():
        _say_tally(name, tally)
    if check:
        _report(list(check_bundle(folder)), f"{folder}: a whole bundle")


def _panel_options(period: str, all_pairs: bool, domestic: bool) -> PanelOptions:
    from dragoman.formats.panel import PanelOptions, Period

    try:
        length = Period(period)
    except ValueError:
        raise ConfigError(f"no such period: {period!r}; choose from {', '.join(Period)}") from None
    return PanelOptions(period=length, all_pairs=all_pairs, domestic=domestic)


def _shape(shape: Shape | None) -> Shape:
    return shape or (Shape.TABLE if sys.stdout.isatty() else Shape.JSONL)


def _limit(form: Shape, limit: int | None) -> int | None:
    # One more than is shown, to know whether there are others.
    shown = limit if limit is not None else TABLE_ROWS if form is Shape.TABLE else None
    return None if shown is None else shown + 1


def _limited(found: Iterable[_One], form: Shape, limit: int | None) -> tuple[Iterator[_One], list[int]]:
    """The first items, and a list that holds the limit once there turn out to be more."""
    asked = _limit(form, limit)
    cut: list[int] = []

    def taken() -> Iterator[_One]:
        rest = iter(found)
        yield from islice(rest, None if asked is None else asked - 1)
        if asked is not None and next(rest, None) is not None:
            cut.append(asked - 1)

    return taken(), cut


def _say_cut(cut: list[int]) -> None:
    if cut:
        say(f"the first {cut[0]}; --limit shows more")


def _console() -> Any:
    from rich.console import Console

    return Console(file=sys.stdout, width=None if sys.stdout.isatty() else 160)


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        print(line)


def _say_tally(name: str, tally: Tally) -> None:
    say(f"{name}: {tally.rows} rows" + (f" of {tally.items} events" if tally.items else ""))
    for reason, number in tally.left_out.most_common():
        say(f"  {number} left out: {reason}")


def _report(problems: list[Problem], right: str) -> None:
    for problem in problems:
        say(str(problem))
    if problems:
        say(f"{len(problems)} faults")
        raise typer.Exit(PARTIAL)
    say(f"{right}, nothing wrong")
