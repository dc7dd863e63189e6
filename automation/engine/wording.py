"""What the platform's wording means, by the pack. Never guessed: what the pack does not say is unknown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from automation.browser.wording import fold, says
from automation.errors import PacketUnfit
from automation.model import Outcome
from automation.pack import Channel, Reason


def meaning(text: str, channel: Channel) -> Outcome:
    """What one text of the platform means: UNKNOWN where no wording of the pack fits it, or two that disagree."""
    means = {known.means for known in channel.outcomes if any(says(wording, text) for wording in known.says)}
    return means.pop() if len(means) == 1 else Outcome.UNKNOWN


def verdict(texts: Iterable[str], channel: Channel) -> Outcome:
    """What several texts about one appeal mean together; empty ones say nothing.

    "Still pending" gives way to a decision, since lists lag behind notices. Two decisions that disagree, or one text
    that the pack does not know, are UNKNOWN: a person reads them.
    """
    said = {meaning(text, channel) for text in texts if text.strip()}
    if Outcome.UNKNOWN in said:
        return Outcome.UNKNOWN
    decided = said - {Outcome.PENDING}
    if len(decided) > 1:
        return Outcome.UNKNOWN
    return decided.pop() if decided else Outcome.PENDING


def label_of(reason: Reason, offered: Sequence[str]) -> str:
    """What the open form calls this reason, exactly as it offers it.

    Raises `PacketUnfit` where it offers none of the labels that the pack knows. A form that lists no options
    beforehand is given the first label; the control then refuses what it does not find.
    """
    if not offered:
        return reason.labels[0]
    by_text = {fold(option): option for option in offered}
    for label in reason.labels:
        if fold(label) in by_text:
            return by_text[fold(label)]
    raise PacketUnfit(
        f"the form does not offer the reason {reason.title}; it offers: {', '.join(offered)}",
        field="reason",
        limit=" | ".join(reason.labels),
        hint="choose another reason; if the site only renamed it, add the new label to the pack's reason",
    )
