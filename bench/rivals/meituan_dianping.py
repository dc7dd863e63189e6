"""大众点评/美团: pages in a frame of the shell, two streams of reviews, no search."""

from __future__ import annotations

from playwright.async_api import Page, expect

from bench.stage import Task

REVIEWS = "/merchant#/reviews"


async def naive(page: Page, url: str, task: Task) -> None:
    """What a good engineer writes first: the list is narrowed to the bad ones of 美团."""
    await page.goto(url + REVIEWS)
    await expect(page.get_by_text(task.store.name, exact=True)).to_be_visible()
    inner = page.frame_locator("main iframe")
    await inner.get_by_role("tab", name="美团评价").click()
    await inner.get_by_text("差评", exact=True).click()
    card = inner.locator(".review-item").filter(has_text=task.review_id)
    await expect(card).to_have_count(1)
    await card.get_by_role("button", name="投诉评价").click()
    form = inner.get_by_role("dialog", name="投诉评价")
    await form.get_by_text(task.reason, exact=True).click()
    await form.get_by_role("textbox", name="投诉说明").fill(task.description)
    await form.locator("input[type=file]").set_input_files(task.files)
    await expect(form.locator("li.is-success")).to_have_count(len(task.files))
    await form.get_by_role("button", name="提交", exact=True).click()
    await inner.get_by_role("button", name="确认提交").click()
    await expect(inner.get_by_text("提交成功")).to_be_visible()
    await page.get_by_role("menuitem", name="投诉记录").click()
    await expect(inner.get_by_role("row").filter(has_text=task.review_id)).to_have_count(1)


async def tuned(page: Page, url: str, task: Task) -> None:
    """The fastest that still does the job."""
    await page.goto(url + REVIEWS, wait_until="commit")
    inner = page.frame_locator("iframe")
    await inner.get_by_text("美团评价", exact=True).click()
    await inner.get_by_text("差评", exact=True).click()
    card = inner.locator(".review-item", has_text=task.review_id)
    await card.get_by_text("投诉评价", exact=True).click()
    form = inner.locator(".mtd-dialog")
    await form.locator("input[type=file]").set_input_files(task.files)
    await form.get_by_text(task.reason, exact=True).click()
    await form.locator("textarea").fill(task.description)
    await expect(form.locator("li.is-success")).to_have_count(len(task.files))
    await form.get_by_role("button", name="提交", exact=True).click()
    await inner.get_by_role("button", name="确认提交").click()
    await inner.get_by_text("提交成功").wait_for()
    await page.get_by_role("menuitem", name="投诉记录").click()
    await inner.locator("tr", has_text=task.review_id).wait_for()
