"""What a cell means. Every function here raises `Fault` for what it does not understand; nothing is guessed."""

from __future__ import annotations

import re
import reprlib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path, PureWindowsPath
from typing import Final
from zoneinfo import ZoneInfo

from automation.answers import is_link
from automation.intake.problems import Fault
from automation.model import EvidenceKind
from automation.packet import Piece
from automation.packet.findings import KIND_TITLES

SHANGHAI: Final = ZoneInfo("Asia/Shanghai")
STARS: Final = range(1, 6)
YEARS: Final = range(2003, 2101)  # the first of these back-offices opened in 2003
TEXT_MAX: Final = 20_000  # characters; far above any form's limit, far below what a mistaken file holds
_EXCEL_DIGITS: Final = 15  # digits that a number in Excel keeps
_LOST_MIN: Final = 3  # fewer zeros at the end are common in true numbers

_NUMBER: Final = re.compile(r"[0-9A-Za-z_.:\-]{1,64}")
_SCIENTIFIC: Final = re.compile(r"[+-]?\d+(\.\d+)?[eE]\+?\d+")
_WRAPPED: Final = re.compile(r'="([0-9A-Za-z_.:\-]+)"')  # how many exports write a number that must stay text
_TIME: Final = re.compile(
    r"(?P<year>\d{4})\s*[-/.年]\s*(?P<month>\d{1,2})\s*[-/.月]\s*(?P<day>\d{1,2})\s*日?"
    r"(?:[\sT]*(?P<hour>\d{1,2})\s*[:时点]\s*(?P<minute>\d{1,2})\s*分?(?:\s*:?\s*(?P<second>\d{1,2})(?:\.\d{1,9})?\s*秒?)?)?"
    r"\s*(?P<zone>Z|[+-]\d{2}:?\d{2})?",
    re.IGNORECASE | re.ASCII,
)
_KIND_ALIASES: Final = {
    "评价": EvidenceKind.REVIEW,
    "聊天": EvidenceKind.CHAT,
    "聊天截图": EvidenceKind.CHAT,
    "录音": EvidenceKind.RECORDING,
    "录屏": EvidenceKind.RECORDING,
    "录像": EvidenceKind.RECORDING,
    "视频": EvidenceKind.RECORDING,
    "物流": EvidenceKind.LOGISTICS,
    "订单": EvidenceKind.ORDER,
    "图片": EvidenceKind.PHOTO,
    "实拍": EvidenceKind.PHOTO,
    "文件": EvidenceKind.DOCUMENT,
    "证明": EvidenceKind.DOCUMENT,
    "质检报告": EvidenceKind.DOCUMENT,
}
KINDS: Final[Mapping[str, EvidenceKind]] = {
    **{kind.value: kind for kind in EvidenceKind},
    **{title: kind for kind, title in KIND_TITLES.items()},
    **_KIND_ALIASES,
}
_PIECE_PARTS: Final = 3
_PIECES_MAX: Final = 100  # each is read and decoded: no form takes as many
_PARTED: Final = re.compile(r"[;；\n\r]")
_PIECE_KEYS: Final = frozenset({"path", "kind", "caption", "shows_at", "name"})


@dataclass(frozen=True, slots=True)
class BadCell:
    """A cell whose content cannot be used whatever the column; the reader of the file says why."""

    fault: Fault


def text(value: object) -> str:
    """Plain text, outer white space removed."""
    if isinstance(value, BadCell):
        raise value.fault
    if isinstance(value, date):
        raise Fault("cell_date")
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Fault("cell_kind", value=short(value))
    if bad := sorted({ch for ch in value if ch == "\0" or unicodedata.category(ch) == "Cs"}):
        raise Fault("cell_unstorable", characters=" ".join(f"U+{ord(ch):04X}" for ch in bad))
    if len(value) > TEXT_MAX:
        raise Fault("cell_too_long", length=len(value), most=TEXT_MAX)
    return value.strip().removeprefix("\ufeff")


def number(value: object) -> str:
    """An order's or review's number, as text. Refuses what a spreadsheet has rounded.

    A leading apostrophe says that the digits are right, although they look rounded.
    """
    raw = unicodedata.normalize("NFKC", text(value))
    if wrapped := _WRAPPED.fullmatch(raw):
        raw = wrapped.group(1)
    sure = raw.startswith("'")
    raw = raw.removeprefix("'").strip()
    if not raw:
        return ""
    if _SCIENTIFIC.fullmatch(raw) and ("." in raw or "+" in raw):
        raise Fault("number_rounded", value=raw)
    if not _NUMBER.fullmatch(raw):
        raise Fault("number_form", value=raw[:80])
    lost = raw[_EXCEL_DIGITS:]  # a spreadsheet puts zeros for the digits that it cannot keep
    if not sure and raw.isdigit() and len(lost) >= _LOST_MIN and not lost.strip("0"):
        raise Fault("number_rounded", value=raw)
    return raw


