"""What else a person does with a case: withdraw, take up again, the next round, an outcome, a release."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Form
from pydantic import BaseModel, ConfigDict
from starlette.responses import Response

from automation import casework
from automation.casework import Act
from automation.console.access import Right
from automation.console.case import ACTS, show
from automation.console.means import Clerk, Forbidden, Visitor, go
from automation.errors import ApprovalRefused, CaseLogError, TransitionRefused
from automation.model import Case, State

_PLAIN: Final = frozenset({Act.RESUME, Act.NEXT_ROUND, Act.REASON})  # need no comment

router = APIRouter(prefix="/cases/{number}")


class Asked(BaseModel):
    """What somebody wants done. `record` is the platform's, for `settle`; `choice` and `keep` are for `reason`."""

    model_config = ConfigDict(str_strip_whitespace=True)

    act: Act
    comment: str = ""
    record: str = ""
    choice: str = ""
    keep: bool = False


@router.post("/act")
def act(visitor: Clerk, number: int, asked: Annotated[Asked, Form()]) -> Response:
    """Do it, where the case's state allows it now; who comes too late is told where the case stands."""
    if not visitor.person.may(ACTS[asked.act]):
        raise Forbidden(ACTS[asked.act])
    case = visitor.case(number)
    try:
        if asked.act not in casework.acts_of(visitor.office, case):
            raise TransitionRefused(visitor.t("acts.too_late", state=visitor.t(f"state.{case.state}")))
        if asked.act not in _PLAIN and not asked.comment:
            raise ApprovalRefused(visitor.t("acts.comment_needed"))
        _do(visitor, case, asked)
        if asked.act is Act.REASON and asked.keep and visitor.person.may(Right.DECIDE):
            casework.keep_option(visitor.office, visitor.case(number).packet)
    except CaseLogError as error:
        return show(visitor, number, wrong=visitor.t("acts.not_done", why=visitor.why(error)), status=409)
    visitor.means.wake()
    return go(f"/cases/{number}?done=moved")


def _do(visitor: Visitor, case: Case, asked: Asked) -> None:
    here, by, language, comment = visitor.office, visitor.name, visitor.language, asked.comment
    match asked.act:
        case Act.WITHDRAW:
            here.log.move(case.id, State.WITHDRAWN, by=by, note=comment, only_from={case.state})
        case Act.RESUME:
            casework.resume(here, case, by=by, comment=comment, language=language)
        case Act.NEXT_ROUND:
            here.log.next_round(case.id, by=by)
        case Act.RELEASE:
            casework.release(here, case, by=by, comment=comment)
        case Act.SETTLE:
            casework.settle(here, case, asked.record, by=by, comment=comment)
        case Act.REASON:
            casework.choose_reason(here, case, asked.choice, by=by, language=language)
        case _:
            casework.set_outcome(here, case, State(asked.act), by=by, comment=comment)
