"""Dossiers: one case to hand over to somebody who has to believe it, such as a lawyer or a notary.

making.py    export: reads, prints, signs     checking.py  verify: needs nothing but the file
story.py     what is told of the case         paper.py     the same on paper
proof.py     its place in the log's chain     manifest.py  what is enclosed, and the signature
keys.py      the key that signs               archive.py   a ZIP of which no byte can be changed unseen
"""

from __future__ import annotations
