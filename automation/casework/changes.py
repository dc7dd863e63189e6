"""What is different between two packets: text by the word, everything else by its field."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Final

from automation.caselog import Revision
from automation.model import Case, Decision, Evidence, Packet
from automation.office import Office

_WORDS: Final = re.compile(r"[0-9A-Za-z]+|\s+|.", re.DOTALL)  # a Chinese character is a word
_LONG: Final = 4000  # words of a text from where the comparison is a coarser one


class Part(StrEnum):
    """Which of two texts a passage is in."""

    BOTH = "both"
    BEFORE = "before"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of words."""

    part: Part
    text: str


@dataclass(frozen=True, slots=True)
class Changes:
    """What a packet became. `fields` are by name: before, after. `description` is empty where it is the same.

    `covered`: files of which other parts are covered now.
    """

    fields: Mapping[str, tuple[str, str]]
    description: tuple[Passage, ...]
    added: tuple[Evidence, ...]
    removed: tuple[Evidence, ...]
    covered: tuple[Evidence, ...]
    reordered: bool

    def __bool__(self) -> bool:
        return any((self.fields, self.description, self.added, self.removed, self.covered, self.reordered))


@dataclass(frozen=True, slots=True)
class Since:
    """What was changed since an earlier version of the packet. `approved`: whether somebody had approved that one."""

    revision: Revision
    approved: bool
    changes: Changes


def passages(before: str, after: str) -> tuple[Passage, ...]:
    """Two texts as one: what both say, what only the first says, what only the second says."""
    one, other = _WORDS.findall(before), _WORDS.findall(after)
    found: list[Passage] = []
    coarse = max(len(one), len(other)) > _LONG
    for what, begin, end, to_begin, to_end in SequenceMatcher(None, one, other, autojunk=coarse).get_opcodes():
        if what == "equal":
            found.append(Passage(Part.BOTH, "".join(one[begin:end])))
            continue
        if begin < end:
            found.append(Passage(Part.BEFORE, "".join(one[begin:end])))
        if to_begin < to_end:
            found.append(Passage(Part.AFTER, "".join(other[to_begin:to_end])))
    return tuple(found)


def changes(before: Packet, after: Packet) -> Changes:
    """What is different in the second packet. Answers are named `answers.TERM`."""
    was, is_ = _fields(before), _fields(after)
    names = [name for name in dict.fromkeys((*was, *is_)) if was.get(name, "") != is_.get(name, "")]
    sent, sends = {_file(one) for one in before.evidence}, {_file(one) for one in after.evidence}
    kept = [_file(one) for one in before.evidence if _file(one) in sends]
    covers = {_file(one): one.boxes for one in before.evidence}
    return Changes(
        fields={name: (was.get(name, ""), is_.get(name, "")) for name in names},
        description=passages(before.description, after.description) if before.description != after.description else (),
        added=tuple(one for one in after.evidence if _file(one) not in sent),
        removed=tuple(one for one in before.evidence if _file(one) not in sends),
        covered=tuple(one for one in after.evidence if covers.get(_file(one), one.boxes) != one.boxes),
        reordered=kept != [_file(one) for one in after.evidence if _file(one) in sent],
    )


def recent_changes(here: Office, case: Case) -> tuple[Since, ...]:
    """What was changed in this round's packet: since the version before, and since the one that was approved last."""
    *before, now = here.log.revisions(case.id)
    others = [one for one in before if one.digest != now.digest]
    good = {one.digest for one in here.log.approvals(case.id) if one.decision is Decision.APPROVED}
    approved = next((one for one in reversed(others) if one.digest in good and now.digest not in good), None)
    wanted = [others[-1]] if others else []
    if approved is not None and approved is not others[-1]:
        wanted.append(approved)
    return tuple(Since(one, one.digest in good, changes(one.packet, now.packet)) for one in wanted)


def _file(piece: Evidence) -> tuple[str, str]:
    """What it is, however much of it is covered."""
    return piece.original or piece.sha256, piece.name


def _fields(packet: Packet) -> dict[str, str]:
    answers = {f"answers.{term}": text for term, text in packet.answers.items()}
    return {"channel": packet.channel, "reason": packet.reason, "review_url": packet.review.url, **answers}
