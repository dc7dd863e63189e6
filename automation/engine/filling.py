"""From nothing to a filled form that shows exactly the packet: shared by prepare and submit. Nothing is sent here."""

from __future__ import annotations

from automation.answers import number
from automation.browser.wording import units
from automation.engine.step import Mark
from automation.engine.visit import Visit
from automation.engine.wording import label_of
from automation.errors import ApprovalRefused, Barrier, Drift, Ineligible, PacketUnfit, ReadBackMismatch
from automation.model import Case, Checkpoint, Filling, Form, Packet, ReadBack
from automation.pack import Channel
from automation.packet import digest, mismatches
from automation.reason import option_of, term_of


def channel_of(visit: Visit, packet: Packet) -> Channel:
    """The pack's channel of this packet."""
    channel = visit.pack.channels.get(packet.channel)
    if channel is None:
        raise PacketUnfit(
            f"the pack {visit.pack.platform} has no channel {packet.channel}",
            field="channel",
            limit=", ".join(visit.pack.channels),
        )
    return channel


async def check_packet(visit: Visit, case: Case) -> None:
    """Raise unless a person approved exactly this packet, and the kept files are its evidence, byte by byte.

    Belongs behind the move that takes the case into work: from then on nobody can change the packet.
    """
    approval = await visit.ask(visit.log.approval_for, case.id, Checkpoint.PACKET)
    if approval.digest != digest(case.packet):
        raise ApprovalRefused(f"case {case.id}: the packet is not the approved one", hint="look at it and decide again")
    for evidence in case.packet.evidence:
        await visit.ask(visit.log.check_evidence, evidence)


async def fill_form(visit: Visit, case: Case) -> None:
    """Sign in, find the review, open its form and fill it. Raises before anything is sent, whatever is wrong."""
    packet = case.packet
    channel = channel_of(visit, packet)
    await visit.arrive()
    form = await visit.flow.open_form(visit.site, packet.channel, packet.review)
    await visit.check_store()
    order, number = packet.review.order_no, packet.review.review_id
    about = f"order {order}" if order else f"review {number}".rstrip()
    visit.step(Mark.FORM_OPEN, f"the form is open for {about}")
    try:
        filling = fit(packet, channel, form)
    except PacketUnfit as unfit:
        if unfit.offered:
            await visit.ask(visit.log.keep_offered, case.id, unfit.offered, by=visit.by)
        raise
    await visit.flow.fill(visit.site, packet.channel, filling)
    visit.step(Mark.FILLED, f"filled in, {len(packet.evidence)} files accepted by the page")


def fit(packet: Packet, channel: Channel, form: Form) -> Filling:
    """Hold the packet against what the open form offers. Raises `PacketUnfit` or `Ineligible`; no attempt is spent."""
    if form.attempts_left is not None and form.attempts_left < 1:
        raise Ineligible("the form says that no attempts are left for this review", barrier=Barrier.NO_ATTEMPTS)
    reason = channel.reasons.get(term_of(packet))
    if reason is None:
        raise PacketUnfit(
            f"the pack has no reason {term_of(packet)} on this channel",
            field="reason",
            limit=", ".join(channel.reasons),
        )
    label = label_of(reason, form.reasons, option_of(packet))
    length = units(packet.description)
    if form.description_max is not None and length > form.description_max:
        raise PacketUnfit(
            f"the description has {length} characters, and the form takes {form.description_max}",
            field="description",
            limit=str(form.description_max),
            hint="shorten it and have it approved again",
        )
    if form.files_max is not None and len(packet.evidence) > form.files_max:
        raise PacketUnfit(
            f"there are {len(packet.evidence)} files of evidence, and the form takes {form.files_max}",
            field="evidence",
            limit=str(form.files_max),
            hint="leave some out, or join pictures, and have it approved again",
        )
    _answers_fit(packet, channel, form)
    return Filling(packet, label)


def _answers_fit(packet: Packet, channel: Channel, form: Form) -> None:
    for term, answer in channel.answers.items():
        if answer.required and not packet.answers.get(term, "").strip():
            raise PacketUnfit(
                f"the form asks for {answer.title!r}, and the packet does not hold it",
                field=f"answers.{term}",
                limit=f"such as {answer.example}",
                hint="add it and have it approved",
            )
    for term, bound in form.answers_max.items():
        given, most = number(packet.answers.get(term, "")), number(bound)
        if most is None:
            raise Drift(f"the form's bound of {term} is no number", key=f"{packet.channel}.{term}", seen=bound)
        if given is not None and given > most:
            raise PacketUnfit(
                f"{term} is {packet.answers[term]}, and the form takes {bound} at most",
                field=f"answers.{term}",
                limit=bound,
                hint="give a smaller one and have it approved again",
            )


async def read_form(visit: Visit, case: Case) -> ReadBack:
    """What the filled form shows now. Raises `ReadBackMismatch` unless it is exactly the packet, at the right store."""
    read_back = await visit.flow.read_back(visit.site, case.packet.channel)
    differences = mismatches(case.packet, channel_of(visit, case.packet), visit.store, read_back)
    if differences:
        raise ReadBackMismatch(
            "the form does not show what was approved: " + "; ".join(differences),
            hint="nothing was sent; look at the screenshot",
        )
    return read_back
