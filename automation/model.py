"""The words of the trade as types, and the life of a case as one table.

Everything here is immutable. Times are timezone-aware; sizes are bytes; digests are lower-case hex SHA-256.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Final

from automation.box import Box
from automation.errors import TransitionRefused

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The default clock."""
    return datetime.now(UTC)


# --- who and where -------------------------------------------------------------------------------------------------


class SessionMode(StrEnum):
    """Whose browser an account uses."""

    MANAGED = "managed"  # our Chromium, its state kept encrypted in the vault
    PROFILE = "profile"  # our Chromium with a persistent profile folder of the account's own
    ATTACH = "attach"  # the operator's own Chrome, over CDP


class SignIn(StrEnum):
    """How an account signs in."""

    PASSWORD = "password"  # noqa: S105 -- a way of signing in, not a password
    SMS = "sms"
    QR = "qr"


class FormPolicy(StrEnum):
    """When a person looks at the filled form before it is sent."""

    ALWAYS = "always"
    WHEN_NEW = "when_new"  # the first time with this store, channel, pack and set of form fields
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Account:
    """A login. `login` is the phone number or e-mail it is typed as; passwords and TOTP seeds live in the vault."""

    id: str
    platform: str
    login: str
    sign_in: SignIn = SignIn.PASSWORD
    session: SessionMode = SessionMode.MANAGED
    endpoint: str = ""  # CDP address, for SessionMode.ATTACH


@dataclass(frozen=True, slots=True)
class Store:
    """A shop on a platform. `name` is exactly what the back-office shows as the current store."""

    id: str
    platform: str
    name: str
    account: str
    client: str = ""
    form_policy: FormPolicy = FormPolicy.ALWAYS


# --- what is contested ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Review:
    """What a buyer wrote. Some platforms show no order number or no id: then that field is empty."""

    review_id: str
    order_no: str
    text: str
    posted_at: datetime
    stars: int | None = None
    buyer: str = ""
    product: str = ""
    url: str = ""  # where the review is to be seen


class EvidenceKind(StrEnum):
    """What a piece of evidence shows."""

    REVIEW = "review"  # screenshot of the review with its full text
    CHAT = "chat"
    RECORDING = "recording"  # audio, video or a screen recording
    LOGISTICS = "logistics"
    ORDER = "order"  # order or purchase record, anomalies
    PHOTO = "photo"
    DOCUMENT = "document"  # certificates, test reports, receipts
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One file as it will be sent, lying at `path`; `original`: SHA-256 of what was handed in, if that differs."""

    sha256: str
    name: str
    size: int
    media_type: str
    kind: EvidenceKind
    path: Path
    caption: str = ""
    shows_at: datetime | None = None
    original: str = ""
    boxes: tuple[Box, ...] = ()  # covered in what is sent
    suggested: tuple[Box, ...] = ()  # where a page was known to show somebody's numbers


@dataclass(frozen=True, slots=True)
class Packet:
    """The appeal material of one round: what a person approves, and nothing else is sent."""

    platform: str
    channel: str
    store: str
    review: Review
    round: int
    reason: str  # our term, a key of the pack's `reasons`; as `TERM=OPTION` where a person chose the page's own option
    description: str
    evidence: tuple[Evidence, ...] = ()
    answers: Mapping[str, str] = field(default_factory=dict)  # what else the form asks, by the channel's own terms


@dataclass(frozen=True, slots=True)
class Finding:
    """One remark of the lint or the evidence preflight. A blocking one keeps the packet from being approved."""

    code: str
    message: str
    field: str
    blocks: bool
    hint: str = ""


# --- checkpoints ---------------------------------------------------------------------------------------------------


class Checkpoint(StrEnum):
    """Where a person must decide."""

    PACKET = "packet"
    FORM = "form"


class Decision(StrEnum):
    """What the person decided."""

    APPROVED = "approved"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Approval:
    """A decision about one digest; single-use. `used_at` and `voided` (the cause) end it, and so does `expires_at`."""

    id: int
    case: int
    checkpoint: Checkpoint
    decision: Decision
    digest: str
    by: str
    at: datetime
    expires_at: datetime
    comment: str = ""
    used_at: datetime | None = None
    voided: str = ""


class Medium(StrEnum):
    """What a challenge asks for."""

    SMS = "sms"
    CODE = "code"  # a code from an app, a mail or elsewhere
    QR = "qr"
    SLIDER = "slider"
    DEVICE = "device"
    OTHER = "other"

    @property
    def typed(self) -> bool:
        """Whether the answer is typed; the others are done by hand on the page or on a phone."""
        return self in (Medium.SMS, Medium.CODE)


@dataclass(frozen=True, slots=True)
class Challenge:
    """A typed question to a person about one account's sign-in. `destination` is masked as the site shows it."""

    id: int
    account: str
    store: str
    medium: Medium
    asked_at: datetime
    expires_at: datetime
    destination: str = ""
    prompt: str = ""
    picture: Path | None = None
    closed: str = ""  # empty while open, else: answered, replaced, expired, done, given up


