from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from automation.caselog import CaseLog, Lease
from automation.model import (
    Account,
    Case,
    Checkpoint,
    Decision,
    EvidenceKind,
    FormPolicy,
    Intent,
    Notice,
    Packet,
    ReadBack,
    Receipt,
    Record,
    Review,
    SignIn,
    State,
    Store,
    Uploaded,
)

DAY = timedelta(days=1)
POSTED = datetime(2026, 2, 27, 12, 30, tzinfo=UTC)


class Desk:
    """Takes a case to where a test begins, through the public face alone."""

    def __init__(self, log: CaseLog, folder: Path) -> None:
        self.log = log
        self._folder = folder
        log.put_account(Account("acc-1", "shop", "13800000000", SignIn.SMS), by="Lin")
        log.put_store(Store("store-1", "shop", "好物旗舰店", "acc-1"), by="Lin")
        log.put_store(Store("store-2", "shop", "二号店", "acc-1", form_policy=FormPolicy.NEVER), by="Lin")

    def packet(self, number: int = 1, **changes: Any) -> Packet:
        proof = self._folder / f"proof-{number}.txt"
        proof.write_bytes(f"proof {number}".encode())
        kept = self.log.keep_evidence(
            proof,
            name=f"聊天{number}.txt",
            kind=EvidenceKind.CHAT,
            media_type="text/plain",
            caption="聊天",
            shows_at=POSTED,
        )
        made = Packet(
            platform="shop",
            channel="review_appeal",
            store="store-1",
            review=Review(f"R{number}", f"O{number}", "质量太差了", POSTED, stars=1, buyer="买***家", product="茶杯"),
            round=1,
            reason="malicious",
            description=f"买家在 2 月 26 日索要赔偿 {number}",
            evidence=(kept,),
        )
        return replace(made, **changes)

    def entered(self, number: int = 1, **changes: Any) -> Case:
        return self.log.enter(self.packet(number, **changes), by="Chen")[0]

    def approved(self, number: int = 1, **changes: Any) -> Case:
        case = self.entered(number, **changes)
        self.approve(case)
        return self.log.case(case.id)

    def approve(self, case: Case, **changes: Any) -> None:
        said = {"digest": case.digest, "by": "Wang", "ttl": 3 * DAY, **changes}
        self.log.decide(case.id, Checkpoint.PACKET, Decision.APPROVED, **said)

    def lease(self, seconds: float = 600) -> Lease:
        lease = self.log.take_lease("account:acc-1", worker="worker-1", seconds=seconds)
        assert lease is not None
        return lease

    def shown(self, case: Case, **fields: str) -> ReadBack:
        packet = case.packet
        uploads = tuple(Uploaded(piece.name, piece.sha256, accepted=True) for piece in packet.evidence)
        return ReadBack(case.store.name, packet.review.review_id, "恶意评价", packet.description, uploads, fields)

    def prepared(self, number: int = 1, *, lease: Lease, pack: str = "pack-1", **fields: str) -> Case:
        case = self.approved(number)
        self.log.move(case.id, State.PREPARING, by="worker-1", lease=lease)
        picture = self._folder / "form.png"
        picture.write_bytes(b"picture")
        self.log.keep_read_back(
            case.id, self.shown(case, **fields), digest="shown-1", screenshot=picture, pack_digest=pack, lease=lease
        )
        return self.log.case(case.id)

    def submitting(self, number: int = 1, *, lease: Lease, **fields: str) -> Case:
        case = self.prepared(number, lease=lease, **fields)
        self.log.decide(case.id, Checkpoint.FORM, Decision.APPROVED, digest="shown-1", by="Wang", ttl=DAY)
        return self.log.move(case.id, State.SUBMITTING, by="worker-1", lease=lease)

    def intent(self, number: int = 1, *, lease: Lease, **fields: str) -> Intent:
        case = self.submitting(number, lease=lease, **fields)
        return self.log.write_intent(
            case.id, lease=lease, read_back_digest="shown-1", known_records=frozenset({"old-1", "old-2"})
        )

    def submitted(self, number: int = 1, *, lease: Lease, **fields: str) -> Case:
        intent = self.intent(number, lease=lease, **fields)
        return self.log.write_receipt(intent, Receipt(f"REC-{number}", "审核中", POSTED), lease=lease)

    def notice(self, text: str) -> Notice:
        return Notice("N1", text, at=POSTED)

    def record(self, number: int = 1, *, status: str = "申诉失败", detail: str = "证据不足") -> Record:
        return Record(f"REC-{number}", f"O{number}", f"R{number}", status, filed_at=POSTED, detail=detail)


@pytest.fixture
def desk(log: CaseLog, tmp_path: Path) -> Desk:
    return Desk(log, tmp_path)


@pytest.fixture
def make_desk(tmp_path: Path) -> Callable[[CaseLog], Desk]:
    return lambda log: Desk(log, tmp_path)
