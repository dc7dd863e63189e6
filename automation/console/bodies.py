"""How much a request may send, and how slowly: its body is counted as it comes, whatever its header states."""

from __future__ import annotations

import asyncio
from typing import Final

from fastapi import Request
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import Message, Receive, Scope

DOOR: Final = 64 * 1024  # bytes from whoever is not in yet
USUAL: Final = 1024**2  # bytes of a form or of JSON
FILES: Final = 2 * 1024**3  # bytes of a batch of evidence
PAUSE: Final = 60.0  # seconds that may pass until more of a body comes


def takes_files(request: Request) -> None:
    """Let this request send files; said by the route before it reads the body."""
    request.scope["state"]["most"] = FILES


def counted(scope: Scope, receive: Receive) -> Receive:
    """The same body, which ends with `HTTPException` 413 where it is too long, and 408 where it comes too slowly."""
    taken, over = 0, False
    state = scope["state"]
    state["most"] = DOOR if state["session"] is None else USUAL
    stated = int(Headers(scope=scope).get("content-length", "0"))  # the server lets only numbers through

    async def next_part() -> Message:
        nonlocal taken, over
        if over:
            return await receive()  # news of the end of the connection, for which one waits as long as it takes
        if stated > state["most"]:
            raise _too_much()
        try:
            async with asyncio.timeout(PAUSE):
                message = await receive()
        except TimeoutError:
            raise HTTPException(408, "the rest did not come in time") from None
        taken += len(message.get("body", b""))
        over = not message.get("more_body", False)
        if taken > state["most"]:
            raise _too_much()
        return message

    return next_part


def _too_much() -> HTTPException:
    return HTTPException(413, "that is too much at once")
