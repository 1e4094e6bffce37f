"""Rows to reports: JSONL, CSV and Parquet, with a mapping from a report's fields to the file's columns."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from dragoman.errors import InputError
from dragoman.records import Report, parse_date
from dragoman.sources.encoding import decode, detect
from dragoman.sources.found import FIELDS, Found, Rejected, RejectKind, SourceError, SourceOptions

# A line holds one report; a longer one is no line of text but a broken file.
LONGEST_LINE = 16_000_000
_DELIMITERS = (",", "\t", ";", "|")
_ROWS_AT_ONCE = 256
# Of what DuckDB may hold of a Parquet file at a time.
PARQUET_MEMORY = "512MB"


def read_jsonl(stream: BinaryIO, name: str, options: SourceOptions) -> Iterator[Found | Rejected]:
    """One report a line."""
    number = 0
    while line := stream.readline(LONGEST_LINE + 1):
        number += 1
        where = f"{name}:{number}"
        if len(line) > LONGEST_LINE:
            yield Rejected(where, f"a line of more than {LONGEST_LINE:,} bytes", RejectKind.TOO_LARGE)
            while line and not line.endswith(b"\n"):
                line = stream.readline(LONGEST_LINE)
        elif line.strip():
            try:
                yield Found(_from_line(line, options, where), where)
            except InputError as error:
                yield rejected(where, error)


def read_csv(stream: BinaryIO, name: str, options: SourceOptions) -> Iterator[Found | Rejected]:
    """One report a row, under a header; comma, tab, semicolon or bar by the header."""
    csv.field_size_limit(LONGEST_LINE)
    lines = _csv_lines(stream)
    header = next(lines, "")
    delimiter = max(_DELIMITERS, key=header.count)
    try:
        columns = next(csv.reader([header], delimiter=delimiter), [])
    except csv.Error as error:
        raise SourceError(f"no header of a table: {error}", RejectKind.DAMAGED) from error
    check_columns(columns, options)
    rows = csv.reader(lines, delimiter=delimiter)
    while True:
        where = f"{name}:{rows.line_num + 2}"
        try:
            row = next(rows)
            if row:
                yield Found(_from_cells(columns, row, options, where), where)
        except StopIteration:
            return
        except csv.Error as error:
            yield Rejected(where, f"not a CSV row: {error}", RejectKind.DAMAGED)
        except InputError as error:
            yield rejected(where, error)


def read_parquet(path: Path, name: str, options: SourceOptions) -> Iterator[Found | Rejected]:
    """One report a row; DuckDB may open this file and nothing else."""
    import duckdb

    try:
        with duckdb.connect(":memory:", config={"threads": 1, "memory_limit": PARQUET_MEMORY, "autoinstall_known_extensions": False}) as conn:
            conn.execute("SET allowed_paths = [$path]", {"path": str(path)})
            conn.execute("SET enable_external_access = false")
            conn.execute("SET lock_configuration = true")
            rows = conn.execute("SELECT * FROM read_parquet($path)", {"path": str(path)})
            columns = [column[0] for column in rows.description or []]
            check_columns(columns, options)
            number = 0
            while part := rows.fetchmany(_ROWS_AT_ONCE):
                for row in part:
                    number += 1
                    yield from _found(f"{name}:{number}", dict(zip(columns, row, strict=True)), options)
    except duckdb.Error as error:
        raise SourceError(f"not a whole Parquet file: {str(error).partition(chr(10))[0]}", RejectKind.DAMAGED) from error


def make_report(row: Mapping[str, Any], options: SourceOptions, where: str) -> Report:
    """A report of a row of fields; raise `InputError` or `SourceError` for what cannot be meant. Without an id it is where it stands."""
    text = row.get("text")
    if not isinstance(text, str):
        raise SourceError("no text" if text is None else f"the text is no string but {type(text).__name__}", RejectKind.NO_REPORT)
    date = row.get("date")
    values = {name: _clean(row.get(name)) for name in ("title", "url", "source")}
    return Report(
        id=str(row["id"]) if row.get("id") not in (None, "") else where,
        text=_checked(text),
        date=parse_date(str(date)) if date not in (None, "") else options.date,
        title=values["title"],
        url=values["url"],
        source=values["source"] or options.source,
    )


def rejected(where: str, error: InputError) -> Rejected:
    """The error as a rejected item."""
    return Rejected(where, str(error), error.kind if isinstance(error, SourceError) else RejectKind.INVALID)


def check_columns(columns: list[str], options: SourceOptions) -> None:
    """Raise `SourceError` if the text's column, or a mapped one, is not there."""
    wanted = {"text": "text"} | dict(options.columns)
    for field, column in wanted.items():
        if column not in columns:
            shown = ", ".join(columns[:20]) or "none"
            raise SourceError(f"no column {column!r} for the {field}; there are: {shown}. Give --column {field}=COLUMN", RejectKind.NO_REPORT)


