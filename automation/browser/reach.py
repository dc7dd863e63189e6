"""Reaching an element as a person would: waiting until it is there, and clicking it for real, never through a cover."""

from __future__ import annotations

import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, Protocol

from playwright.async_api import ElementHandle, Error, Locator
from playwright.async_api import TimeoutError as PlaywrightTimeout

from automation.browser.find import RADIOS, Finder, Scope
from automation.browser.libraries import Parts
from automation.browser.popups import Popups
from automation.browser.probe import probe
from automation.browser.signs import Signs
from automation.browser.waiting import SECOND, FrameGone, Wait, frame_gone, passing, replaced
from automation.browser.wording import pattern
from automation.errors import ElementAmbiguous
from automation.pack import Control, Element

_FADING: Final = 0.7  # seconds that a second match may take to go: a dialog closing, a list drawn anew
_FIRST_TRY: Final = 1.0  # seconds for a click before a pop-up is suspected; less cuts clicks off on a busy machine
_CLICKED: Final = "performing click action"  # in Playwright's log once the mouse was pressed, whatever came after
_CAUSE: Final = re.compile(r"- *(.*(?:not enabled|not visible|not stable|intercepts pointer events).*)")


class RowMoved(Exception):
    """A row is no longer where it was seen; nothing was clicked. Stays in this package: the row is looked for again."""


class Guard(Protocol):
    """Watches over one click, for elements of a row. Raises `RowMoved`."""

    async def arm(self, target: ElementHandle) -> None:
        """Check that the target still belongs to the row, and see to it that a click elsewhere does nothing."""

    async def passed(self) -> bool:
        """Whether the click went where it was meant to."""


@dataclass(frozen=True, slots=True)
class Widget:
    """One control on the page, found and ready to be set or read."""

    key: str
    element: Element
    place: Locator
    scope: Scope  # the page or frame that it lies in: where the library hangs its pop-ups
    parts: Parts
    reach: Reach
    guard: Guard | None = None

    async def refuse_irreversible(self) -> None:
        """Raise `PackError` where this is what the pack marks as irreversible, under another key."""
        finder = self.reach.finder
        await finder.refuse_irreversible(self.key, self.place, frame=finder.frame_key(self.key))

    async def press(self, target: Locator, *, seconds: float | None = None) -> None:
        """Click a part of the control."""
        await self.reach.press(target, self.key, using=self.place, guard=self.guard, seconds=seconds)


