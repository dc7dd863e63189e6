"""Remarks on a packet before a person is asked to approve it.

The rules come from the merchant guides that the project started from: judge first whether the review is malicious,
evidence first, a short objective description that names time, persons and events, nothing sent again without news.
Money for deletion and threats block: the program helps honest merchants only.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from automation.answers import arranged, is_link, remarks
from automation.model import Finding, Packet, Review
from automation.pack import Channel
from automation.packet.findings import KIND_TITLES, Language, finding
from automation.packet.preflight import set_findings
from automation.packet.wording import wording
from automation.reason import term_of

SHANGHAI: Final = ZoneInfo("Asia/Shanghai")
NEAR_END: Final = timedelta(hours=48)
_TEXT_CONTROLS = frozenset("\n\r\t")
_UNTYPABLE = frozenset({"Cc", "Cf", "Cs", "Co"})
_JOINERS = frozenset("\u200c\u200d\ufe0f")  # parts of emoji and of some scripts, not hidden text


def deadline(review: Review, channel: Channel) -> datetime | None:
    """Until when an appeal may be sent: so many times 24 hours after the review. None: the pack knows of no window.

    Whether a platform counts to the end of the last day is not known, so the earlier moment is taken.
    """
    if channel.window is None:
        return None
    try:
        return review.posted_at + timedelta(days=channel.window.days)
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC)


def lint(
    packet: Packet,
    channel: Channel,
    *,
    now: datetime,
    rejected_texts: Sequence[str] = (),
    earlier: Sequence[Packet] = (),
    language: Language = "zh",
) -> tuple[Finding, ...]:
    """Every remark on the packet, those that block first.

    Args:
        packet: what is to be approved; its evidence is judged as kept (size, type, name), not opened again.
        channel: the pack's channel that the packet is for.
        now: the moment it is judged at, with time zone.
        rejected_texts: descriptions that this store had rejected before.
        earlier: the packets of this case's earlier rounds.
        language: of messages and hints.

    """
    found = [
        *_window(packet, channel, now, language),
        *_reason(packet, channel, language),
        *_rounds(packet, channel, earlier, rejected_texts, language),
        *_length(packet, channel, language),
        *_words(packet, language),
        *_answers(packet, channel, language),
        *_review(packet.review, language),
        *set_findings(packet.evidence, channel.limits, language=language),
        *_order(packet, language),
    ]
    return tuple(sorted(found, key=lambda one: not one.blocks))


def _window(packet: Packet, channel: Channel, now: datetime, language: Language) -> Iterator[Finding]:
    posted = packet.review.posted_at
    if posted > now:
        yield finding("review_in_future", language, posted=_when(posted))
        return
    end = deadline(packet.review, channel)
    if end is None:
        return
    if now >= end:
        yield finding("window_closed", language, posted=_when(posted), deadline=_when(end))
    elif end - now < NEAR_END:
        hours = int((end - now) / timedelta(hours=1))
        yield finding("window_near", language, deadline=_when(end), hours=hours)


def _reason(packet: Packet, channel: Channel, language: Language) -> Iterator[Finding]:
    reason = channel.reasons.get(term_of(packet))
    if reason is None:
        known = "、".join(f"{term} ({known.title})" for term, known in channel.reasons.items())
        if not packet.reason:
            yield finding("reason_missing", language, known=known)
            return
        yield finding("reason_unknown", language, reason=term_of(packet), known=known)
    elif reason.needs and not any(piece.kind in reason.needs for piece in packet.evidence):
        kinds = "、".join(KIND_TITLES[kind] for kind in reason.needs) if language == "zh" else ", ".join(reason.needs)
        yield finding("reason_needs_evidence", language, reason=reason.title, kinds=kinds)


def _rounds(
    packet: Packet, channel: Channel, earlier: Sequence[Packet], rejected: Sequence[str], language: Language
) -> Iterator[Finding]:
    if channel.rounds_max is not None and packet.round > channel.rounds_max:
        yield finding("rounds_exhausted", language, most=channel.rounds_max, round=packet.round)
    sent = {piece.original or piece.sha256 for old in earlier for piece in old.evidence}
    brings_new = bool(earlier) and any((piece.original or piece.sha256) not in sent for piece in packet.evidence)
    if earlier and not brings_new:
        yield finding("no_new_evidence", language, round=packet.round)
    texts = [text for text in (*(old.description for old in earlier), *rejected) if text.strip()]
    if packet.description.split() in [text.split() for text in texts] and packet.description.strip():
        yield finding("identical_new_evidence" if brings_new else "identical_rejected", language)
    elif (likeness := wording().likeness.of(packet.description, texts)) is not None:
        yield finding("near_rejected", language, percent=int(likeness))


def _length(packet: Packet, channel: Channel, language: Language) -> Iterator[Finding]:
    text = packet.description.replace("\r\n", "\n")
    if not text.strip():
        yield finding("description_empty", language)
        return
    length = len(text.encode("utf-16-le", "surrogatepass")) // 2
    reason = channel.reasons.get(term_of(packet))
    least = max(channel.limits.description_min, reason.description_min if reason else 0)
    most = channel.limits.description_max
    if length < least:
        yield finding("description_short", language, length=length, least=least)
    if length > most:
        yield finding("description_long", language, length=length, most=most, over=length - most)


def _words(packet: Packet, language: Language) -> Iterator[Finding]:
    text, words = packet.description, wording()
    if hidden := sorted({ch for ch in text if _hidden(ch)}):
        yield finding("description_control", language, characters=" ".join(f"U+{ord(ch):04X}" for ch in hidden))
    if not text.strip():
        return
    review = packet.review
    texts = {
        "placeholder": words.placeholder.found(text),
        "money_for_deletion": words.money.found(text, words.party),
        "threat": words.threat.found(text, words.party),
        "emotional": words.emotional.found(text),
        "personal_data": words.personal.found(text, allowed=(review.order_no, review.review_id)),
    }
    for code, passages in texts.items():
        if passages:
            yield finding(code, language, found="、".join(passages))
    for code, wanted in (("no_time", words.time), ("no_person", words.person), ("no_event", words.event)):
        if not wanted.found(text):
            yield finding(code, language)


def _hidden(ch: str) -> bool:
    return unicodedata.category(ch) in _UNTYPABLE and ch not in _TEXT_CONTROLS and ch not in _JOINERS


def _answers(packet: Packet, channel: Channel, language: Language) -> Iterator[Finding]:
    """The further fields of the form; free text must keep the rules of the description that block."""
    words = wording()
    for term, answer in channel.answers.items():
        field, text = f"answers.{term}", packet.answers.get(term, "")
        if not arranged(answer, text):
            if answer.required:
                yield finding("answer_missing", language, field=field, title=answer.title, example=answer.example)
            continue
        for code, places in remarks(answer, text):
            yield finding(code, language, field=field, title=answer.title, **places)
        passages = [f"U+{ord(ch):04X}" for ch in sorted({ch for ch in text if _hidden(ch)})]
        if answer.kind == "text":
            passages += words.placeholder.found(text)
            passages += [*words.money.found(text, words.party), *words.threat.found(text, words.party)]
        if passages:
            yield finding("answer_not_sent", language, field=field, title=answer.title, found="、".join(passages))
    for term in sorted(packet.answers.keys() - channel.answers.keys()):
        known = "、".join(f"{known} ({answer.title})" for known, answer in channel.answers.items())
        yield finding("answer_unknown", language, field=f"answers.{term}", term=term, known=known or "-")


def _review(review: Review, language: Language) -> Iterator[Finding]:
    words = wording()
    if review.url and not is_link(review.url):
        yield finding("review_url_bad", language, url=review.url[:80])
    opinions = words.subjective.found(review.text)
    if opinions and not words.objective.found(review.text):
        yield finding("subjective_only", language, found="、".join(opinions))


def _order(packet: Packet, language: Language) -> Iterator[Finding]:
    latest: tuple[datetime, str] | None = None
    for piece in packet.evidence:
        if piece.shows_at is None:
            continue
        if latest is not None and piece.shows_at < latest[0]:
            yield finding("evidence_order", language, name=piece.name, other=latest[1])
            return
        latest = (piece.shows_at, piece.name)


def _when(moment: datetime) -> str:
    try:
        return f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
    except OverflowError:
        return str(moment)
