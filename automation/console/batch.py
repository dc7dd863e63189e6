"""Many packets at once: what is different between them, and an approval of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import HTMLResponse

from automation import casework
from automation.caselog import Sought
from automation.casework import Kin, Titles
from automation.console.decisions import why_not
from automation.console.evidence import shown_as
from automation.console.inbox import Filters
from automation.console.means import Decider, Visitor
from automation.console.paper import when
from automation.errors import AppealdeskError, CaseLogError
from automation.model import Case, Decision, Finding, State
from automation.reason import option_of, term_of

MOST: Final = 200  # packets at once

router = APIRouter(prefix="/batch")


class Asked(BaseModel):
    """A decision about many. `items`: `NUMBER:DIGEST` of each packet that was looked at.

    `confirmed`: for each group of nearly the same texts that somebody said yes to, its cases' numbers between commas.
    """

    model_config = ConfigDict(str_strip_whitespace=True)

    decision: Decision
    item: Annotated[list[Annotated[str, Field(pattern=r"^[0-9]{1,12}:[0-9a-f]{64}$")]], Field(max_length=MOST)] = []
    confirmed: list[Annotated[str, Field(pattern=r"^[0-9]+(,[0-9]+)*$")]] = []
    comment: str = ""

    @property
    def looked_at(self) -> Mapping[int, str]:
        """Case to digest."""
        return {int(number): digest for number, _, digest in (one.partition(":") for one in self.item)}

    def allows(self, group: Kin) -> bool:
        """Whether somebody said yes to these together."""
        numbers = {case.id for case in group.cases}
        return any(numbers <= set(map(int, one.split(","))) for one in self.confirmed)


@dataclass(frozen=True, slots=True)
class Shown:
    """The packets beside each other. `same` is what all of them have in common, by name; `findings` likewise.

    `groups` say nearly the same each, those first that need a yes of their own; the `alone` say what nobody else does.
    """

    groups: Sequence[Kin]
    alone: Sequence[Case]
    same: Mapping[str, str]
    facts: Mapping[int, Mapping[str, str]]
    findings: Sequence[Finding]

    @property
    def total(self) -> int:
        """How many packets there are."""
        return len(self.facts)


@router.get("")
def choose(visitor: Decider, filters: Annotated[Filters, Query()]) -> HTMLResponse:
    """The packets that wait for an approval, to be ticked."""
    filters = filters.model_copy(update={"view": "approve", "state": ""})
    sought: Sought = filters.sought(visitor)
    found = visitor.office.log.briefs(sought, limit=MOST)
    total = sum(visitor.office.log.counts(sought).values())
    return visitor.page("batch.html", lines=found, total=total, filters=filters, most=MOST)


@router.get("/review")
def review(visitor: Decider, case: Annotated[list[int], Query(max_length=MOST)] = []) -> HTMLResponse:  # noqa: B006
    """The chosen packets, and what is different between them."""
    return _review(visitor, [visitor.judged(number) for number in dict.fromkeys(case)])


@router.post("/decision")
def decide(visitor: Decider, asked: Annotated[Asked, Form()]) -> HTMLResponse:
    """Decide about each by itself: one that is not what was looked at any more is left out, the others are not."""
    cases = [visitor.judged(number) for number in asked.looked_at]
    approves = asked.decision is Decision.APPROVED
    unchanged = [case for case in cases if case.digest == asked.looked_at[case.id] and case.state is State.READY]
    if approves and not all(asked.allows(group) for group in casework.kin(unchanged) if group.suspicious):
        return _review(visitor, cases, wrong=visitor.t("batch.unconfirmed"))
    if not approves and not asked.comment:
        return _review(visitor, cases, wrong=visitor.t("acts.comment_needed"))
    left = {case.id: _decided(visitor, case, asked) for case in cases}
    visitor.means.wake()
    done = [number for number, why in left.items() if not why]
    page = visitor.page(
        "batch_done.html",
        status=200 if done else 409,
        approves=approves,
        done=done,
        left={number: why for number, why in left.items() if why},
    )
    page.headers["hx-push-url"] = "/batch"
    return page


def _decided(visitor: Visitor, case: Case, asked: Asked) -> str:
    """Empty, or why nothing was decided about this one."""
    digest = asked.looked_at[case.id]
    try:
        casework.decide(visitor.office, case, asked.decision, digest=digest, by=visitor.name, comment=asked.comment)
    except CaseLogError as error:
        return why_not(visitor, case.id, digest, error)
    return ""


def _review(visitor: Visitor, cases: Sequence[Case], *, wrong: str = "") -> HTMLResponse:
    waiting = [case for case in cases if case.state is State.READY]
    page = visitor.page(
        "batch_review.html",
        status=422 if wrong else 200,
        shown=_shown(visitor, waiting),
        gone=[case for case in cases if case.state is not State.READY],
        wrong=wrong,
        passages=casework.passages,
        shown_as=shown_as,
    )
    page.headers["hx-push-url"] = f"/batch/review?{urlencode([('case', case.id) for case in cases])}"
    return page


def _shown(visitor: Visitor, cases: Sequence[Case]) -> Shown:
    facts = {case.id: _facts(visitor, case) for case in cases}
    first = next(iter(facts.values()), {})
    many = len(cases) > 1
    same = {name: text for name, text in first.items() if many and all(one[name] == text for one in facts.values())}
    remarks = [set(case.findings) for case in cases]
    common = set.intersection(*remarks) if many else set()
    groups = casework.kin(cases)
    return Shown(
        groups=sorted((one for one in groups if len(one.cases) > 1), key=lambda group: not group.suspicious),
        alone=[one.cases[0] for one in groups if len(one.cases) == 1],
        same=same,
        facts={
            number: {name: text for name, text in one.items() if name not in same and text}
            for number, one in facts.items()
        },
        findings=sorted(common, key=lambda one: one.code),
    )


def _facts(visitor: Visitor, case: Case) -> Mapping[str, str]:
    """What can be told apart of a packet beside its words, by the names of `batch.fact`."""
    titles, packet = Titles(visitor.office), case.packet
    reason, option = titles.reason(packet.platform, packet.channel, term_of(packet)), option_of(packet)
    kinds = [visitor.t(f"kind.{piece.kind}") for piece in packet.evidence]
    return {
        "store": case.store.name,
        "client": case.store.client,
        "platform": titles.platform(packet.platform),
        "channel": titles.channel(packet.platform, packet.channel),
        "reason": f"{reason} ({option})" if option else reason,
        "attempt": _attempt(visitor, case),
        "stars": str(packet.review.stars or ""),
        "evidence": ", ".join(kinds),
        "answers": "; ".join(packet.answers.values()),
        "deadline": when(case.deadline),
        "entered_by": case.entered_by,
    }


def _attempt(visitor: Visitor, case: Case) -> str:
    try:
        most = casework.channel_of(visitor.office, case.packet).rounds_max
    except AppealdeskError:
        most = None
    return f"{case.packet.round} / {most}" if most else str(case.packet.round)
