from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import async_playwright

from automation.browser.launch import find_browser
from automation.browser.session import Session
from automation.browser.sessions import Browsers, profile_folder
from automation.errors import BrowserUnavailable, SiteFault
from automation.model import Account, SessionMode
from automation.pack import Pack
from automation.settings import Settings
from tests.browser import parts
from tests.browser.little import Little, serve
from tests.browser.parts import account, store
from tests.loop import run


@pytest.fixture
def little() -> Iterator[Little]:
    with serve() as served:
        yield served


@pytest.fixture
def pack(little: Little) -> Pack:
    return parts.pack(little.url)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return parts.settings(tmp_path / "home")


def _browsers(settings: Settings) -> Browsers:
    return Browsers(settings, parts.vault(settings), parts.Desk())


async def _sign_in(session: Session, little: Little, who: Account) -> None:
    page = session.page
    await page.goto(little.url)
    await page.get_by_placeholder("手机号码").fill(who.login)
    await page.get_by_role("button").click()
    await page.get_by_role("heading", name=f"你好 {who.login}").wait_for()


async def _who(session: Session, little: Little) -> str:
    await session.page.goto(little.url)
    heading = session.page.get_by_role("heading")
    return await heading.inner_text() if await heading.count() else await session.page.title()


def test_a_kept_session_lives_in_the_next_process(little: Little, pack: Pack, settings: Settings) -> None:
    who = account("a")

    async def first() -> None:
        async with _browsers(settings) as browsers:
            session = await browsers.session(who, store("a"), pack)
            await _sign_in(session, little, who)
            await session.keep()

    async def second() -> str:
        async with _browsers(settings) as browsers:
            return await _who(await browsers.session(who, store("a"), pack), little)

    run(first())
    assert run(second()) == "你好 login-of-a"
    little.dead = True
    assert run(second()) == "登录"


def test_what_was_not_kept_or_was_forgotten_is_gone(little: Little, pack: Pack, settings: Settings) -> None:
    who = account("a")

    async def go() -> list[str]:
        async with _browsers(settings) as browsers:
            session = await browsers.session(who, store("a"), pack)
            await _sign_in(session, little, who)
            await session.close()
            session = await browsers.session(who, store("a"), pack)
            after_close = await _who(session, little)
            await _sign_in(session, little, who)
            await session.keep()
            session = await browsers.session(who, store("a"), pack)
            kept = await _who(session, little)
            await session.forget()
            session = await browsers.session(who, store("a"), pack)
            return [after_close, kept, await _who(session, little)]

    assert run(go()) == ["登录", "你好 login-of-a", "登录"]


def test_two_accounts_at_once_never_share_a_cookie(little: Little, pack: Pack, settings: Settings) -> None:
    async def work(browsers: Browsers, who: Account) -> str:
        session = await browsers.session(who, store(who.id), pack)
        await _sign_in(session, little, who)
        for _ in range(5):
            assert await _who(session, little) == f"你好 {who.login}"
        await session.keep()
        return (await session.page.context.cookies())[0].get("value", "")

    async def go() -> list[str]:
        async with _browsers(settings) as browsers:
            return await asyncio.gather(*(work(browsers, account(name)) for name in ("a", "b", "c")))

    sids = run(go())
    assert len(set(sids)) == 3
    assert {little.sessions[sid] for sid in sids} == {f"login-of-{name}" for name in "abc"}


def test_the_tab_is_used_again_and_looks_like_a_merchants(little: Little, pack: Pack, settings: Settings) -> None:
    async def go() -> tuple[bool, object]:
        async with _browsers(settings) as browsers:
            session = await browsers.session(account("a"), store("a"), pack)
            await session.page.goto(little.url)
            await session.keep()
            again = await browsers.session(account("a"), store("a"), pack)
            looks = await again.page.evaluate("[navigator.language, Intl.DateTimeFormat().resolvedOptions().timeZone]")
            return session.page is again.page, looks

    assert run(go()) == (True, ["zh-CN", "Asia/Shanghai"])


def test_idle_tabs_beyond_the_limit_close_and_their_sessions_live_on(
    little: Little, pack: Pack, settings: Settings
) -> None:
    async def go() -> tuple[list[bool], list[str]]:
        async with _browsers(settings.model_copy(update={"tabs_open": 2})) as browsers:
            pages = []
            for name in "abcd":
                session = await browsers.session(account(name), store(name), pack)
                await _sign_in(session, little, account(name))
                pages.append(session.page)
                await session.keep()
            closed = [page.is_closed() for page in pages]
            return closed, [
                await _who(await browsers.session(account(name), store(name), pack), little) for name in "ad"
            ]

    assert run(go()) == ([True, True, False, False], ["你好 login-of-a", "你好 login-of-d"])


