from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.async_api import Error

from automation.browser.guard import origin_of
from automation.browser.session import Session
from automation.browser.sessions import Browsers
from automation.errors import OriginRefused
from automation.model import Medium
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
def stranger() -> Iterator[Little]:
    """Another site, on another port, with a sign-in form that looks the same."""
    with serve() as served:
        yield served


@pytest.fixture
def pack(little: Little) -> Pack:
    return parts.pack(little.url)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    made = parts.settings(tmp_path / "home")
    parts.vault(made).set_secret("a", "password", "canary-password")
    return made


async def _session(browsers: Browsers, pack: Pack) -> Session:
    return await browsers.session(account("a"), store("a"), pack)


def _browsers(settings: Settings) -> Browsers:
    return Browsers(settings, parts.vault(settings), parts.Desk("123456"))


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://a.example/x?y#z", "https://a.example"),
        ("https://a.example:443/", "https://a.example"),
        ("https://a.example:8443/", "https://a.example:8443"),
        ("HTTPS://A.Example/", "https://a.example"),
        ("https://a.example@b.example/", "https://b.example"),
        ("https://b.example\\@a.example/", ""),  # browsers go to b.example
        ("https://a.example\\@b.example/", ""),
        ("https://a.example%2f@b.example/", "https://b.example"),
        ("https://a.example:pass@b.example:443/", "https://b.example"),
        ("https://a.example./", "https://a.example."),
        ("https://\u0430.example/", "https://\u0430.example"),  # a Cyrillic letter
        ("https://xn--80ak6aa92e.example/", "https://xn--80ak6aa92e.example"),
        ("https://b.example/https://a.example/", "https://b.example"),
        ("https://b.example?@a.example", "https://b.example"),
        ("https://b.example#@a.example", "https://b.example"),
        ("http://a.example:443/", "http://a.example:443"),
        ("ws://a.example/", ""),
        ("https://a.example.b.example/", "https://a.example.b.example"),
        ("http://a.example:80", "http://a.example"),
        ("http://[::1]:8080/", "http://[::1]:8080"),
        ("blob:https://a.example/0f1c", "https://a.example"),
        ("https://a.example:port/", ""),
        ("data:text/html,x", ""),
        ("about:blank", ""),
        ("javascript:alert(1)//https://a.example/", ""),
        ("file:///etc/passwd", ""),
        ("", ""),
    ],
)
def test_an_origin_is_scheme_host_and_port_as_browsers_compare_it(url: str, origin: str) -> None:
    assert origin_of(url) == origin


@pytest.mark.parametrize("way", ["link", "redirect", "and back", "script", "form", "frame breaks out"])
def test_a_way_to_another_origin_is_stopped_before_anything_is_sent(
    little: Little, stranger: Little, pack: Pack, settings: Settings, way: str
) -> None:
    away = f"{stranger.url}/landed"
    little.pages["/start"] = {
        "link": f"<a id=go href='{away}'>go</a>",
        "redirect": f"<a id=go href='/redirect?to={away}'>go</a>",
        "and back": f"<a id=go href='/redirect?to={stranger.url}/redirect?to={little.url}/'>go</a>",
        "script": f"<button id=go onclick=\"location.href='{away}'\">go</button>",
        "form": f"<form method=post action='{away}'><input name=x value=secret><button id=go>go</button></form>",
        "frame breaks out": "<button id=go onclick=\"frames[0].location='/inner'\">go</button><iframe></iframe>",
    }[way]
    little.pages["/inner"] = f"<script>top.location.href = '{away}'</script>"

    async def go() -> str:
        async with _browsers(settings) as browsers:
            session = await _session(browsers, pack)
            await session.page.goto(f"{little.url}/start")
            await session.page.click("#go")
            with pytest.raises(OriginRefused, match=f"wanted to go to {stranger.url}"):
                await session.site.arrive("home", timeout=5)
            return session.page.url

    assert run(go()) == f"{little.url}/start"
    assert stranger.seen == []


def test_opening_a_page_that_redirects_away_says_so_at_once(
    little: Little, stranger: Little, settings: Settings
) -> None:
    pack = parts.pack(little.url)
    page = pack.pages["home"].model_copy(update={"url": f"/redirect?to={stranger.url}/landed"})
    pack = pack.model_copy(update={"pages": {**pack.pages, "home": page}})

    async def go() -> None:
        async with _browsers(settings) as browsers:
            session = await _session(browsers, pack)
            with pytest.raises(OriginRefused):
                await session.site.open("home")
            await session.site.open("login")  # the refusal was told, and is over

    run(go())
    assert stranger.seen == []


