"""Whether the log still is what was written: every event against the one before it, every row against its newest event.

Nothing is held in memory but one batch of rows; the newest digest of every row lies in a scratch database on disk.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from automation.caselog import schema
from automation.caselog.chain import START, event_digest, row_digest
from automation.caselog.database import Database
from automation.caselog.tables import CHAINED, UNCHAINED, EventRow, HeadRow, Table
from automation.errors import CaseLogError, ChainBroken

_BATCH: Final = 500
_DATABASE: Final = "the database"


@dataclass(frozen=True, slots=True)
class Verified:
    """How much was checked. `head` is the hash of the newest event: kept elsewhere, it proves later what was then."""

    events: int
    rows: int
    head: str


def verify(database: Database) -> Verified:
    """Check everything in one state of the database. Raises `ChainBroken` naming the first row that is wrong."""
    try:
        with database.reading() as session, closing(sqlite3.connect("")) as scratch, _bytes_as_they_are(session):
            return _verify(session, _Newest(scratch))
    except ChainBroken:
        raise
    except (CaseLogError, SQLAlchemyError, sqlite3.Error, TypeError, ValueError) as error:  # not as this program writes
        raise ChainBroken(f"{_DATABASE} cannot be read: {error}", row=_DATABASE) from error


class _Newest:
    """The newest digest of every row that any event wrote."""

    def __init__(self, scratch: sqlite3.Connection) -> None:
        self._scratch = scratch
        scratch.execute(
            "CREATE TABLE newest (name TEXT, key TEXT, digest TEXT, seq INTEGER, PRIMARY KEY (name, key)) WITHOUT ROWID"
        )

    def note(self, seq: int, rows: list[list[str | None]]) -> None:
        self._scratch.executemany("INSERT OR REPLACE INTO newest VALUES (?, ?, ?, ?)", [(*row, seq) for row in rows])

    def take(self, name: str, key: str) -> tuple[str | None, int] | None:
        where = (name, key)
        found: tuple[str | None, int] | None = self._scratch.execute(
            "SELECT digest, seq FROM newest WHERE name = ? AND key = ?", where
        ).fetchone()
        if found is not None:
            self._scratch.execute("DELETE FROM newest WHERE name = ? AND key = ?", where)
        return found

    def left(self) -> tuple[str, str, int] | None:
        found: tuple[str, str, int] | None = self._scratch.execute(
            "SELECT name, key, seq FROM newest WHERE digest IS NOT NULL ORDER BY seq, name, key LIMIT 1"
        ).fetchone()
        return found


def _verify(session: Session, newest: _Newest) -> Verified:
    if session.get_bind().dialect.name == "sqlite":
        faults = session.connection().exec_driver_sql("PRAGMA integrity_check(1)").scalars().all()
        if faults != ["ok"]:
            raise ChainBroken(f"{_DATABASE} is damaged: {faults[0] if faults else 'no answer'}", row=_DATABASE)
    schema.found(session)
    events, head, shape = _events(session, newest)
    _head(session, events, head)
    if shape != schema.fingerprint(session):
        raise ChainBroken(f"the shape of {_DATABASE} is not the one it was given", row=_DATABASE)
    rows = sum(_rows(session, table, newest) for table in CHAINED)
    if lost := newest.left():
        name, key, seq = lost
        raise ChainBroken(f"{name} row {key} is gone, which event {seq} wrote", row=f"{name} row {key}")
    for name in sorted(UNCHAINED):
        _sealed(session, Table.metadata.tables[name])
    return Verified(events=events, rows=rows, head=head)


def _events(session: Session, newest: _Newest) -> tuple[int, str, str]:
    """(how many, the last one's hash, the fingerprint of the schema that the last change of it left)."""
    expected, before, shape = 1, START, ""
    for cells in _raw(session, Table.metadata.tables[EventRow.__tablename__]):
        name = f"event {expected}"
        if cells["seq"] != expected:
            raise ChainBroken(f"{name} is missing", row=name)
        if cells["previous"] != before:
            raise ChainBroken(f"{name} does not follow the event before it", row=name)
        if cells["hash"] != _digest(event_digest, name, cells):
            raise ChainBroken(f"{name} was altered", row=name)
        newest.note(expected, json.loads(cells["rows"]))
        if cells["kind"] == "schema":
            shape = json.loads(cells["data"])["fingerprint"]
        expected, before = expected + 1, cells["hash"]
    return expected - 1, before, shape


def _head(session: Session, events: int, last: str) -> None:
    rows = list(_raw(session, Table.metadata.tables[HeadRow.__tablename__]))
    if len(rows) != 1 or rows[0]["id"] != 1:
        raise ChainBroken("the row that says where the chain ends is not the one there was", row="head row 1")
    if rows[0]["seq"] != events:
        row = f"event {events + 1}"
        raise ChainBroken(f"{row} is missing: there were {rows[0]['seq']}, there are {events}", row=row)
    if rows[0]["hash"] != last:
        raise ChainBroken(f"event {events} is not the last one that was written", row=f"event {events}")


def _rows(session: Session, table: sa.Table, newest: _Newest) -> int:
    (primary,) = table.primary_key.columns
    count = 0
    for cells in _raw(session, table):
        row = f"{table.name} row {cells[primary.name]}"
        known = newest.take(table.name, str(cells[primary.name]))
        if known is None or known[0] is None:
            raise ChainBroken(f"{row} was added without an event", row=row)
        digest, seq = known
        if _digest(row_digest, row, table.name, cells) != digest:
            raise ChainBroken(f"{row} was altered since event {seq} wrote it", row=row)
        count += 1
    return count


def _sealed(session: Session, table: sa.Table) -> None:
    (primary,) = table.primary_key.columns
    for cells in _raw(session, table):
        row = f"{table.name} row {cells[primary.name]}"
        kept = cells.pop("seal")
        if _digest(row_digest, row, table.name, cells) != kept:
            raise ChainBroken(f"{row} was altered", row=row)


def _digest(make: Any, row: str, *content: Any) -> str:
    try:
        return str(make(*content))
    except (TypeError, ValueError) as error:  # a cell of a type, or a text, that this program never writes
        raise ChainBroken(f"{row} was altered", row=row) from error


def _raw(session: Session, table: sa.Table) -> Iterator[dict[str, Any]]:
    """Every row of a table by its primary key, cells as the database holds them, a batch at a time."""
    names = [column.name for column in table.columns]
    (primary,) = table.primary_key.columns
    plain = sa.table(table.name, *(sa.column(name) for name in names))
    found = session.connection().execute(
        sa.select(plain).order_by(plain.c[primary.name]), execution_options={"yield_per": _BATCH}
    )
    for row in found:
        yield dict(zip(names, row, strict=True))


@contextmanager
def _bytes_as_they_are(session: Session) -> Iterator[None]:
    """Let SQLite hand out text that is no UTF-8, so that the damaged row can be named."""
    connection = session.connection().connection.driver_connection
    if not isinstance(connection, sqlite3.Connection):
        yield
        return
    connection.text_factory = lambda content: content.decode("utf-8", "surrogateescape")
    try:
        yield
    finally:
        connection.text_factory = str
