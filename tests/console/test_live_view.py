"""The live view: who gets one; and whole, with a real browser at the console and a slider at the worker's."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.async_api import BrowserContext, Page, async_playwright, expect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from automation.browser.launch import find_browser
from automation.console.access import Person, Role
from automation.model import Medium, State
from automation.office import Office
from fixtures.qa.scene import Scene, scene
from tests.console.hands import EN, drag
from tests.console.room import Room, room
from tests.loop import run


def _socket(console: Room, client: httpx.Client, challenge: int, origin: str = "") -> ClientConnection:
    cookies = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    address = f"{console.url.replace('http', 'ws')}/challenges/{challenge}/live"
    return connect(address, origin=Origin(origin or console.url), additional_headers={"cookie": cookies})


@pytest.mark.parametrize(
    ("role", "clients", "origin", "status"),
    [
        (Role.VIEWER, None, "", 403),
        (Role.APPROVER, frozenset({"North"}), "", 404),
        (Role.ADMIN, None, "http://evil.example", 403),
    ],
    ids=["who only looks", "another client's", "another site"],
)
def test_the_page_is_lent_only_to_who_may_answer_here(
    console: Room, role: Role, clients: frozenset[str] | None, origin: str, status: int
) -> None:
    one = console.log.open_challenge("a2", "s2", Medium.SLIDER, seconds=300)
    with (
        console.client("Zhao", role, clients) as client,
        pytest.raises(InvalidStatus) as refused,
        _socket(console, client, one.id, origin),
    ):
        pass
    assert refused.value.response.status_code == status


def test_nobody_gets_in_without_a_session(console: Room) -> None:
    one = console.log.open_challenge("a2", "s2", Medium.SLIDER, seconds=300)
    with httpx.Client() as client, pytest.raises(InvalidStatus) as refused, _socket(console, client, one.id):
        pass
    assert refused.value.response.status_code == 403


def test_a_page_that_another_process_has_is_not_lent(console: Room) -> None:
    one = console.log.open_challenge("a2", "s2", Medium.SLIDER, seconds=300)
    with console.client() as client, _socket(console, client, one.id) as socket:
        assert set(json.loads(socket.recv())) == {"over"}
        with pytest.raises(ConnectionClosed):
            socket.recv()
    assert not [event for event in console.log.events() if event.kind.startswith("live_view")]


async def _type(page: Page, sent: list[dict[str, Any]]) -> None:
    """Keys go to the page while the picture has the focus, and none to the console; two Escapes lead out."""
    await expect(page.get_by_label("Live view of the sign-in page")).to_be_focused()
    at, before = page.url, len(sent)
    for name in ("i", "Control+z", "Escape", "Escape"):
        await page.keyboard.press(name)
    back = page.get_by_role("button", name="Hand the page back")
    await expect(back).to_be_focused()
    await page.get_by_label("Text to be typed there").fill("验证")
    await page.get_by_role("button", name="Type it").click()
    await expect(page.get_by_label("Text to be typed there")).to_have_value("")
    assert page.url == at
    told = [one for one in sent[before:] if one["does"] in ("down", "writes")]
    assert [(one.get("key") or one["text"], one.get("modifiers", 0)) for one in told] == [
        ("i", 0),
        ("Control", 2),
        ("z", 2),
        ("Escape", 0),
        ("验证", 0),
    ]
    assert (told[0]["code"], told[0]["number"]) == ("KeyI", 73)


def _sent(page: Page) -> list[dict[str, Any]]:
    """What the page sends over its web socket, from now on."""
    sent: list[dict[str, Any]] = []
    page.on("websocket", lambda it: it.on("framesent", lambda data: sent.append(json.loads(data))))
    return sent


async def _enter(context: BrowserContext, console: Room, name: str) -> Page:
    page = await context.new_page()
    await page.goto(console.served.invite(Person(name, Role.ENTRY)))
    return page


async def _at_the_console(console: Room, stage: Scene) -> None:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=find_browser(stage.settings).path)
        page = await _enter(await browser.new_context(**EN), console, "Wang Fang")
        await page.locator("a[href^='/challenges/']").click(timeout=40_000)
        sent = _sent(page)
        await page.get_by_role("button", name="Open the live view").click()
        await expect(page.get_by_text("in your hands")).to_be_visible(timeout=15_000)

        other = await _enter(await browser.new_context(**EN), console, "Zhao Lei")
        await other.goto(page.url)
        await other.get_by_role("button", name="Open the live view").click()
        await expect(other.get_by_role("status")).to_contain_text("Wang Fang is at this page")

        await _type(page, sent)
        assert stage.site.control.counts().sign_ins == 0
        await drag(page)
        await expect(page.get_by_text("The step was done")).to_be_visible(timeout=20_000)
        await page.goto(f"{console.url}/?view=all")
        await expect(page.locator(".badge.submitted")).to_be_visible(timeout=60_000)
        await browser.close()


def test_a_slider_is_moved_by_hand_in_the_live_view_and_the_case_gets_on(tmp_path: Path) -> None:
    with scene(tmp_path / "scene", platform="douyin_life", headless=True) as stage:
        stage.site.control.fault("slider_at_sign_in")
        case = stage.approved()
        office = Office.of(stage.settings, stage.log, stage.vault, stage.packs)
        with room(tmp_path, office=office, work=True) as console:
            run(_at_the_console(console, stage))
        assert stage.state(case) is State.SUBMITTED
        assert stage.site.control.counts().captchas_closed == 0
        views = [(one.kind, one.by, one.data) for one in stage.log.events() if one.kind.startswith("live_view")]
        seen = {"challenge": 1, "account": "a1", "store": "s1"}
        assert views == [
            ("live_view_opened", "Wang Fang", seen),
            ("live_view_closed", "Wang Fang", {**seen, "inputs": 6}),
        ]
