"""What the JSON API answers: cases, decisions, challenges, registers, as pydantic models of the words of the trade.

No answer holds a secret, or where a file lies on this machine.
"""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from automation.box import BoxKind
from automation.model import (
    Checkpoint,
    Decision,
    EvidenceKind,
    FormPolicy,
    Medium,
    Outcome,
    SessionMode,
    SignIn,
    State,
)
from automation.secret import Secret


class Reply(BaseModel):
    """Read from the attributes of the word that it stands for."""

    model_config = ConfigDict(from_attributes=True, frozen=True)

    @classmethod
    def of(cls, thing: object, **more: object) -> Self:
        """The reply about a thing, with what the thing does not know itself."""
        known = {name: getattr(thing, name) for name in cls.model_fields if name not in more and hasattr(thing, name)}
        return cls.model_validate({**known, **more})


class Told(Reply):
    """What is wrong, and what to do about it."""

    message: str
    hint: str


class Problem(Reply):
    """Why something was not done; nothing was changed."""

    detail: list[Told]


class CaseLine(Reply):
    """A case in a list. `approve_by`: a decision after this comes too late, as far as the window is known."""

    id: int
    state: State
    round: int
    store: str
    store_name: str
    client: str
    platform: str
    channel: str
    reason: str
    stars: int | None
    buyer: str
    order_no: str
    review_text: str
    description: str
    files: int
    entered_by: str
    changed_at: AwareDatetime
    deadline: AwareDatetime | None
    approve_by: AwareDatetime | None
    note: str
    blocked: str
    warnings: int


class CaseList(Reply):
    """One page of a list, and how many cases each view holds within the same filters."""

    total: int
    page: int
    pages: int
    counts: dict[str, int]
    cases: list[CaseLine]


class ReviewReply(Reply):
    """What the buyer wrote."""

    review_id: str
    order_no: str
    text: str
    posted_at: AwareDatetime
    stars: int | None
    buyer: str
    product: str
    url: str


class BoxReply(Reply):
    """A part of a picture that is covered, in pixels of the upright original."""

    left: int
    top: int
    width: int
    height: int
    kind: BoxKind


class EvidenceReply(Reply):
    """One file as it is sent, without its bytes; `place` counts from 1, `size` is in bytes.

    `original`: the SHA-256 of what was handed in, where other bytes are sent; `boxes`: what is covered in these.
    """

    place: int
    name: str
    sha256: str
    size: int
    media_type: str
    kind: EvidenceKind
    caption: str
    shows_at: AwareDatetime | None
    original: str
    boxes: tuple[BoxReply, ...]


class PacketReply(Reply):
    """The appeal material of the round of now."""

    platform: str
    channel: str
    round: int
    review: ReviewReply
    reason: str
    description: str
    answers: dict[str, str]
    evidence: list[EvidenceReply]


class FindingReply(Reply):
    """One remark of the lint."""

    code: str
    message: str
    field: str
    blocks: bool
    hint: str


class ApprovalReply(Reply):
    """A decision about one digest."""

    id: int
    checkpoint: Checkpoint
    decision: Decision
    digest: str
    by: str
    at: AwareDatetime
    expires_at: AwareDatetime
    comment: str
    used_at: AwareDatetime | None
    voided: str


class ResultReply(Reply):
    """What the platform said about a round, verbatim, or what a person decided it to be."""

    round: int
    outcome: Outcome
    by: str
    at: AwareDatetime
    wording: str
    comment: str


class EventReply(Reply):
    """One event of the log."""

    id: int
    at: AwareDatetime
    by: str
    kind: str
    data: dict[str, Any]


class CaseReply(Reply):
    """One case, whole. `checkpoint` and `digest` name what a decision would be about now, where one is due."""

    id: int
    state: State
    store: str
    store_name: str
    client: str
    entered_by: str
    entered_at: AwareDatetime
    changed_at: AwareDatetime
    deadline: AwareDatetime | None
    note: str
    record_id: str
    packet: PacketReply
    findings: list[FindingReply]
    checkpoint: Checkpoint | None
    digest: str
    approvals: list[ApprovalReply]
    results: list[ResultReply]
    events: list[EventReply]


class Deciding(BaseModel):
    """A decision about what has this digest."""

    decision: Decision
    digest: Annotated[str, Field(max_length=200, description="As the case's `digest` said it when it was looked at.")]
    comment: Annotated[str, Field(max_length=2000)] = ""


class ChallengeReply(Reply):
    """An open question of a sign-in. `typed`: its answer is a text."""

    id: int
    account: str
    store: str
    medium: Medium
    typed: bool
    asked_at: AwareDatetime
    expires_at: AwareDatetime
    destination: str
    prompt: str


class Answering(BaseModel):
    """The code that was asked for, for the store that the question is about."""

    store: Annotated[str, Field(max_length=200)]
    code: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)]


class StoreReply(Reply):
    """A shop. `waiting`: how many of its cases wait for a person."""

    id: str
    platform: str
    name: str
    account: str
    client: str
    form_policy: FormPolicy
    waiting: int


class AccountReply(Reply):
    """A login. `secrets` are the names of those that are kept; `session_at` is when a session was kept last."""

    id: str
    platform: str
    login: str
    sign_in: SignIn
    session: SessionMode
    secrets: list[Secret]
    session_at: AwareDatetime | None


class ReportLine(Reply):
    """One round of one case: what it came to, and when."""

    case: int
    round: int
    client: str
    store: str
    platform: str
    channel: str
    reason: str
    order_no: str
    review_id: str
    state: State
    entered_at: AwareDatetime
    submitted_at: AwareDatetime | None
    answered_at: AwareDatetime | None
    answer: str
    record_id: str
    deadline: AwareDatetime | None


class Report(Reply):
    """One page of the lines, by case and round."""

    total: int
    page: int
    pages: int
    lines: list[ReportLine]
