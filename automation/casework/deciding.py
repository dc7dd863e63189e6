"""Decisions at the checkpoints: what a person decides about, and that it is still what was looked at."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from automation.caselog.approvals import WAITS_IN
from automation.errors import ApprovalRefused
from automation.model import Approval, Case, Checkpoint, Decision, State
from automation.office import Office

WAITS_AT: Final[Mapping[State, Checkpoint]] = {state: point for point, state in WAITS_IN.items()}
"""The checkpoint at which a case in this state waits."""


def checkpoint_of(case: Case) -> Checkpoint:
    """Where the case waits. Raises `ApprovalRefused` where it waits at none, saying why."""
    if case.state in WAITS_AT:
        return WAITS_AT[case.state]
    if case.state is State.DRAFT:
        blocking = "; ".join(one.message for one in case.findings if one.blocks) or case.note
        raise ApprovalRefused(
            f"case {case.id} is a draft: {blocking or 'its material is not complete'}",
            hint=f"appealdesk case edit {case.id}",
        )
    raise ApprovalRefused(
        f"case {case.id} is {case.state}; there is nothing to decide", hint="see what waits: appealdesk queue"
    )


def under_decision(here: Office, case: Case, checkpoint: Checkpoint) -> str:
    """The digest that a decision at this checkpoint is about. Raises `ApprovalRefused` without a filled form."""
    if checkpoint is Checkpoint.PACKET:
        return case.digest
    kept = here.log.read_back(case.id)
    if kept is None:
        raise ApprovalRefused(f"case {case.id} has no filled form to look at", hint="appealdesk run")
    return kept.digest


def decide(here: Office, case: Case, decision: Decision, *, digest: str, by: str, comment: str = "") -> Approval:
    """Decide about what has this digest, as the settings want it. Raises `ApprovalRefused`."""
    return here.log.decide(
        case.id,
        checkpoint_of(case),
        decision,
        digest=digest,
        by=by,
        comment=comment,
        ttl=timedelta(hours=here.settings.approval_hours),
        bar_author=here.settings.bar_author,
    )
