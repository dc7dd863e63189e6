"""Cases taken through the real case log by hand, up to any point."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count

from automation.caselog import CaseLog, Lease
from automation.model import (
    Account,
    Case,
    Checkpoint,
    Decision,
    FormPolicy,
    Packet,
    ReadBack,
    Receipt,
    Review,
    State,
    Store,
)

PLATFORM = "douyin_shop"
READ_BACK = ReadBack("店", "", "r", "d", fields={"form": ""})


@dataclass
class Book:
    """Store `s` of account `a`."""

    log: CaseLog
    now: datetime

    def __post_init__(self) -> None:
        self._numbers = count(1)
        self.log.put_account(Account("a", PLATFORM, "boss@example.com"), by="ann")
        self.policy(FormPolicy.NEVER)

    def policy(self, policy: FormPolicy) -> None:
        self.log.put_store(Store("s", PLATFORM, "店", "a", form_policy=policy), by="ann")

    def ready(self, *, deadline: datetime | None = None) -> Case:
        number = next(self._numbers)
        review = Review(f"74{number}", f"69{number}", "差评", self.now - timedelta(days=1))
        packet = Packet(PLATFORM, "review_appeal", "s", review, 1, "extortion", "买家索要五十元")
        return self.log.enter(packet, by="ann", deadline=deadline)[0]

    def approve(self, case: Case, checkpoint: Checkpoint = Checkpoint.PACKET, digest: str = "") -> None:
        ttl = timedelta(days=900)
        self.log.decide(case.id, checkpoint, Decision.APPROVED, digest=digest or case.digest, by="bob", ttl=ttl)

    def approved(self, *, deadline: datetime | None = None) -> Case:
        case = self.ready(deadline=deadline)
        self.approve(case)
        return self.log.case(case.id)

    def prepared(self, case: Case, digest: str = "rb", pack_digest: str = "p") -> None:
        with self.lease() as lease:
            self.log.move(case.id, State.PREPARING, by="w", lease=lease)
            self.log.keep_read_back(
                case.id, READ_BACK, digest=digest, screenshot=None, pack_digest=pack_digest, lease=lease
            )

    def clicked(self, case: Case, digest: str = "rb") -> None:
        with self.lease() as lease:
            self.log.move(case.id, State.SUBMITTING, by="w", lease=lease)
            self.log.write_intent(case.id, lease=lease, read_back_digest=digest)

    def submitted(self, case: Case, digest: str = "rb") -> None:
        self.clicked(case, digest)
        intent = self.log.open_intent(case.id)
        assert intent is not None
        with self.lease() as lease:
            self.log.write_receipt(intent, Receipt(f"R{case.id}", "待审核", intent.at), lease=lease)

    @contextmanager
    def lease(self) -> Iterator[Lease]:
        lease = self.log.take_lease("account:a", worker="w", seconds=30)
        assert lease is not None
        yield lease
        self.log.drop(lease)
