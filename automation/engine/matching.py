"""Which of the platform's rows and messages belong to which case. In doubt: none."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from automation.listing import same_minute, same_text
from automation.model import Case, Intent, Notice, Packet, Receipt, Record, Records

SKEW: Final = timedelta(minutes=10)
"""How far the site's clock may be behind ours; its lists often cut times to the minute."""

LIST_READ: Final = ""
"""Among an intent's `known_records`: the list was read to its end before the click, so any other row is new."""


@dataclass(frozen=True, slots=True)
class Search:
    """What looking for one appeal brought: its receipt, or how well it was looked for, and what was odd."""

    receipt: Receipt | None
    complete: bool
    doubt: str = ""


def same_review(row: Record, packet: Packet) -> bool:
    """Whether the row names the packet's review: each number that both sides have is equal, and there is one.

    Some platforms show no number: then the row says what the review says, and, where it shows it, when it was written.
    """
    review = packet.review
    pairs = [(row.order_no, review.order_no), (row.review_id, review.review_id)]
    compared = [mine == theirs for mine, theirs in pairs if mine and theirs]
    if compared:
        return all(compared)
    when = row.review_at is None or same_minute(row.review_at, review.posted_at)
    return when and same_text(row.review_text, review.text)


def find_receipt(
    records: Records,
    intent: Intent,
    packet: Packet,
    *,
    now: datetime,
    taken: Collection[str] = (),
    rivals: Collection[int] = (),
) -> Search:
    """Look for the row that this intent's click made.

    A row older than the intent is of an earlier appeal. Where the list shows no time, a row counts only if the list
    had been read before the click. `taken` are the rows that are receipts already. Two rows that fit are a doubt, and
    no receipt; so is one that fits by its order alone, where the clicks of other cases of that order (`rivals`) may
    have made it.
    """
    fits: list[Record] = []
    undated: list[Record] = []
    for row in records.rows:
        if not row.record_id or row.record_id in intent.known_records or row.record_id in taken:
            continue
        if not same_review(row, packet):
            continue
        if row.filed_at is not None:
            if row.filed_at >= intent.at - SKEW:
                fits.append(row)
        elif LIST_READ in intent.known_records:
            fits.append(row)
        else:
            undated.append(row)
    if len(fits) == 1:
        row = fits[0]
        if rivals and row.order_no and not (row.review_id and packet.review.review_id):
            cases = ", ".join(map(str, sorted(rivals)))
            doubt = f"the record {row.record_id} fits by its order alone, and may be of case {cases} as well"
            return Search(None, complete=False, doubt=doubt)
        return Search(Receipt(row.record_id, row.status, now, row.filed_at), records.complete)
    if fits or undated:
        rows = ", ".join(row.record_id for row in (fits or undated))
        why = "more than one appeal" if fits else "an appeal without a time"
        return Search(None, complete=False, doubt=f"the records show {why} for this review: {rows}")
    return Search(None, records.complete)


def record_of(case: Case, rows: Sequence[Record], *, since: datetime) -> Record | None:
    """The case's row: by the receipt's number, else the only row of the review filed since `since`."""
    if case.record_id:
        return _only(row for row in rows if row.record_id == case.record_id)
    return _only(
        row for row in rows if same_review(row, case.packet) and row.filed_at is not None and row.filed_at >= since
    )


def notices_of(case: Case, notices: Sequence[Notice], *, since: datetime, alone: bool) -> tuple[Notice, ...]:
    """The messages about this case, oldest first.

    One that names a record belongs to that record alone. One that names only the order belongs to the case if it came
    after `since`, and if the case is `alone` with this order number.
    """
    mine = []
    for notice in notices:
        if notice.record_id:
            fits = notice.record_id == case.record_id
        else:
            named = bool(notice.order_no) and notice.order_no == case.packet.review.order_no
            fits = named and alone and notice.at is not None and notice.at >= since
        if fits:
            mine.append(notice)
    return tuple(sorted(mine, key=lambda notice: (notice.at is not None, notice.at or since)))


def _only(rows: Iterable[Record]) -> Record | None:
    found = list(rows)
    return found[0] if len(found) == 1 else None
