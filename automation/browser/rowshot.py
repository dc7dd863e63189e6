"""A picture of one row of a table, and where in it certain words stand."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from playwright.async_api import Locator

from automation.box import BoxKind
from automation.browser.controls.rows import RowGuard, SeenRow
from automation.browser.controls.table import stand
from automation.browser.probe import probe
from automation.browser.tab import Tab
from automation.browser.wording import fold
from automation.errors import PackError, ReviewMissing
from automation.packet.numbers import private_numbers
from automation.site import Row

Box = tuple[float, float, float, float]

# The innermost element that shows the whole text, and the boxes of the passages in it (else, if wanted, its whole), as
# parts of the row's box.
_BOXES: Final = r"""(row, [text, passages, whole]) => {
  const fold = (one) => (one.innerText || "").replace(/\s+/g, " ").trim();
  let cell = row;
  for (;;) {
    const inner = [...cell.children].find((one) => text && fold(one).includes(text));
    if (!inner) break;
    cell = inner;
  }
  const nodes = [], walk = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
  let all = "";
  while (walk.nextNode()) { nodes.push([walk.currentNode, all.length]); all += walk.currentNode.data; }
  const place = (at) => { const [node, from] = nodes.findLast(([, start]) => start <= at); return [node, at - from]; };
  const found = [];
  for (const passage of passages) {
    for (let at = all.indexOf(passage); passage && at >= 0; at = all.indexOf(passage, at + 1)) {
      const range = document.createRange(), last = place(at + passage.length - 1);
      range.setStart(...place(at));
      range.setEnd(last[0], last[1] + 1);
      found.push(...range.getClientRects());
    }
  }
  const frame = row.getBoundingClientRect();
  const boxes = found.filter((one) => one.width > 0 && one.height > 0);
  return (boxes.length || !whole ? boxes : [cell.getBoundingClientRect()]).map((one) => [
    (one.left - frame.left) / frame.width, (one.top - frame.top) / frame.height,
    (one.right - frame.left) / frame.width, (one.bottom - frame.top) / frame.height]);
}"""
_TEXTS: Final = """(row) => {
  const found = [], walk = document.createTreeWalker(row, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) found.push(walk.currentNode.data);
  return found;
}"""

_LOOKS: Final = 5  # lists move while their pages are turned, and a row may slip past


@dataclass(frozen=True, slots=True)
class RowShot:
    """A row's picture (PNG). `boxes` are left, top, right and bottom as parts of its width and height; `address` is the
    page's, without what may be secret in it. `numbers`: where somebody's telephone, card or identity number stands.
    """

    png: bytes
    boxes: tuple[Box, ...]
    address: str
    numbers: tuple[tuple[BoxKind, Box], ...] = ()


async def shoot_row(tab: Tab, row: Row, text: str, passages: Sequence[str], known: Collection[str] = ()) -> RowShot:
    """Go to where the row stands now, and take its picture; nothing is done to it.

    `boxes` are those of the passages in the text, else that of the text, else that of the row. `known`: numbers of
    orders and reviews, which are nobody's secret. Raises `ReviewMissing` where the row is gone.
    """
    if not isinstance(row, SeenRow):
        raise PackError(f"a row of another site was given: {type(row).__name__}")
    place, guard = await _stand(tab, row)
    await probe(place, "(row) => row.scrollIntoView({ block: 'center' })")  # not below a heading that stays on top
    png = await place.screenshot(animations="disabled", caret="hide")
    boxes = await _boxes(place, text, passages, whole=True)
    written = [found for one in await probe(place, _TEXTS) for found in private_numbers(one, known=known)]
    numbers = [
        (kind, box)
        for kind in dict.fromkeys(kind for kind, _ in written)
        for box in await _boxes(place, "", [number for one, number in written if one is kind], whole=False)
    ]
    await guard.hold()
    url = urlsplit(tab.page.url)
    return RowShot(png, boxes, f"{url.scheme}://{url.netloc}{url.path}", tuple(numbers))


async def _boxes(place: Locator, text: str, passages: Sequence[str], *, whole: bool) -> tuple[Box, ...]:
    found = await probe(place, _BOXES, [fold(text), list(passages), whole])
    return tuple((b[0], b[1], b[2], b[3]) for b in found)


async def _stand(tab: Tab, row: SeenRow) -> tuple[Locator, RowGuard]:
    for _ in range(_LOOKS - 1):
        with suppress(ReviewMissing):
            return await stand(tab.reach, row)
    return await stand(tab.reach, row)
