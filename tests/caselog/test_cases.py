from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from automation.caselog import CaseLog
from automation.errors import ApprovalRefused, InputError, TransitionRefused
from automation.model import Checkpoint, Finding, Outcome, Receipt, Review, State
from automation.packet import digest
from tests.caselog.conftest import POSTED, Desk

BLOCKING = Finding("short", "too short", "description", blocks=True, hint="write more")
REMARK = Finding("tone", "sounds angry", "description", blocks=False)
DEADLINE = datetime(2026, 3, 29, 23, 59, tzinfo=UTC)


def test_a_case_comes_back_as_it_was_entered(log: CaseLog, desk: Desk) -> None:
    packet = desk.packet()
    case, new = log.enter(packet, by="Chen", findings=[REMARK], deadline=DEADLINE, source="cases.csv:2")
    assert new
    assert case.packet == packet
    assert case.digest == digest(packet)
    assert (case.state, case.findings, case.deadline, case.entered_by) == (State.READY, (REMARK,), DEADLINE, "Chen")
    assert log.case(case.id) == case
    assert log.cases() == [case]


def test_a_blocking_finding_makes_a_draft(log: CaseLog, desk: Desk) -> None:
    case, _ = log.enter(desk.packet(), by="Chen", findings=[REMARK, BLOCKING])
    assert case.state is State.DRAFT
    with pytest.raises(ApprovalRefused, match="block"):
        log.move(case.id, State.READY, by="Chen")


def test_entering_a_review_again_adds_nothing(log: CaseLog, desk: Desk) -> None:
    first = desk.entered()
    events = len(log.events())
    again, new = log.enter(desk.packet(description="another text"), by="Zhao")
    assert (again, new) == (first, False)
    assert len(log.events()) == events


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        (Review("R1", "O1", "bad", POSTED), Review("R1", "", "bad!", POSTED), True),
        (Review("R1", "O1", "bad", POSTED), Review("R2", "O1", "bad", POSTED), False),
        (Review("", "O1", "bad", POSTED), Review("R1", "O1", "bad", POSTED), True),
        (Review("R1", "O1", "bad", POSTED, product="cup"), Review("", "O1", "", POSTED, product="cup"), True),
        (Review("R1", "O1", "bad", POSTED, product="cup"), Review("", "O1", "bad", POSTED, product="pot"), False),
        (Review("", "O1", "bad", POSTED, product="cup"), Review("", "O1", "bad", POSTED, product="pot"), False),
        (Review("", "", "bad", POSTED, buyer="b"), Review("", "", "bad", POSTED, buyer="b"), True),
        (Review("", "", "bad", POSTED), Review("", "", "worse", POSTED), False),
        (Review("", "O1", "bad", POSTED), Review("", "O2", "bad", POSTED), False),
    ],
)
def test_reviews_are_told_apart(log: CaseLog, desk: Desk, first: Review, second: Review, *, same: bool) -> None:
    desk.entered(review=first)
    assert log.enter(desk.packet(review=second), by="Chen")[1] is not same


def test_a_review_is_another_case_on_another_channel_and_in_another_store(log: CaseLog, desk: Desk) -> None:
    desk.entered()
    assert log.enter(desk.packet(channel="abnormal_review_report"), by="Chen")[1]
    assert log.enter(desk.packet(store="store-2"), by="Chen")[1]


def test_a_case_must_fit_its_store(log: CaseLog, desk: Desk) -> None:
    with pytest.raises(InputError, match="no store 'x'"):
        log.enter(desk.packet(store="x"), by="Chen")
    with pytest.raises(InputError, match="is on shop, not mall"):
        log.enter(desk.packet(platform="mall"), by="Chen")
    with pytest.raises(InputError, match="no time zone"):
        log.enter(desk.packet(review=Review("R", "", "", datetime(2026, 1, 1))), by="Chen")  # noqa: DTZ001
    assert log.cases() == []
    log.verify()


def test_times_come_back_as_the_same_moment(log: CaseLog, desk: Desk) -> None:
    local = datetime(2026, 2, 28, 8, 15, 30, 123456, tzinfo=timezone(timedelta(hours=8)))
    case = desk.entered(review=Review("R1", "O1", "bad", local))
    assert log.case(case.id).packet.review.posted_at == local
    assert log.case(case.id).digest == case.digest


