from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from automation.caselog import CaseLog
from automation.errors import ApprovalRefused, InputError, LeaseLost, TransitionRefused
from automation.model import Checkpoint, Decision, Receipt, State
from tests.caselog.conftest import DAY, POSTED, Desk
from tests.conftest import HandClock

RECEIPT = Receipt("REC-1", "审核中", POSTED, filed_at=POSTED)
GRACE = timedelta(minutes=30)


def test_an_intent_uses_up_both_approvals(log: CaseLog, desk: Desk) -> None:
    intent = desk.intent(lease=desk.lease())
    assert intent.known_records == {"old-1", "old-2"}
    assert intent.digest == log.case(intent.case).digest
    assert log.open_intent(intent.case) == intent
    for checkpoint in Checkpoint:
        with pytest.raises(ApprovalRefused, match="was used"):
            log.approval_for(intent.case, checkpoint)
    log.verify()


def test_a_second_intent_is_refused(log: CaseLog, desk: Desk) -> None:
    lease = desk.lease()
    intent = desk.intent(lease=lease)
    with pytest.raises(TransitionRefused, match="may have reached"):
        log.write_intent(intent.case, lease=lease, read_back_digest="shown-1")


def test_an_intent_needs_a_case_in_submission(log: CaseLog, desk: Desk) -> None:
    case = desk.approved()
    with pytest.raises(TransitionRefused, match="approved, not submitting"):
        log.write_intent(case.id, lease=desk.lease(), read_back_digest="x")


def test_an_intent_needs_the_confirmed_read_back(log: CaseLog, desk: Desk) -> None:
    lease = desk.lease()
    case = desk.submitting(lease=lease)
    with pytest.raises(ApprovalRefused, match="something else than what was confirmed"):
        log.write_intent(case.id, lease=lease, read_back_digest="shown-2")
    log.approval_for(case.id, Checkpoint.PACKET)
    assert log.open_intent(case.id) is None


@pytest.mark.parametrize("checkpoint", Checkpoint)
def test_an_intent_needs_approvals_that_still_count(
    log: CaseLog, desk: Desk, clock: HandClock, checkpoint: Checkpoint
) -> None:
    lease = desk.lease(seconds=10**7)
    case = desk.submitting(lease=lease)
    clock.advance(days=2 if checkpoint is Checkpoint.FORM else 4)
    with pytest.raises(ApprovalRefused, match=r"no (form|packet) approval that counts: it expired"):
        log.write_intent(case.id, lease=lease, read_back_digest="shown-1")


def test_an_intent_needs_a_lease_that_holds(log: CaseLog, desk: Desk, clock: HandClock) -> None:
    lease = desk.lease(seconds=60)
    case = desk.submitting(lease=lease)
    clock.advance(seconds=61)
    desk.lease()
    with pytest.raises(LeaseLost):
        log.write_intent(case.id, lease=lease, read_back_digest="shown-1")


def test_a_store_that_always_wants_the_form_seen_gets_it(log: CaseLog, desk: Desk) -> None:
    lease = desk.lease()
    case = desk.approved()
    log.move(case.id, State.SUBMITTING, by="worker-1", lease=lease)
    with pytest.raises(ApprovalRefused, match="nobody confirmed its form"):
        log.write_intent(case.id, lease=lease, read_back_digest="shown-1")


def test_a_store_that_never_wants_the_form_seen_is_sent_at_once(log: CaseLog, desk: Desk) -> None:
    lease = desk.lease()
    case = desk.approved(store="store-2")
    log.move(case.id, State.SUBMITTING, by="worker-1", lease=lease)
    intent = log.write_intent(case.id, lease=lease, read_back_digest="shown-1")
    assert log.write_receipt(intent, RECEIPT, lease=lease).state is State.SUBMITTED


def test_a_receipt_ends_the_doubt(log: CaseLog, desk: Desk) -> None:
    lease = desk.lease()
    intent = desk.intent(lease=lease)
    log.move(intent.case, State.UNCERTAIN, by="worker-1")
    case = log.write_receipt(intent, RECEIPT, lease=lease)
    assert (case.state, case.record_id) == (State.SUBMITTED, "REC-1")
    assert log.open_intent(case.id) is None
    events = len(log.events())
    assert log.write_receipt(intent, RECEIPT, lease=lease) == case
    assert len(log.events()) == events
    with pytest.raises(TransitionRefused, match="ended already"):
        log.write_receipt(intent, replace(RECEIPT, record_id="REC-2"), lease=lease)


