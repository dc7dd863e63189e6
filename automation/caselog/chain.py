"""The chain of events: every transaction that writes a row says so in an event, with that row's SHA-256.

A session collects the digests of the rows it flushes; `append` takes them into an event, and a commit with digests
that no event took is refused. Hence the newest event that names a row knows what the row must be now.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, cast

import sqlalchemy as sa
from sqlalchemy import event as sa_event
from sqlalchemy.orm import ORMExecuteState, Session, UOWTransaction

from automation.caselog.tables import (
    ADDED,
    CHAINED,
    PLAIN_JSON,
    AnswerRow,
    EventRow,
    HeadRow,
    LeaseRow,
    Table,
    canonical,
    iso,
)
from automation.errors import CaseLogError, ChainBroken, InputError

START: Final = "0" * 64
_EVENTS: Final = cast("sa.Table", EventRow.__table__)
_HEAD: Final = cast("sa.Table", HeadRow.__table__)
_NAMES: Final = frozenset(table.name for table in CHAINED)


@dataclass(frozen=True, slots=True)
class Event:
    """One link of the chain. `hash` is over everything in it, the rows it wrote and the hash before it."""

    id: int
    at: datetime
    by: str
    kind: str
    case: int | None
    data: Mapping[str, Any]
    hash: str


def event_of(row: EventRow) -> Event:
    """A row as the word."""
    return Event(id=row.seq, at=row.at, by=row.by_whom, kind=row.kind, case=row.case_id, data=row.data, hash=row.hash)


def sha256(text: str) -> str:
    """Of the text's UTF-8; bytes that are no UTF-8, as a damaged file may give them, count as they are."""
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()


def row_digest(table: str, cells: Mapping[str, object]) -> str:
    """Of one row, from its cells as the database holds them."""
    return sha256(row_text(table, cells))


def row_text(table: str, cells: Mapping[str, object]) -> str:
    """What a row's digest is of: its cells as JSON; of an added column, what it holds beyond nothing.

    Not `canonical`: here a half character can only be a byte of a damaged file, see `sha256`.
    """
    counting = {name: cell for name, cell in cells.items() if (table, name) not in ADDED or cell != ADDED[table, name]}
    return PLAIN_JSON([table, counting])


def event_digest(cells: Mapping[str, object]) -> str:
    """Of one event, from its cells."""
    return sha256(event_text(cells))


def event_text(cells: Mapping[str, object]) -> str:
    """What an event's hash is of: all its cells but the hash itself, as JSON."""
    return PLAIN_JSON({name: value for name, value in cells.items() if name != "hash"})


def cells(row: Table, dialect: sa.Dialect) -> dict[str, object]:
    """A row's cells as they go to the database."""
    return {
        name: bind(getattr(row, name)) if bind is not None else getattr(row, name)
        for name, bind in _columns(type(row), dialect)
    }


@lru_cache(maxsize=64)
def _columns(table: type[Table], dialect: sa.Dialect) -> tuple[tuple[str, Callable[[object], object] | None], ...]:
    columns = cast("sa.Table", table.__table__).columns
    return tuple((column.name, column.type.bind_processor(dialect)) for column in columns)


def key(row: Table) -> str:
    """The primary key, as the chain and the messages name it. All tables have one of one column."""
    (column,) = cast("sa.Table", row.__table__).primary_key.columns
    return str(getattr(row, column.key))


def seal(row: AnswerRow | LeaseRow, dialect: sa.Dialect) -> str:
    """The row's own digest, for rows that no event covers."""
    return row_digest(row.__tablename__, {k: v for k, v in cells(row, dialect).items() if k != "seal"})


class LogSession(Session):
    """A session that knows which rows it wrote since the last event."""

    def written(self) -> dict[tuple[str, str], str | None]:
        """(table, key) to digest, None for a deleted row; in the order of first writing."""
        found: dict[tuple[str, str], str | None] = self.info.setdefault("written", {})
        return found


@sa_event.listens_for(LogSession, "after_flush")
def _collect(session: LogSession, _context: UOWTransaction) -> None:
    dialect = session.get_bind().dialect
    written = session.written()
    changed = [row for row in session.dirty if session.is_modified(row, include_collections=False)]
    for row in sorted((*session.new, *changed), key=lambda row: (row.__tablename__, key(row))):
        if row.__tablename__ in _NAMES:
            written[row.__tablename__, key(row)] = row_digest(row.__tablename__, cells(row, dialect))
    for row in session.deleted:
        if row.__tablename__ in _NAMES:
            written[row.__tablename__, key(row)] = None


@sa_event.listens_for(LogSession, "do_orm_execute")
def _refuse_bulk(state: ORMExecuteState) -> None:
    target = getattr(state.statement, "table", None)
    if (state.is_insert or state.is_update or state.is_delete) and getattr(target, "name", "") in _NAMES:
        raise CaseLogError("rows of the case log are written one by one, so that the chain covers them")


@sa_event.listens_for(LogSession, "before_commit")
def _refuse_unsaid(session: LogSession) -> None:
    session.flush()
    if unsaid := session.written():
        names = ", ".join(f"{table} row {row}" for table, row in unsaid)
        raise CaseLogError(f"written without an event: {names}")


def append(
    session: LogSession, kind: str, *, at: datetime, by: str, case: int | None, data: Mapping[str, Any]
) -> Event:
    """Add an event that covers every row written since the last one. The transaction must hold the write lock."""
    if not by.strip():
        raise InputError("nobody is named who did this", field="by")
    session.flush()
    rows = [[table, row, digest] for (table, row), digest in session.written().items()]
    session.written().clear()
    head = session.connection().execute(sa.select(_HEAD.c.seq, _HEAD.c.hash)).one_or_none()
    if head is None:
        raise ChainBroken("the row that says where the chain ends is gone", row="head row 1")
    link = {
        "seq": head.seq + 1,
        "at": iso(at),
        "by_whom": by,
        "kind": kind,
        "case_id": case,
        "data": canonical(dict(data)),
        "rows": canonical(rows),
        "previous": head.hash,
    }
    digest = event_digest(link)
    connection = session.connection()
    connection.execute(_EVENTS.insert(), {**link, "at": at, "data": dict(data), "rows": rows, "hash": digest})
    connection.execute(_HEAD.update(), {"seq": head.seq + 1, "hash": digest})
    return Event(id=head.seq + 1, at=at, by=by, kind=kind, case=case, data=dict(data), hash=digest)
