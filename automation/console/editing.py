"""A change of an unsent packet: the form, its diff, and what the lint says of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import Final

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.responses import Response

from automation import casework
from automation.answers import JOINT
from automation.casework import Changes
from automation.console.bodies import takes_files
from automation.console.means import Clerk, Visitor, go
from automation.console.uploads import Sent, Uploads, remove
from automation.errors import CaseLogError, InputError
from automation.model import Case, EvidenceKind, Packet, State
from automation.reason import term_of

FILES_MAX: Final = 100  # in one change; more than any channel takes

router = APIRouter(prefix="/cases/{number}/edit")


@dataclass(frozen=True, slots=True)
class Added:
    """A file that was picked, with what was said about it."""

    sent: Sent
    kind: str
    caption: str
    shows_at: str


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the form. `digest` is the packet that it was made from; `then`: evidence that is covered next."""

    digest: str
    channel: str
    reason: str
    description: str
    review_url: str
    answers: Mapping[str, str]
    dropped: frozenset[str] = frozenset()
    added: Sequence[Added] = field(default=())
    then: str = ""

    @classmethod
    def of(cls, case: Case) -> Typed:
        """The packet as it is."""
        packet = case.packet
        return cls(case.digest, packet.channel, packet.reason, packet.description, packet.review.url, packet.answers)

    @classmethod
    def sent(cls, form: FormData) -> Typed:
        """The form as it was sent; a browser writes line ends as two characters."""
        answers = {
            name.partition(".")[2]: JOINT.join(one for one in _texts(form, name) if one)
            for name in form
            if name.startswith("answer.")
        }
        return cls(
            digest=_text(form, "digest"),
            channel=_text(form, "channel"),
            reason=_text(form, "reason"),
            description=_text(form, "description").replace("\r\n", "\n").strip(),
            review_url=_text(form, "review_url").strip(),
            answers=answers,
            dropped=frozenset(_texts(form, "drop")),
            added=_added(form),
            then=_text(form, "then"),
        )


def _text(form: FormData, name: str) -> str:
    return next(iter(_texts(form, name)), "")


def _texts(form: FormData, name: str) -> list[str]:
    return [value for value in form.getlist(name) if isinstance(value, str)]


def _added(form: FormData) -> list[Added]:
    files = [value for value in form.getlist("file") if isinstance(value, UploadFile)]
    said = zip(*(_texts(form, name) for name in ("file_kind", "file_caption", "file_time")), strict=False)
    return [
        Added(Sent(file.filename, file.file), kind, caption, shown_at)
        for file, (kind, caption, shown_at) in zip(files, said, strict=False)
        if file.filename
    ]


@router.get("")
def edit(visitor: Clerk, number: int) -> Response:
    """The form, with the packet as it is now."""
    case = visitor.judged(number)
    return _form(visitor, case, Typed.of(case))


@router.post("/fields")
async def fields(request: Request, visitor: Clerk, number: int) -> Response:
    """The part of the form that another channel changes, with what was typed."""
    typed = Typed.sent(await request.form())
    return await run_in_threadpool(_form, visitor, visitor.judged(number), typed, template="edit_fields.html")


@router.post("")
async def save(request: Request, visitor: Clerk, number: int) -> Response:
    """Keep the change. What is wrong comes back into the form, and so does what somebody else changed meanwhile."""
    takes_files(request)
    form = await request.form(max_files=FILES_MAX)
    return await run_in_threadpool(_save, visitor, number, Typed.sent(form))