def test_an_older_record_is_no_receipt(log: CaseLog, desk: Desk) -> None:
    lease = desk.lease()
    intent = desk.intent(lease=lease)
    with pytest.raises(TransitionRefused, match="was there before the click"):
        log.write_receipt(intent, replace(RECEIPT, record_id="old-1"), lease=lease)


def test_one_record_proves_one_appeal(log: CaseLog, desk: Desk) -> None:
    lease = desk.lease()
    first = desk.submitted(1, lease=lease)
    second = desk.intent(2, lease=lease)
    with pytest.raises(TransitionRefused, match=f"appeal of case {first.id}"):
        log.write_receipt(second, RECEIPT, lease=lease)


def test_a_person_says_which_record_it_is_where_no_look_can_tell(log: CaseLog, desk: Desk) -> None:
    lease = desk.lease()
    assert log.shows_times("shop", "review_appeal") is None
    case = desk.intent(lease=lease).case
    with pytest.raises(TransitionRefused, match="nothing to settle"):
        log.vouch(case, "REC-7", by="Wang", comment="it is there")
    log.move(case, State.UNCERTAIN, by="worker-1", lease=lease)
    with pytest.raises(ApprovalRefused, match="a comment"):
        log.vouch(case, "REC-7", by="Wang", comment=" ")
    with pytest.raises(TransitionRefused, match="was there before"):
        log.vouch(case, "old-1", by="Wang", comment="it is there")
    known = log.vouch(case, " REC-7 ", by="Wang", comment="the only one of today")
    assert (known.state, known.record_id) == (State.SUBMITTED, "REC-7")
    assert [event.by for event in log.events(case) if event.kind == "vouched"] == ["Wang"]
    assert log.open_intent(case) is None
    other = desk.intent(2, lease=lease).case
    log.move(other, State.UNCERTAIN, by="worker-1", lease=lease)
    with pytest.raises(TransitionRefused, match=f"appeal of case {case}"):
        log.vouch(other, "REC-7", by="Wang", comment="the only one of today")
    assert log.shows_times("shop", "review_appeal") is False  # the next one is told by what was there before it
    assert log.shows_times("shop", "abnormal_review_report") is None
    log.verify()


def test_a_person_names_the_record_of_a_click_that_was_given_up(log: CaseLog, desk: Desk) -> None:
    lease = desk.lease()
    intent = desk.intent(lease=lease)
    log.write_refusal(intent, "操作太快", lease=lease, to=State.READY)
    desk.approve(log.case(intent.case))
    assert log.earlier_intents(intent.case) == (intent,)
    with pytest.raises(TransitionRefused, match="nothing to settle"):
        log.vouch(intent.case, "REC-7", by="Wang", comment="it is there")
    log.move(intent.case, State.NEEDS_PERSON, by="worker-1", lease=lease)
    known = log.vouch(intent.case, "REC-7", by="Wang", comment="the platform took it after all")
    assert (known.state, known.record_id) == (State.SUBMITTED, "REC-7")
    with pytest.raises(ApprovalRefused, match="the platform took the round already"):
        log.approval_for(intent.case, Checkpoint.PACKET)
    assert log.earlier_intents(intent.case) == ()
    log.verify()


def test_a_refusal_ends_the_intent_and_wants_a_fresh_approval(log: CaseLog, desk: Desk) -> None:
    lease = desk.lease()
    intent = desk.intent(lease=lease)
    case = log.write_refusal(intent, "操作太快", lease=lease, to=State.READY)
    assert (case.state, case.note) == (State.READY, "操作太快")
    assert log.open_intent(case.id) is None
    with pytest.raises(ApprovalRefused):
        log.approval_for(case.id, Checkpoint.PACKET)
    desk.approve(case)
    log.verify()


