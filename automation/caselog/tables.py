"""The tables. A cell is an integer, a text or nothing, the same on SQLite and on PostgreSQL, so that digests agree.

Times are text, UTC, ISO 8601 with microseconds: they sort as text. Structures are canonical JSON. Every table but
`events` and `head` (the chain itself) and the `UNCHAINED` ones is covered, row by row, by the digests in the events.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import BigInteger, Dialect, ForeignKey, Integer, MetaData, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedAsDataclass, mapped_column, relationship
from sqlalchemy.types import TypeDecorator

from automation.errors import InputError

_LONE_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_UNKEEPABLE: Final = re.compile("[\0\ud800-\udfff]")


PLAIN_JSON: Final = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def canonical(value: object) -> str:
    """JSON with sorted keys and no spaces; half characters, which no database keeps, stay as JSON escapes."""
    return _LONE_SURROGATE.sub(lambda half: f"\\u{ord(half[0]):04x}", PLAIN_JSON(value))


def iso(moment: datetime) -> str:
    """A time as the log keeps it. Raises `InputError` for one without a zone."""
    if moment.tzinfo is None:
        raise InputError(f"the time {moment} has no time zone", hint="give one, for instance +08:00")
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def moment(text: str) -> datetime:
    """The inverse of `iso`."""
    return datetime.fromisoformat(text)


class Words(TypeDecorator[str]):
    """Text, character by character as given."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Refuse what one of the databases would not give back unchanged."""
        if value is not None and (found := _UNKEEPABLE.search(value)):
            raise InputError(f"a text holds a character that cannot be kept (U+{ord(found[0]):04X}): {value[:40]!a}")
        return None if value is None else str(value)


