"""Selects: native ones, and those whose options hang elsewhere in the document, perhaps only as far as they are seen.

The library's own field is opened with a click, an option is scrolled to and clicked; keyboards choose wrong in one
library and nothing in another. A long list is scrolled inside the page, in one call.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Final

from playwright.async_api import Locator
from playwright.async_api import TimeoutError as PlaywrightTimeout

from automation.browser.probe import probe
from automation.browser.reach import Widget
from automation.browser.waiting import SECOND
from automation.browser.wording import pattern, squeeze
from automation.errors import ElementMissing, ReadBackMismatch

_ABOUT: Final = """(field, css) => {
  if (field.tagName === "SELECT") {
    const named = (all) => [...all].filter((one) => !one.disabled && one.value !== "").map((one) => one.label);
    return { native: true, values: named(field.selectedOptions), offered: named(field.options) };
  }
  const text = (one) => one.title || one.innerText || one.value || "";
  const said = (css) => (css ? [...field.querySelectorAll(css)].map(text).filter((one) => one.trim()) : []);
  const many = said(css.select_tag);
  return { native: false, values: many.length ? many : said(css.select_value).slice(0, 1) };
}"""

# Reads a list from its beginning, as far as `until` (or to its end), and leaves it there. While it still unfolds, its
# places are not the true ones, so that is waited for. Lists that keep only what is seen in the document are scrolled
# view by view, and each view is waited for until options fill it. Some libraries scroll by themselves to the chosen
# option while they open: then the view is asked for again.
_LIST: Final = r"""async (popup, [css, until]) => {
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  const plain = (one) => (one.innerText.trim() || one.title || one.getAttribute("aria-label") || "")
    .replace(/\s+/g, " ").trim();
  const tall = (one) => one.scrollHeight > one.clientHeight + 1;
  const scroller = css.scroller ? [...popup.querySelectorAll(css.scroller)].find(tall) : null;
  const drawn = () => [...popup.querySelectorAll(css.option)].map((one) => [one, one.getBoundingClientRect()])
    .filter(([, box]) => box.height > 0).sort(([, one], [, other]) => one.top - other.top);
  const seen = [];
  const take = () => {
    const top = scroller ? scroller.getBoundingClientRect().top - scroller.scrollTop : 0;
    const option = ([one, box]) => ({ text: plain(one), off: one.matches(css.option_off), top: box.top - top });
    const now = drawn().map(option);
    for (const one of now) if (!seen.length || one.top > seen[seen.length - 1].top + 2) seen.push(one);
    return until !== null && now.some((one) => one.text === until);
  };
  const view = async (wanted) => {
    for (let left = 40; left > 0; left -= 1) {
      scroller.scrollTop = wanted;
      await frame();
      const box = scroller.getBoundingClientRect(), all = drawn(), most = scroller.scrollHeight - scroller.clientHeight;
      const full = all.length && all[0][1].top <= box.top + 12 && all[all.length - 1][1].bottom >= box.bottom - 12;
      if (full && Math.abs(scroller.scrollTop - Math.min(wanted, most)) < 2) return;
    }
  };
  const size = () => { const box = popup.getBoundingClientRect(); return `${box.top} ${box.height}`; };
  for (let left = 120, last = ""; left > 0 && (last !== (last = size()) || !drawn().length); left -= 1) await frame();
  const start = scroller ? scroller.scrollTop : 0;
  if (scroller) await view(0);
  for (let at = 0; !take() && scroller && at < scroller.scrollHeight - scroller.clientHeight - 1;) {
    at += Math.max(scroller.clientHeight * 0.9, 20);
    await view(at);
  }
  if (until === null && scroller) scroller.scrollTop = start;
  return seen;
}"""
_SHOWN: Final = f"""async (found, [css, wanted]) => {{
  const about = {_ABOUT};
  const two = /^([\\u3400-\\u9fff]) ([\\u3400-\\u9fff])$/;
  const squeeze = (text) => text.replace(/\\s+/g, " ").trim().replace(two, "$1$2");
  let shown = [];
  for (let left = 60; left > 0; left -= 1) {{
    shown = (about(found, css).values || []).map(squeeze);
    if (shown.length === wanted.length && wanted.every((one) => shown.includes(one))) return null;
    await new Promise((done) => requestAnimationFrame(done));
  }}
  return shown;
}}"""
_OFF: Final = "(all, off) => all.map((one) => one.matches(off))"
_SCROLLED: Final = 1.0  # seconds after which an option that cannot be clicked is scrolled to anew
_NAMED: Final = 12  # options that an error names
_GOING: Final = 1000.0  # milliseconds that a list may take to close


async def read_select(widget: Widget) -> str:
    """The chosen option, or several parted by `, `; empty where none is chosen."""
    return ", ".join(await _values(widget))


async def options_of_select(widget: Widget) -> tuple[str, ...]:
    """Every option that can be chosen, in order; nothing is chosen.

    The list stays open for the choice that mostly comes next; whatever else is done to the page closes it first.
    """
    about = await _about(widget)
    if about["native"]:
        return tuple(squeeze(text) for text in about["offered"])
    field = _field(widget)
    popup = await _open(widget, field)
    found = await _list(widget, popup, None)
    if not found:  # it closed while it was read: something came over it
        await widget.reach.signs.check()
        popup = await _open(widget, field)
        found = await _list(widget, popup, None)

    async def close() -> None:
        if await popup.count():
            await _close(widget, field, popup)

    widget.reach.leave_open(widget.key, close)
    return tuple(squeeze(one["text"]) for one in found if not one["off"])


async def set_select(widget: Widget, value: str | Sequence[str]) -> None:
    """Choose one option, or exactly these of a select that takes several; check that the page shows them.

    Raises `ElementMissing` where an option is not offered, `ReadBackMismatch` where another one is shown after it.
    """
    wanted = [squeeze(value)] if isinstance(value, str) else [squeeze(one) for one in value]
    about = await _about(widget)
    shown = [squeeze(one) for one in about["values"]]
    if sorted(shown) == sorted(wanted):
        await widget.reach.close_list()
        return
    if about["native"]:
        await _offered(widget, wanted, about["offered"])
        await widget.place.select_option(label=wanted, timeout=widget.reach.step_seconds * SECOND)
    else:
        field = _field(widget)
        popup = await _open(widget, field)
        several = not isinstance(value, str)
        for text in [one for one in shown if several and one not in wanted] + [
            one for one in wanted if one not in shown
        ]:
            await _choose(widget, popup, field, text)
        if several:
            await _close(widget, field, popup)
    other = await _shows_other(widget, wanted)
    if other == shown and isinstance(value, str) and not about["native"]:
        # The press was lost, on a busy machine: choosing again changes no more. The list may still be there.
        popup = popup if await popup.count() == 1 else await _open(widget, field)
        await _choose(widget, popup, field, wanted[0])
        other = await _shows_other(widget, wanted)
    if other is not None:
        said = ", ".join(squeeze(one) for one in other) or "nothing"
        raise ReadBackMismatch(
            f"{widget.key} shows {said} after {', '.join(wanted)} was chosen", key=widget.key, seen=said
        )


async def _choose(widget: Widget, popup: Locator, field: Locator, text: str) -> None:
    css = widget.parts["option"]
    option = popup.locator(css).filter(has_text=pattern(text), visible=True)
    disabled = await option.evaluate_all(_OFF, widget.parts["option_off"])
    if not disabled:
        there = await _list(widget, popup, text)
        disabled = await option.evaluate_all(_OFF, widget.parts["option_off"])
        if not disabled:
            await _close(widget, field, popup)
            await _offered(widget, [text], [squeeze(one["text"]) for one in there if not one["off"]])
    if disabled == [True]:
        await _close(widget, field, popup)
        raise ElementMissing(f"{widget.key} offers {text}, but it is disabled", key=widget.key, seen=text)
    try:
        await widget.press(option, seconds=_SCROLLED)
    except ElementMissing:  # the list scrolled away by itself, to the option that was chosen before, or it closed
        if not await popup.count():
            await _open(widget, field)
        await _list(widget, popup, text)
        await widget.press(option)


async def _offered(widget: Widget, wanted: Sequence[str], offered: Sequence[str]) -> None:
    there = [squeeze(one) for one in offered]
    missing = [one for one in wanted if one not in there]
    if missing:
        listed = " | ".join(there[:_NAMED]) + (f" and {len(there) - _NAMED} more" if len(there) > _NAMED else "")
        raise ElementMissing(
            f"{widget.key} does not offer {' | '.join(missing)}; it offers: {listed}", key=widget.key, seen=listed
        )


async def _about(widget: Widget) -> dict[str, Any]:
    about: dict[str, Any] = await probe(widget.place, _ABOUT, dict(widget.parts))
    return about


async def _values(widget: Widget) -> list[str]:
    return [squeeze(one) for one in (await _about(widget))["values"]]


def _field(widget: Widget) -> Locator:
    """Where a click opens the list."""
    opener = widget.parts["select_open"]
    return widget.place.locator(opener) if opener else widget.place


async def _open(widget: Widget, field: Locator) -> Locator:
    popup = widget.scope.locator(widget.parts["popup"]).filter(visible=True)
    if widget.reach.take_open(widget.key) and await _comes(popup):
        return popup
    if await popup.count() and not await _left(widget, popup):  # of another field, and on its way out
        raise await widget.reach.finder.ambiguous(widget.key, popup)
    first = popup.locator(widget.parts["option"]).filter(visible=True).first
    for again in (True, False):
        await widget.press(field)
        try:
            await first.wait_for(state="visible", timeout=widget.reach.step_seconds * SECOND)
            break
        except PlaywrightTimeout:
            if again and (await widget.reach.popups.close(widget.place) or not await popup.count()):
                continue  # a pop-up came over the list and closed it, or the page was drawn anew
            await widget.reach.signs.check()
            raise await widget.reach.signs.missing(widget.key, "opens no list of options") from None
    if await popup.count() > 1:
        raise await widget.reach.finder.ambiguous(widget.key, popup)
    return popup


async def _list(widget: Widget, popup: Locator, until: str | None) -> list[dict[str, Any]]:
    try:
        handle = await popup.element_handle(timeout=SECOND)
    except PlaywrightTimeout:  # something took the focus from it, and it closed
        await widget.reach.signs.check()
        handle = await (await _open(widget, _field(widget))).element_handle(timeout=widget.reach.step_seconds * SECOND)
    found: list[dict[str, Any]] = await handle.evaluate(_LIST, [dict(widget.parts), until])
    return found


async def _close(widget: Widget, field: Locator, popup: Locator) -> None:
    """Close the list without choosing: by a second click on the field, or by the key with which one leaves it.

    Escape is not that key: some dialogs take it for themselves.
    """
    key = widget.parts["select_leave"]
    if key:
        await field.focus()  # after a choice it may lie on the option
        await widget.reach.finder.page.keyboard.press(key)
    else:
        arrow = widget.parts["select_close"]
        await widget.press(widget.place.locator(arrow) if arrow else field)
    if not await _left(widget, popup):
        raise await widget.reach.signs.missing(widget.key, "does not close its list of options")


async def _comes(popup: Locator) -> bool:
    """Whether a list that was left open is there: while it finds its place, it may not be seen for a moment."""
    with suppress(PlaywrightTimeout):
        await popup.first.wait_for(state="visible", timeout=_GOING)
    return await popup.count() == 1


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


async def _shows_other(widget: Widget, wanted: list[str]) -> list[str] | None:
    """Wait until the field shows what was chosen: then None, else what it shows in place of it."""
    other: list[str] | None = await probe(widget.place, _SHOWN, [dict(widget.parts), wanted])
    return other
