"""The job `submit`: fill, check, write the intent, press once, and look for the platform's own proof.

Up to the intent any step may fail, be repeated or be stopped: nothing was sent. From the intent on nothing is
repeated and the worker does not stop; the job ends with a receipt, with a refusal that is provably one, or uncertain.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Final

from automation.engine.aftermath import FormChanged, after, explain
from automation.engine.filling import channel_of, check_packet, fill_form, read_form
from automation.engine.matching import LIST_READ, SKEW, Search, find_receipt, same_review
from automation.engine.step import Level, Mark
from automation.engine.visit import Visit
from automation.errors import (
    Barrier,
    FlowError,
    Ineligible,
    LeaseLost,
    PackError,
    PersonNeeded,
    SiteFault,
    Throttled,
    UploadFailed,
)
from automation.model import Case, Checkpoint, FormPolicy, Intent, ReadBack, State
from automation.packet import read_back_digest
from automation.redaction import LIVE

PROMPT: Final = 20.0
"""Seconds between intent and click. A machine that slept in between wakes up in a world where others may have settled
the intent, and a person may have released it: then the click is not made any more."""
LOOKS: Final = (0.0, 0.5, 1.5)
"""Seconds before each look at the records: lists lag behind the click. Later, `settle` looks again."""


async def submit(visit: Visit, case: Case) -> State:
    """Send one approved case, once."""
    await visit.ask(visit.log.move, case.id, State.SUBMITTING, by=visit.by, lease=visit.lease)
    await check_packet(visit, case)
    confirmed = await _confirmed(visit, case)

    await _check_earlier(visit, case)

    async def attempt() -> tuple[frozenset[str], ReadBack]:
        known = await _known_records(visit, case)
        await fill_form(visit, case)
        await _pause(visit)
        return known, await _last_look(visit, case, confirmed)

    known, read_back = await visit.tries(attempt)
    begun = asyncio.get_running_loop().time()
    intent = await visit.ask(
        visit.log.write_intent,
        case.id,
        lease=visit.lease,
        read_back_digest=read_back_digest(read_back),
        known_records=known,
    )
    visit.committed = True
    visit.shift.pressed[visit.store.id] = visit.shift.clock()
    try:
        visit.say(Mark.INTENT, "the intent is written; from here on nothing is tried twice")
        return await _press(visit, case, intent, begun)
    except LeaseLost:
        raise
    except Exception as error:  # noqa: BLE001 - whatever happened, whether the appeal arrived is not known
        return await _uncertain(visit, case, error)
    except BaseException:
        # Cancelled: there may be no further turn of the loop, so the log is written at once.
        visit.log.move(case.id, State.UNCERTAIN, by=visit.by, note="cut off after the intent", lease=visit.lease)
        raise


async def _confirmed(visit: Visit, case: Case) -> str | None:
    """The digest of the form that a person confirmed, if one did. Raises `ApprovalRefused` if that no longer counts."""
    if case.state is not State.CONFIRMED:
        return None
    approval = await visit.ask(visit.log.approval_for, case.id, Checkpoint.FORM)
    return approval.digest


async def _check_earlier(visit: Visit, case: Case) -> None:
    """Raise `Ineligible` where an earlier click of this round, which was given up, may have arrived after all.

    A platform may list an appeal later than anybody waits, or say no and take it. Somebody may also have filed it by
    hand since: whose row it is, a person says.
    """
    for intent in await visit.ask(visit.log.earlier_intents, case.id):

        async def attempt(intent: Intent = intent) -> Search:
            await visit.arrive()
            await visit.check_store()
            search = await look_for(visit, case, intent)
            if search.receipt is None and not search.complete and not search.doubt:
                raise SiteFault(
                    "whether an earlier click arrived is not known: the records could not be read to their end"
                )
            return search

        search = await visit.tries(attempt)
        if search.doubt or search.receipt is not None:
            row = search.receipt.record_id if search.receipt is not None else ""
            raise Ineligible(
                f"not sent again: {search.doubt or f'since an earlier click the platform lists the record {row}'}",
                barrier=Barrier.ALREADY_APPEALED,
                hint="compare by hand, then: appealdesk settle CASE --record NUMBER --comment TEXT",
            )


async def _known_records(visit: Visit, case: Case) -> frozenset[str]:
    """The rows that were there before. Where the list shows no times, nothing else tells the new row from older ones,
    so there it is read first; and also where no appeal was ever found in it: a list that cannot be read stops the job
    before the click, not after.
    """
    place = (visit.store.id, case.packet.channel)
    known = visit.shift.records.get(place)
    if known is None:
        dated = await visit.ask(visit.log.shows_times, visit.pack.platform, case.packet.channel)
        if dated:
            return frozenset()
    elif known.dated:
        return known.ids
    await visit.arrive()
    await visit.check_store()
    records = await visit.flow.records(visit.site, case.packet.channel, case.packet.review.posted_at)
    visit.shift.saw(*place, records)
    if not (records.complete or visit.shift.records[place].dated):
        raise SiteFault(
            "the list of records could not be read to its end, and it shows no times: "
            "after the click nobody could tell the new row from older ones"
        )
    return visit.shift.records[place].ids | ({LIST_READ} if records.complete else frozenset())


async def _pause(visit: Visit) -> None:
    """Keep the pack's distance to the last submission at this store."""
    last = visit.shift.pressed.get(visit.store.id)
    if last is None:
        return
    left = (last + timedelta(seconds=visit.pack.pause_seconds) - visit.shift.clock()).total_seconds()
    left = min(left, visit.pack.pause_seconds)  # the clock may have been set back meanwhile
    if left > 0:
        visit.step(Mark.PAUSED, f"waits {left:.0f} s before the next submission at this store")
        await visit.shift.sleep(left)


