"""What is due: asked of the case log alone."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from automation.caselog import CaseLog
from automation.engine.jobs import JobKind, Plan, due
from automation.model import Checkpoint, FormPolicy, State
from automation.packs import Packs
from tests.conftest import HandClock
from tests.engine.book import PLATFORM, Book

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # what is due is asked in plain words

PACKS = Packs()
CADENCE = PACKS.pack(PLATFORM).channels["review_appeal"].cadence


@pytest.fixture
def book(log: CaseLog, clock: HandClock) -> Book:
    return Book(log, clock.now)


def plan(book: Book, clock: HandClock, **words: bool) -> Plan:
    return due(book.log, PACKS, clock.now, looked_since=clock.now if words.get("look_now") else None)


def kinds(book: Book, clock: HandClock, **words: bool) -> list[JobKind]:
    return [job.kind for job in plan(book, clock, **words).jobs]


def test_nothing_is_due_before_an_approval(book: Book, clock: HandClock) -> None:
    book.ready()
    assert kinds(book, clock) == []


@pytest.mark.parametrize(
    ("policy", "kind"),
    [
        (FormPolicy.ALWAYS, JobKind.PREPARE),
        (FormPolicy.WHEN_NEW, JobKind.PREPARE),
        (FormPolicy.NEVER, JobKind.SUBMIT),
    ],
)
def test_store_s_policy_says_whether_a_person_sees_the_form(
    book: Book, clock: HandClock, policy: FormPolicy, kind: JobKind
) -> None:
    book.policy(policy)
    book.approved()
    assert kinds(book, clock) == [kind]


def test_form_that_was_confirmed_and_taken_once_is_new_no_longer(book: Book, clock: HandClock) -> None:
    book.policy(FormPolicy.WHEN_NEW)
    first = book.approved()
    book.prepared(first, pack_digest=PACKS.pack(PLATFORM).digest)
    assert kinds(book, clock) == []
    book.approve(first, Checkpoint.FORM, "rb")
    assert kinds(book, clock) == [JobKind.SUBMIT]
    book.submitted(book.log.case(first.id))
    second = book.approved()
    assert kinds(book, clock) == [JobKind.SUBMIT]
    assert [job.kind for job in due(book.log, PACKS, clock.now, look_first={second.id}).jobs] == [JobKind.PREPARE]


def test_doubt_goes_first_then_the_nearest_deadline(book: Book, clock: HandClock) -> None:
    late = book.approved(deadline=clock.now + timedelta(days=9))
    soon = book.approved(deadline=clock.now + timedelta(days=1))
    unsure = book.approved()
    book.clicked(unsure)
    book.log.move(unsure.id, State.UNCERTAIN, by="w")
    assert [job.case for job in plan(book, clock).jobs] == [unsure.id, soon.id, late.id]


def test_one_look_serves_all_cases_of_a_store(book: Book, clock: HandClock) -> None:
    for _ in range(3):
        book.submitted(book.approved())
    assert kinds(book, clock) == []
    assert kinds(book, clock, look_now=True) == [JobKind.POLL]
    clock.advance(hours=CADENCE.first_after_hours)
    next_at = plan(book, clock).next_at
    clock.now = max(clock.now, next_at or clock.now)
    assert [(job.kind, job.case, job.store) for job in plan(book, clock).jobs] == [(JobKind.POLL, None, "s")]


def test_looks_keep_the_pack_s_distance(book: Book, clock: HandClock) -> None:
    book.submitted(book.approved())
    clock.advance(hours=CADENCE.first_after_hours + 24)
    book.log.note_look("s", "review_appeal", complete=True)
    assert kinds(book, clock) == []
    clock.advance(hours=CADENCE.every_hours)
    assert kinds(book, clock) == [JobKind.POLL]


def test_nobody_looks_on_a_chinese_holiday(book: Book, clock: HandClock) -> None:
    clock.now = clock.now.replace(month=9, day=30, hour=12)  # the eve of the national holiday, 20:00 in China
    book.submitted(book.approved())
    clock.advance(hours=CADENCE.first_after_hours + 24)
    assert kinds(book, clock) == []
    next_at = plan(book, clock).next_at
    assert next_at is not None
    assert (next_at.month, next_at.day, next_at.hour) == (10, 8, 9)


def test_closed_window_ends_what_was_not_sent_and_nothing_else(book: Book, clock: HandClock) -> None:
    deadline = clock.now + timedelta(hours=1)
    ready, approved, sent, unsure = (book.approved(deadline=deadline) for _ in range(4))
    book.log.move(ready.id, State.READY, by="ann")
    book.submitted(sent)
    book.clicked(unsure)
    book.log.move(unsure.id, State.UNCERTAIN, by="w")
    assert plan(book, clock).next_at == deadline
    clock.advance(hours=2)
    late = plan(book, clock)
    assert [case.id for case in late.expired] == [ready.id, approved.id]
    assert [job.kind for job in late.jobs] == [JobKind.SETTLE]


def test_answer_that_a_person_must_read_does_not_expire(book: Book, clock: HandClock) -> None:
    case = book.approved(deadline=clock.now + timedelta(hours=1))
    book.submitted(case)
    book.log.move(case.id, State.NEEDS_PERSON, by="w")
    clock.advance(hours=2)
    assert plan(book, clock).expired == ()


def test_pack_that_is_not_there_is_told_and_stops_nobody_else(book: Book, clock: HandClock, tmp_path: Path) -> None:
    case = book.approved()
    found = due(book.log, Packs(shipped=tmp_path), clock.now)
    assert found.jobs == ()
    assert [(one.id, "no pack" in str(error)) for one, error in found.problems] == [(case.id, True)]
