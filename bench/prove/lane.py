"""One channel of one platform: its worker is killed at every step, and meets every trouble around the click."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property, partial
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, Final

from automation.model import Case, FormPolicy, State
from bench.prove.tally import Tally
from bench.prove.truth import Truth
from bench.prove.victim import KILL, TROUBLES, Order, work
from fixtures.backoffice.sites import site_of
from fixtures.qa.scene import PASSPHRASE, Scene, scene

LEASE: Final = 2.0  # seconds
FULL: Final = 15.0  # seconds with a full disk: a worker would try again for ever
_LONGEST: Final = 240.0  # seconds of one run, after which it counts as hanging
AROUND: Final = ("unsent: submit filled", "unsent: submit checked", "sent: submit intent", "sent: submit pressed")
"""Where troubles are ordered: before, at and after the click."""


@dataclass(frozen=True, slots=True)
class Share:
    """What a lane does: every so many-th step of what it knows (1: each), so many kills at random, these troubles."""

    every: int = 1
    random: int = 0
    troubles: tuple[str, ...] = TROUBLES


@dataclass
class Lane:
    """A scene, and the workers that are sent into it one after the other."""

    stage: Scene
    channel: str
    temp: Path
    chance: random.Random
    share: Share
    tally: Tally = field(default_factory=Tally)
    settings: dict[str, Any] = field(default_factory=dict)
    case: Case | None = None
    _known: set[str] = field(default_factory=set)

    @cached_property
    def truth(self) -> Truth:
        """What judges this lane."""
        return Truth(self.stage, self.tally, self.temp)

    @cached_property
    def _context(self) -> ForkServerContext:
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["bench.prove.victim", "flows", "automation.browser.sessions"])
        return context

    # --- one worker

    def run(
        self,
        at: str = "",
        trouble: str = KILL,
        *,
        seconds: float | None = None,
        look_now: bool = False,
        meanwhile: Callable[[], None] | None = None,
    ) -> list[str]:
        """Let a worker work; the steps that it told, and "" where it came to its end.

        `seconds`: killed then, wherever it is; else it may not take longer than is long. `meanwhile` is called once the
        step was told at which the worker is stopped; then it goes on.
        """
        mine, theirs = multiprocessing.Pipe(duplex=False)
        process = self._context.Process(target=work, args=(self._order(at, trouble, look_now=look_now), theirs))
        process.start()
        theirs.close()
        self.tally.runs += 1
        killer = threading.Timer(seconds or _LONGEST, partial(_end, process, tells=seconds is None))
        killer.start()
        told: list[str] = []
        with closing(mine):
            for name in _names(mine):
                told.append(name)
                if meanwhile is not None and name == at:
                    meanwhile()
                    _go_on(process.pid)
        process.join()
        if seconds is None and not killer.is_alive():
            where = f"{self.stage.site.platform}, ordered {trouble} {at}"
            self.tally.losses.append(f"{where}: a worker hangs after {told[-1:]}")
        killer.cancel()
        if process.exitcode not in (0, -signal.SIGKILL) and trouble == KILL:  # others may end it with an error
            raise RuntimeError(
                f"a worker failed: exit code {process.exitcode} after {told[-2:]}, ordered {trouble} {at}"
            )
        self.truth.promised(told, f"{trouble} {at}")
        self._later()
        return told

    def _order(self, at: str, trouble: str, *, look_now: bool) -> Order:
        ahead = (self.stage.site.control.now() - datetime.now(UTC)).total_seconds()
        return Order(self.stage.home, self.temp, self.settings, PASSPHRASE, LEASE, ahead, at, trouble, look_now)

    def _later(self) -> None:
        """Long enough for the lease of a dead worker to end."""
        self.stage.site.control.advance(2 * LEASE / 3600)

    # --- cases

    def ready(self) -> Case:
        """A case that a person approved and that is still to be sent: the one of before, or a new one."""
        log = self.stage.log
        unsent = (State.APPROVED, State.PREPARING, State.SUBMITTING)
        if self.case is None or self.stage.state(self.case) not in unsent or log.open_intent(self.case.id):
            self.case = self.stage.approved(channel=self.channel)
            self.tally.cases += 1
            self.truth.cases.append(self.case.id)
        return self.case

    def recover(self, when: str) -> None:
        """A new worker takes up what the dead one left, and works it off."""
        self.run()
        self.truth.look(f"after a restart, {when}")
        self.case = None

    # --- what is done to them

    def learn(self, *, cold: bool = False, look_now: bool = False) -> list[str]:
        """Every step of an undisturbed run that was not killed at before, in order."""
        if cold:
            self._forget()
        told = [name for name in self.run(look_now=look_now) if name and name not in self._known]
        self._known.update(told)
        self.tally.steps += len(told)
        self.truth.look("undisturbed")
        return told

    def kill(self, step: str, *, look_now: bool = False) -> None:
        """Kill a worker at this step, and look at once; the next one takes up what it left."""
        if "sign_in" in step:
            self._forget()
        self._met(KILL, step, self.run(step, look_now=look_now))
        self.truth.look(f"killed at {step}")

    def submissions(self) -> None:
        """Kill a worker at each step from the sign-in to the receipt, and the next ones while they settle."""
        self.ready()
        for step in self._share(self.learn(cold=True)):
            self.ready()
            self.kill(step)

    def settlements(self) -> None:
        """A case whose worker died between intent and click: kill those that look whether it arrived."""
        self.ready()
        self.run("sent: submit intent")
        for step in self._share(self.learn()):
            self.stage.site.control.advance(1)  # past every pause between two looks
            self.kill(step)
        self.recover("killed while it settled")

    def results(self) -> None:
        """Kill workers that look for results; then let one find that all was upheld."""
        self.case = None
        for step in self._share(self.learn(look_now=True)):
            self.kill(step, look_now=True)
        control = self.stage.site.control
        for case in self.stage.log.cases(states=[State.SUBMITTED]):
            control.decide(case.packet.review.order_no, "upheld", review_id=self.stage.reviews[case.id])
        self.run(look_now=True)
        for case in self.stage.log.cases(states=[State.SUBMITTED]):
            self.tally.losses.append(f"{self.stage.site.platform} case {case.id}: no result was found: {case.note}")

    def preparations(self) -> None:
        """Kill workers that fill the form for a person, at what is not the same as when they submit."""
        self.stage.policy(FormPolicy.ALWAYS)
        self.ready()
        steps = self.learn()
        self.case = None
        for step in self._share([step for step in steps if not step.startswith("unsent: prepare ") or "_" not in step]):
            self.ready()
            self.kill(step)
        self.stage.policy(FormPolicy.NEVER)

    def _share(self, steps: list[str]) -> list[str]:
        return steps[self.chance.randrange(self.share.every) :: self.share.every]

    def kill_somewhen(self, longest: float) -> None:
        """Kill a worker at a moment of chance."""
        self.ready()
        seconds = self.chance.uniform(0.1, longest)
        told = self.run(seconds=seconds)
        where = f"killed after {seconds:.2f} s"
        self.tally.met[KILL] += "" not in told
        self.truth.look(where)

    def trouble(self, kind: str, step: str) -> None:
        """Let a worker meet a trouble at this step; then another one takes up what is left."""
        self.ready()
        meanwhile = self._second if kind == "stopped" else None
        told = self.run(step, kind, seconds=FULL if kind == "disk full" else None, meanwhile=meanwhile)
        self._met(kind, step, told)
        self.truth.look(f"{kind} at {step}")
        self.recover(f"{kind} at {step}")

    def _second(self) -> None:
        """Another worker, while the first one stands still for longer than its lease lives."""
        self._later()
        self.run()

    def finish(self) -> None:
        """To the end: what stays uncertain is compared by a person, released and approved once more."""
        for case in self.stage.log.cases(states=[State.PREPARED]):
            self.stage.approve(case)
        self.run()
        self.stage.site.control.advance(1)
        self.run()
        for case in self.stage.log.cases(states=[State.UNCERTAIN]):
            self.tally.uncertain += 1
            if not self.stage.sent(case):
                self.stage.log.release(case.id, by="bob", comment="compared by hand", grace=timedelta(minutes=30))
                self.stage.approve(case)
        self.run()
        self.truth.look("at the end")
        self.truth.clean()
        for number in self.truth.cases:
            case = self.stage.log.case(number)
            if case.state not in (State.SUBMITTED, State.UPHELD):
                self.tally.losses.append(f"{self.stage.site.platform} case {number} ends {case.state}: {case.note}")
        self.tally.appeals += len(self.stage.site.control.received())

    def _forget(self) -> None:
        self.stage.vault.set_state("a1", None)

    def _met(self, trouble: str, step: str, told: list[str]) -> None:
        if step in told:
            self.tally.met[trouble] += 1
        else:
            self.tally.unmet.append(f"{self.stage.site.platform} {self.channel}: {step}")


@contextmanager
def lane(platform: str, home: Path, share: Share, seed: int = 1, **settings: Any) -> Iterator[Lane]:
    """A platform's mock with everything about it, and nothing done yet; begins with the first channel."""
    temp = home / "temp"
    temp.mkdir(parents=True, exist_ok=True)
    settings = {"traces": "off", **settings}
    with scene(home / "home", platform=platform, **settings) as stage:
        channel = next(iter(site_of(platform).channels))
        chance = random.Random(f"{seed} {platform}")
        yield Lane(stage, channel, temp, chance, share, settings={**settings, "operator": "bob"})


def run(platform: str, home: Path, share: Share, seed: int, **settings: Any) -> Tally:
    """Do a platform's share, one channel after the other; what channels have in common is tried on the first."""
    with lane(platform, home, share, seed, **settings) as here:
        for channel in site_of(platform).channels:
            here.channel = channel
            here.submissions()
            here.settlements()
            here.results()
            here.preparations()
            for _ in range(share.random):
                here.kill_somewhen(6.0)
            for kind in share.troubles:
                for step in AROUND:
                    here.trouble(kind, step)
        here.finish()
        return here.tally


def _names(pipe: Connection) -> Iterator[str]:
    while True:
        try:
            yield pipe.recv()
        except EOFError:
            return


def _end(process: BaseProcess, *, tells: bool) -> None:
    """Kill it; one that hangs writes into the log where it stands."""
    if tells and process.pid is not None:
        os.kill(process.pid, signal.SIGUSR1)
        process.join(1)
    process.kill()


def _go_on(pid: int | None) -> None:
    assert pid is not None
    with suppress(ProcessLookupError):  # it was given up meanwhile
        os.kill(pid, signal.SIGCONT)
