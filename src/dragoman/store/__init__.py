"""The store: a database of reports, events and incidents. SQLite by default, PostgreSQL 15+ by URL. It knows nothing of the model."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy import event as sa_event

from dragoman.errors import ConfigError, InternalError

if TYPE_CHECKING:
    from alembic.config import Config

__all__ = ["REVISION", "Store", "alembic_config", "open_store"]

# The newest revision in migrations/versions; held equal to it by a test.
REVISION = "0001"
# A writer waits this long for another one's batch before it gives up.
BUSY_SECONDS = 120
SQLITE_CACHE_KIB = 65_536
# Any number that no other program on the server is likely to lock: "dragoman" in base 36, cut to 63 bits.
WRITERS_LOCK = 1_070_447_832_983


@dataclass(frozen=True, slots=True)
class Store:
    """An opened database at the current schema."""

    engine: sa.Engine

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is SQLite."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """A connection in one transaction, so that all of its queries see the same state."""
        options: dict[str, Any] = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"}
        with _explained(), self.engine.connect() as conn, conn.execution_options(**options).begin():
            yield conn

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """A connection in a transaction that no other writer overlaps; it is committed at the end and rolled back on an error.

        One writer at a time: the clusters and incidents that a batch changes depend on all that was written before it.
        """
        with _explained(), self.engine.connect() as conn, conn.execution_options(dragoman_writes=True).begin():
            if not self.is_sqlite:
                conn.execute(sa.select(sa.func.pg_advisory_xact_lock(WRITERS_LOCK)))
            yield conn

    def close(self) -> None:
        """Give up the connections."""
        self.engine.dispose()


def open_store(where: str | Path, *, create: bool = True) -> Store:
    """Open the database at a path (SQLite) or a URL, creating or migrating its tables; raise `ConfigError` if that cannot be done.

    With `create` false, a database that is not there, or not a store, is an error.
    """
    url = _url(str(where))
    if url.get_backend_name() == "sqlite" and not create and not Path(url.database or "").is_file():
        raise ConfigError(f"no store at {where}; make one with `dragoman ingest --store {where} …`")
    store = Store(_engine(url))
    try:
        with _explained():
            _migrate(store, create=create)
    except BaseException:
        store.close()
        raise
    return store


def _url(where: str) -> sa.URL:
    if "://" not in where:
        if not where:
            raise ConfigError("--store is empty; give a path or a URL")
        return sa.URL.create("sqlite", database=where)
    try:
        url = sa.make_url(where)
    except sa.exc.ArgumentError as error:
        raise ConfigError(f"not a database URL: {where!r}; give a path, or postgresql://user@host/database") from error
    if url.drivername in ("postgres", "postgresql"):
        url = url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() not in ("sqlite", "postgresql"):
        raise ConfigError(f"no store in {url.get_backend_name()}; give a path (SQLite) or postgresql://user@host/database")
    return url


def _engine(url: sa.URL) -> sa.Engine:
    if url.get_backend_name() == "sqlite":
        engine = sa.create_engine(url, connect_args={"timeout": BUSY_SECONDS})
        sa_event.listen(engine, "connect", _set_pragmas)
        sa_event.listen(engine, "begin", _begin)
        return engine
    try:
        return sa.create_engine(url)
    except ModuleNotFoundError as error:
        raise ConfigError(f"PostgreSQL needs the module {error.name}: pip install 'dragoman[postgres]'") from error


def _set_pragmas(connection: Any, _record: object) -> None:
    # The driver would begin transactions by itself, and never with IMMEDIATE.
    connection.isolation_level = None
    # In WAL mode NORMAL survives any death of the process; FULL would only add the last batch at a loss of power.
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", f"cache_size=-{SQLITE_CACHE_KIB}", "temp_store=MEMORY"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(conn: sa.Connection) -> None:
    # A reader that turns writer midway cannot wait for another writer, so writers say so at once.
    conn.exec_driver_sql("BEGIN IMMEDIATE" if conn.get_execution_options().get("dragoman_writes") else "BEGIN")


def _migrate(store: Store, *, create: bool) -> None:
    with store.read() as conn:
        found = _revision(conn)
    if found == REVISION:
        return
    if found is None and not create:
        raise ConfigError(f"{store.engine.url.render_as_string()} holds no store; make one with `dragoman ingest`")
    from alembic import command
    from alembic.script import ScriptDirectory
    from alembic.util import CommandError

    with store.write() as conn:
        config = alembic_config()
        # Another process may have been first.
        found = _revision(conn)
        if found is not None:
            try:
                ScriptDirectory.from_config(config).get_revision(found)
            except CommandError as error:
                raise ConfigError(f"the store is of revision {found}, which this version of Dragoman does not know; update Dragoman") from error
        config.attributes["connection"] = conn
        command.upgrade(config, "head")


def _revision(conn: sa.Connection) -> str | None:
    if not sa.inspect(conn).has_table("alembic_version"):
        return None
    return conn.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()


def alembic_config() -> Config:
    """Alembic's configuration: where the migrations are."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config


@contextmanager
def _explained() -> Iterator[None]:
    """The database's own errors, as errors of ours that say what to do."""
    try:
        yield
    except sa.exc.OperationalError as error:
        raise ConfigError(f"the database refused: {_first_line(error)}") from error
    except sa.exc.DatabaseError as error:
        if isinstance(error, sa.exc.IntegrityError | sa.exc.ProgrammingError):
            raise InternalError(f"the store and the code do not agree: {_first_line(error)}; run `dragoman store check`") from error
        raise ConfigError(f"not a usable database: {_first_line(error)}") from error


def _first_line(error: sa.exc.DBAPIError) -> str:
    return str(error.orig).strip().partition("\n")[0]
