"""The one irreversible click: an intent on the disk before it, the platform's proof after it, doubt in between."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from automation.caselog import approvals, casebook
from automation.caselog.casebook import RECEIPT, REFUSED, RELEASED, Entry
from automation.caselog.database import Writing
from automation.caselog.leases import Lease
from automation.caselog.part import Part
from automation.caselog.tables import CaseRow, IntentRow, PacketRow, ReceiptRow, StoreRow
from automation.errors import ApprovalRefused, InputError, TransitionRefused
from automation.model import Case, Checkpoint, FormPolicy, Intent, Receipt, State

# The approvals were used with the intent, so a refused case never goes straight back to work.
_AFTER_REFUSAL: Final = frozenset({State.READY, State.DRAFT, State.NEEDS_PERSON, State.EXPIRED, State.WITHDRAWN})

_GIVEN_UP: Final = (REFUSED, RELEASED)  # ended without a receipt


class Submissions(Part):
    """What was sent, or may have been."""

    def write_intent(
        self, case_id: int, *, lease: Lease, read_back_digest: str, known_records: frozenset[str] = frozenset()
    ) -> Intent:
        """Say, on the disk, that the click comes next. It is the licence to click once.

        Takes the packet's approval, and the form's where one was given; a store whose policy is `always` must have one,
        about this very read-back. Raises `TransitionRefused`, `ApprovalRefused`, `LeaseLost`.
        """
        with self._db.writing(synced=True) as writing:
            entry = casebook.find(writing.session, self._evidence, case_id)
            casebook.hold(writing, lease, entry)
            if entry.state is not State.SUBMITTING:
                raise TransitionRefused(f"case {case_id} is {entry.state}, not submitting")
            casebook.require_unsent(writing.session, entry, "another intent")
            packet = approvals.usable(writing, entry, Checkpoint.PACKET)
            packet.used_at = writing.now
            form = None
            if entry.row.previous == State.CONFIRMED:
                form = approvals.usable(writing, entry, Checkpoint.FORM)
                if form.digest != read_back_digest:
                    raise ApprovalRefused(
                        f"case {case_id}: the form now shows something else than what was confirmed",
                        hint="prepare it again and look at it",
                    )
                form.used_at = writing.now
            elif entry.store.form_policy is FormPolicy.ALWAYS:
                raise ApprovalRefused(f"case {case_id}: nobody confirmed its form, as {entry.store.id} wants it")
            row = IntentRow(
                case_id=case_id,
                round=entry.row.round,
                digest=entry.digest,
                read_back_digest=read_back_digest,
                at=writing.now,
                known_records=sorted(known_records),
                packet_approval=packet.id,
                form_approval=None if form is None else form.id,
                searched_at=None,
                search_complete=False,
                ended="",
                answer="",
            )
            writing.session.add(row)
            writing.event("intent", by=lease.worker, case=case_id, digest=entry.digest, read_back=read_back_digest)
            return intent_of(row)

    def open_intent(self, case_id: int) -> Intent | None:
        """The current round's intent without an end, if there is one."""
        with self._db.reading() as session:
            row = casebook.open_intent(session, casebook.find(session, self._evidence, case_id))
            return None if row is None else intent_of(row)

    def earlier_intents(self, case_id: int) -> tuple[Intent, ...]:
        """Those of the current round that ended without a receipt, oldest first: the platform refused the appeal, or a
        person released it. What was clicked for them may have arrived all the same.
        """
        with self._db.reading() as session:
            rows = casebook.intents(session, casebook.find(session, self._evidence, case_id))
            return tuple(intent_of(row) for row in rows if row.ended in _GIVEN_UP)

    def sent_at(self, case_id: int) -> datetime | None:
        """When the click of the current round came, whatever is known of it since; None before it."""
        with self._db.reading() as session:
            rows = casebook.intents(session, casebook.find(session, self._evidence, case_id))
            return rows[-1].at if rows else None

    def proofs(self, store: str, *, besides: int) -> frozenset[str]:
        """The records of a store that prove an appeal of any case and round, but for the one of this intent."""
        with self._db.reading() as session:
            wanted = sa.select(ReceiptRow.record_id).where(ReceiptRow.store == store, ReceiptRow.intent_id != besides)
            return frozenset(filter(None, session.scalars(wanted)))

    def rivals(self, intent: Intent) -> frozenset[int]:
        """The other cases of the same order and channel at the store whose clicks may have made a row that came after
        this intent: those clicked since, and those of which nobody knows whether their click arrived.
        """
        with self._db.reading() as session:
            entry = casebook.find(session, self._evidence, intent.case)
            if not entry.packet_row.order_no:
                return frozenset()
            return frozenset(
                session.scalars(
                    sa.select(CaseRow.id)
                    .join(PacketRow, casebook.NOW)
                    .join(IntentRow, (IntentRow.case_id == CaseRow.id) & (IntentRow.round == CaseRow.round))
                    .where(
                        CaseRow.store == entry.row.store,
                        CaseRow.id != intent.case,
                        CaseRow.channel == entry.row.channel,
                        PacketRow.order_no == entry.packet_row.order_no,
                        (IntentRow.ended == "") | (IntentRow.at >= intent.at),
                    )
                )
            )

    def write_receipt(self, intent: Intent, receipt: Receipt, *, lease: Lease) -> Case:
        """Keep the platform's proof. The same receipt again changes nothing.

        Raises `TransitionRefused`, also for a record that was there before the click or proves another appeal;
        `LeaseLost`.
        """
        with self._db.writing() as writing:
            entry = casebook.find(writing.session, self._evidence, intent.case)
            casebook.hold(writing, lease, entry)
            if _proved(writing.session, intent, receipt):
                return entry.case
            said = _keep(writing, entry, _still_open(writing.session, intent), receipt)
            writing.event("receipt", by=lease.worker, case=intent.case, record=receipt.record_id, **said)
            return entry.case

    def vouch(self, case_id: int, record_id: str, *, by: str, comment: str) -> Case:
        """A person says which of the platform's records is the appeal, where no look could tell: of an uncertain case,
        or of one that was stopped because a click of its round that was given up may have arrived.

        Raises `ApprovalRefused` without a comment; `TransitionRefused` for any other case, and for a record that was
        there before the click or proves another appeal.
        """
        with self._db.writing() as writing:
            entry = casebook.find(writing.session, self._evidence, case_id)
            row = _to_settle(writing.session, entry)
            if row is None:
                raise TransitionRefused(f"case {case_id} is {entry.state}: there is nothing to settle")
            if not (comment.strip() and record_id.strip()):
                raise ApprovalRefused("a record needs its number and a comment", hint="say how you know that it is it")
            receipt = Receipt(record_id.strip(), "", writing.now, None)
            casebook.void(writing, entry, "the platform took the round already", *Checkpoint)
            said = _keep(writing, entry, row, receipt, note=comment)
            writing.event("vouched", by=by, case=case_id, record=receipt.record_id, comment=comment, **said)
            return entry.case

    def shows_times(self, platform: str, channel: str) -> bool | None:
        """Whether the platform's list says when an appeal was filed, as its newest receipt has it; None without one."""
        with self._db.reading() as session:
            newest = session.execute(
                sa.select(ReceiptRow.filed_at)
                .join(IntentRow, ReceiptRow.intent_id == IntentRow.id)
                .join(PacketRow, (PacketRow.case_id == IntentRow.case_id) & (PacketRow.round == IntentRow.round))
                .join(StoreRow, StoreRow.id == ReceiptRow.store)
                .where(StoreRow.platform == platform, PacketRow.channel == channel)
                .order_by(ReceiptRow.id.desc())
                .limit(1)
            ).first()
            return None if newest is None else newest.filed_at is not None

    def write_refusal(self, intent: Intent, text: str, *, lease: Lease, to: State, note: str = "") -> Case:
        """The platform said no, provably before it took anything: the intent ends, the approvals stay used.

        `text` is its wording. Raises `TransitionRefused`, `LeaseLost`.
        """
        if to not in _AFTER_REFUSAL:
            raise TransitionRefused(f"after a refusal a case does not go to {to}", hint="its approvals are used")
        with self._db.writing() as writing:
            entry = casebook.find(writing.session, self._evidence, intent.case)
            casebook.hold(writing, lease, entry)
            row = _still_open(writing.session, intent)
            said = casebook.step(writing, entry, to, note=note or text)
            row.ended, row.answer = REFUSED, text
            writing.event("refused", by=lease.worker, case=intent.case, text=text, **said)
            return entry.case

    def note_search(self, intent: Intent, *, complete: bool, lease: Lease) -> None:
        """The platform's records were read, to their end or not, and did not show the appeal.

        Raises `TransitionRefused`, `LeaseLost`.
        """
        with self._db.writing() as writing:
            entry = casebook.find(writing.session, self._evidence, intent.case)
            casebook.hold(writing, lease, entry)
            row = _still_open(writing.session, intent)
            row.searched_at, row.search_complete = writing.now, complete
            writing.event("searched", by=lease.worker, case=intent.case, complete=complete, found=False)

    def release(self, case_id: int, *, by: str, comment: str, grace: timedelta) -> Case:
        """A person says that the appeal was never taken; the case needs a fresh approval then.

        Only where the newest search read everything, found nothing, and came at least `grace` after the intent. Raises
        `ApprovalRefused`, or `TransitionRefused` for a case that is not uncertain.
        """
        with self._db.writing() as writing:
            entry = casebook.find(writing.session, self._evidence, case_id)
            row = casebook.open_intent(writing.session, entry)
            if entry.state is not State.UNCERTAIN or row is None:
                raise TransitionRefused(f"case {case_id} is {entry.state}: there is nothing to release")
            if not comment.strip():
                raise ApprovalRefused("a release needs a comment", hint="say how you know that nothing was sent")
            _searched_well(row, grace)
            row.ended = RELEASED
            said = casebook.step(writing, entry, State.READY, note=comment)
            writing.event("released", by=by, case=case_id, comment=comment, **said)
            return entry.case


