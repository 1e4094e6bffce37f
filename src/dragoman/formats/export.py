"""Exports: items in, a file or a stream out, and a validator that reads it back. What was left out is counted with its reason."""

from __future__ import annotations

import gzip
import io
import sys
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

from dragoman.errors import ConfigError, InputError
from dragoman.formats.flat import CSV
from dragoman.formats.gdelt import GDELT, GDELT_MENTIONS
from dragoman.formats.icews import ICEWS
from dragoman.formats.incidents import INCIDENTS, TOMBSTONES
from dragoman.formats.item import Item, why_not_told
from dragoman.formats.jsonlines import JSONL, PLOVER, JsonLayout
from dragoman.formats.layout import Layout, Problem, Row
from dragoman.formats.panel import PANEL, PanelOptions, make_panel
from dragoman.formats.polecat import POLECAT

# Layouts of items; the others are made of other things.
_OF_ITEMS = (JSONL, CSV, PLOVER, POLECAT, ICEWS, GDELT, GDELT_MENTIONS)
LAYOUTS: Mapping[str, Layout | JsonLayout] = {layout.name: layout for layout in (*_OF_ITEMS, INCIDENTS, PANEL, TOMBSTONES)}
PARQUET = "parquet"
NAMES = (*LAYOUTS, PARQUET)
# A file with more faults than this is of another layout; the rest would say the same.
MOST_PROBLEMS = 100


@dataclass(slots=True)
class Tally:
    """What came of an export: items in, rows out, and items left out by reason."""

    items: int = 0
    rows: int = 0
    left_out: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class Check:
    """What a validator found: rows that are right, and problems (at most `MOST_PROBLEMS`)."""

    rows: int = 0
    problems: list[Problem] = field(default_factory=list)


def layout_named(name: str) -> Layout | JsonLayout:
    """The layout of a name; raise `ConfigError` with the choices if there is none."""
    if (found := LAYOUTS.get(name)) is None:
        raise ConfigError(f"no such layout: {name!r}; choose from {', '.join(NAMES)}")
    return found


def suffix_of(name: str) -> str:
    """The ending of a layout's files."""
    return ".parquet" if name == PARQUET else layout_named(name).suffix


def told(items: Iterable[Item], name: str, tally: Tally, *, all_statuses: bool = False) -> Iterator[Item]:
    """The items that a layout can tell, the others counted by reason: no date where one is required, or a status that it cannot say."""
    layout = None if name == PARQUET else layout_named(name)
    for item in items:
        tally.items += 1
        if reason := _why_not(item, layout, all_statuses):
            tally.left_out[reason] += 1
        else:
            yield item


def export_lines(
    items: Iterable[Item], name: str, *, with_text: bool = False, all_statuses: bool = False, tally: Tally | None = None
) -> Iterator[str]:
    """The items in a layout of lines, without line ends, the header first. Nothing is held in memory but the row at hand."""
    layout, tally = layout_named(name), tally or Tally()
    if (head := layout.head()) is not None:
        yield head
    for item in told(items, name, tally, all_statuses=all_statuses):
        for line in layout.lines(item, with_text=with_text):
            tally.rows += 1
            yield line


def export(items: Iterable[Item], path: str | Path | TextIO, *, layout: str, with_text: bool = False, all_statuses: bool = False) -> Tally:
    """Write the items to a file, `.gz` packed, or to a stream; raise `ConfigError` where it cannot be written.

    The text of the reports is written only `with_text`; `all_statuses` keeps planned, denied and recalled acts in layouts that cannot say so.
    """
    tally = Tally()
    if layout == PARQUET:
        from dragoman.formats.parquet import write_parquet

        if not isinstance(path, str | Path):
            raise ConfigError("parquet is written to a file; give --out")
        tally.rows = write_parquet(told(items, layout, tally), Path(path), with_text=with_text)
        return tally
    with _writing(path) as stream:
        for line in export_lines(items, layout, with_text=with_text, all_statuses=all_statuses, tally=tally):
            stream.write(line + "\n")
    return tally


