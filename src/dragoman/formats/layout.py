"""What a layout is: named columns with kinds, a writer of lines, and a reader that says what is wrong with a line.

A delimited layout is one row a line, never quoted across lines: tabs, line ends and control characters in a cell become a space, so
that a reader without any option reads what was written. `None` is the layout's own word for missing, or an empty cell.
"""

from __future__ import annotations

import csv
import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from dragoman.errors import InputError
from dragoman.formats.item import Item
from dragoman.records import Record

Cell = str | int | float | bool | dt.date | None
Row = Mapping[str, Cell]
LIST_SEPARATOR = "; "
# A spreadsheet runs a cell that begins with one of these as a formula; the wide forms are folded to them by some.
_FORMULA = re.compile("\'*[=+\\-@\uff1d\uff0b\uff0d\uff20]")
_NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][+-]?\d+)?")


class Kind(StrEnum):
    """What a column holds. The names are those of the Table Schema of Frictionless Data, `compactdate` (YYYYMMDD) apart."""

    STRING = "string"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    COMPACT = "compactdate"
    LIST = "list"


class Column(Record, frozen=True, kw_only=True):
    """A column. `choices` are the only values allowed, `pattern` a regular expression that a whole value must match."""

    name: str
    kind: Kind = Kind.STRING
    doc: str = ""
    required: bool = False
    choices: tuple[str, ...] = ()
    pattern: str | None = None