def intent_of(row: IntentRow) -> Intent:
    """A row as the word."""
    return Intent(
        id=row.id,
        case=row.case_id,
        round=row.round,
        digest=row.digest,
        at=row.at,
        known_records=frozenset(row.known_records),
    )


def _keep(writing: Writing, entry: Entry, row: IntentRow, receipt: Receipt, note: str = "") -> dict[str, Any]:
    """The intent ends with this receipt; what the event says of the step."""
    _is_new(writing.session, entry, row, receipt)
    said = casebook.step(writing, entry, State.SUBMITTED, note=note)
    row.ended = RECEIPT
    entry.row.record_id = receipt.record_id
    writing.session.add(
        ReceiptRow(
            intent_id=row.id,
            store=entry.row.store,
            record_id=receipt.record_id,
            status=receipt.status,
            seen_at=receipt.seen_at,
            filed_at=receipt.filed_at,
        )
    )
    return said


def _to_settle(session: Session, entry: Entry) -> IntentRow | None:
    """The intent whose click a person may know a record of."""
    if entry.state is State.UNCERTAIN:
        return casebook.open_intent(session, entry)
    if entry.state is not State.NEEDS_PERSON or casebook.sent(session, entry):
        return None
    return next((row for row in reversed(casebook.intents(session, entry)) if row.ended in _GIVEN_UP), None)


