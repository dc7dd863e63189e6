"""Cases as lists show them: read a page at a time, however many there are, without their files and digests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeVar

import sqlalchemy as sa

from automation.caselog import casebook
from automation.caselog.part import Part
from automation.caselog.tables import CaseRow, EvidenceRow, PacketRow, StoreRow
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
    entered_after: datetime | None = None
    due_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Brief:
    """A case on one line. `blocked` is the first remark that keeps it from being approved.

    `covered`: in how many of its files parts are covered.
    """

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
    review_id: str
    review_text: str
    description: str
    files: int
    covered: int
    entered_by: str
    entered_at: datetime
    changed_at: datetime
    deadline: datetime | None
    note: str
    record_id: str
    blocked: str
    warnings: int


@dataclass(frozen=True, slots=True)
class Round:
    """One round of a case: what was, or would be, sent. `kinds` are those of its evidence, `current` its newest round.

    `state`, `deadline`, `note` and `record_id` are the case's now.
    """

    case: int
    round: int
    current: int
    client: str
    store: str
    store_name: str
    platform: str
    channel: str
    reason: str  # our term
    order_no: str
    review_id: str
    kinds: frozenset[str]
    state: State
    entered_at: datetime
    deadline: datetime | None
    note: str
    record_id: str


class Briefs(Part):
    """Lists of cases, and how many there are."""

    def briefs(self, sought: Sought, *, limit: int | None = None, offset: int = 0) -> list[Brief]:
        """What may have been sent comes first, then whatever's window ends soonest, then the oldest."""
        files = sa.select(sa.func.count()).where(EvidenceRow.packet_id == PacketRow.id).correlate(PacketRow)
        covered = files.where(sa.type_coerce(EvidenceRow.boxes, sa.Text) != "[]")
        counts = (files.scalar_subquery().label("files"), covered.scalar_subquery().label("covered"))
        columns = (*_CASE, *_STORE, *_PACKET, PacketRow.findings, *counts)
        wanted = _narrowed(sa.select(*columns), sought, packets=True, stores=True)
        with self._db.reading() as session:
            rows = session.execute(_urgent_first(wanted).limit(limit).offset(offset)).mappings()
            return [_brief(dict(row)) for row in rows]

    def numbers(self, sought: Sought, *, limit: int | None = None) -> list[int]:
        """The cases' numbers alone, in the order of `briefs`."""
        with self._db.reading() as session:
            return list(session.scalars(_urgent_first(_narrowed(sa.select(CaseRow.id), sought)).limit(limit)))

    def descriptions(self, sought: Sought, *, limit: int) -> dict[int, str]:
        """What the newest cases' packets say, by case."""
        wanted = _narrowed(sa.select(CaseRow.id, PacketRow.description), sought, packets=True)
        with self._db.reading() as session:
            newest = session.execute(wanted.order_by(CaseRow.id.desc()).limit(limit))
            return dict(newest.all())

    def counts_by_store(self, sought: Sought) -> Mapping[str, int]:
        """How many cases of each store there are, by its id; stores without any are left out."""
        counted = _narrowed(sa.select(CaseRow.store, sa.func.count()), sought).group_by(CaseRow.store)
        with self._db.reading() as session:
            return dict(session.execute(counted).all())

    def counts(self, sought: Sought) -> Mapping[State, int]:
        """How many cases stand where; states without any are left out."""
        counted = _narrowed(sa.select(CaseRow.state, sa.func.count()), sought).group_by(CaseRow.state)
        with self._db.reading() as session:
            return {State(state): count for state, count in session.execute(counted)}

    def rounds(self, sought: Sought) -> list[Round]:
        """Every round of the cases, by case and round, each as it was last written."""
        newest = sa.select(sa.func.max(PacketRow.id)).group_by(PacketRow.case_id, PacketRow.round)
        kinds = (
            sa.select(sa.func.aggregate_strings(EvidenceRow.kind, " "))
            .where(EvidenceRow.packet_id == PacketRow.id)
            .correlate(PacketRow)
            .scalar_subquery()
        )
        wanted = (
            sa.select(
                PacketRow.case_id.label("case"),
                PacketRow.round,
                CaseRow.round.label("current"),
                *_STORE,
                *_PACKET[:4],
                kinds.label("kinds"),
                *(getattr(CaseRow, name) for name in ("state", "entered_at", "deadline", "note", "record_id")),
            )
            .select_from(PacketRow)
            .join(CaseRow, CaseRow.id == PacketRow.case_id)
            .join(StoreRow, StoreRow.id == CaseRow.store)
            .where(PacketRow.id.in_(newest), CaseRow.id.in_(_narrowed(sa.select(CaseRow.id), sought)))
            .order_by(PacketRow.case_id, PacketRow.round)
        )
        with self._db.reading() as session:
            return [_round(dict(row)) for row in session.execute(wanted).mappings()]


_CASE: Final = (
    CaseRow.id,
    CaseRow.state,
    CaseRow.round,
    CaseRow.entered_by,
    CaseRow.entered_at,
    CaseRow.changed_at,
    CaseRow.deadline,
    CaseRow.note,
    CaseRow.record_id,
)
_STORE: Final = (StoreRow.id.label("store"), StoreRow.name.label("store_name"), StoreRow.client, StoreRow.platform)
_PACKET: Final = (
    PacketRow.channel,
    PacketRow.reason,
    PacketRow.order_no,
    PacketRow.review_id,
    PacketRow.stars,
    PacketRow.buyer,
    PacketRow.review_text,
    PacketRow.description,
)


def term(reason: str) -> str:
    """Our term in a packet's reason, without the option of the page that it may name."""
    return reason.partition("=")[0]


def _urgent_first(wanted: S) -> S:
    return wanted.order_by(
        sa.case((CaseRow.state == State.UNCERTAIN.value, 0), else_=1),
        sa.func.coalesce(sa.type_coerce(CaseRow.deadline, sa.Text), _LAST),
        CaseRow.id,
    )


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
    if sought.entered_after is not None:
        wanted = wanted.where(CaseRow.entered_at >= sought.entered_after)
    if sought.due_before is not None:
        wanted = wanted.where(CaseRow.deadline < sought.due_before)
    return wanted.where(_says(sought.text)) if sought.text else wanted


def _says(text: str) -> sa.ColumnElement[bool]:
    places = (PacketRow.order_no, PacketRow.review_id, PacketRow.buyer, PacketRow.review_text, PacketRow.description)
    found = [place.icontains(text, autoescape=True) for place in places]
    if text.isascii() and text.isdecimal() and len(text) < 10:  # noqa: PLR2004 - longer ones are orders
        found.append(CaseRow.id == int(text))
    return sa.or_(*found)


def _round(row: dict[str, Any]) -> Round:
    row["state"], row["reason"] = State(row["state"]), term(row["reason"])
    row["kinds"] = frozenset((row["kinds"] or "").split())
    return Round(**row)


def _brief(row: dict[str, Any]) -> Brief:
    remarks = row.pop("findings")
    return Brief(
        **{**row, "state": State(row["state"]), "reason": term(row["reason"])},
        blocked=next((remark["message"] for remark in remarks if remark["blocks"]), ""),
        warnings=sum(not remark["blocks"] for remark in remarks),
    )
