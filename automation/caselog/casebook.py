"""A case's rows inside a transaction: found, read as the words of the trade, and taken one step further."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from automation.caselog import documents, leases
from automation.caselog.database import Writing
from automation.caselog.evidence import EvidenceFolder
from automation.caselog.leases import Lease
from automation.caselog.registers import store_of
from automation.caselog.tables import ApprovalRow, CaseRow, EvidenceRow, IntentRow, PacketRow, StoreRow, iso
from automation.errors import InputError, LeaseLost, TransitionRefused
from automation.model import (
    Case,
    Checkpoint,
    Evidence,
    EvidenceKind,
    Finding,
    Packet,
    Review,
    State,
    Store,
    check_transition,
)
from automation.packet import digest

RECEIPT: Final = "receipt"  # how an intent ended
REFUSED: Final = "refused"
RELEASED: Final = "released"

NOW: Final = sa.and_(
    PacketRow.case_id == CaseRow.id, PacketRow.round == CaseRow.round, PacketRow.revision == CaseRow.revision
)


@dataclass(frozen=True)
class Entry:
    """A case's row, the row of its packet of now, and its store's."""

    row: CaseRow
    packet_row: PacketRow
    store_row: StoreRow
    folder: EvidenceFolder

    @property
    def state(self) -> State:
        """Where it stands."""
        return State(self.row.state)

    @property
    def store(self) -> Store:
        """Where it is contested."""
        return store_of(self.store_row)

    @cached_property
    def packet(self) -> Packet:
        """What would be sent now."""
        return packet_of(self.packet_row, self.store, self.folder)

    @cached_property
    def digest(self) -> str:
        """Of the packet as the database holds it now, not as it once was noted."""
        return digest(self.packet)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The remarks on the packet."""
        return tuple(documents.finding(kept) for kept in self.packet_row.findings)

    @property
    def case(self) -> Case:
        """The whole as the engine and people see it."""
        row = self.row
        return Case(
            id=row.id,
            store=self.store,
            state=self.state,
            packet=self.packet,
            digest=self.digest,
            entered_by=row.entered_by,
            entered_at=row.entered_at,
            changed_at=row.changed_at,
            deadline=row.deadline,
            note=row.note,
            findings=self.findings,
            record_id=row.record_id,
        )


def entries(session: Session, folder: EvidenceFolder, *conditions: sa.ColumnElement[bool]) -> Iterator[Entry]:
    """The cases that meet the conditions (on `CaseRow`), by id."""
    found = session.execute(
        sa.select(CaseRow, PacketRow, StoreRow)
        .join(PacketRow, NOW)
        .join(StoreRow, StoreRow.id == CaseRow.store)
        .where(*conditions)
        .order_by(CaseRow.id)
    )
    for row, packet_row, store_row in found:
        yield Entry(row, packet_row, store_row, folder)


def find(session: Session, folder: EvidenceFolder, case_id: int) -> Entry:
    """Raises `InputError` for an unknown id."""
    for entry in entries(session, folder, CaseRow.id == case_id):
        return entry
    raise InputError(f"no case {case_id} in the case log", field="case")


def intents(session: Session, entry: Entry) -> list[IntentRow]:
    """Those of the current round, oldest first."""
    return list(
        session.scalars(
            sa.select(IntentRow)
            .where(IntentRow.case_id == entry.row.id, IntentRow.round == entry.row.round)
            .order_by(IntentRow.id)
        )
    )


def open_intent(session: Session, entry: Entry) -> IntentRow | None:
    """The current round's intent without an end."""
    return next((row for row in intents(session, entry) if not row.ended), None)


def sent(session: Session, entry: Entry) -> bool:
    """Whether the platform took the current round."""
    return any(row.ended == RECEIPT for row in intents(session, entry))


def hold(writing: Writing, lease: Lease, entry: Entry) -> None:
    """Raise `LeaseLost` unless the lease is one on this case or its account, and holds."""
    mine = (f"account:{entry.store_row.account}", f"case:{entry.row.id}")
    if lease.resource not in mine:
        raise LeaseLost(f"a lease on {lease.resource} is not one on case {entry.row.id}", hint=f"take {mine[0]}")
    leases.current(writing, lease)


def step(writing: Writing, entry: Entry, to: State, *, note: str = "") -> dict[str, Any]:
    """Take the case one step of the table further; returns what the event says of it. Raises `TransitionRefused`.

    Back in front of a checkpoint, what was decided there no longer counts.
    """
    before = entry.state
    check_transition(before, to)
    if to in (State.READY, State.DRAFT):
        void(writing, entry, f"the case went back to {to}", *Checkpoint)
    elif to is State.APPROVED and before is not State.READY:
        void(writing, entry, f"the case went back to {to}", Checkpoint.FORM)
    row = entry.row
    row.previous, row.state, row.changed_at = before, to, writing.now
    row.note = note.encode("utf-8", "replace").decode().replace("\0", "?")
    return {"from": before, "to": to, "note": note}


