"""Small helpers over SQLAlchemy Core that both databases share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

# Well below the parameters that one statement may have on either database.
CHUNK = 400

T = TypeVar("T")


def chunks(items: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    """The items in lists of at most `size`."""
    pending = iter(items)
    while part := list(islice(pending, size)):
        yield part


def select_in(conn: sa.Connection, query: sa.Select[Any], column: sa.ColumnElement[Any], values: Iterable[Any]) -> list[sa.Row[Any]]:
    """The rows of `query` where `column` is one of the values, sorted values first so that the same call reads the same way."""
    return [row for part in chunks(sorted(set(values))) for row in conn.execute(query.where(column.in_(part)))]


def insert_all(conn: sa.Connection, table: sa.Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert the rows; nothing where there are none."""
    if rows:
        conn.execute(table.insert(), list(rows))


def insert_new(conn: sa.Connection, table: sa.Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert the rows whose primary key is not there yet."""
    if rows:
        make = sqlite.insert if conn.dialect.name == "sqlite" else postgresql.insert
        conn.execute(make(table).on_conflict_do_nothing(), list(rows))


def delete_in(conn: sa.Connection, table: sa.Table, column: sa.ColumnElement[Any], values: Iterable[Any]) -> None:
    """Delete the rows where `column` is one of the values."""
    for part in chunks(sorted(set(values))):
        conn.execute(table.delete().where(column.in_(part)))


def update_by_id(conn: sa.Connection, table: sa.Table, values: dict[str, dict[str, Any]]) -> None:
    """Set columns of the rows with these ids."""
    if values:
        columns = sorted(next(iter(values.values())))
        statement = table.update().where(table.c.id == sa.bindparam("key")).values({name: sa.bindparam(f"new_{name}") for name in columns})
        conn.execute(statement, [{"key": key} | {f"new_{name}": row[name] for name in columns} for key, row in sorted(values.items())])
