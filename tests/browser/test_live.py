"""A lent page: what a person does is done there as they do it, one person at a time, while it is lent."""

from __future__ import annotations

import asyncio
import zipfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from playwright.async_api import Page

from automation.browser.session import Session
from automation.browser.sessions import Browsers
from automation.desk import LENT, Gesture, Key, LivePage, Pointer, Words
from automation.errors import InputError
from automation.model import Medium
from tests.browser import parts
from tests.browser.little import Little, serve
from tests.browser.parts import account, store
from tests.loop import run

CHECK = """<!doctype html><meta charset=utf-8><title>check</title>
<style>body { margin: 0; height: 3000px } #field { position: absolute; left: 700px; top: 100px }
#knob { position: absolute; left: 100px; top: 400px; width: 50px; height: 50px; background: #06c }</style>
<input id=field autocomplete=off><input type=password placeholder=密码><div id=knob></div><script>
window.told = [];
for (const kind of ["mousedown", "mousemove", "mouseup", "dblclick"])
  addEventListener(kind, (it) => told.push([kind, it.clientX, it.clientY, it.buttons, it.shiftKey, it.isTrusted]));
</script>"""


@pytest.fixture
def little() -> Iterator[Little]:
    with serve() as served:
        served.pages["/check"] = CHECK
        yield served


@asynccontextmanager
async def lending(little: Little, home: Path) -> AsyncIterator[tuple[Session, LivePage, asyncio.Event]]:
    """A sign-in that waits at a page until the event is set; leaving takes the page back."""
    desk, passed, settings = parts.Desk(lends=True), asyncio.Event(), parts.settings(home, traces="full")
    parts.vault(settings).set_secret("a", "password", "canary-password")

    async def arrived() -> str | None:
        return "home" if passed.is_set() else None

    async with Browsers(settings, parts.vault(settings), desk) as browsers:
        session = await browsers.session(account("a"), store("a"), parts.pack(little.url))
        await session.page.goto(f"{little.url}/check")
        await session.site.type_secret("password", "password")
        over = asyncio.create_task(session.hand.hand_over(Medium.SLIDER, None, "", arrived))
        await desk.opened.wait()
        ticket = desk.tickets[0]
        await ticket.was_lent.wait()
        assert desk.asked[0]["prompt"] == LENT
        yield session, ticket.pages[0], passed
        passed.set()
        assert await over == "home"


def press(x: float, y: float, **more: int) -> Pointer:
    return Pointer("presses", x / 1440, y / 900, "left", buttons=1, clicks=1, **more)


def release(x: float, y: float, **more: int) -> Pointer:
    return Pointer("releases", x / 1440, y / 900, "left", clicks=1, **more)


def key(name: str, number: int) -> list[Key]:
    return [Key("down", name, "", number), Key("up", name, "", number)]


def test_mouse_and_keys_do_there_what_was_done_here(little: Little, tmp_path: Path) -> None:
    gestures: list[Gesture] = [
        press(125, 425),
        *(Pointer("moves", (125 + step * 100) / 1440, 426 / 900, "left", buttons=1) for step in (1, 2)),
        release(325, 426),
        press(710, 110),
        release(710, 110),
        *key("a", 65),
        *key("B", 66),
        *key("Backspace", 8),
        Words("writes", "验证"),
    ]

    async def go() -> tuple[list[list[object]], str, Image.Image, float]:
        async with lending(little, tmp_path / "home") as (session, page, _), page.watch("bob") as view:
            shown = Image.open(BytesIO(await view.frame() or b""))
            for gesture in gestures:
                assert await view.do(gesture)
            written = await session.page.input_value("#field")
            told = await session.page.evaluate("told")
            await view.do(Pointer("turns", 0.5, 0.5, dy=300.0))
            await session.page.wait_for_function("scrollY >= 300")
            return told, written, shown, await session.page.evaluate("scrollY")

    told, written, shown, scrolled = run(go())
    assert (shown.format, shown.size) == ("JPEG", (1440, 900))
    assert told[:4] == [
        ["mousedown", 125, 425, 1, False, True],
        ["mousemove", 225, 426, 1, False, True],
        ["mousemove", 325, 426, 1, False, True],
        ["mouseup", 325, 426, 0, False, True],
    ]
    assert (written, scrolled) == ("a验证", 300)