def _save(visitor: Visitor, number: int, typed: Typed) -> Response:
    case = visitor.judged(number)
    if typed.digest != case.digest:
        return _behind(visitor, case, typed)
    try:
        packet = _applied(visitor, case.packet, typed)
        fit = not any(one.blocks for one in case.findings)
        if packet == case.packet and case.state is not State.NEEDS_PERSON and fit:
            return _next(packet, number, typed, "unchanged")  # what was sent back stays so until something changes
        casework.judge(visitor.office, case, packet, by=visitor.name, language=visitor.language, base=typed.digest)
    except InputError as error:
        told = [(visitor.worded(one.reason), visitor.worded(one.hint)) for one in (error, *error.others)]
        return _form(visitor, case, typed, wrong=told, status=422)
    except CaseLogError as error:
        newest = visitor.judged(number)
        if newest.digest != typed.digest:
            return _behind(visitor, newest, typed)
        return _form(visitor, newest, typed, wrong=[(visitor.why(error), visitor.worded(error.hint))], status=409)
    return _next(packet, number, typed, "edited")


def _next(packet: Packet, number: int, typed: Typed, done: str) -> Response:
    """After a change was kept: the case, or the evidence that is to be covered next, wherever it stands now."""
    places = {piece.name: place for place, piece in enumerate(packet.evidence, start=1)}
    if typed.then in places:
        return go(f"/cases/{number}/evidence/{places[typed.then]}/cover")
    return go(f"/cases/{number}?done={done}")


def _applied(visitor: Visitor, packet: Packet, typed: Typed) -> Packet:
    """The packet as the form has it. Raises `InputError`."""
    here, language = visitor.office, visitor.language
    changed = casework.with_fields(
        here,
        packet,
        channel=typed.channel,
        reason=typed.reason,
        description=typed.description,
        review_url=typed.review_url,
    )
    changed = casework.with_answers(here, replace(changed, answers={}), typed.answers, language)
    if not (typed.dropped or typed.added):
        return changed
    _, folder = Uploads(here.settings.home, visitor.session).open()
    try:
        offered = []
        for place, one in enumerate(typed.added):
            path = folder / str(place)
            with path.open("xb") as out:
                while chunk := one.sent.content.read(1 << 20):
                    out.write(chunk)
            name = PurePosixPath(one.sent.path.replace("\\", "/")).name
            said = {"path": path.name, "name": name, "kind": one.kind, "caption": one.caption, "shows_at": one.shows_at}
            offered.append({key: value for key, value in said.items() if value})
        changed = casework.with_evidence(here, changed, offered, sorted(typed.dropped), language, folder=folder)
    finally:
        remove(folder)
    return replace(changed, evidence=casework.in_time(changed.evidence))


def _behind(visitor: Visitor, case: Case, typed: Typed) -> Response:
    """Somebody changed the packet first: theirs is shown beside what was typed, and nothing is kept."""
    review = replace(case.packet.review, url=typed.review_url)
    meant = replace(
        case.packet,
        channel=typed.channel,
        reason=typed.reason,
        description=typed.description,
        review=review,
        answers={term: text for term, text in typed.answers.items() if text},
    )
    last = visitor.office.log.revisions(case.id)[-1]
    wrong = [(visitor.t("edit.behind", name=last.by), visitor.t("edit.behind_hint"))]
    newer = casework.changes(case.packet, meant)
    return _form(visitor, case, replace(typed, digest=case.digest), wrong=wrong, newer=newer, status=409)


def _form(
    visitor: Visitor,
    case: Case,
    typed: Typed,
    *,
    wrong: Sequence[tuple[str, str]] = (),
    newer: Changes | None = None,
    status: int = 200,
    template: str = "edit.html",
) -> Response:
    channels = visitor.office.packs.pack(case.packet.platform).channels
    channel = channels.get(typed.channel) or next(iter(channels.values()))
    term = typed.reason.partition("=")[0]
    return visitor.page(
        template,
        status=status,
        case=case,
        packet=case.packet,
        typed=typed,
        channels=channels,
        channel=channel,
        reasons={
            case.packet.reason if name == term_of(case.packet) else name: reason
            for name, reason in channel.reasons.items()
        },
        term=term,
        kinds=list(EvidenceKind),
        wrong=wrong,
        newer=newer,
        changeable=casework.editable(case),
        coverable=casework.coverable,
    )
