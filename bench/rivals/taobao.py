"""淘宝: 我要申诉 of the disputes in the appeal centre; a mask lies over each page while it loads."""

from __future__ import annotations

from playwright.async_api import Page, expect

from bench.stage import Task

CENTRE = "/home.htm/appeal/portal/appealable/D/1"


async def naive(page: Page, url: str, task: Task) -> None:
    """What a good engineer writes first. Having taken the appeal, the site shows its records by itself."""
    await page.goto(url + CENTRE)
    await expect(page.get_by_text(task.store.name, exact=True)).to_be_visible()
    await page.get_by_role("tab", name="纠纷").click()
    await page.get_by_placeholder("请输入订单编号").fill(task.order_no)
    await page.get_by_role("button", name="查询").click()
    row = page.get_by_role("row").filter(has_text=task.order_no)
    await expect(row).to_have_count(1)
    await row.get_by_role("button", name="我要申诉").click()
    await page.get_by_role("combobox").click()
    await page.get_by_role("option", name=task.reason).click()
    await page.get_by_placeholder("请客观、简洁地描述").fill(task.description)
    await page.locator("input[type=file]").set_input_files(task.files)
    await expect(page.locator(".next-upload-list-item-done")).to_have_count(len(task.files))
    await page.get_by_role("button", name="提交申诉").click()
    await page.get_by_role("dialog", name="确认提交申诉").get_by_role("button", name="确定").click()
    await expect(page.get_by_text("提交成功")).to_be_visible()
    await expect(page.get_by_role("heading", name="申诉记录")).to_be_visible()
    await expect(page.get_by_role("row").filter(has_text=task.order_no)).to_have_count(1)


async def tuned(page: Page, url: str, task: Task) -> None:
    """The fastest that still does the job."""
    await page.goto(url + CENTRE, wait_until="commit")
    await page.get_by_role("tab", name="纠纷").click()
    await page.get_by_placeholder("请输入订单编号").fill(task.order_no)
    await page.get_by_role("button", name="查询").click()
    await page.locator("tr", has_text=task.order_no).get_by_role("button", name="我要申诉").click()
    await page.locator("input[type=file]").set_input_files(task.files)
    await page.locator("main .next-select").click()
    await page.locator(".next-menu-item", has_text=task.reason).click()
    await page.locator("textarea").first.fill(task.description)
    await expect(page.locator(".next-upload-list-item-done")).to_have_count(len(task.files))
    await page.get_by_role("button", name="提交申诉").click()
    await page.get_by_role("button", name="确定").click()
    await page.locator("tr", has_text=task.order_no).wait_for()
