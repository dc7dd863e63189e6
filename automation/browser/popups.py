"""Closing the pop-ups that the pack allows to be closed, one over the other, and no others.

A pop-up that holds the element in use is none, nor is a form: reviews and descriptions may say what pop-ups say. One
that says a word of `never_close` is never touched.
"""

from __future__ import annotations

from functools import reduce
from typing import Final

from playwright.async_api import ElementHandle, Error, Frame, Locator
from playwright.async_api import TimeoutError as PlaywrightTimeout

from automation.browser.find import Finder, Root
from automation.browser.waiting import passing
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
        self._any = self._all(finder.page)

    async def any(self) -> bool:
        """Whether a pop-up is there, on the page or in a frame of the pack's, be it one that may be closed or not."""
        if self._any is None:
            return False
        if await self._any.count():
            return True
        for frame in (await self._finder.roots())[1:]:
            with passing():
                if (found := self._all(frame)) is not None and await found.count():
                    return True
        return False

    def _all(self, root: Root) -> Locator | None:
        ways = [self._finder.way(root, way) for popup in self._popups.values() for way in popup.find]
        return reduce(Locator.or_, ways).filter(visible=True) if ways else None

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
                for root, box in await self._boxes(popup, held):
                    if closed == _CHAIN:
                        raise HandOver(
                            f"pop-ups do not stop coming: {closed} were closed, and {name} is there",
                            hint="look at the page in a browser of your own",
                        )
                    if await self._shut(name, root, box, _COVERED * 2**failed):
                        closed += 1
                        progress = True
                    else:
                        covered = f"popups.{name}"
            failed = failed + 1 if covered and not progress else 0
            if failed == _ROUNDS:
                raise ElementMissing(
                    f"{covered} does not close: its `close` matches nothing that can be clicked, or a dialog that the "
                    "pack does not know lies over it",
                    key=covered,
                )
            if not progress and not covered:
                return closed

    async def _boxes(self, popup: Popup, held: ElementHandle | None) -> list[tuple[Root, Locator]]:
        """The visible pop-ups of one kind that may be closed: those of the page first, and the newest of each first."""
        there: list[tuple[Root, Locator]] = []
        for root in await self._finder.roots():
            holds = await _within(root, held)
            for way in popup.find:
                found = self._finder.way(root, way).filter(visible=True)
                boxes = [found.nth(number) for number in range(await found.count())]
                if boxes:
                    there += [(root, box) for box in reversed(boxes) if await self._may_close(box, holds)]
                    break
        return there

    async def _may_close(self, box: Locator, held: ElementHandle | None) -> bool:
        try:
            said, holds = await box.evaluate(
                "(box, [held, form]) => [box.innerText, !!box.querySelector(form) || (!!held && box.contains(held))]",
                [held, _FORM],
                timeout=_COVERED,
            )
        except Error:
            return False  # it went by itself
        return not holds and not any(fold(word) in fold(said) for word in self._finder.pack.never_close)

    async def _shut(self, name: str, root: Root, box: Locator, patience: float) -> bool:
        for way in self._popups[name].close:
            button = self._finder.way(box, way).filter(visible=True)
            if await button.count() != 1:
                continue
            await self._finder.refuse_irreversible(f"popups.{name}", button, root=root)
            try:
                handle = await box.element_handle(timeout=patience)
                await button.click(timeout=patience)
                await handle.wait_for_element_state("hidden", timeout=5 * patience)
            except PlaywrightTimeout:
                return False
            return True
        return False


async def _within(root: Root, held: ElementHandle | None) -> ElementHandle | None:
    """What of a document holds the element in use: itself, or the frame that it lies in. None: nothing of it does."""
    document = root if isinstance(root, Frame) else root.main_frame
    while held is not None:
        frame = await held.owner_frame()
        if frame is None or frame is document:
            return held if frame is document else None
        held = await frame.frame_element() if frame.parent_frame is not None else None
    return None
