"""Cases as lists show them: read a page at a time, however many there are, without their files and digests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeVar

import sqlalchemy as sa

from automation.caselog import casebook
from automation.caselog.part import Part
from automation.caselog.tables import CaseRow, PacketRow, StoreRow
from automation.model import State

S = TypeVar("S", bound=sa.Select[*tuple[Any, ...]])
_LAST: Final = "9999"  # sorts behind every time


@dataclass(frozen=True, slots=True)
class Sought:
    """Which cases; what is empty does not narrow. `clients` of None means everybody's, an empty set nobody's."""

    states: frozenset[State] = frozenset()
    clients: frozenset[str] | None = None
    client: str = ""
    platform: str = ""
    store: str = ""
    reason: str = ""  # our term
    text: str = ""  # in the review, the buyer's name, an order or review number, or a case's number
    due_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Brief:
    """A case on one line. `blocked` is the first remark that keeps it from being approved."""

    id: int
    state: State
    round: int
    store: str
    store_name: str
    client: str
    platform: str
    channel: str
    reason: str  # our term
    stars: int | None
    buyer: str
    order_no: str
    review_text: str
    description: str
    files: int
    entered_by: str
    changed_at: datetime
    deadline: datetime | None
    note: str
    blocked: str
    warnings: int


class Briefs(Part):
    """Lists of cases, and how many there are."""

    def briefs(self, sought: Sought, *, limit: int | None = None, offset: int = 0) -> list[Brief]:
        """What may have been sent comes first, then whatever's window ends soonest, then the oldest."""
        rows = (
            _narrowed(sa.select(CaseRow, PacketRow, StoreRow), sought, packets=True, stores=True)
            .order_by(
                sa.case((CaseRow.state == State.UNCERTAIN.value, 0), else_=1),
                sa.func.coalesce(sa.type_coerce(CaseRow.deadline, sa.Text), _LAST),
                CaseRow.id,
            )
            .limit(limit)
            .offset(offset)
        )
        with self._db.reading() as session:
            return [_brief(case, packet, store) for case, packet, store in session.execute(rows)]

    def counts(self, sought: Sought) -> Mapping[State, int]:
        """How many cases stand where; states without any are left out."""
        counted = _narrowed(sa.select(CaseRow.state, sa.func.count()), sought).group_by(CaseRow.state)
        with self._db.reading() as session:
            return {State(state): count for state, count in session.execute(counted)}


def _narrowed(wanted: S, sought: Sought, *, packets: bool = False, stores: bool = False) -> S:
    """Only what is asked for is joined: counting all cases reads one index."""
    wanted = wanted.select_from(CaseRow)
    if packets or sought.reason or sought.text:
        wanted = wanted.join(PacketRow, casebook.NOW)
    if stores or sought.client or sought.platform or sought.clients is not None:
        wanted = wanted.join(StoreRow, StoreRow.id == CaseRow.store)
    if sought.states:
        wanted = wanted.where(CaseRow.state.in_([str(state) for state in sought.states]))
    if sought.clients is not None:
        wanted = wanted.where(StoreRow.client.in_(sought.clients))
    for column, value in (
        (StoreRow.client, sought.client),
        (StoreRow.platform, sought.platform),
        (CaseRow.store, sought.store),
    ):
        if value:
            wanted = wanted.where(column == value)
    if sought.reason:
        called = PacketRow.reason.startswith(f"{sought.reason}=", autoescape=True)
        wanted = wanted.where(sa.or_(PacketRow.reason == sought.reason, called))
    if sought.due_before is not None:
        wanted = wanted.where(CaseRow.deadline < sought.due_before)
    return wanted.where(_says(sought.text)) if sought.text else wanted


def _says(text: str) -> sa.ColumnElement[bool]:
    places = (PacketRow.order_no, PacketRow.review_id, PacketRow.buyer, PacketRow.review_text, PacketRow.description)
    found = [place.icontains(text, autoescape=True) for place in places]
    if text.isascii() and text.isdecimal() and len(text) < 10:  # noqa: PLR2004 - longer ones are orders
        found.append(CaseRow.id == int(text))
    return sa.or_(*found)


def _brief(case: CaseRow, packet: PacketRow, store: StoreRow) -> Brief:
    remarks = packet.findings
    return Brief(
        id=case.id,
        state=State(case.state),
        round=case.round,
        store=store.id,
        store_name=store.name,
        client=store.client,
        platform=store.platform,
        channel=packet.channel,
        reason=packet.reason.partition("=")[0],
        stars=packet.stars,
        buyer=packet.buyer,
        order_no=packet.order_no,
        review_text=packet.review_text,
        description=packet.description,
        files=len(packet.evidence),
        entered_by=case.entered_by,
        changed_at=case.changed_at,
        deadline=case.deadline,
        note=case.note,
        blocked=next((remark["message"] for remark in remarks if remark["blocks"]), ""),
        warnings=sum(not remark["blocks"] for remark in remarks),
    )
