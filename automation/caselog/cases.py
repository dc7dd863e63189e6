"""Cases: entered once, and changed only while nothing was sent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from automation.caselog import casebook
from automation.caselog.casebook import Entry
from automation.caselog.part import Part
from automation.caselog.registers import store_row
from automation.caselog.tables import CaseRow, PacketRow, StoreRow
from automation.errors import InputError, TransitionRefused
from automation.model import Case, Checkpoint, Finding, Packet, State

UNSENT: Final = frozenset(
    {State.DRAFT, State.READY, State.APPROVED, State.PREPARED, State.CONFIRMED, State.NEEDS_PERSON}
)
"""Where a packet may be changed, unless its round was sent."""


class Cases(Part):
    """What is contested, and where it stands."""

    def enter(
        self,
        packet: Packet,
        *,
        by: str,
        findings: Sequence[Finding] = (),
        deadline: datetime | None = None,
        source: str = "",
    ) -> tuple[Case, bool]:
        """Enter a case: (the case, whether it is new). A review known in the store and channel is not entered twice.

        Raises `InputError` for an unknown store, another platform than the store's, or evidence that is not kept.
        """
        with self._db.writing() as writing:
            store = store_row(writing.session, packet.store)
            self._fits(packet, store)
            known = self._known(writing.session, packet, channel=packet.channel)
            if known is not None:
                return known.case, False
            blocked = any(finding.blocks for finding in findings)
            row = CaseRow(
                store=packet.store,
                channel=packet.channel,
                identity=casebook.identity(packet.review),
                state=State.DRAFT if blocked else State.READY,
                previous="",
                round=packet.round,
                revision=1,
                entered_by=by,
                entered_at=writing.now,
                changed_at=writing.now,
                deadline=deadline,
                note="",
                source=source,
                record_id="",
            )
            writing.session.add(row)
            writing.session.flush()
            kept = casebook.add_packet(writing, row.id, packet, revision=1, findings=tuple(findings), by=by)
            entry = Entry(row, kept, store, self._evidence)
            writing.event("entered", by=by, case=row.id, digest=entry.digest, source=source, to=row.state)
            return entry.case, True

    def case(self, case_id: int) -> Case:
        """Raises `InputError` for an unknown id."""
        with self._db.reading() as session:
            return casebook.find(session, self._evidence, case_id).case

    def known(self, packet: Packet) -> Case | None:
        """The case that a packet would be, where its review is known in the store and channel."""
        with self._db.reading() as session:
            found = self._known(session, packet, channel=packet.channel)
            return found.case if found else None

    def cases(self, *, states: Collection[State] = (), store: str = "") -> list[Case]:
        """By id; all states and stores where none is given."""
        conditions: list[sa.ColumnElement[bool]] = []
        if states:
            conditions.append(CaseRow.state.in_([str(state) for state in states]))
        if store:
            conditions.append(CaseRow.store == store)
        with self._db.reading() as session:
            return [entry.case for entry in casebook.entries(session, self._evidence, *conditions)]

    def change_packet(
        self,
        case_id: int,
        packet: Packet,
        *,
        by: str,
        findings: Sequence[Finding] = (),
        deadline: datetime | None = None,
        base: str = "",
    ) -> Case:
        """Replace the round's material; every approval is void. A deadline of None leaves the case's as it is.

        `base`: the digest of the packet that the change was made from, where another may have come first. Raises
        `TransitionRefused` where it did, once the round was sent or may have been, or while a job holds the form;
        `InputError` for a packet of another store, round or review.
        """
        with self._db.writing() as writing:
            entry = casebook.find(writing.session, self._evidence, case_id)
            if entry.state not in UNSENT:
                raise TransitionRefused(f"case {case_id} is {entry.state}: its packet cannot be changed now")
            casebook.require_unsent(writing.session, entry, "a change of the packet")
            if base and entry.digest != base:
                raise TransitionRefused(f"case {case_id}: its packet was changed meanwhile", hint="look at it again")
            self._fits(packet, entry.store_row)
            if (packet.store, packet.round) != (entry.row.store, entry.row.round):
                raise InputError(
                    f"case {case_id} is in round {entry.row.round} at store {entry.row.store}", field="round"
                )
            if not casebook.same_review(packet.review, entry.packet.review):
                raise InputError(
                    f"case {case_id} is about another review", field="review", hint="enter a case of its own"
                )
            known = self._known(writing.session, packet, channel=entry.row.channel)
            if known is not None and known.row.id != case_id:
                raise InputError(f"that review is case {known.row.id} already", field="review")
            row = entry.row
            row.revision += 1
            row.identity = casebook.identity(packet.review)
            row.deadline = deadline or row.deadline
            row.changed_at = writing.now
            kept = casebook.add_packet(writing, case_id, packet, revision=row.revision, findings=tuple(findings), by=by)
            to = State.DRAFT if any(finding.blocks for finding in findings) else State.READY
            casebook.void(writing, entry, "the packet was changed", *Checkpoint)
            said = casebook.step(writing, entry, to) if to is not entry.state else {}
            changed = Entry(row, kept, entry.store_row, self._evidence)
            if covered := _covered(entry.packet, packet):
                said["covered"] = covered
            writing.event("packet_changed", by=by, case=case_id, digest=changed.digest, **said)
            return changed.case

    def _fits(self, packet: Packet, store: StoreRow) -> None:
        if packet.platform != store.platform:
            raise InputError(f"store {store.id!r} is on {store.platform}, not {packet.platform}", field="platform")
        if packet.round < 1:
            raise InputError("rounds count from 1", field="round")
        for piece in packet.evidence:
            self._evidence.require(piece)

    def _known(self, session: Session, packet: Packet, *, channel: str) -> Entry | None:
        review = packet.review
        near = [CaseRow.identity == casebook.identity(review)]
        if review.order_no:
            near.append(PacketRow.order_no == review.order_no)
        for entry in casebook.entries(
            session, self._evidence, CaseRow.store == packet.store, CaseRow.channel == channel, sa.or_(*near)
        ):
            if casebook.same_review(review, entry.packet.review):
                return entry
        return None


def _covered(before: Packet, after: Packet) -> list[dict[str, Any]]:
    """In which files something else is covered than before, and how much of what kind; never what it shows."""
    was = {piece.original or piece.sha256: piece.boxes for piece in before.evidence}
    return [
        {"file": piece.name, "boxes": dict(Counter(str(box.kind) for box in piece.boxes))}
        for piece in after.evidence
        if piece.boxes != was.get(piece.original or piece.sha256, ())
    ]
