"""What ours is measured against: raw scripts for the same job on the same page.

The job is the same for all: from a living session to an appeal that the site's own record list shows.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from typing import Any

from playwright.async_api import Browser, Locator, Page, expect

from bench.stage import DESCRIPTION, REASON, Stage, Task

REVIEWS = "/ffa/maftersale/comment"
RECORDS = "/ffa/maftersale/comment/appeal-record"
_SEARCH = re.compile(r"^查\s*询$")  # the library writes a space between two characters


async def naive(browser: Browser, stage: Stage, state: dict[str, Any], task: Task) -> None:
    """What a good engineer writes first: a context a case, the page as a person sees it, expectations as waits."""
    context = await browser.new_context(storage_state=state, locale="zh-CN")  # type: ignore[arg-type]
    page = await context.new_page()
    await page.goto(stage.site.url + REVIEWS)
    await expect(page.locator(".headerShopName")).to_have_text(task.store.name)
    await page.get_by_placeholder("商品编号/订单编号/商品名称").fill(task.order_no)
    await page.get_by_role("button", name=_SEARCH).click()
    row = page.get_by_role("row").filter(has_text=task.order_no)
    await expect(row).to_have_count(1)
    await row.get_by_role("button", name="申诉").click()
    form = page.get_by_role("dialog", name="评价申诉")
    await form.get_by_role("combobox").click()
    await page.locator(".auxo-select-item-option", has_text=REASON).click()
    await form.get_by_role("textbox").fill(DESCRIPTION)
    await form.locator("input[type=file]").set_input_files([str(path) for path in task.files])
    await expect(form.locator(".auxo-upload-list-item-done")).to_have_count(len(task.files))
    await form.get_by_role("button", name="提交申诉").click()
    await page.get_by_role("button", name="确认提交").click()
    await expect(page.get_by_text("提交成功")).to_be_visible()
    await page.goto(stage.site.url + RECORDS)
    await page.get_by_placeholder("记录编号/评价编号/订单编号").fill(task.order_no)
    await page.get_by_role("button", name=_SEARCH).click()
    await expect(page.get_by_role("row").filter(has_text=task.order_no)).to_have_count(1)
    await context.close()


async def tuned_page(browser: Browser, state: dict[str, Any]) -> Page:
    """The tab that the tuned script keeps: animations sped up, analytics cut off."""
    context = await browser.new_context(storage_state=state, locale="zh-CN")  # type: ignore[arg-type]
    page = await context.new_page()
    cdp = await context.new_cdp_session(page)
    await cdp.send("Animation.enable")
    await cdp.send("Animation.setPlaybackRate", {"playbackRate": 50})
    return page


async def tuned(page: Page, stage: Stage, task: Task, *, real: bool = True) -> None:
    """The fastest that still does the job: one tab, nothing asked twice, no search where the record is on top.

    Without `real` clicks it dispatches them, which is faster still and presses what a person could not.
    """

    async def press(target: Locator, event: str = "click") -> None:
        await (target.click() if real else target.dispatch_event(event))

    await page.goto(stage.site.url + REVIEWS, wait_until="commit")
    await page.get_by_placeholder("商品编号/订单编号/商品名称").fill(task.order_no)
    await press(page.get_by_role("button", name=_SEARCH))
    row = page.locator("tr.auxo-table-row", has_text=task.order_no)
    await press(row.get_by_role("button", name="申诉"))
    form = page.get_by_role("dialog")
    await form.locator("input[type=file]").set_input_files([str(path) for path in task.files])
    await press(form.locator(".auxo-select-selector"), "mousedown")
    await press(page.locator(".auxo-select-item-option", has_text=REASON))
    await form.locator("textarea").fill(DESCRIPTION)
    await expect(form.locator(".auxo-upload-list-item-done")).to_have_count(len(task.files))
    await press(form.get_by_role("button", name="提交申诉"))
    await press(page.get_by_role("button", name="确认提交"))
    await page.get_by_text("提交成功").wait_for()
    await page.goto(stage.site.url + RECORDS, wait_until="commit")
    await page.locator("tr.auxo-table-row", has_text=task.order_no).wait_for()


async def naive_all(browser: Browser, stage: Stage, states: Sequence[dict[str, Any]], tasks: Sequence[Task]) -> None:
    """All at once, as `gather` makes easy."""
    await asyncio.gather(*(naive(browser, stage, s, t) for s, t in zip(states, tasks, strict=True)))
