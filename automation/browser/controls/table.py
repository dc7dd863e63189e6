"""Tables and lists: reading all rows over pages and virtual scrolling, and finding one again before it is acted on."""

from __future__ import annotations

import dataclasses
import re
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

from playwright.async_api import Locator
from playwright.async_api import TimeoutError as PlaywrightTimeout

from automation.browser.controls.rows import RowGuard, SeenRow, Standing, matches, rows_now
from automation.browser.probe import probe
from automation.browser.reach import Reach, RowMoved, Widget
from automation.browser.waiting import SECOND
from automation.errors import Drift, ReviewMissing, SiteFault
from automation.listing import UNREAD
from automation.pack import Table

_PAGE_ZONE: Final = timezone(timedelta(hours=8))  # the back-offices show China's time, which has no summer time
_READINGS: Final = 3
_TURNS: Final = 1000
_LATE: Final = 300.0  # milliseconds that a list may take to show more that was scrolled to, or searched for
_AWAY: Final = 0.3  # of a step's time: as long may a list be away while it loads
_TIME: Final = re.compile(r"(\d{4})\D{1,2}(\d{1,2})\D{1,2}(\d{1,2})(?:\D{1,3}(\d{1,2}):(\d{2})(?::(\d{2}))?)?")

# Until nothing over the table says that it loads, and its text is another than before (where there is a before).
_SETTLED: Final = """async (box, [old, loading, most]) => {
  const end = performance.now() + most;
  const busy = () => {
    const mine = box.getBoundingClientRect();
    const across = (it) => it.left < mine.right && it.right > mine.left;
    const over = (it) => it.height > 0 && across(it) && it.top < mine.bottom && it.bottom > mine.top;
    return loading && [...document.querySelectorAll(loading)].map((one) => one.getBoundingClientRect()).some(over);
  };
  for (;;) {
    if (!box.isConnected) return true;
    if (!busy() && (old === null || box.textContent !== old)) return true;
    if (performance.now() > end) return false;
    await new Promise((next) => requestAnimationFrame(next));
  }
}"""
_SCROLL: Final = """async (box, down) => {
  const frame = () => new Promise((next) => requestAnimationFrame(next));
  const page = document.scrollingElement, tall = (one) => one.scrollHeight > one.clientHeight + 1;
  const moves = (one) => tall(one) && (one === page || getComputedStyle(one).overflowY !== "visible");
  const around = [];
  for (let one = box.parentElement; one; one = one.parentElement) around.push(one);
  const own = (one) => one === page || /auto|scroll/.test(getComputedStyle(one).overflowY);
  const scroller = [box, ...box.querySelectorAll("*")].find(moves) || around.find((one) => moves(one) && own(one));
  if (!scroller) return false;
  const before = scroller.scrollTop;
  scroller.scrollTop = down ? before + Math.max(scroller.clientHeight * 0.6, 20) : 0;
  await frame(); await frame(); await frame();
  return scroller.scrollTop !== before;
}"""
DISABLED: Final = r"""(one) => {
  const off = (it) => it.disabled === true || it.getAttribute("aria-disabled") === "true"
    || /(^|[-_ ])(is-)?disabled( |$)/.test(String(it.className));
  const around = one.closest("li, button");
  return off(one) || [...one.querySelectorAll("button")].some(off) || Boolean(around && off(around));
}"""


_COUNT: Final = re.compile(r"\d[\d,]*")


@dataclass(frozen=True, slots=True)
class Read:
    """What a reading of a table came to."""

    rows: tuple[SeenRow, ...]
    complete: bool


async def is_disabled(place: Locator) -> bool:
    """Whether a button, a link or a pager's item is disabled, in whatever way its library says so."""
    return bool(await probe(place, DISABLED))


async def find_rows(reach: Reach, key: str, *, until: str = "") -> Read:
    """All rows. Reads again, up to three times, while the list moves. `complete` says whether it held still.

    With `until` the reading ends with the page on which the cell `time` is older; it is complete as far as that.
    """
    oldest = _moment(until) if until else None
    read = Read((), complete=False)
    for _ in range(_READINGS):
        with suppress(RowMoved):
            read = await _sweep(reach, key, oldest)
        if read.complete:
            break
    return read


async def find_row(reach: Reach, key: str, wanted: Mapping[str, str]) -> SeenRow:
    """The one row with these cells over all pages.

    Raises `ReviewMissing` on none or several, `SiteFault` where the list does not hold still.
    """
    read = await find_rows(reach, key)
    missing = read.complete and not any(matches(row.cells, wanted) for row in read.rows)
    if missing and await _shows_others(reach, key, read):
        read = await find_rows(reach, key)
    found = [row for row in read.rows if matches(row.cells, wanted)]
    told = ", ".join(f"{name} {text}" for name, text in wanted.items() if text)
    if not read.complete:
        raise SiteFault(f"{key} could not be read to its end: {UNREAD}", key=key)
    if len(found) != 1:
        many = f"{len(found)} rows" if found else "no row"
        blank = [name for name, text in wanted.items() if text and not any(row.cells.get(name) for row in read.rows)]
        where = f", and none shows {' or '.join(blank)} where the pack looks for it" if read.rows and blank else ""
        raise ReviewMissing(f"{key} has {many} with {told}; {len(read.rows)} rows were read{where}", key=key)
    row = found[0]
    identity = {name: row.cells[name] for name, text in wanted.items() if text and name in row.cells}
    return dataclasses.replace(row, identity=identity)


