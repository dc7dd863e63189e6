"""YAML read strictly: what is written is what is meant, and every value knows the line it stands on.

YAML guesses types (`no`, `2026-11-21`, `012`), keeps the last of two equal keys, and lets aliases build documents of
any size. All that is refused here, with the file and the line. What remains is maps, lists, text, whole and decimal
numbers, true and false.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Final

import yaml

from automation.errors import PackError

BYTES_MAX: Final = 262_144  # five times the largest that comes with the program
DEPTH_MAX: Final = 24

Where = tuple[str | int, ...]  # the way from the top to a value: keys and positions

_LOADER: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TOLD_MAX: Final = 100  # problems in one error: nobody reads more
_NUMBER_MAX: Final = 64  # characters
_HIDDEN: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]"
)
_INT: Final = re.compile(r"-?(0|[1-9][0-9]*)\Z")
_FLOAT: Final = re.compile(r"-?(0|[1-9][0-9]*)\.[0-9]+\Z")
_GUESSED: Final = (
    (
        re.compile(r"(?i)(y|n|yes|no|on|off)\Z"),
        "YAML readers take this for true or false",
        "write true or false, or quote it",
    ),
    (
        re.compile(r"(?i)(true|false)\Z"),
        "true and false are written in small letters",
        "write true or false, or quote it",
    ),
    (re.compile(r"(?i)(~|null|)\Z"), "there is no value here", "leave the key out, or write ''"),
    (re.compile(r"\d{4}-\d{1,2}-\d{1,2}([Tt ].*)?\Z"), "YAML readers take this for a date", "quote it"),
    (
        re.compile(r"(?i)[-+]?(0[0-9_]+|0o[0-7_]+|0x[0-9a-f_]+|0b[01_]+|[0-9][0-9_]*(:[0-5]?[0-9])+)\Z"),
        "YAML readers take this for a number in another base",
        "quote it, or write the plain number",
    ),
    (
        re.compile(r"(?i)[-+]?(\.(inf|nan)|\.?[0-9][0-9_]*\.?[0-9_]*(e[-+]?[0-9]+)?)\Z"),
        "this may be a number or a text",
        "quote it, or write it with digits and one point only",
    ),
)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: where, what, and what to do."""

    file: str
    line: int
    where: Where
    what: str
    do: str = ""

    def error(self) -> PackError:
        """The problem as an error."""
        return PackError(self.what, file=self.file, line=self.line, field=dotted(self.where), hint=self.do)


