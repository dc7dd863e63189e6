"""A whole scene for the engine: a mock back-office, a case log, a vault, packs, people who approve, and a worker."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import yaml

from automation.caselog import CaseLog
from automation.engine import Step, Worker
from automation.model import (
    Account,
    Case,
    Checkpoint,
    Decision,
    EvidenceKind,
    FormPolicy,
    Packet,
    Review,
    State,
    Store,
)
from automation.packs import Packs
from automation.settings import Settings
from automation.vault import Vault
from fixtures import backoffice
from fixtures.backoffice import MockSite, serve
from tests.loop import run

PLATFORM = "douyin_shop"
CHANNEL = "review_appeal"
PASSWORD = "made-up-Password-7"
BROWSER = Path("/usr/lib/chromium/chromium-headless-shell")
PICTURES = {
    "chat.png": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + b"chat" * 5000,
    "order.jpg": b"\xff\xd8\xff\xe0" + b"order" * 4000,
}
T = TypeVar("T")


@dataclass
class Scene:
    """Stores `s1`, `s2`, ..., each with an account `a1`, `a2`, ... of its own, unless told otherwise."""

    site: MockSite
    home: Path
    log: CaseLog
    settings: Settings
    vault: Vault
    packs: Packs
    steps: list[Step] = field(default_factory=list)
    reviews: dict[int, str] = field(default_factory=dict)  # case -> review id

    def case(
        self,
        store: str = "s1",
        *,
        description: str = "",
        files: Iterable[str] = ("chat.png",),
        refuses: str | None = None,
    ) -> Case:
        """A new review, contested: ready for the packet checkpoint."""
        seen = self.site.control.add_review(store, refuses=refuses)
        review = Review(seen.review_id, seen.order_no, seen.text, seen.posted_at, seen.stars, seen.buyer, seen.product)
        packet = Packet(
            PLATFORM,
            CHANNEL,
            store,
            review,
            1,
            "extortion",
            description or f"买家于2026年11月18日通过飞鸽索要五十元补偿，否则不删差评。订单{seen.order_no}。",
            tuple(
                self.log.keep_evidence(self._file(name), name=name, kind=EvidenceKind.CHAT, media_type=media(name))
                for name in files
            ),
        )
        case, new = self.log.enter(packet, by="ann")
        assert new
        self.reviews[case.id] = seen.review_id
        return case

    def approve(self, *cases: Case) -> None:
        """Somebody says yes at the checkpoint where each case waits."""
        for case in cases:
            now = self.log.case(case.id)
            point, digest = Checkpoint.PACKET, now.digest
            if now.state is State.PREPARED:
                kept = self.log.read_back(case.id)
                assert kept is not None
                point, digest = Checkpoint.FORM, kept.digest
            ttl = timedelta(hours=72)
            self.log.decide(case.id, point, Decision.APPROVED, digest=digest, by="bob", ttl=ttl)

    def approved(self, store: str = "s1", **words: Any) -> Case:
        """A case past the packet checkpoint."""
        case = self.case(store, **words)
        self.approve(case)
        return self.log.case(case.id)

    def policy(self, policy: FormPolicy, *stores: str) -> None:
        """When a person looks at the form, at these stores."""
        for store in stores or tuple(store.id for store in self.log.stores()):
            self.log.put_store(replace(self.log.store(store), form_policy=policy), by="ann")

    def worker(self, report: Callable[[Step], None] | None = None, **words: Any) -> Worker:
        """A worker on this scene."""

        def tell(step: Step) -> None:
            self.steps.append(step)
            if report is not None:
                report(step)

        given: dict[str, Any] = {"clock": self.site.control.now, "lease_seconds": 8.0, **words}
        return Worker(self.settings, self.log, self.vault, self.packs, report=tell, **given)

    def work(self, report: Callable[[Step], None] | None = None, *, look_now: bool = False, **words: Any) -> None:
        """Let a worker work until nothing is due."""
        run(self.worker(report, **words).run_until_idle(look_now=look_now))

    def state(self, case: Case) -> State:
        """Where the case stands."""
        return self.log.case(case.id).state

    def sent(self, case: Case) -> list[backoffice.Received]:
        """What the server has of this case."""
        return [one for one in self.site.control.received() if one.review_id == self.reviews[case.id]]

    def told(self) -> str:
        """Everything that was reported, for a failing test."""
        return "\n".join(f"{s.at:%H:%M:%S.%f} {s.job} {s.store} {s.case or ''} {s.mark}: {s.text}" for s in self.steps)

    def _file(self, name: str) -> Path:
        path = self.home / "incoming" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(PICTURES[name])
        return path


def media(name: str) -> str:
    return "image/png" if name.endswith(".png") else "image/jpeg"


@contextmanager
def scene(home: Path, *, stores: int = 1, shared_account: bool = False, **settings: Any) -> Iterator[Scene]:
    """Build one. With `shared_account`, one login reaches every store."""
    names = [f"s{number}" for number in range(1, stores + 1)]
    home.mkdir(parents=True, exist_ok=True)
    with serve(PLATFORM) as site:
        owners = ["a1"] * stores if shared_account else [f"a{number}" for number in range(1, stores + 1)]
        logins = sorted(set(owners))
        people = [
            backoffice.Account(
                phone=f"139000{number:05d}",
                email=f"{login}@example.com",
                password=PASSWORD,
                stores=tuple(name for name, owner in zip(names, owners, strict=True) if owner == login),
            )
            for number, login in enumerate(logins, start=1)
        ]
        shops = [backoffice.Store(name, f"{name}号测试店") for name in names]
        site.control.seed(reviews=30, stores=shops, accounts=people)
        override = home / "packs"
        override.mkdir(exist_ok=True)
        shipped = Packs().pack(PLATFORM).model_dump(mode="json", include={"refusals"}, exclude_none=True)
        changed = {
            "format": 1,
            "platform": PLATFORM,
            "origins": [site.url],
            "pause_seconds": 0,
            "refusals": [{**one, "wait_seconds": 1} for one in shipped["refusals"]],
        }
        (override / f"{PLATFORM}.yaml").write_text(yaml.safe_dump(changed, allow_unicode=True), "utf-8")
        config = Settings(home=home, operator="bob", browser_path=BROWSER if BROWSER.exists() else None, **settings)
        vault = Vault.open(home, passphrase="made-up passphrase")
        with CaseLog.open(config.database, home, clock=site.control.now) as log:
            for login, person in zip(logins, people, strict=True):
                log.put_account(Account(login, PLATFORM, person.email), by="ann")
                vault.set_secret(login, "password", PASSWORD)
                vault.set_secret(login, "login", person.email)
            for name, shop, owner in zip(names, shops, owners, strict=True):
                log.put_store(Store(name, PLATFORM, shop.name, owner, form_policy=FormPolicy.NEVER), by="ann")
            yield Scene(site, home, log, config, vault, Packs(override))


def keep_failures(home: Path, to: Path, told: str) -> None:
    """Copy what a failing test leaves: traces, screenshots, the steps."""
    to.mkdir(parents=True, exist_ok=True)
    (to / "steps.txt").write_text(told, "utf-8")
    if (home / "failures").is_dir():
        shutil.copytree(home / "failures", to / "failures", dirs_exist_ok=True)
