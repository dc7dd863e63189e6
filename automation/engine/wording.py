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


def label_of(reason: Reason, offered: Sequence[str], chosen: str = "") -> str:
    """What the open form calls this reason, exactly as it offers it: the `chosen` option where a person chose one, else
    the best of the pack's labels.

    Raises `PacketUnfit` where it offers no such option, or two that read alike. A form that lists no options beforehand
    is given what is looked for; the control then refuses what it does not find.
    """
    wanted = (chosen,) if chosen else reason.labels
    if not offered:
        return wanted[0]
    for label in wanted:
        same = [option for option in offered if fold(option) == fold(label)]
        if len(same) == 1:
            return same[0]
        if same:
            break
    else:
        same = []
    what = f"offers {same[0]!r} {len(same)} times" if same else f"does not offer the reason {chosen or reason.title}"
    raise PacketUnfit(
        f"the form {what}; it offers: {', '.join(offered)}",
        field="reason",
        limit=" | ".join(wanted),
        hint="choose one of them: appealdesk reason CASE; or another reason: appealdesk case edit CASE --reason TERM",
        offered=tuple(offered),
    )
