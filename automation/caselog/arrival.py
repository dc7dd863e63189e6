"""A log that comes from a backup: all of it in one transaction, checked, and put to rest before anything works on it.

The machine that it comes from may still run, or may have gone on after the backup. So nothing that was approved there
is sent from here: unused approvals end, cases in work go back to the checkpoint, and a click without a receipt is
uncertain.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Final, Protocol

import sqlalchemy as sa

from automation.caselog import casebook, schema, verification
from automation.caselog.database import Database, Writing
from automation.caselog.evidence import EvidenceFolder
from automation.caselog.raw import BATCH
from automation.caselog.schema import HEAD, REVISIONS
from automation.caselog.tables import ApprovalRow, CaseRow, ChallengeRow, HeadRow
from automation.caselog.verification import Verified
from automation.errors import CaseLogError, ChainBroken, InputError
from automation.model import Checkpoint, Clock, Decision, State, utc_now

_IN_WORK: Final = (State.APPROVED, State.PREPARING, State.PREPARED, State.CONFIRMED, State.SUBMITTING)
_NOTE: Final = (
    "restored from a backup: nothing approved before counts here. Look at the platform's records, since another "
    "machine may have sent it, and decide again"
)
_NOTE_SENT: Final = "restored from a backup made around the click: the platform's records will tell"


class Source(Protocol):
    """Where the rows come from; `shape` is the revision of their tables, `head` the hash of the newest event."""

    @property
    def shape(self) -> str: ...  # noqa: D102

    @property
    def tables(self) -> tuple[str, ...]: ...  # noqa: D102

    @property
    def head(self) -> str: ...  # noqa: D102

    def rows(self, table: str) -> Iterator[dict[str, Any]]: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Arrived:
    """What came: how much was checked as it was there, and the cases that were put back or are uncertain now."""

    verified: Verified
    held: tuple[int, ...]
    uncertain: tuple[int, ...]


def check_shape(shape: str, program: str) -> None:
    """Raise `CaseLogError` for a log of a newer program, whose version was `program`."""
    if shape not in REVISIONS:
        raise CaseLogError(
            f"the backup was made by appealdesk {program} and has the shape {shape}, "
            f"this program knows shapes up to {HEAD}",
            hint="a newer program made it: install that one, and restore with it",
        )


def shape_of(url: str) -> str:
    """The shape of the case log in a database, "" where there is none; changes nothing.

    Raises `CaseLogError` for one that holds something else.
    """
    database = Database(url, utc_now)
    try:
        with database.reading() as session:
            return schema.found(session)
    finally:
        database.close()


def receive(
    url: str,
    source: Source,
    *,
    evidence: Path,
    by: str,
    origin: Mapping[str, str],
    place: Callable[[], None],
    clock: Clock,
) -> Arrived:
    """Write a log into an empty database; `place` puts its files where they belong, just before it becomes real.

    `origin` says in the log where it came from; `evidence` is where its files lie meanwhile. Either all of it is there
    afterwards or nothing. Raises `CaseLogError` for a database that holds something, `ChainBroken` where the rows are
    not those that the chain covers.
    """
    database = Database(url, clock)
    try:
        with database.writing(synced=True) as writing:
            if schema.found(writing.session):
                raise CaseLogError(
                    f"there is a case log at {database.url.render_as_string()} already",
                    hint="restore into an empty home folder (--home) or an empty database",
                )
            schema.upgrade(writing, source.shape)
            _fill(writing, source)
            schema.upgrade(writing, HEAD)
            verified = verification.verify_in(writing.session, shape=False)
            if verified.head != source.head:
                raise ChainBroken("the chain does not end where the backup says that it ends", row="head row 1")
            shape = schema.fingerprint(writing.session)
            data = {**origin, "shape": source.shape, "events": verified.events, "head": verified.head}
            writing.event("restored", by=by, data=data, fingerprint=shape)
            moved = _rest(writing, EvidenceFolder(evidence), by)
            place()
    finally:
        database.close()
    return Arrived(
        verified,
        held=tuple(case for case, to in moved if to is not State.UNCERTAIN),
        uncertain=tuple(case for case, to in moved if to is State.UNCERTAIN),
    )


def _fill(writing: Writing, source: Source) -> None:
    """Insert every row, tables that others point to first."""
    connection = writing.session.connection()
    there = sa.MetaData()
    there.reflect(connection)
    if unknown := set(source.tables) - set(there.tables):
        raise InputError(f"the backup holds tables that no case log has: {', '.join(sorted(unknown))}")
    connection.execute(there.tables[HeadRow.__tablename__].delete())  # the first shape begins with one
    for table in there.sorted_tables:
        if table.name not in source.tables:
            continue
        rows = source.rows(table.name)
        while batch := list(islice(rows, BATCH)):
            connection.execute(table.insert(), batch)
        _count_on(connection, table)


def _count_on(connection: sa.Connection, table: sa.Table) -> None:
    """PostgreSQL counts ids by itself: let it go on after those that came."""
    primary = table.primary_key.columns[0]
    if connection.dialect.name != "postgresql" or not isinstance(primary.type, sa.Integer):
        return
    counter = connection.scalar(sa.select(sa.func.pg_get_serial_sequence(table.name, primary.name)))
    newest = connection.scalar(sa.select(sa.func.max(primary)))
    if counter is not None and newest is not None:
        connection.execute(sa.select(sa.func.setval(counter, newest)))


def _rest(writing: Writing, folder: EvidenceFolder, by: str) -> list[tuple[int, State]]:
    """End what the other machine had begun; the cases whose approvals no longer count, and where each stands now."""
    session = writing.session
    for challenge in session.scalars(sa.select(ChallengeRow).where(ChallengeRow.closed == "")):
        challenge.closed = "given up"
        writing.event("challenge_closed", by=by, challenge=challenge.id, how=challenge.closed)
    unused = sa.select(ApprovalRow.case_id).where(
        ApprovalRow.decision == str(Decision.APPROVED), ApprovalRow.used_at.is_(None), ApprovalRow.voided == ""
    )
    touched = sa.or_(CaseRow.state.in_([str(state) for state in _IN_WORK]), CaseRow.id.in_(unused))
    moved = []
    for entry in list(casebook.entries(session, folder, touched)):
        said: dict[str, Any] = {}
        casebook.void(writing, entry, "the log was restored from a backup", *Checkpoint)
        if entry.state in _IN_WORK:
            open_intent = casebook.open_intent(session, entry) is not None
            to, note = (State.UNCERTAIN, _NOTE_SENT) if open_intent else (State.READY, _NOTE)
            said = casebook.step(writing, entry, to, note=note)
        writing.event("held", by=by, case=entry.row.id, **said)
        moved.append((entry.row.id, entry.state))
    return moved
