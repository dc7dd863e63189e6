"""What a back-office's lists say, in our words: the rows that flows read become records, notices and times.

The cells have the same names on every platform (docs/packs.md). One that a list does not show is empty.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, tzinfo
from typing import Final

from automation.errors import ReviewMissing, SiteFault
from automation.model import Notice, Record, Review
from automation.site import Listing, Row

REVIEW_CELLS: Final = frozenset({"order_no", "review_id", "text", "time", "shop", "buyer", "product", "stars"})
RECORD_CELLS: Final = frozenset(
    {"record_id", "order_no", "review_id", "status", "time", "detail", "reason"} | {"review_text", "review_time"}
)
NOTICE_CELLS: Final = frozenset({"notice_id", "text", "time", "order_no", "record_id"})

UNREAD: Final = "it kept moving, or its pager does not lead back to the first page (`previous`)"
_CUT: Final = "…. "
_DAYS: Final = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日")
_FORMS: Final = tuple(f"{day} {clock}" for day in _DAYS for clock in ("%H:%M:%S", "%H:%M"))

_PARTS: Final = (*_DAYS, "%m-%d %H:%M", "%m/%d %H:%M", "%m月%d日 %H:%M")


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
        review_text=cell("review_text", ""),
        review_at=page_time(cell("review_time", ""), zone),
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


def same_minute(one: datetime, other: datetime) -> bool:
    """Whether two times are equal as far as lists show them, and people type them."""
    return one.astimezone(UTC).replace(second=0, microsecond=0) == other.astimezone(UTC).replace(
        second=0, microsecond=0
    )


def same_text(shown: str, meant: str) -> bool:
    """Whether a list shows this text: whole, or cut with an ellipsis; white space folded. No text is like none."""
    shown, meant = (" ".join(text.split()) for text in (shown, meant))
    head = shown.removesuffix("…").removesuffix("...").rstrip()
    return bool(shown and meant) and (shown == meant or (head != shown and bool(head) and meant.startswith(head)))


def whole(listing: Listing, table: str) -> tuple[Row, ...]:
    """The rows of a list that was read to its end. Raises `SiteFault` where it was not."""
    if not listing.complete:
        raise SiteFault(f"{table} could not be read to its end: {UNREAD}", key=table)
    return tuple(listing.rows)


def the_review(rows: Iterable[Row], review: Review, zone: tzinfo, table: str, *, shop: str = "") -> Row:
    """The one row of a review on a site that may show neither its id nor its order number.

    It is the one with the review's id, or else with its text and its time, to the minute or as exactly as the list
    says. Only where several have both, the second, numbers, product, buyer and `shop` tell which.

    Raises `ReviewMissing`.
    """
    rows = list(rows)
    fits = [row for row in rows if is_review(row, review, zone)]
    if len(fits) > 1:  # to the second, where both sides know it
        second = review.posted_at.replace(microsecond=0)
        fits = [row for row in fits if page_time(row.cells.get("time", ""), zone) == second] or fits
    about = (("order_no", review.order_no), ("product", review.product), ("buyer", review.buyer), ("shop", shop))
    for name, meant in about:
        if len(fits) > 1 and meant:
            fits = [row for row in fits if _says(row.cells.get(name, ""), meant)] or fits
    if len(fits) == 1:
        return fits[0]
    ordered = [row for row in rows if review.order_no and row.cells.get("order_no") == review.order_no]
    if not fits and len(ordered) == 1:
        check_review(ordered[0], review, table)  # says what the page shows instead
    when = review.posted_at.astimezone(zone).strftime("%Y-%m-%d %H:%M")
    seen = "; ".join(" ".join(filter(None, (row.cells.get(name, "") for name in ("shop", "buyer")))) for row in fits)
    raise ReviewMissing(
        f"{table} has {len(fits) or 'no'} rows with this text and the time {when}",
        key=table,
        seen=seen,
        hint="compare text and time with the page: the buyer may have edited it, or deleted it",
    )


def is_review(row: Row, review: Review, zone: tzinfo) -> bool:
    """Whether a row is about the review: by its id, or else by its text and time, with no other order number.

    Where a row shows the order number, text and time count as far as it shows them.
    """
    shown = row.cells.get("review_id", "")
    if shown and review.review_id:
        return shown == review.review_id
    order = row.cells.get("order_no", "") if review.order_no else ""
    if order and order != review.order_no:
        return False
    text, time = " ".join(row.cells.get("text", "").split()), row.cells.get("time", "")
    holds = bool(review.text) and " ".join(review.text.split()) in text  # with the shop's answer, say
    fits = holds or same_text(text, review.text) or (bool(order) and not text)
    return fits and ((bool(order) and not time) or _when(time, review.posted_at, zone))


def _when(shown: str, at: datetime, zone: tzinfo) -> bool:
    """Whether a list means this time, however much of it it shows; a time in no known form is nobody's."""
    exact, meant = page_time(shown, zone), at.astimezone(zone)
    if exact is None:
        return shown.strip() in {meant.strftime(form) for form in _PARTS}
    if (meant.hour, meant.minute, meant.second) == (0, 0, 0):  # of the review only the day is known
        return exact.astimezone(zone).date() == meant.date()
    return same_minute(exact, at)


def _says(shown: str, meant: str) -> bool:
    return bool(shown) and (shown in meant or meant in shown)


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
