from __future__ import annotations

import contextlib
import tempfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from automation.caselog import CaseLog
from automation.errors import ApprovalRefused, CaseLogError, LeaseLost, TransitionRefused
from automation.model import TRANSITIONS, Checkpoint, Decision, Outcome, Receipt, State
from tests.caselog.conftest import DAY, POSTED, Desk
from tests.conftest import HandClock


def test_a_move_says_who_why_and_what(log: CaseLog, desk: Desk) -> None:
    case = desk.approved()
    moved = log.move(case.id, State.NEEDS_PERSON, by="worker-1", note="no attempts left", data={"key": "form.submit"})
    assert (moved.state, moved.note) == (State.NEEDS_PERSON, "no attempts left")
    event = log.events(case.id)[-1]
    assert (event.kind, event.by) == ("moved", "worker-1")
    assert event.data == {
        "from": "approved", "to": "needs_person", "note": "no attempts left", "key": "form.submit",
    }  # fmt: skip


def test_what_the_table_does_not_have_is_refused(log: CaseLog, desk: Desk) -> None:
    case = desk.entered()
    allowed = TRANSITIONS[State.READY]
    for to in State:
        if to not in allowed:
            with pytest.raises(TransitionRefused):
                log.move(case.id, to, by="Chen")
    assert log.case(case.id).state is State.READY


def test_no_move_replaces_a_decision(log: CaseLog, desk: Desk) -> None:
    case = desk.entered()
    with pytest.raises(TransitionRefused, match="use decide"):
        log.move(case.id, State.APPROVED, by="Chen")
    prepared = desk.prepared(2, lease=desk.lease())
    with pytest.raises(TransitionRefused, match="use decide"):
        log.move(prepared.id, State.CONFIRMED, by="Chen")


def test_a_job_that_stops_before_its_intent_gives_the_case_back(log: CaseLog, desk: Desk) -> None:
    case = desk.submitting(lease=desk.lease())
    assert log.move(case.id, State.CONFIRMED, by="worker-1", note="site fault").state is State.CONFIRMED
    log.approval_for(case.id, Checkpoint.FORM)


def test_nothing_goes_back_once_there_is_an_intent(log: CaseLog, desk: Desk) -> None:
    lease = desk.lease()
    intent = desk.intent(lease=lease)
    backwards = TRANSITIONS[State.SUBMITTING] - {State.UNCERTAIN, State.SUBMITTED}
    for to in backwards:
        with pytest.raises(TransitionRefused, match="may have reached the platform"):
            log.move(intent.case, to, by="worker-1", lease=lease)
    assert log.move(intent.case, State.UNCERTAIN, by="worker-1", lease=lease).state is State.UNCERTAIN


def test_nothing_is_uncertain_without_an_intent(log: CaseLog, desk: Desk) -> None:
    case = desk.submitting(lease=desk.lease())
    with pytest.raises(TransitionRefused, match="no intent"):
        log.move(case.id, State.UNCERTAIN, by="worker-1")


def test_a_case_that_may_have_been_sent_is_settled_before_anything_else(log: CaseLog, desk: Desk) -> None:
    lease = desk.lease()
    intent = desk.intent(lease=lease)
    log.move(intent.case, State.UNCERTAIN, by="worker-1")
    for to in (State.WITHDRAWN, State.DRAFT, State.READY):
        with pytest.raises(TransitionRefused):
            log.move(intent.case, to, by="Chen")


def test_a_person_gives_a_case_back_to_work_only_with_its_approval(log: CaseLog, desk: Desk, clock: HandClock) -> None:
    case = desk.approved()
    log.move(case.id, State.NEEDS_PERSON, by="worker-1", note="slider")
    assert log.move(case.id, State.APPROVED, by="Chen").state is State.APPROVED
    log.move(case.id, State.NEEDS_PERSON, by="worker-1", note="slider")
    clock.advance(days=4)
    with pytest.raises(ApprovalRefused, match="expired"):
        log.move(case.id, State.APPROVED, by="Chen")