@dataclass(slots=True)
class Marked:
    """A document and where each of its values stands: `marks[where]` is (file, line from 1)."""

    file: str
    data: Any = None
    marks: dict[Where, tuple[str, int]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def problem(self, where: Where, what: str, do: str = "") -> Problem:
        """A problem at `where`, or at the nearest thing around it that stands in a file."""
        at = where
        while at and at not in self.marks:
            at = at[:-1]
        file, line = self.marks.get(at, (self.file, 1))
        return Problem(file, line, where, what, do)


def dotted(where: Where) -> str:
    """A way as people write it: `elements.home.store.find[0].css`."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in where).removeprefix(".")


def refuse(problems: list[Problem]) -> None:
    """Raise one `PackError` for all problems, in the order of the lines; return where there are none."""
    if problems:
        ordered = sorted(set(problems), key=lambda p: (p.file, p.line, dotted(p.where)))
        first, *others = [each.error() for each in ordered[:_TOLD_MAX]]
        if more := len(ordered) - _TOLD_MAX:
            others += [PackError(f"and {more} more problems", file=ordered[-1].file)] if more > 0 else []
        first.others = tuple(others)
        raise first


def read(file: Path | Traversable) -> Marked:
    """Read a file. Raises `PackError` where it is no YAML at all; what the rules refuse is in `problems`."""
    name = str(file)
    raw = read_raw(file)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise PackError("is not UTF-8 text", file=name, line=line, hint="save the file as UTF-8") from error
    if hidden := _HIDDEN.search(text):
        line = text.count("\n", 0, hidden.start()) + 1
        raise PackError(_invisible(hidden), file=name, line=line, hint="remove it: it does not show in an editor")
    return _Reader(name).read(text)


def read_raw(file: Path | Traversable) -> bytes:
    """The bytes of a pack file. Raises `PackError` for what is no plain file, cannot be read, or is no pack by size."""
    name = str(file)
    try:
        if not file.is_file():  # before opening: a pipe would never answer, a device never end
            raise PackError("is not there, or is no plain file", file=name)
        with file.open("rb") as stream:
            raw: bytes = stream.read(BYTES_MAX + 1)
    except OSError as error:
        raise PackError(f"cannot be read: {error.strerror}", file=name) from error
    if len(raw) > BYTES_MAX:
        raise PackError(f"has more than {BYTES_MAX} bytes; no pack has", file=name)
    return raw


def _invisible(found: re.Match[str]) -> str:
    return f"holds the invisible character U+{ord(found.group()):04X}"


class _Reader:
    """Builds a document from the parser's events, one after the other: no alias is ever followed."""

    def __init__(self, file: str) -> None:
        self.out = Marked(file)
        self._event: Any = None

    def read(self, text: str) -> Marked:
        try:
            events: Iterator[Any] = yaml.parse(text, Loader=_LOADER)
            documents = 0
            for event in events:
                self._event = event
                if isinstance(event, yaml.DocumentStartEvent):
                    documents += 1
                    if documents > 1:
                        self._note((), "a second document begins here", "keep one document a file; remove the line ---")
                        break
                elif isinstance(event, yaml.NodeEvent):
                    self.out.data = self._value(event, events, (), self._line(event))
        except yaml.YAMLError as error:
            raise self._unreadable(error) from error
        if not isinstance(self.out.data, dict):
            self._note((), "a pack is a map of keys", "begin with `format: 1`")
            self.out.data = {}
        return self.out

    def _unreadable(self, error: yaml.YAMLError) -> PackError:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark is not None else None
        what = getattr(error, "problem", None) or getattr(error, "reason", None) or str(error)
        context = getattr(error, "context", None)
        return PackError(
            f"is not YAML: {what}{f' {context}' if context else ''}",
            file=self.out.file,
            line=line,
            hint="look at the indentation, the colons and the quotes of this line and the one above",
        )

    @staticmethod
    def _line(event: Any) -> int:
        return int(event.start_mark.line) + 1

    def _note(self, where: Where, what: str, do: str = "") -> None:
        self.out.problems.append(Problem(self.out.file, self._line(self._event), where, what, do))

    def _value(self, event: Any, events: Iterator[Any], where: Where, line: int) -> Any:
        self._event = event
        self.out.marks[where] = (self.out.file, line)
        if len(where) > DEPTH_MAX:
            raise PackError(
                f"goes deeper than {DEPTH_MAX} levels", file=self.out.file, line=line, field=dotted(where[:4])
            )
        if isinstance(event, yaml.AliasEvent):
            self._note(where, f"the alias *{event.anchor} is not allowed", "write the value out")
            return ""
        if event.anchor is not None:
            self._note(
                where, f"the anchor &{event.anchor} is not allowed", "remove it, and write values out where needed"
            )
        if event.tag is not None:
            self._note(where, f"the tag {event.tag} is not allowed", "remove it; quote what is meant as text")
        if isinstance(event, yaml.MappingStartEvent):
            return self._map(events, where)
        if isinstance(event, yaml.SequenceStartEvent):
            items: list[Any] = []
            while not isinstance(item := next(events), yaml.SequenceEndEvent):
                items.append(self._value(item, events, (*where, len(items)), self._line(item)))
            return items
        if hidden := _HIDDEN.search(event.value):  # written as an escape
            self._note(where, _invisible(hidden), "remove it")
        return event.value if event.style else self._plain(event.value, where)

    def _map(self, events: Iterator[Any], where: Where) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while not isinstance(event := next(events), yaml.MappingEndEvent):
            self._event = event
            line = self._line(event)
            if not isinstance(event, yaml.ScalarEvent):
                self._note(where, "a key is a word, not an alias, a list or a map", "write a plain key")
                self._value(event, events, (*where, "?"), line)
                self._value(next(events), events, (*where, "?"), line)
                continue
            key = event.value
            if event.anchor is not None or event.tag is not None:
                self._note((*where, key), "a key takes no anchor and no tag", "write a plain key")
            if key == "<<" and not event.style:
                self._note(where, "the merge key << is not allowed", "write the keys out")
            elif not event.style and not isinstance(self._plain(key, (*where, key)), str):
                self._note((*where, key), "this key may be taken for something other than text", "quote it")
            first = self.out.marks.get((*where, key)) if key in found else None
            if first is not None:
                self._note((*where, key), f"the key stands twice; first in line {first[1]}", "keep one of the two")
                self._value(next(events), events, (*where, key, "?"), line)
                self.out.marks[(*where, key)] = first
                continue
            found[key] = self._value(next(events), events, (*where, key), line)
        return found

    def _plain(self, text: str, where: Where) -> Any:
        if text in ("true", "false"):
            return text == "true"
        if len(text) > _NUMBER_MAX:  # the patterns below are for short texts
            if _INT.match(text) or _FLOAT.match(text):
                self._note(where, f"a number of {len(text)} characters", "quote it if it is meant as text")
            return text
        if _INT.match(text):
            return int(text)
        if _FLOAT.match(text):
            return float(text)
        for pattern, what, do in _GUESSED:
            if pattern.match(text):
                self._note(where, f"{what}: {text}" if text else what, do)
                return text
        return text


def merge(under: Marked, over: Marked) -> Marked:
    """Lay one document over another: maps key by key, lists and single values as a whole."""
    out = Marked(over.file, marks=dict(under.marks), problems=[*under.problems, *over.problems])

    def lay(below: Any, above: Any, where: Where) -> Any:
        if isinstance(below, dict) and isinstance(above, dict):
            if where:
                out.marks.setdefault(where, over.marks[where])
            return {
                key: lay(below[key], above[key], (*where, key)) if key in below and key in above
                else take(above[key], (*where, key)) if key in above
                else below[key]
                for key in {**below, **above}
            }  # fmt: skip
        for mark in list(_ways(below, where)):
            out.marks.pop(mark, None)
        return take(above, where)

    def take(value: Any, where: Where) -> Any:
        out.marks.update({mark: over.marks[mark] for mark in _ways(value, where)})
        return value

    out.data = lay(under.data, over.data, ())
    return out


def _ways(value: Any, where: Where) -> Iterator[Where]:
    """The way to a value, and to everything in it."""
    yield where
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, each in inner:
        yield from _ways(each, (*where, step))
