"""One state of the whole log, table by table, while others go on writing: what a backup is made of."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from automation.caselog import verification
from automation.caselog.part import Part
from automation.caselog.raw import bytes_as_they_are, raw_rows
from automation.caselog.schema import HEAD
from automation.caselog.tables import UNCHAINED, Table
from automation.caselog.verification import Verified

_FILES: Final = frozenset({"sha256", "original", "screenshot"})  # columns that hold the digest of a kept file


class Snapshot:
    """The tables as one moment left them; good within `CaseLog.snapshot` only.

    Leases and answers to open questions are not among them: they are of the machine and of the minute.
    """

    shape = HEAD
    tables = tuple(table.name for table in Table.metadata.sorted_tables if table.name not in UNCHAINED)

    def __init__(self, session: Session) -> None:
        self._session = session

    def rows(self, table: str) -> Iterator[dict[str, Any]]:
        """Every row by its primary key; a cell is an integer, a text or nothing."""
        return raw_rows(self._session, Table.metadata.tables[table])

    def files(self) -> dict[str, str]:
        """The SHA-256 of every kept file that a row means, and in which table that row is."""
        found: dict[str, str] = {}
        for table in Table.metadata.sorted_tables:
            for column in (one for one in table.columns if one.name in _FILES):
                means = sa.select(column).where(column != "").distinct()
                found |= dict.fromkeys(self._session.scalars(means), table.name)
        return found

    def clock(self) -> datetime | None:
        """What the database's own clock says, where that is another machine's; None for a file."""
        if self._session.get_bind().dialect.name == "sqlite":
            return None
        said: datetime | None = self._session.scalar(sa.text("SELECT clock_timestamp()"))
        return said

    def verify(self) -> Verified:
        """Check all of it. Raises `ChainBroken` naming the first row that is wrong."""
        return verification.verify_in(self._session)


class Snapshots(Part):
    """Copies of the whole."""

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        """Hold one state of the log; writers do not wait for it."""
        with self._db.reading() as session, bytes_as_they_are(session):
            yield Snapshot(session)
