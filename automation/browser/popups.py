"""Closing the pop-ups that the pack allows to be closed, one over the other, and no others.

A pop-up that holds the element in use is none, nor is a form: reviews and descriptions may say what pop-ups say. One
that says a word of `never_close` is never touched.
"""

from __future__ import annotations

from functools import reduce
from typing import Final

from playwright.async_api import ElementHandle, Error, Locator
from playwright.async_api import TimeoutError as PlaywrightTimeout

from automation.browser.find import Finder
from automation.browser.wording import fold
from automation.errors import ElementMissing, HandOver
from automation.pack import Popup

_CHAIN: Final = 6  # as many pop-ups as may come one after the other
_FORM: Final = "textarea, input[type=file]"
_COVERED: Final = 600.0  # milliseconds for one click: another pop-up may lie above, and is tried next
_ROUNDS: Final = 3  # where none could be closed, each further round has twice the time: machines can be busy


class Popups:
    """The pop-ups of one page."""

    def __init__(self, finder: Finder) -> None:
        self._finder = finder
        self._popups = finder.pack.popups
        page = finder.page
        ways = [finder.way(page, way) for popup in self._popups.values() for way in popup.find]
        self._any = reduce(Locator.or_, ways).filter(visible=True) if ways else None

    async def any(self) -> bool:
        """Whether a pop-up is there, be it one that may be closed or not."""
        return self._any is not None and await self._any.count() > 0

    async def close(self, using: Locator | None = None) -> int:
        """Close what may be closed and does not hold the element in use; returns how many were.

        Raises `ElementMissing` where a pop-up does not close, `HandOver` where they do not stop coming.
        """
        if not await self.any():
            return 0
        held = await using.element_handle(timeout=1000) if using is not None and await using.count() == 1 else None
        closed, failed = 0, 0
        while True:
            covered = ""
            progress = False
            for name, popup in self._popups.items():
                for box in await self._boxes(popup, held):
                    if closed == _CHAIN:
                        raise HandOver(
                            f"pop-ups do not stop coming: {closed} were closed, and {name} is there",
                            hint="look at the page in a browser of your own",
                        )
                    if await self._shut(name, box, _COVERED * 2**failed):
                        closed += 1
                        progress = True
                    else:
                        covered = f"popups.{name}"
            failed = failed + 1 if covered and not progress else 0
            if failed == _ROUNDS:
                raise ElementMissing(
                    f"{covered} does not close: its `close` matches nothing that can be clicked", key=covered
                )
            if not progress and not covered:
                return closed

    async def _boxes(self, popup: Popup, held: ElementHandle | None) -> list[Locator]:
        """The visible pop-ups of one kind that may be closed, the newest first."""
        for way in popup.find:
            found = self._finder.way(self._finder.page, way).filter(visible=True)
            boxes = [found.nth(number) for number in range(await found.count())]
            if boxes:
                return [box for box in reversed(boxes) if await self._may_close(box, held)]
        return []

    async def _may_close(self, box: Locator, held: ElementHandle | None) -> bool:
        try:
            said, holds = await box.evaluate(
                "(box, [held, form]) => [box.innerText, !!box.querySelector(form) || (!!held && box.contains(held))]",
                [held, _FORM],
                timeout=_COVERED,
            )
        except Error:
            return False  # it went by itself, or the element in use lies in another frame
        return not holds and not any(fold(word) in fold(said) for word in self._finder.pack.never_close)

    async def _shut(self, name: str, box: Locator, patience: float) -> bool:
        for way in self._popups[name].close:
            button = self._finder.way(box, way).filter(visible=True)
            if await button.count() != 1:
                continue
            await self._finder.refuse_irreversible(f"popups.{name}", button)
            try:
                handle = await box.element_handle(timeout=patience)
                await button.click(timeout=patience)
                await handle.wait_for_element_state("hidden", timeout=5 * patience)
            except PlaywrightTimeout:
                return False
            return True
        return False
