"""The regular expressions of packs: none is taken that could keep the program busy over a page's text.

A pattern can take exponential time only where one repetition stands in another, or through many short ones in a row;
both are told from its parts. What remains grows with a power of the text's length: that is tried out, over texts made
from the pattern itself, which it nearly matches.
"""

from __future__ import annotations

import importlib
import re
import time
from collections.abc import Iterator
from functools import cache
from typing import Any, Final

TEXT_MAX: Final = 5000  # characters of a page's text that are searched
_TRIED: Final = (40, 80, 160, 320, 640, 1280, 2560, TEXT_MAX)
_SECONDS: Final = 0.3  # of this thread's own time
_TELLS: Final = 0.02  # seconds from which on two measurements tell how fast it grows
_LENGTH_MAX: Final = 500
_LONG: Final = 10  # repetitions from which on one counts as long
_WAYS_MAX: Final = 4096  # in which the short repetitions can be shared out
_REPEATS: Final = ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT")
_CATEGORIES: Final = {"CATEGORY_DIGIT": "0", "CATEGORY_WORD": "a", "CATEGORY_SPACE": " "}
_NO_END: Final = "\x00"  # a character that no page's text has


@cache
def fault(pattern: str) -> str:
    """What is wrong with a pattern, or "": it does not compile, has not one group, or could take without end."""
    if len(pattern) > _LENGTH_MAX:
        return f"a pattern has {_LENGTH_MAX} characters at most; this one has {len(pattern)}"
    try:
        compiled = re.compile(pattern)
        parsed: Any = importlib.import_module("re._parser").parse(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        return f"the pattern is no regular expression: {error}"
    if compiled.groups != 1:
        return f"a cell's pattern has exactly one group; this one has {compiled.groups}"
    if any(_varies(body) for body in _repeated(parsed)):
        return "the pattern repeats what itself repeats or has alternatives, which can take without end"
    ways = 1
    for least, most in _open_ends(parsed):
        ways *= most - least + 1 if most < _LONG else 1
    if ways > _WAYS_MAX or not _is_quick(compiled, parsed):
        return f"the pattern takes too long over a text of {TEXT_MAX} characters"
    return ""


def first_group(pattern: str, text: str) -> str:
    """What the pattern's group is in the text, white space folded, of which `TEXT_MAX` characters are looked at."""
    found = re.search(pattern, _folded(text)[:TEXT_MAX])
    return found.group(1) or "" if found else ""


def _parts(parsed: Any) -> Iterator[tuple[str, Any]]:
    """Every operation of a parsed pattern with its argument, the outer before the inner."""
    for operation, argument in parsed:
        name = str(operation)
        yield name, argument
        for inner in _inside(name, argument):
            yield from _parts(inner)


def _inside(name: str, argument: Any) -> list[Any]:
    """The parsed patterns within an operation."""
    if name in _REPEATS:
        return [argument[2]]
    if name == "BRANCH":
        return list(argument[1])
    if name == "GROUPREF_EXISTS":
        return [one for one in argument[1:] if one is not None]
    if name in ("SUBPATTERN", "ASSERT", "ASSERT_NOT"):
        return [argument[-1]]
    return [argument] if name == "ATOMIC_GROUP" else []


def _repeated(parsed: Any) -> Iterator[Any]:
    """The bodies of whatever stands more than once."""
    return (argument[2] for name, argument in _parts(parsed) if name in _REPEATS and argument[1] > 1)


def _varies(body: Any) -> bool:
    """Whether a body can match the same text in several ways, or texts of several lengths."""
    return any(
        name in ("BRANCH", "GROUPREF", "GROUPREF_EXISTS") or (name in _REPEATS and argument[0] != argument[1])
        for name, argument in _parts(body)
    )


def _open_ends(parsed: Any) -> Iterator[tuple[int, int]]:
    return (
        (int(argument[0]), int(argument[1]))
        for name, argument in _parts(parsed)
        if name in _REPEATS and argument[0] != argument[1]
    )


def _near_misses(parsed: Any, length: int) -> Iterator[str]:
    """Texts that the pattern matches but for their end, with all its repetitions drawn out as far as they may be."""
    sets = [argument[2] for name, argument in _parts(parsed) if name in _REPEATS and argument[1] >= _LONG]
    for one in {_sample(body, 1, "") for body in sets}:
        text = _sample(parsed, max(1, length // max(1, len(sets))), one)
        yield from (_folded(drawn_out)[:length] + _NO_END for drawn_out in (text, one * length))


def _sample(parsed: Any, length: int, liked: str) -> str:
    """A text that the pattern matches, as far as that is easily told; `liked` is taken wherever it fits."""
    made = []
    for operation, argument in parsed:
        name = str(operation)
        if name in _REPEATS:
            body = _sample(argument[2], length, liked)
            made.append(body * max(int(argument[0]), min(length, int(argument[1]))))
        elif name in ("LITERAL", "NOT_LITERAL", "ANY", "IN"):
            made.append(_one(name, argument, liked))
        elif name in ("SUBPATTERN", "ATOMIC_GROUP", "BRANCH"):
            made.append(_sample(_inside(name, argument)[0], length, liked))
    return "".join(made)


def _one(name: str, argument: Any, liked: str) -> str:
    """A character that a single place takes."""
    if name == "LITERAL":
        return chr(argument)
    if name != "IN":
        return liked[:1] or "a"
    for operation, choice in argument:
        kind = str(operation)
        if kind == "LITERAL":
            return liked[:1] if chr(choice) == liked[:1] else chr(choice)
        if kind == "RANGE":
            low, high = choice
            return liked[:1] if liked and low <= ord(liked[0]) <= high else chr(low)
        if kind == "CATEGORY":
            return _CATEGORIES.get(str(choice), liked[:1] or "a")
    return liked[:1] or "a"


def _folded(text: str) -> str:
    return " ".join(text.split())


def _is_quick(compiled: re.Pattern[str], parsed: Any) -> bool:
    """Whether the longest texts are searched in time; longer ones are not tried once they would surely not be."""
    before = _TELLS
    for length in _TRIED:
        took = 0.0
        for text in _near_misses(parsed, length):
            begun = time.thread_time()
            compiled.search(text)
            took = max(took, time.thread_time() - begun)
        if took > _SECONDS or (took > _TELLS and length < TEXT_MAX and took * (took / before) > _SECONDS):
            return False
        before = max(took, _TELLS / 100)
    return True
