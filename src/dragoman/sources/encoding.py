"""Bytes to text: what a byte-order mark or UTF-8 itself says, else the encoding that the bytes look like."""

from __future__ import annotations

from dragoman.sources.found import RejectKind, SourceError

_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe\x00\x00", "utf-32"), (b"\x00\x00\xfe\xff", "utf-32"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
# English in a Western encoding is nearly all ASCII: quotes, dashes, pounds and the accents of names are the rest.
LEAST_ASCII = 0.95
_SAMPLE = 100_000


def decode(data: bytes) -> str:
    """The text; raise `SourceError` for binary data and for an encoding that cannot be told."""
    marked = next((encoding for mark, encoding in _MARKS if data.startswith(mark)), None)
    if marked is None and b"\0" in data[:4096]:
        raise SourceError("binary data, not text (it holds NUL bytes)", RejectKind.BINARY)
    try:
        text = data.decode(marked or "utf-8")
    except UnicodeDecodeError as error:
        if marked:
            raise SourceError(f"not the {marked.upper()} that its first bytes promise (byte {error.start})", RejectKind.ENCODING) from error
        text = data.decode(detect(data, error.start), errors="strict")
    return without_controls(text)


def detect(data: bytes, first_bad: int = 0) -> str:
    """The encoding of text that is not UTF-8; raise `SourceError` if it looks like none."""
    ascii_share = sum(byte < 128 for byte in data[:_SAMPLE]) / max(1, len(data[:_SAMPLE]))
    if ascii_share >= LEAST_ASCII and _decodes(data, "cp1252"):
        return "cp1252"
    from charset_normalizer import from_bytes

    best = from_bytes(data[:_SAMPLE]).best()
    if best is not None and _decodes(data, best.encoding):
        return best.encoding
    raise SourceError(f"not UTF-8 text (byte {first_bad}), and no other encoding fits; convert it first, for instance with iconv", RejectKind.ENCODING)


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def without_controls(text: str) -> str:
    """Windows line ends as plain ones; a text that holds NUL characters is binary."""
    if "\0" in text:
        raise SourceError("binary data, not text (it holds NUL characters)", RejectKind.BINARY)
    return text.replace("\r\n", "\n")
