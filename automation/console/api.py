"""The same as JSON, for programs; described by an OpenAPI document (`openapi.py`)."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Query
from starlette.responses import FileResponse

from automation.caselog import Event, Sought
from automation.casework import decide
from automation.casework.registers import healths
from automation.console.case import dossier
from automation.console.evidence import evidence as piece_of
from automation.console.inbox import Filters, challenges_for, listed
from automation.console.means import Answerer, Decider, Looker, Visitor
from automation.console.registers import accounts_for
from automation.console.replies import (
    AccountReply,
    Answering,
    ApprovalReply,
    CaseLine,
    CaseList,
    CaseReply,
    ChallengeReply,
    Deciding,
    EventReply,
    EvidenceReply,
    FindingReply,
    PacketReply,
    Problem,
    Report,
    ReportLine,
    ResultReply,
    ReviewReply,
    StoreReply,
)
from automation.engine.desk import answer as give
from automation.model import Case, Challenge
from automation.reports import lines
from automation.reports.waiting import NEEDS

LINES: Final = 500  # lines of a report on one page
_BIGGEST: Final = 2**31 - 1  # what both databases hold as a number

_REFUSALS: Final[dict[int | str, dict[str, Any]]] = {
    401: {"model": Problem, "description": "Not signed in, or the token is not known"},
    403: {"model": Problem, "description": "The person's role does not allow it, or the CSRF header is missing"},
    422: {"model": Problem, "description": "Something in the request is wrong; it is named"},
}
_MISSING: Final[dict[int | str, dict[str, Any]]] = {
    404: {"model": Problem, "description": "There is none, or it is another client's"}
}
_CHANGES: Final[dict[int | str, dict[str, Any]]] = {
    400: {"model": Problem, "description": "The body is no text"},
    409: {"model": Problem, "description": "It is not as it was: somebody was faster, or it changed or expired"},
}
_FILE: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}
}

CaseNumber = Annotated[int, Path(ge=1, le=_BIGGEST, description="The case's number.")]

router = APIRouter(prefix="/api", responses=_REFUSALS, generate_unique_id_function=lambda route: route.name)


@router.get("/cases", tags=["cases"])
def cases(visitor: Looker, filters: Annotated[Filters, Query()]) -> CaseList:
    """A page of cases, the most urgent first, by the same filters as the inbox."""
    found = listed(visitor, filters)
    rows = [CaseLine.of(line.brief, approve_by=line.approve_by) for line in found.lines]
    return CaseList(total=found.total, page=filters.page, pages=found.pages, counts=dict(found.counts), cases=rows)


@router.get("/cases/{number}", tags=["cases"], responses=_MISSING)
def case(visitor: Looker, number: CaseNumber) -> CaseReply:
    """One case with its packet, decisions, results and events."""
    return case_reply(visitor, visitor.judged(number))


@router.get(
    "/cases/{number}/evidence/{place}", tags=["cases"], response_class=FileResponse, responses={**_FILE, **_MISSING}
)
def evidence(
    visitor: Looker, number: CaseNumber, place: Annotated[int, Path(ge=1, description="Counted from 1.")]
) -> FileResponse:
    """The bytes of a file of the packet of now, checked against their digest."""
    return piece_of(visitor, number, place, download=True)


@router.post("/cases/{number}/decision", tags=["cases"], responses={**_MISSING, **_CHANGES})
def decision(visitor: Decider, number: CaseNumber, deciding: Deciding) -> ApprovalReply:
    """Approve or reject what was looked at, which the digest names. Whoever comes second gets 409."""
    found = visitor.judged(number)
    comment = deciding.comment.strip()
    made = decide(visitor.office, found, deciding.decision, digest=deciding.digest, by=visitor.name, comment=comment)
    visitor.means.wake()
    return ApprovalReply.of(made)


@router.get("/challenges", tags=["challenges"])
def challenges(visitor: Looker) -> list[ChallengeReply]:
    """The open questions of sign-ins, the one that expires first on top."""
    return [_challenge(one) for one in challenges_for(visitor)]


@router.post("/challenges/{number}/answer", tags=["challenges"], status_code=204, responses={**_MISSING, **_CHANGES})
def answer(
    visitor: Answerer,
    number: Annotated[int, Path(ge=1, le=_BIGGEST, description="The challenge's number.")],
    answering: Answering,
) -> None:
    """Give the code that was asked for; the worker that waits for it goes on at once."""
    visitor.challenge(number)
    here = visitor.office
    give(here.log, here.vault, number, store=answering.store, text=answering.code, by=visitor.name)
    visitor.means.wake()


@router.get("/stores", tags=["registers"])
def stores(visitor: Looker) -> list[StoreReply]:
    """The shops, by their short names."""
    sought = Sought(states=frozenset(NEEDS), clients=visitor.person.clients)
    waiting = visitor.office.log.counts_by_store(sought)
    return [StoreReply.of(one, waiting=waiting.get(one.id, 0)) for one in visitor.stores()]


@router.get("/accounts", tags=["registers"])
def accounts(visitor: Looker) -> list[AccountReply]:
    """The logins, by their short names; of secrets, which there are."""
    found = accounts_for(visitor)
    health = healths(visitor.office, found)
    return [AccountReply.of(one, secrets=health[one.id].secrets, session_at=health[one.id].session_at) for one in found]


@router.get("/report", tags=["report"])
def report(visitor: Looker, page: Annotated[int, Query(ge=1, le=100_000)] = 1) -> Report:
    """What became of each round of each case."""
    found = lines(visitor.office.log, Sought(clients=visitor.person.clients))
    rows = found[(page - 1) * LINES : page * LINES]
    pages = max(1, -(-len(found) // LINES))
    return Report(total=len(found), page=page, pages=pages, lines=[ReportLine.of(one) for one in rows])


def case_reply(visitor: Visitor, found: Case) -> CaseReply:
    """All that is known of a case."""
    all_ = dossier(visitor, found)
    packet = found.packet
    files = [EvidenceReply.of(one, place=place) for place, one in enumerate(packet.evidence, start=1)]
    return CaseReply.of(
        found,
        store=found.store.id,
        store_name=found.store.name,
        client=found.store.client,
        packet=PacketReply.of(
            packet, review=ReviewReply.of(packet.review), answers=dict(packet.answers), evidence=files
        ),
        findings=[FindingReply.of(one) for one in found.findings],
        checkpoint=all_.checkpoint,
        digest=all_.digest,
        approvals=[ApprovalReply.of(one) for one in all_.approvals],
        results=[ResultReply.of(one) for one in all_.results],
        events=[EventReply.of(one, data=_said(one)) for one in all_.events],
    )


def _said(event: Event) -> dict[str, Any]:
    """What an event says, without where files lie on this machine."""
    return {name: value for name, value in event.data.items() if name != "files"}


def _challenge(one: Challenge) -> ChallengeReply:
    return ChallengeReply.of(one, typed=one.medium.typed)