async def _shows_others(reach: Reach, key: str, read: Read) -> bool:
    """Whether other rows than were read come soon: some lists answer a search late, and show nothing until then."""
    widget = await _table(reach, key)
    with suppress(PlaywrightTimeout):
        old = await widget.place.text_content()
        await probe(widget.place, _SETTLED, [old, widget.parts["loading"], _LATE])
    return any(one.row not in read.rows for one in await rows_now(widget))


async def stand(reach: Reach, row: SeenRow) -> tuple[Locator, RowGuard]:
    """Where a row stands now, looked for on the page that is shown and then on all; with a guard for a click in it.

    Raises `ReviewMissing` where it is gone or no longer the only one.
    """
    if row.stood and await row.stood[-1][1].stands(row.stood[-1][0]):
        return row.stood[-1]
    widget = await _table(reach, row.table)
    found = [one for one in await rows_now(widget) if row.same(one.row)]
    if not found:
        await _first_page(widget)
        async for page in _pages(widget):
            found = [one for one in page if row.same(one.row)]
            if found:
                break
    told = ", ".join(f"{name} {text}" for name, text in row.identity.items() if text)
    if len(found) != 1:
        raise ReviewMissing(f"{row.table} has {len(found) or 'no'} rows with {told} now", key=row.table)
    place = found[0].place
    try:
        handle = await place.element_handle(timeout=SECOND)
    except PlaywrightTimeout:
        raise RowMoved from None
    row.stood.append((place, RowGuard(handle, found[0].row.raw, _shape(widget).heads)))
    return row.stood[-1]


async def first_rows(reach: Reach, key: str) -> list[Standing]:
    """The rows that a table shows now, after it came to rest; none where it says that it is empty."""
    try:
        return await _settled_rows(await _table(reach, key))
    except RowMoved as moved:
        raise SiteFault(f"{key} was drawn anew meanwhile", key=key) from moved


async def _sweep(reach: Reach, key: str, oldest: datetime | None) -> Read:
    """One reading. It is complete only from the first page on: where one cannot go back, that is before any turn."""
    widget = await _table(reach, key)
    still = await _first_page(widget) or key not in reach.turned
    first: list[SeenRow] = []
    rows: list[SeenRow] = []
    ended, counted, turns = False, False, 0
    async for page in _pages(widget):
        now = [one.row for one in page]
        if turns == 0:
            first = rows = now
        elif now[: len(rows)] == rows:
            rows = now  # a list that grows
        elif (table := _shape(widget)).scroll:
            rows = _joined(rows, now)
        else:
            still = still and table is not None and not any(row in rows for row in now)
            rows = rows + [row for row in now if row not in rows]
        turns += 1
        if oldest is not None and any(_older(row, oldest) for row in now):
            ended = True
            break
    else:
        totals = await _totals(widget)
        counted = totals == {len(rows)}  # these are all there are, in whatever order they came
        ended = (counted or not totals) and (bool(rows) or await _is_empty(widget))
    if turns > 1 and still and not counted and not _shape(widget).scroll and rows[: len(first)] == first:
        # Equal times may stand in another order at each look; whatever comes or goes changes what the page holds.
        still = await _first_page(widget) and _same([one.row for one in await rows_now(widget)], first)
    return Read(tuple(rows), complete=(still or counted) and ended)


def _same(now: Sequence[SeenRow], before: Sequence[SeenRow]) -> bool:
    """Whether a page holds what it held, in any order; a list that grows holds more behind it."""
    return sorted(row.raw for row in now[: len(before)]) == sorted(row.raw for row in before)


async def _totals(widget: Widget) -> set[int]:
    """How many rows the page says there are, wherever it says so: it may keep some back."""
    key = _shape(widget).total
    for way in await widget.reach.finder.ways(key) if key else ():
        if said := [_COUNT.search(text) for text in await way.all_inner_texts()]:
            return {int(one.group().replace(",", "")) for one in said if one}
    return set()


async def _pages(widget: Widget) -> AsyncIterator[list[Standing]]:
    """The rows of each page, or of each view of a list that is scrolled, from where it stands."""
    for _ in range(_TURNS):
        yield await _settled_rows(widget)
        if not (_shape(widget).scroll and await _scroll_on(widget)) and not await _turn(widget):
            return
    raise SiteFault(f"{widget.key} has no end: {_TURNS} pages were read", key=widget.key)


async def _settled_rows(widget: Widget) -> list[Standing]:
    await _settle(widget, None)
    rows = await rows_now(widget)
    if rows or await _is_empty(widget):
        return rows
    finder, table = widget.reach.finder, _shape(widget)
    ways = [finder.way(widget.place, way) for way in table.rows] + await _empty(widget)
    any_of = ways[0]
    for way in ways[1:]:
        any_of = any_of.or_(way)
    try:
        await any_of.filter(visible=True).first.wait_for(state="visible", timeout=widget.reach.step_seconds * SECOND)
    except PlaywrightTimeout:
        await widget.reach.signs.check()
    return await rows_now(widget)


