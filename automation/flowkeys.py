"""Which pack keys a flow uses, read from its source without running it, and whether pack and flow fit.

The rule that makes this possible (docs/flows.md): a key is written as a string where it is given to a method of
`site`; or as an f-string that begins with `{channel}.`, which means that key of every channel; or in a tuple of strings
at the top of the file, given with a star.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from automation.listing import NOTICE_CELLS, RECORD_CELLS, REVIEW_CELLS
from automation.pack import Pack
from automation.packcheck import nearest

_SHARED_CELLS: Final = REVIEW_CELLS | RECORD_CELLS | NOTICE_CELLS
_PAGES_ONLY: Final = frozenset({"open", "arrive"})
_PAGES_AFTER_FIRST: Final = frozenset({"hand_over", "follow"})
ELEMENT_FIRST: Final = frozenset(
    {"shows", "read", "options", "limit", "number", "heed", "unfilled", "click", "set", "upload", "uploaded"}
    | {"type_secret", "type_totp", "ask", "find_row", "find_rows", "comes_to_say"}
)
_ELEMENT_WORDS: Final = frozenset({"within", "picture"})
_PAGE_WORDS: Final = frozenset({"start"})


@dataclass(slots=True)
class Used:
    """What a flow uses; `cells` by table. `asked` are elements of which it asks whether they are shown at all.

    `unclear` are calls whose key cannot be read off: `file:line: why`.
    """

    pages: set[str] = field(default_factory=set)
    opened: set[str] = field(default_factory=set)
    elements: set[str] = field(default_factory=set)
    asked: set[str] = field(default_factory=set)
    cells: dict[str, set[str]] = field(default_factory=dict)
    unclear: list[str] = field(default_factory=list)


def used_by(flow: type, channels: Collection[str]) -> Used:
    """The keys that a flow's class and the classes it stands on give to `site`."""
    used = Used()
    parts: dict[str, dict[str, set[str]]] = {}
    replaced: set[str] = set()  # by a class nearer to the flow, which does not call what it replaces
    for part in flow.__mro__[:-1]:
        if source := inspect.getsourcefile(part):
            parts.setdefault(source, {})[part.__name__] = set(replaced)
            for name, what in vars(part).items():
                if inspect.isfunction(what) and f"super().{name}(" not in inspect.getsource(what):
                    replaced.add(name)
    for source in sorted(parts):
        _Reader(Path(source), channels, used).read(parts[source])
    return used


def misfits(pack: Pack, used: Used) -> list[str]:
    """All that does not fit between a pack and what its flow uses, a sentence each; empty if they fit."""
    wrong = list(used.unclear)
    for what, keys, known in (("page", used.pages, pack.pages), ("element", used.elements, pack.elements)):
        wrong += [
            f"the flow uses the {what} `{key}`, which the pack has not; {nearest(key, known)}".rstrip("; ")
            for key in sorted(keys - set(known))
        ]
    wrong += [
        f"the flow opens the page `{key}`, which has no `url` in the pack"
        for key in sorted(used.opened & set(pack.pages))
        if pack.pages[key].url is None
    ]
    pages = used.pages | set(pack.sign_in.dead_when)
    wrong += [f"no step of the flow uses the page `{key}`" for key in sorted(set(pack.pages) - pages - pack.inherited)]
    needed = _needed(pack, used)
    wrong += [f"nothing uses the element `{key}`" for key in sorted(set(pack.elements) - needed - pack.inherited)]
    return wrong + list(_cells(pack, used))


def _needed(pack: Pack, used: Used) -> set[str]:
    """The elements that the flow names, and those that these, the pages and the channels need in turn."""
    needed = set(used.elements) | set(pack.messages) | set(pack.for_people)
    for page in pack.pages.values():
        needed.update(page.here_when)
    for channel in pack.channels.values():
        submit = channel.submit
        needed.update(key for key in (submit.press, *submit.confirm, submit.took) if key is not None)
    open_ends = list(needed)
    while open_ends:
        element = pack.elements.get(open_ends.pop())
        if element is None:
            continue
        inner = {element.within, element.frame}
        if (table := element.table) is not None:
            inner |= {table.next, table.previous, table.scroll, table.empty, table.total}
        new = {key for key in inner if key is not None} - needed
        needed |= new
        open_ends += new
    return needed


