"""What else is done with a case: offered where its state allows it, to whom it is given, and refused honestly."""

from __future__ import annotations

import re

import pytest

from automation.console.access import Role
from automation.model import Case, Checkpoint, Decision, FormPolicy, Notice, Outcome, State, Store
from tests.console.room import Room

ENGLISH = {"accept-language": "en"}


def offers(page: str) -> set[str]:
    return set(re.findall(r'name="act" value="([\w-]+)"', page))


def uncertain(shared: Room) -> Case:
    """A case around whose click the worker stopped."""
    log = shared.log
    log.put_store(Store("s3", "douyin_shop", "3号测试店", "a1", client="North", form_policy=FormPolicy.NEVER), by="ann")
    case = shared.case("s3")
    with shared.client() as client:
        client.post(f"/cases/{case.id}/decision", data={"decision": "approved", "digest": case.digest})
    lease = log.take_lease("account:a1", worker="w", seconds=60)
    assert lease is not None
    log.move(case.id, State.SUBMITTING, by="w", lease=lease)
    log.write_intent(case.id, lease=lease, read_back_digest="shown")
    log.drop(lease)
    return log.move(case.id, State.UNCERTAIN, by="w")


def test_a_case_is_withdrawn_with_a_comment_and_taken_up_again(shared: Room) -> None:
    case = shared.case()
    with shared.client("Chen", Role.ENTRY) as client:
        page = client.get(f"/cases/{case.id}").text
        assert offers(page) == {"withdraw"}
        assert f'href="/cases/{case.id}/edit" data-key="e"' in page
        assert client.post(f"/cases/{case.id}/act", data={"act": "withdraw"}).status_code == 409
        sent = {"act": "withdraw", "comment": "买家已改评"}
        answer = client.post(f"/cases/{case.id}/act", data=sent)
        assert answer.headers["location"] == f"/cases/{case.id}?done=moved"
        assert (shared.log.case(case.id).state, shared.log.case(case.id).note) == (State.WITHDRAWN, "买家已改评")
        assert offers(client.get(f"/cases/{case.id}").text) == {"resume"}
        late = client.post(f"/cases/{case.id}/act", data=sent, headers=ENGLISH)
        assert late.status_code == 409
        assert "the case is withdrawn by now" in late.text
        assert late.headers["hx-push-url"] == f"/cases/{case.id}"
        assert client.post(f"/cases/{case.id}/act", data={"act": "resume"}).status_code == 303
    assert shared.log.case(case.id).state is State.READY
    assert shared.log.events(case.id)[-1].by == "Chen"


def test_an_uncertain_case_is_settled_by_its_record_and_never_released_unproven(shared: Room) -> None:
    case = uncertain(shared)
    with shared.client("Wang", Role.APPROVER) as client, shared.client("Chen", Role.ENTRY) as clerk:
        assert offers(client.get(f"/cases/{case.id}").text) == {"settle", "release"}
        assert not offers(clerk.get(f"/cases/{case.id}").text)
        seen = {"act": "release", "comment": "后台没有"}
        assert clerk.post(f"/cases/{case.id}/act", data=seen).status_code == 403
        refused = client.post(f"/cases/{case.id}/act", data=seen)
        assert refused.status_code == 409
        assert "还没有查找过平台记录" in refused.text
        named = {"act": "settle", "record": "REC-77", "comment": "后台记录中看到"}
        assert client.post(f"/cases/{case.id}/act", data=named).status_code == 303
    now = shared.log.case(case.id)
    assert (now.state, now.record_id) == (State.SUBMITTED, "REC-77")


def test_a_click_that_was_given_up_is_settled_by_its_record_where_a_person_is_needed(shared: Room) -> None:
    case = uncertain(shared)
    intent = shared.log.open_intent(case.id)
    assert intent is not None
    lease = shared.log.take_lease("account:a1", worker="w", seconds=60)
    assert lease is not None
    shared.log.write_refusal(intent, "操作太快", lease=lease, to=State.READY)
    shared.log.drop(lease)
    with shared.client() as client:
        client.post(f"/cases/{case.id}/decision", data={"decision": "approved", "digest": case.digest})
        shared.log.move(case.id, State.NEEDS_PERSON, by="w", note="an earlier click may have arrived")
        assert offers(client.get(f"/cases/{case.id}").text) == {"resume", "settle", "withdraw", "closed"}
        named = {"act": "settle", "record": "REC-78", "comment": "后台记录中看到"}
        assert client.post(f"/cases/{case.id}/act", data=named).status_code == 303
    assert shared.log.case(case.id).record_id == "REC-78"