def test_origins_of_the_pack_may_send_one_to_each_other(little: Little, stranger: Little, settings: Settings) -> None:
    async def go() -> str:
        async with _browsers(settings) as browsers:
            session = await _session(browsers, parts.pack(little.url, stranger.url))
            await session.page.goto(f"{little.url}/redirect?to={stranger.url}/")
            return session.page.url

    assert run(go()) == f"{stranger.url}/"


def test_frames_of_others_load_but_nothing_secret_is_typed_into_them(
    little: Little, stranger: Little, pack: Pack, settings: Settings
) -> None:
    little.pages["/framed"] = f"<h1>ads</h1><iframe src='{stranger.url}/'></iframe>"

    async def go() -> str:
        async with _browsers(settings) as browsers:
            session = await _session(browsers, pack)
            await session.page.goto(f"{little.url}/framed")
            field = session.page.frame_locator("iframe").get_by_placeholder("密码")
            await field.wait_for()
            with pytest.raises(OriginRefused, match=stranger.url):
                await session.hand.type_secret(field, "password")
            with pytest.raises(OriginRefused):
                await session.hand.ask(field, Medium.SMS)
            return await field.input_value()

    assert run(go()) == ""
    assert stranger.paths() == ["/"]


def test_a_frame_of_ours_within_a_strangers_gets_no_secret(
    little: Little, stranger: Little, pack: Pack, settings: Settings
) -> None:
    little.pages["/outer"] = f"<iframe src='{stranger.url}/middle'></iframe>"
    stranger.pages["/middle"] = f"<iframe src='{little.url}/'></iframe>"

    async def go() -> None:
        async with _browsers(settings) as browsers:
            session = await _session(browsers, pack)
            await session.page.goto(f"{little.url}/outer")
            field = session.page.frame_locator("iframe").frame_locator("iframe").get_by_placeholder("密码")
            with pytest.raises(OriginRefused, match=stranger.url):
                await session.hand.type_secret(field, "password")

    run(go())


def test_no_secret_is_typed_into_a_form_that_sends_elsewhere(
    little: Little, stranger: Little, pack: Pack, settings: Settings
) -> None:
    field = "<input placeholder=密码 name=action>"
    user = little.url.removeprefix("http://")
    refused = {
        "another origin": f"<form method=post action='{stranger.url}/take'>{field}</form>",
        "a new window": f"<form method=post target=_blank action='{stranger.url}/take'>{field}</form>",
        "a frame": f"<form target=there action='{stranger.url}/take'>{field}</form><iframe name=there></iframe>",
        "its button": f"<form action=/login>{field}<button formaction='{stranger.url}/take'>go</button></form>",
        "a button elsewhere": f"<form id=f>{field}</form><button form=f formaction='{stranger.url}/take'>go</button>",
        "the base": f"<base href='{stranger.url}/'><form method=post action=take>{field}</form>",
        "our name as a user": f"<form action='http://{user}@127.0.0.1:{stranger.port}/take'>{field}</form>",
        "another scheme": f"<form action='https://{user}/take'>{field}</form>",
        "no host": f"<form action='mailto:x@example.com'>{field}</form>",
    }
    taken = {
        "no form": field,
        "no action": f"<form>{field}</form>",
        "a part": f"<form action='#'>{field}</form>",
        "a script": f"<form action='javascript:;'>{field}</form>",
        "a path": f"<form action=/login>{field}</form>",
        "the origin": f"<form action='{little.url}/login'>{field}</form>",
        "another form": f"{field}<form action='{stranger.url}/take'><input></form>",
    }
    for number, html in enumerate([*refused.values(), *taken.values()]):
        little.pages[f"/{number}"] = f"<!doctype html><meta charset=utf-8>{html}"

    async def go() -> list[str]:
        typed = []
        async with _browsers(settings) as browsers:
            session = await _session(browsers, pack)
            for number in range(len(refused) + len(taken)):
                await session.page.goto(f"{little.url}/{number}")
                place = session.page.get_by_placeholder("密码")
                with suppress(OriginRefused):
                    await session.hand.type_secret(place, "password")
                typed.append(await place.input_value())
        return typed

    typed = run(go())
    assert dict(zip([*refused, *taken], typed, strict=True)) == dict.fromkeys(refused, "") | dict.fromkeys(
        taken, "canary-password"
    )
    assert not any(one.form for one in stranger.seen)


