from __future__ import annotations

from dataclasses import replace

import pytest

from automation.caselog import CaseLog
from automation.errors import ApprovalRefused, InputError, TransitionRefused
from automation.model import Outcome, State
from tests.caselog.conftest import Desk


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        (Outcome.UPHELD, State.UPHELD),
        (Outcome.REJECTED, State.REJECTED),
        (Outcome.MORE_EVIDENCE, State.MORE_EVIDENCE),
        (Outcome.UNKNOWN, State.NEEDS_PERSON),
    ],
)
def test_an_answer_moves_the_case_and_is_kept_verbatim(
    log: CaseLog, desk: Desk, outcome: Outcome, state: State
) -> None:
    case = desk.submitted(lease=desk.lease())
    record, notice = desk.record(detail=" 原文,\n逐字 "), desk.notice("您的申诉…")
    moved = log.write_result(case.id, outcome, record=record, notice=notice, by="poll")
    assert moved is not None
    assert moved.state is state
    (result,) = log.results(case.id)
    assert (result.record, result.notice, result.outcome, result.round) == (record, notice, outcome, 1)
    assert result.wording == " 原文,\n逐字 \n您的申诉…"
    log.verify()


def test_a_pending_answer_is_only_remembered(log: CaseLog, desk: Desk) -> None:
    case = desk.submitted(lease=desk.lease())
    assert log.write_result(case.id, Outcome.PENDING, record=desk.record(), notice=None, by="poll") is None
    assert log.case(case.id).state is State.SUBMITTED
    assert len(log.results(case.id)) == 1


def test_the_same_wording_again_changes_nothing(log: CaseLog, desk: Desk) -> None:
    case = desk.submitted(lease=desk.lease())
    log.write_result(case.id, Outcome.REJECTED, record=desk.record(), notice=None, by="poll")
    events = len(log.events())
    assert log.write_result(case.id, Outcome.REJECTED, record=desk.record(), notice=None, by="poll") is None
    assert (len(log.events()), len(log.results(case.id))) == (events, 1)


def test_an_unknown_wording_that_is_understood_later_moves_on(log: CaseLog, desk: Desk) -> None:
    case = desk.submitted(lease=desk.lease())
    record = desk.record(status="平台已介入", detail="")
    waiting = log.write_result(case.id, Outcome.UNKNOWN, record=record, notice=None, by="poll")
    assert waiting is not None
    assert waiting.note == "平台已介入"
    moved = log.write_result(case.id, Outcome.UPHELD, record=record, notice=None, by="poll")
    assert moved is not None
    assert moved.state is State.UPHELD


def test_an_answer_that_contradicts_the_result_is_left_to_a_person(log: CaseLog, desk: Desk) -> None:
    case = desk.submitted(lease=desk.lease())
    log.write_result(case.id, Outcome.REJECTED, record=desk.record(), notice=None, by="poll")
    other = desk.record(status="申诉成功")
    assert log.write_result(case.id, Outcome.UPHELD, record=other, notice=None, by="poll") is None
    now = log.case(case.id)
    assert (now.state, now.note) == (State.REJECTED, "the platform now answers otherwise (upheld): read its results")


def test_a_result_needs_a_receipt_and_a_record_of_its_own(log: CaseLog, desk: Desk) -> None:
    case = desk.entered(2)
    with pytest.raises(TransitionRefused, match="has not taken round 1"):
        log.write_result(case.id, Outcome.UPHELD, record=desk.record(), notice=None, by="poll")
    sent = desk.submitted(1, lease=desk.lease())
    with pytest.raises(InputError, match="is record REC-1, not REC-9"):
        log.write_result(sent.id, Outcome.UPHELD, record=desk.record(9), notice=None, by="poll")
    with pytest.raises(InputError, match="a record, a notice, or both"):
        log.write_result(sent.id, Outcome.UPHELD, record=None, notice=None, by="poll")


def test_a_person_decides_what_a_wording_means(log: CaseLog, desk: Desk) -> None:
    case = desk.submitted(lease=desk.lease())
    log.write_result(case.id, Outcome.UNKNOWN, record=desk.record(), notice=None, by="poll")
    with pytest.raises(ApprovalRefused, match="comment"):
        log.set_outcome(case.id, State.UPHELD, by="Wang", comment="")
    with pytest.raises(TransitionRefused, match="is no outcome"):
        log.set_outcome(case.id, State.READY, by="Wang", comment="x")
    assert log.set_outcome(case.id, State.UPHELD, by="Wang", comment="客服确认").state is State.UPHELD
    assert (log.results(case.id)[-1].outcome, log.results(case.id)[-1].comment) == (Outcome.UPHELD, "客服确认")
    assert log.set_outcome(case.id, State.CLOSED, by="Wang", comment="done").state is State.CLOSED
    log.verify()


def test_an_outcome_moves_only_with_its_result(log: CaseLog, desk: Desk) -> None:
    case = desk.submitted(lease=desk.lease())
    with pytest.raises(TransitionRefused, match="use write_result or set_outcome"):
        log.move(case.id, State.UPHELD, by="Wang")


def test_a_next_round_teaches_what_was_rejected(log: CaseLog, desk: Desk) -> None:
    case = desk.submitted(lease=desk.lease())
    with pytest.raises(TransitionRefused, match="no next round"):
        log.next_round(case.id, by="Chen")
    log.write_result(case.id, Outcome.REJECTED, record=None, notice=desk.notice("证据不足"), by="poll")
    second = log.next_round(case.id, by="Chen")
    assert (second.packet, second.state) == (replace(case.packet, round=2), State.DRAFT)
    log.change_packet(case.id, replace(second.packet, description="第二次"), by="Chen")
    assert log.earlier_packets(case.id) == [(case.packet, "证据不足")]
    assert log.rejected_texts("store-1") == [case.packet.description]
    assert log.rejected_texts("store-2") == []


def test_a_case_that_was_never_sent_has_no_next_round(log: CaseLog, desk: Desk) -> None:
    case = desk.approved()
    log.move(case.id, State.NEEDS_PERSON, by="worker-1", note="slider")
    with pytest.raises(TransitionRefused, match="has not taken round 1 yet"):
        log.next_round(case.id, by="Chen")
