"""Files and standard input to reports. What cannot be read comes out as `Rejected`, in its place, and the rest goes on."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import msgspec

from dragoman.errors import DragomanError, InputError
from dragoman.records import Report, parse_date

# A JSONL line holds one report; a longer one is no line of text but a broken file.
LONGEST_LINE = 16_000_000


@dataclass(frozen=True, slots=True)
class Rejected:
    """Something that is not coded: where it stands (`file` or `file:line`) and why."""

    where: str
    reason: str


class _Row(msgspec.Struct):
    """A JSONL row; unknown fields are passed over."""

    id: str | int
    text: str
    date: str | None = None
    title: str | None = None
    url: str | None = None
    source: str | None = None


def read_sources(paths: Sequence[str], *, kind: str | None = None, date: dt.date | None = None) -> Iterator[Report | Rejected]:
    """Every report of the files, `-` for standard input; `kind` is text or jsonl, guessed from the name where None.

    `date` is for reports that carry none.
    """
    for path in paths:
        try:
            yield from _read_one(path, kind or ("jsonl" if path.endswith((".jsonl", ".ndjson")) else "text"), date)
        except OSError as error:
            yield Rejected(path, error.strerror or str(error))


def _read_one(path: str, kind: str, date: dt.date | None) -> Iterator[Report | Rejected]:
    if path == "-":
        yield from _read_stream(sys.stdin.buffer, "standard input", kind, date)
        return
    with Path(path).open("rb") as stream:
        yield from _read_stream(stream, path, kind, date)


def _read_stream(stream: BinaryIO, name: str, kind: str, date: dt.date | None) -> Iterator[Report | Rejected]:
    if kind == "jsonl":
        yield from _read_lines(stream, name, date)
        return
    data = stream.read(LONGEST_LINE + 1)
    if len(data) > LONGEST_LINE:
        yield Rejected(name, f"a text of more than {LONGEST_LINE:,} bytes is no report; for many reports use JSONL")
        return
    try:
        yield Report(id=name, text=decode(data), date=date)
    except DragomanError as error:
        yield Rejected(name, str(error))


def _read_lines(stream: BinaryIO, name: str, date: dt.date | None) -> Iterator[Report | Rejected]:
    number = 0
    while line := stream.readline(LONGEST_LINE + 1):
        number += 1
        where = f"{name}:{number}"
        if len(line) > LONGEST_LINE:
            yield Rejected(where, f"a line of more than {LONGEST_LINE:,} bytes")
            while line and not line.endswith(b"\n"):
                line = stream.readline(LONGEST_LINE)
        elif line.strip():
            try:
                yield _report(line, date)
            except DragomanError as error:
                yield Rejected(where, str(error))


def _report(line: bytes, date: dt.date | None) -> Report:
    decode(line)
    try:
        row = msgspec.json.decode(line, type=_Row)
    except msgspec.DecodeError as error:
        raise InputError(f"not a report: {error}") from error
    day = parse_date(row.date) if row.date else date
    return Report(id=str(row.id), text=row.text, date=day, title=row.title, url=row.url, source=row.source)


def decode(data: bytes) -> str:
    """UTF-8 (with or without a byte-order mark) or UTF-16 with one; raise `InputError` for anything else, saying where."""
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    if encoding != "utf-16" and b"\0" in data[:4096]:
        raise InputError("binary data, not text (it holds NUL bytes)")
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise InputError(f"not {encoding.upper()[:6].rstrip('-')} text (byte {error.start}); convert it first, for instance with iconv") from error