def test_dialogs_are_dismissed_and_told_and_windows_closed(little: Little, pack: Pack, settings: Settings) -> None:
    little.pages["/dialogs"] = "<script>document.title = [confirm('删除?'), prompt('?'), alert('hi')].join()</script>"
    little.pages["/window"] = "window"
    little.pages["/opener"] = "<button onclick=\"window.open('/window')\">open</button>"

    async def go() -> tuple[str, tuple[str, ...], tuple[str, ...]]:
        async with _browsers(settings) as browsers:
            session = await browsers.session(account("a"), store("a"), pack)
            await session.page.goto(f"{little.url}/dialogs")
            title = await session.page.title()
            await session.page.goto(f"{little.url}/opener")
            async with session.page.expect_popup() as opened:
                await session.page.get_by_text("open").click()
            window = await opened.value
            if not window.is_closed():
                await window.wait_for_event("close")
            return title, session.dialogs, session.windows

    title, dialogs, windows = run(go())
    assert title == "false,,"
    assert dialogs == ("confirm: 删除?", "prompt: ?", "alert: hi")
    assert len(windows) == 1


def test_a_page_that_does_not_want_to_be_left_is_replaced_for_the_next_job(
    little: Little, pack: Pack, settings: Settings
) -> None:
    little.pages["/stay"] = "<body onclick=1>x<script>onbeforeunload = (e) => e.preventDefault()</script>"

    async def go() -> tuple[tuple[str, ...], str]:
        async with _browsers(settings) as browsers:
            session = await browsers.session(account("a"), store("a"), pack)
            await session.page.goto(f"{little.url}/stay")
            await session.page.click("body")  # browsers ask only people who touched the page
            await session.page.evaluate("setTimeout(() => { location.href = '/' }, 0)")
            await session.page.wait_for_event("dialog")
            dialogs = session.dialogs
            await session.keep()
            return dialogs, await _who(await browsers.session(account("a"), store("a"), pack), little)

    dialogs, title = run(go())
    assert dialogs == ("beforeunload: ",)
    assert title == "登录"


@pytest.mark.parametrize("how", ["page", "browser"])
def test_after_a_crash_the_next_session_works(little: Little, pack: Pack, settings: Settings, how: str) -> None:
    async def go() -> str:
        async with _browsers(settings) as browsers:
            session = await browsers.session(account("a"), store("a"), pack)
            await _sign_in(session, little, account("a"))
            await session.keep()
            session = await browsers.session(account("a"), store("a"), pack)
            browser = session.page.context.browser
            assert browser
            cdp = await browser.new_browser_cdp_session()
            if how == "page":
                crashed = asyncio.ensure_future(session.page.wait_for_event("crash"))
                own = await session.page.context.new_cdp_session(session.page)
                doing = asyncio.ensure_future(own.send("Page.crash"))
                await crashed
                doing.cancel()
            else:
                found = (await cdp.send("SystemInfo.getProcessInfo"))["processInfo"]
                gone = asyncio.Event()
                browser.on("disconnected", lambda _: gone.set())
                os.kill(next(one["id"] for one in found if one["type"] == "browser"), signal.SIGTERM)
                await gone.wait()
                with pytest.raises(SiteFault):
                    await session.screenshot()
                with pytest.raises(SiteFault):
                    await session.keep()
            assert not session.lives
            assert not any(path.suffix == ".png" for path in await session.failure("crash", settings.home / "f"))
            return await _who(await browsers.session(account("a"), store("a"), pack), little)

    assert run(go()) == "你好 login-of-a"


def test_animations_run_fast_on_every_page_and_in_frames(little: Little, pack: Pack, settings: Settings) -> None:
    moving = """<style>div { animation: move 20s linear forwards } @keyframes move { to { margin-left: 9px } }</style>
      <div onanimationend="document.title = 'moved'; parent.postMessage('moved', '*')">x</div>"""
    other = little.url.replace("127.0.0.1", "localhost")
    listen = "<script>onmessage = (e) => { if (e.data === 'moved') window.inner = true }</script>"
    little.pages["/inner"] = little.pages["/moving"] = moving
    little.pages["/outer"] = f"{listen}<iframe src='{other}/inner'></iframe>"

    async def go() -> None:
        async with _browsers(settings) as browsers:
            session = await browsers.session(account("a"), store("a"), parts.pack(little.url, other))
            for origin in (little.url, other, little.url):
                await session.page.goto(f"{origin}/moving")
                await session.page.wait_for_function("document.title === 'moved'")
            await session.page.goto(f"{little.url}/outer")
            await session.page.wait_for_function("window.inner === true")

    run(go())