def _still_open(session: Session, intent: Intent) -> IntentRow:
    row = session.get(IntentRow, intent.id)
    if row is None or row.case_id != intent.case:
        raise InputError(f"no intent {intent.id} of case {intent.case} in the case log", field="intent")
    if row.ended:
        raise TransitionRefused(f"intent {intent.id} of case {intent.case} has ended already: {row.ended}")
    return row


def _proved(session: Session, intent: Intent, receipt: Receipt) -> bool:
    kept = session.scalar(sa.select(ReceiptRow).where(ReceiptRow.intent_id == intent.id))
    return kept is not None and kept.record_id == receipt.record_id


def _is_new(session: Session, entry: Entry, intent: IntentRow, receipt: Receipt) -> None:
    if not receipt.record_id:
        return
    if receipt.record_id in intent.known_records:
        raise TransitionRefused(
            f"case {entry.row.id}: the record {receipt.record_id} was there before the click and proves nothing"
        )
    other = session.scalar(
        sa.select(IntentRow.case_id)
        .join(ReceiptRow, ReceiptRow.intent_id == IntentRow.id)
        .where(ReceiptRow.store == entry.row.store, ReceiptRow.record_id == receipt.record_id)
    )
    if other is not None:
        raise TransitionRefused(
            f"case {entry.row.id}: the record {receipt.record_id} is the proof for an appeal of case {other}"
        )


def _searched_well(intent: IntentRow, grace: timedelta) -> None:
    number = intent.case_id
    if intent.searched_at is None:
        raise ApprovalRefused(f"case {number}: the platform's records were not searched yet", hint="let settle run")
    if not intent.search_complete:
        raise ApprovalRefused(
            f"case {number}: the newest search did not read the records to their end", hint="let settle run again"
        )
    if intent.searched_at - intent.at < grace:
        minutes = grace.total_seconds() / 60
        raise ApprovalRefused(
            f"case {number}: the newest search came less than {minutes:.0f} minutes after the click, too early to tell",
            hint="let settle run again later",
        )
