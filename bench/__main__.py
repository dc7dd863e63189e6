"""Ours against raw scripts on the same mock, interleaved in one run: `make bench` (ARGS: repetitions).

    python -m bench [REPETITIONS]                       抖店: one case, ten cases in one store, ten stores at once;
                                                        raw scripts, dispatched clicks and Selenium; memory
    python -m bench [REPETITIONS] --platform NAME|all   one case, a row a platform: naive and tuned raw scripts
    python -m bench --console                           how fast the console answers over 100,000 cases

What is timed: from a living session to an appeal that the site's own record list shows. Browsers are up beforehand on
all sides; entry pop-ups are off, and no reviews arrive meanwhile. Ours also keeps the case log, reads every field back
and proves the uploads. After each run the mock's server must hold exactly one appeal about the review, with its
reason, its text and its files; a run that fails is told and not counted.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Browser, async_playwright

from automation.browser.launch import find_browser
from automation.settings import Settings
from bench import cases, console, rivals
from bench.ours import SENT, Ours, ours
from bench.processes import browsers, pss
from bench.report import ONE_CASE, TEN_CASES, profile, row, show
from bench.stage import STORES, Stage, stage

LAST = STORES - 1  # the store that warms up; the others are cold when their one case comes
HELP_RUNS = 7
AT_REST = 5.0  # seconds after which tabs without a job were emptied


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
        await mine.once(0, scene.task(0))
        await asyncio.sleep(AT_REST)
        before = pss(browsers(os.getpid()))
        for store in range(1, STORES):
            await mine.once(store, scene.task(store))
        await asyncio.sleep(AT_REST)
        if before and (after := pss(browsers(os.getpid()))):  # Linux tells, others do not
            each = (after - before) / (STORES - 1)
            print(f"\nmemory: {each:.0f} MB (PSS) per added account   bar 50: {'holds' if each <= 50 else 'MISSED'}")
        await mine.stop()
        return await mine.look()


@asynccontextmanager
async def warm(scene: Stage, home: Path, path: Path) -> AsyncIterator[tuple[Ours, Browser]]:
    """Both sides with their browsers up."""
    async with async_playwright() as playwright, ours(scene, home, path) as mine:
        await mine.once(LAST, scene.task(LAST))
        yield mine, await playwright.chromium.launch(executable_path=path)


async def whole(repetitions: int) -> None:
    """Everything on 抖店."""
    path = find_browser(Settings.load()).path
    start_of_the_command()
    with stage() as scene, tempfile.TemporaryDirectory() as home:
        few = await memory(scene, Path(home) / "memory", path)
        async with warm(scene, Path(home) / "speed", path) as (mine, browser):
            async with cases.more(scene, browser, path) as others:
                sides = {**cases.raw(scene, browser), **others}
                single = await cases.one_case(mine, scene, sides, repetitions)
            show("one case, from a living session, form policy never", single, ONE_CASE)
            profile(mine)
            ten = await cases.ten_in_one_store(mine, scene, browser, rounds := max(1, repetitions // 3))
            show("ten cases in one store", ten, TEN_CASES)
            show("ten stores at once", await cases.ten_stores(mine, scene, browser, rounds), {})
            await mine.stop()
            waiting = len(mine.log.cases(states=[SENT])) / STORES
            many = await mine.look()
        print("\npages opened by one look for results, a store:", end=" ")
        print(f"{few:.1f} with 1 waiting case, {many:.1f} with {waiting:.0f}")


async def rows(platforms: Sequence[str], repetitions: int) -> None:
    """One case on the main channel of each platform."""
    path = find_browser(Settings.load()).path
    print("one case, from a living session, form policy never: medians, ours / theirs")
    for platform in platforms:
        with stage(platform) as scene, tempfile.TemporaryDirectory() as home:
            async with warm(scene, Path(home), path) as (mine, browser):
                times = await cases.one_case(mine, scene, cases.raw(scene, browser), repetitions)
            row(f"{platform} {scene.channel}", times, ONE_CASE)


def main() -> None:
    """Read the arguments."""
    parser = argparse.ArgumentParser("bench", description="Ours against raw scripts on the same mock.")
    parser.add_argument("repetitions", nargs="?", type=int, default=LAST, help=f"how often; at most {LAST}")
    parser.add_argument("--platform", choices=("all", *rivals.platforms()), help="only one case, a row a platform")
    parser.add_argument("--console", action="store_true", help="how fast the console answers over 100,000 cases")
    given = parser.parse_args()
    if given.console:
        console.run()
        return
    repetitions = max(1, min(LAST, given.repetitions))
    if given.platform is None:
        asyncio.run(whole(repetitions))
    else:
        asyncio.run(rows(rivals.platforms() if given.platform == "all" else (given.platform,), repetitions))


if __name__ == "__main__":
    main()
