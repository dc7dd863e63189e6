"""Whether the log still is what was written: every event against the one before it, every row against its newest event.

Nothing is held in memory but one batch of rows; the newest digest of every row lies in a scratch database on disk.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from automation.caselog import schema
from automation.caselog.chain import START, event_digest, row_digest
from automation.caselog.database import Database
from automation.caselog.raw import bytes_as_they_are, raw_rows
from automation.caselog.tables import CHAINED, UNCHAINED, EventRow, HeadRow, Table
from automation.errors import CaseLogError, ChainBroken, InputError

_DATABASE: Final = "the database"
_SHAPING: Final = frozenset({"schema", "restored"})  # events after which the tables have another shape

Rows = Callable[[sa.Table], Iterator[dict[str, Any]]]
"""Gives every row of a table, by its primary key, cells as a database holds them; none of a table it does not know."""


@dataclass(frozen=True, slots=True)
class Verified:
    """How much was checked. `head` is the hash of the newest event: kept elsewhere, it proves later what was then."""

    events: int
    rows: int
    head: str


def verify(database: Database) -> Verified:
    """Check everything in one state of the database. Raises `ChainBroken` naming the first row that is wrong."""
    with _broken_by_what_cannot_be_read(), database.reading() as session:
        return verify_in(session)


def verify_in(session: Session, *, shape: bool = True) -> Verified:
    """Check everything that this transaction sees; `shape`: also that the tables are as the events left them.

    Raises `ChainBroken` naming the first row that is wrong.
    """
    with _broken_by_what_cannot_be_read(), bytes_as_they_are(session):
        if session.get_bind().dialect.name == "sqlite":
            faults = session.connection().exec_driver_sql("PRAGMA integrity_check(1)").scalars().all()
            if faults != ["ok"]:
                raise ChainBroken(f"{_DATABASE} is damaged: {faults[0] if faults else 'no answer'}", row=_DATABASE)
        schema.found(session)
        found, left = _verify(lambda table: raw_rows(session, table))
        if shape and left != schema.fingerprint(session):
            raise ChainBroken(f"the shape of {_DATABASE} is not the one it was given", row=_DATABASE)
        return found


def verify_rows(rows: Rows) -> Verified:
    """Check rows that lie elsewhere than in a database. Raises `ChainBroken` naming the first that is wrong."""
    with _broken_by_what_cannot_be_read():
        return _verify(rows)[0]


@contextmanager
def _broken_by_what_cannot_be_read() -> Iterator[None]:
    try:
        yield
    except (ChainBroken, InputError):
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


def _verify(raw: Rows) -> tuple[Verified, str]:
    """What was checked, and the fingerprint that the tables should have."""
    with closing(sqlite3.connect("")) as scratch:
        newest = _Newest(scratch)
        events, head, shape = _events(raw, newest)
        _head(raw, events, head)
        rows = sum(_rows(raw, table, newest) for table in CHAINED)
        if lost := newest.left():
            name, key, seq = lost
            raise ChainBroken(f"{name} row {key} is gone, which event {seq} wrote", row=f"{name} row {key}")
    for name in sorted(UNCHAINED):
        _sealed(raw, Table.metadata.tables[name])
    return Verified(events=events, rows=rows, head=head), shape


def _events(raw: Rows, newest: _Newest) -> tuple[int, str, str]:
    """(how many, the last one's hash, the fingerprint of the schema that the last change of it left)."""
    expected, before, shape = 1, START, ""
    for cells in raw(Table.metadata.tables[EventRow.__tablename__]):
        name = f"event {expected}"
        if cells["seq"] != expected:
            raise ChainBroken(f"{name} is missing", row=name)
        if cells["previous"] != before:
            raise ChainBroken(f"{name} does not follow the event before it", row=name)
        if cells["hash"] != _digest(event_digest, name, cells):
            raise ChainBroken(f"{name} was altered", row=name)
        newest.note(expected, json.loads(cells["rows"]))
        if cells["kind"] in _SHAPING:
            shape = json.loads(cells["data"])["fingerprint"]
        expected, before = expected + 1, cells["hash"]
    return expected - 1, before, shape


def _head(raw: Rows, events: int, last: str) -> None:
    rows = list(raw(Table.metadata.tables[HeadRow.__tablename__]))
    if len(rows) != 1 or rows[0]["id"] != 1:
        raise ChainBroken("the row that says where the chain ends is not the one there was", row="head row 1")
    if rows[0]["seq"] != events:
        row = f"event {events + 1}"
        raise ChainBroken(f"{row} is missing: there were {rows[0]['seq']}, there are {events}", row=row)
    if rows[0]["hash"] != last:
        raise ChainBroken(f"event {events} is not the last one that was written", row=f"event {events}")


def _rows(raw: Rows, table: sa.Table, newest: _Newest) -> int:
    (primary,) = table.primary_key.columns
    count = 0
    for cells in raw(table):
        row = f"{table.name} row {cells[primary.name]}"
        known = newest.take(table.name, str(cells[primary.name]))
        if known is None or known[0] is None:
            raise ChainBroken(f"{row} was added without an event", row=row)
        digest, seq = known
        if _digest(row_digest, row, table.name, cells) != digest:
            raise ChainBroken(f"{row} was altered since event {seq} wrote it", row=row)
        count += 1
    return count


def _sealed(raw: Rows, table: sa.Table) -> None:
    (primary,) = table.primary_key.columns
    for cells in raw(table):
        row = f"{table.name} row {cells[primary.name]}"
        kept = cells.pop("seal")
        if _digest(row_digest, row, table.name, cells) != kept:
            raise ChainBroken(f"{row} was altered", row=row)


def _digest(make: Any, row: str, *content: Any) -> str:
    try:
        return str(make(*content))
    except (TypeError, ValueError) as error:  # a cell of a type, or a text, that this program never writes
        raise ChainBroken(f"{row} was altered", row=row) from error
