"""A case to take away: its dossier, as the command line makes it."""

from __future__ import annotations

import asyncio
import tempfile
from functools import partial

from fastapi import APIRouter
from starlette.background import BackgroundTask
from starlette.responses import StreamingResponse

from automation.caselog.private import chunks
from automation.console.means import Looker
from automation.console.words import say
from automation.dossier.making import export as make

router = APIRouter(prefix="/cases/{number}")


@router.get("/dossier.zip")
async def export(visitor: Looker, number: int) -> StreamingResponse:
    """The signed ZIP, without what was covered. Raises `CaseLogError` for evidence that is missing or was changed,
    `BrowserUnavailable` where nothing can print it.
    """
    await asyncio.to_thread(visitor.case, number)
    written = tempfile.TemporaryFile(dir=visitor.office.settings.home)  # noqa: SIM115 - open until it was sent
    try:
        async with visitor.means.printing:
            words = partial(say, visitor.language)
            await make(visitor.office, number, written, by=visitor.name, say=words, language=visitor.language)
        written.seek(0)
    except BaseException:
        written.close()
        raise
    headers = {"content-disposition": f'attachment; filename="case-{number}.dossier.zip"'}
    return StreamingResponse(
        chunks(written), media_type="application/zip", headers=headers, background=BackgroundTask(written.close)
    )
