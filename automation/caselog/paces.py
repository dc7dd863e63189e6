"""How long the work before the click took lately, so that nobody approves too late."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa

from automation.caselog.part import Part
from automation.caselog.tables import CaseRow, EventRow, StoreRow
from automation.model import State

_RECENT: Final = 2000  # events that are read
_ENDS: Final = {State.PREPARING: State.PREPARED, State.SUBMITTING: State.SUBMITTED}


class Paces(Part):
    """Times between events."""

    def paces(self) -> Mapping[str, timedelta]:
        """Platform to the longest that signing in, filling and sending took there lately; without it where unknown.

        The longest preparation and the longest submission together: a form that waits for a person is filled twice.
        """
        newest = (
            sa.select(EventRow.at, EventRow.case_id, EventRow.data, StoreRow.platform)
            .join(CaseRow, CaseRow.id == EventRow.case_id)
            .join(StoreRow, StoreRow.id == CaseRow.store)
            .where(EventRow.kind.in_(["moved", "read_back_kept", "receipt"]))
            .order_by(EventRow.seq.desc())
            .limit(_RECENT)
        )
        begun: dict[tuple[int, State], datetime] = {}
        longest: dict[str, dict[State, timedelta]] = defaultdict(dict)
        with self._db.reading() as session:
            for at, case, data, platform in reversed(list(session.execute(newest))):
                to = data.get("to")
                if to in _ENDS:
                    begun[case, State(to)] = at
                for job, end in _ENDS.items():
                    if to == end and (case, job) in begun:
                        took = at - begun.pop((case, job))
                        longest[platform][job] = max(took, longest[platform].get(job, took))
        return {platform: sum(jobs.values(), timedelta()) for platform, jobs in longest.items()}
