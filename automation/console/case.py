"""One case, whole: the review beside its packet, what is to be decided, and everything that happened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

from fastapi import APIRouter
from rapidfuzz import fuzz, process
from starlette.responses import FileResponse, Response

from automation.answers import is_link
from automation.caselog import Event, Result, Sought
from automation.casework import (
    WAITS_AT,
    Act,
    Compared,
    acts_of,
    compare,
    coverable,
    editable,
    meant_by,
    recent_changes,
    under_decision,
)
from automation.casework.editing import channel_of
from automation.console.access import Right
from automation.console.evidence import sealed, shown_as
from automation.console.means import Looker, Visitor
from automation.console.words import sentences
from automation.errors import AppealdeskError, InputError
from automation.model import Approval, Case, Checkpoint, Packet, State
from automation.pack import Channel
from automation.reason import option_of, term_of

ALIKE: Final = 85.0  # per cent, from where another packet's description is pointed out
TAKEN_BACK: Final = frozenset({State.APPROVED, State.CONFIRMED})
"""Where a decision can be taken back: nobody works on the case yet."""

ACTS: Final[Mapping[Act, Right]] = {
    **dict.fromkeys((Act.WITHDRAW, Act.RESUME, Act.NEXT_ROUND, Act.REASON), Right.ENTER),
    **dict.fromkeys((Act.UPHELD, Act.REJECTED, Act.MORE_EVIDENCE, Act.CLOSED, Act.RELEASE, Act.SETTLE), Right.DECIDE),
}
"""Who may do what: about material those who enter it, about outcomes those who decide."""

_COMPARED: Final = 400  # other cases of the platform that are looked through

router = APIRouter(prefix="/cases/{number}")


@dataclass(frozen=True, slots=True)
class Dossier:
    """All that bears on a decision about a case. `digest` is what a decision would be about; empty: none is due."""

    case: Case
    channel: Channel | None
    checkpoint: Checkpoint | None
    digest: str
    form: Sequence[Compared]
    pictured: bool
    earlier: Sequence[tuple[Packet, str]]
    approvals: Sequence[Approval]
    results: Sequence[Result]
    offered: Sequence[str]
    alike: Sequence[tuple[Case, float]]
    events: Sequence[Event]

    @property
    def rounds_max(self) -> int | None:
        """How many attempts there are, where the pack knows."""
        return self.channel.rounds_max if self.channel else None

    @property
    def undoable(self) -> bool:
        """Whether an approval can still be taken back."""
        return self.case.state in TAKEN_BACK


@router.get("")
def case(visitor: Looker, number: int, done: str = "") -> Response:
    """The case's page. `done`: what was just decided, to be said on top."""
    told = visitor.t(f"done.{done}") if done in _DONE else ""
    return show(visitor, number, told=told)


_DONE: Final = frozenset({"approved", "rejected", "undone", "edited", "moved", "unchanged"})


def show(visitor: Visitor, number: int, *, told: str = "", wrong: str = "", status: int = 200) -> Response:
    """The page, with what was done, or with what went wrong."""
    found = dossier(visitor, visitor.judged(number))
    beside = Sought(states=frozenset({found.case.state}), clients=visitor.person.clients)
    numbers = visitor.office.log.numbers(beside, limit=200)
    place = numbers.index(number) if number in numbers else -1
    answer = visitor.page(
        "case.html",
        status=status,
        dossier=found,
        case=found.case,
        told=told,
        wrong=wrong,
        acts=[one for one in acts_of(visitor.office, found.case) if visitor.person.may(ACTS[one])],
        meanings=_meanings(found),
        changed=recent_changes(visitor.office, found.case) if editable(found.case) else (),
        editable=editable(found.case),
        coverable=coverable,
        term=term_of(found.case.packet),
        option=option_of(found.case.packet),
        before=numbers[place - 1] if place > 0 else None,
        after=numbers[place + 1] if 0 <= place < len(numbers) - 1 else None,
        shown_as=shown_as,
        is_link=is_link,
        field=partial(_field, visitor, found),
        **_told(visitor, found.events),
    )
    answer.headers["hx-push-url"] = f"/cases/{number}"  # whatever was posted: loading the page anew does not post again
    return answer


@router.get("/standing")
def standing(visitor: Looker, number: int, seen: int = 0) -> Response:
    """What a page that shows the case must say once something happened after the event `seen`; else nothing (204)."""
    found = visitor.case(number)
    events = visitor.office.log.events(number)
    if events[-1].id <= seen:
        return Response(status_code=204)
    return visitor.page("case_news.html", case=found, **_told(visitor, events, again=True))


