"""What is timed: one case, ten cases in one store, ten stores at once; the sides take turns."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Browser, Error

from bench import rivals, selenium_rival
from bench.ours import NotSent, Ours
from bench.report import Times
from bench.rivals import douyin_shop
from bench.stage import STORES, Stage, Task

IN_ONE_STORE = 10
Side = Callable[[int, Task], Awaitable[float]]  # files one case at a store; the seconds that it took


async def seconds(job: Awaitable[object]) -> float:
    """How long a job takes."""
    start = time.perf_counter()
    await job
    return time.perf_counter() - start


async def noted(times: Times, side: str, job: Awaitable[float], scene: Stage, tasks: Iterable[Task]) -> None:
    """Note what a side took, once the server has what it should; a run that failed is told and not counted."""
    try:
        taken = await job
    except (Error, AssertionError, NotSent) as error:
        print(f"  {scene.site.platform}: {side} failed: {str(error).strip().splitlines()[0]}", flush=True)
        return
    for task in tasks:
        scene.filed(task)
    times[side].append(taken)


def raw(scene: Stage, browser: Browser) -> dict[str, Side]:
    """The raw scripts that every platform has."""

    async def naive(store: int, task: Task) -> float:
        return await seconds(rivals.naive(browser, scene, scene.state(store), task))

    async def tuned(store: int, task: Task) -> float:
        return await seconds(rivals.tuned(browser, scene, scene.state(store), task))

    return {"naive": naive, "tuned": tuned}


@asynccontextmanager
async def more(scene: Stage, browser: Browser, path: Path) -> AsyncIterator[dict[str, Side]]:
    """What is measured on 抖店 alone: dispatched clicks, and Selenium where it is installed."""

    async def file_dispatched(store: int, task: Task) -> None:
        page = await rivals.tuned_page(browser, scene.state(store))
        await douyin_shop.tuned(page, scene.site.url, task, real=False)
        await page.context.close()

    async def dispatched(store: int, task: Task) -> float:
        return await seconds(file_dispatched(store, task))

    chrome = await asyncio.to_thread(selenium_rival.driver, path)
    if chrome is None:
        yield {"dispatched": dispatched}
        return

    async def selenium(store: int, task: Task) -> float:
        await asyncio.to_thread(selenium_rival.sign_in, chrome, scene, scene.state(store))
        return await seconds(asyncio.to_thread(selenium_rival.file, chrome, scene, task))

    yield {"dispatched": dispatched, "selenium": selenium}
    await asyncio.to_thread(chrome.quit)


async def one_case(mine: Ours, scene: Stage, sides: Mapping[str, Side], repetitions: int) -> Times:
    """One case from a living session, in a context of its own."""
    times: Times = defaultdict(list)
    for store in range(repetitions):
        for name, side in {**sides, "ours": mine.once}.items():
            task = scene.task(store)
            await noted(times, name, side(store, task), scene, [task])
    return times


async def ten_in_one_store(mine: Ours, scene: Stage, browser: Browser, repetitions: int) -> Times:
    """Ten cases of one store, one after the other."""
    times: Times = defaultdict(list)
    rival = rivals.rival(scene.site.platform)
    for turn in range(repetitions):
        store = turn % STORES
        state = scene.state(store)
        first, second, third = ([scene.task(store) for _ in range(IN_ONE_STORE)] for _ in range(3))

        async def naive(tasks: list[Task] = first) -> None:
            for task in tasks:
                await rivals.naive(browser, scene, state, task)  # noqa: B023

        await noted(times, "naive", seconds(naive()), scene, first)
        page = await rivals.tuned_page(browser, state)

        async def tuned(tasks: list[Task] = second) -> None:
            for task in tasks:
                await rival.tuned(page, scene.site.url, task)  # noqa: B023

        await noted(times, "tuned", seconds(tuned()), scene, second)
        await page.context.close()
        await noted(times, "ours", mine.file([mine.enter(task) for task in third]), scene, third)
    return times


async def ten_stores(mine: Ours, scene: Stage, browser: Browser, repetitions: int) -> Times:
    """One case in each of ten stores, at once."""
    times: Times = defaultdict(list)
    for _ in range(repetitions):
        states = [scene.state(store) for store in range(STORES)]
        tasks = [scene.task(store) for store in range(STORES)]
        await noted(times, "naive", seconds(rivals.naive_all(browser, scene, states, tasks)), scene, tasks)
        tasks = [scene.task(store) for store in range(STORES)]
        await noted(times, "ours", mine.file([mine.enter(task) for task in tasks]), scene, tasks)
    return times
