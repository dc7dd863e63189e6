"""Ours against raw scripts and Selenium on the same mock, interleaved in one run: `make bench` (ARGS: repetitions).

What is timed: from a living session to an appeal that the site's own record list shows. Browsers are up beforehand on
all sides; entry pop-ups are off. Ours also keeps the case log, reads every field back and proves the uploads.
"""

from __future__ import annotations

import asyncio
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Awaitable
from pathlib import Path

from playwright.async_api import Browser, Error, async_playwright

from automation.browser.launch import find_browser
from automation.engine import Mark
from automation.settings import Settings
from bench import rivals, selenium_rival
from bench.memory import pss
from bench.ours import SENT, Ours, ours
from bench.stage import STORES, Stage, stage

IN_ONE_STORE = 10
LAST = STORES - 1  # the store that warms up; the others are cold when their one case comes
HELP_RUNS = 7
AT_REST = 5.0  # seconds after which tabs without a job were emptied
Times = dict[str, list[float]]


async def timed(times: list[float], job: Awaitable[object]) -> None:
    """Note how long a rival took; a run that failed is told and not counted."""
    start = time.perf_counter()
    try:
        await job
    except Error as error:
        print(f"  a raw script failed: {error.message.splitlines()[0]}")
        return
    times.append(time.perf_counter() - start)


async def one_case(mine: Ours, scene: Stage, browser: Browser, times: Times, repetitions: int) -> None:
    """One case from a kept session, in a context of its own; the sides take turns."""
    chrome = await asyncio.to_thread(selenium_rival.driver, find_browser(Settings.load()).path)
    for turn in range(repetitions):
        store = turn
        state = scene.state(store)
        await timed(times["naive"], rivals.naive(browser, scene, state, scene.task(store)))

        async def tuned(store: int = store, *, real: bool) -> None:
            page = await rivals.tuned_page(browser, scene.state(store))
            await rivals.tuned(page, scene, scene.task(store), real=real)
            await page.context.close()

        await timed(times["tuned"], tuned(real=True))
        await timed(times["dispatched"], tuned(real=False))
        if chrome is not None:
            await asyncio.to_thread(selenium_rival.sign_in, chrome, scene, scene.state(store))
            await timed(times["selenium"], asyncio.to_thread(selenium_rival.file, chrome, scene, scene.task(store)))
        mine.sign_in(store)
        times["ours"].append(await mine.file([mine.enter(store, scene.task(store))]))
    if chrome is not None:
        await asyncio.to_thread(chrome.quit)


async def ten_in_one_store(mine: Ours, scene: Stage, browser: Browser, times: Times, repetitions: int) -> None:
    """Ten cases of one store, one after the other."""
    for turn in range(repetitions):
        store = turn % STORES
        state = scene.state(store)
        tasks = [scene.task(store) for _ in range(IN_ONE_STORE)]

        async def naive() -> None:
            for task in tasks:  # noqa: B023
                await rivals.naive(browser, scene, state, task)  # noqa: B023

        await timed(times["naive"], naive())
        page = await rivals.tuned_page(browser, state)
        tasks = [scene.task(store) for _ in range(IN_ONE_STORE)]

        async def tuned() -> None:
            for task in tasks:  # noqa: B023
                await rivals.tuned(page, scene, task)  # noqa: B023

        await timed(times["tuned"], tuned())
        await page.context.close()
        times["ours"].append(await mine.file([mine.enter(store, scene.task(store)) for _ in range(IN_ONE_STORE)]))


async def ten_stores(mine: Ours, scene: Stage, browser: Browser, times: Times, repetitions: int) -> None:
    """One case in each of ten stores, at once."""
    for _ in range(repetitions):
        states = [scene.state(store) for store in range(STORES)]
        tasks = [scene.task(store) for store in range(STORES)]
        await timed(times["naive"], rivals.naive_all(browser, scene, states, tasks))
        cases = [mine.enter(store, scene.task(store)) for store in range(STORES)]
        times["ours"].append(await mine.file(cases))


