"""WARC archives: every record checked for completeness, and the reading taken up again after a corrupt one.

warcio takes a truncated file for a complete one and stops at a corrupt member, so the bounds of records are found here, and warcio
reads one whole record at a time. Format: ISO 28500:2017.
"""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from dragoman.sources.found import Rejected, RejectKind, SourceError
from dragoman.sources.streams import GZIP, check_ratio

# A page of news is far below; video stands in archives too.
LARGEST_RECORD = 32_000_000
_PIECE = 65_536
_MEMBER = b"\x1f\x8b\x08"
_START = re.compile(rb"WARC/1\.[01]\r\n")
_LENGTH = re.compile(rb"^content-length:[ \t]*(\d+)[ \t]*\r$", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Page:
    """A response of an archive: its address, media type and body, decoded as HTTP had packed it."""

    where: str
    url: str | None
    media_type: str
    body: bytes


def read_warc(stream: BinaryIO, name: str) -> Iterator[Page | Rejected]:
    """The pages of an archive, plain or with a gzip member a record, and what is no page and why."""
    window = _Window(stream)
    records = _members(window, name) if window.starts_with(GZIP) else _plain(window, name)
    for item in records:
        if isinstance(item, Rejected):
            yield item
        else:
            yield from _page(*item)


class _Window:
    """A stream read through a buffer that can be searched, with the offset of its first byte."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.data = bytearray()
        self.offset = 0
        self.ended = False

    def starts_with(self, prefix: bytes) -> bool:
        """Whether the next bytes are these."""
        self.fill(len(prefix))
        return self.data.startswith(prefix)

    def fill(self, size: int) -> bool:
        """Have at least so many bytes; false where the stream ends before."""
        while len(self.data) < size and not self.ended:
            piece = self._stream.read(max(_PIECE, size - len(self.data)) if size < LARGEST_RECORD else _PIECE)
            self.ended = not piece
            self.data += piece
        return len(self.data) >= size

    def drop(self, size: int) -> None:
        """Go on by so many bytes."""
        del self.data[:size]
        self.offset += size

    def seek(self, find: Callable[[bytearray], int], overlap: int) -> bool:
        """Go on to where `find` finds something; false at the end of the stream."""
        while True:
            if (at := find(self.data)) >= 0:
                self.drop(at)
                return True
            self.drop(max(0, len(self.data) - overlap))
            if not self.fill(len(self.data) + 1):
                return False


def _members(window: _Window, name: str) -> Iterator[tuple[bytes, str] | Rejected]:
    """Each gzip member's contents with its offset."""
    while window.fill(1):
        where = f"{name}@{window.offset}"
        try:
            record, size = _inflate(window)
        except SourceError as error:
            yield Rejected(where, str(error), error.kind)
            # The next member begins where a header stands; a false one fails in its turn.
            window.drop(1)
            if not window.seek(lambda data: data.find(_MEMBER), len(_MEMBER)):
                return
            continue
        window.drop(size)
        yield from _records(record, where)


def _inflate(window: _Window) -> tuple[bytes, int]:
    """The contents of the member that begins here, and its size; more is read as it is needed, nothing is dropped."""
    member = zlib.decompressobj(wbits=31)
    made, at = bytearray(), 0
    while not member.eof:
        if not window.fill(at + 1):
            raise SourceError("cut off in the middle of a record", RejectKind.DAMAGED)
        piece = bytes(window.data[at : at + _PIECE // 16])
        at += len(piece)
        try:
            made += member.decompress(piece)
        except zlib.error as error:
            raise SourceError(f"corrupt record: {error}", RejectKind.DAMAGED) from error
        check_ratio(at, len(made))
        if len(made) > LARGEST_RECORD:
            raise SourceError(f"a record of more than {LARGEST_RECORD:,} bytes", RejectKind.TOO_LARGE)
    return bytes(made), at - len(member.unused_data)


def _records(data: bytes, where: str) -> Iterator[tuple[bytes, str] | Rejected]:
    """The records of one member: one by the standard, several where a whole archive was packed at once."""
    window = _Window(io.BytesIO(data))
    for item in _plain(window, where):
        yield item if isinstance(item, Rejected) else (item[0], where)


def _plain(window: _Window, name: str) -> Iterator[tuple[bytes, str] | Rejected]:
    while window.fill(1):
        where = f"{name}@{window.offset}"
        try:
            size = _record_size(window)
        except SourceError as error:
            yield Rejected(where, str(error), error.kind)
            window.drop(1)
            if not window.seek(_next_start, 16):
                return
            continue
        yield bytes(window.data[:size]), where
        window.drop(size)
        while window.fill(1) and bytes(window.data[:1]) in (b"\r", b"\n"):
            window.drop(1)


def _next_start(data: bytearray) -> int:
    found = _START.search(data)
    return found.start() if found else -1


def _record_size(window: _Window) -> int:
    """The size of the record that begins here; raise `SourceError` if there is none, or not all of it."""
    window.fill(65_536)
    head_end = window.data.find(b"\r\n\r\n", 0, 65_536)
    if not _START.match(window.data):
        raise SourceError("no WARC record where one should begin", RejectKind.DAMAGED)
    found = _LENGTH.search(window.data, 0, head_end + 1) if head_end >= 0 else None
    if found is None:
        raise SourceError("a WARC record without a length", RejectKind.DAMAGED)
    length = int(found[1])
    if length > LARGEST_RECORD:
        raise SourceError(f"a record of {length:,} bytes; the limit is {LARGEST_RECORD:,}", RejectKind.TOO_LARGE)
    size = head_end + 4 + length
    if not window.fill(size):
        raise SourceError(f"cut off: the record has {len(window.data) - head_end - 4:,} of its {length:,} bytes", RejectKind.DAMAGED)
    after = bytes(window.data[size : size + 4]) if window.fill(size + 4) else bytes(window.data[size:])
    if after.strip(b"\r\n"):
        raise SourceError("a record that is longer or shorter than it says", RejectKind.DAMAGED)
    return size


def _page(record: bytes, where: str) -> Iterator[Page | Rejected]:
    """The page in a record; records that are no responses are passed over, for they are the archive's own."""
    from warcio.archiveiterator import ArchiveIterator

    try:
        for one in ArchiveIterator(io.BytesIO(record)):
            if one.rec_type not in ("response", "resource"):
                continue
            url = one.rec_headers.get_header("WARC-Target-URI")
            status = one.http_headers.get_statuscode() if one.http_headers else "200"
            headers = one.http_headers or one.rec_headers
            media_type = (headers.get_header("Content-Type") or "").partition(";")[0].strip().lower()
            if not status.startswith("2"):
                yield Rejected(where, f"no page: HTTP status {status} of {url}", RejectKind.NO_REPORT)
            else:
                yield Page(where, url, media_type, _body(one.content_stream()))
    except SourceError as error:
        yield Rejected(where, str(error), error.kind)
    except Exception as error:  # warcio lets errors of many libraries through
        yield Rejected(where, f"a record that cannot be read: {type(error).__name__}: {error}"[:300], RejectKind.DAMAGED)


def _body(stream: BinaryIO) -> bytes:
    """The body, unpacked; an HTTP body may be a bomb too."""
    data = stream.read(LARGEST_RECORD + 1)
    if len(data) > LARGEST_RECORD:
        raise SourceError(f"a page of more than {LARGEST_RECORD:,} bytes", RejectKind.TOO_LARGE)
    return data
