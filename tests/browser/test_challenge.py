from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from automation.browser.challenge import masked
from automation.browser.session import Session
from automation.browser.sessions import Browsers
from automation.errors import ChallengeUnanswered, Drift, VaultError
from automation.model import Medium
from automation.pack import Pack
from automation.redaction import LIVE, MASK
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


async def _at_sign_in(browsers: Browsers, pack: Pack) -> Session:
    session = await browsers.session(account("a"), store("a"), pack)
    await session.site.open("login")
    return session


@pytest.mark.parametrize(
    ("shown", "kept"),
    [
        ("13812341234", "138****1234"),
        ("+86 138 1234 1234", "861****1234"),
        ("验证码已发送至 13812341234，请查收", "验证码已发送至 138****1234，请查收"),
        ("138****1234", "138****1234"),
        ("zhang.san@shop.example", "z***@shop.example"),
        ("z***@shop.example", "z***@shop.example"),
        ("尾号 1234", "尾号 1234"),
        ("", ""),
    ],
)
def test_a_destination_is_masked_where_the_site_does_not_do_it(shown: str, kept: str) -> None:
    assert masked(shown) == kept


def test_a_code_is_asked_for_one_account_and_store_and_typed(little: Little, pack: Pack, settings: Settings) -> None:
    desk = parts.Desk(" ８３７ 261\n")

    async def go() -> str:
        async with Browsers(settings, parts.vault(settings), desk) as browsers:
            session = await _at_sign_in(browsers, pack)
            await session.site.ask("code", Medium.SMS, destination="发送至 13812341234", prompt="短信验证码")
            return await session.page.get_by_placeholder("验证码").input_value()

    assert run(go()) == "837261"
    asked = {
        "account": "a",
        "store": "store-a",
        "medium": Medium.SMS,
        "destination": "发送至 138****1234",
        "prompt": "短信验证码",
    }
    assert desk.asked == [asked]
    assert desk.tickets[0].closed.is_set()
    assert LIVE.mask("code 837261") == f"code {MASK}"


def test_a_code_goes_into_boxes_one_character_in_each(little: Little, pack: Pack, settings: Settings) -> None:
    box = "<input size=1 oninput=\"document.title += '.'; this.nextElementSibling?.focus()\">"
    little.pages["/boxes"] = f"""<!doctype html><meta charset=utf-8><input id=name>
      <div><input size=1 placeholder=验证码 oninput="document.title += '.'">{box * 5}</div>
      <script>document.querySelectorAll("div input")[5].addEventListener("input", () => {{
        document.title = [...document.querySelectorAll("div input")].map((one) => one.value).join(""); }})</script>"""

    async def go() -> tuple[str, bytes, bytes]:
        async with Browsers(settings, parts.vault(settings), parts.Desk("837 261")) as browsers:
            session = await _at_sign_in(browsers, pack)
            await session.page.goto(f"{little.url}/boxes")
            await session.site.ask("code", Medium.SMS)
            said = await session.page.title()
            shot = await session.screenshot()
            await session.page.locator("div input").last.fill("9")
            return said, shot, await session.screenshot()

    said, shot, other = run(go())
    assert said == "837261"
    assert shot == other  # every box is covered


def test_nobody_answering_is_told_and_the_question_closed(little: Little, pack: Pack, settings: Settings) -> None:
    desk = parts.Desk()

    async def go() -> None:
        async with Browsers(settings, parts.vault(settings), desk) as browsers:
            session = await _at_sign_in(browsers, pack)
            asking = asyncio.create_task(session.site.ask("code", Medium.SMS))
            await desk.opened.wait()
            desk.tickets[0].given_up.set()
            with pytest.raises(ChallengeUnanswered):
                await asking

    run(go())
    assert desk.tickets[0].closed.is_set()


def test_the_totp_code_is_that_of_the_seed_and_never_the_same_twice(
    little: Little, pack: Pack, settings: Settings
) -> None:
    vault = parts.vault(settings)
    vault.set_secret("a", "totp", "otpauth://totp/x?secret=JBSWY3DPEHPK3PXP&period=5")

    async def go() -> list[str]:
        async with Browsers(settings, vault, parts.Desk()) as browsers:
            session = await _at_sign_in(browsers, pack)
            typed = []
            for _ in range(2):
                await session.site.type_totp("code")
                typed.append(await session.page.get_by_placeholder("验证码").input_value())
            return typed

    first, second = run(go())
    assert first != second
    assert all(len(code) == 6 for code in (first, second))
    assert LIVE.mask(second) == MASK


