"""What a back-office's lists say, in our words: the rows that flows read become records, notices and times.

The cells have the same names on every platform (docs/packs.md). One that a list does not show is empty.
"""

from __future__ import annotations

from datetime import datetime, tzinfo
from typing import Final

from automation.errors import ReviewMissing
from automation.model import Notice, Record, Review
from automation.site import Row

REVIEW_CELLS: Final = frozenset({"order_no", "review_id", "text", "time", "stars", "buyer", "product"})
RECORD_CELLS: Final = frozenset({"record_id", "order_no", "review_id", "status", "time", "detail", "reason"})
NOTICE_CELLS: Final = frozenset({"notice_id", "text", "time", "order_no", "record_id"})

_CUT: Final = "…. "
_FORMS: Final = tuple(
    f"{day} {clock}" for day in ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日") for clock in ("%H:%M:%S", "%H:%M")
)


def record(row: Row, zone: tzinfo) -> Record:
    """A row of the list of appeals."""
    cell = row.cells.get
    return Record(
        record_id=cell("record_id", ""),
        order_no=cell("order_no", ""),
        review_id=cell("review_id", ""),
        status=cell("status", ""),
        filed_at=page_time(cell("time", ""), zone),
        detail=cell("detail", ""),
        reason=cell("reason", ""),
    )


def notice(row: Row, zone: tzinfo) -> Notice:
    """A message. One without an id is known by its time and what it is about."""
    cell = row.cells.get
    about = " ".join(part for name in ("time", "record_id", "order_no") if (part := cell(name, "")))
    return Notice(
        notice_id=cell("notice_id", "") or about,
        text=cell("text", ""),
        at=page_time(cell("time", ""), zone),
        order_no=cell("order_no", ""),
        record_id=cell("record_id", ""),
    )


def page_time(text: str, zone: tzinfo) -> datetime | None:
    """A time as pages write it, in the zone of the site; None for a form that is not known: never guessed."""
    for form in _FORMS:
        try:
            return datetime.strptime(text.strip(), form).replace(tzinfo=zone)
        except ValueError:
            continue
    return None


def wall_time(at: datetime, zone: tzinfo) -> str:
    """A time as `Site.find_rows` takes it for its `until`."""
    return at.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")


def check_review(row: Row, review: Review, table: str) -> None:
    """Raise `ReviewMissing` where the row shows another id, or a text that neither holds the review's nor lies in it.

    Lists cut long texts and add to them (a second review, the shop's answer), so either may hold the other.
    """
    shown_id = row.cells.get("review_id", "")
    shown, meant = (" ".join(text.split()).rstrip(_CUT) for text in (row.cells.get("text", ""), review.text))
    if (shown_id and review.review_id and shown_id != review.review_id) or not (shown in meant or meant in shown):
        raise ReviewMissing(
            f"order {review.order_no} shows another review than the one meant",
            key=table,
            seen=f"{shown_id} {shown}".strip(),
            hint="the buyer may have edited it: compare, and enter the case anew",
        )
