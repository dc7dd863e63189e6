"""What the program says of itself, in the reader's language: notes of cases, errors, hints, remarks of the lint.

These are made far from any reader (a worker at night, the case log) and kept as they were said, in one language. They
are known again by their templates: those of `phrases.toml`, and those of the lint's catalogue. What is not known, such
as a platform's own words, is shown as it is.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final

from pydantic import BaseModel, ConfigDict

from automation.console.words import say, sentences
from automation.errors import AppealdeskError, InputError, PersonNeeded
from automation.packet.findings import Language, catalogue

LONGEST: Final = 1000  # characters: nothing longer is looked through
JOINT: Final = "; "  # between the parts of a note

_PARTS: Final = 3  # that one phrase has at most
_PLACE: Final = re.compile(r"\{(\w+)(!r)?\}")


class Phrase(BaseModel):
    """One entry. `said` is the template; `source` is what stands in the program where that is put together there."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    said: str
    zh: str
    en: str = ""
    source: str = ""

    def of(self, language: Language) -> str:
        """The template in a language."""
        return self.zh if language == "zh" else self.en or self.said


@dataclass(frozen=True, slots=True)
class Template:
    """A text with places, to be known again; a place holds no joint between parts.

    A text without `sign`, its longest fixed part, needs no closer look.
    """

    pattern: re.Pattern[str]
    sign: str

    @classmethod
    @cache
    def of(cls, text: str) -> Template:
        """From its text with `{places}`."""
        made, at, fixed, seen = "", 0, [""], set[str]()
        for place in _PLACE.finditer(text):
            name, mark = place[1], "['\"]" if place[2] else ""
            fixed.append(text[at : place.start()])
            inner = f"(?P={name})" if name in seen else f"(?P<{name}>(?:(?!{JOINT}).)+?)"
            made += f"{re.escape(fixed[-1])}{mark}{inner}{mark}"
            at = place.end()
            seen.add(name)
        fixed.append(text[at:])
        return cls(re.compile(made + re.escape(fixed[-1]), re.DOTALL), max(fixed, key=len))

    def places(self, text: str) -> Mapping[str, str] | None:
        """What fills the places of a text made from it; None for any other text."""
        found = self.pattern.fullmatch(text) if self.sign in text else None
        return None if found is None else found.groupdict()


@cache
def phrases() -> Sequence[Phrase]:
    """All of them: those that say more themselves come first, since another's place may hold all that they say."""
    return sorted([*own(), *_remarks()], key=lambda one: -len(_PLACE.sub("", one.said)))


@cache
def own() -> Sequence[Phrase]:
    """Those of `phrases.toml`."""
    text = files("automation.console").joinpath("phrases.toml").read_text(encoding="utf-8")
    return [Phrase.model_validate(one) for one in tomllib.loads(text)["phrase"]]


def _remarks() -> Iterator[Phrase]:
    for one in catalogue().values():
        for zh, en in ((one.zh, one.en), (one.zh_hint, one.en_hint)):
            yield from (Phrase(said=said, zh=zh, en=en) for said in (zh, en) if said)


def reworded(language: Language, text: str) -> str:
    """A text of the program in this language, as far as it is known."""
    return _reworded(language, text)[0]


@lru_cache(maxsize=4096)
def _reworded(language: Language, text: str) -> tuple[str, bool]:
    """The text, and whether all of it was known. Parts of a note are known each for itself."""
    if len(text) > LONGEST:
        return text, False
    if (whole := _whole(language, text)) is not None:
        return whole, True
    parts = text.split(JOINT)
    if len(parts) == 1:
        return text, False
    told = list(_runs(language, parts))
    if not any(known for _, known in told):
        return text, False
    joined = told[0][0]
    for one, known in told[1:]:  # what is not known may be the rest of what somebody said before it
        joined += ("；" if language == "zh" and known else JOINT) + one
    return joined, all(known for _, known in told)


def _whole(language: Language, text: str) -> str | None:
    for one in phrases():
        if (places := Template.of(one.said).places(text)) is not None:
            return one.of(language).format(**{name: _filled(language, name, said) for name, said in places.items()})
    return None


def _filled(language: Language, name: str, text: str) -> str:
    """What a place holds: a word of the trade, another phrase, or anything else."""
    if language == "en":
        return reworded(language, text)
    word = f"{name.rstrip('_0123456789')}.{text}"
    return say(language, word) if word in sentences() else reworded(language, text)


def _runs(language: Language, parts: Sequence[str]) -> Iterator[tuple[str, bool]]:
    """The parts, several that make one phrase taken together; a phrase may hold the sign that stands between parts."""
    at = 0
    while at < len(parts):
        for end in range(min(len(parts), at + _PARTS), at, -1):
            if (known := _whole(language, JOINT.join(parts[at:end]))) is not None:
                yield known, True
                at = end
                break
        else:
            yield parts[at], False
            at += 1


def why(language: Language, error: AppealdeskError | PersonNeeded) -> str:
    """What an error says. Where its words are not known in Chinese, what kind of refusal it is goes before them."""
    told = error.reason if isinstance(error, InputError) else error.message
    place = error.message.removesuffix(told) if isinstance(error, InputError) and error.field != "case" else ""
    text, known = _reworded(language, told)
    if language == "en" or known:
        return f"{place}{text}"
    names = (f"error.{kind.__name__}" for kind in type(error).__mro__)
    kind = next(say(language, name) for name in names if name in sentences())
    return f"{kind}（{place}{text}）"
