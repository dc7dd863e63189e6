"""All that the log holds of one case, in one state of the log, with what proves that the log's chain covers it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

from automation.caselog import casebook
from automation.caselog.approvals import approval_of
from automation.caselog.casebook import Entry
from automation.caselog.chain import Event, cells, event_of, event_text, row_text, sha256
from automation.caselog.part import Part
from automation.caselog.readbacks import KeptReadBack, kept_of
from automation.caselog.results import Result, result_of
from automation.caselog.submissions import intent_of
from automation.caselog.tables import (
    ApprovalRow,
    CaseRow,
    EventRow,
    HeadRow,
    IntentRow,
    PacketRow,
    ReadBackRow,
    ReceiptRow,
    ResultRow,
    Table,
)
from automation.errors import ChainBroken
from automation.model import Approval, Case, Intent, Packet, Receipt
from automation.packet import digest

_Row = TypeVar("_Row", PacketRow, ApprovalRow, ReadBackRow, IntentRow, ResultRow)


@dataclass(frozen=True, slots=True)
class Sending:
    """One click, or the licence to it. `ended`: empty, receipt, refused (`answer` says how), released."""

    intent: Intent
    ended: str
    answer: str
    receipt: Receipt | None


@dataclass(frozen=True, slots=True)
class PastRound:
    """One round: its material as it was last, who wrote that when, and what became of it. `form` is the last shown."""

    packet: Packet
    digest: str
    by: str
    at: datetime
    approvals: tuple[Approval, ...]
    form: KeptReadBack | None
    sendings: tuple[Sending, ...]
    results: tuple[Result, ...]


@dataclass(frozen=True, slots=True)
class Proof:
    """The case's place in the chain.

    `events` and `rows` are the very texts whose SHA-256 the chain holds: of every event of the case, and of its rows as
    they are now. Intents are left out of those: they name the store's other appeals. `links` are the hashes of all
    events of the log from number `first`, the case's first, to number `head`, the newest of all.
    """

    first: int
    head: int
    links: tuple[str, ...]
    events: tuple[str, ...]
    rows: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class History:
    """A case from its entry to now."""

    case: Case
    rounds: tuple[PastRound, ...]
    events: tuple[Event, ...]
    proof: Proof


class Histories(Part):
    """Cases as a whole."""

    def history(self, case_id: int) -> History:
        """Everything about a case. Raises `InputError` for an unknown id, `ChainBroken` for an altered event."""
        with self._db.reading() as session:
            entry = casebook.find(session, self._evidence, case_id)
            wanted = sa.select(EventRow).where(EventRow.case_id == case_id).order_by(EventRow.seq)
            events = session.scalars(wanted).all()
            return History(
                case=entry.case,
                rounds=self._rounds(session, entry, events),
                events=tuple(map(event_of, events)),
                proof=_proof(session, entry, events),
            )

    def _rounds(self, session: Session, entry: Entry, events: Sequence[EventRow]) -> tuple[PastRound, ...]:
        rows = session.scalars(
            sa.select(PacketRow).where(PacketRow.case_id == entry.row.id).order_by(PacketRow.round, PacketRow.revision)
        )
        last = {row.round: row for row in rows}
        decided = _decided(events, min(last))
        case = entry.row.id
        approvals = _all(session, ApprovalRow, case)
        forms = _all(session, ReadBackRow, case)
        intents = _all(session, IntentRow, case)
        results = _all(session, ResultRow, case)
        return tuple(
            self._round(
                entry,
                row,
                approvals=[one for one in approvals if decided.get(one.id) == number],
                forms=[one for one in forms if one.round == number],
                sendings=[_sending(session, one) for one in intents if one.round == number],
                results=[one for one in results if one.round == number],
            )
            for number, row in last.items()
        )

    def _round(
        self,
        entry: Entry,
        row: PacketRow,
        *,
        approvals: Sequence[ApprovalRow],
        forms: Sequence[ReadBackRow],
        sendings: Sequence[Sending],
        results: Sequence[ResultRow],
    ) -> PastRound:
        packet = casebook.packet_of(row, entry.store, self._evidence)
        return PastRound(
            packet=packet,
            digest=digest(packet),
            by=row.by_whom,
            at=row.at,
            approvals=tuple(map(approval_of, approvals)),
            form=kept_of(forms[-1], self._evidence) if forms else None,
            sendings=tuple(sendings),
            results=tuple(map(result_of, results)),
        )


def _all(session: Session, table: type[_Row], case: int) -> list[_Row]:
    return list(session.scalars(sa.select(table).where(table.case_id == case).order_by(table.id)))


def _decided(events: Sequence[EventRow], number: int) -> dict[int, int]:
    """The round in which each approval was given, by the approval's id. `number`: the first round's."""
    found: dict[int, int] = {}
    for event in events:
        number = event.data["round"] if event.kind == "round_opened" else number
        for table, key, _ in event.rows:
            if table == ApprovalRow.__tablename__:
                found.setdefault(int(key), number)
    return found


def _sending(session: Session, row: IntentRow) -> Sending:
    kept = session.scalar(sa.select(ReceiptRow).where(ReceiptRow.intent_id == row.id))
    receipt = None if kept is None else Receipt(kept.record_id, kept.status, kept.seen_at, kept.filed_at)
    return Sending(intent_of(row), row.ended, row.answer or "", receipt)


def _proof(session: Session, entry: Entry, events: Sequence[EventRow]) -> Proof:
    dialect = session.get_bind().dialect
    texts = [event_text(cells(row, dialect)) for row in events]
    for row, text in zip(events, texts, strict=True):
        if sha256(text) != row.hash:
            raise ChainBroken(f"event {row.seq} was altered", row=f"event {row.seq}")
    links = session.scalars(sa.select(EventRow.hash).where(EventRow.seq >= events[0].seq).order_by(EventRow.seq)).all()
    head = session.scalars(sa.select(HeadRow.seq)).one()
    return Proof(
        first=events[0].seq,
        head=head,
        links=tuple(links),
        events=tuple(texts),
        rows=tuple(row_text(row.__tablename__, cells(row, dialect)) for row in _rows_of(session, entry.row)),
    )


def _rows_of(session: Session, case: CaseRow) -> Iterator[Table]:
    packets = _all(session, PacketRow, case.id)
    yield case
    yield from packets
    yield from (piece for packet in packets for piece in packet.evidence)
    yield from _all(session, ApprovalRow, case.id)
    yield from _all(session, ReadBackRow, case.id)
    intents = sa.select(IntentRow.id).where(IntentRow.case_id == case.id)
    yield from session.scalars(sa.select(ReceiptRow).where(ReceiptRow.intent_id.in_(intents)).order_by(ReceiptRow.id))
    yield from _all(session, ResultRow, case.id)
