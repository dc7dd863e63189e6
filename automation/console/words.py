"""What the console says, in Simplified Chinese and English: `words/*.toml`, one table a sentence.

    [inbox.title]
    zh = "收件箱"
    en = "Inbox"

Texts may hold `{name}` places. A sentence that is missing in either language is an error when the console starts.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final, cast, get_args

from automation.packet.findings import Language

LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)


@cache
def sentences() -> Mapping[str, Mapping[Language, str]]:
    """By their dotted names. Raises `ValueError` for one that is said twice, or not in every language."""
    found: dict[str, Mapping[Language, str]] = {}
    for file in sorted(files("automation.console").joinpath("words").iterdir(), key=lambda file: file.name):
        for name, said in _flat(tomllib.loads(file.read_text(encoding="utf-8"))):
            if name in found or set(said) != set(LANGUAGES):
                raise ValueError(f"{file.name}: {name} is said twice, or not in each of {', '.join(LANGUAGES)}")
            found[name] = said
    return found


def _flat(table: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Mapping[Language, str]]]:
    if table and all(isinstance(value, str) for value in table.values()):
        yield path, cast("Mapping[Language, str]", table)
        return
    for key, value in table.items():
        yield from _flat(value, f"{path}.{key}" if path else key)


def say(language: Language, name: str, /, **places: object) -> str:
    """One sentence. Raises `KeyError` for one that nobody wrote."""
    return sentences()[name][language].format(**places)


def preferred(accepts: str) -> Language:
    """The language that a browser asks for (`Accept-Language`): English where that comes first, else Chinese."""
    weighed: list[tuple[float, int, str]] = []
    for place, part in enumerate(accepts.lower().split(",")):
        name, _, weight = part.strip().partition(";")
        quality = re.fullmatch(r"\s*q=([01](?:\.\d{0,3})?)\s*", weight)
        weighed.append((-(float(quality[1]) if quality else 1.0), place, name.partition("-")[0]))
    known = [name for _, _, name in sorted(weighed) if name in LANGUAGES]
    return "en" if known and known[0] == "en" else "zh"