def test_cases_are_listed_by_state_and_store(log: CaseLog, desk: Desk) -> None:
    one, two = desk.entered(1), desk.entered(2, store="store-2")
    desk.approve(one)
    assert [case.id for case in log.cases(states={State.APPROVED})] == [one.id]
    assert [case.id for case in log.cases(states=[State.APPROVED, State.READY])] == [one.id, two.id]
    assert [case.id for case in log.cases(store="store-2")] == [two.id]


def test_a_changed_packet_voids_its_approvals(log: CaseLog, desk: Desk) -> None:
    case = desk.approved()
    changed = log.change_packet(
        case.id, replace(case.packet, description="买家索要 50 元"), by="Zhao", deadline=DEADLINE
    )
    assert (changed.state, changed.deadline) == (State.READY, DEADLINE)
    assert changed.digest != case.digest
    (approval,) = log.approvals(case.id)
    assert approval.voided == "the packet was changed"
    with pytest.raises(ApprovalRefused, match="void"):
        log.approval_for(case.id, Checkpoint.PACKET)
    log.verify()


def test_a_change_of_nothing_but_evidence_order_voids_too(log: CaseLog, desk: Desk) -> None:
    pieces = (*desk.packet(1).evidence, *desk.packet(2).evidence)
    case = desk.approved(evidence=pieces)
    log.change_packet(case.id, replace(case.packet, evidence=pieces[::-1]), by="Chen")
    with pytest.raises(ApprovalRefused):
        log.approval_for(case.id, Checkpoint.PACKET)


def test_a_changed_packet_takes_its_new_findings(log: CaseLog, desk: Desk) -> None:
    case = desk.entered()
    assert log.change_packet(case.id, case.packet, by="Chen", findings=[BLOCKING]).state is State.DRAFT
    assert log.change_packet(case.id, case.packet, by="Chen", findings=[REMARK]).findings == (REMARK,)


def test_a_prepared_case_may_still_be_changed(log: CaseLog, desk: Desk) -> None:
    case = desk.prepared(lease=desk.lease())
    changed = log.change_packet(case.id, replace(case.packet, reason="other"), by="Chen")
    assert changed.state is State.READY
    assert log.read_back(case.id) is None


def test_a_packet_stays_with_its_review_store_and_round(log: CaseLog, desk: Desk) -> None:
    case = desk.entered()
    for wrong in (
        replace(case.packet, round=2),
        replace(case.packet, store="store-2"),
        replace(case.packet, review=replace(case.packet.review, review_id="R9")),
    ):
        with pytest.raises(InputError):
            log.change_packet(case.id, wrong, by="Chen")


def test_a_review_id_learnt_later_does_not_make_two_cases_of_one(log: CaseLog, desk: Desk) -> None:
    known = desk.entered(review=Review("R1", "O1", "bad", POSTED, product="cup"))
    other = desk.entered(review=Review("", "O1", "bad", POSTED, product="pot"))
    wrong = replace(other.packet, review=Review("R1", "O1", "bad", POSTED))
    with pytest.raises(InputError, match=f"is case {known.id} already"):
        log.change_packet(other.id, wrong, by="Chen")


def test_a_packet_cannot_change_in_work_or_once_sent(log: CaseLog, desk: Desk) -> None:
    lease = desk.lease()
    intent = desk.intent(lease=lease)
    case = log.case(intent.case)
    with pytest.raises(TransitionRefused, match="submitting"):
        log.change_packet(case.id, case.packet, by="Chen")
    log.write_receipt(intent, Receipt("REC-1", "审核中", POSTED), lease=lease)
    with pytest.raises(TransitionRefused, match="submitted"):
        log.change_packet(case.id, case.packet, by="Chen")
    log.write_result(case.id, Outcome.UNKNOWN, record=desk.record(), notice=None, by="poll")
    with pytest.raises(TransitionRefused, match="took round 1"):
        log.change_packet(case.id, case.packet, by="Chen")
