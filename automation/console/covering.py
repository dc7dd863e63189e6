"""Parts of a picture are covered: the page where they are drawn, and the keeping of them as a change of the packet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import zip_longest

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.responses import Response

from automation import casework
from automation.box import BOXES_MAX, Box, BoxKind
from automation.console.means import Clerk, Visitor, go
from automation.errors import CaseLogError, InputError
from automation.model import Case

_NUMBERS = ("left", "top", "width", "height")
_AS_STORED = "image/jpeg"  # the one kind that says in a way that browsers know how it is to be turned

router = APIRouter(prefix="/cases/{number}/evidence/{place}/cover")

Typed = Mapping[str, str]
"""A box as it stands in the form: its numbers and its kind, by the names of their fields."""


@router.get("")
def cover(visitor: Clerk, number: int, place: int) -> Response:
    """The picture as it was handed in, with what is covered and what is suggested."""
    return _page(visitor, visitor.case(number), place)


@router.post("")
async def save(request: Request, visitor: Clerk, number: int, place: int) -> Response:
    """Cover these boxes in place of those before. What is wrong comes back with what was drawn."""
    form = await request.form(max_fields=BOXES_MAX * 6)
    return await run_in_threadpool(_save, visitor, number, place, form)


def _save(visitor: Visitor, number: int, place: int, form: FormData) -> Response:
    case = visitor.case(number)
    columns = ([str(value) for value in form.getlist(name)] for name in (*_NUMBERS, "kind"))
    typed = [dict(zip((*_NUMBERS, "kind"), one, strict=True)) for one in zip_longest(*columns, fillvalue="")]
    if form.get("digest") != case.digest:
        told = (visitor.t("edit.behind", name=visitor.office.log.revisions(number)[-1].by), visitor.t("cover.behind"))
        return _page(visitor, case, place, typed=typed, wrong=told, status=409)
    try:
        boxes = [_box(one) for one in typed]
        language, base = visitor.language, case.digest
        kept = casework.cover(visitor.office, case, place, boxes, by=visitor.name, language=language, base=base)
    except InputError as error:
        told = (visitor.worded(error.reason), visitor.worded(error.hint))
        return _page(visitor, case, place, typed=typed, wrong=told, status=422)
    except CaseLogError as error:
        newest = visitor.case(number)
        told = (visitor.why(error), visitor.worded(error.hint))
        return _page(visitor, newest, place, typed=typed, wrong=told, status=409)
    return go(f"/cases/{number}?done={'unchanged' if kept == case else 'edited'}")


def _box(typed: Typed) -> Box:
    try:
        left, top, width, height = (int(typed[name]) for name in _NUMBERS)
        return Box(left, top, width, height, BoxKind(typed["kind"]))
    except ValueError:
        said = ", ".join(typed[name] for name in _NUMBERS)
        raise InputError(f"{said!r} is no box", field="box", hint="left, top, width, height in whole pixels") from None


def _page(
    visitor: Visitor,
    case: Case,
    place: int,
    *,
    typed: Sequence[Typed] | None = None,
    wrong: tuple[str, str] | None = None,
    status: int = 200,
) -> Response:
    piece = casework.piece_at(case, place)
    width, height = casework.picture_size(visitor.office, piece)
    return visitor.page(
        "cover.html",
        status=status,
        case=case,
        piece=piece,
        place=place,
        width=width,
        height=height,
        rows=[_typed(box) for box in piece.boxes] if typed is None else typed,
        offers=[_typed(box) for box in casework.offers(piece)],
        known=bool(piece.suggested),
        kinds=list(BoxKind),
        as_stored=piece.media_type != _AS_STORED,
        wrong=wrong,
        changeable=casework.editable(case),
    )


def _typed(box: Box) -> Typed:
    return {**{name: str(getattr(box, name)) for name in _NUMBERS}, "kind": box.kind}
