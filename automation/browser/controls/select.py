"""Selects: native ones, and those whose options hang elsewhere in the document, perhaps only as far as they are seen.

The library's own field is opened with a click, an option is scrolled to and clicked; keyboards choose wrong in one
library and nothing in another. A long list is scrolled inside the page, in one call.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from playwright.async_api import Locator
from playwright.async_api import TimeoutError as PlaywrightTimeout

from automation.browser.reach import SECOND, Widget
from automation.browser.wording import pattern, squeeze
from automation.errors import ElementMissing, ReadBackMismatch

_ABOUT: Final = """(found, css) => {
  const field = found.closest(css.select) || found.querySelector(css.select);
  if (!field) return { kind: "none" };
  const native = field.tagName === "SELECT" ? field : null;
  if (native) return { kind: "native", up: field === found, values: [...native.selectedOptions].map((one) => one.label),
    options: [...native.options].filter((one) => !one.disabled && one.value !== "").map((one) => one.label) };
  const said = (part) => css[part] ? [...field.querySelectorAll(css[part])].map((one) => one.title || one.innerText) : [];
  const many = said("select_tag");
  return { kind: "own", up: field.contains(found), values: many.length ? many : said("select_value").slice(0, 1) };
}"""

# Reads a list from its beginning, as far as `until` (or to its end), and leaves it there. Lists that keep only what is
# seen in the document are scrolled by less than what they show, so that the pieces overlap.
_LIST: Final = """async ([popup, css, until]) => {
  const frame = () => new Promise((done) => requestAnimationFrame(() => done()));
  const said = (one) => one.innerText.trim() || one.title || one.getAttribute("aria-label") || "";
  const plain = (text) => text.replace(/\\s+/g, " ").trim();
  const scroller = css.scroller ? [...popup.querySelectorAll(css.scroller)].find((one) => one.scrollHeight > one.clientHeight + 1) : null;
  const seen = [];
  const take = () => {
    const now = [...popup.querySelectorAll(css.option)].filter((one) => one.getBoundingClientRect().height > 0)
      .map((one) => ({ text: plain(said(one)), off: one.matches(css.option_off), on: one.matches(css.option_on),
                       top: one.getBoundingClientRect().top - popup.getBoundingClientRect().top + (scroller ? scroller.scrollTop : 0) }))
      .sort((one, other) => one.top - other.top);
    const last = seen.length ? seen[seen.length - 1].top : -Infinity;
    for (const one of now) if (one.top > last + 1) seen.push(one);
    return until !== null && now.some((one) => one.text === until);
  };
  const start = scroller ? scroller.scrollTop : 0;
  if (scroller && start > 0) { scroller.scrollTop = 0; await frame(); await frame(); }
  while (!take() && scroller) {
    const before = scroller.scrollTop;
    scroller.scrollTop = before + Math.max(scroller.clientHeight * 0.6, 20);
    await frame(); await frame();
    if (scroller.scrollTop <= before) break;
  }
  if (until === null && scroller) { scroller.scrollTop = start; await frame(); }
  return seen;
}"""

_SHOWN: Final = f"""async (found, [css, wanted]) => {{
  const about = {_ABOUT};
  const squeeze = (text) => {{ const one = text.replace(/\\s+/g, " ").trim(); return /^[\\u3400-\\u9fff] [\\u3400-\\u9fff]$/.test(one) ? one.replace(" ", "") : one; }};
  let shown = [];
  for (let left = 60; left > 0; left -= 1) {{
    shown = (about(found, css).values || []).map(squeeze);
    if (shown.length === wanted.length && wanted.every((one) => shown.includes(one))) return null;
    await new Promise((done) => requestAnimationFrame(done));
  }}
  return shown;
}}"""
_GOING: Final = 1000.0  # milliseconds that a list may take to close


async def read_select(widget: Widget) -> str:
    """The chosen option, or several parted by `, `; empty where none is chosen."""
    return ", ".join(await _values(widget))


async def options_of_select(widget: Widget) -> tuple[str, ...]:
    """Every option that can be chosen, in order; the list is closed again and nothing is chosen."""
    about = await _about(widget)
    if about["kind"] == "native":
        return tuple(squeeze(text) for text in about["options"])
    field = _field(widget, about)
    popup = await _open(widget, field)
    found = await _list(widget, popup, None)
    await _close(widget, field, popup)
    return tuple(squeeze(one["text"]) for one in found if not one["off"])


async def set_select(widget: Widget, value: str | Sequence[str]) -> None:
    """Choose one option, or exactly these of a select that takes several; check that the page shows them.

    Raises `ElementMissing` where an option is not offered, `ReadBackMismatch` where another one is shown after it.
    """
    wanted = [squeeze(value)] if isinstance(value, str) else [squeeze(one) for one in value]
    about = await _about(widget)
    shown = [squeeze(one) for one in about["values"]]
    if sorted(shown) == sorted(wanted):
        return
    if about["kind"] == "native":
        native = widget.place if about["up"] else widget.place.locator("select")
        await native.select_option(label=wanted, timeout=widget.reach.step_seconds * SECOND)
    else:
        field = _field(widget, about)
        popup = await _open(widget, field)
        several = not isinstance(value, str)
        for text in [one for one in shown if several and one not in wanted] + [
            one for one in wanted if one not in shown
        ]:
            await _choose(widget, popup, field, text)
        if several:
            await _close(widget, field, popup)
    await _shown(widget, wanted)


async def _choose(widget: Widget, popup: Locator, field: Locator, text: str) -> None:
    css = widget.parts["option"]
    option = popup.locator(css).filter(has_text=pattern(text), visible=True)
    if not await option.count():
        there = await _list(widget, popup, text)
        if not await option.count():
            offered = [squeeze(one["text"]) for one in there if not one["off"]]
            await _close(widget, field, popup)
            listed = " | ".join(offered[:12]) + (f" and {len(offered) - 12} more" if len(offered) > 12 else "")
            raise ElementMissing(
                f"{widget.key} does not offer {text}; it offers: {listed}", key=widget.key, seen=listed
            )
    off = widget.parts["option_off"]
    if await option.evaluate_all("(all, off) => all.length === 1 && all[0].matches(off)", off):
        await _close(widget, field, popup)
        raise ElementMissing(f"{widget.key} offers {text}, but it is disabled", key=widget.key, seen=text)
    await widget.press(option)


async def _about(widget: Widget) -> dict[str, Any]:
    about: dict[str, Any] = await widget.place.evaluate(_ABOUT, dict(widget.parts))
    if about["kind"] == "none":
        raise await widget.reach.signs.missing(widget.key, "is no select of this library")
    return about


async def _values(widget: Widget) -> list[str]:
    return [squeeze(one) for one in (await _about(widget))["values"]]


def _field(widget: Widget, about: dict[str, Any]) -> Locator:
    """The library's own field: around what was found (a label leads to the input inside), or inside it."""
    css = widget.parts["select"]
    if about["up"]:
        field = widget.place.locator("xpath=ancestor-or-self::*").and_(widget.scope.locator(css)).last
    else:
        field = widget.place.locator(css)
    opener = widget.parts["select_open"]
    return field.locator(opener) if opener else field


