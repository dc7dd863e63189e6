"""One log, one store, its server, some workers in processes of their own, and people."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable
from contextlib import suppress
from contextvars import copy_context
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any, Final, NoReturn, cast

from automation.caselog import CaseLog
from automation.engine.jobs import Job, due
from automation.engine.performance import perform
from automation.engine.shift import Shift
from automation.engine.step import silent
from automation.errors import AppealdeskError, LeaseLost, TransitionRefused
from automation.model import Account, Case, Checkpoint, Decision, FormPolicy, Packet, Review, State, Store
from automation.packs import Packs
from automation.settings import Settings
from bench.prove.model.hands import Hands, Page, browsers
from bench.prove.model.promises import TTL, Promises
from bench.prove.model.server import Server
from bench.prove.model.stage import WORKER, Dead, Point, Stage

PLATFORM: Final = "douyin_shop"
CHANNEL: Final = "review_appeal"
STORE: Final = "s"
NAME: Final = "店"
ACCOUNT: Final = "a"
LEASE_SECONDS: Final = 30.0
BEGINNING: Final = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
TICK: Final = timedelta(milliseconds=1)
MOST_STEPS: Final = 400
"""More than any job takes."""


@cache
def packs() -> Packs:
    """The shipped ones, read once."""
    shipped = Packs()
    shipped.pack(PLATFORM)
    return shipped


class Grave:
    """The log of a process that was killed."""

    def __getattr__(self, name: str) -> NoReturn:
        raise Dead(name)


@dataclass
class Worker:
    """A process that does one job after another. `seen` is what was due when it last asked."""

    shift: Shift
    task: asyncio.Task[bool] | None = None
    job: Job | None = None
    seen: tuple[Job, ...] = ()

    @property
    def name(self) -> str:
        """As the log has it."""
        return self.shift.name

    @property
    def busy(self) -> bool:
        """Whether a job is under way."""
        return self.task is not None and not self.task.done()


@dataclass
class World:
    """Everything. Nothing goes on unless one of its methods is called."""

    folder: Path
    url: str
    server: Server
    policy: FormPolicy = FormPolicy.NEVER
    workers: list[Worker] = field(default_factory=list, init=False)
    failed: list[BaseException] = field(default_factory=list, init=False)

    def __post_init__(self) -> None:
        self.stage = Stage()
        self._jumped = timedelta()
        self._ticks = 0
        self._names = count(1)
        self._changes = count(1)
        self.server.now = self.now
        self.settings = Settings(home=self.folder, database_url=self.url)
        self.log = CaseLog.open(self.url, self.folder, clock=self.clock)  # the workers'
        self.people = CaseLog.open(self.url, self.folder, clock=self.clock)
        self.promises = Promises(self.people, self.server)
        if not self.people.stores():
            self.people.put_account(Account(ACCOUNT, PLATFORM, "boss@example.com"), by="ann")
        self.people.put_store(Store(STORE, PLATFORM, NAME, ACCOUNT, form_policy=self.policy), by="ann")

    # --- time

    def now(self) -> datetime:
        """What the clock shows."""
        return BEGINNING + self._jumped + timedelta(seconds=self.stage.time()) + self._ticks * TICK

    def clock(self) -> datetime:
        """What the clock shows; it never shows the same twice."""
        self._ticks += 1
        return self.now()

    def jump(self, span: timedelta) -> None:
        """The clock is set."""
        self._jumped += span

    # --- workers

    def hire(self) -> Worker:
        """Start a process."""
        page = Page(self.stage, self.server, self.promises, NAME)
        shift = Shift(
            name=f"w{next(self._names)}",
            settings=self.settings,
            log=self.log,
            packs=packs(),
            browsers=browsers(page),
            flow_of=lambda _platform: Hands(page),
            clock=self.clock,
            report=silent,
            halt=asyncio.Event(),
        )
        worker = Worker(shift)
        self.workers.append(worker)
        return worker

    def tick(self, worker: Worker) -> None:
        """What a worker's tick does: take up what dead ones left, close windows, and see what is due."""
        shift = worker.shift
        plan = due(shift.log, shift.packs, shift.clock(), look_first=shift.look_first)
        if plan.under_way and shift.log.recover():
            plan = due(shift.log, shift.packs, shift.clock(), look_first=shift.look_first)
        for case in plan.expired:
            shift.log.move(case.id, State.EXPIRED, by=shift.name, note="the appeal window closed")
        worker.seen = tuple(
            job
            for job in plan.jobs
            if shift.later.get(job.key, shift.clock()) <= shift.clock() and shift.resting(job.account) is None
        )

    def begin(self, worker: Worker, job: Job) -> None:
        """Start a job, up to its first point."""
        context = copy_context()
        context.run(WORKER.set, worker.name)
        worker.job = job
        worker.task = self.stage.create_task(perform(worker.shift, job, LEASE_SECONDS), context=context)
        self.stage.quiet()

    def step(self, worker: Worker, place: int = 0) -> str:
        """Take a worker's next step; its name. Where it waits for time, the time passes."""
        points = self.stage.of(worker.name)
        if points:
            point = points[place % len(points)]
            self.stage.take(point)
            return point.name
        at = self.stage.next_timer
        assert at is not None, "it waits for nothing at all"
        self.stage.pass_time(at - self.stage.time())
        return "time"

    def go_on(self, worker: Worker, until: Callable[[Point], bool] = lambda _point: False) -> None:
        """Let a worker work, to its job's end or until it waits for such a point."""
        for _ in range(MOST_STEPS):
            if not worker.busy or any(until(point) for point in self.stage.of(worker.name)):
                self.collect(worker)
                return
            self.step(worker)
        self.promises.breach(f"{worker.job}: no end after {MOST_STEPS} steps")
        self.kill(worker)

    def work_off(self, worker: Worker) -> None:
        """Everything that is due, one job after another."""
        self.tick(worker)
        for job in worker.seen:
            self.begin(worker, job)
            self.go_on(worker)
        worker.seen = ()

    def collect(self, worker: Worker) -> None:
        """What a job that ended left: errors that only a broken log may raise."""
        if worker.task is not None and worker.task.done():
            error = None if worker.task.cancelled() else worker.task.exception()
            if error is not None and not isinstance(error, LeaseLost | TransitionRefused):
                self.failed.append(error)
                self.promises.breach(f"{worker.job}: broke off with {error!r}")
            worker.task = worker.job = None

    def kill(self, worker: Worker) -> None:
        """As kill -9 does."""
        self.stage.kill(worker.name)
        worker.shift.log = cast("CaseLog", Grave())
        self.workers.remove(worker)
        if worker.task is not None:
            worker.task.cancel()  # finds no log and no server any more, as if it were not there
            self.stage.quiet()

    def cut_off(self, worker: Worker) -> None:
        """As two Ctrl-C do: the job is cancelled, and what it does then it does at once."""
        if worker.task is not None:
            worker.task.cancel()
            self.stage.quiet()
            self.go_on(worker)

    # --- people

    def enter(self, number: int, order: int) -> Case:
        """A case about a review, by its number; reviews may be of one order."""
        review = Review(f"74{number}", f"69{order}", f"差评{number}", BEGINNING - timedelta(days=1))
        packet = Packet(PLATFORM, CHANNEL, STORE, review, 1, "extortion", f"买家索要五十元 {number}")
        return self.people.enter(packet, by="ann", deadline=BEGINNING + timedelta(days=365))[0]

    def change(self, case: Case) -> None:
        """Another text."""
        packet = case.packet
        text = f"{packet.description.partition('(')[0]}({next(self._changes)})"
        changed = Packet(
            packet.platform, packet.channel, packet.store, packet.review, packet.round, packet.reason, text
        )
        self.people.change_packet(case.id, changed, by="ann")

    def decide(self, case: Case, checkpoint: Checkpoint, decision: Decision = Decision.APPROVED) -> None:
        """Approve what is there, or reject it."""
        digest = case.digest
        if checkpoint is Checkpoint.FORM:
            kept = self.people.read_back(case.id)
            digest = kept.digest if kept is not None else ""
        self.people.decide(case.id, checkpoint, decision, digest=digest, by="bob", comment="so", ttl=TTL)

    def own_rows(self, case: Case) -> list[str]:
        """The numbers of the rows that this case's round made."""
        mine = (case.id, case.packet.round)
        return [row.record_id for row in self.server.rows if (row.case, row.round) == mine]

    # --- the end

    def close(self) -> None:
        """Put everything away."""
        for worker in list(self.workers):
            self.kill(worker)
        self.log.close()
        self.people.close()
        self.stage.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def dared(act: Callable[..., object], *args: Any, **words: Any) -> bool:
    """Do what the log may refuse; whether it did not."""
    with suppress(AppealdeskError):
        act(*args, **words)
        return True
    return False