def moment(value: object) -> datetime:
    """A time with its zone; Asia/Shanghai where none is given, the day's beginning where only a date is given.

    The beginning of a day is the careful choice: the appeal window then ends no later than it truly does.
    """
    if isinstance(value, datetime):
        rounded = value + timedelta(milliseconds=500)  # a spreadsheet's times are fractions of days, never exact
        return _plausible(rounded.replace(microsecond=0), str(value))
    if isinstance(value, date):
        return _plausible(datetime(value.year, value.month, value.day), str(value))  # noqa: DTZ001 - the zone follows
    raw = text(value)
    found = _TIME.fullmatch(unicodedata.normalize("NFKC", raw))
    if found is None:
        raise Fault("time_form", value=raw[:80])
    parts = [int(found[name] or 0) for name in ("year", "month", "day", "hour", "minute", "second")]
    try:
        made = datetime(*parts, tzinfo=_zone(found["zone"]))  # type: ignore[misc,arg-type]  # six numbers
    except ValueError:
        raise Fault("time_form", value=raw[:80]) from None
    return _plausible(made, raw)


def link(value: object) -> str:
    """An http(s) address, or nothing."""
    raw = text(value)
    if raw and not is_link(raw):
        raise Fault("link_form", value=raw[:80])
    return raw


def stars(value: object) -> int | None:
    """1 to 5, perhaps with 星 behind it."""
    raw = unicodedata.normalize("NFKC", text(value)).removesuffix("星").strip()
    raw = re.sub(r"\.0+$", "", raw)
    if not raw:
        return None
    if not (raw.isascii() and raw.isdigit() and len(raw) == 1 and int(raw) in STARS):
        raise Fault("stars_form", value=raw[:20])
    return int(raw)


def pieces(value: object, folder: Path) -> list[Piece]:
    """The evidence of a row: text `kind:path|caption|time`, one a line or between semicolons, or a list of such or of
    objects with path, kind, caption, shows_at, name. Paths start at `folder`.
    """
    items = value if isinstance(value, list) else [item for item in _PARTED.split(text(value)) if item.strip()]
    if len(items) > _PIECES_MAX:
        raise Fault("evidence_many", count=len(items), most=_PIECES_MAX)
    return [_piece_of_object(item, folder) if isinstance(item, dict) else _piece(text(item), folder) for item in items]


def _piece(item: str, folder: Path) -> Piece:
    parts = [part.strip() for part in re.split(r"[|｜]", item)]
    if len(parts) > _PIECE_PARTS:
        raise Fault("evidence_form", value=item[:80])
    place, caption, time = (*parts, "", "")[:_PIECE_PARTS]
    kind, place = _kind_and_place(place)
    if not place:
        raise Fault("evidence_form", value=item[:80])
    return Piece(_path(place, folder), kind, caption, moment(time) if time else None)


def _kind_and_place(place: str) -> tuple[EvidenceKind, str]:
    before, colon, after = place.partition(":")
    if not colon and "：" in place:  # a file's name may hold the full-width colon: it counts only after a known kind
        before, colon, after = place.partition("：")
        if before.strip().casefold() not in KINDS:
            return EvidenceKind.OTHER, place
    if not colon or PureWindowsPath(place).drive:
        return EvidenceKind.OTHER, place
    return _kind(before), after.strip()


def _piece_of_object(item: dict[object, object], folder: Path) -> Piece:
    if unknown := [key for key in item if key not in _PIECE_KEYS]:
        raise Fault("evidence_form", value=short(unknown[0]))
    place, kind, time = text(item.get("path")), text(item.get("kind")), item.get("shows_at")
    if not place:
        raise Fault("evidence_form", value=short(item))
    return Piece(
        _path(place, folder),
        _kind(kind) if kind else EvidenceKind.OTHER,
        text(item.get("caption")),
        moment(time) if time else None,
        text(item.get("name")),
    )


def _kind(name: str) -> EvidenceKind:
    kind = KINDS.get(name.strip().casefold())
    if kind is None:
        known = ", ".join(f"{kind.value}/{title}" for kind, title in KIND_TITLES.items())
        raise Fault("evidence_kind", value=name.strip()[:40], known=known)
    return kind


def _path(place: str, folder: Path) -> Path:
    """Backslashes separate too, since import files travel between Windows and other systems."""
    return folder / Path(place.replace("\\", "/"))


def _zone(written: str | None) -> timezone | ZoneInfo:
    if written is None:
        return SHANGHAI
    if written in "Zz":
        return UTC
    hours, minutes = int(written[1:3]), int(written[-2:])
    return timezone(timedelta(hours=hours, minutes=minutes) * (-1 if written[0] == "-" else 1))


def _plausible(made: datetime, raw: str) -> datetime:
    if made.year not in YEARS:
        raise Fault("time_form", value=raw[:80])
    return made if made.tzinfo is not None else made.replace(tzinfo=SHANGHAI)


def short(value: object) -> str:
    """A value as a message shows it, however large or deep it is."""
    return reprlib.repr(value)[:60]
