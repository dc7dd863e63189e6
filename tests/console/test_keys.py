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
