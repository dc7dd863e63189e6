"""Numbers in a text that belong to a person: telephones, identity cards (GB 11643), bank cards (Luhn's check digit).

Numbers of orders, parcels and reviews are what an appeal is about: they are left alone, also where they look alike.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from datetime import date
from typing import Final

from automation.box import BoxKind

_GAP: Final = r"[\s-]?"
_MOBILE: Final = rf"(?:\+?86{_GAP})?1[3-9]\d{_GAP}\d{{4}}{_GAP}\d{{4}}"
_FIXED: Final = rf"0\d{{2,3}}{_GAP}\d{{7,8}}"
_ID: Final = r"\d{17}[\dXx]"
_CARD: Final = rf"(?:62|[45]\d)(?:{_GAP}\d){{14,17}}"
_OF_AN_ORDER: Final = re.compile(r"(?:订单|运单|快递|物流|交易|流水|评价|单|编|货)(?:编|单)?(?:号码|号)?\s*[:：]?\s*$")
_BEFORE: Final = 12  # characters before a number that may say what it is
_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def private_numbers(text: str, *, known: Collection[str] = ()) -> tuple[tuple[BoxKind, str], ...]:
    """Each number as it stands in the text, and what it is, in its order. `known`: those of orders and reviews."""
    public = {_digits(one) for one in known}
    found: list[tuple[int, BoxKind, str]] = []
    for kind, pattern, true in _LOOKS:
        for match in pattern.finditer(text):
            number, before = match[0], text[max(0, match.start() - _BEFORE) : match.start()]
            if _digits(number) not in public and not _OF_AN_ORDER.search(before) and true(_digits(number)):
                found.append((match.start(), kind, number))
    return tuple(dict.fromkeys((kind, number) for _, kind, number in sorted(found)))


def _digits(number: str) -> str:
    return re.sub(r"[\s-]", "", number).upper()


def _is_id(number: str) -> bool:
    """Eighteen characters: place, date of birth, sequence, and a check digit by ISO 7064 (MOD 11-2)."""
    try:
        date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    total = sum(int(digit) * weight for digit, weight in zip(number[:17], _WEIGHTS, strict=True))
    return "10X98765432"[total % 11] == number[17]


def _is_card(number: str) -> bool:
    """Sixteen digits, or up to nineteen for the domestic ones that begin with 62; not all of the same."""
    if not (len(number) == 16 or (number.startswith("62") and 16 <= len(number) <= 19)):  # noqa: PLR2004
        return False
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(number)))
    return len(set(number)) > 1 and sum(one // 10 + one % 10 for one in doubled) % 10 == 0


def _always(_number: str) -> bool:
    return True


def _alone(pattern: str) -> re.Pattern[str]:
    """The pattern where no further digit touches it: a part of a longer number is none of these."""
    return re.compile(rf"(?<!\d){pattern}(?![\dXx])", re.ASCII)


_LOOKS: Final[tuple[tuple[BoxKind, re.Pattern[str], Callable[[str], bool]], ...]] = (
    (BoxKind.PHONE, _alone(_MOBILE), _always),
    (BoxKind.PHONE, _alone(_FIXED), _always),
    (BoxKind.ID, _alone(_ID), _is_id),
    (BoxKind.CARD, _alone(_CARD), _is_card),
)