def _told(visitor: Visitor, events: Sequence[Event], *, again: bool = False) -> dict[str, Any]:
    """The words of the timeline. `again`: it is put into a page that shows an older one."""
    return {
        "events": events,
        "again": again,
        "said": partial(said, visitor),
        "known": sentences(),
        "kind": lambda kind: visitor.t(f"event.{kind}") if f"event.{kind}" in sentences() else kind,
        "names": lambda paths: [Path(path).name for path in paths],
    }


def dossier(visitor: Visitor, case: Case) -> Dossier:
    """Read everything about a case."""
    log = visitor.office.log
    try:
        channel = channel_of(visitor.office, case.packet)
    except AppealdeskError:
        channel = None
    point = WAITS_AT.get(case.state)
    kept = log.read_back(case.id)
    return Dossier(
        case=case,
        channel=channel,
        checkpoint=point,
        digest=under_decision(visitor.office, case, point) if point else "",
        form=compare(visitor.office, case, kept.read_back) if kept and channel else (),
        pictured=kept is not None and kept.screenshot is not None,
        earlier=log.earlier_packets(case.id),
        approvals=log.approvals(case.id),
        results=log.results(case.id),
        offered=log.offered(case.id) if case.state is State.DRAFT and not option_of(case.packet) else (),
        alike=_alike(visitor, case),
        events=log.events(case.id),
    )


def _meanings(found: Dossier) -> Sequence[tuple[str, str]]:
    """Each option that the form offered, with the title of the reason that the pack knows it as."""
    if found.channel is None:
        return ()
    terms = {option: meant_by(option, found.channel) for option in found.offered}
    return [(option, found.channel.reasons[term].title if term else "") for option, term in terms.items()]


def _alike(visitor: Visitor, case: Case) -> list[tuple[Case, float]]:
    """The newest packets of the platform that say nearly the same."""
    sought = Sought(platform=case.packet.platform, clients=visitor.person.clients)
    texts = visitor.office.log.descriptions(sought, limit=_COMPARED)
    texts.pop(case.id, None)
    found = process.extract(case.packet.description, texts, scorer=fuzz.ratio, score_cutoff=ALIKE, limit=3)
    return [(visitor.office.log.case(number), score) for _, score, number in found]


def said(visitor: Visitor, event: Event) -> Mapping[str, Any]:
    """What an event says beside its kind, without what only programs read; words of the trade in their language."""
    told = {name: value for name, value in event.data.items() if name not in _UNSAID and value not in ("", None, [])}
    if "covered" in told:
        told["covered"] = "; ".join(f"{one['file']}: {_covered(visitor, one['boxes'])}" for one in told["covered"])
    return {
        name: visitor.t(f"{name}.{value}") if f"{name}.{value}" in sentences() else _worded(visitor, value)
        for name, value in told.items()
    }


def _worded(visitor: Visitor, value: object) -> object:
    return visitor.worded(value) if isinstance(value, str) else value


def _covered(visitor: Visitor, boxes: Mapping[str, int]) -> str:
    """How much of what kind is covered in a file."""
    return ", ".join(f"{visitor.t(f'box.{kind}')} {count}" for kind, count in boxes.items()) or visitor.t(
        "cover.nothing"
    )


def _field(visitor: Visitor, found: Dossier, name: str) -> str:
    """What a field of the form is called, for people."""
    kind, _, number = name.partition(" ")
    if f"form.{kind}" in sentences():
        return f"{visitor.t(f'form.{kind}')} {number}".rstrip()
    answers = found.channel.answers if found.channel else {}
    return answers[name].title if name in answers else name


_UNSAID: Final = frozenset({"digest", "read_back", "screenshot", "files", "from", "to", "note"})


@router.get("/failures/{event}/{name}")
def failure(visitor: Looker, number: int, event: int, name: str) -> FileResponse:
    """A screenshot or trace that a failed job left; only what the log itself names is given out."""
    visitor.case(number)
    for one in visitor.office.log.events(number):
        if one.id != event:
            continue
        for said in map(Path, one.data.get("files", ())):
            # Where the log was restored, the home is another one.
            here = visitor.office.settings.home / "failures" / said.parent.name / said.name
            path = said if said.is_file() else here
            if path.name == name and path.is_file():
                return sealed(path, name, "image/png" if path.suffix == ".png" else "application/zip")
    raise InputError(f"case {number} has no such file", field="case")
