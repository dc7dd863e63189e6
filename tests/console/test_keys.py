"""What keys do, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from automation.model import State
from tests.console.room import Room


@pytest.fixture
def page(console: Room, browser: Browser) -> Iterator[Page]:
    with browser.new_context(locale="en-GB") as context:
        opened = context.new_page()
        opened.goto(console.served.invite())
        yield opened


def test_enter_in_a_comment_sends_back_and_never_approves(console: Room, page: Page) -> None:
    case = console.case()
    page.goto(f"{console.url}/cases/{case.id}")
    page.keyboard.press("r")
    expect(page.get_by_label("Comment")).to_be_focused()
    page.keyboard.press("Enter")  # nothing was said yet
    assert console.log.approvals(case.id) == []
    page.keyboard.type("缺聊天截图")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Sent back")
    assert console.log.case(case.id).state is State.DRAFT


def test_an_approval_is_taken_back_by_key_also_later(console: Room, page: Page) -> None:
    case = console.case()
    page.goto(f"{console.url}/cases/{case.id}")
    page.keyboard.press("a")
    expect(page.get_by_role("status")).to_contain_text("Approved")
    page.goto(f"{console.url}/cases/{case.id}")
    page.keyboard.press("u")
    expect(page.get_by_role("status")).to_contain_text("taken back")
    assert console.log.case(case.id).state is State.READY


def test_rows_are_walked_and_opened(console: Room, page: Page) -> None:
    first, second = console.case(), console.case()
    page.goto(console.url)
    for key in ("j", "j", "Enter"):
        page.keyboard.press(key)
    page.wait_for_url(f"**/cases/{second.id}")
    page.keyboard.press("k")
    page.wait_for_url(f"**/cases/{first.id}")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("send back")


def test_a_form_that_was_written_anew_just_now_is_sent_with_its_token(console: Room, page: Page) -> None:
    case = console.case()
    page.goto(f"{console.url}/cases/{case.id}")
    page.evaluate("""() => {
      const form = document.querySelector("form[action$='/decision']");
      form.replaceWith(form.cloneNode(true));
    }""")
    page.keyboard.press("a")
    expect(page.get_by_role("status")).to_contain_text("Approved")


def test_a_page_says_that_its_case_moved_elsewhere_and_leaves_what_is_typed(console: Room, page: Page) -> None:
    case, other = console.case(), console.case()
    page.goto(f"{console.url}/cases/{case.id}")
    page.keyboard.press("r")
    page.keyboard.type("缺聊天")
    console.log.move(other.id, State.WITHDRAWN, by="bob")  # no news about this one
    told = page.get_by_text("This case changed just now (bob")
    console.log.move(case.id, State.WITHDRAWN, by="bob", note="买家已改评")
    expect(told).to_contain_text("it is withdrawn")
    expect(page.locator("h1 .badge")).to_have_text("withdrawn")
    expect(page.locator(".timeline li").first).to_contain_text("买家已改评")
    expect(page.get_by_label("Comment")).to_have_value("缺聊天")
    page.get_by_label("Comment").press("Enter")  # about what is no more: refused, and said
    expect(page.get_by_role("alert")).to_contain_text("not taken")
    assert console.log.approvals(case.id) == []
    expect(told).to_have_count(0)


def test_a_page_hears_nothing_about_other_cases(console: Room) -> None:
    case, other = console.case(), console.case()
    seen = console.log.events(case.id)[-1].id
    console.log.move(other.id, State.WITHDRAWN, by="bob")
    with console.client() as client, console.client("Eve", clients=frozenset({"South"})) as stranger:
        address = f"/cases/{case.id}/standing?seen={seen}"
        assert client.get(address).status_code == 204
        assert stranger.get(address).status_code == 404
        console.log.move(case.id, State.WITHDRAWN, by="bob")
        assert "现在是“已撤回”" in client.get(address).text


def test_what_happened_before_a_page_hears_of_news_is_told_as_well(console: Room, page: Page) -> None:
    case = console.case()
    page.route("**/news", lambda route: (console.log.move(case.id, State.WITHDRAWN, by="bob"), route.continue_()))
    page.goto(f"{console.url}/cases/{case.id}")
    expect(page.get_by_text("This case changed just now (bob")).to_be_visible()
