"""A flow at work: a real browser on a mock back-office, with a person at the desk who sees what the site sends him."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self, TypeVar

from automation.browser.session import Session
from automation.browser.sessions import Browsers
from automation.browser.tab import Tab
from automation.desk import LivePage
from automation.errors import ChallengeUnanswered
from automation.flow import Flow, flow_for
from automation.model import (
    Account,
    Evidence,
    EvidenceKind,
    Filling,
    Form,
    Medium,
    Packet,
    ReadBack,
    Review,
    SignIn,
    Store,
)
from automation.pack import Pack
from automation.packet import mismatches
from automation.packs import Packs
from automation.settings import Settings
from automation.vault import Vault
from fixtures import backoffice
from tests.loop import Loop, run

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
T = TypeVar("T")


class Person:
    """Answers what the site asks: reads the SMS, scans the QR code. `asked` is what came to the desk.

    One who is `late` scans no QR code before it was replaced.
    """

    lends = False

    def __init__(self, site: backoffice.MockSite, *, login: str, answers: bool = True, late: bool = False) -> None:
        self._late = late
        self._site = site
        self._login = login
        self._answers = answers
        self.asked: list[tuple[Medium, str]] = []
        self.pictures: list[bytes] = []

    @asynccontextmanager
    async def ask(
        self,
        *,
        account: str,
        store: str,
        medium: Medium,
        destination: str = "",
        prompt: str = "",
        picture: bytes | None = None,
    ) -> AsyncIterator[Person]:
        self.asked.append((medium, destination))
        if picture is not None:
            await self.show(picture)
        yield self

    async def answer(self) -> str:
        if not self._answers:
            raise ChallengeUnanswered("nobody is there")
        for _ in range(500):
            try:
                return await asyncio.to_thread(self._site.control.last_sms_code, self._login)
            except ValueError:
                await asyncio.sleep(0.02)
        raise ChallengeUnanswered("no code came")

    async def show(self, picture: bytes) -> None:
        self.pictures.append(picture)
        if self._late and len(set(self.pictures)) == 1:
            return
        await asyncio.to_thread(self._site.control.approve_qr, self._login)

    def lend(self, page: LivePage) -> None:
        raise AssertionError("nobody looks here")

    @property
    def seconds_left(self) -> float:
        return 8.0


@dataclass
class Visit:
    """One session on the site."""

    flow: Flow
    site: Tab
    session: Session
    account: Account
    store: Store
    pack: Pack
    home: Path

    async def sign_in(self) -> None:
        await self.flow.sign_in(self.site, self.account, self.store)

    def packet(self, seen: Any, *, channel: str = "review_appeal", files: int = 2, text: str = "") -> Packet:
        """A packet about a review of the mock, for the first reason that the pack has."""
        reason = next(iter(self.pack.channels[channel].reasons))
        facts = (seen.review_id, seen.order_no, seen.text, seen.posted_at, seen.stars, seen.buyer, seen.product)
        review = Review(*facts, url=seen.more.get("url", ""))
        description = text or "买家于11月18日在飞鸽索要五十元补偿，否则不删差评。"
        evidence = tuple(self.evidence(f"chat{number}.png") for number in range(files))
        answers = {term: answer.example for term, answer in self.pack.channels[channel].answers.items()}
        return Packet(self.pack.platform, channel, self.store.id, review, 1, reason, description, evidence, answers)

    def evidence(self, name: str) -> Evidence:
        data = PNG + name.encode() * 3000
        path = self.home / name
        path.write_bytes(data)
        return Evidence(hashlib.sha256(data).hexdigest(), name, len(data), "image/png", EvidenceKind.CHAT, path)

    def filling(self, packet: Packet, offered: tuple[str, ...]) -> Filling:
        labels = self.pack.channels[packet.channel].reasons[packet.reason].labels
        known = [label for label in labels if label in offered]
        assert known, f"the form offers {offered}"
        return Filling(packet, known[0])

    async def fill(self, packet: Packet) -> tuple[Form, ReadBack]:
        """Open the form about the packet's review, fill it, and read it back; it shows what the packet says."""
        form = await self.flow.open_form(self.site, packet.channel, packet.review)
        await self.flow.fill(self.site, packet.channel, self.filling(packet, form.reasons))
        shown = await self.flow.read_back(self.site, packet.channel)
        assert mismatches(packet, self.pack.channels[packet.channel], self.store, shown) == []
        return form, shown


