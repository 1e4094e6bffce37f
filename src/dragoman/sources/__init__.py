"""Where reports come from: text files and JSONL, with a reason for every one that cannot be read."""

from dragoman.sources.read import Rejected, read_sources

__all__ = ["Rejected", "read_sources"]
