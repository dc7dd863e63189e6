"""Radio buttons and checkboxes, one alone or a group by its container.

The tick itself is clicked, not the text beside it: that may hold links to the very rules one agrees to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from playwright.async_api import Locator

from automation.browser.probe import probe
from automation.browser.reach import Widget
from automation.browser.wording import pattern, squeeze
from automation.errors import ElementMissing, ReadBackMismatch
from automation.pack import Control

_STATE: Final = """(found, css) => {
  const items = found.matches(css) ? [found] : [...found.querySelectorAll(css)];
  const around = found.closest(css);
  return (items.length || !around ? items : [around]).filter((one) => !one.parentElement.closest(css)).map((one) => {
    const box = one.matches("input") ? one : one.querySelector("input[type=radio], input[type=checkbox]");
    const aria = one.getAttribute("aria-checked");
    return { text: one.innerText || one.getAttribute("aria-label") || "", on: box ? box.checked : aria === "true",
             off: box ? box.disabled : one.getAttribute("aria-disabled") === "true" };
  });
}"""
_SETTLED: Final = """(one, on) => new Promise((done) => {
  const box = one.matches("input") ? one : one.querySelector("input[type=radio], input[type=checkbox]");
  const frames = 60;
  const look = (left) => {
    const now = box ? box.checked : one.getAttribute("aria-checked") === "true";
    if (now === on || left === 0) done(now); else requestAnimationFrame(() => look(left - 1));
  };
  look(frames);
})"""


@dataclass(frozen=True, slots=True)
class Item:
    """One radio button or box: its text, whether it is ticked, whether it can be."""

    text: str
    on: bool
    off: bool


async def items(widget: Widget) -> list[Item]:
    """All of a group, in order; a box alone is a group of one."""
    found: list[dict[str, Any]] = await probe(widget.place, _STATE, widget.parts["choice"])
    if not found:
        raise await widget.reach.signs.missing(widget.key, "holds nothing to choose")
    return [Item(squeeze(one["text"]), bool(one["on"]), bool(one["off"])) for one in found]


async def options_of_choice(widget: Widget) -> tuple[str, ...]:
    """The texts of all that can be chosen, in order."""
    return tuple(item.text for item in await items(widget) if not item.off)


async def read_choice(widget: Widget) -> str:
    """The texts of all that is ticked, parted by `, `; of a box alone its text, where it is ticked."""
    return ", ".join(item.text for item in await items(widget) if item.on)


async def set_choice(widget: Widget, value: str | bool | Sequence[str]) -> None:
    """Tick a box alone or not (bool), choose one of a group (str), or exactly these of a group of boxes (sequence).

    Raises `ElementMissing` where an option is not offered.
    """
    if isinstance(value, bool):
        await _turn(widget, None, value)
        return
    wanted = {squeeze(value)} if isinstance(value, str) else {squeeze(one) for one in value}
    there = await items(widget)
    offered = {item.text for item in there if not item.off}
    if not wanted <= offered:
        missing, listed = " | ".join(sorted(wanted - offered)), " | ".join(sorted(offered))
        raise ElementMissing(f"{widget.key} does not offer {missing}; it offers: {listed}", key=widget.key, seen=listed)
    for item in there:
        if item.text in wanted and not item.on:
            await _turn(widget, item.text, on=True)
        elif item.on and item.text not in wanted and widget.element.control is Control.CHECKBOX:
            await _turn(widget, item.text, on=False)


async def _turn(widget: Widget, text: str | None, on: bool) -> None:
    item = _item(widget, text)
    state = await items(widget) if text is None else []
    if len(state) > 1:
        raise await widget.reach.finder.ambiguous(widget.key, item)
    if state and state[0].on is on:
        return
    box = item.locator(widget.parts["choice_box"]).filter(visible=True)
    await widget.press(box if await box.count() == 1 else item)
    if await probe(item, _SETTLED, on) is not on:
        raise ReadBackMismatch(
            f"{widget.key} does not keep {text or 'its tick'} {'on' if on else 'off'}", key=widget.key
        )


def _item(widget: Widget, text: str | None) -> Locator:
    css = widget.parts["choice"]
    all_items = widget.scope.locator(css)
    itself = widget.place.and_(all_items)
    around = widget.place.locator("xpath=ancestor-or-self::*").and_(all_items).last  # a box found by its input
    inside = widget.place.locator(css)
    if text is not None:
        return inside.or_(itself).filter(has_text=pattern(text), visible=True)
    return inside.or_(around)