async def _last_look(visit: Visit, case: Case, confirmed: str | None) -> ReadBack:
    """The last checks before the intent: form, store, and what the button says of itself."""
    read_back = await read_form(visit, case)
    if confirmed is not None and read_back_digest(read_back) != confirmed:
        raise FormChanged(
            "the form is not as it was when it was approved, though it shows the packet",
            hint="look at the form again: it is filled anew for that",
        )
    if confirmed is None and case.store.form_policy is FormPolicy.WHEN_NEW:
        await _check_seen(visit, case, read_back)
    button = channel_of(visit, case.packet).submit.press
    # The button is there, and there is only one; and it does not say no.
    await asyncio.gather(visit.check_store(), visit.site.read(button), visit.site.heed(button))
    visit.step(Mark.CHECKED, "form and store checked once more")
    return read_back


async def _check_seen(visit: Visit, case: Case, read_back: ReadBack) -> None:
    """A form with other fields than a person ever confirmed is a new form."""
    if not await visit.ask(visit.log.form_seen, case.id, visit.pack.digest, fields=set(read_back.fields)):
        visit.shift.look_first.add(case.id)
        raise FormChanged(
            f"the form has fields that nobody has looked at yet: {', '.join(read_back.fields) or 'none but the usual'}",
            hint="it is filled for you to look at",
        )


async def _press(visit: Visit, case: Case, intent: Intent, begun: float) -> State:
    """Press, then let the records decide: neither a toast nor an error on the way says whether the appeal arrived."""
    trouble: Exception | None
    clicked = True
    try:
        _check_prompt(visit, intent, begun)
        trouble = await visit.session.press_submit(intent, channel_of(visit, case.packet))
    except (FlowError, PersonNeeded, PackError) as error:
        trouble, clicked = error, False  # what is raised, is raised before the click
    except Exception as error:  # noqa: BLE001 - a defect: nobody knows how far it came
        trouble = error
    if trouble is None:
        visit.say(Mark.PRESSED, "pressed submit")
    else:
        await visit.know_secrets()
        visit.say(Mark.PRESSED, f"after the intent: {explain(trouble)}", Level.WARNING)
    search = await _look(visit, case, intent, once=trouble is not None)
    if search.receipt is not None:
        await visit.ask(visit.log.write_receipt, intent, search.receipt, lease=visit.lease)
        visit.say(Mark.LOOKED, f"the platform lists the appeal as {search.receipt.record_id}")
        return State.SUBMITTED
    if search.complete and trouble is not None:
        if not clicked:
            return await _ended(visit, intent, trouble, after(trouble).to or State.READY, "it was not pressed")
        if isinstance(trouble, Ineligible | Throttled | UploadFailed):
            return await _ended(visit, intent, trouble, _refused(trouble), "the platform refused it")
    return await _uncertain(visit, case, trouble, search.doubt)


def _check_prompt(visit: Visit, intent: Intent, begun: float) -> None:
    """By two clocks: one may have been set, the other may stand still while the machine sleeps."""
    late = max(asyncio.get_running_loop().time() - begun, (visit.shift.clock() - intent.at).total_seconds())
    if late > PROMPT:
        raise SiteFault(f"the click was due at once after its intent, and {late:.0f} s have passed")


async def _look(visit: Visit, case: Case, intent: Intent, *, once: bool) -> Search:
    """Look for the new row, some times over unless something already went wrong."""
    search = Search(None, complete=False)
    for seconds in LOOKS[:1] if once else LOOKS:
        if seconds:
            await asyncio.sleep(seconds)
        search = await look_for(visit, case, intent)
        if search.receipt is not None:
            break
    return search


async def look_for(visit: Visit, case: Case, intent: Intent) -> Search:
    """Read the platform's list once and look for the row that this intent made."""
    records = await visit.flow.records(visit.site, case.packet.channel, intent.at - SKEW)
    taken: frozenset[str] = frozenset()
    rivals: frozenset[int] = frozenset()
    if any(same_review(row, case.packet) for row in records.rows):
        taken = await visit.ask(visit.log.proofs, visit.store.id, besides=intent.id)
        rivals = await visit.ask(visit.log.rivals, intent)
    search = find_receipt(records, intent, case.packet, now=visit.shift.clock(), taken=taken, rivals=rivals)
    visit.shift.saw(visit.store.id, case.packet.channel, records)
    visit.looked = True
    return search


def _refused(error: Exception) -> State:
    """Where a refused case goes. Its approvals are used: whatever comes next, a person decides about it."""
    if isinstance(error, Throttled):
        return State.READY
    return after(error).to or State.NEEDS_PERSON


async def _ended(visit: Visit, intent: Intent, error: Exception, to: State, why: str) -> State:
    """Nothing was filed: there is a cause, and the platform's complete list agrees."""
    said = (isinstance(error, FlowError) and LIVE.mask(error.seen)) or explain(error)
    note = f"{why}, and its records show that nothing was filed: {explain(error)}"
    await visit.ask(visit.log.write_refusal, intent, said, lease=visit.lease, to=to, note=note)
    await visit.capture(error)
    visit.say(Mark.LOOKED, note, Level.WARNING)
    return to


async def _uncertain(visit: Visit, case: Case, error: Exception | None, doubt: str = "") -> State:
    why = doubt or (explain(error) if error is not None else "the records do not show it yet")
    note = f"submit was pressed, and whether the appeal arrived is not known: {why}"
    visit.leave()
    await visit.ask(visit.log.move, case.id, State.UNCERTAIN, by=visit.by, note=note, lease=visit.lease)
    if error is not None:
        await visit.capture(error)
    visit.say(Mark.LOOKED, note, Level.WARNING)
    return State.UNCERTAIN