def test_a_profile_keeps_its_session_in_a_private_folder_of_its_own(
    little: Little, pack: Pack, settings: Settings
) -> None:
    who = account("a", SessionMode.PROFILE)

    async def go(*, sign_in: bool, forget: bool = False) -> str:
        async with _browsers(settings) as browsers:
            session = await browsers.session(who, store("a"), pack)
            if sign_in:
                await _sign_in(session, little, who)
                await session.keep()
            shown = await _who(session, little)
            if forget:
                await session.forget()
            return shown

    run(go(sign_in=True))
    folder = profile_folder(settings.home, "a")
    assert folder.is_dir()
    assert os.name != "posix" or folder.stat().st_mode & 0o077 == 0
    assert run(go(sign_in=False, forget=True)) == "你好 login-of-a"
    assert run(go(sign_in=False)) == "登录"
    assert parts.vault(settings).state("a") is None


@pytest.fixture
def operators_chrome(tmp_path: Path, settings: Settings) -> Iterator[str]:
    """A browser that somebody else started, and that goes on living."""
    folder = tmp_path / "theirs"
    switches = ["--remote-debugging-port=0", f"--user-data-dir={folder}", "about:blank"]
    if os.name == "posix" and os.geteuid() == 0:
        switches.insert(0, "--no-sandbox")
    with subprocess.Popen([str(find_browser(settings).path), *switches], stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        line = next(line for line in process.stderr if "DevTools listening on" in line)
        try:
            yield line.split("DevTools listening on ")[1].strip()
        finally:
            process.terminate()
            process.stderr.close()
            process.wait()
            shutil.rmtree(folder, ignore_errors=True)


def test_attached_only_a_tab_of_our_own_is_used_and_the_rest_left_as_it_was(
    little: Little, pack: Pack, settings: Settings, operators_chrome: str
) -> None:
    who = account("a", SessionMode.ATTACH, operators_chrome)

    async def go() -> tuple[list[str], list[str], str, bool]:
        async with async_playwright() as playwright:
            theirs = await playwright.chromium.connect_over_cdp(operators_chrome)
            context = theirs.contexts[0]
            tab = await context.new_page()
            await tab.goto(f"{little.url}/?operator")
            before = [page.url for page in context.pages]
            await context.add_cookies([{"name": "mine", "value": "operators-own", "url": little.url}])
            async with _browsers(settings) as browsers:
                session = await browsers.session(who, store("a"), pack)
                await _sign_in(session, little, who)
                await tab.goto("data:text/html,elsewhere")  # the guard is not on the operator's tabs
                await tab.go_back()
                await session.keep()
                shown = await _who(await browsers.session(who, store("a"), pack), little)
                left = await session.failure("x", settings.home / "f")
            cookies = {cookie.get("name") for cookie in await context.cookies()}
            return before, [page.url for page in context.pages], shown, {"mine", "sid"} <= cookies and len(left) == 1

    before, after, shown, rest = run(go())
    assert after == before
    assert shown == "你好 login-of-a"
    assert rest
    assert parts.vault(settings).state("a") is None


def test_an_endpoint_where_nobody_answers_says_how_to_start_chrome(pack: Pack, settings: Settings) -> None:
    who = account("a", SessionMode.ATTACH, "http://127.0.0.1:9")

    async def go() -> None:
        async with _browsers(settings) as browsers:
            await browsers.session(who, store("a"), pack)

    with pytest.raises(BrowserUnavailable, match="remote-debugging-port"):
        run(go())


def test_a_browser_that_does_not_start_is_named(tmp_path: Path, pack: Pack, settings: Settings) -> None:
    broken = tmp_path / "broken"
    broken.write_text("#!/bin/sh\necho no display >&2\nexit 3\n")
    broken.chmod(0o755)

    async def go() -> None:
        async with _browsers(settings.model_copy(update={"browser_path": broken})) as browsers:
            await browsers.session(account("a"), store("a"), pack)

    with pytest.raises(BrowserUnavailable, match=r"broken \(the setting browser_path\) does not start"):
        run(go())
