"""What a back-office's list of reviews says, in our words (as `automation.listing` for the other lists)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Final

from automation.listing import page_time
from automation.site import Row

_NUMBER: Final = re.compile(r"\d+(?:\.\d+)?")
_DRAWN: Final = re.compile(r"[★⭐☆]+")
_OTHER: Final = re.compile(r"[^\d.\s★⭐☆:：评分打颗星级]")  # what a mark does not say beside its number
_GRADES: Final = {"差评": 1, "中评": 3, "好评": 5}


@dataclass(frozen=True, slots=True)
class Found:
    """A review as a list of reviews shows it; what the list does not show is empty. `row` leads back to it."""

    row: Row
    review_id: str
    order_no: str
    text: str
    posted_at: datetime | None  # None: not shown, or not in a form that is known
    stars: int | None = None
    buyer: str = ""
    product: str = ""
    part: str = ""  # of the list, where it shows one part at a time: the flow's own word for it


def found(row: Row, zone: tzinfo) -> Found:
    """A row of the list of reviews."""
    cell = row.cells.get
    return Found(
        row,
        review_id=cell("review_id", ""),
        order_no=cell("order_no", ""),
        text=cell("text", ""),
        posted_at=page_time(cell("time", ""), zone),
        stars=_stars(cell("stars", "")),
        buyer=cell("buyer", ""),
        product=cell("product", ""),
    )


def _stars(text: str) -> int | None:
    """From `1星`, `1 分`, `评分：1.0`, `★☆☆☆☆`, `★`, or a grade in words: 差评 is 1, 中评 3, 好评 5.

    A whole number from 1 to 5. None for everything else: half a star, another scale, several numbers, a number and
    stars that say different things, a sentence.
    """
    if text.strip() in _GRADES:
        return _GRADES[text.strip()]
    numbers, drawn = _NUMBER.findall(text), _DRAWN.findall("".join(text.split()))
    said = {*map(float, numbers), *map(_filled, drawn)}
    if _OTHER.search(text) or len(numbers) > 1 or len(drawn) > 1 or len(said) != 1:
        return None
    return next((int(worth) for worth in said if worth in (1, 2, 3, 4, 5)), None)


def _filled(run: str) -> int:
    """How many of the stars are full; 0 unless the full ones come first and, with the empty ones, are five."""
    full = len(run) - run.count("☆")
    return full if run.endswith("☆" * (len(run) - full)) and (full == len(run) or len(run) == 5) else 0  # noqa: PLR2004