def _cells(pack: Pack, used: Used) -> Iterator[str]:
    for key, element in pack.elements.items():
        if element.table is None:
            continue
        known, asked = set(element.table.cells), used.cells.get(key, set())
        for cell in sorted(asked - known):
            hint = nearest(cell, known)
            yield f"the flow compares the cell `{cell}` of `{key}`, which the pack has not; {hint}".rstrip("; ")
        for cell in sorted(known - asked - _SHARED_CELLS):
            yield f"nothing reads the cell `{cell}` of `{key}`"


class _Reader:
    """Reads one file."""

    def __init__(self, file: Path, channels: Collection[str], used: Used) -> None:
        self._file = file
        self._channels = sorted(channels)
        self._used = used
        self._constants: dict[str, list[str]] = {}

    def read(self, classes: Mapping[str, Collection[str]]) -> None:
        """Everything in the file but other classes than these, and but the methods given with each."""
        tree = ast.parse(self._file.read_text("utf-8"))
        tree.body = [top for top in tree.body if not isinstance(top, ast.ClassDef) or top.name in classes]
        for top in tree.body:
            if isinstance(top, ast.ClassDef):
                gone = classes[top.name]
                top.body = [one for one in top.body if getattr(one, "name", "") not in gone] or [ast.Pass()]
        for top in tree.body:
            if isinstance(top, ast.Assign) and isinstance(top.value, ast.Tuple):
                texts = [e.value for e in top.value.elts if isinstance(e, ast.Constant) and isinstance(e.value, str)]
                self._constants.update({name.id: texts for name in top.targets if isinstance(name, ast.Name)})
        imported = {alias.name for node in tree.body if isinstance(node, ast.ImportFrom) for alias in node.names}
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                holder = node.func.value
                if isinstance(holder, ast.Name) and holder.id == "site":
                    self._call(node, node.func.attr, imported)

    def _call(self, call: ast.Call, method: str, imported: Collection[str]) -> None:
        words = {word.arg: word.value for word in call.keywords if word.arg}
        if method in _PAGES_ONLY:
            self._pages(call.args, imported)
        elif method in _PAGES_AFTER_FIRST:
            self._pages(call.args[1:], imported)
        elif method in ELEMENT_FIRST:
            self._element(method, self._keys(call.args[0]), words)
        if method == "open":
            self._used.opened.update(self._keys(call.args[0]))
        for name, value in words.items():
            if method != "find_row" and name in _ELEMENT_WORDS and not isinstance(value, ast.Name):
                self._used.elements.update(self._keys(value))
            elif name in _PAGE_WORDS:
                keys = self._keys(value)
                self._used.pages.update(keys)
                self._used.opened.update(keys)

    def _element(self, method: str, keys: Collection[str], words: Iterable[str]) -> None:
        self._used.elements.update(keys)
        if method == "shows":
            self._used.asked.update(keys)
        elif method == "find_row":
            for key in keys:
                self._used.cells.setdefault(key, set()).update(words)

    def _pages(self, arguments: Iterable[ast.expr], imported: Collection[str]) -> None:
        for argument in arguments:
            if not isinstance(argument, ast.Starred):
                self._used.pages.update(self._keys(argument))
                continue
            names = {node.id for node in ast.walk(argument.value) if isinstance(node, ast.Name)}
            if found := names & set(self._constants):
                self._used.pages.update(key for name in found for key in self._constants[name])
            elif not names & set(imported):  # an imported tuple is read where it is written
                self._unclear(argument, "the starred tuple is not at the top of the file")

    def _keys(self, argument: ast.expr) -> list[str]:
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
            return [argument.value]
        if isinstance(argument, ast.JoinedStr) and len(argument.values) > 1:
            first, *rest = argument.values
            texts = [part.value for part in rest if isinstance(part, ast.Constant)]
            of_channel = isinstance(first, ast.FormattedValue) and ast.unparse(first.value) == "channel"
            if of_channel and len(texts) == len(rest):
                return [f"{channel}{''.join(map(str, texts))}" for channel in self._channels]
        self._unclear(argument, f"the key `{ast.unparse(argument)}` is not spelled out")
        return []

    def _unclear(self, node: ast.expr, why: str) -> None:
        self._used.unclear.append(f"{self._file}:{node.lineno}: {why}")
