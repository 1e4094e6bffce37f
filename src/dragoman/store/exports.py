"""Exports of a store: which query each layout is made of, what has changed since, and whole bundles."""

from __future__ import annotations

import datetime as dt
import json
import platform
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TextIO

import msgspec
import sqlalchemy as sa

from dragoman.errors import ConfigError
from dragoman.formats.bundle import File, write_bundle
from dragoman.formats.export import PARQUET, Check, Tally, check_export, export, export_panel, export_rows, layout_named
from dragoman.formats.incidents import INCIDENTS, TOMBSTONES, incident_row
from dragoman.formats.item import Item, number_of, pairs_of
from dragoman.formats.layout import Row
from dragoman.formats.panel import PanelOptions
from dragoman.ontology import load_ontology
from dragoman.records import Record
from dragoman.store import Store, schema
from dragoman.store.filters import EventFilter, compile_filter
from dragoman.store.queries import (
    coverage,
    find_acts,
    find_events,
    find_incidents,
    find_mentions,
    find_new,
    find_tombstones,
    keeps_text,
    lacks_text,
    runs_of,
    time_of,
)
from dragoman.version import __version__

# Layouts of one row an event, whose rows can be told to be deleted one by one.
SINCE_LAYOUTS = ("jsonl", "csv", PARQUET, "plover", "polecat", "icews")


class ExportOptions(Record, frozen=True, kw_only=True):
    """How to export.

    `with_text` adds the evidence in words to its offsets and hashes; `all_statuses` keeps planned, denied and recalled acts in layouts
    that cannot say so; `since` (a run or a time) takes what is new alone; `panel` says what a dyad panel is of.
    """

    with_text: bool = False
    all_statuses: bool = False
    since: str | None = None
    panel: PanelOptions = PanelOptions()


def export_store(store: Store, target: str | Path | TextIO, *, layout: str, chosen: EventFilter | None = None, options: ExportOptions | None = None) -> Tally:
    """Write what a filter means to a file or a stream in a layout.

    Raise `ConfigError` for options that do not go with the layout or the store, and where the target cannot be written.
    """
    chosen, options = chosen or EventFilter(), options or ExportOptions()
    _check_options(store, layout, options)
    if layout == "panel":
        return export_panel(find_acts(store, chosen), target, options=panel_options(chosen, options), coverage=coverage(store))
    if layout == "incidents":
        rows = (incident_row(incident, with_text=options.with_text) for incident in find_incidents(store, chosen))
        return export_rows(rows, target, layout=INCIDENTS)
    items = _items(store, layout, chosen, options)
    return export(items, target, layout=layout, with_text=options.with_text, all_statuses=options.all_statuses)


def export_tombstones(store: Store, target: str | Path | TextIO, *, layout: str, since: str) -> Tally:
    """Write the ids, as the layout has them, of rows that no longer hold since a run or a time."""
    _check_since(layout)
    return export_rows(_tombstones(store, layout, time_of(store, since)), target, layout=TOMBSTONES)


def export_bundle(
    store: Store, folder: str | Path, *, layouts: Sequence[str], chosen: EventFilter | None = None, options: ExportOptions | None = None
) -> dict[str, Tally]:
    """Write a folder with an export in each layout, codebook, actors, query, versions, citation, checksums and `datapackage.json`.

    The folder must be new or empty; raise `ConfigError` where it is not. The same store gives the same bytes, Parquet apart.
    """
    chosen, options = chosen or EventFilter(), options or ExportOptions()
    folder = Path(folder)
    _make_empty(folder)
    tallies: dict[str, Tally] = {}
    files: list[File] = []
    for layout in dict.fromkeys(layouts):
        file = File(layout=layout, name=bundle_name(layout))
        tallies[layout] = export_store(store, folder / file.name, layout=layout, chosen=chosen, options=options)
        files.append(file)
        if options.since:
            gone = File(layout="tombstones", name=f"{layout}-tombstones.csv")
            tallies[gone.name] = export_tombstones(store, folder / gone.name, layout=layout, since=options.since)
            files.append(gone)
    _write_actors(store, folder / "actors.csv", chosen)
    query = {"filter": msgspec.to_builtins(chosen), "options": msgspec.to_builtins(options), "layouts": list(dict.fromkeys(layouts))}
    write_bundle(folder, files, query=query, versions=versions(store), counts=_counts(store), created=_created(store))
    return tallies


def checked(target: Path, layout: str, tally: Tally) -> Check:
    """Read an export back; raise `ConfigError` if it has another number of rows than were written."""
    check = check_export(target, layout)
    if not check.problems and check.rows != tally.rows:
        raise ConfigError(f"{target}: {check.rows} rows read back, {tally.rows} written")
    return check