class Moment(TypeDecorator[datetime]):
    """An aware time as text."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """To UTC."""
        return None if value is None else iso(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """To an aware time."""
        return None if value is None else moment(value)


class Flag(TypeDecorator[bool]):
    """Yes or no as 1 or 0."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: bool | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        """To 1 or 0."""
        return None if value is None else int(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> bool | None:  # noqa: ARG002
        """To a bool."""
        return None if value is None else bool(value)


class Document(TypeDecorator[Any]):
    """A JSON structure, canonical, as text."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ARG002
        """To canonical JSON."""
        return None if value is None else canonical(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> Any:  # noqa: ARG002
        """To plain lists and dicts."""
        return None if value is None else json.loads(value)


class Table(MappedAsDataclass, DeclarativeBase, kw_only=True, eq=False, repr=False):
    """One row of one table."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {str: Words(), datetime: Moment(), bool: Flag()}  # noqa: RUF012


class AccountRow(Table):
    """A login."""

    __tablename__ = "accounts"
    id: Mapped[str] = mapped_column(primary_key=True)
    platform: Mapped[str]
    login: Mapped[str]
    sign_in: Mapped[str]
    session: Mapped[str]
    endpoint: Mapped[str]


class StoreRow(Table):
    """A shop."""

    __tablename__ = "stores"
    id: Mapped[str] = mapped_column(primary_key=True)
    platform: Mapped[str]
    name: Mapped[str]
    account: Mapped[str] = mapped_column(ForeignKey("accounts.id"))
    client: Mapped[str]
    form_policy: Mapped[str]


class CaseRow(Table):
    """A case; its material of now is the packet with this `round` and `revision`."""

    __tablename__ = "cases"
    __table_args__ = (UniqueConstraint("store", "channel", "identity"),)
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    store: Mapped[str] = mapped_column(ForeignKey("stores.id"))
    channel: Mapped[str]  # the first round's: what the review was entered for
    identity: Mapped[str]  # how the review is told apart, see `casebook.identity`
    state: Mapped[str] = mapped_column(index=True)
    previous: Mapped[str]  # the state before this one
    round: Mapped[int]
    revision: Mapped[int]
    entered_by: Mapped[str]
    entered_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    deadline: Mapped[datetime | None]
    note: Mapped[str]
    source: Mapped[str]
    record_id: Mapped[str]


class EvidenceRow(Table):
    """One file of one packet."""

    __tablename__ = "evidence"
    __table_args__ = (UniqueConstraint("packet_id", "position"),)
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    packet_id: Mapped[int] = mapped_column(ForeignKey("packets.id"), init=False)
    position: Mapped[int]
    sha256: Mapped[str]
    name: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)
    media_type: Mapped[str]
    kind: Mapped[str]
    caption: Mapped[str]
    shows_at: Mapped[datetime | None]
    original: Mapped[str]  # SHA-256 of what was handed in, "" where that is what is sent
    boxes: Mapped[Any] = mapped_column(Document())  # covered: [left, top, width, height, kind] each
    suggested: Mapped[Any] = mapped_column(Document())


class PacketRow(Table):
    """One version of one round's material. Never changed: a change is a new revision."""

    __tablename__ = "packets"
    __table_args__ = (UniqueConstraint("case_id", "round", "revision"),)
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    round: Mapped[int]
    revision: Mapped[int]
    by_whom: Mapped[str]
    at: Mapped[datetime]
    channel: Mapped[str]
    reason: Mapped[str]
    description: Mapped[str]
    review_id: Mapped[str]
    order_no: Mapped[str]
    review_text: Mapped[str]
    posted_at: Mapped[datetime]
    stars: Mapped[int | None]
    buyer: Mapped[str]
    product: Mapped[str]
    review_url: Mapped[str]
    answers: Mapped[Any] = mapped_column(Document())
    findings: Mapped[Any] = mapped_column(Document())
    evidence: Mapped[list[EvidenceRow]] = relationship(
        order_by=EvidenceRow.position, lazy="selectin", default_factory=list
    )


class ApprovalRow(Table):
    """A decision."""

    __tablename__ = "approvals"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    checkpoint: Mapped[str]
    decision: Mapped[str]
    digest: Mapped[str]
    by_whom: Mapped[str]
    at: Mapped[datetime]
    expires_at: Mapped[datetime]
    comment: Mapped[str]
    used_at: Mapped[datetime | None]
    voided: Mapped[str]


class ReadBackRow(Table):
    """What a filled form showed."""

    __tablename__ = "read_backs"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    round: Mapped[int]
    channel: Mapped[str]
    packet_digest: Mapped[str]
    digest: Mapped[str]
    pack_digest: Mapped[str]
    at: Mapped[datetime]
    screenshot: Mapped[str]  # SHA-256 of the kept picture, or ""
    shown: Mapped[Any] = mapped_column(Document())


class IntentRow(Table):
    """Written before the click. `ended` is empty while open, else: receipt, refused, released."""

    __tablename__ = "intents"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    round: Mapped[int]
    digest: Mapped[str]
    read_back_digest: Mapped[str]
    at: Mapped[datetime]
    known_records: Mapped[Any] = mapped_column(Document())
    packet_approval: Mapped[int] = mapped_column(ForeignKey("approvals.id"))
    form_approval: Mapped[int | None] = mapped_column(ForeignKey("approvals.id"))
    searched_at: Mapped[datetime | None]
    search_complete: Mapped[bool]
    ended: Mapped[str]
    answer: Mapped[Any] = mapped_column(Document())  # the platform's refusal, verbatim


class ReceiptRow(Table):
    """The platform's proof for one intent."""

    __tablename__ = "receipts"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    intent_id: Mapped[int] = mapped_column(ForeignKey("intents.id"), unique=True)
    store: Mapped[str] = mapped_column(ForeignKey("stores.id"))
    record_id: Mapped[str]
    status: Mapped[str]
    seen_at: Mapped[datetime]
    filed_at: Mapped[datetime | None]


class ResultRow(Table):
    """What the platform said about one round, verbatim, or what a person decided it to be."""

    __tablename__ = "results"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    round: Mapped[int]
    outcome: Mapped[str]
    by_whom: Mapped[str]
    at: Mapped[datetime]
    record: Mapped[Any | None] = mapped_column(Document())
    notice: Mapped[Any | None] = mapped_column(Document())
    comment: Mapped[str]


class LookRow(Table):
    """When a store's records and notices of one channel were read last."""

    __tablename__ = "looks"
    __table_args__ = (UniqueConstraint("store", "channel"),)
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    store: Mapped[str] = mapped_column(ForeignKey("stores.id"))
    channel: Mapped[str]
    at: Mapped[datetime]
    complete_at: Mapped[datetime | None]


class ChallengeRow(Table):
    """A question to a person."""

    __tablename__ = "challenges"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    account: Mapped[str] = mapped_column(ForeignKey("accounts.id"), index=True)
    store: Mapped[str] = mapped_column(ForeignKey("stores.id"))
    medium: Mapped[str]
    asked_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    destination: Mapped[str]
    prompt: Mapped[str]
    closed: Mapped[str]


class AnswerRow(Table):
    """The newest answer to an open challenge, sealed; gone once it was taken. `seal` guards against rot."""

    __tablename__ = "answers"
    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenges.id"), primary_key=True)
    sealed: Mapped[str]
    seal: Mapped[str]


class LeaseRow(Table):
    """Who holds what until when; `token` only ever grows. `seal` guards against rot."""

    __tablename__ = "leases"
    resource: Mapped[str] = mapped_column(primary_key=True)
    worker: Mapped[str]
    token: Mapped[int] = mapped_column(BigInteger)
    expires_at: Mapped[datetime]
    seal: Mapped[str]


class PersonRow(Table):
    """Somebody who comes in by name. `clients` of nothing means all; of password and token only digests are kept."""

    __tablename__ = "people"
    name: Mapped[str] = mapped_column(primary_key=True)
    role: Mapped[str]
    clients: Mapped[Any | None] = mapped_column(Document())
    password: Mapped[str]  # argon2id, "" without
    token: Mapped[str]  # SHA-256, "" without
    since: Mapped[datetime]


class EventRow(Table):
    """One link of the chain. `rows` lists [table, key, SHA-256 of the row or null once deleted] in order."""

    __tablename__ = "events"
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    by_whom: Mapped[str]
    kind: Mapped[str]
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"), index=True)
    data: Mapped[Any] = mapped_column(Document())
    rows: Mapped[Any] = mapped_column(Document())
    previous: Mapped[str]
    hash: Mapped[str]


class HeadRow(Table):
    """The one row that says where the chain ends, so that a cut-off tail shows."""

    __tablename__ = "head"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seq: Mapped[int]
    hash: Mapped[str]


# Columns that later shapes added, and what rows from before hold there. Such a cell counts in a row's digest only where
# it holds something else, so that old rows keep theirs.
ADDED: Final = {
    ("packets", "review_url"): "",
    ("packets", "answers"): canonical({}),
    ("evidence", "original"): "",
    ("evidence", "boxes"): canonical([]),
    ("evidence", "suggested"): canonical([]),
}
UNCHAINED: Final = frozenset({"leases", "answers"})
CHAIN: Final = frozenset({"events", "head"})
CHAINED: Final = tuple(table for table in Table.metadata.sorted_tables if table.name not in UNCHAINED | CHAIN)
