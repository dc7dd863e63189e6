"""Which packets say nearly the same: a platform may take them for one text sent many times."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rapidfuzz import fuzz

from automation.model import Case

_NUMBERS: Final = re.compile(r"[0-9]+")  # an order, an amount, a date: what is filled into one text many times
NEAR: Final = 90.0  # per cent, from where two descriptions count as nearly the same


@dataclass(frozen=True, slots=True)
class Kin:
    """Cases whose descriptions are nearly the same, each as at least one other of them; or one case alone."""

    cases: tuple[Case, ...]

    @property
    def stores(self) -> int:
        """At how many stores they are."""
        return len({case.store.id for case in self.cases})

    @property
    def suspicious(self) -> bool:
        """Whether nearly the same text would come from several stores."""
        return self.stores > 1

    @property
    def description(self) -> str:
        """What the others are compared with."""
        return self.cases[0].packet.description


def kin(cases: Sequence[Case]) -> tuple[Kin, ...]:
    """Put cases together by what they say, numbers aside, in the order of the first of each."""
    group, texts = list(range(len(cases))), [_bare(case.packet.description) for case in cases]
    for at, text in enumerate(texts):
        for other in range(at):
            one, two = group[other], group[at]
            if one != two and fuzz.ratio(text, texts[other], score_cutoff=NEAR):
                group = [min(one, two) if number in (one, two) else number for number in group]
    return tuple(
        Kin(tuple(case for case, mine in zip(cases, group, strict=True) if mine == number))
        for number in dict.fromkeys(group)
    )


def _bare(text: str) -> str:
    return _NUMBERS.sub("0", text)
