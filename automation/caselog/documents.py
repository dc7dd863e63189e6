"""The words of the trade as JSON structures, and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from automation.box import Box, BoxKind
from automation.caselog.tables import iso, moment
from automation.model import Finding, Notice, ReadBack, Record, Uploaded

Document = dict[str, Any]


def document(thing: Finding | Notice | ReadBack | Record) -> Document:
    """Any of these as JSON can hold it."""
    return {name: _plain(value) for name, value in asdict(thing).items()}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, Mapping):
        return dict(value)
    return list(value) if isinstance(value, tuple) else value


def finding(kept: Document) -> Finding:
    """From its document."""
    return Finding(**kept)


def record(kept: Document | None) -> Record | None:
    """From its document."""
    if kept is None:
        return None
    times = {name: _moment(kept.get(name)) for name in ("filed_at", "review_at")}
    return Record(**{**kept, **times})


def notice(kept: Document | None) -> Notice | None:
    """From its document."""
    return None if kept is None else Notice(**{**kept, "at": _moment(kept["at"])})


def read_back(kept: Document) -> ReadBack:
    """From its document."""
    return ReadBack(**{**kept, "uploads": tuple(Uploaded(**upload) for upload in kept["uploads"])})


def boxes(kept: list[list[Any]]) -> tuple[Box, ...]:
    """From their lists."""
    return tuple(Box(left, top, width, height, BoxKind(kind)) for left, top, width, height, kind in kept)


def box_lists(boxes: Iterable[Box]) -> list[list[Any]]:
    """The inverse of `boxes`."""
    return [[box.left, box.top, box.width, box.height, str(box.kind)] for box in boxes]


def _moment(text: str | None) -> datetime | None:
    return None if text is None else moment(text)
