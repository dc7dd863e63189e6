"""What sign-ins ask, as people answer it: for the right store, the newest answer, no longer than it is open."""

from __future__ import annotations

import re
from datetime import timedelta
from io import BytesIO

import pytest
from PIL import Image
from playwright.async_api import async_playwright, expect

from automation.browser.launch import find_browser
from automation.console.access import Person, Role
from automation.engine.desk import seal_context
from automation.model import Challenge, Medium
from automation.redaction import LIVE, MASK
from tests.console.room import Room
from tests.loop import run

EN = {"accept": "text/html", "accept-language": "en"}


def asked(console: Room, medium: Medium = Medium.SMS, store: str = "s1", **more: object) -> Challenge:
    """A question that a sign-in has open."""
    words: dict[str, object] = {"destination": "139****0001", "seconds": 300.0, **more}
    return console.log.open_challenge(f"a{store[1:]}", store, medium, **words)  # type: ignore[arg-type]


def picture(shade: int) -> bytes:
    made = BytesIO()
    Image.new("RGB", (40, 40), (shade, shade, shade)).save(made, "PNG")
    return made.getvalue()


def test_a_code_reaches_the_worker_and_the_newest_counts_and_nothing_repeats_it(console: Room) -> None:
    one = asked(console)
    with console.client("Wang", Role.ENTRY) as client:
        page = client.get(f"/challenges/{one.id}", headers=EN).text
        assert "139****0001" in page
        assert 'autocomplete="one-time-code"' in page
        said = [
            client.post(f"/challenges/{one.id}/answer", data={"store": "s1", "code": code}, headers=EN)
            for code in (" 118822 ", "482913")
        ]
        shown = client.get(said[1].headers["location"], headers=EN).text
    assert [answer.status_code for answer in said] == [303, 303]
    assert "The sign-in has the code" in shown
    sealed = console.log.take_answer(one.id)
    assert sealed is not None
    assert console.office.vault.unseal(sealed, seal_context(one)) == "482913"
    events = console.log.events()
    assert [event.by for event in events if event.kind == "challenge_answered"] == ["Wang", "Wang"]
    everything = "".join(
        [shown, *(f"{answer.headers}{answer.text}" for answer in said), *(str(e.data) for e in events)]
    )
    assert "482913" not in everything
    assert LIVE.mask("482913") == MASK


def test_an_answer_for_another_store_is_refused(console: Room) -> None:
    one = asked(console)
    with console.client() as client:
        said = client.post(f"/challenges/{one.id}/answer", data={"store": "s2", "code": "482913"})
    assert said.status_code == 409
    assert "482913" not in said.text
    assert console.log.take_answer(one.id) is None


def test_questions_of_other_clients_are_not_there(console: Room) -> None:
    mine, other = asked(console), asked(console, Medium.QR, "s2", picture=picture(0))
    with console.client("Zhao", Role.APPROVER, frozenset({"North"})) as client:
        assert f"/challenges/{mine.id}" in client.get("/challenges").text
        assert f"/challenges/{other.id}" not in client.get("/challenges").text
        for path in ("", "/standing", "/picture"):
            assert client.get(f"/challenges/{other.id}{path}").status_code == 404
        sent = {"store": "s2", "code": "482913"}
        assert client.post(f"/challenges/{other.id}/answer", data=sent).status_code == 404
        assert client.get("/challenges/99").status_code == 404
    assert console.log.take_answer(other.id) is None


def test_who_only_looks_sees_that_something_is_asked_and_cannot_answer(console: Room) -> None:
    code, scan = asked(console), asked(console, Medium.QR, "s2", picture=picture(0))
    with console.client("Sun", Role.VIEWER) as client:
        for one in (code, scan):
            page = client.get(f"/challenges/{one.id}").text
            assert 'name="code"' not in page
            assert "/picture" not in page
        assert client.get(f"/challenges/{scan.id}/picture").status_code == 403
        sent = {"store": "s1", "code": "482913"}
        assert client.post(f"/challenges/{code.id}/answer", data=sent).status_code == 403


@pytest.mark.parametrize("how", ["expired", "replaced"])
def test_a_question_that_is_over_says_how_it_ended(console: Room, how: str) -> None:
    one = asked(console, seconds=0.0 if how == "expired" else 300.0)
    newer = asked(console) if how == "replaced" else None
    with console.client() as client:
        said = client.post(f"/challenges/{one.id}/answer", data={"store": "s1", "code": "482913"}, headers=EN)
        page = client.get(f"/challenges/{one.id}", headers=EN).text
    assert said.status_code == 409
    for shown in (said.text, page):
        assert ("Nobody answered in time" if how == "expired" else "A newer question") in shown
        assert 'name="code"' not in shown
        assert 'href="/"' in shown
        assert (newer is not None and f"/challenges/{newer.id}" in shown) == (how == "replaced")


@pytest.mark.parametrize("medium", [Medium.QR, Medium.SLIDER])
def test_what_is_not_typed_takes_no_code(console: Room, medium: Medium) -> None:
    one = asked(console, medium)
    with console.client() as client:
        page = client.get(f"/challenges/{one.id}", headers=EN).text
        assert 'name="code"' not in page
        assert ("Another process has this page" in page) == (medium is Medium.SLIDER)
        assert client.post(f"/challenges/{one.id}/answer", data={"store": "s1", "code": "1"}).status_code == 422


def test_a_page_is_told_of_a_change_only(console: Room) -> None:
    one = asked(console, Medium.QR, picture=picture(10))
    with console.client() as client:
        page = client.get(f"/challenges/{one.id}").text
        now = re.search(rf"/challenges/{one.id}/standing\?seen=[^\"]+", page)
        assert now is not None
        assert client.get(now[0]).status_code == 204
        console.log.show_picture(one.id, picture(200))
        changed = client.get(now[0])
        assert changed.status_code == 200
        source = re.search(r'<img class="qr" src="([^"]+)"', changed.text)
        assert source is not None
        shown = client.get(source[1])
        assert (shown.content, shown.headers["cache-control"]) == (picture(200), "no-store")
        console.log.close_challenge(one.id, "done")
        assert "picture" not in client.get(now[0]).text
        assert client.get(source[1]).status_code == 404


def test_a_browser_shows_a_new_qr_code_and_then_the_end_by_itself(console: Room) -> None:
    one = asked(console, Medium.QR, picture=picture(10), seconds=timedelta(hours=2).total_seconds())

    async def watch() -> None:
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=find_browser(console.office.settings).path)
            page = await browser.new_page(locale="en-GB")
            await page.goto(console.served.invite(Person("Wang", Role.ENTRY)))
            await page.goto(f"{console.url}/challenges/{one.id}")
            code = page.get_by_alt_text("QR code to sign in")
            first = await code.get_attribute("src")
            assert first is not None
            await expect(page.get_by_role("timer")).to_have_text(re.compile(r"^119:5\d$"))
            console.log.show_picture(one.id, picture(200))
            await expect(code).not_to_have_attribute("src", first)
            console.log.close_challenge(one.id, "done")
            await expect(page.get_by_role("status")).to_contain_text("The step was done")
            await page.keyboard.press("i")
            await page.wait_for_url(f"{console.url}/")
            await browser.close()

    run(watch())
