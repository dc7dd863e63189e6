"""One database: SQLite or PostgreSQL, and the two kinds of transaction that the log has.

Writes come one after the other (SQLite: BEGIN IMMEDIATE; PostgreSQL: an advisory lock), because each continues the
chain. Readers never wait for them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy import event as sa_event
from sqlalchemy.exc import ArgumentError, DBAPIError, StatementError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import ConnectionPoolEntry
from tenacity import retry, retry_if_exception, stop_after_delay, wait_fixed

from automation.caselog.chain import Event, LogSession, append
from automation.caselog.private import claim, private_folder
from automation.errors import CaseLogError, ChainBroken, InputError
from automation.model import Clock

BUSY_SECONDS: Final = 60  # how long a write waits for the writers before it
_POOL: Final = {"pool_size": 5, "max_overflow": 35, "pool_timeout": BUSY_SECONDS}  # to_thread has up to 32 threads
_LOCK: Final = 0x61707064  # PostgreSQL's advisory lock of this program

_PRAGMAS: Final = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA trusted_schema = OFF",
    "PRAGMA fullfsync = ON",  # macOS: a plain fsync stops at the drive's cache
)


@dataclass(frozen=True, slots=True)
class Writing:
    """A write transaction; `now` is its one time."""

    session: LogSession
    now: datetime

    def event(
        self, kind: str, *, by: str, case: int | None = None, data: Mapping[str, Any] | None = None, **said: Any
    ) -> Event:
        """Say what was written since the last event; `said` goes into the data."""
        return append(self.session, kind, at=self.now, by=by, case=case, data={**(data or {}), **said})


class Database:
    """An engine that knows how to read and how to write."""

    def __init__(self, url: str, clock: Clock) -> None:
        self._clock = clock
        self.url = _url(url)
        self.sqlite = self.url.get_backend_name() == "sqlite"
        self._engine = _sqlite(self.url) if self.sqlite else _postgres(self.url)

    def close(self) -> None:
        """Give up every connection."""
        self._engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[LogSession]:
        """A transaction that sees one state of the log and keeps nothing."""
        with self._named_errors(), LogSession(self._engine.execution_options(log="read")) as session:
            yield session

    @contextmanager
    def writing(self, *, synced: bool = False) -> Iterator[Writing]:
        """A transaction that holds the write lock; `synced`: on the disk, not only in the system, once it returns."""
        engine = self._engine.execution_options(log="synced" if synced else "write")
        with self._named_errors(), LogSession(engine, expire_on_commit=False) as session:
            session.connection()  # takes the lock before anything is read
            yield Writing(session, self._clock())
            session.commit()

    @contextmanager
    def _named_errors(self) -> Iterator[None]:
        try:
            yield
        except UnicodeDecodeError as error:  # SQLite's driver, of a damaged name or text
            raise ChainBroken(f"the database is damaged: {error}", row="the database") from error
        except DBAPIError as error:
            if getattr(error.orig, "sqlite_errorname", "").startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
                raise ChainBroken(f"the database is damaged: {error.orig}", row="the database") from error
            raise CaseLogError(
                f"the case log's database refuses: {error.orig}", hint=f"look at {self.url.render_as_string()}"
            ) from error
        except PoolTimeout as error:
            raise CaseLogError(
                f"the case log is busy: {BUSY_SECONDS} seconds were not enough", hint="try again"
            ) from error
        except OverflowError as error:  # SQLite's driver, of a number from somebody's address
            raise InputError("no row has so big a number") from error
        except StatementError as error:
            if isinstance(error.orig, InputError):  # of a value, on its way into a statement
                raise error.orig from None
            raise


def _url(url: str) -> sa.URL:
    try:
        made = sa.make_url(url)
    except ArgumentError as error:
        raise InputError(
            "not a database URL", field="database_url", hint="sqlite:///file or postgresql://..."
        ) from error
    if made.drivername in ("postgresql", "postgres"):
        made = made.set(drivername="postgresql+psycopg")
    if made.drivername == "sqlite":
        if made.database in (None, "", ":memory:"):
            raise InputError("the case log needs a file", field="database_url", hint="sqlite:////folder/cases.db")
    elif made.drivername != "postgresql+psycopg":
        raise InputError(f"no case log on {made.drivername}", field="database_url", hint="sqlite or postgresql")
    return made


def _sqlite(url: sa.URL) -> sa.Engine:
    path = Path(str(url.database))
    try:
        private_folder(path.parent)
        claim(path)
    except OSError as error:
        raise InputError(f"the case log cannot be opened: {error.strerror or error}", file=path) from error
    engine = sa.create_engine(url, connect_args={"timeout": BUSY_SECONDS}, **_POOL)

    @sa_event.listens_for(engine, "connect")
    def _connected(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
        connection.isolation_level = None  # transactions are begun below, not guessed by the driver
        for pragma in _PRAGMAS:
            _set(connection, pragma)

    @sa_event.listens_for(engine, "begin")
    def _begun(connection: sa.Connection) -> None:
        purpose = _purpose(connection)
        if purpose == "read":
            connection.exec_driver_sql("BEGIN")
            return
        connection.exec_driver_sql(f"PRAGMA synchronous = {'FULL' if purpose == 'synced' else 'NORMAL'}")
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


@retry(
    retry=retry_if_exception(lambda error: getattr(error, "sqlite_errorname", "") == "SQLITE_BUSY"),
    stop=stop_after_delay(BUSY_SECONDS),
    wait=wait_fixed(0.02),
    reraise=True,
)
def _set(connection: sqlite3.Connection, pragma: str) -> None:
    """SQLite itself does not wait where two make one new file a WAL database at the same time."""
    connection.execute(pragma)


def _postgres(url: sa.URL) -> sa.Engine:
    engine = sa.create_engine(url, pool_pre_ping=True, connect_args={"client_encoding": "utf8"}, **_POOL)

    @sa_event.listens_for(engine, "begin")
    def _begun(connection: sa.Connection) -> None:
        purpose = _purpose(connection)
        if purpose == "read":
            connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            return
        if purpose == "synced":
            connection.exec_driver_sql("SET LOCAL synchronous_commit = on")
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")

    return engine


def _purpose(connection: sa.Connection) -> str:
    options: Mapping[str, Any] = connection.get_execution_options()
    return str(options.get("log", "read"))