def export_rows(rows: Iterable[Row], path: str | Path | TextIO, *, layout: Layout) -> Tally:
    """Write rows of a layout that are not made of items: incidents, tombstones, a panel."""
    tally = Tally()
    with _writing(path) as stream:
        stream.write(f"{layout.head()}\n")
        for row in rows:
            tally.rows += 1
            stream.write(layout.line(row) + "\n")
    return tally


def export_panel(items: Iterable[Item], path: str | Path | TextIO, *, options: PanelOptions, coverage: Mapping[Any, int]) -> Tally:
    """Write a dyad panel; `coverage` is the number of reports of each day."""
    panel = make_panel(items, options, coverage)
    tally = export_rows(panel.rows(), path, layout=PANEL)
    tally.left_out = panel.left_out
    tally.items = panel.acts
    return tally


def read_export(path: str | Path, layout: str) -> Iterator[dict[str, Any]]:
    """The rows of a file; raise `InputError` at the first that is wrong."""
    for found in scan_export(path, layout):
        if isinstance(found, Problem):
            raise InputError(f"{path}: not {layout}: {found}")
        yield found


def check_export(path: str | Path, layout: str) -> Check:
    """Read a file back and say what is wrong with it."""
    check = Check()
    for found in scan_export(path, layout):
        if isinstance(found, Problem):
            check.problems.append(found)
            if len(check.problems) >= MOST_PROBLEMS:
                break
        else:
            check.rows += 1
    return check


def scan_export(path: str | Path, layout: str) -> Iterator[dict[str, Any] | Problem]:
    """The rows of a file and what is wrong with it, in file order; raise `InputError` if it cannot be read at all."""
    if layout == PARQUET:
        from dragoman.formats.parquet import scan_parquet

        yield from scan_parquet(Path(path))
        return
    chosen = layout_named(layout)
    try:
        with _reading(Path(path)) as stream:
            yield from chosen.scan(_whole_lines(stream))
    except UnicodeDecodeError as error:
        yield Problem(line=0, column=None, reason=f"it is not UTF-8: {error.reason} at byte {error.start} of a block")
    except _Truncated as error:
        yield Problem(line=error.line, column=None, reason="the last line has no end: the file is cut short")
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"cannot read {path}: {getattr(error, 'strerror', None) or error}") from error


class _Truncated(Exception):  # noqa: N818 - a signal between two functions of this module
    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


def _whole_lines(stream: TextIO) -> Iterator[str]:
    for number, line in enumerate(stream, 1):
        if not line.endswith("\n"):
            raise _Truncated(number)
        yield line


def _why_not(item: Item, layout: Layout | JsonLayout | None, all_statuses: bool) -> str | None:
    if layout is None:
        return None
    if layout.why_not and (reason := layout.why_not(item)):
        return reason
    return None if layout.says_status else why_not_told(item, all_statuses=all_statuses)


@contextmanager
def _writing(path: str | Path | TextIO) -> Iterator[TextIO]:
    if not isinstance(path, str | Path):
        yield path
        return
    try:
        if str(path).endswith(".gz"):
            # Without the time, so that the same rows give the same bytes.
            with gzip.GzipFile(path, "wb", mtime=0) as packed, _text(packed) as stream:
                yield stream
        else:
            with Path(path).open("w", encoding="utf-8", newline="\n") as stream:
                yield stream
    except OSError as error:
        raise ConfigError(f"cannot write {path}: {error.strerror}") from error


def _text(packed: gzip.GzipFile) -> TextIO:
    return io.TextIOWrapper(packed, encoding="utf-8", newline="\n")


@contextmanager
def _reading(path: Path) -> Iterator[TextIO]:
    if str(path) == "-":
        yield sys.stdin
    elif path.suffix == ".gz":
        with gzip.open(path, "rt", encoding="utf-8", newline="\n") as stream:
            yield stream
    else:
        with path.open(encoding="utf-8", newline="\n") as stream:
            yield stream