def test_a_change_of_the_page_comes_as_a_new_picture(little: Little, tmp_path: Path) -> None:
    async def go() -> None:
        async with lending(little, tmp_path / "home") as (session, page, _), page.watch("bob") as view:
            await session.page.evaluate("knob.style.cssText = 'left: 800px; background: #f00'")
            async with asyncio.timeout(10):
                while (picture := await view.frame()) is not None:
                    pixel = Image.open(BytesIO(picture)).convert("RGB").getpixel((825, 425))
                    if isinstance(pixel, tuple) and pixel[0] > 200 > pixel[2]:
                        return

    run(go())


def test_a_second_person_is_refused_until_the_first_one_leaves(little: Little, tmp_path: Path) -> None:
    async def go() -> None:
        async with lending(little, tmp_path / "home") as (_, page, _passed):
            async with page.watch("bob"):
                assert page.viewer == "bob"
                with pytest.raises(InputError, match="bob is at this page"):
                    async with page.watch("eve"):
                        pass
            async with page.watch("eve") as view:
                assert await view.frame()

    run(go())


def test_a_page_that_was_taken_back_shows_nothing_and_takes_nothing(little: Little, tmp_path: Path) -> None:
    async def go() -> list[object]:
        async with lending(little, tmp_path / "home") as (session, page, passed), page.watch("bob") as view:
            assert await view.frame()
            passed.set()
            async with asyncio.timeout(10):
                while await view.frame() is not None:
                    pass
            await session.page.evaluate("document.body.style.background = '#f00'")
            assert await view.frame() is None
            assert not await view.do(press(125, 425))
            told: list[object] = await session.page.evaluate("told")
            return told

    assert run(go()) == []


def test_a_button_that_was_down_when_the_person_left_is_let_go(little: Little, tmp_path: Path) -> None:
    async def go() -> list[list[object]]:
        async with lending(little, tmp_path / "home") as (session, page, _):
            async with page.watch("bob") as view:
                await view.frame()
                await view.do(press(125, 425))
                await view.do(Pointer("moves", 0.5, 0.5, "left", buttons=1))
            told: list[list[object]] = await session.page.evaluate("told")
            return told

    assert run(go())[-1] == ["mouseup", 720, 450, 0, False, True]


def test_what_was_typed_is_in_no_trace(little: Little, tmp_path: Path) -> None:
    typed: list[Gesture] = [press(710, 110), release(710, 110)]
    typed += [one for digit in "837261" for one in key(digit, ord(digit))]

    async def go() -> Path:
        async with lending(little, tmp_path / "home") as (session, page, _):
            async with page.watch("bob") as view:
                await view.frame()
                for gesture in typed:
                    await view.do(gesture)
                await view.do(Words("writes", "canary-words"))
            await _say(session.page)
            files = await session.failure("failed", tmp_path / "left")
        return next(file for file in files if file.suffix == ".zip")

    with zipfile.ZipFile(run(go())) as trace:
        kept = b"".join(trace.read(name) for name in trace.namelist())
    assert b"fieldSays" in kept
    for told in (b"837261", b"canary-words", b'"text":"8"', b'"key":"8"'):
        assert told not in kept


async def _say(page: Page) -> None:
    """Let the page tell the trace what is in the field."""
    await page.evaluate("'fieldSays ' + field.value")


def test_what_was_filled_in_stays_unread(little: Little, tmp_path: Path) -> None:
    async def go() -> tuple[str, list[str]]:
        async with lending(little, tmp_path / "home") as (session, page, _), page.watch("bob") as view:
            await view.frame()
            field = session.page.get_by_placeholder("密码")
            await field.evaluate("one => { one.type = 'text'; window.got = []; one.focus(); one.select() }")
            await session.page.evaluate("for (const it of ['copy', 'cut']) addEventListener(it, () => got.push(it))")
            for name, number, modifiers in (("c", 67, 2), ("x", 88, 2), ("Insert", 45, 2), ("Delete", 46, 8)):
                await view.do(Key("down", name, "", number, modifiers))
            style: str = await field.evaluate("one => getComputedStyle(one).webkitTextSecurity")
            return style, await session.page.evaluate("got")

    assert run(go()) == ("disc", [])