def write_override(site: backoffice.MockSite, home: Path, override: str = "") -> Pack:
    """The platform's pack for the mock's origin, with whatever else a test changes."""
    packs = home / "packs"
    packs.mkdir(parents=True, exist_ok=True)
    head = f"format: 1\nplatform: {site.platform}\norigins: {json.dumps(site.origins)}\n"
    (packs / f"{site.platform}.yaml").write_text(head + override, "utf-8")
    return Packs(packs).pack(site.platform)


def settings_for(home: Path) -> Settings:
    return Settings.load(home).model_copy(update={"step_seconds": 5.0})


def vault_for(home: Path, account: Account, who: backoffice.Account, password: str = "") -> Vault:
    vault = Vault.open(home, guard="file", key_file=home.with_name("vault.key"))
    vault.set_secret(account.id, "login", account.login)
    vault.set_secret(account.id, "password", password or who.password)
    if who.totp_seed:
        vault.set_secret(account.id, "totp", who.totp_seed)
    return vault


def visit(
    site: backoffice.MockSite,
    home: Path,
    act: Callable[[Visit, Person], Awaitable[T]],
    *,
    who: backoffice.Account | None = None,
    store: str = "",
    sign_in: SignIn = SignIn.PASSWORD,
    password: str = "",
    answers: bool = True,
    late: bool = False,
    leave: Path | None = None,
    override: str = "",
) -> T:
    """Let `act` work with one account, from before the sign-in. On a failure a screenshot and a trace are left in
    `leave`.
    """
    who = who or site.control.accounts()[0]
    shop = next(s for s in site.control.stores() if s.id == (store or who.stores[0])) if store != "?" else None
    account = Account("a1", site.platform, who.phone if sign_in is SignIn.SMS else who.email, sign_in)
    meant = Store("s1", site.platform, shop.name if shop else "没有这家店", "a1")
    pack = write_override(site, home, override)
    vault = vault_for(home, account, who, password)
    person = Person(site, login=who.phone, answers=answers, late=late)

    async def work() -> T:
        async with Browsers(settings_for(home), vault, person) as browsers:
            there: Any = {"account": account, "store": meant, "pack": pack, "home": home}
            return await _at_work(browsers, lambda at: act(at, person), leave, **there)

    return run(work())


async def _at_work(
    browsers: Browsers,
    act: Callable[[Visit], Awaitable[T]],
    leave: Path | None,
    *,
    account: Account,
    store: Store,
    pack: Pack,
    home: Path,
) -> T:
    session = await browsers.session(account, store, pack)
    try:
        return await act(Visit(flow_for(pack.platform), session.site, session, account, store, pack, home))
    except BaseException:
        if leave is not None:
            await session.failure("failed", leave)
        raise
    finally:
        await session.leave()


class Bureau:
    """One browser and the mock's first account, whose session stays from test to test. Enters it once."""

    def __init__(self, site: backoffice.MockSite, home: Path) -> None:
        self.site = site
        self._home = home
        self._person = Person(site, login=site.control.accounts()[0].phone)

    def __enter__(self) -> Self:
        self._loop = Loop().__enter__()
        who, store = self.site.control.accounts()[0], self.site.control.stores()[0]
        self._account = Account("a1", self.site.platform, who.email)
        self._store = Store(store.id, self.site.platform, store.name, "a1")
        vault = vault_for(self._home, self._account, who)
        self._browsers = Browsers(settings_for(self._home), vault, self._person)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.run(self._browsers.__aexit__())
        self._loop.__exit__(None, None, None)

    def work(self, act: Callable[[Visit], Awaitable[T]], *, override: str = "", leave: Path | None = None) -> T:
        """Let `act` work inside the back-office, signed in."""
        pack = write_override(self.site, self._home, override)

        async def inside(at: Visit) -> T:
            await at.sign_in()
            return await act(at)

        there: Any = {"account": self._account, "store": self._store, "pack": pack, "home": self._home}
        return self._loop.run(_at_work(self._browsers, inside, leave, **there))
