"""The case machine as hypothesis drives it: any of these rules at any moment, in any order."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar, Final, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from automation.caselog import CaseLog
from automation.model import FormPolicy, Review
from bench.prove.model.people import DEEDS, LIKELY, see_to_the_end
from bench.prove.model.promises import OPEN
from bench.prove.model.server import RESULTS, Server
from bench.prove.model.world import BEGINNING, Worker, World, dared

WORKERS: Final = 3
PLACES: Final = ("end", "write_intent", "pressed", "records", "write_receipt", "move", "drop")
"""Where a worker may be held up; `end` is its job's."""

WEIGHTS: Final = {
    "works": 6, "goes_on": 4, "does": 5, "passes": 3, "happens": 3, "steps": 1, "ends": 1, "looks": 1,
}  # fmt: skip

T = TypeVar("T")
_bytes: dict[str, bytes] = {}


def empty_log(folder: Path) -> str:
    """An SQLite log without anything in it, and its URL; made once and copied."""
    file = folder / "cases.db"
    url = f"sqlite:///{file.as_posix()}"
    if "log" in _bytes:
        file.write_bytes(_bytes["log"])
        return url
    CaseLog.open(url, folder).close()
    _bytes["log"] = file.read_bytes()
    return url


class CaseMachine(RuleBasedStateMachine):
    """One world. `counts` are what was done by all, by name."""

    counts: ClassVar[Counter[str]] = Counter()
    database: ClassVar[Callable[[Path], str]] = staticmethod(empty_log)
    world: World

    def __init__(self) -> None:
        super().__init__()
        self.data: Any = None
        self.story: list[str] = []

    @initialize(
        dated=st.booleans(),
        numbered=st.booleans(),
        lag=st.sampled_from([2, 40]),
        skew=st.sampled_from([0, -4, 4]),
        policy=st.sampled_from(FormPolicy),
        orders=st.lists(st.integers(1, 2), min_size=1, max_size=3),
    )
    def begins(self, dated: bool, numbered: bool, lag: int, skew: int, policy: FormPolicy, orders: list[int]) -> None:  # noqa: PLR0917
        """A server of some kind, some cases, and a worker."""
        folder = Path(tempfile.mkdtemp(prefix="model"))
        server = Server(
            lambda: BEGINNING,
            self.choose,
            dated=dated,
            numbered=numbered,
            lag=timedelta(minutes=lag if dated and numbered else 2),
            skew=timedelta(minutes=skew),
        )
        self.folder = folder
        self.world = World(folder, type(self).database(folder), server, policy)
        for number, order in enumerate(orders, start=1):
            self.world.enter(number, order)
        self.world.hire()
        self.done("example")

    # --- the adversary decides

    def choose(self, name: str, answers: Sequence[str]) -> str:
        """By what hypothesis draws; as good as not as often as all evil together."""
        assert self.data is not None, f"nobody decides about {name}"
        chosen = self.one(*[answers[0]] * 3, *answers)
        self.done(f"{name}: {chosen}")
        return chosen

    def done(self, name: str) -> None:
        """Count it, and tell it where something breaks."""
        self.counts[name] += 1
        self.story.append(name)

    def judge(self) -> None:
        """Fail where a promise is broken."""
        if broken := self.world.promises.broken:
            told = [
                f"{event.at:%d %H:%M:%S} {event.by}: {event.kind} {dict(event.data)}"
                for event in self.world.people.events()
            ]
            raise AssertionError("\n".join([*broken, "; ".join(self.story), *told, *map(str, self.world.server.rows)]))

    @rule(data=st.data(), what=st.sampled_from([name for name, weight in WEIGHTS.items() for _ in range(weight)]))
    def next(self, data: Any, what: str) -> None:
        """The next thing that happens. One rule, since hypothesis leaves out some of many."""
        self.data = data
        getattr(self, what)()

    def number(self, most: int) -> int:
        """Any one up to this."""
        return int(self.data.draw(st.integers(0, most)))

    def one(self, *answers: T) -> T:
        """Any of these."""
        return answers[self.number(len(answers) - 1)]

    # --- workers

    def works(self) -> None:
        """A worker that is free looks for a job and begins, and goes on until it is held up somewhere."""
        if self.one(True, False):
            self.approve_all()
        free = [worker for worker in self.world.workers if not worker.busy]
        if not free and len(self.world.workers) < WORKERS:
            free = [self.world.hire()]
        if free:
            self.work(free[0], *self.held())

    def held(self) -> tuple[str, bool]:
        """Where a worker is held up next, and whether behind it."""
        return self.one("end", *PLACES), self.one(False, True)

    def work(self, worker: Worker, place: str, after: bool) -> None:
        """As far as it goes."""
        world = self.world
        if not worker.seen:
            world.tick(worker)
        if not worker.seen:
            return
        job, *rest = worker.seen
        worker.seen = tuple(rest)
        self.done(f"job: {job.kind}")
        world.begin(worker, job)
        self.until(worker, place, after)

    def until(self, worker: Worker, place: str, after: bool) -> None:
        """Go on to a place, and through it."""
        self.world.go_on(worker, lambda point: point.name == place and not point.done)
        if after and worker.busy:
            self.world.step(worker, -1)
        self.world.collect(worker)

    def busy(self) -> list[Worker]:
        """Those with a job under way."""
        return [worker for worker in self.world.workers if worker.busy]

    def goes_on(self) -> None:
        """A worker that was held up goes on."""
        if busy := self.busy():
            self.done("goes on")
            self.until(self.one(*busy), *self.held())

    def steps(self) -> None:
        """A worker takes one step; it may have two before it."""
        if busy := self.busy():
            worker = self.one(*busy)
            self.world.step(worker, self.number(1))
            self.world.collect(worker)
            self.done("one step")

    def ends(self) -> None:
        """A worker is killed wherever it is, or cut off by two Ctrl-C; another starts."""
        world = self.world
        worker = self.one(*self.busy() or world.workers)
        if worker.busy and self.one(False, True):
            world.cut_off(worker)
            self.done("cut off")
        else:
            self.done("killed at work" if worker.busy else "killed")
            world.kill(worker)
        if not world.workers:
            world.hire()

    def looks(self) -> None:
        """A tick; the job that it finds may begin much later."""
        dared(self.world.tick, self.one(*self.world.workers))
        self.done("tick")

    # --- people

    def does(self) -> None:
        """Somebody does something to a case, mostly what one does there."""
        case = self.one(*self.world.people.cases())
        deed = self.one(*LIKELY.get(case.state, ()), *(DEEDS if self.one(False, True) else ("approve",)))
        self.done(f"person: {deed}" if dared(DEEDS[deed], self.world, case) else f"refused: {deed}")

    def approve_all(self) -> None:
        """Whatever waits."""
        for case in self.world.people.cases():
            if dared(DEEDS["approve"], self.world, case):
                self.done("person: approve")

    # --- time, the network and the platform

    def passes(self) -> None:
        """Time."""
        self.world.stage.pass_time(self.one(31, 1, 120, 1000, 2000, 40000))
        self.done("time passes")

    def clicking(self) -> bool:
        """Whether a click may be under way: a row that turns up then, without a time, is anybody's."""
        return any(case.state in OPEN for case in self.world.people.cases())

    def happens(self) -> None:
        """The clock is set, a late click arrives, others file, the platform answers, a row gets another number."""
        server, review, which = self.world.server, self.world.people.cases()[0].packet.review, self.number(9)
        what = self.one("jump", "arrive", "others", "decide", "decide", "renumber")
        if what == "jump":
            self.world.jump(timedelta(minutes=(-60, -1, 1, 60)[which % 4]))
        elif what == "others" and which % 2:
            if server.dated or not self.clicking():
                server.others_file(review, timedelta(days=3))
        elif what == "others" and server.numbered:
            server.others_file(Review("x", review.order_no, "差", BEGINNING), timedelta())
        elif what == "arrive" and server.under_way:
            server.arrive()
        elif what == "decide" and server.rows:
            server.decide(which % len(server.rows), RESULTS[which % len(RESULTS)])
        elif what == "renumber" and server.rows and server.dated and server.numbered:
            server.renumber(which % len(server.rows))
        else:
            return
        self.done(f"happens: {what}")

    # --- what must hold

    @invariant()
    def holds(self) -> None:
        """Every promise, after every rule."""
        if not hasattr(self, "world"):
            return
        self.data = None
        self.world.promises.check()
        self.counts["step"] += 1
        self.judge()

    def teardown(self) -> None:
        """The end of an example that held: every case comes to its end, and the chain is sound."""
        if not hasattr(self, "world"):
            return
        try:
            if not self.world.promises.broken:  # else `holds` said so
                see_to_the_end(self.world)
                self.world.people.verify()
                self.judge()
        finally:
            self.world.close()
            shutil.rmtree(self.folder, ignore_errors=True)
