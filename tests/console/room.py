"""A console as people have it: served in a thread, over a case log with a few cases, asked over HTTP."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from PIL import Image

from automation.caselog import CaseLog
from automation.console.access import Person, Role
from automation.console.serving import Served, serving
from automation.intake import add_case
from automation.model import Account, Case, Clock, FormPolicy, SignIn, Store, utc_now
from automation.office import Office
from automation.packs import Packs
from automation.settings import Settings
from automation.vault import Vault

DESCRIPTION = "买家3月5日签收后在飞鸽聊天中要求商家补偿50元，称不补偿就不删差评，商家当日拒绝。"
HTML = {"accept": "text/html"}


@dataclass
class Room:
    """A home folder with two stores of two clients, and the console over it."""

    office: Office
    served: Served
    _orders: int = 6920000000000000000

    @property
    def log(self) -> CaseLog:
        return self.office.log

    @property
    def url(self) -> str:
        return self.served.url

    @contextmanager
    def client(
        self, name: str = "Li Na", role: Role = Role.ADMIN, clients: frozenset[str] | None = None
    ) -> Iterator[httpx.Client]:
        """Somebody who is in: their cookie and CSRF token go with every request."""
        with httpx.Client(base_url=self.url, headers=HTML, timeout=30) as client:
            page = client.get(self.served.invite(Person(name, role, clients)), follow_redirects=True)
            assert page.status_code == 200, page.text
            token = re.search(r'"X-CSRF-Token": "([^"]+)', page.text)
            assert token is not None
            client.headers.update({"x-csrf-token": token[1], "origin": self.url})
            yield client

    def case(self, store: str = "s1", **other: Any) -> Case:
        """A new case, ready to be approved."""
        self._orders += 1
        picture = self.office.settings.home / "incoming" / f"{self._orders}.png"
        picture.parent.mkdir(exist_ok=True)
        Image.new("RGB", (320, 200), (self._orders % 256, 120, 160)).save(picture)
        values: dict[str, Any] = {
            "store": store,
            "channel": "review_appeal",
            "order_no": str(self._orders),
            "review_text": "不给五十块钱就不删差评",
            "posted_at": f"{datetime.now(UTC) - timedelta(days=3):%Y-%m-%d %H:%M}",
            "stars": "1",
            "buyer": "用户3**7",
            "reason": "extortion",
            "description": DESCRIPTION,
            "evidence": f"chat:{picture}",
        } | other
        report = add_case(values, log=self.log, packs=self.office.packs, by="ann")
        assert report.entered, report.problems
        return self.log.case(report.entered[0].id)


@contextmanager
def room(
    home: Path, *, work: bool = False, office: Office | None = None, clock: Clock = utc_now, **settings: Any
) -> Iterator[Room]:
    """Serve one for as long as the context lasts. `office`: over parts that somebody else opened."""
    with ExitStack() as stack:
        if office is None:
            config = Settings(home=home, operator="Li Na", **settings)
            log = stack.enter_context(CaseLog.open(config.database, home))
            office = Office.of(config, log, Vault.open(home, guard="file", key_file=home.parent / "vault.key"), Packs())
            for number, client in ((1, "North"), (2, "South")):
                log.put_account(
                    Account(f"a{number}", "douyin_shop", f"1390000000{number}", sign_in=SignIn.SMS), by="ann"
                )
                store = Store(f"s{number}", "douyin_shop", f"{number}号测试店", f"a{number}", client=client)
                log.put_store(store, by="ann")
                assert store.form_policy is FormPolicy.ALWAYS
        yield Room(office, stack.enter_context(_served(office, work=work, clock=clock)))


@contextmanager
def _served(office: Office, *, work: bool, clock: Clock) -> Iterator[Served]:
    up: Future[tuple[Served, asyncio.AbstractEventLoop, asyncio.Event]] = Future()

    async def serve() -> None:
        stop = asyncio.Event()
        async with serving(office, port=0, work=work, clock=clock) as served:
            up.set_result((served, asyncio.get_running_loop(), stop))
            await stop.wait()

    def run() -> None:
        try:
            asyncio.run(serve())
        except BaseException as error:
            if up.done():
                raise
            up.set_exception(error)

    thread = threading.Thread(target=run, name="console", daemon=True)
    thread.start()
    served, loop, stop = up.result()
    try:
        yield served
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