def test_a_refused_case_goes_not_straight_back_to_work(log: CaseLog, desk: Desk) -> None:
    lease = desk.lease()
    intent = desk.intent(lease=lease)
    with pytest.raises(TransitionRefused, match="does not go to approved"):
        log.write_refusal(intent, "no", lease=lease, to=State.APPROVED)


def test_a_round_may_be_sent_again_after_a_release_and_a_fresh_approval(
    log: CaseLog, desk: Desk, clock: HandClock
) -> None:
    lease = desk.lease(seconds=10**6)
    intent = desk.intent(lease=lease)
    log.move(intent.case, State.UNCERTAIN, by="worker-1")
    clock.advance(hours=1)
    log.note_search(intent, complete=True, lease=lease)
    case = log.release(intent.case, by="Wang", comment="not in the records", grace=GRACE)
    assert case.state is State.READY
    with pytest.raises(ApprovalRefused):
        log.approval_for(case.id, Checkpoint.PACKET)
    desk.approve(case)
    log.move(case.id, State.PREPARING, by="worker-1", lease=lease)
    log.keep_read_back(case.id, desk.shown(case), digest="shown-2", screenshot=None, pack_digest="pack-1", lease=lease)
    log.decide(case.id, Checkpoint.FORM, Decision.APPROVED, digest="shown-2", by="Wang", ttl=DAY)
    log.move(case.id, State.SUBMITTING, by="worker-1", lease=lease)
    again = log.write_intent(case.id, lease=lease, read_back_digest="shown-2")
    assert again.id != intent.id
    log.verify()


def test_a_release_waits_for_a_complete_search_after_the_grace(log: CaseLog, desk: Desk, clock: HandClock) -> None:
    lease = desk.lease(seconds=10**6)
    intent = desk.intent(lease=lease)

    def release(comment: str = "not there") -> None:
        log.release(intent.case, by="Wang", comment=comment, grace=GRACE)

    with pytest.raises(TransitionRefused, match="nothing to release"):
        release()
    log.move(intent.case, State.UNCERTAIN, by="worker-1")
    with pytest.raises(ApprovalRefused, match="not searched yet"):
        release()
    log.note_search(intent, complete=True, lease=lease)
    with pytest.raises(ApprovalRefused, match="less than 30 minutes"):
        release()
    clock.advance(hours=1)
    log.note_search(intent, complete=False, lease=lease)
    with pytest.raises(ApprovalRefused, match="to their end"):
        release()
    log.note_search(intent, complete=True, lease=lease)
    with pytest.raises(ApprovalRefused, match="needs a comment"):
        release(" ")
    release()


def test_an_unknown_intent_is_named(log: CaseLog, desk: Desk) -> None:
    lease = desk.lease()
    intent = desk.intent(lease=lease)
    with pytest.raises(InputError, match="no intent 99"):
        log.note_search(replace(intent, id=99), complete=True, lease=lease)


def test_a_form_is_seen_once_a_person_approved_it_and_the_platform_took_it(log: CaseLog, desk: Desk) -> None:
    lease = desk.lease()
    other = desk.entered(2)
    intent = desk.intent(1, lease=lease, 手机号="138****0000")
    assert not log.form_seen(other.id, "pack-1")
    log.write_receipt(intent, RECEIPT, lease=lease)
    assert log.form_seen(other.id, "pack-1")
    assert log.form_seen(other.id, "pack-1", fields={"手机号"})
    assert not log.form_seen(other.id, "pack-1", fields={"手机号", "新字段"})
    assert not log.form_seen(other.id, "pack-2")
    assert not log.form_seen(desk.entered(3, store="store-2").id, "pack-1")
    assert not log.form_seen(desk.entered(4, channel="abnormal_review_report").id, "pack-1")


def test_a_form_that_was_never_shown_to_anybody_is_not_seen(log: CaseLog, desk: Desk) -> None:
    lease = desk.lease()
    case = desk.approved(1, store="store-2")
    log.move(case.id, State.SUBMITTING, by="worker-1", lease=lease)
    intent = log.write_intent(case.id, lease=lease, read_back_digest="shown-1")
    log.write_receipt(intent, RECEIPT, lease=lease)
    assert not log.form_seen(desk.entered(2, store="store-2").id, "pack-1")