def test_a_move_with_somebody_elses_lease_is_refused(log: CaseLog, desk: Desk, clock: HandClock) -> None:
    case = desk.approved()
    lease = desk.lease(seconds=60)
    other = log.take_lease("account:acc-2", worker="worker-2", seconds=60)
    assert other is not None
    with pytest.raises(LeaseLost, match="not one on case"):
        log.move(case.id, State.PREPARING, by="worker-2", lease=other)
    clock.advance(seconds=60)
    with pytest.raises(LeaseLost, match="ran out"):
        log.move(case.id, State.PREPARING, by="worker-1", lease=lease)


def test_recovery_takes_up_what_dead_workers_left(log: CaseLog, desk: Desk, clock: HandClock) -> None:
    lease = desk.lease(seconds=60)
    preparing = desk.approved(1)
    log.move(preparing.id, State.PREPARING, by="worker-1", lease=lease)
    confirmed = desk.submitting(2, lease=lease)
    clicked = desk.intent(3, lease=lease)
    direct = desk.approved(4, store="store-2")
    log.move(direct.id, State.SUBMITTING, by="worker-1", lease=lease)
    assert log.recover() == []
    clock.advance(minutes=2)
    states = {case.id: case.state for case in log.recover()}
    assert states == {
        preparing.id: State.APPROVED,
        confirmed.id: State.CONFIRMED,
        clicked.case: State.UNCERTAIN,
        direct.id: State.APPROVED,
    }
    assert log.recover() == []
    with pytest.raises(LeaseLost):
        log.write_receipt(clicked, Receipt("REC-3", "审核中", POSTED), lease=lease)
    log.verify()


