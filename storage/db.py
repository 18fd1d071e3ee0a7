"""The database: one engine for SQLite and PostgreSQL, its transactions, and what can go wrong.

StorageError
+-- Conflict    the world moved between the facts and the write: run the turn again
+-- Missing     a row that must be there is not
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Connection, Engine, Table, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import StaticPool
from sqlmodel import SQLModel

from storage.crypto import KeyRing
from storage.prepared import execute
from storage.types import give_keys

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
SQLModel.metadata.naming_convention = NAMES

BUSY_MS = 10_000

TURN = 5_947_001
"""The number of our advisory lock on PostgreSQL."""

SQLITE_OUTAGES = frozenset({5, 6, 7, 8, 10, 11, 13, 14, 15, 26})
"""BUSY, LOCKED, NOMEM, READONLY, IOERR, CORRUPT, FULL, CANTOPEN, PROTOCOL, NOTADB (sqlite3.h, primary codes)."""

POSTGRESQL_OUTAGES = frozenset({"08", "53", "57", "58"})
"""Connection, resources (disk, memory, connections), operator intervention, system error (manual, appendix A)."""


class StorageError(Exception):
    """The database could not do what was asked."""


class Conflict(StorageError):
    """Somebody else was faster."""


class Missing(StorageError):
    """What was asked for is not there."""


class Database:
    """An engine, its keys, and how to open a transaction on it.

    `refusing` is the code of the outage the last write met, "" while writes succeed: a full disk can be read from.
    """

    def __init__(self, url: str, keys: KeyRing, pool_size: int = 12, busy_ms: int = BUSY_MS) -> None:
        """Opens nothing yet. A SQLite file's folder is made; another writer is waited for `busy_ms` milliseconds.

        Raises ValueError for other databases.
        """
        parsed = make_url(url)
        self.kind = parsed.get_backend_name()
        self.keys = keys
        self.refusing = ""
        if self.kind == "sqlite":
            self.engine = _sqlite(url, parsed.database, busy_ms)
        elif self.kind == "postgresql":
            self.engine = create_engine(
                parsed.set(drivername="postgresql+psycopg"), pool_size=pool_size, max_overflow=4, pool_pre_ping=True
            )
        else:
            raise ValueError("DATABASE_URL must begin with sqlite:/// or postgresql+psycopg://")
        give_keys(self.engine.dialect, keys)

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that may write: committed at the end, rolled back if the block raises.

        Raises Conflict where PostgreSQL broke it off in favour of another one (deadlock, serialization).
        """
        try:
            with self.engine.connect() as conn:
                with conn.begin() if self.kind != "sqlite" else _sqlite_block(conn):
                    yield conn
        except DBAPIError as error:
            if _sqlstate(error) in ("40001", "40P01"):
                raise Conflict("the database chose another transaction") from error
            self.refusing = outage_code(error)
            raise
        self.refusing = ""

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that sees one consistent state and writes nothing."""
        with self.engine.connect() as conn:
            if self.kind == "sqlite":
                conn.exec_driver_sql("BEGIN")
            else:
                # else each statement would see another state, and a copy of a person's data might not fit together
                conn.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            try:
                yield conn
            finally:
                if self.kind == "sqlite":
                    conn.exec_driver_sql("ROLLBACK")

    @contextmanager
    def in_turn(self) -> Iterator[None]:
        """One process of the cluster after another comes through here, for what a start does to a database that
        others start on at the same moment. Not to be nested; an SQLite file has one process anyway."""
        if self.kind == "sqlite":
            yield
            return
        with self.engine.connect() as conn:
            conn.execute(text("SELECT pg_advisory_lock(:turn)"), {"turn": TURN})
            conn.commit()
            try:
                yield
            finally:
                conn.execute(text("SELECT pg_advisory_unlock(:turn)"), {"turn": TURN})
                conn.commit()

    def close(self) -> None:
        """Every connection is closed."""
        self.engine.dispose()


@contextmanager
def _sqlite_block(conn: Connection) -> Iterator[None]:
    driver: Any = conn.connection.driver_connection
    execute(conn, "BEGIN IMMEDIATE")
    try:
        yield
        execute(conn, "COMMIT")
    except BaseException:
        # a full disk may have ended the transaction already
        if driver.in_transaction:
            driver.execute("ROLLBACK")
        raise


def _sqlite(url: str, database: str | None, busy_ms: int) -> Engine:
    memory = not database or database == ":memory:"
    if not memory and database:
        Path(database).parent.mkdir(parents=True, exist_ok=True)
    arguments: dict[str, Any] = {"check_same_thread": False, "timeout": busy_ms / 1000}
    engine = (
        create_engine(url, connect_args=arguments, poolclass=StaticPool, isolation_level="AUTOCOMMIT")
        if memory
        else create_engine(url, connect_args=arguments, isolation_level="AUTOCOMMIT")
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        # with the driver's own transactions a read that turns into a write fails or loses updates without an error
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={busy_ms}"):
            connection.execute(f"PRAGMA {pragma}")

    return engine


def table(model: type[SQLModel]) -> Table:
    """The table of a model, for statements that need no object."""
    return cast(Table, cast(Any, model).__table__)


def is_outage(error: BaseException) -> bool:
    """True if the database was locked, full, gone or restarting, so that the same work may succeed later."""
    if isinstance(error, PoolTimeout):
        return True
    if not isinstance(error, DBAPIError):
        return False
    if isinstance(error.orig, sqlite3.Error):
        # the low byte is the kind; an error of our own statement is none of these and would come again
        return getattr(error.orig, "sqlite_errorcode", 0) & 0xFF in SQLITE_OUTAGES
    state = _sqlstate(error)
    if state is None:
        # the connection broke, or there was none
        return error.connection_invalidated or isinstance(error, OperationalError | InterfaceError)
    return error.connection_invalidated or state[:2] in POSTGRESQL_OUTAGES or state in ("25006", "55P03")


def outage_code(error: BaseException) -> str:
    """What the database calls this outage ("SQLITE_FULL", "53100", else the kind of the error): a name without any
    value of ours; "" for an error that is no outage."""
    if not is_outage(error):
        return ""
    original = error.orig if isinstance(error, DBAPIError) else None
    code = getattr(original, "sqlite_errorname", None) or getattr(original, "sqlstate", None)
    return str(code or type(error).__name__)


def _sqlstate(error: DBAPIError) -> str | None:
    return getattr(error.orig, "sqlstate", None)
