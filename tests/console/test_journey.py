"""Cases from dropped files to their outcomes, through the console alone."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from PIL import Image
from playwright.async_api import Page, async_playwright, expect

from automation.browser.launch import find_browser
from automation.model import FormPolicy, Outcome, SignIn, State
from automation.office import Office
from fixtures.backoffice.filings import Review
from fixtures.qa.scene import Scene, scene
from tests.console.hands import EN, drag, drop
from tests.console.room import DESCRIPTION, Room, room
from tests.loop import run

LONG = 60_000  # milliseconds: a sign-in, a form, on a loaded machine


def written(folder: Path, stage: Scene) -> tuple[Path, Path]:
    """A merchant's files about a review in each store: the list, and the chat."""
    chat, cases = folder / "chat.png", folder / "cases.csv"
    Image.new("RGB", (400, 300), "white").save(chat)
    rows = [row(store, stage.site.control.add_review(store)) for store in ("s1", "s2")]
    with cases.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return cases, chat


def row(store: str, seen: Review) -> dict[str, str]:
    return {
        "store": store,
        "review_id": seen.review_id,
        "order_no": seen.order_no,
        "review_text": seen.text,
        "posted_at": f"{seen.posted_at + timedelta(hours=8):%Y-%m-%d %H:%M}",
        "stars": str(seen.stars),
        "buyer": seen.buyer,
        "reason": "extortion",
        "description": DESCRIPTION,
        "evidence": "chat:chat.png",
    }


async def question(page: Page, console: Room, medium: str) -> None:
    """Open a sign-in's question, once it is asked."""
    await page.goto(console.url)
    await page.locator(".challenges a", has_text=medium).click(timeout=LONG)
    await page.wait_for_url("**/challenges/*")


async def press(page: Page, console: Room, key: str, state: str) -> None:
    """Go to the first case that is in this state, once there is one, and decide by keyboard."""
    await page.goto(f"{console.url}/?view=all")
    await page.locator(f".badge.{state}").first.click(timeout=LONG)
    await page.wait_for_url("**/cases/*")
    await page.keyboard.press(key)
    await expect(page.get_by_role("status")).to_contain_text("Approved")


async def come_to(page: Page, console: Room, state: str) -> None:
    """Wait until both cases are in this state."""
    await page.goto(f"{console.url}/?view=all")
    await expect(page.locator(f".badge.{state}")).to_have_count(2, timeout=LONG)


async def at_the_console(console: Room, stage: Scene, folder: Path, phone: str) -> None:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=find_browser(stage.settings).path)
        page = await (await browser.new_context(**EN)).new_page()
        await page.goto(console.served.invite())
        await page.get_by_role("link", name="Import").click()
        await page.wait_for_url("**/import")  # with its scripts
        await drop(page.locator("form#import"), *written(folder, stage))
        await expect(page.locator(".picked li")).to_have_count(2)
        await page.get_by_role("button", name="Preview").click()
        await page.get_by_role("button", name="Enter 2").click()
        await expect(page.get_by_role("link", name="Case 2")).to_be_visible()
        for _ in range(2):
            await press(page, console, "a", "ready")
        await question(page, console, "SMS code")
        await page.get_by_label("Code").last.fill(stage.site.control.last_sms_code(phone))
        await page.keyboard.press("Enter")
        given = page.get_by_text("The sign-in has the code").or_(page.get_by_text("It was answered"))
        await expect(given.first).to_be_visible()
        await question(page, console, "Slider")
        await page.get_by_role("button", name="Open the live view").click()
        await drag(page)
        await expect(page.get_by_text("The step was done")).to_be_visible(timeout=LONG)
        await come_to(page, console, "prepared")
        for _ in range(2):
            await press(page, console, "a", "prepared")
        await come_to(page, console, "submitted")
        for sent in stage.site.control.received():
            stage.site.control.decide(sent.order_no, Outcome.UPHELD, review_id=sent.review_id)
        stage.site.control.advance(hours=72)
        await page.goto(console.served.invite())  # three days later one comes in anew
        await come_to(page, console, "upheld")
        await browser.close()


def test_cases_go_from_dropped_files_to_their_outcomes_through_the_console_alone(tmp_path: Path) -> None:
    with scene(tmp_path / "scene", platform="douyin_life", stores=2, headless=True) as stage:
        stage.site.control.fault("slider_at_sign_in")  # which follows a password, and no code
        stage.policy(FormPolicy.ALWAYS)
        person = stage.site.control.accounts()[0]
        stage.log.put_account(replace(stage.log.account("a1"), sign_in=SignIn.SMS, login=person.phone), by="ann")
        office = Office.of(stage.settings, stage.log, stage.vault, stage.packs)
        with room(tmp_path, office=office, work=True, clock=stage.site.control.now) as console:
            run(at_the_console(console, stage, tmp_path, person.phone))
        assert stage.site.control.counts().submits == 2
        for case in stage.log.cases():
            assert case.state is State.UPHELD
            made = [(one.by, one.checkpoint) for one in stage.log.approvals(case.id)]
            assert made == [("bob", "packet"), ("bob", "form")]
        stage.log.verify()
