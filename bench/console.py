"""How fast the console answers over a case log of 100,000 cases: `python -m bench --console`.

The log is filled in bulk, without its chain: no page asks for that. About one case in fifty waits for a person, as in a
house that is kept; the rest is answered, closed or on its way.
"""

from __future__ import annotations

import asyncio
import itertools
import random
import statistics
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import httpx
import sqlalchemy as sa

from automation.caselog import CaseLog
from automation.caselog.tables import CaseRow, EventRow, EvidenceRow, PacketRow
from automation.console.serving import serving
from automation.model import Account, State, Store
from automation.office import Office
from automation.packs import Packs
from automation.settings import Settings
from automation.vault import Vault

CASES: Final = 100_000
ASKED: Final = 15  # times each page is asked for; the first does not count
BARS: Final = {"first page (/enter)": 150, "inbox": 200}  # milliseconds
_MIX: Final = {
    State.READY: 8,
    State.DRAFT: 4,
    State.PREPARED: 2,
    State.NEEDS_PERSON: 3,
    State.UNCERTAIN: 1,
    State.REJECTED: 4,
    State.SUBMITTED: 30,
    State.UPHELD: 350,
    State.CLOSED: 580,
    State.EXPIRED: 18,
}
_TEXTS: Final = (
    "不给五十块钱就不删差评",
    "东西太差了，跟图片完全不一样",
    "没收到货就让我好评",
    "同行恶意刷差评，从未下单",
)


def run() -> None:
    """Fill a log, serve it, ask for each page."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        settings = Settings(home=home, operator="bench")
        with CaseLog.open(settings.database, home) as log:
            began = time.perf_counter()
            _registers(log)
            _fill(settings.database)
            print(f"{CASES} cases written in {time.perf_counter() - began:.0f} s")
            office = Office.of(settings, log, Vault.open(home, passphrase="bench"), Packs())
            asyncio.run(_ask(office))


def _registers(log: CaseLog) -> None:
    for number in range(8):
        log.put_account(Account(f"a{number}", "douyin_shop", f"139{number:08d}"), by="bench")
        log.put_store(
            Store(f"s{number}", "douyin_shop", f"{number}号店", f"a{number}", client=f"c{number % 3}"), by="bench"
        )


def _fill(url: str) -> None:
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        for table, rows in (
            (CaseRow, _cases()),
            (PacketRow, _packets()),
            (EvidenceRow, _evidence()),
            (EventRow, _events()),
        ):
            while chunk := list(itertools.islice(rows, 5000)):
                connection.execute(sa.insert(table), chunk)
        connection.execute(sa.text("ANALYZE"))
    engine.dispose()


def _times(number: int) -> datetime:
    return datetime.now(UTC) - timedelta(minutes=number % 40_000)


def _cases() -> Iterator[dict[str, Any]]:
    dice = random.Random(7)
    states = dice.choices(list(_MIX), weights=list(_MIX.values()), k=CASES)
    for number, state in enumerate(states, start=1):
        at = _times(number)
        yield {
            "id": number,
            "store": f"s{number % 8}",
            "channel": "review_appeal",
            "identity": f"review {number}",
            "state": str(state),
            "previous": "",
            "round": 1,
            "revision": 1,
            "entered_by": "ann",
            "entered_at": at,
            "changed_at": at,
            "deadline": at + timedelta(days=30),
            "note": "",
            "source": "",
            "record_id": "",
        }


def _packets() -> Iterator[dict[str, Any]]:
    for number in range(1, CASES + 1):
        yield {
            "id": number,
            "case_id": number,
            "round": 1,
            "revision": 1,
            "by_whom": "ann",
            "at": _times(number),
            "channel": "review_appeal",
            "reason": "extortion",
            "description": f"3月{number % 28 + 1}日索要{number % 90}元补偿，商家拒绝。订单{69 * 10**17 + number}。",
            "review_id": str(74 * 10**17 + number),
            "order_no": str(69 * 10**17 + number),
            "review_text": _TEXTS[number % len(_TEXTS)],
            "posted_at": _times(number),
            "stars": 1,
            "buyer": f"用户{number % 10}**{number % 7}",
            "product": "蓝牙耳机",
            "review_url": "",
            "answers": {},
            "findings": [],
        }


def _evidence() -> Iterator[dict[str, Any]]:
    for number in range(1, CASES + 1):
        yield {
            "packet_id": number,
            "position": 0,
            "sha256": f"{number:064x}",
            "name": "chat.png",
            "size": 20_000,
            "media_type": "image/png",
            "kind": "chat",
            "caption": "",
            "shows_at": None,
        }


def _events() -> Iterator[dict[str, Any]]:
    for number, (case, kind) in enumerate(itertools.product(range(1, CASES + 1), ("entered", "moved", "receipt"))):
        yield {
            "seq": 10**6 + number,
            "at": _times(case),
            "by_whom": "worker",
            "kind": kind,
            "case_id": case,
            "data": {"to": {"entered": "ready", "moved": "submitting", "receipt": "submitted"}[kind]},
            "rows": [],
            "previous": "",
            "hash": f"{number}",
        }


async def _ask(office: Office) -> None:
    async with serving(office, port=0, work=False) as served:
        accept = {"accept": "text/html"}
        async with httpx.AsyncClient(base_url=served.url, headers=accept, follow_redirects=True, timeout=60) as client:
            await client.get(served.invite())
            pages = {
                "first page (/enter)": "/enter",
                "inbox": "/",
                "inbox of one client": "/?client=c1",
                "all cases": "/?view=all",
                "all cases, page 1000": "/?view=all&page=1000",
                "search by order": "/?view=all&q=6900000000000077",
                "search by words": "/?view=all&q=从未下单",
                "one case": "/cases/50000",
                "dashboard": "/dashboard",
            }
            for name, path in pages.items():
                await _time(client, name, path)


async def _time(client: httpx.AsyncClient, name: str, path: str) -> None:
    times = []
    for _ in range(ASKED):
        began = time.perf_counter()
        answer = await client.get(path)
        times.append((time.perf_counter() - began) * 1000)
    middle = statistics.median(times[1:])
    bar = f"   bar {BARS[name]}: {'holds' if middle <= BARS[name] else 'MISSED'}" if name in BARS else ""
    print(f"{name:<24}{answer.status_code}  {middle:7.0f} ms  (slowest {max(times):.0f}){bar}")
