"""A JSON list of objects, each with the line it begins on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final

from automation.intake.cells import BadCell
from automation.intake.csvfile import decode
from automation.intake.problems import Fault

VALUES_MAX: Final = 2_000_000  # counted by their commas, before a value of each is made
_SPACE: Final = " \t\r\n"


class _KeyTwice(ValueError):
    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


def entries(content: bytes) -> Iterator[tuple[int, dict[str, object] | Fault]]:
    """Each object of the list; a fault in its place where it is none. A file that is no JSON is one fault."""
    try:
        text = decode(content)
    except Fault as fault:
        yield 1, fault
        return
    if (count := text.count(",")) > VALUES_MAX:
        yield 1, Fault("file_crowded", count=count, most=VALUES_MAX)
        return
    try:
        found = _list(text)
    except json.JSONDecodeError as error:
        yield error.lineno, Fault("json_broken", cause=f"{error.msg} ({error.lineno}:{error.colno})")
    except _KeyTwice as error:
        yield 1, Fault("json_key_twice", key=error.key)
    except RecursionError:
        yield 1, Fault("json_broken", cause="nested too deeply")
    except ValueError as error:  # a number of thousands of digits
        yield 1, Fault("json_broken", cause=error)
    else:
        yield from found


def _list(text: str) -> list[tuple[int, dict[str, object] | Fault]]:
    """Decodes the list entry by entry, since the decoder does not tell on which line each begins."""
    decoder = json.JSONDecoder(object_pairs_hook=_object, parse_float=str, parse_int=str, parse_constant=_refuse)
    decoder.decode(text)
    at = _skip(text, 0)
    if text[at] != "[":
        return [(1, Fault("json_shape"))]
    found: list[tuple[int, dict[str, object] | Fault]] = []
    line, counted = 1, 0
    at = _skip(text, at + 1)
    while text[at] != "]":
        line += text.count("\n", counted, at)
        counted = at
        value, at = decoder.raw_decode(text, at)
        found.append((line, _entry(value)))
        at = _skip(text, at)
        if text[at] == ",":
            at = _skip(text, at + 1)
    return found


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at] in _SPACE:
        at += 1
    return at


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, value in pairs:
        if key in found:
            raise _KeyTwice(key)
        found[key] = value
    return found


def _refuse(name: str) -> object:
    raise ValueError(f"{name} is no JSON")


def _entry(value: object) -> dict[str, object] | Fault:
    if not isinstance(value, dict):
        return Fault("row_not_object")
    return {
        key: BadCell(Fault("cell_kind", value=str(item).lower())) if isinstance(item, bool) else item
        for key, item in value.items()
    }
