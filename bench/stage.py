"""The scene that all sides play on: one mock back-office, the same cases, sessions that already live."""

from __future__ import annotations

import json
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

from PIL import Image

from fixtures.backoffice import MockSite, serve
from fixtures.backoffice.people import Account, Store

STORES = 10
REVIEWS = 200  # a store; the cases' reviews are among them
DESCRIPTION = (
    "该买家于11月3日下单，11月6日签收后立即给出差评，并在聊天中明确表示不给五十元补偿就不删差评，见聊天截图。"
    "客服当日两次说明可以退货退款，买家均拒绝，只要求现金补偿。此行为属于利用评价要挟，申请平台判定差评无效。"
    "物流记录显示包裹完好签收，买家未提出任何质量问题。"
)
REASON = "利用评价要挟/勒索"


@dataclass(frozen=True, slots=True)
class Task:
    """One appeal to file: where, about what, with which three files."""

    store: Store
    order_no: str
    review_id: str
    text: str
    files: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Stage:
    """A served mock with ten stores, each with an account of its own; `states` are signed-in storage states."""

    site: MockSite
    accounts: tuple[Account, ...]
    stores: tuple[Store, ...]
    files: tuple[Path, ...]

    def task(self, store: int = 0) -> Task:
        """A fresh case at a store: a review of its own, never contested before."""
        place = self.stores[store]
        review = self.site.control.add_review(place.id, hours_ago=60)
        return Task(place, review.order_no, review.review_id, review.text, self.files)

    def state(self, store: int = 0) -> dict[str, Any]:
        """A new session of the store's account, as a Playwright storage state."""
        jar = CookieJar()
        web = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
        account = self.accounts[store]
        login = {"email": account.email, "password": account.password}
        request = urllib.request.Request(
            f"{self.site.url}/api/login/email",
            data=json.dumps(login).encode(),
            headers={"content-type": "application/json"},
        )
        with web.open(request) as answer:
            assert json.load(answer)["code"] == 0
        cookies = [
            {"name": c.name, "value": c.value or "", "domain": "127.0.0.1", "path": "/", "expires": -1,
             "httpOnly": True, "secure": False, "sameSite": "Lax"}
            for c in jar
        ]  # fmt: skip
        return {"cookies": cookies, "origins": []}

    def filed(self, task: Task) -> None:
        """Raise unless the server holds exactly one appeal about the task, with its three files."""
        held = [one for one in self.site.control.received() if one.order_no == task.order_no]
        assert len(held) == 1, f"{len(held)} appeals about {task.order_no}"
        assert len(held[0].files) == len(task.files)
        assert held[0].description == DESCRIPTION


@contextmanager
def stage() -> Iterator[Stage]:
    """Serve the scene. Entry pop-ups are off, so that the raw scripts stay what people write."""
    stores = tuple(Store(f"bench{n}", f"测速店铺{n:02d}") for n in range(STORES))
    accounts = tuple(
        Account(f"1390000{n:04d}", f"bench{n}@example.com", f"pass-{n}", (store.id,)) for n, store in enumerate(stores)
    )
    with tempfile.TemporaryDirectory() as folder, serve("douyin_shop") as site:
        site.control.seed(reviews=REVIEWS, stores=stores, accounts=accounts)
        site.control.switch("popups", value=False)
        files = tuple(_picture(Path(folder) / f"凭证{n}.png", n) for n in range(3))
        yield Stage(site, accounts, stores, files)


def _picture(path: Path, seed: int) -> Path:
    """A PNG of about 200 KB."""
    Image.effect_noise((460, 460), 40 + seed).save(path)
    return path