def panel_options(chosen: EventFilter, options: ExportOptions) -> PanelOptions:
    """The panel's options with the span, direction and dyads of the filter, where those are pairs of countries."""
    panel = options.panel
    pairs = [tuple(part.strip() for part in dyad.split(",")) for dyad in chosen.dyads]
    dyads = tuple((pair[0], pair[1]) for pair in pairs if all(len(code) == 3 and code.isupper() for code in pair))
    return msgspec.structs.replace(
        panel,
        since=panel.since or chosen.start,
        until=panel.until or chosen.end,
        directed=panel.directed and chosen.directed,
        dyads=panel.dyads or dyads,
        all_statuses=panel.all_statuses or options.all_statuses,
    )


def versions(store: Store) -> dict[str, Any]:
    """What made the data: package, ontology, coders, runs and the schema of the store."""
    from dragoman.store import REVISION

    runs = [{key: run[key] for key in ("id", "started", "finished", "command", "coder")} for run in runs_of(store)]
    coders = sorted({run["coder"] for run in runs if run["coder"]})
    return {
        "dragoman": __version__, "ontology": load_ontology().version, "store": REVISION, "database": store.engine.dialect.name,
        "python": platform.python_version(), "coders": coders, "runs": runs,
    }  # fmt: skip


def bundle_name(layout: str) -> str:
    """The name of a layout's file in a bundle."""
    names = {"jsonl": "events.jsonl", "csv": "events.csv", PARQUET: "events.parquet", "gdelt-mentions": "gdelt.mentions.CSV"}
    return names.get(layout) or f"{layout}{layout_named(layout).suffix}"


def _items(store: Store, layout: str, chosen: EventFilter, options: ExportOptions) -> Iterator[Item]:
    if options.since:
        return find_new(store, chosen, time_of(store, options.since))
    if layout == "gdelt":
        return find_acts(store, chosen)
    return find_mentions(store, chosen) if layout == "gdelt-mentions" else find_events(store, chosen)


def _check_options(store: Store, layout: str, options: ExportOptions) -> None:
    if layout != PARQUET:
        layout_named(layout)
    if layout == "tombstones":
        raise ConfigError("tombstones go with an export since a run or a day: give --since and --tombstones")
    if options.since:
        _check_since(layout)
    if options.with_text and lacks_text(store) and not keeps_text(store):
        raise ConfigError("the store keeps no text (it was filled with --no-text); export without --with-text")


def _check_since(layout: str) -> None:
    if layout not in SINCE_LAYOUTS:
        raise ConfigError(f"{layout} cannot say what has changed: its rows are made of many events; --since goes with {', '.join(SINCE_LAYOUTS)}")


def _tombstones(store: Store, layout: str, since: str) -> Iterator[Row]:
    for gone in find_tombstones(store, since):
        ids = [str(number_of(gone.event.id, number)) for number, _ in enumerate(pairs_of(gone.event))] if layout == "icews" else [gone.event.id]
        for row_id in ids:
            yield {"id": row_id, "event_id": gone.event.id, "superseded": gone.superseded}


def _make_empty(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise ConfigError(f"{folder} is not empty; give a new folder for the bundle")
    except OSError as error:
        raise ConfigError(f"cannot write {folder}: {error.strerror}") from error


def _write_actors(store: Store, path: Path, chosen: EventFilter) -> None:
    from dragoman.formats.bundle import ACTORS, actor_row

    parties, actors, events = schema.event_actors.c, schema.actors, schema.events
    roles = {role: sa.func.sum(sa.case((parties.role == role, 1), else_=0)).label(f"as_{role}") for role in ("actor", "recipient", "speaker")}
    query = sa.select(actors.c.id, actors.c.identifier, actors.c.name, actors.c.country, actors.c.sector, *roles.values())
    query = query.select_from(actors.join(schema.event_actors, parties.actor_id == actors.c.id).join(events, events.c.id == parties.event_id))
    query = query.where(events.c.current.is_(True), compile_filter(chosen)).group_by(*actors.c).order_by(actors.c.id)
    with store.read() as conn:
        rows = (actor_row(row._asdict()) for row in conn.execute(query))
        export_rows(rows, path, layout=ACTORS)


def _counts(store: Store) -> Mapping[str, Any]:
    reports = schema.reports.c
    query = sa.select(sa.func.count().label("reports"), sa.func.min(reports.date).label("first"), sa.func.max(reports.date).label("last"))
    with store.read() as conn:
        row = conn.execute(query.select_from(schema.reports)).one()
    return {"reports": row.reports, "first_report": _iso(row.first), "last_report": _iso(row.last)}


def _created(store: Store) -> str:
    """When the store was last written to: the time of an export would make each of its bundles another one."""
    times = [run["finished"] or run["started"] for run in runs_of(store)]
    return max(times, default="1970-01-01T00:00:00.000000Z")


def _iso(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None


def query_json(chosen: EventFilter) -> str:
    """A filter as JSON, which `msgspec.json.decode(…, type=EventFilter)` reads."""
    return json.dumps(msgspec.to_builtins(chosen), ensure_ascii=False, default=str)
