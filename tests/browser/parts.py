"""What the tests of sessions are made of: a pack for one origin, accounts, a desk, and a loop of their own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

from automation.desk import LivePage
from automation.errors import ChallengeUnanswered
from automation.model import Account, Medium, SessionMode, Store
from automation.pack import Pack
from automation.settings import Settings
from automation.vault import Vault

T = TypeVar("T")


def pack(*origins: str) -> Pack:
    """A pack of which only the origins matter."""
    known = {"source": "assumed"}
    return Pack.model_validate(
        {
            "format": 1,
            "platform": "little",
            "title": "Little",
            "origins": origins,
            "library": "plain",
            "sign_in": {"methods": ["password"], "dead_when": ["login"]},
            "pages": {
                "login": {**known, "url": "/", "here_when": ["password"]},
                "home": {**known, "url": "/", "here_when": ["hello"]},
            },
            "elements": {
                "login": {**known, "control": "text", "find": [{"placeholder": "手机号码"}]},
                "password": {**known, "control": "text", "find": [{"placeholder": "密码"}]},
                "code": {**known, "control": "text", "find": [{"placeholder": "验证码"}]},
                "enter": {**known, "control": "button", "find": [{"role": "button", "name": "登录"}]},
                "hello": {
                    **known,
                    "control": "display",
                    "find": [{"role": "heading", "name": "你好", "contains": True}],
                },
                "away": {**known, "control": "button", "find": [{"text": "away"}]},
            },
            "channels": {
                "appeal": {
                    **known,
                    "title": "appeal",
                    "reasons": {"malicious": {**known, "title": "malicious", "labels": ["恶意"]}},
                    "limits": {
                        **known,
                        "description_max": 200,
                        "files_max": 3,
                        "file_bytes_max": 1000,
                        "media_types": ["image/png"],
                    },
                    "submit": {**known, "press": "enter"},
                    "outcomes": [{**known, "says": ["通过"], "means": "upheld"}],
                    "cadence": {**known, "first_after_hours": 1, "every_hours": 1, "working_days": [1, 3]},
                }
            },
        }
    )


def account(name: str, mode: SessionMode = SessionMode.MANAGED, endpoint: str = "") -> Account:
    return Account(id=name, platform="little", login=f"login-of-{name}", session=mode, endpoint=endpoint)


def store(name: str) -> Store:
    return Store(id=f"store-{name}", platform="little", name=f"Store {name}", account=name)


def vault(settings: Settings) -> Vault:
    return Vault.open(settings.home, guard="file", key_file=settings.home.with_name("vault.key"))


class Ticket:
    """An open question at a desk where the test sits."""

    def __init__(self, answers: list[str], seconds: float) -> None:
        self.answers = answers
        self.pictures: list[bytes] = []
        self.pages: list[LivePage] = []
        self.was_lent = asyncio.Event()
        self.closed = asyncio.Event()
        self.shown = asyncio.Event()
        self.given_up = asyncio.Event()
        self._end = asyncio.get_running_loop().time() + seconds

    async def answer(self) -> str:
        if self.answers:
            return self.answers.pop(0)
        await self.given_up.wait()
        raise ChallengeUnanswered("given up")

    async def show(self, picture: bytes) -> None:
        self.pictures.append(picture)
        self.shown.set()

    def lend(self, page: LivePage) -> None:
        self.pages.append(page)
        self.was_lent.set()

    @property
    def seconds_left(self) -> float:
        return self._end - asyncio.get_running_loop().time()


class Desk:
    """Gives prepared answers, and remembers what it was asked."""

    def __init__(self, *answers: str, seconds: float = 60, lends: bool = False) -> None:
        self.lends = lends
        self.answers = list(answers)
        self.seconds = seconds
        self.asked: list[dict[str, Any]] = []
        self.tickets: list[Ticket] = []
        self.opened = asyncio.Event()

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
    ) -> AsyncIterator[Ticket]:
        self.asked.append(
            {"account": account, "store": store, "medium": medium, "destination": destination, "prompt": prompt}
        )
        ticket = Ticket(self.answers, self.seconds)
        if picture is not None:
            ticket.pictures.append(picture)
        self.tickets.append(ticket)
        self.opened.set()
        try:
            yield ticket
        finally:
            ticket.closed.set()


def settings(home: Path, **changed: Any) -> Settings:
    return Settings.load(home).model_copy(update={"step_seconds": 5.0, **changed})
