"""The live view: a person sees the very page that a sign-in waits on, and does there what only a person may.

Over a web socket go pictures one way, the newest each time that the last was shown, and what the person does the other
way. It ends with the question, with the session, or when the page is handed back. What is typed is kept nowhere.
"""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from typing import Annotated, Final, Literal

from fastapi import APIRouter
from pydantic import Field, TypeAdapter, ValidationError
from starlette.websockets import WebSocket, WebSocketDisconnect

from automation.console.means import Answerer, Visitor
from automation.desk import Gesture, LiveView, Pointer
from automation.errors import InputError, SiteFault
from automation.model import Challenge

OVER, UNCLEAR, REFUSED = 1000, 4400, 4409  # codes of a web socket's end
LOOK_SECONDS: Final = 1.0
"""How often it is asked whether the person is still in."""

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Shown:
    """The person's browser has shown a picture, and takes the next."""

    does: Literal["shows"]


_MESSAGE: TypeAdapter[Gesture | Shown] = TypeAdapter(Annotated[Gesture | Shown, Field(discriminator="does")])


@router.websocket("/challenges/{number}/live")
async def live(socket: WebSocket, visitor: Answerer, number: int) -> None:
    """Lend the page of a question to whoever asks, as long as it is open and nobody else has it."""
    asked, _ = await asyncio.to_thread(visitor.challenge, number)
    await socket.accept()
    page = visitor.means.live(number)
    if page is None:
        await _end(socket, visitor.t("live.elsewhere"), REFUSED)
        return
    async with AsyncExitStack() as stack:
        try:
            view = await stack.enter_async_context(page.watch(visitor.name))
        except InputError:
            await _end(socket, visitor.t("live.taken", name=page.viewer), REFUSED)
            return
        except SiteFault:
            await _end(socket, visitor.t("live.over"), REFUSED)
            return
        await _Sitting(socket, visitor, asked, view).last()


@dataclass
class _Sitting:
    """One person at one page."""

    socket: WebSocket
    visitor: Visitor
    asked: Challenge
    view: LiveView
    inputs: int = 0  # presses of a button or key, turns of a wheel, texts
    taken: asyncio.Event = field(default_factory=asyncio.Event)

    async def last(self) -> None:
        """Until the page is taken back, the person leaves, or may no longer be here; noted at both ends."""
        await self._note("live_view_opened")
        all_ = [asyncio.create_task(one) for one in (self._show(), self._heed(), self._stay())]
        try:
            done, _ = await asyncio.wait(all_, return_when=asyncio.FIRST_COMPLETED)
            for one in done:
                await _end(self.socket, self.visitor.t("live.over" if self._may() else "live.left"), one.result())
        finally:
            for one in all_:
                one.cancel()
            await asyncio.gather(*all_, return_exceptions=True)
            await self._note("live_view_closed", inputs=self.inputs)

    async def _show(self) -> int:
        with suppress(WebSocketDisconnect, RuntimeError):  # the person leaves just now
            while (picture := await self.view.frame()) is not None and self._may():
                await self.socket.send_bytes(picture)
                await self.taken.wait()
                self.taken.clear()
        return OVER

    async def _heed(self) -> int:
        try:
            async for text in self.socket.iter_text():
                message = _MESSAGE.validate_json(text)
                if isinstance(message, Shown):
                    self.taken.set()
                elif not self._may() or not await self.view.do(message):
                    break
                else:
                    self.inputs += _counts(message)
        except (ValidationError, KeyError):
            return UNCLEAR  # nothing that our own page sends
        return OVER

    async def _stay(self) -> int:
        """Until the person is no longer in, which may be decided in another process."""
        closing = self.visitor.means.closing
        while not closing.is_set() and await asyncio.to_thread(self.visitor.lives):
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_SECONDS):
                    await closing.wait()
        return OVER

    def _may(self) -> bool:
        return self.visitor.session.expires_at > self.visitor.now

    async def _note(self, kind: str, **more: int) -> None:
        asked = self.asked
        data = {"challenge": asked.id, "account": asked.account, "store": asked.store, **more}
        await asyncio.to_thread(self.visitor.office.log.add_event, kind, by=self.visitor.name, data=data)


def _counts(gesture: Gesture) -> bool:
    if isinstance(gesture, Pointer):
        return gesture.does in ("presses", "turns")
    return gesture.does != "up"


async def _end(socket: WebSocket, why: str, code: int) -> None:
    """Say why, and close."""
    with suppress(WebSocketDisconnect, RuntimeError):  # the person left before
        await socket.send_json({"over": why})
        await socket.close(code)
