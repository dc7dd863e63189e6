"""What a back-office's lists say, in our words: the rows that flows read become records, notices and times.

The cells have the same names on every platform (docs/packs.md). One that a list does not show is empty.
"""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo
from typing import Final

from automation.errors import ReviewMissing, SiteFault
from automation.model import Notice, Record, Review
from automation.site import Listing, Row

REVIEW_CELLS: Final = frozenset({"order_no", "review_id", "text", "time"})
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


def only_review(listing: Listing, review: Review, table: str, zone: tzinfo) -> Row:
    """The one row of a list without ids that has the review's order number, text and time, as far as it shows them.

    Times count to the minute, or to the day where the review's is a mere day. Raises `ReviewMissing` on none and on
    several, `SiteFault` where the list could not be read to its end.
    """
    if not listing.complete:
        raise SiteFault(f"{table} could not be read to its end: it kept moving", key=table)
    ordered = [row for row in listing.rows if not review.order_no or row.cells.get("order_no") == review.order_no]
    found = [row for row in ordered if _same_text(row, review) and _same_time(row, review, zone)]
    if len(found) == 1:
        return found[0]
    if len(ordered) == 1:
        check_review(ordered[0], review, table)
    many = f"{len(found)} rows" if found else f"no row (of {len(ordered)} of the order)"
    said = f"{table} has {many} with order {review.order_no}, the review's text and its time"
    raise ReviewMissing(said, key=table, hint="compare the review's text and time with the page")


def _same_text(row: Row, review: Review) -> bool:
    shown, meant = _texts(row, review)
    return shown in meant or meant in shown


def _same_time(row: Row, review: Review, zone: tzinfo) -> bool:
    shown, meant = page_time(row.cells.get("time", ""), zone), review.posted_at.astimezone(zone)
    if shown is None:
        return True
    if (meant.hour, meant.minute, meant.second) == (0, 0, 0):
        return shown.date() == meant.date()
    return shown.replace(second=0) == meant.replace(second=0, microsecond=0)


def _texts(row: Row, review: Review) -> tuple[str, str]:
    shown, meant = (" ".join(text.split()).rstrip(_CUT) for text in (row.cells.get("text", ""), review.text))
    return shown, meant


def check_review(row: Row, review: Review, table: str) -> None:
    """Raise `ReviewMissing` where the row shows another id, or a text that neither holds the review's nor lies in it.

    Lists cut long texts and add to them (a second review, the shop's answer), so either may hold the other.
    """
    shown_id = row.cells.get("review_id", "")
    shown, _ = _texts(row, review)
    if (shown_id and review.review_id and shown_id != review.review_id) or not _same_text(row, review):
        raise ReviewMissing(
            f"order {review.order_no} shows another review than the one meant",
            key=table,
            seen=f"{shown_id} {shown}".strip(),
            hint="the buyer may have edited it: compare, and enter the case anew",
        )


def is_review(row: Row, review: Review, zone: tzinfo) -> bool:
    """Whether a row is about the review: by its id, else by its order, else by text and time.

    A list may show no numbers at all; that the text found by a number is the one meant is for `check_review` to say.
    """
    shown = row.cells.get
    for name, meant in (("review_id", review.review_id), ("order_no", review.order_no)):
        if meant and shown(name):
            return shown(name) == meant
    at, text = page_time(shown("time", ""), zone), " ".join(shown("text", "").split()).rstrip(_CUT)
    same_time = not (at and review.posted_at) or abs(at - review.posted_at) < timedelta(minutes=1)
    return same_time and bool(text) and " ".join(review.text.split()).startswith(text)
