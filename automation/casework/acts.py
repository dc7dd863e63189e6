"""What a person does with a case beside deciding about it: withdraw, take up again, say what is known about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Final

from automation.browser.wording import fold
from automation.casework.editing import channel_of, judge
from automation.errors import InputError
from automation.model import Case, Packet, State
from automation.office import Office
from automation.override import keep_label
from automation.pack import Channel
from automation.packet.findings import Language
from automation.reason import called, option_of, term_of


class Act(StrEnum):
    """By the command that does the same."""

    WITHDRAW = "withdraw"
    RESUME = "resume"
    NEXT_ROUND = "next-round"
    UPHELD = "upheld"
    REJECTED = "rejected"
    MORE_EVIDENCE = "more_evidence"
    CLOSED = "closed"
    RELEASE = "release"
    SETTLE = "settle"
    REASON = "reason"


_MEANINGS: Final = (Act.UPHELD, Act.REJECTED, Act.MORE_EVIDENCE)
_OPEN: Final[Mapping[State, tuple[Act, ...]]] = {
    State.DRAFT: (Act.WITHDRAW,),
    State.READY: (Act.WITHDRAW,),
    State.APPROVED: (Act.WITHDRAW,),
    State.PREPARED: (Act.WITHDRAW,),
    State.CONFIRMED: (Act.WITHDRAW,),
    State.UNCERTAIN: (Act.SETTLE, Act.RELEASE),
    State.UPHELD: (Act.CLOSED,),
    State.REJECTED: (Act.NEXT_ROUND, Act.CLOSED),
    State.MORE_EVIDENCE: (Act.NEXT_ROUND, Act.CLOSED),
    State.WITHDRAWN: (Act.RESUME,),
    State.EXPIRED: (Act.CLOSED,),
}


def acts_of(here: Office, case: Case) -> tuple[Act, ...]:
    """What can be done with a case now. A round that the platform took is answered; one that it did not can end."""
    if case.state is State.NEEDS_PERSON:
        if case.record_id:
            return (*_MEANINGS, Act.NEXT_ROUND, Act.CLOSED)
        late = (Act.SETTLE,) if here.log.earlier_intents(case.id) else ()  # what was given up may have arrived
        return (Act.RESUME, *late, Act.WITHDRAW, Act.CLOSED)
    if case.state is State.DRAFT and here.log.offered(case.id):
        return (Act.REASON, *_OPEN[State.DRAFT])
    return _OPEN.get(case.state, ())


def resume(here: Office, case: Case, *, by: str, comment: str, language: Language) -> Case:
    """Take up a case that needed a person or was withdrawn: it is judged anew. Raises `TransitionRefused`."""
    if case.state is State.WITHDRAWN:
        case = here.log.move(case.id, State.DRAFT, by=by, note=comment)
    return judge(here, case, case.packet, by=by, language=language)


def set_outcome(here: Office, case: Case, means: State, *, by: str, comment: str) -> Case:
    """Say what the platform's answer means, or close the case. Raises `TransitionRefused`, `ApprovalRefused`."""
    if means is State.CLOSED:
        return here.log.move(case.id, means, by=by, note=comment)
    return here.log.set_outcome(case.id, means, by=by, comment=comment)


def release(here: Office, case: Case, *, by: str, comment: str) -> Case:
    """Put an uncertain case back to ready: the platform does not have it. Raises `ApprovalRefused` unless proven."""
    if not comment.strip():
        raise InputError("say what you saw", field="--comment")
    grace = timedelta(minutes=here.settings.settle_grace_minutes)
    return here.log.release(case.id, by=by, comment=comment, grace=grace)


def settle(here: Office, case: Case, record: str, *, by: str, comment: str) -> Case:
    """Name the platform's record that is this case's. Raises `TransitionRefused` for one that cannot be."""
    if not comment.strip():
        raise InputError("say how you know", field="--comment")
    return here.log.vouch(case.id, record, by=by, comment=comment)


def meant_by(option: str, channel: Channel) -> str:
    """Which of our reasons the pack says that an option of the page means; empty where it does not say."""
    known = (term for term, reason in channel.reasons.items() if fold(option) in map(fold, reason.labels))
    return next(known, "")


def choose_reason(here: Office, case: Case, choice: str, *, by: str, language: Language) -> Case:
    """Make one of the options that the form offered the packet's reason: the option itself, or its number from 1.

    One that the pack knows as another of our reasons makes that the reason. Raises `InputError` for what the form
    does not offer.
    """
    packet = case.packet
    option = _chosen(offered(here, case), choice)
    term = meant_by(option, channel_of(here, packet)) or term_of(packet)
    return judge(here, case, replace(packet, reason=called(term, option)), by=by, language=language)


def keep_option(here: Office, packet: Packet) -> Path | None:
    """Let the option of a packet's reason mean it in all cases: the override pack that says so now.

    None where the pack knew the option before. Raises `PackError` where the pack would not be good with it.
    """
    if meant_by(option_of(packet), channel_of(here, packet)):
        return None
    return keep_label(here.settings.packs_folder, packet.platform, packet.channel, term_of(packet), option_of(packet))


def offered(here: Office, case: Case) -> tuple[str, ...]:
    """The options that the form offered. Raises `InputError` before any form was asked."""
    options = here.log.offered(case.id)
    if not options:
        raise InputError(
            f"no form has shown options for case {case.id} yet",
            field="CASE",
            hint="they are kept when a job finds that the form does not offer the packet's reason",
        )
    return options


def _chosen(options: tuple[str, ...], choice: str) -> str:
    same = [one for one in options if " ".join(one.split()) == " ".join(choice.split())]
    if not same and choice.isdecimal() and 0 < int(choice) <= len(options):
        same = [options[int(choice) - 1]]
    if not same:
        raise InputError(
            f"the form offers no {choice!r}", field="CHOICE", hint=f"1 to {len(options)}: {', '.join(options)}"
        )
    return same[0]
