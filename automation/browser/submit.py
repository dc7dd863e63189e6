"""The one irreversible click.

`press_submit` is the only function of the program that clicks an element which a pack marks as irreversible.
"""

from __future__ import annotations

import asyncio

from playwright.async_api import Error, Locator

from automation.browser.tab import Tab
from automation.browser.waiting import Wait, passing
from automation.errors import FlowError, PackError, SiteFault
from automation.model import Intent
from automation.pack import Channel


async def press_submit(tab: Tab, intent: Intent, channel: Channel) -> FlowError | None:
    """Click the channel's submit button once, and the confirmations that the pack declares, once each.

    The intent must be in the case log before this is called. What is raised (any `FlowError`, `PersonNeeded` or
    `PackError`) is raised before the click: nothing was sent. Once the button may have been clicked nothing is raised
    any more: what goes wrong after that, and what the site says then, is returned. None means that it said nothing
    against it, which proves nothing either: only the platform's own record does.
    """
    key = channel.submit.press
    if not tab.pack.elements[key].irreversible:
        raise PackError(f"{key} is a submit button and must be marked irreversible", field=f"elements.{key}")
    assert intent.digest, "an intent names what was approved"
    target = await _before(tab, key)
    try:
        await tab.reach.press(target, key)
    except Error as error:
        return _lost(error)
    try:
        return await _after(tab, channel)
    except FlowError as error:
        return error
    except Error as error:
        return _lost(error)


async def _before(tab: Tab, key: str) -> Locator:
    try:
        await tab.reach.close_list()
        return await tab.reach.one(key)
    except Error as error:
        raise SiteFault(f"{key} was not clicked: {error.message.splitlines()[0][:160]}", key=key) from error


async def _after(tab: Tab, channel: Channel) -> FlowError | None:
    for key in channel.submit.confirm:
        refusal = await _answer(tab, key, channel.submit.took)
        button = await tab.reach.finder.seen(key) if refusal is None else None
        if button is None:
            return refusal  # the site does not ask, or says no
        await tab.reach.press(button, key)
    return await _answer(tab, channel.submit.took)


async def _answer(tab: Tab, *keys: str | None) -> FlowError | None:
    """Wait for one of these elements, at most a step's time; meanwhile look for a refusal."""
    awaited = [key for key in keys if key is not None]
    wait = Wait(tab.page, None, tab.reach.step_seconds)
    while True:
        with passing():
            visible = asyncio.gather(*(tab.reach.finder.visible(key) for key in awaited))
            refusal, there = await asyncio.gather(tab.refusal(), visible)
            if refusal is not None or any(there):
                return refusal
        if not awaited or await wait.over():
            return None


def _lost(error: Error) -> SiteFault:
    return SiteFault(f"the browser gave up while it submitted: {error.message.splitlines()[0][:160]}")
