"""What became of the cases: outcomes by platform, reason and evidence, times, deadlines; and the lines to take away."""

from __future__ import annotations

import tempfile
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Annotated, Final, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from automation.caselog import Sought
from automation.casework import Titles
from automation.console.means import Looker, Visitor
from automation.model import EvidenceKind, State
from automation.reports import Line, figures, lines, write_csv, write_xlsx
from automation.reports.shares import punctuality, shares

DAYS: Final = (30, 90, 365)
ENDS: Final = (State.UPHELD, State.REJECTED, State.MORE_EVIDENCE)
_MEDIA: Final = {"csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
_NEAR: Final = 20  # deadlines that are shown

router = APIRouter(prefix="/dashboard")


class Asked(BaseModel):
    """Which rounds: of a client, of a platform, entered within so many days; 0: all."""

    model_config = ConfigDict(extra="ignore")

    client: str = ""
    platform: str = ""
    days: Annotated[int, Field(ge=0, le=3660)] = 90

    def export(self, kind: str) -> str:
        """The address of the same rounds as a file."""
        return f"/dashboard/rounds.{kind}?{urlencode(self.model_dump())}"


def rounds(visitor: Visitor, asked: Asked) -> list[Line]:
    """The rounds, within what this person may see."""
    since = visitor.now - timedelta(days=asked.days) if asked.days else None
    who = visitor.person.clients
    sought = Sought(clients=who, client=asked.client, platform=asked.platform, entered_after=since)
    return lines(visitor.office.log, sought)


@router.get("")
def dashboard(visitor: Looker, asked: Annotated[Asked, Query()]) -> Response:
    """The page."""
    found = rounds(visitor, asked)
    made = figures(found, visitor.now)
    titles, kinds = Titles(visitor.office), {kind: visitor.t(f"kind.{kind}") for kind in EvidenceKind}
    reason, platform = cache(titles.reason), cache(titles.platform)
    return visitor.page(
        "dashboard.html",
        asked=asked,
        days=DAYS,
        ends=ENDS,
        made=made,
        near=made.near[:_NEAR],
        whole=next(iter(shares(found, lambda _: ("",))), None),
        punctual=punctuality(found, visitor.now),
        parts={
            "platform": shares(found, lambda line: (platform(line.platform),)),
            "reason": shares(found, lambda line: (reason(line.platform, line.channel, line.reason),)),
            "kind": shares(found, lambda line: (kinds[EvidenceKind(kind)] for kind in line.kinds)),
        },
        clients=visitor.clients(),
        platforms=sorted({store.platform for store in visitor.stores()}),
    )


@router.get("/rounds.{kind}")
def export(visitor: Looker, kind: Literal["csv", "xlsx"], asked: Annotated[Asked, Query()]) -> Response:
    """One line a round, as CSV or as a workbook with totals; no cell of either is ever a formula."""
    found = rounds(visitor, asked)
    with tempfile.TemporaryDirectory(dir=visitor.office.settings.home) as folder:
        path = Path(folder) / f"appealdesk-{visitor.now:%Y%m%d}.{kind}"
        if kind == "csv":
            write_csv(found, path)
        else:
            write_xlsx(found, figures(found, visitor.now), path)
        headers = {"content-disposition": f'attachment; filename="{path.name}"'}
        return Response(path.read_bytes(), media_type=_MEDIA[kind], headers=headers)
