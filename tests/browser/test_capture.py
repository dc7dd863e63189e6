from __future__ import annotations

import base64
import io
import json
import os
import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from PIL import Image

from automation.browser.sessions import Browsers
from automation.model import Medium
from automation.pack import Pack
from automation.redaction import LIVE
from automation.settings import Settings
from tests.browser import parts
from tests.browser.little import Little, serve
from tests.browser.parts import account, store
from tests.loop import run

PASSWORD = 'canary-p@ss "w0rd" &<1>'
CODE = "837261"
SEED = "JBSWY3DPEHPK3PXP"


@pytest.fixture
def little() -> Iterator[Little]:
    with serve() as served:
        yield served


@pytest.fixture
def pack(little: Little) -> Pack:
    return parts.pack(little.url)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    made = parts.settings(tmp_path / "home")
    vault = parts.vault(made)
    vault.set_secret("a", "password", PASSWORD)
    vault.set_secret("a", "totp", SEED)
    return made.model_copy(update={"traces": "full"})


def _echo(little: Little) -> None:
    """Pages that repeat what they were given, as real ones do: in addresses, bodies, headers and storage."""
    little.pages["/echo"] = """<!doctype html><meta charset=utf-8><div id=said></div><script>
      const asked = new URLSearchParams(location.search), word = asked.get("word");
      said.textContent = word; said.title = btoa(unescape(encodeURIComponent("user:" + word)));
      fetch("/take", {method: "POST", body: JSON.stringify({body: JSON.stringify({word})})})
        .then(() => fetch("/take?w=" + encodeURIComponent(word), {headers: {"X-Token": "canary-header-value"}}))
        .then(() => { document.title = "done" });
      </script>"""


def _all_of(archive: Path) -> bytes:
    with zipfile.ZipFile(archive) as opened:
        assert opened.testzip() is None
        return b"\n".join(name.encode() + b"\n" + opened.read(name) for name in opened.namelist())


def _ways(secret: str) -> list[bytes]:
    written = [secret, quote(secret, safe=""), json.dumps(secret)[1:-1], json.dumps(json.dumps(secret))[3:-3]]
    inner = [base64.b64encode((" " * shift + secret).encode()).decode()[4:-4] for shift in range(3)]
    return [word.encode() for word in [*written, *(word for word in inner if len(word) > 6)]]


def test_a_trace_of_a_sign_in_holds_the_steps_and_no_secret(
    little: Little, pack: Pack, settings: Settings, tmp_path: Path
) -> None:
    _echo(little)
    little.pages["/sign-in"] = "<!doctype html><meta charset=utf-8><input placeholder=验证码>"

    async def go() -> tuple[list[Path], str, list[str]]:
        desk = parts.Desk(CODE)
        async with Browsers(settings, parts.vault(settings), desk) as browsers:
            session = await browsers.session(account("a"), store("a"), pack)
            site = session.site
            await site.open("login")
            await site.type_secret("login", "login")
            await site.type_secret("password", "password")
            await site.ask("code", Medium.SMS, destination="13812341234")
            await site.click("enter")
            await site.arrive("home")
            await session.page.goto(f"{little.url}/sign-in")
            await site.type_totp("code")
            totp = await session.page.get_by_placeholder("验证码").input_value()
            for word in (PASSWORD, CODE):
                await session.page.goto(f"{little.url}/echo?word={quote(word, safe='')}")
                await session.page.wait_for_function("document.title === 'done'")
            await session.page.goto(little.url)
            left = await session.failure("sign-in", tmp_path / "failures")
            cookies = [one.get("value", "") for one in await session.page.context.cookies()]
            return left, totp, cookies

    left, totp, cookies = run(go())
    assert [path.name for path in left] == ["sign-in.png", "sign-in.zip"]
    whole = _all_of(left[1])
    assert len(cookies) == 1
    (sent,) = (one.form for one in little.seen if one.path == "/login")
    assert (sent["password"], sent["code"]) == (PASSWORD, CODE)  # they did pass through the traced browser
    for secret in (PASSWORD, CODE, SEED, totp, *cookies, "canary-header-value"):
        for way in _ways(secret):
            assert way not in whole, way
    assert b"canary" not in whole
    # and it is still worth opening
    assert b"[masked]" in whole
    assert "你好".encode() in whole
    assert b'"fill"' in whole
    assert b"/echo?word=" in whole
    assert os.name != "posix" or all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in left)


def test_an_old_cookie_that_the_browser_no_longer_has_is_masked_too(
    little: Little, pack: Pack, settings: Settings, tmp_path: Path
) -> None:
    async def go() -> list[Path]:
        async with Browsers(settings, parts.vault(settings), parts.Desk()) as browsers:
            session = await browsers.session(account("a"), store("a"), pack)
            for _ in range(2):
                await session.site.open("login")
                await session.site.click("enter")
                await session.site.arrive("home")
                await session.page.context.clear_cookies()
            return await session.failure("x", tmp_path)

    left = run(go())
    whole = _all_of(left[1])
    assert len(little.sessions) == 2
    assert not any(sid.encode() in whole for sid in little.sessions)


def test_raw_traces_do_not_outlive_the_process_nor_one_that_was_killed(
    little: Little, pack: Pack, settings: Settings, tmp_path: Path
) -> None:
    killed = settings.home / "raw-traces" / "0123456789abcdef"
    killed.mkdir(parents=True)
    (killed / "raw.trace").write_text(PASSWORD)

    async def go() -> int:
        async with Browsers(settings, parts.vault(settings), parts.Desk()) as browsers:
            session = await browsers.session(account("a"), store("a"), pack)
            await session.site.open("login")
            during = sum(path.is_file() for path in (settings.home / "raw-traces").rglob("*.trace"))
            await session.failure("x", tmp_path / "f")
            return during

    assert run(go()) == 1  # where the browser keeps its own is where we remove it
    assert list((settings.home / "raw-traces").iterdir()) == []


