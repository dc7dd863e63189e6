"""Proof of the bytes that a page was given, from inside the page and out of its sight.

A listener in an isolated world of the browser hashes what arrives in a file input, before any script of the page sees
it. The page can neither see nor change that world.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from playwright.async_api import CDPSession, ElementHandle, Error, Frame, Page

from automation.browser.waiting import SECOND
from automation.errors import UploadFailed

_WORLD: Final = "appealdesk"
# Installed again before each use, and the same one then: a page that is written anew (`document.open`) forgets it.
_LISTENER: Final = """
globalThis.heardBINDING ??= (event) => {
  const field = event.composedPath()[0];
  if (!(field instanceof HTMLInputElement) || field.type !== "file") return;
  const files = [...field.files];
  const hex = (digest) => [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const tell = (what) => BINDING(JSON.stringify(what));
  const hash = async (file) => {
    const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
    return { name: file.name, size: file.size, sha256: hex(digest) };
  };
  Promise.all(files.map(hash)).then(tell, (error) => tell(String(error)));
};
addEventListener("change", globalThis.heardBINDING, true);
"""


@dataclass(frozen=True, slots=True)
class Given:
    """One file as it arrived in an input."""

    name: str
    size: int
    sha256: str


class Proof:
    """Listens on one page. Nothing is installed before the first file is given."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._binding = f"given{secrets.token_hex(8)}"
        self._sessions: dict[Frame | Page, CDPSession] = {}
        self._scripts: dict[CDPSession, str] = {}
        self._arrivals: asyncio.Queue[list[dict[str, Any]] | str] = asyncio.Queue()

    async def give(self, field: ElementHandle, files: Sequence[Path], *, seconds: float) -> list[Given]:
        """Give files to an input, and what arrived in it. Raises `UploadFailed` where nothing did."""
        await self._listen(await field.owner_frame())
        while not self._arrivals.empty():
            self._arrivals.get_nowait()  # given by somebody else
        await field.set_input_files(list(files), timeout=seconds * SECOND)
        try:
            async with asyncio.timeout(seconds + sum(one.stat().st_size for one in files) / 5_000_000):
                seen = await self._arrivals.get()
        except TimeoutError:
            raise UploadFailed("no file arrived in the page's input", hint="try again") from None
        if isinstance(seen, str):
            raise UploadFailed(f"the browser cannot read a file: {seen}", hint="check the evidence folder")
        return [Given(name=str(one["name"]), size=int(one["size"]), sha256=str(one["sha256"])) for one in seen]

    async def _listen(self, frame: Frame | None) -> None:
        """Install the listener in the page, or in a frame of another process."""
        if self._page not in self._sessions:
            self._sessions[self._page] = await self._reach(await self._page.context.new_cdp_session(self._page))
        await self._install(self._sessions[self._page])
        if frame is None or frame == self._page.main_frame:
            return
        if frame not in self._sessions:
            try:
                session = await self._page.context.new_cdp_session(frame)
            except Error as error:
                if "separate CDP session" not in error.message:
                    raise
                return  # of the page's own process: the page's session reaches it
            self._sessions[frame] = await self._reach(session)
        await self._install(self._sessions[frame])

    async def _reach(self, session: CDPSession) -> CDPSession:
        session.on("Runtime.bindingCalled", self._called)
        await session.send("Runtime.enable")
        await session.send("Runtime.addBinding", {"name": self._binding, "executionContextName": _WORLD})
        await session.send("Page.enable")
        return session

    async def _install(self, session: CDPSession) -> None:
        if (old := self._scripts.pop(session, None)) is not None:
            await session.send("Page.removeScriptToEvaluateOnNewDocument", {"identifier": old})
        source = _LISTENER.replace("BINDING", self._binding)
        made = await session.send(
            "Page.addScriptToEvaluateOnNewDocument", {"source": source, "worldName": _WORLD, "runImmediately": True}
        )
        self._scripts[session] = made["identifier"]

    def _called(self, event: dict[str, Any]) -> None:
        if event["name"] == self._binding:
            self._arrivals.put_nowait(json.loads(event["payload"]))
