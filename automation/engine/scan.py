"""The errand `scan`: new bad reviews of a store become drafts that hold what the page showed, and nothing made up."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from automation.box import Box
from automation.caselog.casebook import same_review
from automation.engine.aftermath import explain
from automation.engine.framing import framed, in_pixels
from automation.engine.step import Level, Mark
from automation.engine.visit import Visit
from automation.errors import FlowError, InputError
from automation.flow import Scans, ShowsParts, scans
from automation.listing import same_minute, same_text
from automation.model import Case, Evidence, EvidenceKind, Packet, Review
from automation.packet import deadline, lint
from automation.packet.findings import Language
from automation.packet.offence import offending
from automation.reviews import Found

DAYS: Final = 30  # how far back where the channel's window is not known

_READINGS: Final = 6
_QUIET: Final = 2


@dataclass(frozen=True, slots=True)
class Scanned:
    """What came of a scan: the new cases, and how many reviews were left alone and why."""

    entered: tuple[Case, ...]
    known: int  # a case of any channel is about them
    better: int  # more stars than asked for
    unread: tuple[str, ...]  # a sentence each: they must be entered by hand


async def scan(visit: Visit, *, days: int | None, stars: int, channel: str, by: str, language: Language) -> Scanned:
    """Enter the reviews of the last so many days with at most so many stars. `days` None: as long as appeals are taken.

    `channel` "": the one that the flow names as `channel_of_reviews`, else the pack's first.
    Raises `InputError` for a channel that the pack has not, and where the flow does not read reviews.
    """
    flow = scans(visit.pack.platform, visit.flow)
    if channel and channel not in visit.pack.channels:
        known = ", ".join(visit.pack.channels)
        raise InputError(f"{visit.pack.platform} has no channel {channel}", field="--channel", hint=f"it has: {known}")
    channel = channel or getattr(flow, "channel_of_reviews", "") or next(iter(visit.pack.channels))
    window = visit.pack.channels[channel].window
    since = visit.shift.clock() - timedelta(days=days or (window.days if window else DAYS))

    listed = await _listed(visit, flow, since)
    visit.step(Mark.LOOKED, f"read {len(listed)} reviews")
    cases = await visit.ask(visit.log.cases, store=visit.store.id)
    old = [case.packet.review for case in cases]
    entered: list[Case] = []
    unread: list[str] = []
    count = {"known": 0, "better": 0}
    for one in listed:
        review = _review(one)
        if review is None or one.stars is None:
            unread.append(f"{_called(one)}: the list shows no {'time' if review is None else 'stars'} that can be read")
        elif review.posted_at < since:
            continue
        elif one.stars > stars:
            count["better"] += 1
        elif _is_known(review, old):
            count["known"] += 1
        else:
            try:
                shot = await _shot(visit, one, review)
            except FlowError as error:
                unread.append(f"{_called(one)}: {explain(error)}")
                continue
            entered.append(await _enter(visit, review, shot, channel, by=by, language=language))
            old.append(review)
    return Scanned(tuple(entered), count["known"], count["better"], tuple(unread))


async def _listed(visit: Visit, flow: Scans, since: datetime) -> list[Found]:
    """All reviews. A list may move while its pages are turned: it is read until two readings bring nothing new."""

    async def attempt() -> tuple[Found, ...]:
        await visit.arrive()
        await visit.check_store()
        return await flow.reviews(visit.site, since)

    found: dict[tuple[str | datetime | None, ...], Found] = {}
    quiet = 0
    for _ in range(_READINGS):
        before = len(found)
        for one in await visit.tries(attempt):
            found.setdefault((one.review_id, one.order_no, one.text, one.posted_at, one.buyer, one.product), one)
        quiet = quiet + 1 if len(found) == before else 0
        if quiet == _QUIET or not found:
            break
    return list(found.values())


def _called(one: Found) -> str:
    return f"review {one.review_id}" if one.review_id else f"order {one.order_no}" if one.order_no else "a review"


def _review(one: Found) -> Review | None:
    if one.posted_at is None:
        return None
    return Review(one.review_id, one.order_no, one.text, one.posted_at, one.stars, one.buyer, one.product)


def _is_known(review: Review, known: Sequence[Review]) -> bool:
    """Whether a case is about the review: by the case log's measure, by order and text, or `_alike`."""
    return any(
        same_review(review, other)
        or (bool(review.order_no) and (review.order_no, review.text) == (other.order_no, other.text))
        or _alike(review, other)
        for other in known
    )


def _alike(review: Review, other: Review) -> bool:
    """Of a list without any numbers: the same text at the same minute, with no other buyer or product.

    Lists write the product with its variant, and a person may have left out either.
    """
    if review.review_id or review.order_no or not same_text(review.text, other.text):
        return False
    about = ((review.buyer, other.buyer), (review.product, other.product))
    return same_minute(review.posted_at, other.posted_at) and all(a in b or b in a for a, b in about)


async def _shot(visit: Visit, one: Found, review: Review) -> Evidence:
    """The row as the page shows it, with the offending part framed, kept as evidence."""
    if isinstance(visit.flow, ShowsParts):
        await visit.flow.show_part(visit.site, one.part)
    passages = offending(review.text)
    known = (review.order_no, review.review_id)
    shot = await visit.session.row_shot(one.row, review.text, passages, known)
    at = visit.shift.clock()
    caption = f"the review as {visit.store.name} shows it at {shot.address}, taken {_when(at)}"
    if passages:
        caption += f"; framed: {', '.join(passages)}"
    suggested = in_pixels(shot.png, shot.numbers)
    return await visit.ask(_keep, visit, framed(shot.png, shot.boxes), suggested, one, review, caption=caption)


def _keep(
    visit: Visit, picture: bytes, suggested: tuple[Box, ...], one: Found, review: Review, *, caption: str
) -> Evidence:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "review.png"
        file.write_bytes(picture)
        name = f"review-{one.review_id or one.order_no or f'{review.posted_at:%Y%m%d%H%M}'}.png"
        kind = EvidenceKind.REVIEW
        return visit.log.keep_evidence(
            file,
            name=name,
            kind=kind,
            media_type="image/png",
            caption=caption,
            shows_at=review.posted_at,
            suggested=suggested,
        )


def _when(at: datetime) -> str:
    return at.astimezone().isoformat(" ", "seconds")


async def _enter(visit: Visit, review: Review, shot: Evidence, channel: str, *, by: str, language: Language) -> Case:
    """A draft: no reason, no description, and findings that say so."""
    packet = Packet(visit.pack.platform, channel, visit.store.id, review, 1, "", "", (shot,))
    rules = visit.pack.channels[channel]
    found = lint(packet, rules, now=visit.shift.clock(), language=language)
    end = deadline(review, rules)
    case, _ = await visit.ask(visit.log.enter, packet, by=by, findings=found, deadline=end, source="scan")
    level = Level.WARNING if end is not None and end - visit.shift.clock() < timedelta(days=2) else Level.INFO
    visit.say(Mark.LOOKED, f"case {case.id}: {review.stars} stars, {review.text[:40]}", level)
    return case