class Problem(Record, frozen=True, kw_only=True):
    """What is wrong with a line of a file (from 1; 0 for the file as a whole)."""

    line: int
    column: str | None
    reason: str

    def __str__(self) -> str:
        where = f"line {self.line}" if self.line else "the file"
        return f"{where}, column {self.column!r}: {self.reason}" if self.column else f"{where}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Layout:
    """A delimited layout.

    `rows` turns an item into rows; `unique` names the columns that together may not repeat in a file; `says_status` is whether a
    row tells a planned or denied act from one that happened; `check` finds what is wrong across the cells of a row.
    """

    name: str
    doc: str
    columns: tuple[Column, ...]
    rows: Callable[[Item, bool], Iterable[Row]]
    delimiter: str = "\t"
    header: bool = True
    missing: str = ""
    suffix: str = ".tsv"
    says_status: bool = False
    unique: tuple[str, ...] = ()
    check: Callable[[Mapping[str, str | None]], Iterator[tuple[str, str]]] | None = None
    why_not: Callable[[Item], str | None] | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns, in order."""
        return tuple(column.name for column in self.columns)

    def head(self) -> str | None:
        """The first line, where the layout has one."""
        return self._join(list(self.names)) if self.header else None

    def lines(self, item: Item, *, with_text: bool = False) -> Iterator[str]:
        """The item as lines without their ends."""
        for row in self.rows(item, with_text):
            yield self.line(row)

    def line(self, row: Row) -> str:
        """A row as a line; a column that the row lacks is missing."""
        return self._join([self.cell(row.get(name)) for name in self.names])

    def cell(self, value: Cell) -> str:
        """A value as it stands in the file."""
        if value is None:
            return self.missing
        if isinstance(value, str):
            flat = clean(value)
            return self._safe(flat) if flat else self.missing
        return plain(value)

    def read(self, lines: Iterable[str]) -> Iterator[dict[str, str | None]]:
        """The rows of a file, every cell a string and None where missing; raise `InputError` at the first line that is wrong."""
        for found in self.scan(lines):
            if isinstance(found, Problem):
                raise InputError(f"not {self.name}: {found}")
            yield found

    def scan(self, lines: Iterable[str]) -> Iterator[dict[str, str | None] | Problem]:
        """The rows of a file and what is wrong with it, in file order."""
        seen: set[tuple[str | None, ...]] = set()
        for number, line in enumerate(lines, 1):
            text = line.removesuffix("\n")
            if self.header and number == 1:
                if text != self.head():
                    yield Problem(line=1, column=None, reason=f"the header is not that of the layout: {self._difference(text)}")
                    return
                continue
            yield from self._scan_line(text, number, seen)

    def _scan_line(self, text: str, number: int, seen: set[tuple[str | None, ...]]) -> Iterator[dict[str, str | None] | Problem]:
        cells = self._split(text)
        if len(cells) != len(self.columns):
            yield Problem(line=number, column=None, reason=f"{len(cells)} columns, not {len(self.columns)}")
            return
        row = {name: self._value(cell) for name, cell in zip(self.names, cells, strict=True)}
        faults = [Problem(line=number, column=column.name, reason=reason) for column in self.columns if (reason := fault(column, row[column.name]))]
        if not faults and self.check:
            faults = [Problem(line=number, column=column, reason=reason) for column, reason in self.check(row)]
        key = tuple(row[name] for name in self.unique)
        if key and key in seen:
            faults.append(Problem(line=number, column=self.unique[0], reason=f"{key[0]} stands in an earlier line too"))
        seen.add(key)
        if faults:
            yield from faults
        else:
            yield row

    def _join(self, cells: Sequence[str]) -> str:
        if self.delimiter == "\t":
            return "\t".join(cells)
        return self.delimiter.join(map(_quoted, cells))

    def _split(self, text: str) -> list[str]:
        if self.delimiter == "\t":
            return text.split("\t")
        try:
            return next(csv.reader([text], delimiter=self.delimiter, strict=True), [])
        except csv.Error:
            return []

    def _safe(self, text: str) -> str:
        return formula_safe(text) if self.delimiter == "," else text

    def _value(self, cell: str) -> str | None:
        if cell == self.missing:
            return None
        return cell[1:] if self.delimiter == "," and cell.startswith("'") and _FORMULA.match(cell) else cell

    def _difference(self, text: str) -> str:
        found = self._split(text)
        for number, (got, wanted) in enumerate(zip(found, self.names, strict=False), 1):
            if got != wanted:
                return f"column {number} is {got!r}, not {wanted!r}"
        return f"{len(found)} columns, not {len(self.columns)}"


def _quoted(cell: str) -> str:
    """A cell of a comma-separated file (RFC 4180). Cells hold no line ends."""
    return '"' + cell.replace('"', '""') + '"' if "," in cell or '"' in cell else cell


def formula_safe(text: str) -> str:
    """The text so that no spreadsheet runs it as a formula."""
    return "'" + text if _FORMULA.match(text) else text


def clean(text: str) -> str:
    """The text on one line: runs of space, tabs, line ends and control characters become one space, lone surrogates U+FFFD."""
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip(" ")
    kept = "".join(_mended(char) for char in text)
    return " ".join(kept.split())


def _mended(char: str) -> str:
    if char >= " " and char.isascii() and char != "\x7f":
        return char
    category = unicodedata.category(char)
    return "\ufffd" if category == "Cs" else " " if category in ("Cc", "Zl", "Zp", "Zs") else char


def joined(values: Iterable[str | None], *, empty: str = "") -> str | None:
    """Several values in one cell, joined with `; `; a semicolon within one becomes a comma. None where there are no values at all."""
    parts = [clean(value).replace(";", ",") if value else empty for value in values]
    return LIST_SEPARATOR.join(parts) if any(part != empty for part in parts) else None


def split_list(cell: str | None) -> list[str]:
    """The values of a cell that `joined` made."""
    return cell.split(LIST_SEPARATOR) if cell else []


def plain(value: int | float | bool | dt.date) -> str:
    """A number, date or truth value as text: no exponent for whole numbers, `true` and `false`."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return repr(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(value)
    return value.isoformat() if isinstance(value, dt.date) else str(value)


def fault(column: Column, value: str | None) -> str | None:
    """What is wrong with a cell as it was read; None if nothing is."""
    if value is None:
        return "it is required and missing" if column.required else None
    if not _is_of_kind(value, column.kind):
        return f"{value!r} is no {column.kind.value}"
    if column.choices and value not in column.choices:
        return f"{value!r} is not one of {', '.join(column.choices)}"
    if column.pattern and not re.fullmatch(column.pattern, value):
        return f"{value!r} does not have the form {column.pattern}"
    return f"{value!r} holds a tab, a line end or a control character" if value != clean(value) else None


def _is_of_kind(value: str, kind: Kind) -> bool:
    match kind:
        case Kind.INTEGER:
            return re.fullmatch(r"-?\d+", value, re.ASCII) is not None
        case Kind.NUMBER:
            return _NUMBER.fullmatch(value) is not None and value.isascii()
        case Kind.BOOLEAN:
            return value in ("true", "false")
        case Kind.DATE:
            return _is_date(value, "%Y-%m-%d", 10)
        case Kind.COMPACT:
            return _is_date(value, "%Y%m%d", 8)
        case _:
            return True


def _is_date(value: str, form: str, length: int) -> bool:
    try:
        return len(value) == length and value.isascii() and bool(dt.datetime.strptime(value, form))
    except ValueError:
        return False
