"""A small world, wholly: one case, and a worker that is held up at each of its steps in turn.

Meanwhile another worker and people go on without it; and all that the server may answer to the first few questions.

    python -m bench.prove.model.sweep [--depth N]
"""

from __future__ import annotations

import argparse
import logging
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Final

from automation.model import State
from bench.prove.model.machine import empty_log
from bench.prove.model.people import DEEDS, see_to_the_end
from bench.prove.model.server import Server
from bench.prove.model.world import BEGINNING, Worker, World, dared

PAUSE: Final = 2000.0  # seconds: longer than a lease, and than the grace
STEPS: Final = 60
"""More than a submission has."""


@dataclass
class Script:
    """The answers of the adversary: as prescribed, then the tamest. Remembers what else it might have said."""

    prescribed: Sequence[int]
    depth: int
    asked: list[tuple[str, int, int]] = field(default_factory=list)  # question, the answer's place, how many there are

    def choose(self, name: str, answers: Sequence[str]) -> str:
        """The next answer."""
        at = len(self.asked)
        place = self.prescribed[at] if at < len(self.prescribed) else 0
        self.asked.append((name, place, len(answers) if at < self.depth else 1))
        return answers[place]

    def next(self) -> list[int] | None:
        """The script after this one, None after the last."""
        places = [place for _, place, _ in self.asked[: self.depth]]
        for at in reversed(range(len(places))):
            if places[at] + 1 < self.asked[at][2]:
                return [*places[:at], places[at] + 1]
        return None


@dataclass
class Swept:
    """The figures."""

    runs: int = 0
    seconds: float = 0.0
    failures: list[str] = field(default_factory=list)


def sweep(depth: int, *, dated: bool = True, every: int = 1) -> Swept:
    """All runs with so many questions open, held up at each `every`-th step; ends with the first failure."""
    swept, begun = Swept(), time.monotonic()
    for held in range(0, STEPS, every):
        longer = False
        for script, world in _runs(depth, dated=dated):
            longer |= _run(world, held)
            swept.runs += 1
            if world.promises.broken:
                asked = ", ".join(f"{name} {place}" for name, place, _ in script.asked)
                swept.failures.append(f"held up at step {held}; {asked}: " + "; ".join(world.promises.broken))
            world.close()
            if swept.failures:
                longer = False
                break
        if not longer:
            break
    swept.seconds = time.monotonic() - begun
    return swept


def _runs(depth: int, *, dated: bool) -> Iterator[tuple[Script, World]]:
    places: list[int] | None = []
    while places is not None:
        folder = Path(tempfile.mkdtemp(prefix="model"))
        script = Script(places, depth)
        server = Server(lambda: BEGINNING, script.choose, dated=dated, lag=timedelta(minutes=2))
        world = World(folder, empty_log(folder), server)
        world.enter(1, 1)
        yield script, world
        places = script.next()


def _run(world: World, held: int) -> bool:
    """One run; whether the worker had a step left where it was held up."""
    first, second = world.hire(), world.hire()
    _approve(world)
    _begin(world, first)
    for _ in range(held):
        if first.busy:
            world.step(first)
    before = first.busy
    for pause in (PAUSE, PAUSE, 1.0):
        world.stage.pass_time(pause)
        _begin(world, second)
        world.go_on(second)
        for case in world.people.cases():
            if case.state is State.UNCERTAIN:
                dared(DEEDS["release"], world, case)
        _approve(world)
        world.promises.check()
    world.go_on(first)
    world.promises.check()
    if not world.promises.broken:
        see_to_the_end(world)
        world.people.verify()
    return before


def _begin(world: World, worker: Worker) -> None:
    world.tick(worker)
    if worker.seen:
        world.begin(worker, worker.seen[0])


def _approve(world: World) -> None:
    for case in world.people.cases():
        dared(DEEDS["approve"], world, case)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m bench.prove.model.sweep", description=__doc__)
    parser.add_argument("--depth", type=int, default=2)
    given = parser.parse_args()
    logging.disable(logging.CRITICAL)
    for times in (True, False):
        found = sweep(given.depth, dated=times)
        where = "with" if times else "without"
        print(f"lists {where} times: {found.runs} runs in {found.seconds:.0f} s")
        print("\n".join(found.failures) or "every promise held")
        if found.failures:
            sys.exit(1)
