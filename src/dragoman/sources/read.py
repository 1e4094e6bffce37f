"""Files, directories and standard input to reports. What cannot be read comes out as `Rejected`, in its place, and the rest goes on."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

import msgspec

from dragoman.errors import ConfigError, InputError
from dragoman.records import Report
from dragoman.sources.encoding import decode
from dragoman.sources.found import Found, Known, Rejected, RejectKind, SourceError, SourceOptions
from dragoman.sources.parser import Parser
from dragoman.sources.streams import Metered, unpacked
from dragoman.sources.tables import LONGEST_LINE, make_report, read_csv, read_jsonl, read_parquet, rejected
from dragoman.sources.warc import Page, read_warc

Item = Found | Known | Rejected

KINDS = ("text", "html", "feed", "jsonl", "csv", "parquet", "warc")
_SUFFIXES = {
    ".txt": "text", ".text": "text", ".md": "text", ".html": "html", ".htm": "html", ".xhtml": "html", ".rss": "feed", ".atom": "feed", ".xml": "feed",
    ".jsonl": "jsonl", ".ndjson": "jsonl", ".csv": "csv", ".tsv": "csv", ".parquet": "parquet", ".warc": "warc",
}  # fmt: skip
_PACKED = (".gz", ".zst")
_HEAD = 2_048
# A Parquet file that comes packed or through a pipe is put on disk to be read.
LARGEST_SPOOLED = 4_000_000_000


def read_sources(paths: Sequence[str], *, kind: str | None = None, date: dt.date | None = None) -> Iterator[Report | Rejected]:
    """Every report of the files, `-` for standard input; `kind` is one of `KINDS`, guessed where None. `date` is for reports that carry none."""
    for item in find_reports(paths, SourceOptions(kind=kind, date=date)):
        if isinstance(item, Found):
            yield item.report
        elif isinstance(item, Rejected):
            yield item


def find_reports(paths: Sequence[str], options: SourceOptions) -> Iterator[Item]:
    """Every report of the files and directories, with where it stands; what was read before, and what is no report."""
    if options.kind is not None and options.kind not in KINDS:
        raise ConfigError(f"no such kind of input: {options.kind!r}; choose from {', '.join(KINDS)}")
    with Parser() as parser:
        for path in paths:
            for file in _files(path):
                yield from file if isinstance(file, tuple) else _Reader(file, options, parser).items()


def _files(path: str) -> Iterator[str | tuple[Rejected]]:
    """The file itself, or all files under a directory in the order of their names; hidden ones are left out."""
    if path == "-" or not Path(path).is_dir():
        yield path
        return
    found = False
    for file in sorted(Path(path).rglob("*")):
        if file.is_file() and not any(part.startswith(".") for part in file.relative_to(path).parts):
            found = True
            yield str(file)
    if not found:
        yield (Rejected(path, "an empty directory", RejectKind.EMPTY),)


def guess_kind(name: str, head: bytes) -> str:
    """The kind of a file by its name, else by its first bytes; text where neither says."""
    path = Path(name)
    suffix = path.with_suffix("").suffix if path.suffix.lower() in _PACKED else path.suffix
    if (kind := _SUFFIXES.get(suffix.lower())) is not None:
        return kind
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:200].lower()
    if start.startswith(b"warc/"):
        return "warc"
    if head.startswith(b"PAR1"):
        return "parquet"
    if start.startswith((b"<!doctype html", b"<html")):
        return "html"
    if start.startswith((b"<?xml", b"<rss", b"<feed", b"<rdf:rdf")):
        return "html" if b"<html" in head.lower() else "feed"
    return "jsonl" if start.startswith(b'{"') else "text"


class _Reader:
    """Reads one file."""

    def __init__(self, path: str, options: SourceOptions, parser: Parser) -> None:
        self.path, self.options, self.parser = path, options, parser
        self.name = "standard input" if path == "-" else path

    def items(self) -> Iterator[Item]:
        try:
            if self.path == "-":
                yield from self._read(io.BufferedReader(Metered(sys.stdin.buffer, self.options.meter)))
            else:
                with Path(self.path).open("rb") as raw:
                    yield from self._read(io.BufferedReader(Metered(raw, self.options.meter)))
        except OSError as error:
            yield Rejected(self.name, error.strerror or str(error), RejectKind.UNREADABLE)
        except InputError as error:
            yield rejected(self.name, error)

    def _read(self, packed: io.BufferedReader) -> Iterator[Item]:
        if self._is_warc(packed):
            yield from self._archive(packed)
            return
        stream = unpacked(packed)
        kind = self.options.kind or guess_kind(self.name, stream.peek(_HEAD)[:_HEAD])
        if kind == "jsonl":
            yield from read_jsonl(stream, self.name, self.options)
        elif kind == "csv":
            yield from read_csv(stream, self.name, self.options)
        elif kind == "parquet":
            yield from self._parquet(stream, direct=stream is packed)
        elif kind == "warc":
            yield from self._archive(stream)
        elif kind == "feed":
            yield from self._feed(_whole(stream))
        elif kind == "html":
            yield from self._page(_whole(stream), None, self.name)
        else:
            yield Found(Report(id=self.name, text=decode(_whole(stream)), date=self.options.date, source=self.options.source), self.name)

    def _is_warc(self, packed: io.BufferedReader) -> bool:
        """An archive is unpacked member by member, so that one corrupt member costs no more than itself."""
        if self.options.kind is not None:
            return self.options.kind == "warc" and not self.name.endswith(".zst")
        return guess_kind(self.name, packed.peek(_HEAD)[:_HEAD]) == "warc" and not self.name.endswith(".zst")

    def _archive(self, stream: BinaryIO) -> Iterator[Item]:
        for item in read_warc(stream, self.name):
            if isinstance(item, Rejected):
                yield item
            else:
                yield from self._archived(item)

    def _archived(self, page: Page) -> Iterator[Item]:
        if page.media_type in ("text/html", "application/xhtml+xml", ""):
            yield from self._page(page.body, page.url, page.where)
        elif page.media_type == "text/plain":
            try:
                yield Found(make_report({"text": decode(page.body), "url": page.url}, self.options, page.where), page.where)
            except InputError as error:
                yield rejected(page.where, error)
        else:
            yield Rejected(page.where, f"{page.media_type} is no report ({page.url})", RejectKind.NO_REPORT)

    def _page(self, data: bytes, url: str | None, where: str) -> Iterator[Item]:
        """The report in a page of HTML, unless the same page has been read before with the same options."""
        key = hashlib.sha256(msgspec.json.encode(("html", url, self.options.date, self.options.source)) + data).hexdigest()
        if self.options.known(key):
            yield Known(where, key)
            return
        try:
            rows = self.parser.parse("html", data, url)
            if not rows:
                raise SourceError("no article in this page", RejectKind.NO_REPORT)
            yield Found(make_report(rows[0] | {"id": url or where}, self.options, where), where, key)
        except InputError as error:
            yield rejected(where, error)

    def _feed(self, data: bytes) -> Iterator[Item]:
        rows = self.parser.parse("feed", data)
        if not rows:
            yield Rejected(self.name, "a feed without entries", RejectKind.EMPTY)
        for number, row in enumerate(rows, 1):
            where = f"{self.name}:{number}"
            try:
                if "error" in row:
                    raise SourceError(row["error"], RejectKind.DAMAGED)
                yield Found(make_report(row, self.options, where), where)
            except InputError as error:
                yield rejected(where, error)

    def _parquet(self, stream: BinaryIO, *, direct: bool) -> Iterator[Item]:
        if direct and self.path != "-":
            yield from read_parquet(Path(self.path).resolve(), self.name, self.options)
            return
        with tempfile.NamedTemporaryFile(suffix=".parquet") as spool:
            size = 0
            while piece := stream.read(1 << 20):
                size += len(piece)
                if size > LARGEST_SPOOLED:
                    raise SourceError(f"a Parquet file of more than {LARGEST_SPOOLED:,} bytes; unpack it first", RejectKind.TOO_LARGE)
                spool.write(piece)
            spool.flush()
            yield from read_parquet(Path(spool.name), self.name, self.options)


def _whole(stream: BinaryIO) -> bytes:
    data = stream.read(LONGEST_LINE + 1)
    if len(data) > LONGEST_LINE:
        raise SourceError(f"a text of more than {LONGEST_LINE:,} bytes is no report; for many reports use JSONL", RejectKind.TOO_LARGE)
    return data
