"""Text fields, one line or many, and number fields."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any, Final

from playwright.async_api import Error, Locator

from automation.browser.probe import probe
from automation.browser.reach import Widget
from automation.browser.waiting import SECOND
from automation.browser.wording import fold, units
from automation.errors import PacketUnfit, ReadBackMismatch

_EDITABLE: Final = "input:not([type=hidden], [type=file]), textarea, [contenteditable]:not([contenteditable=false])"

# The value, and how much the field takes: its maxlength, or a counter such as `0 / 200` beside it. A field that breaks
# long lines when it is sent (`wrap=hard`) holds another text than the site gets: what would be sent counts.
_FIELD: Final = r"""(found, editable) => {
  const field = found.matches(editable) ? found : found.querySelector(editable);
  if (!field) return null;
  const sent = field.wrap === "hard" && field.form && field.name ? new FormData(field.form).getAll(field.name) : [];
  const wraps = sent.length === 1 && sent[0].replaceAll("\r\n", "\n") !== field.value;
  const value = field.isContentEditable ? field.innerText : wraps ? sent[0].replaceAll("\r\n", "\n") : field.value;
  let limit = field.maxLength > 0 ? field.maxLength : null;
  for (let box = field.parentElement, up = 0; limit === null && box && up < 4; box = box.parentElement, up += 1) {
    if (box.querySelectorAll(editable).length > 1) break;
    const parts = [...box.querySelectorAll("*")].filter((one) => one.children.length < 4);
    const said = [box.dataset.count, ...parts.map((one) => one.textContent)];
    const counter = said.map((text) => /^\s*(\d+)\s*\/\s*(\d+)\s*$/.exec(text || "")).find(Boolean);
    if (counter) limit = Number(counter[2]);
  }
  const breaks = wraps ? field.cols : 0;
  return { value, limit, breaks, number: field.type === "number" || field.getAttribute("role") === "spinbutton" };
}"""


async def set_text(widget: Widget, value: str) -> None:
    """Fill the field and check that it took exactly that.

    Raises `PacketUnfit` where the text is longer than the field takes, `ReadBackMismatch` where it shows another.
    """
    await _fill(widget, value)
    state = await _state(widget)
    shown, limit = state["value"], state["limit"]
    wanted = value.replace("\r\n", "\n")
    if limit is not None and not state["number"] and units(wanted) > limit:
        raise PacketUnfit(
            f"{widget.key} takes {limit} characters, the text has {units(wanted)}",
            field=widget.key, limit=str(limit), key=widget.key, hint="shorten the text; nothing was sent",
        )  # fmt: skip
    if shown == wanted or (state["number"] and _same_number(shown, wanted)):
        return
    if state["breaks"]:
        raise PacketUnfit(
            f"{widget.key} breaks lines of more than {state['breaks']} characters when it is sent",
            field=widget.key, limit=str(state["breaks"]), key=widget.key,
            hint="break the lines yourself and have it approved again; nothing was sent",
        )  # fmt: skip
    if shown and wanted.startswith(shown):
        raise PacketUnfit(
            f"{widget.key} cuts the text after {units(shown)} of {units(wanted)} characters",
            field=widget.key, limit=str(units(shown)), key=widget.key, hint="shorten the text; nothing was sent",
        )  # fmt: skip
    raise ReadBackMismatch(f"{widget.key} shows another text than the one it was given", key=widget.key)


async def read_text(widget: Widget) -> str:
    """The field's value, as it is."""
    return str((await _state(widget))["value"])


async def limit_of_text(widget: Widget) -> int | None:
    """How many UTF-16 units the field takes, as the page says."""
    limit = (await _state(widget))["limit"]
    return None if limit is None else int(limit)


async def _fill(widget: Widget, value: str) -> None:
    patience = widget.reach.step_seconds * SECOND
    try:
        await widget.place.fill(value, timeout=patience)
    except Error as error:
        if "not an <input>" not in error.message:
            raise
        await _inside(widget).fill(value, timeout=patience)


def _inside(widget: Widget) -> Locator:
    return widget.place.locator(_EDITABLE).filter(visible=True)


async def _state(widget: Widget) -> dict[str, Any]:
    state: dict[str, Any] | None = await probe(widget.place, _FIELD, _EDITABLE)
    if state is None:
        raise await widget.reach.signs.missing(widget.key, "holds no field that takes text")
    return state


def _same_number(shown: str, wanted: str) -> bool:
    try:
        return Decimal(fold(shown).replace(",", "")) == Decimal(fold(wanted).replace(",", ""))
    except InvalidOperation:
        return False
