"""What a round's appeal material is judged by: its digest, what the page shows of it, the lint, the bytes of its files.

- digest.py: digests of packets and read-backs, and the comparison of the two
- lint.py: remarks on the words of a packet, on its reason, its time and its earlier rounds
- wording.py: the word lists (words.toml) that the lint looks with
- preflight.py: remarks on evidence files, from their bytes
- media.py: what a file is, from its bytes
- findings.py: the catalogue of every remark (findings.toml), in Chinese and English
"""

from __future__ import annotations

from automation.packet.digest import digest, mismatches, read_back_digest
from automation.packet.lint import deadline, lint
from automation.packet.preflight import Inspected, Piece, Preflight, inspect, preflight

__all__ = [
    "Inspected",
    "Piece",
    "Preflight",
    "deadline",
    "digest",
    "inspect",
    "lint",
    "mismatches",
    "preflight",
    "read_back_digest",
]
