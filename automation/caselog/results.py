"""Results: what the platform answered, verbatim, and what that did to the case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from automation.caselog import casebook, documents
from automation.caselog.casebook import Entry
from automation.caselog.part import Part
from automation.caselog.tables import ResultRow
from automation.errors import ApprovalRefused, InputError, TransitionRefused
from automation.model import Case, Notice, Outcome, Record, State

_STATE: Final = {
    Outcome.UPHELD: State.UPHELD,
    Outcome.REJECTED: State.REJECTED,
    Outcome.MORE_EVIDENCE: State.MORE_EVIDENCE,
    Outcome.UNKNOWN: State.NEEDS_PERSON,
}
_OUTCOME: Final = {state: outcome for outcome, state in _STATE.items()} | {State.CLOSED: Outcome.UNKNOWN}
_FINAL: Final = frozenset({State.UPHELD, State.REJECTED, State.MORE_EVIDENCE})


@dataclass(frozen=True, slots=True)
class Result:
    """One answer about one round. One without record and notice is a person's decision, with its comment."""

    id: int
    case: int
    round: int
    outcome: Outcome
    by: str
    at: datetime
    record: Record | None
    notice: Notice | None
    comment: str

    @property
    def wording(self) -> str:
        """What the platform said, verbatim."""
        return _wording(self.record, self.notice)


class Results(Part):
    """What became of it."""

    def write_result(
        self, case_id: int, outcome: Outcome, *, record: Record | None, notice: Notice | None, by: str
    ) -> Case | None:
        """Keep an answer; the case if it moved, else None. The same wording again changes nothing.

        A pending one is only remembered; an unknown one needs a person. So is one that contradicts a result which the
        case has already: the case says so in its note, and a person decides. Raises `TransitionRefused` for a round
        that the platform has not taken, `InputError` for the record of another appeal.
        """
        if record is None and notice is None:
            raise InputError("a result is a record, a notice, or both", field="record")
        with self._db.writing() as writing:
            entry = casebook.find(writing.session, self._evidence, case_id)
            if not casebook.sent(writing.session, entry):
                raise TransitionRefused(
                    f"case {case_id}: no result, the platform has not taken round {entry.row.round}"
                )
            if record is not None and record.record_id and entry.row.record_id not in ("", record.record_id):
                raise InputError(
                    f"case {case_id} is record {entry.row.record_id}, not {record.record_id}", field="record"
                )
            if _is_known(writing.session, entry, outcome, record, notice):
                return None
            _add(writing.session, entry, outcome, record=record, notice=notice, comment="", by=by, at=writing.now)
            to = _STATE.get(outcome)
            said = {}
            if to is not None and entry.state in (State.SUBMITTED, State.NEEDS_PERSON) and to is not entry.state:
                note = _wording(record, notice) if outcome is not Outcome.UPHELD else ""
                said = casebook.step(writing, entry, to, note=note)
            elif to is not None and entry.state in _FINAL and to is not entry.state:
                entry.row.note = f"the platform now answers otherwise ({outcome}): read its results"
                entry.row.changed_at = writing.now
            writing.event("result", by=by, case=case_id, outcome=outcome, **said)
            return entry.case if said else None

    def set_outcome(self, case_id: int, state: State, *, by: str, comment: str) -> Case:
        """A person decides: an outcome, or closed. Raises `TransitionRefused`; `ApprovalRefused` without a comment."""
        if state not in _FINAL | {State.CLOSED}:
            raise TransitionRefused(f"{state} is no outcome", hint=f"one of: {', '.join(sorted(_FINAL))}, closed")
        if not comment.strip():
            raise ApprovalRefused("an outcome set by hand needs a comment", hint="say how you know")
        with self._db.writing() as writing:
            entry = casebook.find(writing.session, self._evidence, case_id)
            said = casebook.step(writing, entry, state, note=comment)
            if state in _FINAL:
                _add(
                    writing.session,
                    entry,
                    _OUTCOME[state],
                    record=None,
                    notice=None,
                    comment=comment,
                    by=by,
                    at=writing.now,
                )
            writing.event("outcome_set", by=by, case=case_id, comment=comment, **said)
            return entry.case

    def results(self, case_id: int) -> list[Result]:
        """Every answer about a case, oldest first."""
        with self._db.reading() as session:
            casebook.find(session, self._evidence, case_id)
            return [result_of(row) for row in _rows(session, case_id)]

    def answers(self) -> dict[tuple[int, int], str]:
        """What the platform said last about every round that was answered, verbatim, by (case, round); where it said
        nothing, why a person decided so.
        """
        with self._db.reading() as session:
            rows = session.scalars(sa.select(ResultRow).order_by(ResultRow.id))
            return {(row.case_id, row.round): _said(row) for row in rows}


def result_of(row: ResultRow) -> Result:
    """A row as the word."""
    return Result(
        id=row.id,
        case=row.case_id,
        round=row.round,
        outcome=Outcome(row.outcome),
        by=row.by_whom,
        at=row.at,
        record=documents.record(row.record),
        notice=documents.notice(row.notice),
        comment=row.comment,
    )


def _said(row: ResultRow) -> str:
    return _wording(documents.record(row.record), documents.notice(row.notice)) or row.comment


def wordings(session: Session, case_id: int) -> dict[int, str]:
    """Round to the platform's newest answer in it, verbatim; pending ones do not count."""
    found: dict[int, str] = {}
    for row in _rows(session, case_id):
        words = _wording(documents.record(row.record), documents.notice(row.notice))
        if words and row.outcome != Outcome.PENDING:
            found[row.round] = words
    return found


def _rows(session: Session, case_id: int) -> sa.ScalarResult[ResultRow]:
    return session.scalars(sa.select(ResultRow).where(ResultRow.case_id == case_id).order_by(ResultRow.id))


def _wording(record: Record | None, notice: Notice | None) -> str:
    parts = [record.detail or record.status if record else "", notice.text if notice else ""]
    return "\n".join(dict.fromkeys(part for part in parts if part))


def _is_known(session: Session, entry: Entry, outcome: Outcome, record: Record | None, notice: Notice | None) -> bool:
    said = (outcome, *_words(record, notice))
    return any(
        row.round == entry.row.round
        and (row.outcome, *_words(documents.record(row.record), documents.notice(row.notice))) == said
        for row in _rows(session, entry.row.id)
    )


def _words(record: Record | None, notice: Notice | None) -> tuple[str | None, ...]:
    return (
        None if record is None else record.status,
        None if record is None else record.detail,
        None if notice is None else notice.text,
    )


def _add(
    session: Session,
    entry: Entry,
    outcome: Outcome,
    *,
    record: Record | None,
    notice: Notice | None,
    comment: str,
    by: str,
    at: datetime,
) -> None:
    session.add(
        ResultRow(
            case_id=entry.row.id,
            round=entry.row.round,
            outcome=outcome,
            by_whom=by,
            at=at,
            record=None if record is None else documents.document(record),
            notice=None if notice is None else documents.document(notice),
            comment=comment,
        )
    )