class Life(RuleBasedStateMachine):
    """Anything may be tried at any time. Whatever happens, the log keeps its promises."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self.clock = HandClock()
        home = Path(self.folder.name)
        self.log = CaseLog.open(f"sqlite:///{(home / 'cases.db').as_posix()}", home, clock=self.clock)
        self.desk = Desk(self.log, home)
        self.case = 0
        self.clicks: dict[int, int] = {}
        self.decided: set[int] = set()

    def teardown(self) -> None:
        self.log.verify()
        self.log.close()
        self.folder.cleanup()

    @initialize(store=st.sampled_from(["store-1", "store-2"]))
    def enter(self, store: str) -> None:
        self.case = self.desk.entered(store=store).id
        self.lease = self.desk.lease(seconds=10**9)

    @rule(to=st.sampled_from(State))
    def move(self, to: State) -> None:
        before = self.log.case(self.case).state
        try:
            self.log.move(self.case, to, by="worker-1")
        except CaseLogError:
            assert self.log.case(self.case).state is before
        else:
            assert to in TRANSITIONS[before]

    @rule(checkpoint=st.sampled_from(Checkpoint), decision=st.sampled_from(Decision), fresh=st.booleans())
    def decide(self, checkpoint: Checkpoint, decision: Decision, *, fresh: bool) -> None:
        digest = "shown-1" if checkpoint is Checkpoint.FORM else self.log.case(self.case).digest
        try:
            made = self.log.decide(
                self.case,
                checkpoint,
                decision,
                digest=digest if fresh else "0" * 64,
                by="Wang",
                comment="so",
                ttl=DAY,
            )
        except CaseLogError:
            return
        assert fresh
        self.decided.add(made.id)

    @rule(steps=st.integers(1, 4))
    def ahead(self, steps: int) -> None:
        """What the program and its people do in the end, so that the walk gets anywhere."""
        for _ in range(steps):
            self.one_ahead()

    def one_ahead(self) -> None:
        match self.log.case(self.case).state:
            case State.DRAFT:
                self.move(State.READY)
            case State.READY:
                self.decide(Checkpoint.PACKET, Decision.APPROVED, fresh=True)
            case State.APPROVED:
                self.move(State.PREPARING)
            case State.PREPARING:
                self.keep_read_back()
            case State.PREPARED:
                self.decide(Checkpoint.FORM, Decision.APPROVED, fresh=True)
            case State.CONFIRMED:
                self.move(State.SUBMITTING)
            case State.SUBMITTING if self.log.open_intent(self.case):
                self.settle("REC-1")
            case State.SUBMITTING:
                self.click("shown-1")
            case State.REJECTED:
                self.next_round()
            case _:
                self.answer(Outcome.REJECTED)

    @rule()
    def keep_read_back(self) -> None:
        try:
            case = self.log.case(self.case)
            self.log.keep_read_back(
                self.case,
                self.desk.shown(case),
                digest="shown-1",
                screenshot=None,
                pack_digest="p",
                lease=self.lease,
            )
        except CaseLogError:
            pass

    @rule(text=st.sampled_from(["甲", "乙"]))
    def change(self, text: str) -> None:
        try:
            packet = replace(self.log.case(self.case).packet, description=text)
            self.log.change_packet(self.case, packet, by="Chen")
        except CaseLogError:
            return
        assert all(
            one.voided or one.used_at or one.decision is Decision.REJECTED for one in self.log.approvals(self.case)
        )

    @rule(shown=st.sampled_from(["shown-1", "shown-2"]))
    def click(self, shown: str) -> None:
        try:
            intent = self.log.write_intent(self.case, lease=self.lease, read_back_digest=shown)
        except CaseLogError:
            return
        used = [one for one in self.log.approvals(self.case) if one.used_at == self.clock.now]
        assert {one.id for one in used} <= self.decided
        assert any(one.digest == intent.digest for one in used)
        assert intent.digest == self.log.case(self.case).digest
        self.clock.advance(seconds=1)

    @rule(records=st.sampled_from(["", "REC-1"]))
    def settle(self, records: str) -> None:
        intent = self.log.open_intent(self.case)
        if intent is None:
            return
        try:
            if records:
                self.clicks[intent.round] = self.clicks.get(intent.round, 0) + 1
                self.log.write_receipt(intent, Receipt(f"{records}-{intent.round}", "审核中", POSTED), lease=self.lease)
            else:
                self.log.note_search(intent, complete=True, lease=self.lease)
        except CaseLogError:
            if records:
                self.clicks[intent.round] -= 1

    @rule(to=st.sampled_from([State.READY, State.NEEDS_PERSON]))
    def refuse(self, to: State) -> None:
        intent = self.log.open_intent(self.case)
        if intent is not None:
            try:
                self.log.write_refusal(intent, "操作太快", lease=self.lease, to=to)
            except CaseLogError:
                assert self.log.open_intent(self.case) == intent

    @rule()
    def release(self) -> None:
        with contextlib.suppress(CaseLogError):
            self.log.release(self.case, by="Wang", comment="nothing there", grace=timedelta(minutes=30))

    @rule(outcome=st.sampled_from(Outcome))
    def answer(self, outcome: Outcome) -> None:
        with contextlib.suppress(CaseLogError):
            self.log.write_result(self.case, outcome, record=None, notice=self.desk.notice(outcome.value), by="poll")

    @rule()
    def next_round(self) -> None:
        with contextlib.suppress(CaseLogError):
            self.log.next_round(self.case, by="Chen")

    @rule()
    def recover(self) -> None:
        assert self.log.recover() == []

    @rule(hours=st.integers(1, 30))
    def wait(self, hours: int) -> None:
        self.clock.advance(hours=hours)

    @invariant()
    def a_round_is_taken_once(self) -> None:
        assert all(count <= 1 for count in self.clicks.values())


Life.TestCase.settings = settings(
    max_examples=12, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck), database=None
)
TestLife = Life.TestCase