def _found(where: str, row: Mapping[str, Any], options: SourceOptions) -> Iterator[Found | Rejected]:
    try:
        yield Found(make_report(_mapped(row, options), options, where), where)
    except InputError as error:
        yield rejected(where, error)


def _from_line(line: bytes, options: SourceOptions, where: str) -> Report:
    text = decode(line)
    try:
        row = msgspec.json.decode(text.encode(), type=dict[str, Any])
    except msgspec.DecodeError as error:
        raise SourceError(f"not a report: {error}", RejectKind.DAMAGED) from error
    except RecursionError as error:
        raise SourceError("not a report: nested too deeply", RejectKind.DAMAGED) from error
    return make_report(_mapped(row, options), options, where)


def _mapped(row: Mapping[str, Any], options: SourceOptions) -> dict[str, Any]:
    return {name: row.get(options.columns.get(name, name)) for name in FIELDS}


def _from_cells(columns: list[str], cells: list[str], options: SourceOptions, where: str) -> Report:
    if len(cells) != len(columns):
        raise SourceError(f"{len(cells)} cells under {len(columns)} columns", RejectKind.DAMAGED)
    for cell in cells:
        if any("\udc80" <= char <= "\udcff" for char in cell):
            raise SourceError("a byte that is not in the file's encoding", RejectKind.ENCODING)
    return make_report(_mapped(dict(zip(columns, cells, strict=True)), options), options, where)


def _csv_lines(stream: BinaryIO) -> Iterator[str]:
    """Lines as text, in the encoding that the first of them show; what is not in it becomes surrogates, for which its row is refused.

    Raise `SourceError` where an encoding of several bytes a character breaks off, for which there are no surrogates.
    """
    try:
        yield from _decoded_lines(stream)
    except UnicodeDecodeError:
        raise SourceError("a byte that is not in the file's encoding", RejectKind.ENCODING) from None


def _decoded_lines(stream: BinaryIO) -> Iterator[str]:
    head = stream.readline(LONGEST_LINE + 1)
    sample = head + b"".join(stream.readline(LONGEST_LINE) for _ in range(20))
    encoding = _encoding(sample)
    if encoding.replace("_", "-").startswith("utf-16"):
        yield from io.TextIOWrapper(io.BufferedReader(_Joined(sample, stream)), encoding, errors="surrogateescape", newline="")
        return
    pending = io.BytesIO(sample)
    for source in (pending, stream):
        while line := source.readline(LONGEST_LINE + 1):
            if len(line) > LONGEST_LINE:
                raise SourceError(f"a line of more than {LONGEST_LINE:,} bytes", RejectKind.TOO_LARGE)
            yield line.decode(encoding, errors="surrogateescape").removeprefix("\ufeff").replace("\0", "")


def _encoding(sample: bytes) -> str:
    if sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if b"\0" in sample:
        raise SourceError("binary data, not a table (it holds NUL bytes)", RejectKind.BINARY)
    try:
        sample.decode("utf-8")
    except UnicodeDecodeError as error:
        # A bad byte in a table that is otherwise UTF-8 is a damaged row; where nothing is UTF-8, it is another encoding.
        return "utf-8" if _is_mostly_utf8(sample) else detect(sample, error.start)
    return "utf-8"


def _is_mostly_utf8(sample: bytes) -> bool:
    """Whether it holds more whole sequences of UTF-8 than bytes that fit none."""
    text = sample.decode("utf-8", "replace")
    return sum(char > "\x7f" and char != "\ufffd" for char in text) > text.count("\ufffd")


class _Joined(io.RawIOBase):
    """Bytes that were read ahead, then the rest of their stream."""

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        self._head, self._rest = head, rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data, self._head = self._head[: len(buffer)], self._head[len(buffer) :]
        data = data or self._rest.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


def _clean(value: Any) -> str | None:
    if value is None:
        return None
    text = " ".join(str(value).replace("\0", "").split())
    return _checked(text) or None


def _checked(text: str) -> str:
    """The text, if it can be written as UTF-8 at all."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise SourceError(f"half a character (a lone surrogate) at {error.start}", RejectKind.ENCODING) from error
    return text
