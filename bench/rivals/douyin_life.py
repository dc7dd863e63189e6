"""抖音来客: cards in a virtual list that show no numbers, so a review is known by what it says."""

from __future__ import annotations

from playwright.async_api import Page, expect

from bench.stage import Task
from fixtures.backoffice.douyin_life.site import groupid

REVIEWS = "/p/life_comment/management?groupid="
RECORDS = "/p/life_comment/appeal_record?groupid="


async def naive(page: Page, url: str, task: Task) -> None:
    """What a good engineer writes first: the list is narrowed by the product, the one thing that it is searched by."""
    company = groupid(task.store.id)
    await page.goto(url + REVIEWS + company)
    await expect(page.get_by_text(task.store.name, exact=True)).to_be_visible()
    await page.get_by_placeholder("请输入商品名称").fill(task.seen.product)
    await page.get_by_role("button", name="查询").click()
    card = page.get_by_role("listitem").filter(has_text=task.text)
    await expect(card).to_have_count(1)
    await card.get_by_role("button", name="申诉").click()
    form = page.get_by_role("dialog", name="评价申诉")
    await form.get_by_role("combobox").click()
    await page.get_by_role("option", name=task.reason).click()
    await form.get_by_role("textbox", name="申诉说明").fill(task.description)
    await form.locator("input[type=file][multiple]").set_input_files(task.files)
    await expect(form.locator(".semi-upload-file-card")).to_have_count(len(task.files))
    await expect(form.get_by_role("progressbar")).to_have_count(0)
    await form.locator("button", has_text="提交申诉").click()
    await page.get_by_role("button", name="确认提交").click()
    await expect(page.get_by_text("提交成功")).to_be_visible()
    await page.goto(url + RECORDS + company)
    await expect(page.get_by_role("row").filter(has_text=task.text)).to_have_count(1)


async def tuned(page: Page, url: str, task: Task) -> None:
    """The fastest that still does the job: the records by the link above the list."""
    await page.goto(url + REVIEWS + groupid(task.store.id), wait_until="commit")
    await page.get_by_placeholder("请输入商品名称").fill(task.seen.product)
    await page.get_by_role("button", name="查询").click()
    card = page.locator(".reviewCard-k2v8", has_text=task.text)
    await card.get_by_role("button", name="申诉").click()
    form = page.get_by_role("dialog")
    await form.locator("input[type=file][multiple]").set_input_files(task.files)
    await form.get_by_role("combobox").click()
    await page.locator(".semi-select-option", has_text=task.reason).click()
    await form.locator("textarea").fill(task.description)
    await expect(form.locator(".semi-upload-file-card")).to_have_count(len(task.files))
    await expect(form.get_by_role("progressbar")).to_have_count(0)
    await form.locator("button", has_text="提交申诉").click()
    await page.get_by_role("button", name="确认提交").click()
    await page.get_by_text("提交成功").wait_for()
    await page.get_by_text("申诉记录", exact=True).click()
    await page.locator("tr", has_text=task.text).wait_for()
