"""Hostile texts on every page, in a real browser; and the live view under hostile messages."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection

from automation.casework.people import add_person
from automation.console.access import Person, Role
from automation.console.means import Means
from automation.desk import Gesture
from automation.model import Account, Medium, SignIn, State, Store
from tests.console.room import Room
from tests.console.test_live_view import _socket
from tests.console.test_people import HASH, browser

STRIKE = "window.struck=1"
MARK = f"""'"><img src=x onerror={STRIKE}><script>{STRIKE}</script><b class=struck style=color:red>{{{{7*7}}}}"""
_HOOK = """
  window.violations = [];
  const heard = (one) => window.violations.push(`${one.violatedDirective} ${one.sourceFile} ${one.lineNumber}`);
  addEventListener('securitypolicyviolation', heard, true);
"""
_FOUND = """() => ({
  violations: window.violations,
  struck: window.struck ?? 0,
  injected: document.querySelectorAll('.struck, img[onerror], img[src="x"], script:not([src^="/static/"])').length,
  scripted: [...document.links].filter((one) => !/^https?:$/.test(one.protocol)).map((one) => one.href),
})"""
CLEAN = {"violations": [], "struck": 0, "injected": 0, "scripted": []}


@pytest.fixture
def hostile(console: Room) -> Room:
    """A console where everybody and everything says the same."""
    log = console.log
    log.put_account(Account("a9" + MARK, "douyin_shop", MARK, SignIn.SMS), by=MARK)
    log.put_store(Store("s9" + MARK, "douyin_shop", "店" + MARK, "a9" + MARK, client="客" + MARK), by=MARK)
    said = {"review_text": MARK, "buyer": MARK, "product": MARK, "description": MARK * 2}
    case = console.case("s9" + MARK, **said)
    console.case("s9" + MARK, **said)
    log.add_event("failure", by=MARK, case=case.id, data={"error": MARK, "files": [f"/x/{MARK}.png"], MARK: MARK})
    log.move(case.id, State.WITHDRAWN, by=MARK, note=MARK)
    log.open_challenge("a9" + MARK, "s9" + MARK, Medium.SMS, destination=MARK, prompt=MARK, seconds=600)
    log.put_person(Person(MARK[:60], Role.VIEWER, frozenset({"客" + MARK})), by=MARK)
    return console


def _looked(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = page.evaluate(_FOUND)
    return found


def test_no_text_of_anybody_becomes_more_than_text(hostile: Room, browser: Browser) -> None:
    pages = ["/", "/?view=all&q=" + MARK.replace("&", ""), "/cases/1", "/cases/2", "/cases/2/edit", "/batch", "/stores"]
    pages += ["/batch/review?case=2", "/cases/2/evidence/1/cover", "/dashboard", "/people", "/notices", "/import"]
    pages += ["/challenges", "/challenges/1", "/me", "/cases/" + MARK.replace("/", ""), "/?view=" + MARK]
    with browser.new_context(locale="en-GB") as context:
        context.add_init_script(_HOOK)
        page = context.new_page()
        page.goto(hostile.served.invite(Person(MARK[:60], Role.ADMIN)))
        wrong: dict[str, Any] = {}
        for path in pages:
            page.goto(hostile.url + path)
            wrong |= {path: found} if (found := _looked(page)) != CLEAN else {}
        assert wrong == {}
        table = f"店铺,渠道,评价内容,订单号\n{MARK},{MARK},{MARK},1\n".encode()
        page.goto(f"{hostile.url}/import")
        file: Any = {"name": MARK.replace("/", "") + ".csv", "mimeType": "text/csv", "buffer": table}
        page.set_input_files("input[type=file] >> nth=0", [file])
        page.wait_for_load_state()
        assert _looked(page) == CLEAN
        # what somebody else changed meanwhile comes into the page by HTMX
        page.goto(f"{hostile.url}/cases/2/edit")
        log = hostile.log
        log.move(2, State.WITHDRAWN, by=MARK, note=MARK)
        page.fill("[name=description]", MARK)
        page.evaluate("document.querySelectorAll('[id]').forEach((one) => one.style.minHeight = '1px')")  # as one drags
        with page.expect_response(lambda answer: answer.request.method == "POST") as answer:
            page.click("form[action='/cases/2/edit'] button.yes")
        assert answer.value.status == 409
        page.wait_for_selector("[role=alert]")
        assert _looked(page) == CLEAN


@dataclass
class Lent:
    """A page that is lent, and what was done to it."""

    done: list[Gesture] = field(default_factory=list)
    viewer: str = ""

    @asynccontextmanager
    async def watch(self, by: str) -> AsyncIterator[Lent]:
        self.viewer = by
        yield self

    async def frame(self) -> bytes | None:
        await asyncio.Event().wait()
        return None

    async def do(self, gesture: Gesture) -> bool:
        self.done.append(gesture)
        return True


@pytest.fixture
def lent(monkeypatch: pytest.MonkeyPatch) -> Lent:
    made = Lent()
    monkeypatch.setattr(Means, "live", lambda *_: made)
    return made


def _drain(socket: ClientConnection) -> None:
    """Until it ends."""
    while True:
        socket.recv(timeout=10)


_MOVE = {"does": "moves", "x": 0.5, "y": 0.5}
_KEY = {"does": "down", "key": "a", "code": "KeyA", "number": 65}


@pytest.mark.parametrize(
    "sent",
    [
        "[" * 30_000,
        "null",
        b"\x00\xff",
        json.dumps({"does": "evaluate", "script": "1"}),
        json.dumps({**_MOVE, "x": 1e308}),
        '{"does": "moves", "x": NaN, "y": 0}',
        json.dumps({**_MOVE, "dx": 1e9}),
        json.dumps({**_KEY, "key": "x" * 50}),
        json.dumps({**_KEY, "number": -1}),
        json.dumps({"does": "writes", "text": "x" * 2001}),
        "x" * 70_000,
    ],
    ids=lambda sent: str(sent[:40]),
)
def test_a_hostile_message_ends_the_live_view_and_does_nothing(shared: Room, lent: Lent, sent: str | bytes) -> None:
    asked = shared.log.open_challenge("a2", "s2", Medium.SLIDER, seconds=300)
    with shared.client() as client, _socket(shared, client, asked.id) as socket:
        socket.send(json.dumps(_MOVE))
        socket.send(sent)
        with pytest.raises(ConnectionClosed) as ended:
            _drain(socket)
    assert ended.value.rcvd is not None
    assert ended.value.rcvd.code in {4400, 1009}  # unclear, or too big
    assert [one.does for one in lent.done] in ([], ["moves"])


def test_a_live_view_ends_when_its_person_is_removed_elsewhere(console: Room, lent: Lent) -> None:
    asked = console.log.open_challenge("a2", "s2", Medium.SLIDER, seconds=300)
    add_person(console.office, Person("Wang", Role.ENTRY), by="Li Na")
    console.log.set_password("Wang", HASH, by="Li Na")
    with browser(console) as one:
        one.sign_in("Wang")
        with _socket(console, one.client, asked.id) as socket:
            for _ in range(300):
                socket.send(json.dumps(_MOVE))
            console.log.put_person(Person("Wang", Role.VIEWER), by="the command line")
            assert set(json.loads(socket.recv(timeout=10))) == {"over"}
    assert len(lent.done) <= 300
