from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from automation.caselog import CaseLog
from automation.errors import ApprovalRefused, InputError
from automation.model import Checkpoint, Decision, Finding, State
from tests.caselog.conftest import DAY, Desk
from tests.conftest import HandClock


def test_an_approval_says_who_what_and_until_when(log: CaseLog, desk: Desk, clock: HandClock) -> None:
    case = desk.approved()
    assert case.state is State.APPROVED
    approval = log.approval_for(case.id, Checkpoint.PACKET)
    assert (approval.by, approval.digest, approval.at) == ("Wang", case.digest, clock.now)
    assert approval.expires_at == clock.now + 3 * DAY
    assert log.approvals(case.id) == [approval]


def test_an_approval_expires(log: CaseLog, desk: Desk, clock: HandClock) -> None:
    case = desk.approved()
    clock.advance(days=3)
    with pytest.raises(ApprovalRefused, match="expired at 2026-03-05 09:00 UTC"):
        log.approval_for(case.id, Checkpoint.PACKET)


def test_nobody_decided_yet(log: CaseLog, desk: Desk) -> None:
    case = desk.entered()
    with pytest.raises(ApprovalRefused, match="nobody decided yet"):
        log.approval_for(case.id, Checkpoint.PACKET)


def test_a_stale_digest_is_refused(log: CaseLog, desk: Desk) -> None:
    case = desk.entered()
    log.change_packet(case.id, replace(case.packet, description="买家索要 50 元"), by="Zhao")
    with pytest.raises(ApprovalRefused, match="not what was looked at"):
        desk.approve(case)


def test_a_description_changed_in_the_database_is_not_approved_any_more(
    log: CaseLog, desk: Desk, database_url: str
) -> None:
    case = desk.approved()
    engine = sa.create_engine(database_url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE packets SET description = description || '!'")
    engine.dispose()
    with pytest.raises(ApprovalRefused, match="digest changed"):
        log.approval_for(case.id, Checkpoint.PACKET)


def test_a_rejection_needs_a_comment_and_leads_back(log: CaseLog, desk: Desk) -> None:
    case = desk.entered()
    reject = {"digest": case.digest, "by": "Wang", "ttl": DAY}
    with pytest.raises(ApprovalRefused, match="needs a comment"):
        log.decide(case.id, Checkpoint.PACKET, Decision.REJECTED, comment=" ", **reject)  # type: ignore[arg-type]
    log.decide(case.id, Checkpoint.PACKET, Decision.REJECTED, comment="没有证据", **reject)  # type: ignore[arg-type]
    assert (log.case(case.id).state, log.case(case.id).note) == (State.DRAFT, "没有证据")
    with pytest.raises(ApprovalRefused, match="Wang rejected it"):
        log.approval_for(case.id, Checkpoint.PACKET)


def test_an_author_may_be_barred(log: CaseLog, desk: Desk) -> None:
    case = desk.entered()
    with pytest.raises(ApprovalRefused, match="somebody else"):
        desk.approve(case, by="chen ", bar_author=True)
    changed = log.change_packet(case.id, case.packet, by="Wang")
    with pytest.raises(ApprovalRefused, match="Wang made the packet"):
        desk.approve(changed, bar_author=True)
    desk.approve(changed, by="Zhao", bar_author=True)


def test_a_barred_author_may_still_reject(log: CaseLog, desk: Desk) -> None:
    case = desk.entered()
    log.decide(
        case.id,
        Checkpoint.PACKET,
        Decision.REJECTED,
        digest=case.digest,
        by="Chen",
        comment="withdrawn",
        ttl=DAY,
        bar_author=True,
    )


def test_only_a_waiting_case_is_decided(log: CaseLog, desk: Desk) -> None:
    case = desk.approved()
    with pytest.raises(ApprovalRefused, match="does not wait for the packet checkpoint"):
        desk.approve(case)
    blocked, _ = log.enter(desk.packet(2), by="Chen", findings=[Finding("x", "no", "reason", blocks=True)])
    with pytest.raises(ApprovalRefused, match="draft"):
        desk.approve(blocked)
    with pytest.raises(InputError, match="some time"):
        desk.approve(desk.entered(3), ttl=timedelta())


def test_the_form_checkpoint_is_about_the_kept_read_back(log: CaseLog, desk: Desk) -> None:
    lease = desk.lease()
    case = desk.prepared(lease=lease, 原因="恶意")
    kept = log.read_back(case.id)
    assert kept is not None
    assert kept.read_back == desk.shown(case, 原因="恶意")
    assert kept.screenshot is not None
    assert kept.screenshot.read_bytes() == b"picture"
    with pytest.raises(ApprovalRefused, match="not what was looked at"):
        log.decide(case.id, Checkpoint.FORM, Decision.APPROVED, digest=case.digest, by="Wang", ttl=DAY)
    log.decide(case.id, Checkpoint.FORM, Decision.APPROVED, digest=kept.digest, by="Wang", ttl=DAY)
    assert log.case(case.id).state is State.CONFIRMED
    assert log.approval_for(case.id, Checkpoint.FORM).digest == kept.digest


def test_a_rejected_form_takes_the_packets_approval_with_it(log: CaseLog, desk: Desk) -> None:
    case = desk.prepared(lease=desk.lease())
    log.decide(case.id, Checkpoint.FORM, Decision.REJECTED, digest="shown-1", by="Wang", comment="wrong", ttl=DAY)
    assert log.case(case.id).state is State.READY
    with pytest.raises(ApprovalRefused, match="void"):
        log.approval_for(case.id, Checkpoint.PACKET)


def test_a_case_that_goes_back_to_work_needs_its_form_seen_again(log: CaseLog, desk: Desk) -> None:
    case = desk.prepared(lease=desk.lease())
    log.decide(case.id, Checkpoint.FORM, Decision.APPROVED, digest="shown-1", by="Wang", ttl=DAY)
    log.move(case.id, State.APPROVED, by="worker-1", note="the form changed")
    with pytest.raises(ApprovalRefused, match="void"):
        log.approval_for(case.id, Checkpoint.FORM)
    log.approval_for(case.id, Checkpoint.PACKET)
    log.verify()
