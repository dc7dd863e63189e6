"""A case laid out for the person who decides about it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from shutil import copyfile
from typing import TYPE_CHECKING

from automation.cli.paper import how_long, pairs, say, table
from automation.model import Case, Evidence, Packet, State, utc_now
from automation.reason import option_of, term_of
from automation.shown import how_big, when

if TYPE_CHECKING:
    from automation.office import Office
    from automation.pack import Channel

_MARGIN = timedelta(days=3)
"""A window that ends sooner than this is pointed out."""


def lay_out(here: Office, case: Case) -> None:
    """Print everything that bears on a decision: the most important last, next to the question."""
    _heading(case)
    _earlier(here, case)
    _packet(here, case.packet)
    _decisions(here, case)
    _remarks(case)
    _offers(here, case)
    if case.state is State.PREPARED:
        _form(here, case)
    say(f"\npacket digest {case.digest}")


def _heading(case: Case) -> None:
    left = case.deadline - utc_now() if case.deadline else None
    review = case.packet.review
    say(f"Case {case.id}, round {case.packet.round}: {case.state}", style="bold")
    pairs(
        {
            "store": f"{case.store.id} “{case.store.name}” ({case.packet.platform}, {case.packet.channel})",
            "why": case.note,
            "window ends": f"{when(case.deadline)}, in {how_long(left)}" if left is not None else "not known",
            "entered": f"{when(case.entered_at)} by {case.entered_by}",
            "record": case.record_id,
        }
    )
    if left is not None and left < _MARGIN and case.state in (State.READY, State.DRAFT, State.PREPARED):
        say(f"the appeal window ends in {how_long(left)}", style="yellow")
    say("\nReview", style="bold")
    pairs(
        {
            "id": review.review_id,
            "order": review.order_no,
            "posted": when(review.posted_at),
            "stars": "★" * review.stars if review.stars else "",
            "buyer": review.buyer,
            "product": review.product,
            "text": review.text,
            "link": review.url,
        }
    )


def _earlier(here: Office, case: Case) -> None:
    rounds = here.log.earlier_packets(case.id)
    for packet, answer in rounds:
        say(f"\nRound {packet.round} was answered", style="bold")
        said = {"reason": packet.reason, "description": packet.description, **packet.answers}
        pairs({**said, "platform said": answer or "nothing known"})
    for result in () if rounds else here.log.results(case.id):
        say("\nThe platform said", style="bold")
        pairs({"at": when(result.at), "means": result.outcome, "text": result.wording or result.comment})


def _packet(here: Office, packet: Packet) -> None:
    channel = here.packs.pack(packet.platform).channels.get(packet.channel)
    reason = channel.reasons.get(term_of(packet)) if channel else None
    option = f", chosen on the page: {option_of(packet)}" if option_of(packet) else ""
    say("\nPacket: what will be sent", style="bold")
    rounds = channel.rounds_max if channel else None
    pairs(
        {
            "reason": f"{reason.title} ({term_of(packet)}){option}" if reason else packet.reason,
            "description": packet.description,
            **_answers(packet, channel),
            "spends": f"attempt {packet.round} of {rounds}" if rounds else "",
        }
    )
    table(
        "",
        ("#", "evidence", "kind", "size", "SHA-256", "shows"),
        (
            (
                number,
                one.name,
                one.kind,
                how_big(one.size),
                one.sha256[:12],
                "; ".join(part for part in (when(one.shows_at), one.caption, covered_words(one)) if part),
            )
            for number, one in enumerate(packet.evidence, start=1)
        ),
        empty="no evidence",
    )


def _answers(packet: Packet, channel: Channel | None) -> dict[str, str]:
    """The answers by their names for people, in the form's order; then those that the channel does not know."""
    known = channel.answers if channel else {}
    terms = [term for term in (*known, *(packet.answers.keys() - known.keys())) if term in packet.answers]
    return {f"{known[term].title} ({term})" if term in known else term: packet.answers[term] for term in terms}


def copy_files(here: Office, case: Case, folder: Path) -> list[Path]:
    """Copy the evidence, and the filled form's picture, under names that say what they are; checks the bytes first.

    Where other bytes are sent than were handed in, both are there, the latter as `...-original-NAME`.
    """
    copied: list[Path] = []
    folder.mkdir(parents=True, exist_ok=True)
    for number, one in enumerate(case.packet.evidence, start=1):
        here.log.check_evidence(one)
        name = f"case-{case.id}-{number:02}"
        copied.append(folder / f"{name}-{one.name}")
        copyfile(one.path, copied[-1])
        if one.original:
            copied.append(folder / f"{name}-original-{one.name}")
            copyfile(here.log.original(one), copied[-1])
    kept = here.log.read_back(case.id)
    if kept is not None and kept.screenshot is not None:
        copied.append(folder / f"case-{case.id}-form.png")
        copyfile(kept.screenshot, copied[-1])
    return copied


def covered_words(piece: Evidence) -> str:
    """What was done to a file before it is sent: `covered: 2 (phone, id)`, or that only notes were taken out."""
    if piece.boxes:
        return f"covered: {len(piece.boxes)} ({', '.join(dict.fromkeys(box.kind for box in piece.boxes))})"
    return "metadata removed" if piece.original else ""


def _decisions(here: Office, case: Case) -> None:
    made = here.log.approvals(case.id)
    if made:
        table(
            "Decisions",
            ("at", "by", "about", "decision", "digest", "until", "ended by", "comment"),
            (
                (
                    when(one.at),
                    one.by,
                    one.checkpoint,
                    one.decision,
                    one.digest[:12],
                    when(one.expires_at),
                    one.voided or (f"use at {when(one.used_at)}" if one.used_at else ""),
                    one.comment,
                )
                for one in made
            ),
        )


def _remarks(case: Case) -> None:
    for one in sorted(case.findings, key=lambda finding: not finding.blocks):
        kind = "blocks" if one.blocks else "warning"
        hint = f" -> {one.hint}" if one.hint else ""
        say(f"{kind} [{one.field}] {one.message}{hint}", style="red" if one.blocks else "yellow")


def _offers(here: Office, case: Case) -> None:
    """The reasons that the form offered, where none of them was the packet's."""
    options = here.log.offered(case.id) if case.state is State.DRAFT and not option_of(case.packet) else ()
    if options:
        table("The form offered these reasons", ("n", "option"), enumerate(options, start=1))
        say(f"choose one: appealdesk reason {case.id} NUMBER (--keep: for all cases with this reason)")


def _form(here: Office, case: Case) -> None:
    from automation.casework import compare

    kept = here.log.read_back(case.id)
    if kept is None:
        return
    rows = [(one.field, one.packet or "-", one.page or "-", one.wrong) for one in compare(here, case, kept.read_back)]
    table("The filled form, as the page shows it", ("field", "packet", "page", "differs"), rows)
    pairs({"looked at": when(kept.at), "screenshot": kept.screenshot or "", "form digest": kept.digest})
