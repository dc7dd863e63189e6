"""Files of cases, as browsers may have them: shown where they cannot do harm, else handed over as a download."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final
from urllib.parse import quote

from fastapi import APIRouter
from starlette.responses import FileResponse

from automation.casework import piece_at
from automation.console.means import Looker
from automation.errors import InputError

SHOWN: Final[Mapping[str, str]] = {
    **dict.fromkeys(("image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp"), "image"),
    **dict.fromkeys(("video/mp4", "video/webm", "video/quicktime"), "video"),
    **dict.fromkeys(("audio/mpeg", "audio/mp4", "audio/wav", "audio/x-wav", "audio/ogg", "audio/aac"), "audio"),
    "application/pdf": "pdf",
}
"""Media types that are shown within a page, and how; all others are downloads."""

_SEALED: Final = "default-src 'none'; sandbox; frame-ancestors 'self'"
_PDF: Final = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"

router = APIRouter(prefix="/cases/{number}")


def shown_as(media_type: str) -> str:
    """`image`, `video`, `audio`, `pdf`, or empty for what is only downloaded."""
    return SHOWN.get(media_type, "")


@router.get("/evidence/{place}")
def evidence(visitor: Looker, number: int, place: int, download: bool = False) -> FileResponse:
    """The file at a place of the packet of now, counted from 1; its bytes are checked against their digest first."""
    piece = piece_at(visitor.case(number), place)
    visitor.office.log.check_evidence(piece)
    return sealed(piece.path, piece.name, piece.media_type, download=download)


@router.get("/evidence/{place}/original")
def original(visitor: Looker, number: int, place: int, download: bool = False) -> FileResponse:
    """The same as it was handed in: with what was covered since, and with all that was noted in it."""
    piece = piece_at(visitor.case(number), place)
    path = visitor.office.log.original(piece)
    return sealed(path, f"original-{piece.name}", piece.media_type, download=download)


@router.get("/form.png")
def form(visitor: Looker, number: int) -> FileResponse:
    """The picture of the filled form that waits for its confirmation, or waited last."""
    visitor.case(number)
    kept = visitor.office.log.read_back(number)
    if kept is None or kept.screenshot is None or not kept.screenshot.is_file():
        raise InputError(f"case {number} has no picture of a form", field="case")
    return sealed(kept.screenshot, f"case-{number}-form.png", "image/png")


def sealed(path: Path, name: str, media_type: str, *, download: bool = False) -> FileResponse:
    """A file that can run nothing and reach nothing, whatever it holds."""
    as_ = shown_as(media_type)
    inline = bool(as_) and not download
    return FileResponse(
        path,
        media_type=media_type if inline else "application/octet-stream",
        headers={
            "content-disposition": f"{'inline' if inline else 'attachment'}; filename*=UTF-8''{quote(name, safe='')}",
            "content-security-policy": _PDF if inline and as_ == "pdf" else _SEALED,
            "x-frame-options": "SAMEORIGIN",
        },
    )