def show(title: str, times: Times, bars: dict[str, float]) -> None:
    """Print medians, ratios and whether the bars hold."""
    middle = {side: statistics.median(taken) for side, taken in times.items() if taken}
    print(f"\n{title}")
    for side, seconds in middle.items():
        ratio = middle["ours"] / seconds
        bar = bars.get(side)
        verdict = "" if bar is None else f"   bar {bar}: {'holds' if ratio <= bar else 'MISSED'}"
        against = "" if side == "ours" else f"   ours / {side} = {ratio:.2f}{verdict}"
        print(f"  {side:10} {seconds:6.2f} s  (n={len(times[side])}){against}")


def profile(mine: Ours) -> None:
    """Where our time goes, by step: medians over every case so far."""
    taken: defaultdict[str, list[float]] = defaultdict(list)
    last: dict[int, float] = {}
    for at, step in mine.steps:
        if step.case is None:
            continue
        if step.case in last and step.mark is not Mark.STARTED:
            taken[step.mark].append(at - last[step.case])
        last[step.case] = at
    print("\nwhere our time goes (median ms up to each step)")
    for mark, seconds in taken.items():
        print(f"  {mark:10} {statistics.median(seconds) * 1000:6.0f}")


def start_of_the_command() -> None:
    """`appealdesk --help`."""
    times = []
    for _ in range(HELP_RUNS):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-m", "automation.cli", "--help"], check=True, capture_output=True)
        times.append(time.perf_counter() - start)
    middle = statistics.median(times)
    print(f"\nappealdesk --help: {middle:.2f} s   bar 0.3: {'holds' if middle <= 0.3 else 'MISSED'}")


async def memory(scene: Stage, home: Path, path: Path) -> float:
    """What a signed-in account costs; returns the pages that one look for results opens, a store."""
    async with ours(scene, home, path) as mine:
        mine.sign_in(0)
        await mine.file([mine.enter(0, scene.task(0))])
        await asyncio.sleep(AT_REST)
        before = pss()
        for store in range(1, STORES):
            mine.sign_in(store)
            await mine.file([mine.enter(store, scene.task(store))])
        await asyncio.sleep(AT_REST)
        if before is not None and (after := pss()) is not None:
            each = (after - before) / (STORES - 1)
            print(f"\nmemory: {each:.0f} MB (PSS) per added account   bar 50: {'holds' if each <= 50 else 'MISSED'}")
        await mine.stop()
        return await mine.look()


async def main(repetitions: int) -> None:
    """All of it."""
    path = find_browser(Settings.load()).path
    start_of_the_command()
    with stage() as scene, tempfile.TemporaryDirectory() as home:
        few = await memory(scene, Path(home) / "memory", path)
        async with async_playwright() as playwright, ours(scene, Path(home) / "speed", path) as mine:
            mine.sign_in(LAST)
            await mine.file([mine.enter(LAST, scene.task(LAST))])  # the browser comes up
            browser = await playwright.chromium.launch(executable_path=path)
            single: Times = defaultdict(list)
            await one_case(mine, scene, browser, single, repetitions)
            show("one case, from a kept session, form policy never", single, {"naive": 0.8, "tuned": 1.2})
            profile(mine)
            ten: Times = defaultdict(list)
            await ten_in_one_store(mine, scene, browser, ten, rounds := max(1, repetitions // 3))
            show("ten cases in one store", ten, {"naive": 0.7})
            stores: Times = defaultdict(list)
            await ten_stores(mine, scene, browser, stores, rounds)
            show("ten stores at once", stores, {})
            await mine.stop()
            waiting = len(mine.log.cases(states=[SENT])) / STORES
            many = await mine.look()
        print("\npages opened by one look for results, a store:", end=" ")
        print(f"{few:.1f} with 1 waiting case, {many:.1f} with {waiting:.0f}")


if __name__ == "__main__":
    asyncio.run(main(min(LAST, int(sys.argv[1])) if len(sys.argv) > 1 else LAST))
