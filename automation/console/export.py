"""A case to take away: all that is known of it as JSON, its evidence of every round, and the picture of its form."""

from __future__ import annotations

import tempfile
import zipfile
from pathlib import Path
from typing import IO

from fastapi import APIRouter
from starlette.background import BackgroundTask
from starlette.responses import StreamingResponse

from automation.caselog.private import chunks
from automation.console.api import case_reply
from automation.console.means import Looker, Visitor
from automation.model import Case, Packet

router = APIRouter(prefix="/cases/{number}")


@router.get("/export.zip")
def export(visitor: Looker, number: int) -> StreamingResponse:
    """The case as a ZIP. Every file's bytes are checked against their digest first; raises `CaseLogError`."""
    case = visitor.judged(number)
    written = tempfile.TemporaryFile(dir=visitor.office.settings.home)  # noqa: SIM115 - open until it was sent
    try:
        _write(visitor, case, written)
    except BaseException:
        written.close()
        raise
    written.seek(0)
    headers = {"content-disposition": f'attachment; filename="case-{number}.zip"'}
    return StreamingResponse(
        chunks(written), media_type="application/zip", headers=headers, background=BackgroundTask(written.close)
    )


def _write(visitor: Visitor, case: Case, written: IO[bytes]) -> None:
    log = visitor.office.log
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("case.json", case_reply(visitor, case).model_dump_json(indent=2))
        for packet in (*(earlier for earlier, _ in log.earlier_packets(case.id)), case.packet):
            _add_evidence(visitor, archive, packet)
        kept = log.read_back(case.id)
        if kept is not None and kept.screenshot is not None and kept.screenshot.is_file():
            archive.write(kept.screenshot, "form.png")


def _add_evidence(visitor: Visitor, archive: zipfile.ZipFile, packet: Packet) -> None:
    for place, piece in enumerate(packet.evidence, start=1):
        visitor.office.log.check_evidence(piece)
        archive.write(piece.path, f"round-{packet.round}/{place:02}-{Path(piece.name).name}")