def test_nobody_is_asked_to_scan_a_strangers_qr_code(
    little: Little, stranger: Little, pack: Pack, settings: Settings
) -> None:
    little.pages["/framed"] = f"<iframe src='{stranger.url}/code'></iframe>"
    stranger.pages["/code"] = "<img alt=code src=/qr.svg>"
    desk = parts.Desk()

    async def nowhere() -> None:
        return None

    async def go() -> None:
        async with Browsers(settings, parts.vault(settings), desk) as browsers:
            session = await _session(browsers, pack)
            await session.page.goto(f"{little.url}/framed")
            code = session.page.frame_locator("iframe").get_by_alt_text("code")
            await code.wait_for()
            with pytest.raises(OriginRefused, match=f"that {stranger.url} draws"):
                await session.hand.hand_over(Medium.QR, code, "scan it", nowhere)

    run(go())
    assert desk.asked == []


def test_a_window_of_a_stranger_is_closed_and_neither_it_nor_a_service_worker_gets_between(
    little: Little, stranger: Little, pack: Pack, settings: Settings
) -> None:
    little.pages["/sw.js"] = "self.addEventListener('fetch', (e) => e.respondWith(new Response('another store')))"
    little.pages[
        "/start"
    ] = f"""<!doctype html><meta charset=utf-8><input placeholder=密码><button id=go>go</button><script>
      go.onclick = async () => {{ try {{ await navigator.serviceWorker.register("/sw.js") }} catch (e) {{}}
        document.title = "registered"; window.open("{stranger.url}/") }}</script>"""

    async def go() -> tuple[list[str], str, int]:
        async with _browsers(settings) as browsers:
            session = await _session(browsers, pack)
            page = session.page
            await page.goto(f"{little.url}/start")
            async with page.expect_popup() as popup:
                await page.click("#go")
            window = await popup.value
            if not window.is_closed():
                await window.wait_for_event("close")
            await page.wait_for_function("document.title === 'registered'")
            workers = await page.evaluate("navigator.serviceWorker.getRegistrations().then((all) => all.length)")
            await page.goto(f"{little.url}/start")
            await session.hand.type_secret(page.get_by_placeholder("密码"), "password")
            return [one.url for one in page.context.pages], await page.get_by_placeholder("密码").input_value(), workers

    assert run(go()) == ([f"{little.url}/start"], "canary-password", 0)
    assert not any(one.form for one in stranger.seen)


@pytest.mark.parametrize("source", ["src='/'", "srcdoc='<input placeholder=密码>'"])
def test_frames_of_the_packs_own_take_secrets(little: Little, pack: Pack, settings: Settings, source: str) -> None:
    little.pages["/framed"] = f"<iframe {source}></iframe>"

    async def go() -> str:
        async with _browsers(settings) as browsers:
            session = await _session(browsers, pack)
            await session.page.goto(f"{little.url}/framed")
            field = session.page.frame_locator("iframe").get_by_placeholder("密码")
            await session.hand.type_secret(field, "password")
            return await field.input_value()

    assert run(go()) == "canary-password"


def test_a_form_with_a_file_passes_the_guard_whole(little: Little, pack: Pack, settings: Settings) -> None:
    little.pages["/form"] = (
        "<form method=post action=/take enctype=multipart/form-data>"
        "<input type=file name=f><button>send</button></form>"
    )

    async def go() -> str:
        async with _browsers(settings) as browsers:
            session = await _session(browsers, pack)
            await session.page.goto(f"{little.url}/form")
            sent = {"name": "a.txt", "mimeType": "text/plain", "buffer": b"q=" + b"x" * 70_000}
            await session.page.set_input_files("input", sent)  # type: ignore[arg-type]
            await session.page.click("button")
            await session.page.get_by_text("ok").wait_for()
            return session.page.url

    assert run(go()) == f"{little.url}/take"
    assert any("x" * 70_000 in value for value in little.seen[-1].form.values())


def test_a_page_that_only_looks_like_the_site_cannot_be_opened(
    little: Little, stranger: Little, pack: Pack, settings: Settings
) -> None:
    async def go() -> None:
        async with _browsers(settings) as browsers:
            session = await _session(browsers, pack)
            with pytest.raises(Error, match="ERR_ABORTED"):
                await session.page.goto(stranger.url)

    run(go())
    assert stranger.seen == []
