"""Rounds: the next appeal about the same review, and what the earlier ones taught."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa

from automation.caselog import casebook
from automation.caselog.casebook import Entry
from automation.caselog.part import Part
from automation.caselog.results import wordings
from automation.caselog.tables import CaseRow, PacketRow, ResultRow
from automation.errors import TransitionRefused
from automation.model import Case, Outcome, Packet, State
from automation.packet import digest


@dataclass(frozen=True, slots=True)
class Revision:
    """One version of a round's packet: who wrote it, and when."""

    packet: Packet
    digest: str
    by: str
    at: datetime


class Rounds(Part):
    """First appeal, second appeal, escalation."""

    def next_round(self, case_id: int, *, by: str) -> Case:
        """Open the next round with a copy of the packet, as a draft. Raises `TransitionRefused`."""
        with self._db.writing() as writing:
            entry = casebook.find(writing.session, self._evidence, case_id)
            if entry.state not in (State.REJECTED, State.MORE_EVIDENCE, State.NEEDS_PERSON):
                raise TransitionRefused(f"case {case_id} is {entry.state}: no next round opens from there")
            if entry.state is State.NEEDS_PERSON and not casebook.sent(writing.session, entry):
                raise TransitionRefused(f"case {case_id}: the platform has not taken round {entry.row.round} yet")
            packet = replace(entry.packet, round=entry.row.round + 1)
            said = casebook.step(writing, entry, State.DRAFT)
            entry.row.round, entry.row.revision, entry.row.record_id = packet.round, 1, ""
            kept = casebook.add_packet(writing, case_id, packet, revision=1, findings=(), by=by)
            writing.event("round_opened", by=by, case=case_id, round=packet.round, **said)
            return Entry(entry.row, kept, entry.store_row, self._evidence).case

    def earlier_packets(self, case_id: int) -> list[tuple[Packet, str]]:
        """The packets of the rounds before this one, oldest first, each with the platform's answer, verbatim."""
        with self._db.reading() as session:
            entry = casebook.find(session, self._evidence, case_id)
            rows = session.scalars(
                sa.select(PacketRow)
                .where(PacketRow.case_id == case_id, PacketRow.round < entry.row.round)
                .order_by(PacketRow.round, PacketRow.revision)
            )
            last = {row.round: row for row in rows}
            answers = wordings(session, case_id)
            return [
                (casebook.packet_of(row, entry.store, self._evidence), answers.get(number, ""))
                for number, row in last.items()
            ]

    def revisions(self, case_id: int) -> list[Revision]:
        """Every version of the packet of this round, oldest first; the last is what would be sent now."""
        with self._db.reading() as session:
            entry = casebook.find(session, self._evidence, case_id)
            rows = session.scalars(
                sa.select(PacketRow)
                .where(PacketRow.case_id == case_id, PacketRow.round == entry.row.round)
                .order_by(PacketRow.revision)
            )
            packets = [(row, casebook.packet_of(row, entry.store, self._evidence)) for row in rows]
            return [Revision(packet, digest(packet), row.by_whom, row.at) for row, packet in packets]

    def rejected_texts(self, store: str) -> list[str]:
        """The descriptions that the platform turned down at this store, oldest first, each once."""
        rejected = sa.select(ResultRow.case_id, ResultRow.round).where(ResultRow.outcome == str(Outcome.REJECTED))
        newest = (
            sa.select(sa.func.max(PacketRow.id))
            .join(CaseRow, CaseRow.id == PacketRow.case_id)
            .where(CaseRow.store == store, sa.tuple_(PacketRow.case_id, PacketRow.round).in_(rejected))
            .group_by(PacketRow.case_id, PacketRow.round)
        )
        with self._db.reading() as session:
            texts = session.scalars(
                sa.select(PacketRow.description).where(PacketRow.id.in_(newest)).order_by(PacketRow.id)
            )
            return list(dict.fromkeys(texts))
