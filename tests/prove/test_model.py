"""The case machine against a server, a network and people that do their worst: what it once found, and its short form.

The long form is `python -m bench.prove.model`.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import ParamSpec

import pytest

from automation.model import State
from bench.prove.model.check import check
from bench.prove.model.machine import empty_log
from bench.prove.model.people import DEEDS, see_to_the_end
from bench.prove.model.server import Server
from bench.prove.model.sweep import sweep
from bench.prove.model.world import BEGINNING, Worker, World

P = ParamSpec("P")
HOUR = 3600.0


class Said:
    """Answers of the adversary, by the question, in their order; the last one stays."""

    def __init__(self, **answers: list[str]) -> None:
        self._answers = answers

    def __call__(self, name: str, answers: Sequence[str]) -> str:
        mine = self._answers.get(name)
        if not mine:
            return answers[0]
        return mine.pop(0) if len(mine) > 1 else mine[0]


def alone(test: Callable[P, None]) -> Callable[P, None]:
    """In a thread of its own: the test's thread may have an event loop already."""

    @functools.wraps(test)
    def run(*args: P.args, **named: P.kwargs) -> None:
        with ThreadPoolExecutor(1) as pool:
            pool.submit(test, *args, **named).result()

    return run


@contextmanager
def made(tmp_path: Path, *, numbered: bool = True, dated: bool = True, **answers: list[str]) -> Iterator[World]:
    """A world that is seen to its end, in which every promise holds."""
    server = Server(lambda: BEGINNING, Said(**answers), dated=dated, numbered=numbered)
    world = World(tmp_path, empty_log(tmp_path), server)
    try:
        yield world
        see_to_the_end(world)
        world.people.verify()
        assert world.promises.broken == []
    finally:
        world.close()


def approved(world: World, number: int = 1) -> int:
    case = world.enter(number, order=1)
    DEEDS["approve"](world, case)
    return case.id


def state(world: World, case: int) -> State:
    world.promises.check()
    return world.people.case(case).state


def begun(world: World) -> Worker:
    """A worker that has its job before it."""
    worker = world.hire()
    world.tick(worker)
    world.begin(worker, worker.seen[0])
    return worker


def worked(world: World) -> None:
    world.work_off(world.hire())


def released(world: World, case: int) -> None:
    """As nobody finds it: looked for, released, and approved once more."""
    world.stage.pass_time(HOUR)
    worked(world)
    for deed in ("release", "approve"):
        DEEDS[deed](world, world.people.case(case))


@alone
def test_click_is_not_made_long_after_its_intent(tmp_path: Path) -> None:
    """Whoever slept in between finds a world where a person released the intent and another worker sent the case."""
    with made(tmp_path) as world:
        case = approved(world)
        sleeper = begun(world)
        world.go_on(sleeper, lambda point: point.name == "write_intent" and not point.done)
        world.step(sleeper)
        world.stage.pass_time(60)
        worked(world)
        released(world, case)
        worked(world)
        world.go_on(sleeper)
        assert [row.case for row in world.server.rows] == [case]


@pytest.mark.parametrize("fate", ["late", "taken"])
@alone
def test_what_arrived_after_it_was_given_up_is_not_sent_again(tmp_path: Path, fate: str) -> None:
    """A click that came in after its release, and one that the platform refused in words and took."""
    answer = {"late": "silence", "taken": "wrong_refusal"}[fate]
    with made(tmp_path, click=[fate, "taken"], answer=[answer, "silence"], list=["true", "true"]) as world:
        if fate == "taken":
            world.server.choose = Said(answer=[answer], list=["old"])
        case = approved(world)
        worked(world)
        if fate == "late":
            released(world, case)
            world.server.arrive()
        else:
            world.stage.pass_time(HOUR)
            DEEDS["take_up"](world, world.people.case(case))
            DEEDS["approve"](world, world.people.case(case))
            world.server.choose = Said()
        worked(world)
        assert state(world, case) is State.NEEDS_PERSON
        assert world.server.rows[0].record_id in world.people.case(case).note
        DEEDS["vouch"](world, world.people.case(case))
        assert state(world, case) is State.SUBMITTED
        assert len(world.server.rows) == 1


@alone
def test_row_that_names_the_order_alone_is_nobody_s_while_two_cases_wait_for_one(tmp_path: Path) -> None:
    with made(tmp_path, numbered=False, click=["lost", "taken"]) as world:
        first, second = approved(world), approved(world, 2)
        worked(world)
        world.stage.pass_time(HOUR)
        worked(world)
        assert [state(world, case) for case in (first, second)] == [State.UNCERTAIN, State.UNCERTAIN]
        DEEDS["vouch"](world, world.people.case(second))
        world.stage.pass_time(HOUR)
        worked(world)
        DEEDS["release"](world, world.people.case(first))


@alone
def test_what_another_case_of_the_order_made_since_is_no_late_arrival(tmp_path: Path) -> None:
    with made(tmp_path, numbered=False, click=["lost", "taken"]) as world:
        first = approved(world)
        worked(world)
        released(world, first)
        second = approved(world, 2)
        DEEDS["take_back"](world, world.people.case(first))
        worked(world)
        assert state(world, second) is State.SUBMITTED
        world.server.rows.append(replace(world.server.rows[0], record_id="A99", case=None))  # it filed it once more
        DEEDS["approve"](world, world.people.case(first))
        worked(world)
        assert state(world, first) is State.NEEDS_PERSON
        assert "A99" in world.people.case(first).note


@alone
def test_list_without_times_that_is_not_whole_stops_a_case_before_the_click(tmp_path: Path) -> None:
    """After it nobody could tell the new row from older ones: the case would stay uncertain for ever."""
    with made(tmp_path, dated=False, list=["cut"]) as world:
        case = approved(world)
        worked(world)
        assert world.people.sent_at(case) is None


@alone
def test_round_that_follows_at_once_does_not_take_the_row_of_the_one_before_for_its_own(tmp_path: Path) -> None:
    with made(tmp_path, click=["taken", "lost"]) as world:
        case = approved(world)
        worked(world)
        DEEDS["outcome"](world, world.people.case(case))
        world.people.next_round(case, by="ann")
        for deed in ("take_up", "approve"):
            DEEDS[deed](world, world.people.case(case))
        world.stage.pass_time(60)
        worked(world)
        assert state(world, case) is State.UNCERTAIN
        world.stage.pass_time(HOUR)
        worked(world)
        DEEDS["release"](world, world.people.case(case))


@alone
def test_clock_that_is_set_back_keeps_nobody_waiting_for_longer_than_the_pause(tmp_path: Path) -> None:
    with made(tmp_path) as world:
        cases = [approved(world, number) for number in (1, 2)]
        world.jump(timedelta(hours=1))
        worker = begun(world)
        world.go_on(worker)
        world.jump(timedelta(hours=-1))
        world.stage.pass_time(60)
        before = world.stage.time()
        world.work_off(worker)
        assert world.stage.time() - before < 60
        assert [state(world, case) for case in cases] == [State.SUBMITTED, State.SUBMITTED]


# --- the short form


@alone
def test_nothing_breaks_whatever_happens() -> None:
    found = check(0, 11, most=8)
    assert found.failures == []
    assert found.counts["job: submit"], "nothing was tried"


@alone
def test_nothing_breaks_wherever_a_worker_is_held_up() -> None:
    swept = sweep(0, every=2)
    assert swept.failures == []
    assert swept.runs > 5, "it has that many steps"