def test_an_answer_that_nobody_understood_gets_its_meaning_and_the_next_round_opens(shared: Room) -> None:
    case = uncertain(shared)
    shared.log.vouch(case.id, f"REC-{case.id}", by="Wang", comment="看到")
    shared.log.write_result(case.id, Outcome.UNKNOWN, record=None, notice=Notice("N1", "已受理完毕"), by="w")
    with shared.client() as client:
        page = client.get(f"/cases/{case.id}").text
        assert offers(page) == {"upheld", "rejected", "more_evidence", "next-round", "closed"}
        assert '/edit"' not in page
        said = {"act": "rejected", "comment": "客服电话说不成立"}
        assert client.post(f"/cases/{case.id}/act", data=said).status_code == 303
        assert offers(client.get(f"/cases/{case.id}").text) == {"next-round", "closed"}
        assert client.post(f"/cases/{case.id}/act", data={"act": "next-round"}).status_code == 303
    now = shared.log.case(case.id)
    assert (now.state, now.packet.round) == (State.DRAFT, 2)
    assert shared.log.results(case.id)[-1].by == "Li Na"


def test_an_option_of_the_form_becomes_the_reason_and_is_kept(shared: Room) -> None:
    case = shared.case()
    with shared.client() as client:
        client.post(f"/cases/{case.id}/decision", data={"decision": "approved", "digest": case.digest})
        shared.log.keep_offered(case.id, ["要挟商家", "其他原因"], by="w")
        shared.log.move(case.id, State.DRAFT, by="w", note="页面没有这个理由")
        page = client.get(f"/cases/{case.id}").text
        assert offers(page) == {"reason", "withdraw"}
        assert 'name="choice" value="要挟商家"' in page
        wrong = client.post(f"/cases/{case.id}/act", data={"act": "reason", "choice": "没有的选项"})
        assert wrong.status_code == 422
        sent = {"act": "reason", "choice": "要挟商家", "keep": "true"}
        assert client.post(f"/cases/{case.id}/act", data=sent).status_code == 303
    now = shared.log.case(case.id)
    assert (now.packet.reason, now.state) == ("extortion=要挟商家", State.READY)
    kept = shared.office.settings.packs_folder / "douyin_shop.yaml"
    assert "要挟商家" in kept.read_text(encoding="utf-8")


@pytest.mark.parametrize(("role", "status"), [(Role.VIEWER, 403), (Role.ENTRY, 404)])
def test_who_may_not_does_not(shared: Room, role: Role, status: int) -> None:
    case = shared.case("s2")
    with shared.client("Wu", role, frozenset({"North"})) as client:
        answer = client.post(f"/cases/{case.id}/act", data={"act": "withdraw", "comment": "x"})
        assert answer.status_code == status
    assert shared.log.case(case.id).state is State.READY
    with shared.client("Wu", Role.VIEWER) as viewer:
        assert not offers(viewer.get(f"/cases/{case.id}").text)


def test_two_people_act_at_once_and_the_second_is_told(shared: Room) -> None:
    case = shared.case()
    with shared.client() as client, shared.client("Wang") as other:
        client.post(f"/cases/{case.id}/decision", data={"decision": "approved", "digest": case.digest})
        assert shared.log.approval_for(case.id, Checkpoint.PACKET).decision is Decision.APPROVED
        assert other.post(f"/cases/{case.id}/act", data={"act": "withdraw", "comment": "a"}).status_code == 303
        answer = client.post(f"/cases/{case.id}/act", data={"act": "withdraw", "comment": "b"}, headers=ENGLISH)
    assert answer.status_code == 409
    assert shared.log.case(case.id).note == "a"
