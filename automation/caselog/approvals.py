"""Checkpoints: what a person decided about which digest, good for one use and until a time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from automation.caselog import casebook, readbacks
from automation.caselog.casebook import Entry
from automation.caselog.database import Writing
from automation.caselog.part import Part
from automation.caselog.tables import ApprovalRow
from automation.errors import ApprovalRefused, InputError
from automation.model import Approval, Checkpoint, Decision, State

WAITS_IN: Final = {Checkpoint.PACKET: State.READY, Checkpoint.FORM: State.PREPARED}
"""The state in which a case waits at each checkpoint."""

_AFTER = {
    (Checkpoint.PACKET, Decision.APPROVED): State.APPROVED,
    (Checkpoint.PACKET, Decision.REJECTED): State.DRAFT,
    (Checkpoint.FORM, Decision.APPROVED): State.CONFIRMED,
    (Checkpoint.FORM, Decision.REJECTED): State.READY,
}


class Approvals(Part):
    """What people decided."""

    def decide(
        self,
        case_id: int,
        checkpoint: Checkpoint,
        decision: Decision,
        *,
        digest: str,
        by: str,
        comment: str = "",
        ttl: timedelta,
        bar_author: bool = False,
    ) -> Approval:
        """Decide about what has this digest: the packet of a ready case, or the read-back of a prepared one.

        `bar_author`: who entered the case or wrote the packet may not approve it. Raises `ApprovalRefused`.
        """
        with self._db.writing() as writing:
            entry = casebook.find(writing.session, self._evidence, case_id)
            _check(writing, entry, checkpoint, decision, digest=digest)
            if decision is Decision.REJECTED and not comment.strip():
                raise ApprovalRefused("a rejection needs a comment", hint="say what must change")
            if decision is Decision.APPROVED and bar_author and _same_person(by, entry):
                raise ApprovalRefused(f"{by} made the packet of case {case_id}", hint="somebody else must approve it")
            if ttl <= timedelta():
                raise InputError("an approval must be good for some time", field="ttl")
            casebook.void(writing, entry, "decided anew", checkpoint)
            row = ApprovalRow(
                case_id=case_id,
                checkpoint=checkpoint,
                decision=decision,
                digest=digest,
                by_whom=by,
                at=writing.now,
                expires_at=writing.now + ttl,
                comment=comment,
                used_at=None,
                voided="",
            )
            said = casebook.step(writing, entry, _AFTER[checkpoint, decision], note=comment)
            writing.session.add(row)
            writing.event(
                "decided", by=by, case=case_id, checkpoint=checkpoint, decision=decision, digest=digest, **said
            )
            return approval_of(row)

    def approval_for(self, case_id: int, checkpoint: Checkpoint) -> Approval:
        """The approval that counts for what would be sent now. Raises `ApprovalRefused` saying why there is none."""
        with self._db.reading() as session:
            entry = casebook.find(session, self._evidence, case_id)
            return approval_of(_usable(session, entry, checkpoint, self._clock()))

    def approvals(self, case_id: int) -> list[Approval]:
        """Every decision about a case, oldest first."""
        with self._db.reading() as session:
            casebook.find(session, self._evidence, case_id)
            rows = session.scalars(
                sa.select(ApprovalRow).where(ApprovalRow.case_id == case_id).order_by(ApprovalRow.id)
            )
            return [approval_of(row) for row in rows]


def usable(writing: Writing, entry: Entry, checkpoint: Checkpoint) -> ApprovalRow:
    """The approval that counts now. Raises `ApprovalRefused`."""
    return _usable(writing.session, entry, checkpoint, writing.now)


def _usable(session: Session, entry: Entry, checkpoint: Checkpoint, now: datetime) -> ApprovalRow:
    digest = _digest(session, entry, checkpoint)
    rows = session.scalars(
        sa.select(ApprovalRow)
        .where(ApprovalRow.case_id == entry.row.id, ApprovalRow.checkpoint == str(checkpoint))
        .order_by(ApprovalRow.id.desc())
    ).all()
    for row in rows:
        if not _why_not(row, digest, now):
            return row
    raise ApprovalRefused(
        f"case {entry.row.id} has no {checkpoint} approval that counts: {_newest_fault(rows, digest, now)}",
        hint="look at it and decide again",
    )


def _newest_fault(rows: Sequence[ApprovalRow], digest: str, now: datetime) -> str:
    return _why_not(rows[0], digest, now) if rows else "nobody decided yet"


def _why_not(row: ApprovalRow, digest: str, now: datetime) -> str:
    if row.decision != Decision.APPROVED:
        return f"{row.by_whom} rejected it"
    if row.used_at is not None:
        return f"it was used at {row.used_at:%Y-%m-%d %H:%M} UTC"
    if row.voided:
        return f"it is void, {row.voided}"
    if row.expires_at <= now:
        return f"it expired at {row.expires_at:%Y-%m-%d %H:%M} UTC"
    if row.digest != digest:
        return "it is about something else than what would be sent now (the digest changed)"
    return ""


def _check(writing: Writing, entry: Entry, checkpoint: Checkpoint, decision: Decision, *, digest: str) -> None:
    number = entry.row.id
    if entry.state is not WAITS_IN[checkpoint]:
        raise ApprovalRefused(f"case {number} is {entry.state}: it does not wait for the {checkpoint} checkpoint")
    if digest != _digest(writing.session, entry, checkpoint):
        raise ApprovalRefused(f"case {number} is not what was looked at any more", hint="look at it again")
    blocking = [finding.message for finding in entry.findings if finding.blocks]
    if decision is Decision.APPROVED and blocking:
        raise ApprovalRefused(f"case {number} is blocked: {'; '.join(blocking)}", hint="change the packet first")


def _digest(session: Session, entry: Entry, checkpoint: Checkpoint) -> str:
    if checkpoint is Checkpoint.PACKET:
        return entry.digest
    kept = readbacks.newest(session, entry)
    return "" if kept is None else kept.digest


def _same_person(by: str, entry: Entry) -> bool:
    authors = (entry.row.entered_by, entry.packet_row.by_whom)
    return by.strip().casefold() in {author.strip().casefold() for author in authors}


def approval_of(row: ApprovalRow) -> Approval:
    """A row as the word."""
    return Approval(
        id=row.id,
        case=row.case_id,
        checkpoint=Checkpoint(row.checkpoint),
        decision=Decision(row.decision),
        digest=row.digest,
        by=row.by_whom,
        at=row.at,
        expires_at=row.expires_at,
        comment=row.comment,
        used_at=row.used_at,
        voided=row.voided,
    )