async def _turn(widget: Widget) -> bool:
    """Go to the next page and wait for its rows. False: this is the last."""
    key = _shape(widget).next
    if key is None:
        return False
    if not await _press(widget, key):
        return False
    widget.reach.turned.add(widget.key)
    await _to_top(widget)
    return True


async def _press(widget: Widget, key: str) -> bool:
    """Press what turns the page, and wait for its rows. False: it is not there, or disabled."""
    button = await _turner(widget, key)
    if button is None:
        return False
    finder = widget.reach.finder
    await finder.refuse_irreversible(key, button, frame=finder.frame_key(key))
    old = await widget.place.text_content()
    try:
        await widget.reach.press(button, key)
        await _settle(widget, old)
    except (Drift, SiteFault):
        if await _turner(widget, key) is None:  # a list that was still on its way came in between: its last page
            raise RowMoved from None
        raise
    return True


async def _turner(widget: Widget, key: str) -> Locator | None:
    """What turns the page; None where it is not there, or disabled."""
    button = await widget.reach.finder.seen(key)
    return None if button is None or await is_disabled(button) else button


async def _first_page(widget: Widget) -> bool:
    """Go back to the first page, or the top. False: the pager does not say where it stands."""
    await _to_top(widget)
    if _shape(widget).next is None:
        return True
    now = widget.parts["page_now"]
    current = await widget.scope.locator(now).filter(visible=True).all_inner_texts() if now else []
    if [one.strip() for one in current] == ["1"]:
        return True
    if len(current) == 1 and (items := widget.parts["page_item"]):
        item = widget.scope.locator(items).filter(has_text=re.compile(r"^\s*1\s*$"), visible=True)
        old = await widget.place.text_content()
        await widget.press(item)
        await _settle(widget, old)
        return True
    if (back := _shape(widget).previous) is not None:
        for _ in range(_TURNS):
            if not await _press(widget, back):
                return True
    return False


async def _to_top(widget: Widget) -> None:
    if (scroll := _shape(widget).scroll) is not None:
        await probe(await widget.reach.one(scroll), _SCROLL, False)


async def _scroll_on(widget: Widget) -> bool:
    scroll = _shape(widget).scroll
    assert scroll is not None
    box = await widget.reach.one(scroll)
    if await probe(box, _SCROLL, True):
        return True
    old = await widget.place.text_content()
    await probe(widget.place, _SETTLED, [old, widget.parts["loading"], _LATE])
    await _settle(widget, None)  # one that says that it loads has as long as a step may take
    return bool(await probe(box, _SCROLL, True))


async def _settle(widget: Widget, old: str | None) -> None:
    """Wait until the table is at rest and, after a turn of the page, shows other rows.

    Raises `RowMoved` where the table is not found as it was, so that one looks for it anew.
    """
    most = widget.reach.step_seconds * SECOND
    began = time.monotonic()
    try:
        rests = await probe(widget.place, _SETTLED, [old, widget.parts["loading"], most], timeout=most * _AWAY)
    except PlaywrightTimeout:  # what it was found by may be gone: a search left no row
        await widget.reach.signs.check()
        raise RowMoved from None
    if not rests:
        await widget.reach.signs.check()
        waited = time.monotonic() - began
        raise SiteFault(f"{widget.key} does not come to rest: nothing new in {waited:.0f} s", key=widget.key)


async def _empty(widget: Widget) -> list[Locator]:
    key, part = _shape(widget).empty, widget.parts["empty"]
    declared = await widget.reach.finder.ways(key) if key else []
    return declared + ([widget.place.locator(part)] if part else [])


async def _is_empty(widget: Widget) -> bool:
    for way in await _empty(widget):
        if await way.filter(visible=True).count():
            return True
    return False


async def _table(reach: Reach, key: str) -> Widget:
    return await reach.widget(key)


def _shape(widget: Widget) -> Table:
    table = widget.element.table
    assert table is not None
    return table


def _joined(rows: Sequence[SeenRow], more: Sequence[SeenRow]) -> list[SeenRow]:
    """Two views of a scrolled list as one: the second begins within the first."""
    for size in range(min(len(rows), len(more)), 0, -1):
        if list(rows[-size:]) == list(more[:size]):
            return [*rows, *more[size:]]
    return [*rows, *(row for row in more if row not in rows)]


def _older(row: SeenRow, oldest: datetime) -> bool:
    shown = _moment(row.cells.get("time", ""))
    return shown is not None and shown < oldest


def _moment(text: str) -> datetime | None:
    """A time as a page or a caller writes it; without a zone it is China's."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        found = _TIME.search(text)
        if found is None:
            return None
        try:
            moment = datetime(*(int(part or 0) for part in found.groups()))  # type: ignore[arg-type] # noqa: DTZ001
        except ValueError:
            return None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=_PAGE_ZONE)
