"""What may be put into the further fields of a form, and when a page shows the same.

An answer is text whatever its kind. Here is decided what is a number, a link or a list of options; the lint, the
intake, the comparison with the page and the check of the packs all ask here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Final
from urllib.parse import urlsplit

from automation.pack import Answer

JOINT: Final = ", "  # between several options
SEPARATORS: Final = frozenset(",，、;；\n")  # what people write between them
LINK_MAX: Final = 2000  # characters
_NUMBER: Final = re.compile(r"[0-9]{1,15}(\.[0-9]{1,6})?")

Remark = tuple[str, dict[str, object]]  # code of the finding, and what fills its text


def number(text: str) -> Decimal | None:
    """The number that a text is, white space around it aside: digits, perhaps with a point. None for all else."""
    bare = text.strip()
    return Decimal(bare) if _NUMBER.fullmatch(bare) else None


def is_link(text: str) -> bool:
    """Whether it is an http(s) address, whole and alone."""
    if len(text) > LINK_MAX or any(ch.isspace() or unicodedata.category(ch) in ("Cc", "Cf", "Cs") for ch in text):
        return False
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        return False


def several(text: str) -> list[str]:
    """The options in a text, whatever mark stands between them."""
    return [part.strip() for part in re.split("[" + "".join(sorted(SEPARATORS)) + "]", text) if part.strip()]


def arranged(answer: Answer, text: str) -> str:
    """An answer as packets hold it: options in the pack's order, numbers half-width, no white space around it."""
    if answer.kind == "number":
        return unicodedata.normalize("NFKC", text).strip()
    if answer.kind == "choices":
        given = dict.fromkeys(several(text))
        order = [*answer.choices, *given]
        return JOINT.join(sorted(given, key=order.index))
    return text.strip()


def remarks(answer: Answer, text: str) -> Iterator[Remark]:
    """What is wrong with an answer that is there, by the codes of the lint's catalogue."""
    if answer.kind == "number":
        given = number(text)
        if given is None:
            yield "answer_no_number", {"value": text[:40], "example": answer.example}
        elif answer.most is not None and given > (most := Decimal(str(answer.most))):
            yield "answer_too_much", {"value": text.strip(), "most": f"{most.normalize():f}"}
    elif answer.kind in ("choice", "choices"):
        given_options = several(text) if answer.kind == "choices" else [text]
        for one in given_options:
            if one not in answer.choices:
                yield "answer_no_choice", {"value": one[:40], "known": "、".join(answer.choices)}
    elif answer.kind == "link" and not is_link(text):
        yield "answer_no_link", {"value": text[:80]}
    length = len(text.encode("utf-16-le", "surrogatepass")) // 2
    if answer.length_max is not None and length > answer.length_max:
        yield "answer_too_long", {"length": length, "most": answer.length_max, "over": length - answer.length_max}


def differences(known: Mapping[str, Answer], meant: Mapping[str, str], shown: Mapping[str, str]) -> Iterator[str]:
    """A sentence for every field that the page does not show as meant.

    A required one must be there on both sides, whatever it holds; one that nobody declared is compared as text.
    """
    for term in dict.fromkeys((*known, *meant, *shown)):
        answer, wanted, there = known.get(term), meant.get(term, ""), shown.get(term)
        if answer is not None and answer.required and not wanted.strip():
            yield f"{term}: the form needs it, and the packet has none"
        elif there is None and (wanted or answer is not None):
            yield f"{term}: the page shows nothing of it, meant is {wanted!r}"
        elif not _same(answer, wanted, there or ""):
            yield f"{term}: the page shows {there!r}, meant is {wanted!r}"


def _same(answer: Answer | None, one: str, other: str) -> bool:
    if answer is not None and answer.kind == "number" and (amounts := (number(one), number(other))) != (None, None):
        return amounts[0] == amounts[1]
    if answer is not None and answer.kind == "choices":
        return set(several(one)) == set(several(other))
    return " ".join(one.split()) == " ".join(other.split())
