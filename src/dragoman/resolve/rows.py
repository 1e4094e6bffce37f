"""Tab-separated tables that ship in `resolve/data`: a row a line, `#` for comments."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from importlib.resources import files

from dragoman.errors import ResourceError


def read_table(name: str) -> str:
    """The text of a table, unpacked where its name ends in .gz; raise `ResourceError` if it cannot be read."""
    try:
        packed = files("dragoman.resolve").joinpath("data", name).read_bytes()
        return (gzip.decompress(packed) if name.endswith(".gz") else packed).decode("utf-8")
    except (OSError, EOFError, ValueError) as error:
        raise ResourceError(f"{name}: {error}; reinstall the package") from error


def data_rows(name: str, columns: int) -> Iterator[list[str]]:
    """The rows of a table; raise `ResourceError` for a row that has more or fewer columns."""
    for number, line in enumerate(read_table(name).splitlines(), 1):
        if line and not line.startswith("#"):
            row = line.split("\t")
            if len(row) != columns:
                raise ResourceError(f"{name}:{number}: {len(row)} columns, not {columns}")
            yield row
