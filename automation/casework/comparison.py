"""The filled form beside the packet, field by field, for the person who confirms it."""

from __future__ import annotations

from dataclasses import dataclass

from automation.casework.editing import channel_of
from automation.model import Case, Evidence, Packet, ReadBack, Uploaded
from automation.office import Office
from automation.pack import Channel
from automation.packet import mismatches
from automation.reason import option_of, term_of


@dataclass(frozen=True, slots=True)
class Compared:
    """One field. `field` is its name in the packet, a term of `answers`, or a pack key; `wrong` says how they part."""

    field: str
    packet: str
    page: str
    wrong: str = ""


def compare(here: Office, case: Case, page: ReadBack) -> tuple[Compared, ...]:
    """Every field of the form, in the packet's order; what only the page has comes last. Raises `InputError`."""
    packet = case.packet
    channel = channel_of(here, packet)
    told = mismatches(packet, channel, case.store, page)
    wrong = {field: text.strip() for field, _, text in (sentence.partition(":") for sentence in told)}
    rows = [
        ("store", case.store.name, page.store),
        ("review", packet.review.review_id or packet.review.order_no, page.review),
        ("reason", called(channel, packet), page.reason),
        ("description", packet.description, page.description),
    ]
    asked = sorted(packet.answers.keys() | page.answers.keys())
    rows += [(term, packet.answers.get(term, ""), page.answers.get(term, "")) for term in asked]
    for index in range(max(len(packet.evidence), len(page.uploads))):
        sent = packet.evidence[index] if index < len(packet.evidence) else None
        there = page.uploads[index] if index < len(page.uploads) else None
        rows.append((f"evidence {index + 1}", _sent(sent), _there(there)))
    rows += [(key, "", value) for key, value in sorted(page.fields.items())]
    return tuple(
        Compared(field, meant, shown, wrong.get(field, ""))
        for field, meant, shown in rows
        if meant or shown or field in wrong
    )


def called(channel: Channel, packet: Packet) -> str:
    """The packet's reason, as people call it: the option that was chosen on the page, else the reason's title."""
    reason = channel.reasons.get(term_of(packet))
    return option_of(packet) or (reason.title if reason else packet.reason)


def _sent(piece: Evidence | None) -> str:
    return f"{piece.name} {piece.sha256[:12]}" if piece else ""


def _there(file: Uploaded | None) -> str:
    return f"{file.name} {file.sha256[:12]} {'accepted' if file.accepted else 'NOT accepted'}" if file else ""
