"""The flat layout as Parquet, through DuckDB, with its extensions and every file but the two at hand shut off."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dragoman.errors import ConfigError, InputError
from dragoman.formats.flat import COLUMNS, values
from dragoman.formats.item import Item
from dragoman.formats.jsonlines import encode
from dragoman.formats.layout import Column, Kind, Problem, clean, fault, plain

if TYPE_CHECKING:
    import duckdb

TYPES = {
    Kind.STRING: "VARCHAR", Kind.LIST: "VARCHAR[]", Kind.DATE: "DATE", Kind.INTEGER: "BIGINT", Kind.NUMBER: "DOUBLE", Kind.BOOLEAN: "BOOLEAN",
}  # fmt: skip
# Enough for DuckDB's row groups of the flat layout; the rows themselves stream.
MEMORY_LIMIT = "512MB"


def write_parquet(items: Iterable[Item], path: Path, *, with_text: bool = False) -> int:
    """Write the items as one Parquet file (zstd) and return how many there were; raise `ConfigError` if it cannot be written.

    The rows pass through a file of JSON lines beside the target, so that memory stays flat whatever their number. The target is put in
    its place when it is whole.
    """
    try:
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".parquet-") as folder:
            lines, whole = Path(folder) / "rows.jsonl", Path(folder) / "whole.parquet"
            written = _write_lines(items, lines, with_text)
            _copy(lines, whole)
            whole.replace(path)
    except OSError as error:
        raise ConfigError(f"cannot write {path}: {error.strerror}") from error
    return written


def _write_lines(items: Iterable[Item], lines: Path, with_text: bool) -> int:
    written = 0
    with lines.open("w", encoding="utf-8") as stream:
        for item in items:
            row = {name: _json(value) for name, value in values(item, with_text).items()}
            stream.write(encode(row) + "\n")
            written += 1
    return written


def read_parquet(path: Path) -> Iterator[dict[str, Any]]:
    """The rows of a file, typed; raise `InputError` if it is no Parquet or has other columns."""
    with _connection([path], path) as connection:
        found = [(str(name), str(kind)) for name, kind, *_ in connection.execute(f"DESCRIBE SELECT * FROM {_source(path)}").fetchall()]
        wanted = [(column.name, TYPES[column.kind]) for column in COLUMNS]
        if found != wanted:
            different = next(((got, want) for got, want in zip(found, wanted, strict=False) if got != want), (len(found), len(wanted)))
            raise InputError(f"{path}: not the columns of the layout: {different[0]} instead of {different[1]}")
        result = connection.execute(f"SELECT * FROM {_source(path)}")
        while batch := result.fetchmany(1000):
            yield from (dict(zip((column.name for column in COLUMNS), row, strict=True)) for row in batch)


def scan_parquet(path: Path) -> Iterator[dict[str, Any] | Problem]:
    """The rows of a file and what is wrong with it, rows counted from 1."""
    seen: set[str] = set()
    for number, row in enumerate(read_parquet(path), 1):
        faults = [Problem(line=number, column=column.name, reason=reason) for column in COLUMNS if (reason := _fault(column, row[column.name]))]
        if row["id"] in seen:
            faults.append(Problem(line=number, column="id", reason=f"{row['id']} stands in an earlier row too"))
        seen.add(row["id"])
        if faults:
            yield from faults
        else:
            yield row


def _json(value: Any) -> Any:
    if isinstance(value, str):
        return clean(value) or None
    if isinstance(value, list):
        return [clean(one) if one else one for one in value]
    return value.isoformat() if isinstance(value, dt.date) else value


def _fault(column: Column, value: Any) -> str | None:
    if isinstance(value, list):
        return next((reason for one in value if (reason := fault(column, one))), None)
    return fault(column, value if value is None or isinstance(value, str) else plain(value))


def _copy(lines: Path, path: Path) -> None:
    columns = ", ".join(f"{column.name}: '{TYPES[column.kind]}'" for column in COLUMNS)
    source = f"read_json({_quoted(lines)}, columns={{{columns}}}, format='newline_delimited')"
    with _connection([lines, path], path) as connection:
        connection.execute(f"COPY (SELECT * FROM {source}) TO {_quoted(path)} (FORMAT parquet, COMPRESSION zstd)")


@contextmanager
def _connection(allowed: Sequence[Path], path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database in memory that can touch the allowed files and nothing else."""
    import duckdb

    connection = duckdb.connect(
        ":memory:",
        config={
            "allow_community_extensions": False,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "memory_limit": MEMORY_LIMIT,
            "threads": 2,
        },
    )
    try:
        connection.execute(f"SET allowed_paths = [{', '.join(map(_quoted, allowed))}]")
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
        yield connection
    except duckdb.IOException as error:
        raise InputError(f"cannot read or write {path}: {_first_line(error)}") from error
    except duckdb.Error as error:
        raise InputError(f"{path}: {_first_line(error)}") from error
    finally:
        connection.close()


def _source(path: Path) -> str:
    return f"read_parquet({_quoted(path)})"


def _quoted(path: Path) -> str:
    # The allowed path and the path in the query must be the same string.
    return "'" + str(path.absolute()).replace("'", "''") + "'"


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]
