"""What the page itself says where something is missing: a dead session, a refusal, a dialog for people.

An error that the page explains is worth more than one that says what was not found.
"""

from __future__ import annotations

import asyncio
from typing import Final

from playwright.async_api import Error

from automation.browser.find import Finder
from automation.browser.guard import check_origin
from automation.browser.libraries import parts
from automation.browser.wording import fold, says, short
from automation.errors import (
    Barrier,
    ElementMissing,
    FlowError,
    HandOver,
    Ineligible,
    SessionDead,
    SiteFault,
    Throttled,
    UploadFailed,
)
from automation.pack import Pack, Refusal

_OUTLINE: Final = """(title) => {
  const shown = (one) => { const box = one.getBoundingClientRect(); return box.width > 0 && box.height > 0; };
  const said = (css, most) => [...document.querySelectorAll(css)].filter(shown)
    .map((one) => one.innerText || (one.type === "submit" && one.value) || one.getAttribute("aria-label") || "")
    .filter((text) => text.trim()).slice(0, most);
  return [said(title, 3), said("h1, h2, h3, [role=heading]", 4), said("button, [role=button], input[type=submit]", 12)];
}"""


class Signs:
    """Looks at one page, without waiting."""

    def __init__(self, finder: Finder) -> None:
        self._finder = finder
        self._pack = finder.pack
        self._parts = parts(finder.pack)
        self.dialog = self._parts["dialog"] + ", [role=dialog], [role=alertdialog]"
        self.signing_in = False  # a sign-in page is where one wants to be then, and no dead session

    async def check(self, *, people: bool = True) -> None:
        """Raise what the page says of itself; return where it says nothing. Without `people`, dialogs for people do
        not count: the step may be going on behind them.
        """
        check_origin(self._finder.page)
        if not self.signing_in:
            dead = await self._finder.which(self._pack.sign_in.dead_when)
            if dead is not None:
                raise SessionDead(f"the site wants a new sign-in: it shows the page {dead}", key=dead)
            await self._leave_to_people()
        refusal = await self.refusal()
        if refusal is not None:
            raise refusal
        if people and (guarded := await self.guarded()):
            raise HandOver(
                f"a dialog that is left to people is open: {guarded}", hint="answer it in a browser of your own"
            )

    async def for_people(self) -> str:
        """The element that is there now of those that the pack leaves to people; empty where there is none."""
        keys = self._pack.for_people
        there = await asyncio.gather(*(self._finder.visible(key) for key in keys))
        return next((key for key, one in zip(keys, there, strict=True) if one), "")

    async def _leave_to_people(self) -> None:
        if key := await self.for_people():
            raise HandOver(f"the page shows {key}, which is left to people", hint="answer it in a browser of your own")

    async def refusal(self) -> FlowError | None:
        """The error for a refusal of the pack that a toast, an alert or a dialog shows now."""
        if not self._pack.refusals:
            return None
        said = await asyncio.gather(*(self._said(key) for key in self._pack.messages))
        for key, texts in zip(self._pack.messages, said, strict=True):
            for text in texts:
                error = refused(self._pack, text, key=key)
                if error is not None:
                    return error
        return None

    async def _said(self, key: str) -> list[str]:
        found = await asyncio.gather(*(way.all_inner_texts() for way in await self._finder.ways(key)))
        return [text for texts in found for text in texts]

    async def guarded(self) -> str:
        """The first words of a visible dialog that the pack leaves to people; empty where there is none."""
        words = [fold(word) for word in self._pack.never_close]
        if not words:
            return ""
        for root in await self._finder.roots():
            for text in await root.locator(self.dialog).filter(visible=True).all_inner_texts():
                if any(word in fold(text) for word in words):
                    return short(text)
        return ""

    async def missing(self, key: str, what: str = "is not there") -> ElementMissing:
        """The error for a key that cannot be acted on, with what the page shows instead."""
        seen = await self.outline()
        return ElementMissing(f"{key} {what}; the page shows: {seen}", key=key, seen=seen)

    async def outline(self) -> str:
        """What the page shows, shortened and without what people typed: titles of dialogs, headings, buttons."""
        try:
            roots = await self._finder.roots()
            found = await asyncio.gather(*(root.evaluate(_OUTLINE, self._parts["dialog_title"]) for root in roots))
        except Error:
            return "a page that is being replaced"
        told = zip(("dialog", "headings", "buttons"), zip(*found, strict=True), strict=True)
        named = [(name, [short(text, 24) for one in texts for text in one]) for name, texts in told]
        said = "; ".join(f"{name} {' | '.join(dict.fromkeys(texts))}" for name, texts in named if texts)
        return said or "nothing with a heading or a button"


def refused(pack: Pack, text: str, *, key: str = "") -> FlowError | None:
    """The error for a wording that the pack knows as a refusal, or None."""
    for refusal in pack.refusals:
        if any(says(wording, text) for wording in refusal.says):
            return _error(refusal, text, key)
    return None


def _error(refusal: Refusal, text: str, key: str) -> FlowError:
    seen = fold(text)
    said = f"the site refuses: {seen}"
    match refusal.means:
        case "too_fast":
            return Throttled(said, wait=refusal.wait_seconds, key=key, seen=seen)
        case "site_fault":
            return SiteFault(said, key=key, seen=seen)
        case "upload_refused":
            return UploadFailed(said, key=key, seen=seen)
        case barrier:
            return Ineligible(said, barrier=Barrier(barrier), key=key, seen=seen)
