"""The job `settle`: look whether an uncertain submission arrived. It only looks; it never clicks."""

from __future__ import annotations

from typing import Final

from automation.engine.matching import Search
from automation.engine.step import Level, Mark
from automation.engine.submit import look_for
from automation.engine.visit import Visit
from automation.model import Case, State

AGAIN: Final = (60.0, 300.0, 900.0, 3600.0)
"""Seconds until the next look, after the first, second, ... one that found nothing."""


async def settle(visit: Visit, case: Case) -> State:
    """Find the receipt, or note how well it was looked for: a person may release what is provably not there."""
    intent = await visit.ask(visit.log.open_intent, case.id)
    if intent is None:
        return case.state

    async def attempt() -> Search:
        await visit.arrive()
        await visit.check_store()
        return await look_for(visit, case, intent)

    search = await visit.tries(attempt)
    if search.receipt is not None:
        await visit.ask(visit.log.write_receipt, intent, search.receipt, lease=visit.lease)
        visit.say(Mark.LOOKED, f"it arrived: the platform lists it as {search.receipt.record_id}")
        return State.SUBMITTED
    await visit.ask(visit.log.note_search, intent, complete=search.complete, lease=visit.lease)
    visit.say(Mark.LOOKED, _found_nothing(search), Level.WARNING)
    return State.UNCERTAIN


def _found_nothing(search: Search) -> str:
    if search.doubt:
        return f"{search.doubt}; compare by hand, then: appealdesk settle CASE --record NUMBER --comment TEXT"
    if search.complete:
        return "the platform's whole list does not show it; a person may release the case after the grace time"
    return "the platform's list could not be read to its end; looks again later"