# --- on the page ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Form:
    """What an open appeal form offers, read from the page. None means: the page does not say."""

    review: str  # how the form names the review; "" where it does not
    reasons: tuple[str, ...] = ()
    description_max: int | None = None  # UTF-16 units, as browsers count
    files_max: int | None = None
    attempts_left: int | None = None
    answers_max: Mapping[str, str] = field(default_factory=dict)  # greatest amounts that the page itself states


@dataclass(frozen=True, slots=True)
class Filling:
    """What a flow puts into the form: the packet, and the option that its reason is called on this page."""

    packet: Packet
    reason_label: str


@dataclass(frozen=True, slots=True)
class Uploaded:
    """One file as the page lists it. `sha256` is of the bytes that the page was given; `accepted` once it says so."""

    name: str
    sha256: str
    accepted: bool


@dataclass(frozen=True, slots=True)
class ReadBack:
    """What the page itself now shows; `answers` by the channel's terms, `fields` all others by their pack keys."""

    store: str
    review: str
    reason: str
    description: str
    uploads: tuple[Uploaded, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Intent:
    """Written and synced before the one irreversible click. `known_records` are the platform's older rows."""

    id: int
    case: int
    round: int
    digest: str
    at: datetime
    known_records: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Record:
    """A row of the platform's own list of appeals. Fields that the list does not show are empty."""

    record_id: str
    order_no: str
    review_id: str
    status: str
    filed_at: datetime | None = None
    detail: str = ""  # the platform's answer, verbatim
    reason: str = ""
    review_text: str = ""  # where the list names the review by what it says
    review_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Records:
    """The rows that were read. `complete` only if the list was read to its end and did not change meanwhile."""

    rows: tuple[Record, ...]
    complete: bool


@dataclass(frozen=True, slots=True)
class Notice:
    """A message of the platform about appeals, verbatim."""

    notice_id: str
    text: str
    at: datetime | None = None
    order_no: str = ""
    record_id: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """The platform's proof that it took the appeal."""

    record_id: str
    status: str
    seen_at: datetime
    filed_at: datetime | None = None


class Outcome(StrEnum):
    """What a wording of the platform means."""

    PENDING = "pending"
    UPHELD = "upheld"
    REJECTED = "rejected"
    MORE_EVIDENCE = "more_evidence"
    UNKNOWN = "unknown"  # never guessed: a person reads it


# --- the life of a case --------------------------------------------------------------------------------------------


class State(StrEnum):
    """Where a case stands."""

    DRAFT = "draft"  # material is missing or the lint blocks
    READY = "ready"  # waits for the packet checkpoint
    APPROVED = "approved"
    PREPARING = "preparing"
    PREPARED = "prepared"  # waits for the form checkpoint
    CONFIRMED = "confirmed"  # the form was approved; to be filled again and sent
    SUBMITTING = "submitting"
    SUBMITTED = "submitted"  # the platform's record list shows it
    UPHELD = "upheld"
    REJECTED = "rejected"
    MORE_EVIDENCE = "more_evidence"
    CLOSED = "closed"
    NEEDS_PERSON = "needs_person"
    UNCERTAIN = "uncertain"  # intent without receipt: nothing clicks again
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"  # the window closed before it was sent


# Back from submitting to approved, confirmed, ready or draft is before an intent only: after one the log refuses it.
_STEPS: Final = """
draft         -> ready withdrawn expired
ready         -> draft approved withdrawn expired
approved      -> draft ready preparing submitting needs_person withdrawn expired
preparing     -> draft ready approved prepared needs_person withdrawn expired
prepared      -> draft ready approved confirmed needs_person withdrawn expired
confirmed     -> draft ready approved submitting needs_person withdrawn expired
submitting    -> draft ready approved confirmed submitted uncertain needs_person withdrawn expired
uncertain     -> draft ready submitted
submitted     -> upheld rejected more_evidence needs_person
needs_person  -> draft ready approved submitted upheld rejected more_evidence closed withdrawn expired
upheld        -> closed
rejected      -> draft closed
more_evidence -> draft closed
withdrawn     -> draft
expired       -> closed
closed        ->
"""

TRANSITIONS: Final[Mapping[State, frozenset[State]]] = {
    State(before.strip()): frozenset(map(State, after.split()))
    for before, after in (step.split("->") for step in _STEPS.strip().splitlines())
}


def check_transition(before: State, after: State) -> None:
    """Raise `TransitionRefused` unless the table allows the step."""
    if after not in TRANSITIONS[before]:
        allowed = ", ".join(sorted(TRANSITIONS[before])) or "nothing"
        raise TransitionRefused(f"a case cannot go from {before} to {after}", hint=f"it can go to: {allowed}")


@dataclass(frozen=True, slots=True)
class Case:
    """One review contested at one store, as the case log holds it now."""

    id: int
    store: Store
    state: State
    packet: Packet
    digest: str
    entered_by: str
    entered_at: datetime
    changed_at: datetime
    deadline: datetime | None = None  # the appeal window's end
    note: str = ""  # why it is where it is, for the operator
    findings: tuple[Finding, ...] = ()
    record_id: str = ""  # of the current round's receipt