def void(writing: Writing, entry: Entry, why: str, *checkpoints: Checkpoint) -> None:
    """End the approvals of these checkpoints that were neither used nor ended before."""
    for row in writing.session.scalars(
        sa.select(ApprovalRow).where(
            ApprovalRow.case_id == entry.row.id,
            ApprovalRow.checkpoint.in_([str(checkpoint) for checkpoint in checkpoints]),
            ApprovalRow.used_at.is_(None),
            ApprovalRow.voided == "",
        )
    ):
        row.voided = why


def require_unsent(session: Session, entry: Entry, doing: str) -> None:
    """Raise `TransitionRefused` where the round's appeal was sent, or may have been."""
    row = entry.row
    if open_intent(session, entry) is not None:
        raise TransitionRefused(
            f"case {row.id}: {doing} is refused, round {row.round} may have reached the platform",
            hint="settle it first: the platform's records say whether it did",
        )
    if sent(session, entry):
        raise TransitionRefused(
            f"case {row.id}: {doing} is refused, the platform took round {row.round}", hint="open the next round"
        )


def add_packet(
    writing: Writing, case_id: int, packet: Packet, *, revision: int, findings: tuple[Finding, ...], by: str
) -> PacketRow:
    """Write a packet's rows."""
    review = packet.review
    row = PacketRow(
        case_id=case_id,
        round=packet.round,
        revision=revision,
        by_whom=by,
        at=writing.now,
        channel=packet.channel,
        reason=packet.reason,
        description=packet.description,
        review_id=review.review_id,
        order_no=review.order_no,
        review_text=review.text,
        posted_at=review.posted_at,
        stars=review.stars,
        buyer=review.buyer,
        product=review.product,
        review_url=review.url,
        answers=dict(packet.answers),
        findings=[documents.document(finding) for finding in findings],
        evidence=[
            EvidenceRow(
                position=position,
                sha256=piece.sha256,
                name=piece.name,
                size=piece.size,
                media_type=piece.media_type,
                kind=str(piece.kind),
                caption=piece.caption,
                shows_at=piece.shows_at,
                original=piece.original,
                boxes=documents.box_lists(piece.boxes),
                suggested=documents.box_lists(piece.suggested),
            )
            for position, piece in enumerate(packet.evidence)
        ],
    )
    writing.session.add(row)
    writing.session.flush()
    return row


def packet_of(row: PacketRow, store: Store, folder: EvidenceFolder) -> Packet:
    """A packet's rows as the word; each piece of evidence lies where it is kept."""
    return Packet(
        platform=store.platform,
        channel=row.channel,
        store=store.id,
        review=Review(
            review_id=row.review_id,
            order_no=row.order_no,
            text=row.review_text,
            posted_at=row.posted_at,
            stars=row.stars,
            buyer=row.buyer,
            product=row.product,
            url=row.review_url,
        ),
        round=row.round,
        reason=row.reason,
        description=row.description,
        evidence=tuple(
            Evidence(
                sha256=piece.sha256,
                name=piece.name,
                size=piece.size,
                media_type=piece.media_type,
                kind=EvidenceKind(piece.kind),
                path=folder.path(piece.sha256),
                caption=piece.caption,
                shows_at=piece.shows_at,
                original=piece.original,
                boxes=documents.boxes(piece.boxes),
                suggested=documents.boxes(piece.suggested),
            )
            for piece in row.evidence
        ),
        answers=row.answers,
    )


def identity(review: Review) -> str:
    """How a review is told apart within a store: its id, else its order and product, else who wrote what when."""
    if review.review_id:
        return f"review {review.review_id}"
    if review.order_no:
        return f"order {review.order_no} {review.product}".rstrip()
    words = "\n".join((review.buyer, iso(review.posted_at), review.text))
    return f"text {hashlib.sha256(words.encode('utf-8', 'surrogatepass')).hexdigest()}"


def same_review(one: Review, other: Review) -> bool:
    """Whether two entries mean one review. Where only one of them knows the review's id, the order decides."""
    if one.review_id and other.review_id:
        return one.review_id == other.review_id
    if one.order_no and one.order_no == other.order_no and (one.review_id or other.review_id):
        return not (one.product and other.product) or one.product == other.product
    return identity(one) == identity(other)
