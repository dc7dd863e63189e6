"""The short jobs, and which of them are due: read from the case log, so that a queue can be thrown away."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from automation.caselog import CaseLog
from automation.errors import AppealdeskError
from automation.model import Case, FormPolicy, State, Store
from automation.pack import Pack
from automation.packs import Packs
from automation.workdays import due as look_due


class JobKind(StrEnum):
    """What a job does."""

    PREPARE = "prepare"  # fill the form for a person to look at
    SUBMIT = "submit"  # fill it and press the one irreversible button
    SETTLE = "settle"  # look whether an uncertain submission arrived
    POLL = "poll"  # look for results at a store
    SCAN = "scan"  # read new reviews at a store; never due by itself
    CHECK = "check"  # hold the pack against a store's pages; never due by itself
    SIGN_IN = "sign_in"  # be signed in at a store; never due by itself


Rank = tuple[int, float, int]


@dataclass(frozen=True, slots=True)
class Job:
    """A job of one account. `case` is None for `poll`, which serves a whole store; the lowest `rank` goes first."""

    kind: JobKind
    account: str
    store: str
    case: int | None = None
    rank: Rank = field(default=(0, 0.0, 0), compare=False)

    @property
    def key(self) -> str:
        """Two jobs with the same key are the same work."""
        return f"{self.kind}:{self.store}" if self.case is None else f"{self.kind}:{self.case}"


URGENCY: Final[Mapping[JobKind, int]] = {JobKind.SETTLE: 0, JobKind.SUBMIT: 1, JobKind.PREPARE: 2, JobKind.POLL: 3}
UNSENT: Final = (State.DRAFT, State.READY, State.APPROVED, State.PREPARED, State.CONFIRMED, State.NEEDS_PERSON)
UNDER_WAY: Final = (State.PREPARING, State.SUBMITTING)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is due now. `next_at` is when something will be, if nothing happens before."""

    jobs: tuple[Job, ...]
    expired: tuple[Case, ...]
    under_way: tuple[Case, ...]
    problems: tuple[tuple[Case, AppealdeskError], ...]
    next_at: datetime | None


def due(
    log: CaseLog,
    packs: Packs,
    now: datetime,
    *,
    look_first: Collection[int] = (),
    looked_since: datetime | None = None,
) -> Plan:
    """Ask the case log what is due.

    The forms of `look_first` turned out to be new, so a person sees them first. With `looked_since`, results are
    looked for wherever nobody did since then.
    """
    cases = log.cases(states=(*UNSENT, *UNDER_WAY, State.UNCERTAIN, State.SUBMITTED))
    jobs: list[Job] = []
    problems: list[tuple[Case, AppealdeskError]] = []
    coming: list[datetime] = []
    waiting: dict[str, list[Case]] = defaultdict(list)
    expired = tuple(case for case in cases if _is_over(case, log, now))
    over = {case.id for case in expired}
    for case in cases:
        if case.id in over:
            continue
        if case.state in UNSENT and case.deadline is not None and case.deadline > now:
            coming.append(case.deadline)
        try:
            kind = _kind(case, log, packs, look_first)
        except AppealdeskError as error:
            problems.append((case, error))
            continue
        if kind is JobKind.POLL:
            waiting[case.store.id].append(case)
        elif kind is not None:
            jobs.append(_job(kind, case))
    for group in waiting.values():
        store = group[0].store
        try:
            at = min(look_at(log, packs.pack(store.platform), group, channel) for channel in channels(group))
        except AppealdeskError as error:
            problems.append((group[0], error))
            continue
        if at <= now or (looked_since is not None and _unlooked(log, group, looked_since)):
            jobs.append(Job(JobKind.POLL, store.account, store.id, rank=(URGENCY[JobKind.POLL], 0.0, group[0].id)))
        else:
            coming.append(at)
    return Plan(
        jobs=tuple(sorted(jobs, key=lambda job: job.rank)),
        expired=expired,
        under_way=tuple(case for case in cases if case.state in UNDER_WAY),
        problems=tuple(problems),
        next_at=min(coming, default=None),
    )


def wants_form_look(case: Case, log: CaseLog, pack: Pack) -> bool:
    """Whether a person is to see the filled form before it is sent, by the store's policy."""
    match case.store.form_policy:
        case FormPolicy.NEVER:
            return False
        case FormPolicy.WHEN_NEW:
            return not log.form_seen(case.id, pack.digest)
        case FormPolicy.ALWAYS:
            return True


def channels(cases: Collection[Case]) -> tuple[str, ...]:
    """The channels that these cases went through, each once."""
    return tuple(sorted({case.packet.channel for case in cases}))


def look_at(log: CaseLog, pack: Pack, waiting: Collection[Case], channel: str) -> datetime:
    """When to look for results of these cases of one store on this channel: by the pack's cadence, on working days.

    Platforms answer on working days; to look on others would only load their servers.
    """
    last = log.last_look(_store(waiting).id, channel)
    cadence = pack.channels[channel].cadence
    return min(look_due(case.changed_at, cadence, last).at for case in waiting if case.packet.channel == channel)


def _unlooked(log: CaseLog, waiting: Collection[Case], since: datetime) -> bool:
    looks = (log.last_look(_store(waiting).id, channel) for channel in channels(waiting))
    return any(look is None or look < since for look in looks)


def _store(cases: Collection[Case]) -> Store:
    return next(iter(cases)).store


def _is_over(case: Case, log: CaseLog, now: datetime) -> bool:
    """Whether the appeal window closed before this round was sent."""
    if case.state not in UNSENT or case.deadline is None or case.deadline > now:
        return False
    return not case.record_id and log.open_intent(case.id) is None


def _kind(case: Case, log: CaseLog, packs: Packs, look_first: Collection[int]) -> JobKind | None:
    match case.state:
        case State.APPROVED:
            look = case.id in look_first or wants_form_look(case, log, packs.pack(case.store.platform))
            return JobKind.PREPARE if look else JobKind.SUBMIT
        case State.CONFIRMED:
            return JobKind.SUBMIT
        case State.UNCERTAIN:
            return JobKind.SETTLE
        case State.SUBMITTED:
            return JobKind.POLL
        case _:
            return None


def _job(kind: JobKind, case: Case) -> Job:
    deadline = case.deadline.timestamp() if case.deadline is not None else float("inf")
    return Job(kind, case.store.account, case.store.id, case.id, rank=(URGENCY[kind], deadline, case.id))