def test_a_job_that_went_well_leaves_no_trace_and_the_next_has_only_its_own(
    little: Little, pack: Pack, settings: Settings, tmp_path: Path
) -> None:
    little.pages["/first"], little.pages["/second"] = "first-page", "second-page"

    async def go() -> list[Path]:
        async with Browsers(settings, parts.vault(settings), parts.Desk()) as browsers:
            session = await browsers.session(account("a"), store("a"), pack)
            await session.page.goto(f"{little.url}/first")
            await session.keep()
            session = await browsers.session(account("a"), store("a"), pack)
            await session.page.goto(f"{little.url}/second")
            return await session.failure("x", tmp_path / "f")

    whole = _all_of(run(go())[1])
    assert b"/second" in whole
    assert b"goto" in whole
    assert b'"params":{"url":"' + little.url.encode() + b"/first" not in whole


def test_traces_can_be_switched_off(little: Little, pack: Pack, settings: Settings, tmp_path: Path) -> None:
    async def go() -> list[Path]:
        quiet = settings.model_copy(update={"traces": "off"})
        async with Browsers(quiet, parts.vault(settings), parts.Desk()) as browsers:
            session = await browsers.session(account("a"), store("a"), pack)
            await session.site.open("login")
            return await session.failure("x", tmp_path / "f")

    assert [path.suffix for path in run(go())] == [".png"]


def test_screenshots_cover_every_field_that_holds_something_secret(
    little: Little, pack: Pack, settings: Settings
) -> None:
    # White letters on nothing else: what is left to see of a field is its ground.
    little.pages["/fields"] = """<!doctype html><style>* { margin: 0; border: 0; outline: 0 }
      input, iframe { display: block; width: 400px; height: 60px; background: #f00 }</style>
      <input placeholder=密码 type=text><input placeholder=验证码><input type=password value=x>
      <input autocomplete=one-time-code value=1><iframe src=/inner></iframe><input placeholder=open value=open>"""
    little.pages["/inner"] = """<!doctype html><style>* { margin: 0; border: 0 }
      input { width: 400px; height: 60px; background: #f00 }</style><input type=password value=x>"""

    async def go() -> bytes:
        async with Browsers(settings, parts.vault(settings), parts.Desk(CODE)) as browsers:
            session = await browsers.session(account("a"), store("a"), pack)
            await session.page.goto(f"{little.url}/fields")
            await session.site.type_secret("password", "password")  # shown in clear, as some sites do
            await session.site.ask("code", Medium.CODE)
            return await session.screenshot()

    picture = Image.open(io.BytesIO(run(go()))).convert("RGB")
    shown = [picture.getpixel((300, 60 * row + 30)) == (255, 0, 0) for row in range(6)]
    assert shown == [False, False, False, False, False, True]


def test_screenshots_cover_a_secret_wherever_the_page_shows_it_meanwhile(
    little: Little, pack: Pack, settings: Settings
) -> None:
    style = "* { margin: 0; border: 0; padding: 0; outline: 0 } input, p { background: #f00; height: 60px }"
    little.pages["/again"] = f"""<!doctype html><style>{style} .whole, p {{ display: block; width: 400px }}
      .box {{ float: left; width: 60px }} #open {{ clear: left }}</style><input class=whole placeholder=密码>
      <script>document.querySelector("input").addEventListener("change", ({{ target: {{ value }} }}) => {{
        document.body.innerHTML = "<input class=whole><input class=whole><p></p>" + "<input class=box>".repeat(6)
          + "<p id=open>open</p>";
        const all = [...document.querySelectorAll("input")];
        all[0].value = value;
        all[1].value = "837261";
        document.querySelector("p").innerText = value + " is wrong";
        all.slice(2).forEach((one, at) => {{ one.value = "837261"[at]; }});
      }})</script>"""

    async def go() -> bytes:
        async with Browsers(settings, parts.vault(settings), parts.Desk(CODE)) as browsers:
            session = await browsers.session(account("a"), store("a"), pack)
            await session.page.goto(f"{little.url}/again")
            await session.site.type_secret("password", "password")
            LIVE.add_code(CODE)  # a person typed it on the page
            await session.page.get_by_placeholder("密码").blur()
            return await session.screenshot()

    picture = Image.open(io.BytesIO(run(go()))).convert("RGB")
    spots = [(350, 30), (350, 90), (350, 150), *((60 * box + 50, 210) for box in range(6)), (350, 270)]
    assert [picture.getpixel(spot) == (255, 0, 0) for spot in spots] == [False] * 9 + [True]


def test_a_screenshot_is_taken_after_the_frame_of_the_sign_in_is_gone(
    little: Little, pack: Pack, settings: Settings
) -> None:
    little.pages["/framed"] = "<!doctype html><h1>你好</h1><iframe src=/inner></iframe>"
    little.pages["/inner"] = "<!doctype html><input placeholder=密码>"

    async def go() -> bytes:
        async with Browsers(settings, parts.vault(settings), parts.Desk(CODE)) as browsers:
            session = await browsers.session(account("a"), store("a"), pack)
            await session.page.goto(f"{little.url}/framed")
            field = session.page.frames[1].locator("input")
            await session.hand.type_secret(field, "password")
            await session.page.evaluate("document.querySelector('iframe').remove()")
            return await session.screenshot()

    assert Image.open(io.BytesIO(run(go()))).format == "PNG"
