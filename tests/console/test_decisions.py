"""A decision counts for what was looked at, once, and can be taken back while nothing was sent."""

from __future__ import annotations

from datetime import timedelta

from automation.console.access import Role
from automation.model import Case, Checkpoint, Decision, State
from tests.console.room import DESCRIPTION, Room


def yes(case: Case) -> dict[str, str]:
    return {"decision": "approved", "digest": case.digest}


def test_the_case_page_shows_all_that_is_decided_about(console: Room) -> None:
    case = console.case()
    with console.client() as client:
        page = client.get(f"/cases/{case.id}").text
        for shown in (DESCRIPTION, case.packet.review.text, case.packet.review.order_no, case.digest[:12]):
            assert shown in page
        picture = client.get(f"/cases/{case.id}/evidence/1")
        assert picture.content == case.packet.evidence[0].path.read_bytes()
        assert "sandbox" in picture.headers["content-security-policy"]
        download = client.get(f"/cases/{case.id}/evidence/1?download=true")
        assert download.headers["content-disposition"].startswith("attachment")
        assert client.get(f"/cases/{case.id}/evidence/2").status_code == 404


def test_an_approval_is_that_persons_and_of_that_digest(console: Room) -> None:
    case = console.case()
    with console.client("Chen", Role.APPROVER) as client:
        assert client.post(f"/cases/{case.id}/decision", data=yes(case)).headers["location"] == (
            f"/cases/{case.id}?done=approved"
        )
    (made,) = console.log.approvals(case.id)
    assert (made.by, made.digest, made.checkpoint) == ("Chen", case.digest, Checkpoint.PACKET)


def test_whoever_is_second_is_told_who_was_first(console: Room) -> None:
    case = console.case()
    with console.client("Chen") as first, console.client("Wang") as second:
        assert first.post(f"/cases/{case.id}/decision", data=yes(case)).status_code == 303
        answer = second.post(f"/cases/{case.id}/decision", data={**yes(case), "decision": "rejected", "comment": "no"})
    assert answer.status_code == 409
    assert "Chen 已于" in answer.text
    assert "您的决定没有生效" in answer.text
    assert console.log.case(case.id).state is State.APPROVED
    assert len(console.log.approvals(case.id)) == 1


def test_what_changed_meanwhile_is_not_approved(console: Room) -> None:
    case = console.case()
    with console.client() as client:
        answer = client.post(f"/cases/{case.id}/decision", data={"decision": "approved", "digest": "0" * 64})
    assert answer.status_code == 409
    assert "材料在您查看之后有变动" in answer.text
    assert console.log.approvals(case.id) == []


def test_sending_back_needs_a_comment_and_keeps_it(console: Room) -> None:
    case = console.case()
    no = {"decision": "rejected", "digest": case.digest}
    with console.client() as client:
        assert client.post(f"/cases/{case.id}/decision", data=no).status_code == 409
        assert client.post(f"/cases/{case.id}/decision", data={**no, "comment": "缺聊天截图"}).status_code == 303
        assert "缺聊天截图" in client.get(f"/cases/{case.id}").text
    assert console.log.case(case.id).state is State.DRAFT


def test_an_approval_is_taken_back_before_work_begins_and_not_after(console: Room) -> None:
    first, second = console.case("s1"), console.case("s2")
    with console.client() as client:
        for case in (first, second):
            client.post(f"/cases/{case.id}/decision", data=yes(case))
        assert client.post(f"/cases/{first.id}/undo").status_code == 303
        assert console.log.case(first.id).state is State.READY
        console.log.move(second.id, State.PREPARING, by="worker")
        assert client.post(f"/cases/{second.id}/undo").status_code == 409
    assert console.log.case(second.id).state is State.PREPARING


def test_ones_own_work_is_not_ones_own_to_approve_where_that_is_set(console: Room) -> None:
    console.office.__dict__["settings"] = console.office.settings.model_copy(update={"bar_author": True})
    case = console.case()
    with console.client("ann", Role.APPROVER) as author, console.client("Chen", Role.APPROVER) as other:
        assert author.post(f"/cases/{case.id}/decision", data=yes(case)).status_code == 409
        assert other.post(f"/cases/{case.id}/decision", data=yes(case)).status_code == 303


def test_the_timeline_tells_who_did_what(console: Room) -> None:
    case = console.case()
    ttl = timedelta(hours=1)
    console.log.decide(case.id, Checkpoint.PACKET, Decision.APPROVED, digest=case.digest, by="Chen", ttl=ttl)
    with console.client() as client:
        page = client.get(f"/cases/{case.id}").text
        timeline = page[page.index('class="timeline"') :]
    assert timeline.index("审批") < timeline.index("录入")
    assert "Chen" in timeline
    assert "ann" in timeline
