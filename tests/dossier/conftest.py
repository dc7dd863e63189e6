"""One case with two rounds in a log of several, and its dossier, printed by a stand-in for the browser."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from automation.caselog import CaseLog
from automation.console.words import say
from automation.dossier import making
from automation.dossier.manifest import Manifest
from automation.model import Case, EvidenceKind, Outcome
from automation.office import Office
from automation.packet.findings import Language
from automation.packs import Packs
from automation.settings import Settings
from automation.vault import Vault
from tests.caselog.conftest import POSTED, Desk
from tests.loop import run

PAPER = b"%PDF-1.7 paper"


@dataclass
class Bureau:
    """An office with a case that was sent, answered, and has a second round; other cases around it."""

    office: Office
    case: Case
    other: Case

    def made(self, *, language: Language = "zh", **wish: Any) -> tuple[bytes, Manifest]:
        out = io.BytesIO()
        words = partial(say, language)
        manifest = run(making.export(self.office, self.case.id, out, by="Li Na", say=words, language=language, **wish))
        return out.getvalue(), manifest


@pytest.fixture(scope="package")
def bureau(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    folder = tmp_path_factory.mktemp("bureau")
    home = folder / "home"
    settings = Settings(home=home, operator="Li Na")
    vault = Vault.open(home, guard="file", key_file=folder / "vault.key")
    with CaseLog.open(settings.database, home) as log:
        desk = Desk(log, folder)
        other = desk.entered(7, description="另一案件的秘密内容")
        lease = desk.lease()
        case = desk.submitted(1, lease=lease)
        log.add_event("noise", by="x", data={"of": "another matter"})
        log.write_result(case.id, Outcome.REJECTED, record=desk.record(), notice=None, by="poll")
        case = log.next_round(case.id, by="Chen")
        pieces = (*case.packet.evidence, _picture(log, folder))
        case = log.change_packet(case.id, desk.packet(1, round=2, evidence=pieces, description="第二轮说明"), by="Chen")
        desk.approve(case)
        desk.entered(8)
        yield Bureau(Office.of(settings, log, vault, Packs()), log.case(case.id), other)


def _picture(log: CaseLog, folder: Path) -> Any:
    path = folder / "截图.png"
    Image.new("RGB", (60, 40), "navy").save(path)
    return log.keep_evidence(
        path,
        name="聊天 截图.PNG",
        kind=EvidenceKind.CHAT,
        media_type="image/png",
        caption="索要五十元",
        shows_at=POSTED,
    )


async def stand_in(*_: object, **__: object) -> bytes:
    return PAPER


@pytest.fixture(scope="package")
def dossier(bureau: Bureau) -> bytes:
    """A small one, for what is about bytes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(making, "printed", stand_in)
        return bureau.made()[0]
