"""`appealdesk redact`: parts of a picture are covered before it leaves."""

from __future__ import annotations

import re
from typing import Annotated, Final

import typer

from automation.box import Box, BoxKind
from automation.cli.decisions import CaseId
from automation.cli.dossier import covered_words
from automation.cli.office import LANGUAGE, office
from automation.cli.paper import pairs, say, warn
from automation.errors import InputError
from automation.model import Evidence, State

_BOX: Final = re.compile(r"(-?\d+),(-?\d+),(-?\d+),(-?\d+)(?::(\w+))?")
_KINDS: Final = ", ".join(BoxKind)


def redact(
    ctx: typer.Context,
    case: CaseId,
    place: Annotated[int, typer.Argument(metavar="PLACE", help="Which file, as `appealdesk show` counts them.")],
    box: Annotated[
        list[str] | None,
        typer.Option(
            metavar="LEFT,TOP,WIDTH,HEIGHT[:KIND]",
            help=f"A part to cover, in pixels of the upright picture; give it again for each. KIND: {_KINDS}.",
        ),
    ] = None,
    suggest: Annotated[bool, typer.Option("--suggest", help="Also cover what is suggested.")] = False,
    clear: Annotated[bool, typer.Option("--clear", help="Cover nothing any more.")] = False,
) -> None:
    """Cover telephone and identity numbers, addresses and faces in a picture before it is sent.

    What is covered is gone from the bytes that are sent; the original is kept. The boxes given take the place of those
    before. Without options, what is covered and what is suggested is listed. Every change voids the approvals.
    """
    from automation.casework import cover, offers, picture_size, piece_at

    here = office(ctx)
    found = here.log.case(case)
    piece = piece_at(found, place)
    if clear and (box or suggest):
        raise InputError("--clear goes with no other option", field="--clear")
    if not (box or suggest or clear):
        _tell(piece, picture_size(here, piece), offers(piece))
        return
    if suggest and not offers(piece):
        warn("nothing is suggested: no text of this picture is known, or all of its numbers are covered")
        if not box:
            return
    wanted = [_box(text) for text in box or ()] or ([] if clear else [*piece.boxes])
    wanted += [one for one in offers(piece) if suggest]
    changed = cover(here, found, place, wanted, by=here.by, language=LANGUAGE)
    say(f"case {case}: {piece.name}: {covered_words(changed.packet.evidence[place - 1]) or 'nothing is covered'}")
    for one in changed.findings:
        warn(f"{'blocks' if one.blocks else 'warning'} [{one.field}] {one.message}")
    say(f"look at it: appealdesk show {case} --files FOLDER")
    if changed.state is State.READY:
        say(f"next: appealdesk approve {case}")


def _tell(piece: Evidence, size: tuple[int, int], suggested: tuple[Box, ...]) -> None:
    say(f"{piece.name}: {size[0]} x {size[1]} pixels")
    pairs(
        {
            "is sent": covered_words(piece) or "as it was handed in",
            "covered": "\n".join(map(_option, piece.boxes)),
            "suggested": "\n".join(map(_option, suggested)) or "nothing: its text is not known, or holds no numbers",
        }
    )


def _option(box: Box) -> str:
    return f"--box {box.left},{box.top},{box.width},{box.height}:{box.kind}"


def _box(text: str) -> Box:
    match = _BOX.fullmatch(text.strip())
    kind = (match[5] or BoxKind.OTHER) if match else ""
    if match is None or kind not in list(BoxKind):
        raise InputError(
            f"{text!r} is no box", field="--box", hint=f"such as: --box 40,120,260,32:phone; kinds: {_KINDS}"
        )
    return Box(int(match[1]), int(match[2]), int(match[3]), int(match[4]), BoxKind(kind))
