"""小红书's notes: 举报 behind the three dots of the note's own page, in three steps."""

from __future__ import annotations

from playwright.async_api import Page, expect

from bench.stage import Task

RECORDS = "/user/help/report-feedback"


async def naive(page: Page, url: str, task: Task) -> None:
    """What a good engineer writes first."""
    await page.goto(task.packet.review.url)
    await expect(page.locator(".user-nickname")).to_have_text(task.store.name)
    await expect(page.locator("#detail-desc")).to_contain_text(task.text)
    await page.locator("#noteContainer .more").click()
    await page.get_by_text("举报", exact=True).click()
    form = page.get_by_role("dialog", name="举报笔记")
    await form.get_by_text(task.reason, exact=True).click()
    await form.get_by_role("button", name="下一步").click()
    await form.get_by_role("textbox", name="举报说明").fill(task.description)
    await form.locator("input[type=file]").set_input_files(task.files)
    await expect(form.locator("li.is-success")).to_have_count(len(task.files))
    await form.get_by_role("button", name="下一步").click()
    await form.get_by_role("button", name="确认提交").click()
    await expect(page.get_by_text("举报提交成功")).to_be_visible()
    await page.goto(url + RECORDS)
    await expect(page.locator(".feedback-item").filter(has_text=task.review_id)).to_have_count(1)


async def tuned(page: Page, url: str, task: Task) -> None:
    """The fastest that still does the job: the second step's field of files is there before the step is."""
    await page.goto(task.packet.review.url, wait_until="commit")
    await page.locator("#noteContainer .more").click()
    await page.locator(".more-item", has_text="举报").click()
    form = page.locator(".report-box")
    await form.locator("input[type=file]").set_input_files(task.files)
    await form.get_by_text(task.reason, exact=True).click()
    await form.get_by_role("button", name="下一步").click()
    await form.locator("textarea").fill(task.description)
    await expect(form.locator("li.is-success")).to_have_count(len(task.files))
    await form.get_by_role("button", name="下一步").click()
    await form.get_by_role("button", name="确认提交").click()
    await page.get_by_text("举报提交成功").wait_for()
    await page.goto(url + RECORDS, wait_until="commit")
    await page.locator(".feedback-item", has_text=task.review_id).wait_for()
