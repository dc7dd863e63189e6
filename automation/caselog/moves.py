"""Steps of a case that say nothing more than where it stands, and the way back after a worker was stopped."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from automation.caselog import approvals, casebook, leases
from automation.caselog.casebook import Entry
from automation.caselog.leases import Lease
from automation.caselog.part import Part
from automation.caselog.tables import CaseRow
from automation.errors import ApprovalRefused, TransitionRefused
from automation.model import Case, Checkpoint, State, check_transition

# Steps that carry more than a state; each has a method of its own. None stands for every state before.
_OWN_METHOD: Final[Mapping[tuple[State | None, State], str]] = {
    (State.READY, State.APPROVED): "decide",
    (State.PREPARED, State.CONFIRMED): "decide",
    (State.PREPARING, State.PREPARED): "keep_read_back",
    (State.SUBMITTING, State.SUBMITTED): "write_receipt",
    (State.UNCERTAIN, State.SUBMITTED): "write_receipt",
    (State.UNCERTAIN, State.READY): "release",
    (State.UNCERTAIN, State.DRAFT): "release",
    (State.REJECTED, State.DRAFT): "next_round",
    (State.MORE_EVIDENCE, State.DRAFT): "next_round",
    (None, State.UPHELD): "write_result or set_outcome",
    (None, State.REJECTED): "write_result or set_outcome",
    (None, State.MORE_EVIDENCE): "write_result or set_outcome",
}
_BEFORE_SENDING: Final = frozenset({State.DRAFT, State.READY, State.APPROVED, State.EXPIRED})


class Moves(Part):
    """Where a case stands."""

    def move(
        self,
        case_id: int,
        to: State,
        *,
        by: str,
        note: str = "",
        lease: Lease | None = None,
        data: Mapping[str, Any] | None = None,
        only_from: Collection[State] = (),
    ) -> Case:
        """Take one step of the table. `note` tells the operator why; `data` goes into the event.

        `only_from`: the states that the step is meant for, where the table allows it from others, too. Raises
        `TransitionRefused` (also for a step that has a method of its own), `LeaseLost`, or `ApprovalRefused`
        where the packet is blocked or its approval no longer counts.
        """
        with self._db.writing() as writing:
            entry = casebook.find(writing.session, self._evidence, case_id)
            if lease is not None:
                casebook.hold(writing, lease, entry)
            check_transition(entry.state, to)
            if only_from and entry.state not in only_from:
                raise TransitionRefused(f"case {case_id} is {entry.state} by now")
            self._check(writing.session, entry, to)
            if (entry.state, to) == (State.NEEDS_PERSON, State.APPROVED):
                approvals.usable(writing, entry, Checkpoint.PACKET)
            said = casebook.step(writing, entry, to, note=note)
            writing.event("moved", by=by, case=case_id, data=data, **said)
            return entry.case

    def recover(self, *, by: str = "recovery") -> list[Case]:
        """Take up what stopped workers left: cases in work whose account nobody holds. Returns those that moved."""
        in_work = CaseRow.state.in_([str(State.PREPARING), str(State.SUBMITTING)])
        with self._db.reading() as session:
            if session.scalar(sa.select(CaseRow.id).where(in_work).limit(1)) is None:
                return []
        moved = []
        with self._db.writing() as writing:
            for entry in list(casebook.entries(writing.session, self._evidence, in_work)):
                if leases.alive(writing.session, f"account:{entry.store_row.account}", writing.now):
                    continue
                to, note = _left_at(writing.session, entry)
                said = casebook.step(writing, entry, to, note=note)
                writing.event("recovered", by=by, case=entry.row.id, **said)
                moved.append(entry.case)
        return moved

    @staticmethod
    def _check(session: Session, entry: Entry, to: State) -> None:
        before, number = entry.state, entry.row.id
        method = _OWN_METHOD.get((before, to)) or _OWN_METHOD.get((None, to))
        if method:
            raise TransitionRefused(f"case {number} does not simply move from {before} to {to}", hint=f"use {method}")
        if to in _BEFORE_SENDING or (before is State.SUBMITTING and to is not State.UNCERTAIN):
            casebook.require_unsent(session, entry, f"going to {to}")
        if to is State.READY and any(finding.blocks for finding in entry.findings):
            raise ApprovalRefused(f"case {number} has findings that block it", hint="change the packet first")
        if to is State.UNCERTAIN and casebook.open_intent(session, entry) is None:
            raise TransitionRefused(f"case {number} has no intent, so nothing about it is uncertain")
        if to is State.SUBMITTED and not casebook.sent(session, entry):
            raise TransitionRefused(f"case {number}: the platform's records do not show round {entry.row.round}")
        if to is State.CONFIRMED and entry.row.previous != State.CONFIRMED:
            raise TransitionRefused(f"case {number}: nobody confirmed its form")


def _left_at(session: Session, entry: Entry) -> tuple[State, str]:
    if entry.state is State.PREPARING:
        return State.APPROVED, "the worker stopped while it prepared the form"
    if casebook.open_intent(session, entry) is not None:
        return State.UNCERTAIN, "the worker stopped around the click: the platform's records will tell"
    return State(entry.row.previous), "the worker stopped before the click"