def test_a_secret_that_is_not_kept_says_which(pack: Pack, settings: Settings) -> None:
    async def go() -> None:
        async with Browsers(settings, parts.vault(settings), parts.Desk()) as browsers:
            session = await _at_sign_in(browsers, pack)
            with pytest.raises(VaultError, match="no password for account 'a'"):
                await session.site.type_secret("password", "password")

    run(go())


def test_a_field_that_cuts_a_secret_is_noticed_and_the_secret_not_repeated(
    little: Little, pack: Pack, settings: Settings
) -> None:
    little.pages["/short"] = (
        "<!doctype html><meta charset=utf-8><input placeholder=密码 oninput='value = value.slice(0, 5)'>"
    )
    parts.vault(settings).set_secret("a", "password", "canary-password")

    async def go() -> None:
        async with Browsers(settings, parts.vault(settings), parts.Desk()) as browsers:
            session = await _at_sign_in(browsers, pack)
            await session.page.goto(f"{little.url}/short")
            with pytest.raises(Drift, match="something other") as caught:
                await session.site.type_secret("password", "password")
            assert "canary" not in str(caught.value)

    run(go())


def test_a_field_that_takes_nothing_does_not_repeat_the_secret(little: Little, pack: Pack, settings: Settings) -> None:
    little.pages["/locked"] = "<!doctype html><meta charset=utf-8><input placeholder=密码 disabled>"
    parts.vault(settings).set_secret("a", "password", "canary-password")

    async def go() -> None:
        async with Browsers(
            settings.model_copy(update={"step_seconds": 1.0}), parts.vault(settings), parts.Desk()
        ) as browsers:
            session = await _at_sign_in(browsers, pack)
            await session.page.goto(f"{little.url}/locked")
            with pytest.raises(Drift) as caught:
                await session.hand.type_secret(session.page.get_by_placeholder("密码"), "password")
            assert "canary" not in f"{caught.value}{caught.value.__cause__}"

    run(go())


def test_a_person_sees_the_picture_again_when_it_changes_and_the_page_goes_on(
    little: Little, pack: Pack, settings: Settings
) -> None:
    little.pages["/qr"] = "<!doctype html><img id=qr src=/qr.svg>"
    desk = parts.Desk()

    async def go() -> tuple[str, list[bytes]]:
        async with Browsers(settings, parts.vault(settings), desk) as browsers:
            session = await _at_sign_in(browsers, pack)
            page = session.page
            await page.goto(f"{little.url}/qr")

            async def arrived() -> str | None:
                return "home" if await page.title() == "in" else None

            over = asyncio.create_task(session.hand.hand_over(Medium.QR, page.locator("#qr"), "扫码", arrived))
            await desk.opened.wait()
            little.qr = "second"
            await page.evaluate("document.images[0].src = '/qr.svg?2'")
            await desk.tickets[0].shown.wait()
            await page.evaluate("document.title = 'in'")
            return await over, desk.tickets[0].pictures

    came, pictures = run(go())
    assert came == "home"
    assert len(set(pictures)) == len(pictures) >= 2
    assert all(picture.startswith(b"\x89PNG") for picture in pictures)
    assert desk.tickets[0].closed.is_set()


@pytest.mark.parametrize("how", ["expires", "is given up"])
def test_a_step_that_nobody_does_ends(pack: Pack, settings: Settings, how: str) -> None:
    desk = parts.Desk(seconds=0.2 if how == "expires" else 60)

    async def nowhere() -> str | None:
        if how != "expires":
            desk.tickets[0].given_up.set()
        return None

    async def go() -> None:
        async with Browsers(settings, parts.vault(settings), desk) as browsers:
            session = await _at_sign_in(browsers, pack)
            with pytest.raises(ChallengeUnanswered):
                await session.hand.hand_over(Medium.SLIDER, None, "拖动滑块", nowhere)

    run(go())
    assert "headless = false" in desk.asked[0]["prompt"]


def test_what_the_page_says_while_a_person_is_busy_ends_the_step(pack: Pack, settings: Settings) -> None:
    desk = parts.Desk()

    async def refused() -> str | None:
        raise Drift("the site says no")

    async def go() -> None:
        async with Browsers(settings, parts.vault(settings), desk) as browsers:
            session = await _at_sign_in(browsers, pack)
            with pytest.raises(Drift):
                await session.hand.hand_over(Medium.QR, None, "", refused)

    run(go())
    assert desk.tickets[0].closed.is_set()
