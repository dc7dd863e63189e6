"""The job `poll`: read a store's records and messages once, for however many cases wait there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from automation.caselog import CaseLog
from automation.engine.jobs import channels
from automation.engine.matching import SKEW, notices_of, record_of
from automation.engine.step import Level, Mark
from automation.engine.visit import Visit
from automation.engine.wording import verdict
from automation.model import Case, Notice, Outcome, Record, Records, State
from automation.pack import Channel

WORD: Final = {
    Outcome.UPHELD: "upheld",
    Outcome.REJECTED: "rejected",
    Outcome.MORE_EVIDENCE: "more evidence is asked for",
    Outcome.UNKNOWN: "an answer that the pack does not know; a person must read it",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What the platform says about one case now."""

    outcome: Outcome
    record: Record | None
    notice: Notice | None  # the newest


async def poll(visit: Visit) -> int:
    """Look for results at one store; how many cases were decided. Looking changes nothing there, and never urges."""
    waiting = await visit.ask(visit.log.cases, states=(State.SUBMITTED,), store=visit.store.id)
    if not waiting:
        return 0
    sent = {case.id: await visit.ask(_sent_at, visit.log, case) for case in waiting}
    since = min(sent.values()) - SKEW

    async def attempt() -> tuple[dict[str, Records], tuple[Notice, ...]]:
        await visit.arrive()
        await visit.check_store()
        records = {channel: await visit.flow.records(visit.site, channel, since) for channel in channels(waiting)}
        return records, await visit.flow.notices(visit.site, since)

    records, notices = await visit.tries(attempt)
    visit.step(Mark.LOOKED, f"read {sum(len(r.rows) for r in records.values())} records and {len(notices)} messages")
    decided = 0
    for case in waiting:
        found = records[case.packet.channel]
        channel = visit.pack.channels[case.packet.channel]
        answer = answer_to(case, channel, found.rows, notices, since=sent[case.id] - SKEW, others=waiting)
        if answer.record is None and found.complete:
            visit.say(Mark.LOOKED, f"case {case.id}: its record {case.record_id} is no longer listed", Level.WARNING)
        if answer.record is None and answer.notice is None:
            continue
        await visit.ask(
            visit.log.write_result,
            case.id,
            answer.outcome,
            record=answer.record,
            notice=answer.notice,
            by=visit.by,
        )
        if answer.outcome is not Outcome.PENDING:
            decided += 1
            level = Level.WARNING if answer.outcome is Outcome.UNKNOWN else Level.INFO
            visit.say(Mark.LOOKED, f"case {case.id}: {WORD[answer.outcome]}", level)
    for name, found in records.items():
        visit.shift.saw(visit.store.id, name, found)
        await visit.ask(visit.log.note_look, visit.store.id, name, complete=found.complete)
    return decided


def _sent_at(log: CaseLog, case: Case) -> datetime:
    return log.sent_at(case.id) or case.changed_at


def answer_to(
    case: Case,
    channel: Channel,
    rows: Sequence[Record],
    notices: Sequence[Notice],
    *,
    since: datetime,
    others: Collection[Case],
) -> Answer:
    """Put together what record and messages say about a case sent at `since`; `others` are all that wait there."""
    orders = Counter(other.packet.review.order_no for other in others)
    record = record_of(case, rows, since=since)
    mine = notices_of(case, notices, since=since, alone=orders[case.packet.review.order_no] == 1)
    texts = [notice.text for notice in mine]
    if record is not None:
        texts.append(record.status)
    return Answer(verdict(texts, channel), record, mine[-1] if mine else None)
