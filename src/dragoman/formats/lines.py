"""Events as lines of standard output: our own JSONL, PLOVER's JSON, and CSV, with their words. Each writer turns one event into one line."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from dragoman.formats.flat import CSV
from dragoman.formats.item import Item
from dragoman.formats.jsonlines import PLOVER, encode
from dragoman.records import Event


def as_jsonl(event: Event) -> str:
    """The record itself, field names as in `dragoman.records.Event`."""
    return encode(event)


def as_plover(event: Event) -> str:
    """PLOVER's JSON. `date` falls back on the report's, which the manual requires."""
    return next(PLOVER.lines(Item(event=event), with_text=True))


def as_csv(event: Event) -> str:
    """One row of the flat layout; several values are joined with `; `."""
    return next(CSV.lines(Item(event=event), with_text=True))


def csv_header() -> str:
    """The first line of a CSV file."""
    return str(CSV.head())


WRITERS: Mapping[str, Callable[[Event], str]] = {"jsonl": as_jsonl, "plover": as_plover, "csv": as_csv}
