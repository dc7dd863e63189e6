"""Doing one job: take the account, run the handler, and put the case where it belongs whatever happened."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Final

from automation.caselog import Lease
from automation.engine.aftermath import After, after, explain
from automation.engine.jobs import Job, JobKind
from automation.engine.poll import poll
from automation.engine.prepare import prepare
from automation.engine.settle import AGAIN, settle
from automation.engine.shift import Rest, Shift, Stopped
from automation.engine.step import Level, Mark, Step
from automation.engine.submit import submit
from automation.engine.visit import Visit, moment
from automation.errors import AppealdeskError, BrowserUnavailable, LeaseLost, PersonNeeded, TransitionRefused
from automation.model import Case, State

logger = logging.getLogger(__name__)

RESTS_MOST: Final = 3
"""How often a case goes back to be taken up again by itself, before a person is asked."""

STARTS_FROM: Final = {
    JobKind.PREPARE: (State.APPROVED,),
    JobKind.SUBMIT: (State.APPROVED, State.CONFIRMED),
    JobKind.SETTLE: (State.UNCERTAIN,),
}
HANDLERS: Final = {JobKind.PREPARE: prepare, JobKind.SUBMIT: submit, JobKind.SETTLE: settle}


async def perform(shift: Shift, job: Job, lease_seconds: float) -> bool:
    """Do one job to its end. False if another worker has the account now.

    Raises `BrowserUnavailable`, after the case was put back: no job can do without a browser.
    """
    resource = f"account:{job.account}"
    lease = await asyncio.to_thread(shift.log.take_lease, resource, worker=shift.name, seconds=lease_seconds)
    if lease is None:
        return False
    try:
        case = await asyncio.to_thread(shift.log.case, job.case) if job.case is not None else None
        if case is not None and case.state not in STARTS_FROM[job.kind]:
            return True  # somebody moved it since the tick
        visit = await asyncio.to_thread(visit_of, shift, job, lease)
    except BaseException:
        await asyncio.to_thread(shift.log.drop, lease)
        raise
    async with renewed(visit, lease_seconds):
        await _do(visit, case)
    return True


def visit_of(shift: Shift, job: Job, lease: Lease) -> Visit:
    """The stay of one job (blocking)."""
    store = shift.log.store(job.store)
    pack = shift.packs.pack(store.platform)
    return Visit(shift, job, shift.log.account(job.account), store, pack, shift.flow(store.platform), lease)


@asynccontextmanager
async def renewed(visit: Visit, seconds: float) -> AsyncIterator[None]:
    """Keep the visit's lease alive, and give it back at the end."""

    async def renew() -> None:
        while True:
            await asyncio.sleep(seconds / 3)
            try:
                visit.lease = await visit.ask(visit.log.renew, visit.lease, seconds)
            except LeaseLost:
                visit.lost = True  # the next step stops; the case log refuses this lease in any case
                return
            except Exception:
                logger.exception("the lease on %s could not be renewed; tried again", visit.account.id)

    renewing = asyncio.create_task(renew())
    try:
        yield
    finally:
        renewing.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await renewing
        with contextlib.suppress(LeaseLost):
            await asyncio.shield(asyncio.to_thread(visit.log.drop, visit.lease))


async def _do(visit: Visit, case: Case | None) -> None:
    shift, key = visit.shift, visit.job.key
    visit.say(Mark.STARTED, f"{visit.job.kind} begins")
    try:
        if case is None:
            await poll(visit)
            state = None
        else:
            state = await HANDLERS[visit.job.kind](visit, case)
    except BrowserUnavailable:
        await _back(visit, case, None, "no browser")
        raise
    except asyncio.CancelledError:
        await asyncio.shield(_back(visit, case, None, "cut off"))
        raise
    except Stopped:
        await _back(visit, case, None, "stopped by the operator")
        return
    except Exception as error:  # noqa: BLE001 - the table says what follows each
        if shift.halt.is_set() and not visit.committed:
            await _back(visit, case, None, "stopped by the operator")
        else:
            await _failed(visit, case, error)
        return
    finally:
        await keep_session(visit)
    if state is State.UNCERTAIN:
        looked = shift.failures.get(key, 0)
        shift.failures[key] = looked + 1
        shift.put_off(f"{JobKind.SETTLE}:{visit.job.case}", AGAIN[min(looked, len(AGAIN) - 1)] if visit.looked else 0)
    else:
        shift.failures.pop(key, None)
    _say_done(visit, state)


async def _failed(visit: Visit, case: Case | None, error: Exception) -> None:
    """Put the case where the table says, keep what the page showed, and leave the account alone if need be."""
    await visit.know_secrets()
    shift, row, note = visit.shift, after(error), explain(error)
    known = isinstance(error, AppealdeskError | PersonNeeded)
    logger.log(logging.INFO if known else logging.ERROR, "job %s failed", visit.job.key, exc_info=error)
    visit.leave()
    files = await visit.capture(error) if row.capture else []
    if files:
        note += f"; see {files[0].parent}"
    times = shift.failures[visit.job.key] = shift.failures.get(visit.job.key, 0) + 1
    looks_only = case is None or visit.job.kind is JobKind.SETTLE
    to = row.to
    if to is None and row.rest and times >= RESTS_MOST:
        to, note = State.NEEDS_PERSON, f"{note}; given up after {times} times"
    if looks_only or row.to is None:
        shift.put_off(visit.job.key, max(row.rest, AGAIN[min(times, len(AGAIN)) - 1]))
    state = case.state if case is not None else None
    if case is not None and not looks_only:
        state = await _back(visit, case, to, note)
    if row.rest:  # once the case is moved: it is by its state that one sees whether a person has dealt with it
        person = case is not None and not looks_only and to is State.NEEDS_PERSON
        until = shift.clock() + timedelta(seconds=row.rest)
        shift.rests[visit.account.id] = Rest(until, note, case.id if case is not None and person else None)
        visit.say(Mark.WAITS, f"account {visit.account.id} is left alone until {moment(until)}", Level.WARNING)
    _say_done(visit, state, note, _level(row))


async def _back(visit: Visit, case: Case | None, to: State | None, note: str) -> State | None:
    """Move a case whose job ended before the intent; `to` None: to where the job found it. The state it is in then."""
    if case is None:
        return None
    if visit.committed:
        return State.SUBMITTING  # whoever holds the account next finds the open intent
    now = await visit.ask(visit.log.case, case.id)
    target = to or case.state
    if now.state not in (case.state, State.PREPARING, State.SUBMITTING) or now.state is target:
        return now.state
    try:
        moved = await visit.ask(visit.log.move, case.id, target, by=visit.by, note=note, lease=visit.lease)
    except (TransitionRefused, LeaseLost) as error:
        visit.say(Mark.RETRY, f"left as it is: {error.message}", Level.WARNING)
        return now.state
    return moved.state


async def keep_session(visit: Visit) -> None:
    """Leave the tab to the account's next job; raises nothing."""
    try:
        await visit.depart()
    except Exception:
        logger.exception("the session of account %s could not be kept", visit.account.id)


def _level(row: After) -> Level:
    return Level.WARNING if row.to is not State.NEEDS_PERSON else Level.ERROR


def _say_done(visit: Visit, state: State | None, note: str = "", level: Level = Level.INFO) -> None:
    text = state.value if state is not None else "looked for results"
    job = visit.job
    visit.shift.say(
        Step(
            visit.shift.clock(),
            Mark.DONE,
            f"{text}: {note}" if note else text,
            level,
            job.kind,
            visit.account.id,
            visit.store.name,
            job.case,
            state,
        )
    )
