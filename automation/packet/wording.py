"""The word lists of words.toml, and how the lint looks with them.

Text is looked at half-width (Unicode NFKC), so that ＸＸ, ８ and ： are found as XX, 8 and :.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import cache
from importlib.resources import files
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from rapidfuzz import fuzz, process

_QUOTED = re.compile(r"“[^”\n]*”|‘[^’\n]*’|「[^」\n]*」|『[^』\n]*』|\"[^\"\n]*\"|《[^》\n]*》")
_IDENTITY_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)  # GB 11643-1999
_IDENTITY_CHECKS = "10X98765432"
_SHOWN = 24  # characters of a found passage that a message shows
_MASK_ENDS = 3


def _compiles(pattern: str) -> str:
    re.compile(pattern)
    return pattern


Pattern = Annotated[str, AfterValidator(_compiles)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class WordList(_Part):
    """Words found as they stand, and patterns."""

    words: tuple[str, ...] = ()
    patterns: tuple[Pattern, ...] = ()
    outside_quotes: bool = False

    def found(self, text: str) -> tuple[str, ...]:
        """Every different passage of the text that is on the list, in the order of the list."""
        text = plain(text)
        if self.outside_quotes:
            text = unquoted(text)
        hits = [word for word in self.words if word in text]
        for pattern in self.patterns:
            hits += [hit.group().strip() or hit.group() for hit in re.finditer(pattern, text)]
        return tuple(dict.fromkeys(hits))


class Speech(_Part):
    """Patterns of speech that count only if the merchant says it."""

    always: tuple[Pattern, ...]
    by_us: tuple[Pattern, ...]
    unless: tuple[str, ...] = ()
    outside_quotes: bool = True

    def found(self, text: str, party: Party) -> tuple[str, ...]:
        """Every different passage that the merchant says, or that nobody but the merchant can mean."""
        text = plain(text)
        if self.outside_quotes:
            text = unquoted(text)
        hits = [hit.group() for pattern in self.always for hit in re.finditer(pattern, text)]
        for pattern in self.by_us:
            hits += [
                hit.group()
                for hit in re.finditer(pattern, text)
                if party.we_speak(text[: hit.start()]) and not self._denied(text, hit)
            ]
        return tuple(dict.fromkeys(hit[:_SHOWN] for hit in hits))

    def _denied(self, text: str, hit: re.Match[str]) -> bool:
        """Whether the passage, or the few characters before it, say that it was not so."""
        passage = text[max(0, hit.start() - 4) : hit.end()]
        return any(word in passage for word in self.unless)


class Party(_Part):
    """The words for the merchant's side and for the other side."""

    us: tuple[str, ...]
    them: tuple[str, ...]
    objects: tuple[str, ...]
    demands: tuple[str, ...]

    def we_speak(self, before: str) -> bool:
        """Whether the merchant acts after this text: the party named last, unless something is only demanded of it."""
        ours = max((before.rfind(word) for word in self.us), default=-1)
        theirs = max((self._last_subject(before, word) for word in self.them), default=-1)
        if ours <= theirs:
            return theirs < 0  # nobody is named: a description is the merchant's own text
        return not before[:ours].rstrip(" ,:").endswith(self.demands)

    def _last_subject(self, text: str, word: str) -> int:
        """Where the word stands last as one who acts, not as one who is written to or spoken of; -1 if nowhere."""
        at = text.rfind(word)
        while at >= 0 and text[:at].removesuffix("该").endswith(self.objects):
            at = text.rfind(word, 0, at)
        return at


class Personal(_Part):
    """What personal data looks like."""

    email: Pattern
    mobile: Pattern
    landline: Pattern
    bank_card: Pattern
    wechat: Pattern
    identity: Pattern

    def found(self, text: str, *, allowed: tuple[str, ...] = ()) -> tuple[str, ...]:
        """Masked passages, such as 138***00; `allowed` are numbers that belong there, such as the order's."""
        text = plain(text)
        for number in filter(None, allowed):
            text = text.replace(number, " ")
        ways = (self.email, self.mobile, self.landline, self.bank_card, self.wechat)
        hits = [hit.group(hit.re.groups) for way in ways for hit in re.finditer(way, text)]
        hits += [hit.group() for hit in re.finditer(self.identity, text) if _identity_checks(hit.group())]
        return tuple(dict.fromkeys(f"{hit[:_MASK_ENDS]}***{hit[-2:]}" for hit in hits))


class Likeness(_Part):
    """From which likeness on two texts count as nearly the same, in per cent."""

    near: Annotated[float, Field(gt=0, le=100)]

    def of(self, text: str, others: list[str]) -> float | None:
        """The greatest likeness to one of the others, if it is near; 100: the same but for digits and punctuation."""
        bare = [_bare(other) for other in others]
        best = process.extractOne(_bare(text), bare, scorer=fuzz.ratio, score_cutoff=self.near)
        return best[1] if best else None


class Wording(_Part):
    """All lists of words.toml."""

    time: WordList
    person: WordList
    event: WordList
    emotional: WordList
    subjective: WordList
    objective: WordList
    placeholder: WordList
    money: Speech
    threat: Speech
    party: Party
    personal: Personal
    likeness: Likeness


@cache
def wording() -> Wording:
    """The lists as shipped."""
    text = files("automation.packet").joinpath("words.toml").read_text(encoding="utf-8")
    return Wording.model_validate(tomllib.loads(text))


def plain(text: str) -> str:
    """Half-width."""
    return unicodedata.normalize("NFKC", text)


def unquoted(text: str) -> str:
    """The text without quoted speech."""
    return _QUOTED.sub(" ", text)


def _bare(text: str) -> str:
    """Letters only: a changed date or comma makes no new text."""
    return "".join(ch for ch in plain(text) if ch.isalpha())


def _identity_checks(number: str) -> bool:
    total = sum(int(digit) * weight for digit, weight in zip(number, _IDENTITY_WEIGHTS, strict=False))
    return _IDENTITY_CHECKS[total % 11] == number[-1].upper()
