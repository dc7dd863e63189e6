"""What a form says of itself: required fields that are empty, and why a button cannot be pressed."""

from __future__ import annotations

import time
from typing import Any, Final

from playwright.async_api import Locator, Page

from automation.browser.controls.table import DISABLED
from automation.browser.find import Root
from automation.browser.libraries import Parts
from automation.browser.probe import probe
from automation.browser.reach import Widget
from automation.browser.signs import refused
from automation.browser.waiting import SECOND, Wait, passing
from automation.browser.wording import fold, squeeze
from automation.errors import Barrier, Ineligible
from automation.pack import Pack

_TOOLTIP: Final = 6.0  # seconds that a tooltip may take to come, however often one points
_POINTED: Final = 1.5  # seconds that it may take once one points

_SAYS: Final = f"""(one) => ({{
  text: one.innerText, title: one.title || one.getAttribute("aria-description") || "", disabled: ({DISABLED})(one),
}})"""
_UNFILLED: Final = r"""(box, css) => {
  const shown = (one) => one.getBoundingClientRect().height > 0;
  const has = (one, part) => css[part] && (one.matches(css[part]) || one.querySelector(css[part]));
  const all = (one, part) => (css[part] ? [...one.querySelectorAll(css[part])] : []);
  const filled = (one) => {
    if (all(one, "select_tag").length || all(one, "select_value").some((it) => it.innerText.trim())) return true;
    if (one.querySelector("input:checked") || one.querySelector("[aria-checked=true]")) return true;
    if (all(one, "upload_item").some(shown)) return true;
    if ([...one.querySelectorAll("input[type=file]")].some((it) => it.files.length)) return true;
    const others = ["radio", "checkbox", "file", "hidden"].map((type) => `[type=${type}]`).join();
    const typed = `input:not(${others}, [role=combobox]), textarea, select`;
    const searched = (it) => css.select && it.tagName !== "SELECT" && it.closest(css.select);
    return [...one.querySelectorAll(typed)].some((it) => it.value.trim() && !searched(it));
  };
  const fields = all(box, "field").filter((one) => shown(one) && !all(one, "field").length);
  const takes = (one) => one.querySelector("input, textarea, select, [role=combobox]");
  const label = (one) => (css.field_label && one.querySelector(css.field_label)) || { innerText: "" };
  const lacks = (one) => has(one, "field_required") && takes(one) && !filled(one);
  return fields.filter(lacks).map((one) => label(one).innerText);
}"""


async def unfilled(widget: Widget) -> tuple[str, ...]:
    """The labels of the required fields in a container that are empty."""
    labels: list[str] = await probe(widget.place, _UNFILLED, dict(widget.parts))
    return tuple(squeeze(label).strip("*＊:： ") for label in labels)


async def heed(pack: Pack, root: Root, key: str, place: Locator, css: Parts) -> None:
    """Raise what a button says against pressing it: by its text, its title, or the tooltip over one that refuses.

    `root` is the document that it lies in: its tooltip comes there.
    """
    said: dict[str, Any] = await probe(place, _SAYS)
    told = next((error for text in (said["text"], said["title"]) if (error := refused(pack, text, key=key))), None)
    if told is None and not said["disabled"]:
        return
    # A button that says no ("不可申诉") says why only when one points at it: the cause is worth more than the no.
    cause = fold(said["title"]) or await _tooltip(root, place, css)
    error = refused(pack, cause, key=key) if cause else told
    if error is None and isinstance(told, Ineligible) and told.barrier is not Barrier.OTHER:
        error = told
    if error is not None:
        raise error
    raise Ineligible(
        f"{key} refuses: {cause or 'the page does not say why'}", barrier=Barrier.OTHER, key=key, seen=cause
    )


async def _tooltip(root: Root, place: Locator, css: Parts) -> str:
    """What the tooltip says that comes when one points at an element, disabled ones included."""
    if not css["tooltip"]:
        return ""
    end, page = time.monotonic() + _TOOLTIP, place.page
    tips = root.locator(css["tooltip"]).filter(visible=True)
    text = ""
    while not text and time.monotonic() < end:
        with passing():
            text = await _pointed_at(page, place, tips)
        await page.mouse.move(0, 0)
    return text


async def _pointed_at(page: Page, place: Locator, tips: Locator) -> str:
    """What comes soon after one points at an element; nothing if it moved away meanwhile, say."""
    await place.scroll_into_view_if_needed(timeout=_POINTED * SECOND)
    before = await tips.all_inner_texts()
    box = await place.bounding_box()
    if box is None:
        return ""
    await page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    wait = Wait(page, None, _POINTED)
    while True:
        if found := [text for text in await tips.all_inner_texts() if text not in before]:
            return fold(found[-1])
        if await wait.over():
            return ""
