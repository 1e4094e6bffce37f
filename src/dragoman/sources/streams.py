"""Bytes in: files with a meter of what has been read, and decompression that stops at a bomb and says where a file is cut off."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable
from typing import Any, BinaryIO

from dragoman.sources.found import Meter, RejectKind, SourceError

# Text packs 3 to 12 times, the most repetitive tables some 50 times; a file of zeros 1,000 times and more.
MOST_RATIO = 200
FREE_BYTES = 32_000_000
_PIECE = 65_536
# A zstd block of 128 KiB may be four bytes long, so that a piece of this size makes at most 32 MiB.
_ZSTD_PIECE = 1_024
GZIP, ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"


class Metered(io.RawIOBase):
    """A binary file whose reading is counted."""

    def __init__(self, raw: BinaryIO, meter: Meter) -> None:
        self._raw, self._meter = raw, meter

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read into the buffer."""
        data = self._raw.read(len(buffer))
        buffer[: len(data)] = data
        self._meter.done += len(data)
        return len(data)


class Unpacked(io.RawIOBase):
    """The contents of a gzip or zstd stream; reading raises `SourceError` where it is corrupt, cut off or a bomb."""

    def __init__(self, raw: BinaryIO, unpack: Callable[[bytes], tuple[bytes, bool]], piece: int) -> None:
        self._raw, self._unpack, self._piece = raw, unpack, piece
        self._ready = memoryview(b"")
        self._packed = self._unpacked = 0
        self._whole = True

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read into the buffer."""
        while not self._ready:
            data = self._raw.read(self._piece)
            if not data:
                if not self._whole:
                    raise SourceError(f"cut off after {self._packed:,} compressed bytes", RejectKind.DAMAGED)
                return 0
            self._packed += len(data)
            made, self._whole = self._unpack(data)
            self._unpacked += len(made)
            self._ready = memoryview(made)
            check_ratio(self._packed, self._unpacked)
        count = min(len(buffer), len(self._ready))
        buffer[:count] = self._ready[:count]
        self._ready = self._ready[count:]
        return count


def check_ratio(packed: int, unpacked: int) -> None:
    """Raise `SourceError` if so much cannot have come of so little."""
    if unpacked > FREE_BYTES and unpacked > MOST_RATIO * packed:
        raise SourceError(f"{packed:,} compressed bytes make more than {MOST_RATIO} times as many: a decompression bomb, not reports", RejectKind.TOO_LARGE)


def unpacked(stream: io.BufferedReader) -> io.BufferedReader:
    """The stream itself, or its contents where it is gzip or zstd by its first bytes; a bomb in a bomb is refused like any other."""
    head = stream.peek(4)[:4]
    if head.startswith(GZIP):
        return io.BufferedReader(Unpacked(stream, _Gunzip(), _PIECE // 16), _PIECE)
    if head == ZSTD:
        return io.BufferedReader(Unpacked(stream, _Unzstd(), _ZSTD_PIECE), _PIECE)
    return stream


class _Gunzip:
    """Gzip, any number of members."""

    def __init__(self) -> None:
        self._member = zlib.decompressobj(wbits=31)

    def __call__(self, data: bytes) -> tuple[bytes, bool]:
        made = []
        try:
            while data:
                made.append(self._member.decompress(data))
                data = self._member.unused_data
                if self._member.eof:
                    # Zeros after the last member are padding.
                    data = data.lstrip(b"\0")
                    self._member = zlib.decompressobj(wbits=31)
                    if not data:
                        return b"".join(made), True
        except zlib.error as error:
            raise SourceError(f"corrupt gzip data: {error}", RejectKind.DAMAGED) from error
        return b"".join(made), False


class _Unzstd:
    """Zstandard, any number of frames."""

    def __init__(self) -> None:
        import zstandard

        # A frame may ask for gigabytes of window; the command-line tool's own limit is 128 MiB.
        self._decompressor = zstandard.ZstdDecompressor(max_window_size=2**27)
        self._frame = self._decompressor.decompressobj()
        self._error = zstandard.ZstdError

    def __call__(self, data: bytes) -> tuple[bytes, bool]:
        made = []
        try:
            while data:
                made.append(self._frame.decompress(data))
                data = self._frame.unused_data
                if self._frame.eof:
                    self._frame = self._decompressor.decompressobj()
                    if not data:
                        return b"".join(made), True
        except self._error as error:
            raise SourceError(f"corrupt zstd data: {error}", RejectKind.DAMAGED) from error
        return b"".join(made), False
