"""What an open form offered where nothing of it fits the packet: kept for the person who chooses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import sqlalchemy as sa

from automation.caselog import casebook
from automation.caselog.part import Part
from automation.caselog.tables import EventRow

OFFERED: Final = "reasons_offered"


class Offers(Part):
    """The options of forms, as events: they change no row, and the newest ones count."""

    def keep_offered(self, case_id: int, options: Sequence[str], *, by: str) -> None:
        """Note the reasons that the form of a case offers on the channel of its packet."""
        with self._db.writing() as writing:
            channel = casebook.find(writing.session, self._evidence, case_id).packet.channel
            writing.event(OFFERED, by=by, case=case_id, data={"channel": channel, "options": list(options)})

    def offered(self, case_id: int) -> tuple[str, ...]:
        """The reasons that the form offered last, in its order; none where it was not asked on this channel."""
        with self._db.reading() as session:
            channel = casebook.find(session, self._evidence, case_id).packet.channel
            newest = (
                sa.select(EventRow)
                .where(EventRow.case_id == case_id, EventRow.kind == OFFERED)
                .order_by(EventRow.seq.desc())
            )
            for row in session.scalars(newest):
                if row.data["channel"] == channel:
                    return tuple(row.data["options"])
        return ()
