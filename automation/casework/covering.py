"""Parts of a picture are covered before it is sent: a change of the packet like any other, every approval is void."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from automation.box import Box
from automation.casework.editing import editable, judge
from automation.errors import InputError, TransitionRefused
from automation.model import Case, Evidence
from automation.office import Office
from automation.packet.covering import COVERABLE, upright_size
from automation.packet.findings import Language


def piece_at(case: Case, place: int) -> Evidence:
    """The file at a place of the packet, counted from 1. Raises `InputError`."""
    files = case.packet.evidence
    if not 1 <= place <= len(files):
        raise InputError(f"case {case.id} has no file {place}", field="case", hint=f"it has {len(files)}")
    return files[place - 1]


def coverable(piece: Evidence) -> bool:
    """Whether it is a picture of a kind in which parts can be covered."""
    return piece.media_type in COVERABLE


def picture_size(here: Office, piece: Evidence) -> tuple[int, int]:
    """Width and height in pixels, upright. Raises `InputError` for no picture, `CaseLogError` for lost bytes."""
    if not coverable(piece):
        raise InputError(f"nothing can be covered in {piece.name!r}: it is no picture", field="box")
    return upright_size(here.log.original(piece).read_bytes())


def offers(piece: Evidence) -> tuple[Box, ...]:
    """What is suggested and not covered yet."""
    return tuple(one for one in piece.suggested if not any(one.meets(box) for box in piece.boxes))


def cover(
    here: Office, case: Case, place: int, boxes: Sequence[Box], *, by: str, language: Language, base: str = ""
) -> Case:
    """Cover these parts of the picture at a place, in place of those before; none uncovers it. The original is kept.

    `base`: the digest of the packet that somebody looked at. What is covered already voids nothing. Raises `InputError`
    for a file or a box that cannot be covered, `TransitionRefused` where the packet cannot be changed any more.
    """
    piece = piece_at(case, place)
    if not editable(case):
        raise TransitionRefused(f"case {case.id} is {case.state}: nothing can be covered in its evidence now")
    if tuple(boxes) == piece.boxes:
        return case
    changed = here.log.cover_evidence(piece, boxes)
    files = tuple(changed if one is piece else one for one in case.packet.evidence)
    return judge(here, case, replace(case.packet, evidence=files), by=by, language=language, base=base)
