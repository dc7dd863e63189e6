"""One worker, case after case for as long as one likes: what it holds must not grow with what it has done.

    python -m bench.prove.soak [--minutes 60] [--platform douyin_shop]

Four stores of a mock, each with an account; ten approved cases always wait. Sampled each few seconds from outside:
resident memory and open files of the worker, memory (PSS) and renderers of its browser, and the size of the case log.
The first fifth is warm-up; of the rest, the last third is held against the first.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import multiprocessing
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, fields
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Final

from automation.caselog import CaseLog
from automation.engine import Worker
from automation.model import State
from automation.packs import Packs
from automation.settings import Settings
from automation.vault import Vault
from bench.processes import browsers, open_files, pss, resident
from bench.prove.tally import Tally
from bench.prove.truth import Truth
from fixtures.qa.scene import PASSPHRASE, Scene, scene

WAITING: Final = 10
STORES: Final = 4
EVERY: Final = 2.0  # seconds between two samples
GROWTH: Final = 1.25
"""What the last third may be of the first: memory of a browser goes up and down by a tenth from page to page."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One look from outside; memory in MB, log in KB a case."""

    memory: float
    files: float
    browser: float
    renderers: float
    log: float


@dataclass(frozen=True, slots=True)
class Soaked:
    """What a run came to. `ratios`: last third to first third, by what was sampled."""

    seconds: float
    cases: int
    first: Sample
    last: Sample
    tally: Tally

    @property
    def grown(self) -> list[str]:
        """What did not stay flat."""
        return [name for name, (first, last) in self.pairs().items() if last > first * GROWTH]

    def pairs(self) -> dict[str, tuple[float, float]]:
        """First and last third, by what was sampled."""
        return {one.name: (getattr(self.first, one.name), getattr(self.last, one.name)) for one in fields(Sample)}


def labour(home: Path, settings: dict[str, str], ended: Event) -> None:
    """The worker: a process of its own, until it is told that it is over."""

    async def work() -> None:
        stop = asyncio.Event()
        worker = Worker(given, log, Vault.open(home, passphrase=PASSPHRASE), Packs(home / "packs"))
        working = asyncio.create_task(worker.run(stop))
        await asyncio.to_thread(ended.wait)
        stop.set()
        await working

    given = Settings.model_validate({"home": home, **settings})
    with CaseLog.open(given.database, home) as log:
        asyncio.run(work())


def soak(minutes: float, platform: str, folder: Path) -> Soaked:
    """Give one worker case after case. Raises `ValueError` for a platform without a mock."""
    settings = {"operator": "bob"}
    with scene(folder / "home", platform=platform, stores=STORES) as stage:
        truth = Truth(stage, Tally(), folder)
        context = multiprocessing.get_context("spawn")
        ended = context.Event()
        process = context.Process(target=labour, args=(stage.home, settings, ended))
        process.start()
        assert process.pid is not None
        began, samples = time.monotonic(), list[Sample]()
        stores = itertools.cycle(stage.log.stores())
        while (now := time.monotonic()) < began + minutes * 60:
            under_way = stage.log.cases(states=[State.APPROVED, State.SUBMITTING])
            for store in itertools.islice(stores, max(0, WAITING - len(under_way))):
                truth.cases.append(stage.approved(store.id).id)
            samples.append(_sample(process.pid, stage, len(truth.cases)))
            time.sleep(max(0.0, now + EVERY - time.monotonic()))
        ended.set()
        process.join()
        truth.tally.cases = len(truth.cases)
        truth.look("at the end")
        stuck = stage.log.cases(states=[State.NEEDS_PERSON, State.UNCERTAIN, State.DRAFT, State.READY])
        truth.tally.losses += [f"case {case.id} ends {case.state}: {case.note}" for case in stuck]
        sent = len(stage.site.control.received())
    kept = samples[len(samples) // 5 :]
    third = max(1, len(kept) // 3)
    return Soaked(time.monotonic() - began, sent, _middle(kept[:third]), _middle(kept[-third:]), truth.tally)


def _sample(pid: int, stage: Scene, cases: int) -> Sample:
    theirs = browsers(pid)
    size = sum(file.stat().st_size for file in stage.home.glob("cases.db*"))
    return Sample(resident(pid), open_files(pid), pss(theirs), len(theirs), size / 1024 / cases)


def _middle(samples: Sequence[Sample]) -> Sample:
    return Sample(*(statistics.median(getattr(one, field.name) for one in samples) for field in fields(Sample)))


def report(soaked: Soaked) -> str:
    """The figures in words."""
    names = {
        "memory": "worker's memory, MB",
        "files": "worker's open files",
        "browser": "browser's memory, MB",
        "renderers": "browser's processes",
        "log": "case log, KB a case",
    }
    lines = [f"{soaked.cases} cases sent in {soaked.seconds / 60:.1f} minutes by one worker"]
    for name, (first, last) in soaked.pairs().items():
        verdict = "GREW" if name in soaked.grown else "flat"
        lines.append(f"{names[name]:22} first third {first:8.1f}   last third {last:8.1f}   {verdict}")
    return "\n".join([*lines, *(f"  {line}" for line in soaked.tally.broken)])


def main(arguments: list[str]) -> int:
    """Exit code 0 where nothing grew and no promise was broken."""
    parser = argparse.ArgumentParser(prog="python -m bench.prove.soak", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--platform", default="douyin_shop")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="soak-") as folder:
        soaked = soak(given.minutes, given.platform, Path(folder))
    print(report(soaked))
    return 1 if soaked.grown or soaked.tally.broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
