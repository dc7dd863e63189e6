"""Keeps a tab on the pack's origins, and secrets in fields that belong to them.

Navigations are stopped before the request leaves, also half-way through a redirect: the browser hands over requests for
documents only (`Fetch.enable` for that one type), so nothing else is slowed down. A stopped navigation leaves the page
as it was. Frames of other origins may load, as advertisements do, but nothing secret is typed into them, nor into a
frame of ours that somebody else's page holds, nor into a form that sends elsewhere: into a frame or a new window, such
a form would go unstopped. A QR code that a stranger draws lets the stranger in: nobody is asked to scan it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any, Final
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

from playwright.async_api import CDPSession, ElementHandle, Error, Frame, Locator, Page

from automation.browser.waiting import FrameGone, passing
from automation.errors import OriginRefused
from automation.redaction import LIVE

_PORTS: Final = {"http": 80, "https": 443}
_INHERITS: Final = ("", "about:blank", "about:srcdoc")
_SCRIPT: Final = "javascript:"  # the page's own script, which sends nothing by itself
# Where the form around a field sends to, by itself or by one of its buttons. Fields may bear the names of properties.
_SENDS_TO: Final = """(one) => {
  const form = one.form || one.closest("form");
  if (!form) return [];
  const buttons = [...one.getRootNode().querySelectorAll("[formaction]")].filter((button) => button.form === form);
  const said = [Element.prototype.getAttribute.call(form, "action"), ...buttons.map((button) => button.formAction)];
  const whole = (url) => { try { return new URL(url, document.baseURI).href; } catch { return url; } };
  return said.filter((url) => url).map(whole);
}"""


def origin_of(url: str) -> str:
    """`scheme://host[:port]` of an address, as browsers compare it; empty where it has none (about:, data:)."""
    if url.startswith("blob:"):
        url = url.removeprefix("blob:")
    try:
        parts = urlsplit(url)
        scheme, host, port = parts.scheme.lower(), (parts.hostname or "").lower(), parts.port
    except ValueError:
        return ""
    if scheme not in _PORTS or not host:
        return ""
    if "\\" in parts.netloc:
        return ""  # browsers take it for a slash: what stands before it is their host
    shown = f"[{host}]" if ":" in host else host
    return f"{scheme}://{shown}" if port in (None, _PORTS[scheme]) else f"{scheme}://{shown}:{port}"


class Guard:
    """Of one tab. `refused` is the address of a navigation that was stopped and that nobody was told of yet."""

    def __init__(self, page: Page, origins: Iterable[str]) -> None:
        self._page = page
        self._origins = frozenset(origin_of(origin) for origin in origins)
        self._main = ""
        self._tasks: set[asyncio.Task[None]] = set()
        self.refused = ""
        _GUARDS[page] = self

    async def start(self, cdp: CDPSession) -> None:
        """Begin to watch. `cdp` is a session of the tab's own."""
        tree = await cdp.send("Page.getFrameTree")
        self._main = tree["frameTree"]["frame"]["id"]
        cdp.on("Fetch.requestPaused", lambda event: self._later(cdp, event))
        await cdp.send("Fetch.enable", {"patterns": [{"resourceType": "Document", "requestStage": "Request"}]})

    def allows(self, url: str) -> bool:
        """Whether an address lies on one of the pack's origins."""
        return origin_of(url) in self._origins

    def check(self) -> None:
        """Raise `OriginRefused` where a navigation was stopped since the last look."""
        if self.refused:
            origin, self.refused = origin_of(self.refused) or self.refused[:60], ""
            raise self._error(f"the page wanted to go to {origin}, which is not among the pack's origins")

    async def field(self, locator: Locator) -> ElementHandle:
        """The element to type a secret into, held by its very document: gone where that navigates meanwhile.

        Raises `OriginRefused` where its frame, or one around it, is not of the pack's origins, or its form sends to
        another, and `FrameGone` where it went away.
        """
        frame, targets = None, []
        with passing():
            handle = await locator.element_handle()
            frame = await handle.owner_frame()
            targets = await handle.evaluate(_SENDS_TO)
        if frame is None:
            raise FrameGone("the field for a secret went away before it was typed")
        self._check_frame(frame)
        for target in targets:
            if not target.startswith(_SCRIPT) and not self.allows(target):
                origin = origin_of(target) or target[:60]
                raise self._error(
                    f"a secret would be typed into a form that sends to {origin}, which is not among the pack's origins"
                )
        return handle

    async def check_picture(self, locator: Locator) -> None:
        """Raise `OriginRefused` where a picture that a person is to act on, such as a QR code, is somebody else's."""
        frame = None
        with passing():
            frame = await (await locator.element_handle()).owner_frame()
        if frame is not None:  # else it went away, and nothing is shown
            self._check_frame(frame, "a picture would be acted on that {origin} draws")

    def _check_frame(self, frame: Frame, what: str = "a secret would be typed where {origin} reads it") -> None:
        at: Frame | None = frame
        while at is not None:
            # Such frames have no address of their own and belong to the frame around them.
            inherits = at.url in _INHERITS and at.parent_frame is not None
            if not inherits and not self.allows(at.url):
                origin = origin_of(at.url) or at.url[:60]
                raise self._error(f"{what.format(origin=origin)}, which is not among the pack's origins")
            at = at.parent_frame

    def _error(self, message: str) -> OriginRefused:
        return OriginRefused(
            LIVE.mask(message), seen=LIVE.mask(self._page.url), hint=f"the pack has: {', '.join(sorted(self._origins))}"
        )

    def _later(self, cdp: CDPSession, event: dict[str, Any]) -> None:
        task = asyncio.get_running_loop().create_task(self._decide(cdp, event))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _decide(self, cdp: CDPSession, event: dict[str, Any]) -> None:
        request, url = event["requestId"], event["request"]["url"]
        try:
            if event.get("frameId") == self._main and not self.allows(url):
                self.refused = url
                await cdp.send("Fetch.failRequest", {"requestId": request, "errorReason": "Aborted"})
            else:
                await cdp.send("Fetch.continueRequest", {"requestId": request})
        except Error:
            return  # the tab went away, and the request with it


_GUARDS: WeakKeyDictionary[Page, Guard] = WeakKeyDictionary()


def check_origin(page: Page) -> None:
    """Raise `OriginRefused` where a navigation of this tab was stopped; nothing happens on a tab without a guard."""
    guard = _GUARDS.get(page)
    if guard is not None:
        guard.check()
