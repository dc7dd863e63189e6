"""How wordings of a page are compared: white space folded, whole unless said otherwise, `*` for any text."""

from __future__ import annotations

import re

_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff"))
_TWO_HAN = re.compile(r"^[\u3400-\u9fff]{2}$")
_DIGITS = re.compile(r"\d{5,}")


def fold(text: str) -> str:
    """The text with every run of white space as one space, and none at its ends."""
    return " ".join(text.translate(_INVISIBLE).split())


def squeeze(text: str) -> str:
    """As `fold`, and two Chinese characters lose the space that buttons put between them."""
    folded = fold(text)
    close = folded.replace(" ", "")
    return close if _TWO_HAN.match(close) else folded


def pattern(text: str, *, contains: bool = False) -> re.Pattern[str]:
    """What matches the text in a page: a regular expression that Python and browsers read alike.

    Ant Design writes two Chinese characters on a button with a space between them.
    """
    folded = squeeze(text)
    if _TWO_HAN.match(folded):
        body = rf"{folded[0]}\s*{folded[1]}"
    else:
        body = r"\s+".join(_escaped(word) for word in folded.split(" "))
    return re.compile(body if contains else rf"^\s*{body}\s*$")


def says(wording: str, text: str) -> bool:
    """Whether the text is this wording of a pack; `*` stands for any text. Takes time by the length alone."""
    begin, *rest = fold(wording).split("*")
    shown = fold(text)
    if not rest:
        return shown == begin
    *middle, end = rest
    at, last = len(begin), len(shown) - len(end)
    if at > last or not shown.startswith(begin) or not shown.endswith(end):
        return False
    for part in middle:
        at = shown.find(part, at, last) + len(part)
        if at < len(part):
            return False
    return True


def short(text: str, most: int = 40) -> str:
    """A text for an error message: folded, cut, and without long numbers, which may be somebody's."""
    folded = _DIGITS.sub("#", fold(text))
    return folded if len(folded) <= most else folded[: most - 1] + "…"


def units(text: str) -> int:
    """The length as browsers count it: UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _escaped(word: str) -> str:
    return re.sub(r"([\\^$.*+?()\[\]{}|/\"'`>-])", r"\\\1", word)
