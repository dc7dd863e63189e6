"""Digests of packets and read-backs, and whether a page shows exactly the approved packet.

A digest is the lower-case hex SHA-256 of canonical JSON: sorted keys, no spaces, ASCII only. It is the same in every
process, on every machine and in every time zone; the first entry names the format, so that a later one cannot collide.
"""

from __future__ import annotations

import hashlib
import json
import re
from datetime import UTC

from automation.answers import differences
from automation.errors import InputError
from automation.model import Packet, ReadBack, Review, Store
from automation.pack import Channel
from automation.reason import option_of, term_of

_PACKET_FORMAT = "appealdesk packet 1"
_READ_BACK_FORMAT = "appealdesk read-back 1"
_ELLIPSES = ("...", "…")
_LINK = re.compile(r"https?://\S+")
_ORDER = re.compile(r"订单(?:编号|号)\s*[:：]?\s*[0-9A-Za-z-]{6,}")
_LABEL = re.compile(r"^[^\s：:]{1,8}[：:]\s*")  # 评价内容：…
_CUT_MIN = 6  # characters of a shortened review text below which it names nothing


def _sha256(content: object) -> str:
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
    return hashlib.sha256(canonical.encode("ascii")).hexdigest()


def digest(packet: Packet) -> str:
    """The digest that an approval is bound to.

    Covers platform, channel, store, the whole review, round, reason, description and the evidence in its order
    (SHA-256 and name of each file), and the answers and the review's address where there are any: a packet without
    them has the digest that it had before such were known. A caption, a kind or a path is never sent and not covered.

    Raises:
        InputError: the review's time has no time zone, so that it would mean another moment elsewhere.

    """
    review = packet.review
    if review.posted_at.utcoffset() is None:
        raise InputError("the review's time has no time zone", field="posted_at")
    return _sha256(
        {
            "format": _PACKET_FORMAT,
            "platform": packet.platform,
            "channel": packet.channel,
            "store": packet.store,
            "review": {
                "review_id": review.review_id,
                "order_no": review.order_no,
                "text": review.text,
                "posted_at": review.posted_at.astimezone(UTC).isoformat(),
                "stars": review.stars,
                "buyer": review.buyer,
                "product": review.product,
                **({"url": review.url} if review.url else {}),
            },
            "round": packet.round,
            "reason": packet.reason,
            "description": packet.description,
            "evidence": [[piece.sha256, piece.name] for piece in packet.evidence],
            **({"answers": dict(packet.answers)} if packet.answers else {}),
        }
    )


def read_back_digest(read_back: ReadBack) -> str:
    """The digest of what a form shows, equal for two fillings of the same form with the same packet.

    Covers store, review, reason, description (line endings folded), answers, every other field, and the uploads in
    their order by their bytes and whether they were accepted, not their names: sites replace them with their own.
    """
    return _sha256(
        {
            "format": _READ_BACK_FORMAT,
            "store": _fold(read_back.store),
            "review": _fold(read_back.review),
            "reason": _fold(read_back.reason),
            "description": _lines(read_back.description),
            "uploads": [[upload.sha256.lower(), upload.accepted] for upload in read_back.uploads],
            "fields": dict(read_back.fields),
            **({"answers": dict(read_back.answers)} if read_back.answers else {}),
        }
    )


def mismatches(packet: Packet, channel: Channel, store: Store, read_back: ReadBack) -> list[str]:
    """What the page shows otherwise than the packet says, a sentence each; empty if it shows exactly the packet.

    Compared are the store's name, the reason (as chosen, or any label of the pack), the description (identical but for
    line endings), the answers (numbers as numbers, options in any order, all else but for white space), the uploads
    (number, order, bytes, accepted) and the review, where the form names it.
    """
    wrong: list[str] = []
    if _fold(read_back.store) != _fold(store.name):
        wrong.append(f"store: the page shows {read_back.store!r}, meant is {store.name!r}")
    if read_back.review.strip() and not (
        _names(read_back.review, packet.review) or _tells_nothing(read_back.review, packet.review)
    ):
        meant = packet.review.order_no or packet.review.review_id or packet.review.text
        wrong.append(f"review: the form names {read_back.review!r}, meant is {meant!r}")
    reason = channel.reasons.get(term_of(packet))
    called = (option_of(packet),) if option_of(packet) else reason.labels if reason else ()
    labels = tuple(_fold(label) for label in called)
    if _fold(read_back.reason) not in labels:
        meant = " or ".join(labels) or "nothing in this channel"
        wrong.append(f"reason: the page shows {read_back.reason!r}, {term_of(packet)!r} is called {meant}")
    if _lines(read_back.description) != _lines(packet.description):
        wrong.append(_description(_lines(packet.description), _lines(read_back.description)))
    wrong += differences(channel.answers, packet.answers, read_back.answers)
    return wrong + _uploads(packet, read_back)


def _uploads(packet: Packet, read_back: ReadBack) -> list[str]:
    wrong: list[str] = []
    if len(read_back.uploads) != len(packet.evidence):
        wrong.append(f"evidence: the page lists {len(read_back.uploads)} files, approved are {len(packet.evidence)}")
    for place, (shown, meant) in enumerate(zip(read_back.uploads, packet.evidence, strict=False), start=1):
        if shown.sha256.lower() != meant.sha256:
            wrong.append(f"evidence {place}: {shown.name!r} is not the approved {meant.name!r} (other bytes or order)")
        elif not shown.accepted:
            wrong.append(f"evidence {place}: the page does not show {meant.name!r} as accepted")
    return wrong


def _description(meant: str, shown: str) -> str:
    """Says where two texts part, since two long ones that differ in one character look alike."""
    at = next((i for i, (a, b) in enumerate(zip(meant, shown, strict=False)) if a != b), min(len(meant), len(shown)))
    return (
        f"description: differs from character {at + 1} on: the page has {shown[at : at + 12]!r}"
        f" ({len(shown)} characters), approved is {meant[at : at + 12]!r} ({len(meant)})"
    )


def _names(shown: str, review: Review) -> bool:
    """Whether a form's text names this review: by id or order number as a whole word, or by its text, perhaps cut."""
    if review.url and shown.strip() == review.url:
        return True
    for number in (review.review_id, review.order_no):
        if number and re.search(rf"(?<![0-9A-Za-z]){re.escape(number)}(?![0-9A-Za-z])", shown):
            return True
    text, seen = _fold(review.text), _fold(shown)
    if text and not seen.startswith(text):
        seen = _LABEL.sub("", seen)
    if text and seen == text:
        return True
    for ellipsis in _ELLIPSES:
        if seen.endswith(ellipsis):
            begin = seen.removesuffix(ellipsis).rstrip()
            return len(begin) >= _CUT_MIN and text.startswith(begin)
    return False


def _tells_nothing(shown: str, review: Review) -> bool:
    """Whether a form names the review by that alone which the packet does not hold: a link that the page put there
    itself when the form was opened from the review's row, or an order number that nobody entered.
    """
    seen = _fold(shown)
    return bool((not review.url and _LINK.fullmatch(seen)) or (not review.order_no and _ORDER.fullmatch(seen)))


def _fold(text: str) -> str:
    return " ".join(text.split())


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
