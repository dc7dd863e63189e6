"""What a dossier proves of itself: that its events and rows are those whose hashes the log's chain holds.

Each line of `events.jsonl` is the very text that its event's hash is of, and names the hash of the event before it;
`chain.txt` holds the hashes of all events from the case's first to the log's newest, a line each; each line of
`rows.jsonl` is the text that its row's digest is of, which the newest event that wrote the row names.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from automation.caselog import Proof
from automation.dossier.manifest import CHAIN, EVENTS, ROWS, Chain
from automation.errors import DossierBroken

_ENCLOSED: Final = frozenset({"cases", "packets", "evidence", "approvals", "read_backs", "receipts", "results"})
_HASH: Final = 64


def texts(proof: Proof) -> Mapping[str, bytes]:
    """The three members that prove, by name."""
    lines = {EVENTS: proof.events, ROWS: proof.rows, CHAIN: proof.links}
    return {name: "".join(f"{line}\n" for line in found).encode() for name, found in lines.items()}


def chain_of(proof: Proof) -> Chain:
    """As the manifest states it."""
    return Chain(first=proof.first, head=proof.head, hash=proof.links[-1])


def check(case: int, chain: Chain, found: Mapping[str, bytes]) -> Collection[str]:
    """Recompute every hash; the digests of the files that the case's rows name.

    Raises `DossierBroken` naming what does not fit.
    """
    links = _links(chain, found[CHAIN])
    newest: dict[tuple[str, str], str | None] = {}
    before = 0
    for line in _lines(EVENTS, found[EVENTS]):
        event = _event(case, line)
        number = event["seq"]
        if not before < number <= chain.head or (not before and number != chain.first):
            raise DossierBroken(f"{EVENTS}: event {number} stands where it cannot")
        if hashlib.sha256(line).hexdigest() != links[number - chain.first]:
            raise DossierBroken(f"{EVENTS}: event {number} is not the one in the chain")
        if number > chain.first and event["previous"] != links[number - chain.first - 1]:
            raise DossierBroken(f"{EVENTS}: event {number} does not follow the event before it in the chain")
        for table, key, digest in event["rows"]:
            newest[table, key] = digest
        before = number
    return _files(_rows(found[ROWS], newest))


def _links(chain: Chain, text: bytes) -> Sequence[str]:
    links = text.decode("ascii", "replace").split("\n")
    if links.pop() or any(len(one) != _HASH for one in links):
        raise DossierBroken(f"{CHAIN} is not a hash a line")
    if len(links) != chain.head - chain.first + 1 or links[-1] != chain.hash:
        raise DossierBroken(f"{CHAIN} does not reach from event {chain.first} to event {chain.head}")
    return links


def _lines(name: str, text: bytes) -> Sequence[bytes]:
    lines = text.split(b"\n")
    if lines.pop() or not lines:
        raise DossierBroken(f"{name} does not end with a whole line")
    return lines


def _event(case: int, line: bytes) -> dict[str, Any]:
    try:
        event: dict[str, Any] = json.loads(line)
        known = {**event, "rows": [(str(table), str(key), digest) for table, key, digest in json.loads(event["rows"])]}
        if known["case_id"] == case and isinstance(known["seq"], int) and known["previous"]:
            return known
    except (ValueError, KeyError, TypeError, RecursionError):
        pass
    raise DossierBroken(f"{EVENTS} holds something that is no event of case {case}")


def _rows(text: bytes, newest: Mapping[tuple[str, str], str | None]) -> Mapping[tuple[str, str], dict[str, Any]]:
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for line in _lines(ROWS, text):
        try:
            table, cells = json.loads(line)
            row = (str(table), str(cells["id"]))
        except (ValueError, KeyError, TypeError, RecursionError):
            raise DossierBroken(f"{ROWS} holds something that is no row of a log") from None
        if newest.get(row) != hashlib.sha256(line).hexdigest():
            raise DossierBroken(f"{ROWS}: {row[0]} row {row[1]} is not as the newest event that wrote it says")
        rows[row] = cells
    for (table, key), digest in newest.items():
        if table in _ENCLOSED and digest is not None and (table, key) not in rows:
            raise DossierBroken(f"{ROWS}: {table} row {key} is missing, which an event of the case wrote")
    return rows


def _files(rows: Mapping[tuple[str, str], dict[str, Any]]) -> Collection[str]:
    names = {"evidence": ("sha256", "original"), "read_backs": ("screenshot",)}
    return {str(cells.get(cell, "")) for (table, _), cells in rows.items() for cell in names.get(table, ())}
