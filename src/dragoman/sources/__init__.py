"""Where reports come from: text, HTML, feeds, tables, archives, directories and standard input, with a reason for all that cannot be read."""

from dragoman.sources.found import Found, Known, Meter, Rejected, RejectKind, SourceError, SourceOptions, parse_columns
from dragoman.sources.read import KINDS, find_reports, read_sources

__all__ = [
    "KINDS", "Found", "Known", "Meter", "RejectKind", "Rejected", "SourceError", "SourceOptions", "find_reports", "parse_columns", "read_sources",
]  # fmt: skip
