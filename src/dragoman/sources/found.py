"""What a source gives: reports that were found, or what is no report and why."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from dragoman.errors import InputError
from dragoman.records import Report


class RejectKind(StrEnum):
    """Why something did not become events."""

    UNREADABLE = "unreadable"  # the file or directory cannot be opened
    ENCODING = "encoding"  # text in an encoding that cannot be told
    BINARY = "binary"  # no text at all
    EMPTY = "empty"
    LANGUAGE = "language"  # not English
    TOO_LARGE = "too-large"
    TOO_SLOW = "too-slow"
    DAMAGED = "damaged"  # truncated, corrupt, or so made that a parser dies of it
    NO_REPORT = "no-report"  # whole, but of another kind: an image, a redirect, a row without text
    INVALID = "invalid"  # a value that cannot be meant, such as a date that is none


@dataclass(frozen=True, slots=True)
class Rejected:
    """Something that is not coded: where it stands (`file`, `file:line` or `file@offset`), why, and the kind of reason."""

    where: str
    reason: str
    kind: RejectKind = RejectKind.UNREADABLE


@dataclass(frozen=True, slots=True)
class Found:
    """A report and where it stands; `page` is the hash of the raw page that it was extracted from, if it was."""

    report: Report
    where: str
    page: str | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """A page that has been read before, by its hash."""

    where: str
    page: str


class SourceError(InputError):
    """An item of a source that cannot be read, with the kind of reason; becomes a `Rejected`."""

    def __init__(self, reason: str, kind: RejectKind) -> None:
        super().__init__(reason)
        self.kind = kind


@dataclass(slots=True)
class Meter:
    """How many bytes of how many have been read, for the time left; `total` is 0 where it is not known."""

    done: int = 0
    total: int = 0


FIELDS = ("id", "text", "date", "title", "url", "source")


@dataclass(frozen=True, slots=True)
class SourceOptions:
    """How sources are read. `kind` None guesses from name and content; `date` is for reports that carry none; `columns` maps a report's
    fields to the names that a JSONL, CSV or Parquet file has for them; `known` says whether a page of this hash has been read before."""

    kind: str | None = None
    date: dt.date | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    source: str | None = None
    known: Callable[[str], bool] = lambda page: False
    meter: Meter = field(default_factory=Meter)

    def with_known(self, known: Callable[[str], bool]) -> SourceOptions:
        """The same, with the question whether a page has been read before."""
        return replace(self, known=known)


def parse_columns(pairs: list[str]) -> dict[str, str]:
    """Read `field=column` pairs; raise `InputError` for a field that a report does not have."""
    found = {}
    for pair in pairs:
        name, equals, column = pair.partition("=")
        if not equals or name not in FIELDS or not column:
            raise InputError(f"not a column mapping: {pair!r}; write FIELD=COLUMN with a field of {', '.join(FIELDS)}")
        found[name] = column
    return found
