"""What a back-office's list of reviews says, in our words (as `automation.listing` for the other lists)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, tzinfo

from automation.listing import page_time
from automation.site import Row


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
    """From `1星`, `1 分` or `1.0`: a whole number from 1 to 5, or None."""
    said = re.findall(r"\d+(?:\.\d+)?", text)
    worth = float(said[0]) if len(said) == 1 else 0
    return int(worth) if worth in (1, 2, 3, 4, 5) else None
