"""The case log: everything the program must not forget, in one database and one folder."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import sqlalchemy as sa

from automation.caselog import schema, verification
from automation.caselog.approvals import Approvals
from automation.caselog.briefs import Briefs
from automation.caselog.cases import Cases
from automation.caselog.chain import Event, event_of
from automation.caselog.challenges import Challenges
from automation.caselog.database import Database
from automation.caselog.history import Histories
from automation.caselog.imports import Imports
from automation.caselog.kept import KeptEvidence
from automation.caselog.leases import Leases
from automation.caselog.moves import Moves
from automation.caselog.offers import Offers
from automation.caselog.paces import Paces
from automation.caselog.people import People
from automation.caselog.private import private_folder
from automation.caselog.readbacks import ReadBacks
from automation.caselog.registers import Registers
from automation.caselog.results import Results
from automation.caselog.rounds import Rounds
from automation.caselog.snapshot import Snapshots
from automation.caselog.submissions import Submissions
from automation.caselog.tables import EventRow, HeadRow
from automation.caselog.verification import Verified
from automation.model import Clock, State, utc_now


class CaseLog(
    Registers,
    KeptEvidence,
    Cases,
    Briefs,
    Paces,
    Rounds,
    Moves,
    Approvals,
    ReadBacks,
    Submissions,
    Results,
    Offers,
    Histories,
    Imports,
    Leases,
    Challenges,
    People,
    Snapshots,
):
    """Synchronous, and safe to use from many threads and processes at once."""

    @classmethod
    def open(cls, url: str, home: Path, *, clock: Clock = utc_now) -> Self:
        """Open the log at a database URL (`sqlite:///file`, `postgresql://...`), with its files below `home`.

        Creates what is missing and brings older tables up to date. Raises `CaseLogError` for a log that a newer
        program wrote and for a database that does not answer, `InputError` for a URL that names neither.
        """
        database = Database(url, clock)
        try:
            schema.bring_up_to_date(database)
            return cls(database, private_folder(home), clock)
        except BaseException:
            database.close()
            raise

    def close(self) -> None:
        """Give up the connections."""
        self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def add_event(self, kind: str, *, by: str, case: int | None = None, data: Mapping[str, Any] | None = None) -> Event:
        """Note something that happened and changed no row. `data` must be what JSON can hold."""
        with self._db.writing() as writing:
            return writing.event(kind, by=by, case=case, data=data)

    def events(self, case_id: int | None = None, *, after: int = 0, limit: int | None = None) -> list[Event]:
        """All, or those of one case, oldest first; `after` this number, and at most so many."""
        wanted = sa.select(EventRow).where(EventRow.seq > after).order_by(EventRow.seq).limit(limit)
        if case_id is not None:
            wanted = wanted.where(EventRow.case_id == case_id)
        with self._db.reading() as session:
            return [event_of(row) for row in session.scalars(wanted)]

    def recent(self, *kinds: str, among: int) -> list[Event]:
        """The events of these kinds among the newest `among` of all, the newest first."""
        with self._db.reading() as session:
            first = (session.scalar(sa.select(HeadRow.seq)) or 0) - among
            wanted = sa.select(EventRow).where(EventRow.seq > first, EventRow.kind.in_(kinds))
            return [event_of(row) for row in session.scalars(wanted.order_by(EventRow.seq.desc()))]

    def turns(self, states: Collection[State]) -> list[tuple[datetime, int, Mapping[str, Any]]]:
        """The events that took a case to one of these states, or opened a round, oldest first: (when, case, data)."""
        said = sa.type_coerce(EventRow.data, sa.Text)
        to = [said.contains(f'"to":"{state}"') for state in states]
        wanted = (
            sa.select(EventRow.at, EventRow.case_id, EventRow.data)
            .where(EventRow.case_id.is_not(None), sa.or_(EventRow.kind == "round_opened", *to))
            .order_by(EventRow.seq)
        )
        with self._db.reading() as session:
            return [(at, case, data) for at, case, data in session.execute(wanted)]

    def position(self) -> int:
        """The number of the newest event, 0 before the first: whether anything changed costs one row to find out."""
        with self._db.reading() as session:
            return session.scalar(sa.select(HeadRow.seq)) or 0

    def verify(self) -> Verified:
        """Check that nothing was altered, added, removed or reordered. Raises `ChainBroken` naming the row."""
        return verification.verify(self._db)
