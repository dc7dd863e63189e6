"""The rows that a table shows now, what they hold, and the watch over a click in one of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from playwright.async_api import ElementHandle, Error, JSHandle, Locator

from automation.browser.reach import RowMoved, Widget
from automation.browser.wording import fold
from automation.errors import ElementMissing
from automation.pack import Cell, Table
from automation.searching import first_group

# The row that heads a row, where there is one; and all that a row says, with what its head says.
_HEAD: Final = """(row, heads) => {
  const before = heads ? row.previousElementSibling : null;
  return before && before.matches(heads) ? before : null;
}"""
_RAW: Final = f"""(row, heads) => {{
  const head = ({_HEAD})(row, heads);
  return (head ? head.textContent + " " : "") + row.textContent;
}}"""
# Each row: the text under each wanted column and of each css, how many there are of each count, each attribute, and all
# of its text. A header may lie in a table of its own; so the nearest one above the rows counts.
_ROWS: Final = r"""(rows, [columns, csss, counts, attributes, empty, group]) => {
  const headOf = HEAD_OF, rawOf = RAW_OF;
  const fold = (text) => (text || "").replace(/\s+/g, " ").trim();
  const head = "th, [role=columnheader]", cell = "td, [role=cell], [role=gridcell]:not(th)";
  const heads = [];
  let box = rows.length && columns.length ? rows[0].parentElement : null;
  for (; box && !heads.length; box = box.parentElement) {
    let at = 0;
    for (const one of [...box.querySelectorAll(head)].filter((it) => it.getBoundingClientRect().width > 0)) {
      heads.push([fold(one.innerText), at]);
      at += one.colSpan || 1;
    }
  }
  const places = columns.map((column) => (heads.find(([text]) => text === column) || [null, -1])[1]);
  const number = (one, css) => {
    const seen = [...one.querySelectorAll(css)].filter((it) => it.getBoundingClientRect().width > 0);
    return seen.length && seen.every((it) => it.parentElement === seen[0].parentElement) ? String(seen.length) : "";
  };
  const read = rows.map((row, index) => {
    if (row.querySelector(head) && !row.querySelector(cell)) return null;
    if (empty && (row.matches(empty) || row.querySelector(empty))) return null;
    if (group && row.matches(group)) return null;
    const above = headOf(row, group);
    const cells = [];
    let at = 0;
    for (const one of [...row.children].filter((it) => it.matches(`th, ${cell}`))) {
      cells[at] = one;
      at += one.colSpan || 1;
    }
    const text = (one) => (one ? fold(one.innerText) : "");
    const said = [above, row].filter(Boolean);
    return { index, text: fold(said.map((one) => one.innerText).join(" ")), raw: rawOf(row, group),
             columns: places.map((place) => text(cells[place])),
             css: csss.map((css) => said.map((one) => text(one.querySelector(css))).filter(Boolean).pop() || ""),
             counts: counts.map((css) => said.map((one) => number(one, css)).filter(Boolean).pop() || ""),
             attributes: attributes.map((name) => fold(row.getAttribute(name))) };
  });
  return { heads: heads.map(([text]) => text), rows: read.filter(Boolean) };
}""".replace("HEAD_OF", _HEAD).replace("RAW_OF", _RAW)

_ARM: Final = f"""(row, [target, raw, heads]) => {{
  const says = {_RAW};
  const right = () => row.isConnected && row.contains(target) && says(row, heads) === raw;
  const watch = {{ passed: right() }};
  const kinds = ["pointerdown", "mousedown", "pointerup", "mouseup", "click"];
  const look = (event) => {{
    if (watch.passed && !right()) watch.passed = false;
    if (watch.passed) {{ if (event.type === "click") watch.end(); return; }}
    event.preventDefault();
    event.stopImmediatePropagation();
  }};
  watch.end = () => kinds.forEach((kind) => window.removeEventListener(kind, look, true));
  if (watch.passed) kinds.forEach((kind) => window.addEventListener(kind, look, true));
  return watch;
}}"""

_STANDS: Final = f"(all, [row, raw, heads]) => all.length === 1 && all[0] === row && ({_RAW})(row, heads) === raw"
_HOLDS: Final = f"(row, [raw, heads]) => row.isConnected && ({_RAW})(row, heads) === raw"


@dataclass(frozen=True, slots=True)
class SeenRow:
    """One row as it was read. `identity` are the cells by which it is found again."""

    table: str
    cells: Mapping[str, str]
    raw: str
    identity: Mapping[str, str]
    stood: list[tuple[Locator, RowGuard]] = field(default_factory=list, compare=False, repr=False)  # at each look

    def same(self, other: SeenRow) -> bool:
        """Whether the other one is this row, by the cells that identify this one."""
        return all(other.cells.get(name) == text for name, text in self.identity.items())


@dataclass(frozen=True, slots=True)
class Standing:
    """A row where it stands on the page now."""

    row: SeenRow
    place: Locator


class RowGuard:
    """Lets a click pass only while its target belongs to the row, and the row says what it said.

    The check runs inside the page with every event of the click, before any script of the page gets it: no moment is
    left in which the list could shift.
    """

    def __init__(self, row: ElementHandle, raw: str, heads: str | None = None) -> None:
        self._row = row
        self._raw = raw
        self._heads = heads
        self._watch: JSHandle | None = None

    async def arm(self, target: ElementHandle) -> None:
        """Begin to watch. Raises `RowMoved` where the row already holds something else."""
        self._watch = await self._row.evaluate_handle(_ARM, [target, self._raw, self._heads])
        if not await self._watch.evaluate("(watch) => watch.passed"):
            raise RowMoved

    async def passed(self) -> bool:
        """Stop watching; whether the click went through."""
        if self._watch is None:
            return True
        try:
            return bool(await self._watch.evaluate("(watch) => { watch.end(); return watch.passed; }"))
        except Error:
            return True  # the click went through and took the page away

    async def stands(self, place: Locator) -> bool:
        """Whether the row is still what a place means, and says what it said."""
        try:
            same: bool = await place.evaluate_all(_STANDS, [self._row, self._raw, self._heads])
        except Error:
            return False  # of a page that is gone
        return same

    async def hold(self) -> None:
        """Raise `RowMoved` unless the row still says what it said."""
        if not await self._row.evaluate(_HOLDS, [self._raw, self._heads]):
            raise RowMoved


_SPARE: Final = frozenset({"detail", "reason", "buyer", "product", "stars", "shop", "review_text", "review_time"})
"""Cells that many lists do not show: without their column they are empty. The others tell rows and answers apart."""


async def rows_now(widget: Widget) -> list[Standing]:
    """The visible rows of a table. Raises `ElementMissing` where a column that the pack names is not there."""
    table = widget.element.table
    assert table is not None
    wanted = _wanted(table)
    for way in table.rows:
        rows = widget.reach.finder.way(widget.place, way).filter(visible=True)
        found: dict[str, Any] = await rows.evaluate_all(_ROWS, [*wanted, widget.parts["empty"], table.heads])
        if found["rows"]:
            _check_columns(widget, table, found["heads"])
            return [Standing(_row(widget.key, table, wanted, one), rows.nth(one["index"])) for one in found["rows"]]
    return []


def matches(cells: Mapping[str, str], wanted: Mapping[str, str]) -> bool:
    """Whether a row has these cells; a cell that the page cuts with an ellipsis matches by its beginning."""
    return all(_matches(cells.get(name, ""), fold(text)) for name, text in wanted.items() if fold(text))


def _matches(shown: str, wanted: str) -> bool:
    head = shown.removesuffix("…").removesuffix("...")
    return shown == wanted or (head != shown and bool(head) and wanted.startswith(head.rstrip()))


def _wanted(table: Table) -> list[list[str]]:
    ways = [way for cell in table.cells.values() for way in cell]
    kinds = (
        [way.column for way in ways],
        [way.css for way in ways],
        [way.count for way in ways],
        [way.attribute for way in ways],
    )
    return [
        list(dict.fromkeys(fold(one) if number == 0 else one for one in kind if one))
        for number, kind in enumerate(kinds)
    ]


def _row(key: str, table: Table, wanted: Sequence[Sequence[str]], read: Mapping[str, Any]) -> SeenRow:
    names = ("columns", "css", "counts", "attributes")
    given = [dict(zip(keys, read[name], strict=True)) for name, keys in zip(names, wanted, strict=True)]

    def whole(way: Cell) -> str:
        if way.column is not None:
            return str(given[0][fold(way.column)])
        if way.css is not None:
            return str(given[1][way.css])
        if way.count is not None:
            return str(given[2][way.count])
        if way.attribute is not None:
            return str(given[3][way.attribute])
        return str(read["text"])

    def text(way: Cell) -> str:
        return whole(way) if way.pattern is None else fold(first_group(way.pattern, whole(way)))

    cells = {name: next((one for one in map(text, ways) if one), "") for name, ways in table.cells.items()}
    return SeenRow(table=key, cells=cells, raw=str(read["raw"]), identity=cells)


def _check_columns(widget: Widget, table: Table, heads: Sequence[str]) -> None:
    for name, ways in table.cells.items():
        if name in _SPARE:
            continue
        columns = [fold(way.column) for way in ways if way.column is not None]
        if len(columns) == len(ways) and not set(columns) & set(heads):
            seen = " | ".join(heads) or "none"
            raise ElementMissing(
                f"{widget.key} has no column {' or '.join(columns)} for the cell {name!r}; its columns: {seen}",
                key=widget.key, seen=seen,
            )  # fmt: skip
