"""The reason of a packet: our own term, or `TERM=OPTION` where a person chose what it is called on the page."""

from __future__ import annotations

from automation.model import Packet


def term_of(packet: Packet) -> str:
    """Our term for the reason, a key of the pack's `reasons`."""
    return packet.reason.partition("=")[0]


def option_of(packet: Packet) -> str:
    """What the page calls the reason, where a person chose that; else empty, and the pack's labels count."""
    return packet.reason.partition("=")[2]


def called(term: str, option: str) -> str:
    """A packet's reason with the option that was chosen for it."""
    return f"{term}={option}"
