"""A change of an unsent packet: made, judged by the lint, and kept; every approval is void then."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from automation.caselog.cases import UNSENT
from automation.errors import InputError
from automation.intake import answered, gather
from automation.intake.problems import problem
from automation.model import Case, Evidence, Finding, Packet, State, utc_now
from automation.office import Office
from automation.pack import Channel
from automation.packet import deadline, lint
from automation.packet.findings import Language
from automation.reason import term_of


def channel_of(here: Office, packet: Packet) -> Channel:
    """The channel of a packet, as its pack has it. Raises `InputError` for one that the platform does not have."""
    channels = here.packs.pack(packet.platform).channels
    if packet.channel not in channels:
        raise InputError(
            f"{packet.platform} has no channel {packet.channel}", field="channel", hint=f"it has: {', '.join(channels)}"
        )
    return channels[packet.channel]


def editable(case: Case) -> bool:
    """Whether the packet may be changed now, as far as the case itself tells."""
    return case.state in UNSENT and not case.record_id


def judge(here: Office, case: Case, packet: Packet, *, by: str, language: Language, base: str = "") -> Case:
    """Keep a changed packet with what the lint says of it now; every approval is void.

    `base`: the digest of the packet that somebody looked at while changing it. Raises `TransitionRefused` where it is
    another by now, or was sent.
    """
    channel = channel_of(here, packet)
    findings = _remarks(here, case, packet, channel, language)
    end = deadline(packet.review, channel)
    return here.log.change_packet(case.id, packet, by=by, findings=findings, deadline=end, base=base)


def reread(here: Office, case: Case, language: Language) -> Case:
    """An unsent case with its remarks in another language, and those that time has brought since it was entered.

    What blocks is what the log holds: a remark that only the files themselves showed stays as it was said then.
    """
    channel = here.packs.pack(case.packet.platform).channels.get(case.packet.channel)
    if channel is None or case.state not in (State.DRAFT, State.READY):
        return case
    fresh = _remarks(here, case, case.packet, channel, language)
    again = {(one.code, one.field): one for one in fresh}
    kept = [again.pop((one.code, one.field), one) for one in case.findings]
    return replace(case, findings=(*kept, *again.values()))


def _remarks(here: Office, case: Case, packet: Packet, channel: Channel, language: Language) -> tuple[Finding, ...]:
    return lint(
        packet,
        channel,
        now=utc_now(),
        rejected_texts=here.log.rejected_texts(packet.store),
        earlier=[earlier for earlier, _ in here.log.earlier_packets(case.id)],
        language=language,
    )


def with_fields(
    here: Office, packet: Packet, *, channel: str, reason: str, description: str, review_url: str
) -> Packet:
    """The packet with other words. Raises `InputError` for a channel or a reason that its platform does not have."""
    review = replace(packet.review, url=review_url.strip())
    changed = replace(packet, channel=channel, reason=reason, description=description, review=review)
    known = channel_of(here, changed).reasons
    if term_of(changed) not in known:
        raise InputError(f"there is no reason {term_of(changed)}", field="--reason", hint=f"known: {', '.join(known)}")
    return changed


def with_answers(here: Office, packet: Packet, given: Mapping[str, str], language: Language) -> Packet:
    """The packet with further fields answered; an empty answer takes one out. Raises `InputError`."""
    new, wrong = answered({"answers": dict(given)}, channel_of(here, packet).answers, language)
    _refuse(tuple(problem(fault, language, field=field) for field, fault in wrong))
    kept = {name: text for name, text in packet.answers.items() if name not in given}
    return replace(packet, answers={**kept, **new})


def with_evidence(
    here: Office,
    packet: Packet,
    added: Sequence[object],
    dropped: Sequence[str],
    language: Language,
    *,
    folder: Path | None = None,
) -> Packet:
    """The packet without the dropped files, by name, and with the added ones, written as in a JSON file.

    Their paths start at `folder`, by default the current one. Raises `InputError` for a name that it does not have, and
    for files that are not fit.
    """
    names = [one.name for one in packet.evidence]
    for name in dropped:
        if name not in names:
            raise InputError(f"the packet has no evidence {name!r}", field="--drop", hint=f"it has: {', '.join(names)}")
    kept = tuple(one for one in packet.evidence if one.name not in dropped)
    if added:
        limits = channel_of(here, packet).limits
        found = gather(list(added), log=here.log, limits=limits, folder=folder, language=language)
        _refuse(found.problems)
        kept += found.evidence
    return replace(packet, evidence=kept)


def in_time(evidence: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """Evidence in the order of the times that it shows; a piece without one stays behind the one that it follows."""
    latest, keyed = datetime.min.replace(tzinfo=UTC), []
    for piece in evidence:
        latest = piece.shows_at or latest
        keyed.append((latest, piece))
    return tuple(piece for _, piece in sorted(keyed, key=lambda pair: pair[0]))


def _refuse(problems: Sequence[InputError]) -> None:
    if problems:
        raise InputError.first_of(problems)
