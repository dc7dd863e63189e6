"""Decisions about one case: approve, reject, and take a decision back while nothing was sent."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Form
from starlette.responses import Response

from automation.casework import WAITS_AT, checkpoint_of, decide, under_decision
from automation.console.case import TAKEN_BACK, show
from automation.console.means import Decider, Visitor, go
from automation.console.paper import clock
from automation.errors import ApprovalRefused, CaseLogError
from automation.model import Decision, State

COMMENT_MAX: Final = 1000  # characters

router = APIRouter(prefix="/cases/{number}")


@router.post("/decision")
def decision(
    visitor: Decider,
    number: int,
    decision: Annotated[Decision, Form()],
    digest: Annotated[str, Form()],
    comment: Annotated[str, Form(max_length=COMMENT_MAX)] = "",
) -> Response:
    """Decide about what was shown, which `digest` names. Whoever comes second is told what happened."""
    case = visitor.judged(number)
    try:
        decide(visitor.office, case, decision, digest=digest, by=visitor.name, comment=comment.strip())
    except CaseLogError as error:
        return show(visitor, number, wrong=why_not(visitor, number, digest, error), status=409)
    visitor.means.wake()
    return go(f"/cases/{number}?done={decision}")


def why_not(visitor: Visitor, number: int, digest: str, error: CaseLogError) -> str:
    """Why a decision was not taken: who was faster, or what changed meanwhile."""
    newest = next(iter(reversed(visitor.office.log.approvals(number))), None)
    if newest is not None and newest.digest == digest:
        return visitor.t(
            "decision.other_first",
            name=newest.by,
            at=clock(newest.at),
            decision=visitor.t(f"decision.{newest.decision}"),
            checkpoint=visitor.t(f"checkpoint.{newest.checkpoint}"),
        )
    now = visitor.judged(number)
    if now.state in WAITS_AT and under_decision(visitor.office, now, checkpoint_of(now)) != digest:
        return visitor.t("decision.changed")
    return visitor.t("decision.not_taken", why=visitor.why(error))


@router.post("/undo")
def undo(visitor: Decider, number: int) -> Response:
    """Take an approval back, as long as no job has begun with it. Raises `ApprovalRefused` once one has."""
    case = visitor.judged(number)
    if case.state not in TAKEN_BACK:
        raise ApprovalRefused(visitor.t("decision.too_late", state=visitor.t(f"state.{case.state}")))
    note = visitor.t("decision.taken_back", name=visitor.name)
    visitor.office.log.move(number, State.READY, by=visitor.name, note=note, only_from=TAKEN_BACK)
    return go(f"/cases/{number}?done=undone")
