"""Server-sent events: `changed`, with the number of the log's newest event, whenever something happened."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import StreamingResponse

from automation.console.means import Looker

LOOK_SECONDS: Final = 1.0
"""How often the log is asked for news: one row read for each open page."""

ALIVE_SECONDS: Final = 15.0

router = APIRouter()


@router.get("/news")
async def news(request: Request, visitor: Looker) -> StreamingResponse:
    """Tell of news until the page is closed or its session ends."""

    async def told() -> AsyncIterator[str]:
        position, quiet = await asyncio.to_thread(visitor.office.log.position), 0.0
        yield "retry: 2000\n\n"
        closing = visitor.means.closing
        while not (closing.is_set() or await request.is_disconnected()) and await asyncio.to_thread(visitor.lives):
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_SECONDS):
                    await closing.wait()
            now, quiet = await asyncio.to_thread(visitor.office.log.position), quiet + LOOK_SECONDS
            if now != position:
                position, quiet = now, 0.0
                yield f"event: changed\nid: {now}\ndata: {now}\n\n"
            elif quiet >= ALIVE_SECONDS:
                quiet = 0.0
                yield ": still here\n\n"

    return StreamingResponse(told(), media_type="text/event-stream", headers={"x-accel-buffering": "no"})