class Reach:
    """Waits for elements of one page and presses them."""

    def __init__(self, finder: Finder, signs: Signs, popups: Popups, *, step_seconds: float) -> None:
        self.finder = finder
        self.signs = signs
        self.popups = popups
        self.step_seconds = step_seconds
        self.turned: set[str] = set()  # the tables of which a page was turned since a page was opened
        self._open_list: tuple[str, Callable[[], Awaitable[None]]] | None = None

    def leave_open(self, key: str, close: Callable[[], Awaitable[None]]) -> None:
        """A look at its options left the list of `key` open."""
        self._open_list = (key, close)

    def take_open(self, key: str) -> bool:
        """Whether the list of `key` was left open; it is the caller's now."""
        mine = self._open_list is not None and self._open_list[0] == key
        if mine:
            self._open_list = None
        return mine

    async def close_list(self, unless: str = "") -> None:
        """Close the list that was left open, unless it is this one's."""
        if self._open_list is not None and self._open_list[0] != unless:
            _, close = self._open_list
            self._open_list = None
            await close()

    async def one(self, key: str, *, within: str = "", scope: Scope | None = None) -> Locator:
        """The one visible element, waited for.

        Raises `ElementMissing` or `ElementAmbiguous`; before the former, whatever the page itself says.
        """
        wait = Wait(self.finder.page, self.signs.check, self.step_seconds)
        settled = False
        while True:
            with passing():
                try:
                    found = await self._first(key, within, scope, settled=settled)
                except ElementAmbiguous:
                    if settled:
                        raise
                    settled = True  # the second match had its time to go
                    continue
                if found is not None:
                    return found
            if await wait.over():
                raise await self.signs.missing(key)

    async def widget(
        self, key: str, *, within: str = "", scope: Scope | None = None, guard: Guard | None = None, table: str = ""
    ) -> Widget:
        """The control that a key means; with `scope` and `guard` the one in a row of `table`."""
        place = await self.one(key, within=within, scope=scope)
        finder = self.finder
        root = await finder.root(finder.frame_key(table or within or key))
        element = finder.element(key)
        if element.control is Control.SELECT and await probe(place, "(one, css) => one.matches(css)", RADIOS):
            element = element.model_copy(update={"control": Control.RADIO})
        css = await finder.parts_at(key, place)
        return Widget(key, element, place, root or finder.page, css, self, guard)

    async def says(self, key: str, text: str) -> bool:
        """Whether the element comes to have exactly this text in good time, over pages that replace each other."""
        wait = Wait(self.finder.page, None, self.step_seconds)
        while True:
            with passing():
                for way in await self.finder.ways(key):
                    if await way.filter(has_text=pattern(text)).count():
                        return True
            if await wait.over():
                return False

    async def press(
        self,
        target: Locator,
        key: str,
        *,
        using: Locator | None = None,
        guard: Guard | None = None,
        seconds: float | None = None,
    ) -> None:
        """Click one element for real: it must be visible, enabled, at rest, and covered by nothing.

        What lies in the way and may be closed is closed first. Raises `ElementMissing` where it cannot be clicked,
        `FrameGone` where its frame was replaced before the click, or what the page says of itself. A click that was
        given is never given again.
        """
        patience = _FIRST_TRY
        most = self.step_seconds if seconds is None else min(seconds, self.step_seconds)
        end = time.monotonic() + most
        last = end + most  # with pop-ups in the way, that take their time to be closed
        cause = ""
        while True:
            try:
                await self._click(target, guard, max(0.05, min(patience, end - time.monotonic())))
            except Error as error:
                if _CLICKED in error.message:
                    return  # it was clicked, and the page, the element or its frame went away or hangs
                if "strict mode violation" in error.message:
                    raise await self.finder.ambiguous(key, target) from error
                if frame_gone(error):
                    raise FrameGone(f"{key} was not clicked: its frame was replaced", key=key) from error
                if not (isinstance(error, PlaywrightTimeout) or replaced(error)):
                    raise
                cause = _cause(error) or cause
            else:
                return
            patience *= 2
            if await self.popups.close(using or target):
                end = min(last, max(end, time.monotonic() + patience))
                continue
            late = end <= time.monotonic()
            await self.signs.check(people=late or await self._covered(target, cause))
            if late:
                raise await self.signs.missing(key, f"cannot be clicked: {cause or 'it does not come to rest'}")

    async def _click(self, target: Locator, guard: Guard | None, seconds: float) -> None:
        if guard is None:
            await target.click(timeout=seconds * SECOND)
            return
        handle = await target.element_handle(timeout=seconds * SECOND)
        await guard.arm(handle)
        try:
            await handle.click(timeout=seconds * SECOND)
        finally:
            passed = await guard.passed()
        if not passed:
            raise RowMoved

    async def _covered(self, target: Locator, cause: str) -> bool:
        """Whether a dialog that the target is no part of lies over it."""
        if "intercepts" not in cause:
            return False
        inside = "(one, dialog) => Boolean(one.closest(dialog))"
        return not await target.first.evaluate(inside, self.signs.dialog, timeout=SECOND)

    async def _first(self, key: str, within: str, scope: Scope | None, *, settled: bool) -> Locator | None:
        found = await self.finder.look(key, within=within, scope=scope)
        if found is None:
            return None
        way, count = found
        if count > 1:
            if not settled:
                with passing():
                    await way.nth(1).wait_for(state="hidden", timeout=min(_FADING, self.step_seconds) * SECOND)
                    return await self._first(key, within, scope, settled=True)
            raise await self.finder.ambiguous(key, way)
        return way


def _cause(error: Error) -> str:
    found = _CAUSE.findall(error.message)
    text = found[-1] if found else ""
    return re.sub(r"<[^>]{60,}>", "<…>", text)[:160]