async def _open(widget: Widget, field: Locator) -> Locator:
    popup = widget.scope.locator(widget.parts["popup"]).filter(visible=True)
    if await popup.count() and not await _left(widget, popup):  # of another field, and on its way out
        raise await widget.reach.finder.ambiguous(widget.key, popup)
    await widget.press(field)
    first = popup.locator(widget.parts["option"]).filter(visible=True).first
    try:
        await first.wait_for(state="visible", timeout=widget.reach.step_seconds * SECOND)
    except PlaywrightTimeout:
        await widget.reach.signs.check()
        raise await widget.reach.signs.missing(widget.key, "opens no list of options") from None
    if await popup.count() > 1:
        raise await widget.reach.finder.ambiguous(widget.key, popup)
    return popup


async def _list(widget: Widget, popup: Locator, until: str | None) -> list[dict[str, Any]]:
    handle = await popup.element_handle()
    found: list[dict[str, Any]] = await handle.evaluate(
        f"(popup, args) => ({_LIST})([popup, ...args])", [dict(widget.parts), until]
    )
    return found


async def _close(widget: Widget, field: Locator, popup: Locator) -> None:
    """Close the list without choosing: a second click on the field, or leaving it, as libraries differ.

    The Escape key is not used: some dialogs take it for themselves.
    """
    await widget.press(field)
    if not await _left(widget, popup):
        raise await widget.reach.signs.missing(widget.key, "does not close its list of options")


async def _left(widget: Widget, popup: Locator) -> bool:
    """Whether an open list goes: by itself, or at the latest when its field loses the focus."""
    for blur in (False, True):
        if blur:
            await widget.scope.locator(":focus").evaluate_all("(all) => all.forEach((one) => one.blur())")
        try:
            await popup.first.wait_for(state="hidden", timeout=_GOING)
        except PlaywrightTimeout:
            continue
        return True
    return False


async def _shown(widget: Widget, wanted: list[str]) -> None:
    """Wait until the field shows what was chosen."""
    shown = await widget.place.evaluate(_SHOWN, [dict(widget.parts), wanted])
    if shown is not None:
        said = ", ".join(squeeze(one) for one in shown) or "nothing"
        raise ReadBackMismatch(
            f"{widget.key} shows {said} after {', '.join(wanted)} was chosen", key=widget.key, seen=said
        )
