"""A page that is lent to a person: what it shows, and what they do to it with mouse and keys, as they do it.

All of it goes over a DevTools session of its own, which stands in no trace; Playwright's keyboard would write every
key there. Pictures are made only while somebody looks.
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any, Final

from playwright.async_api import CDPSession, Error, Locator, Page

from automation.desk import Gesture, Key, Pointer, Ticket, Words
from automation.errors import InputError, SiteFault
from automation.redaction import LIVE

_CAST: Final = {"format": "jpeg", "quality": 60, "maxWidth": 1600, "maxHeight": 1200}
_MOUSE: Final = {
    "moves": "mouseMoved",
    "presses": "mousePressed",
    "releases": "mouseReleased",
    "turns": "mouseWheel",
}
_WRITES: Final[Mapping[str, str]] = {"Enter": "\r"}  # keys that put in something other than their name
_HIDE: Final = """(all) => {
  const hide = (one) => one.style.setProperty("-webkit-text-security", "disc", "important");
  for (const one of all) [one, ...one.querySelectorAll("input")].forEach(hide);
}"""
_ALT, _CTRL, _META, _SHIFT = 1, 2, 4, 8


@asynccontextmanager
async def lent(page: Page, ticket: Ticket, typed: Sequence[Locator]) -> AsyncIterator[None]:
    """Lend a page for as long as the context lasts. What was `typed` is secret: it stays unread, also where the page
    has a button that shows it.
    """
    for field in typed:
        with suppress(Error):  # it went away, and its frame with it
            await field.evaluate_all(_HIDE)
    live = LentPage(page)
    ticket.lend(live)
    try:
        yield
    finally:
        live.take_back()


class LentPage:
    """See `automation.desk.LivePage`."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self.viewer = ""
        self._over = asyncio.Event()

    def take_back(self) -> None:
        """From now on, nobody is shown anything and nothing is done to the page."""
        self._over.set()

    @asynccontextmanager
    async def watch(self, by: str) -> AsyncIterator[PageView]:
        """See `automation.desk.LivePage`."""
        if self.viewer:
            raise InputError(f"{self.viewer} is at this page now", hint="ask them to hand it back")
        self.viewer = by
        try:
            try:
                cdp = await self._page.context.new_cdp_session(self._page)
            except Error:
                raise SiteFault("the tab went away before anybody could look at it") from None
            view = PageView(cdp, self._over)
            try:
                await view.begin()
                yield view
            finally:
                await view.end()
        finally:
            self.viewer = ""


class PageView:
    """See `automation.desk.LiveView`."""

    def __init__(self, cdp: CDPSession, over: asyncio.Event) -> None:
        self._cdp = cdp
        self._over = over
        self._fresh = asyncio.Event()
        self._newest = b""
        self._size = (0.0, 0.0)  # of what the page shows, in CSS pixels
        self._held: Pointer | None = None  # the newest gesture while a button is down
        self._typed = ""  # keys in a row that write something
        self._tasks: set[asyncio.Task[None]] = set()

    async def begin(self) -> None:
        """Let the browser make pictures."""
        self._cdp.on("Page.screencastFrame", self._took)
        await self._send("Page.startScreencast", _CAST)

    async def end(self) -> None:
        """No more pictures; a button that is still down is let go."""
        self._know_typed()
        if self._held is not None and not self._over.is_set():
            await self._point(Pointer("releases", self._held.x, self._held.y, "left"))
        await self._send("Page.stopScreencast", {})
        for task in self._tasks:
            task.cancel()
        with suppress(Error):
            await self._cdp.detach()

    async def frame(self) -> bytes | None:
        """See `automation.desk.LiveView`."""
        waits = [asyncio.ensure_future(one.wait()) for one in (self._fresh, self._over)]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in waits:
                one.cancel()
        self._fresh.clear()
        return None if self._over.is_set() else self._newest

    async def do(self, gesture: Gesture) -> bool:
        """See `automation.desk.LiveView`."""
        if self._over.is_set():
            return False
        match gesture:
            case Pointer():
                if gesture.does == "presses":
                    self._know_typed()
                self._held = gesture if gesture.buttons else None
                await self._point(gesture)
            case Key() if not _of_clipboard(gesture):
                await self._press(gesture)
            case Words(text=text):
                LIVE.add_code(text)
                await self._send("Input.insertText", {"text": text})
        return True

    async def _point(self, at: Pointer) -> None:
        width, height = self._size
        sent = {
            "type": _MOUSE[at.does],
            "x": at.x * width,
            "y": at.y * height,
            "button": at.button,
            "buttons": at.buttons,
            "clickCount": at.clicks,
            "modifiers": at.modifiers,
        }
        if at.does == "turns":
            sent |= {"deltaX": at.dx, "deltaY": at.dy}
        await self._send("Input.dispatchMouseEvent", sent)

    async def _press(self, key: Key) -> None:
        commands = key.modifiers & (_CTRL | _META) and not key.modifiers & _ALT
        text = "" if commands else key.key if len(key.key) == 1 else _WRITES.get(key.key, "")
        if key.does == "down":
            self._note(key.key, text)
        does = "keyUp" if key.does == "up" else "keyDown" if text else "rawKeyDown"
        sent: dict[str, Any] = {
            "type": does,
            "key": key.key,
            "code": key.code,
            "windowsVirtualKeyCode": key.number,
            "modifiers": key.modifiers,
        }
        await self._send("Input.dispatchKeyEvent", sent | ({"text": text} if does == "keyDown" else {}))

    def _note(self, key: str, text: str) -> None:
        if len(key) == 1:
            self._typed += text
            return
        before = self._typed
        self._know_typed()
        if key == "Backspace":
            self._typed = before[:-1]

    def _know_typed(self) -> None:
        """What somebody typed may be a code or a password: it is masked wherever the page shows it to a trace."""
        typed, self._typed = self._typed, ""
        if typed:
            LIVE.add_code(typed)

    def _took(self, event: dict[str, Any]) -> None:
        seen = event["metadata"]
        self._newest, self._size = base64.b64decode(event["data"]), (seen["deviceWidth"], seen["deviceHeight"])
        self._fresh.set()
        # At once: of pictures that wait for it, the browser forgets the newest, and a page at rest makes no other.
        task = asyncio.get_running_loop().create_task(
            self._send("Page.screencastFrameAck", {"sessionId": event["sessionId"]})
        )
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _send(self, method: str, sent: Mapping[str, Any]) -> None:
        with suppress(Error):  # the tab goes away: whoever lent it notices, and takes it back
            await self._cdp.send(method, dict(sent))


def _of_clipboard(key: Key) -> bool:
    """Copying, cutting and pasting: what was filled in must not get about, and the clipboard is not theirs."""
    if key.modifiers & (_CTRL | _META):
        return key.key.lower() in ("c", "x", "v", "insert")
    return bool(key.modifiers & _SHIFT) and key.key in ("Insert", "Delete")
