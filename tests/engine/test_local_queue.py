"""The local queue."""

from __future__ import annotations

import asyncio

import pytest

from automation.engine.jobs import Job, JobKind
from automation.engine.local import LocalQueue
from tests.loop import run


def job(case: int, account: str = "a", store: str = "s", urgency: int = 1) -> Job:
    return Job(JobKind.SUBMIT, account, store, case, rank=(urgency, 0.0, case))


async def filled(*jobs: Job) -> LocalQueue:
    queue = LocalQueue()
    for one in jobs:
        assert await queue.put(one)
    return queue


def test_same_work_is_queued_once_also_while_it_runs() -> None:
    async def scene() -> None:
        queue = await filled(job(1))
        assert not await queue.put(job(1))
        taken = await queue.take()
        assert not await queue.put(job(1))
        await queue.done(taken)
        assert await queue.put(job(1))

    run(scene())


def test_one_account_runs_one_job_and_others_go_on() -> None:
    async def scene() -> None:
        queue = await filled(job(1), job(2), job(3, "b", "t"))
        first, second = await queue.take(), await queue.take()
        assert (first.case, second.case) == (1, 3)
        third = asyncio.ensure_future(queue.take())
        await queue.done(second)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.shield(third), 0.01)
        await queue.done(first)
        assert (await third).case == 2

    run(scene())


def test_account_stays_in_the_store_where_its_tab_is() -> None:
    async def scene() -> list[int | None]:
        queue = await filled(job(1, store="s"), job(2, store="t"), job(3, store="s"), job(4, store="t"))
        order = []
        while queue.waiting:
            taken = await queue.take()
            order.append(taken.case)
            await queue.done(taken)
        return order

    assert run(scene()) == [1, 3, 2, 4]


def test_more_urgent_work_goes_first() -> None:
    async def scene() -> int | None:
        queue = await filled(job(1, urgency=2), job(2, urgency=0))
        return (await queue.take()).case

    assert run(scene()) == 2


def test_waiting_taker_is_woken_by_new_work() -> None:
    async def scene() -> int | None:
        queue = LocalQueue()
        taker = asyncio.ensure_future(queue.take())
        await asyncio.sleep(0)
        await queue.put(job(7))
        return (await taker).case

    assert run(scene()) == 7
