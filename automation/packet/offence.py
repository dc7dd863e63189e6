"""Which part of a review a merchant can contest: what is more than an opinion, by the lint's list `objective`."""

from __future__ import annotations

from automation.packet.wording import plain, wording


def offending(text: str) -> tuple[str, ...]:
    """The passages as they stand in the text, in the order of the list; empty where the list marks nothing."""
    halves = [(at, half) for at, letter in enumerate(text) for half in plain(letter)]
    half = "".join(letter for _, letter in halves)
    found: list[str] = []
    for passage in wording().objective.found(half):
        start = half.find(passage)
        while start >= 0:
            found.append(text[halves[start][0] : halves[start + len(passage) - 1][0] + 1])
            start = half.find(passage, start + 1)
    return tuple(dict.fromkeys(found))
