"""Many packets are decided about together: compared, each approved by itself, nearly the same texts confirmed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, expect

from automation.console.access import Role
from automation.model import Case, Checkpoint, Decision, State
from tests.console.room import DESCRIPTION, Room

ENGLISH = {"accept-language": "en"}
OWN = (
    "3月6日买家在平台外的群里组织多人下单后集中差评，群聊截图显示其要求每人拍照留证。",
    "物流记录显示包裹3月7日才签收，而评价写于3月5日，评价时买家尚未收到商品。",
    "该评价附图为另一家店铺的商品，图中吊牌与本店商品不同，订单记录可以对照。",
)


def items(cases: Sequence[Case]) -> list[str]:
    return [f"{case.id}:{case.digest}" for case in cases]


def states(shared: Room, cases: Sequence[Case]) -> list[State]:
    return [shared.log.case(case.id).state for case in cases]


def test_what_is_equal_is_said_once_and_differences_are_marked(shared: Room) -> None:
    twins = [shared.case(description=DESCRIPTION), shared.case(description=DESCRIPTION.replace("50元", "80元"))]
    other = shared.case(description=OWN[0], stars="2")
    with shared.client() as client:
        answer = client.get("/batch", headers=ENGLISH)
        assert all(f'name="case" value="{case.id}"' in answer.text for case in (*twins, other))
        chosen = {"case": [case.id for case in (*twins, other)]}
        page = client.get("/batch/review", params=chosen, headers=ENGLISH).text
    assert "<dt>store</dt><dd>1号测试店</dd>" in page
    assert page.count("1号测试店") == 1
    assert "2 nearly identical descriptions of one store" in page
    assert "<del>50</del><ins>80</ins>元" in page
    assert 'name="confirmed"' not in page
    assert page.count("/evidence/1") >= 3
    assert re.search(r"<small>stars</small> 2<", page)


def test_each_gets_its_own_approval_and_a_changed_one_is_left_out(shared: Room) -> None:
    cases = [shared.case(description=text) for text in OWN]
    sent = {"decision": "approved", "item": items(cases)}
    shared.log.change_packet(cases[1].id, cases[1].packet, by="ann")
    shared.log.change_packet(cases[2].id, replace(cases[2].packet, description=OWN[2] + "另附照片。"), by="ann")
    with shared.client("Wang") as client:
        answer = client.post("/batch/decision", data=sent, headers=ENGLISH)
    assert answer.status_code == 200
    assert "2 approved" in answer.text
    assert "1 left out" in answer.text
    assert states(shared, cases) == [State.APPROVED, State.APPROVED, State.READY]
    for case in cases[:2]:
        approval = shared.log.approval_for(case.id, Checkpoint.PACKET)
        assert (approval.digest, approval.by, approval.decision) == (case.digest, "Wang", Decision.APPROVED)
    with shared.client() as client:
        again = client.post("/batch/decision", data=sent, headers=ENGLISH)
    assert again.status_code == 409
    assert "Wang" in again.text


def test_nearly_the_same_text_from_several_stores_needs_its_own_yes(shared: Room) -> None:
    kin = [
        shared.case("s1"),
        shared.case("s2", description=DESCRIPTION.replace("50元", "1600元") + "订单号6920123456789012345。"),
    ]
    alone = shared.case("s2", description=OWN[1])
    every = [*kin, alone]
    sent = {"decision": "approved", "item": items(every)}
    confirmed = ",".join(str(case.id) for case in kin)
    with shared.client() as client:
        page = client.get("/batch/review", params={"case": [case.id for case in every]}).text
        assert f'name="confirmed" required value="{confirmed}"' in page
        for wrong in ("", str(kin[0].id), f"{kin[0].id},{alone.id}"):
            answer = client.post("/batch/decision", data=sent | ({"confirmed": wrong} if wrong else {}))
            assert answer.status_code == 422
        assert states(shared, every) == [State.READY] * 3
        assert client.post("/batch/decision", data=sent | {"confirmed": confirmed}).status_code == 200
    assert states(shared, every) == [State.APPROVED] * 3


def test_many_are_sent_back_with_one_comment(shared: Room) -> None:
    cases = [shared.case(description=text) for text in OWN[:2]]
    sent = {"decision": "rejected", "item": items(cases)}
    with shared.client() as client:
        assert client.post("/batch/decision", data=sent).status_code == 422
        assert client.post("/batch/decision", data=sent | {"comment": "请补充聊天截图"}).status_code == 200
    assert states(shared, cases) == [State.DRAFT] * 2
    assert {shared.log.approvals(case.id)[0].comment for case in cases} == {"请补充聊天截图"}


@pytest.mark.parametrize(
    ("role", "clients", "status"), [(Role.ENTRY, None, 403), (Role.APPROVER, frozenset({"North"}), 404)]
)
def test_who_may_not_decide_about_all_of_them_decides_about_none(
    shared: Room, role: Role, clients: frozenset[str] | None, status: int
) -> None:
    cases = [shared.case("s1", description=OWN[0]), shared.case("s2", description=OWN[1])]
    with shared.client("Zhao", role, clients) as client:
        assert client.get("/batch/review", params={"case": [case.id for case in cases]}).status_code == status
        sent = {"decision": "approved", "item": items(cases)}
        assert client.post("/batch/decision", data=sent).status_code == status
        if clients:
            assert f'value="{cases[1].id}"' not in client.get("/batch").text
    assert states(shared, cases) == [State.READY] * 2


def test_the_inbox_leads_there_with_its_filters(shared: Room) -> None:
    for text in OWN[:2]:
        shared.case("s2", description=text)
    with shared.client() as client:
        page = client.get("/", params={"view": "approve", "store": "s2"}).text
        assert 'href="/batch?view=approve&amp;store=s2"' in page
        listed = client.get("/batch", params={"store": "s2"}).text
    assert "1号测试店" not in listed
    assert "2号测试店" in listed


def test_a_dozen_is_approved_without_a_mouse(console: Room, browser: Browser) -> None:
    cases = [console.case(store) for store in ("s1", "s2") for _ in range(6)]
    with browser.new_context(locale="en-GB") as context:
        page = context.new_page()
        page.goto(console.served.invite())
        press = page.keyboard.press
        with page.expect_navigation(url="**/batch*"):
            press("b")
        press("Shift+A")
        press("j")
        press("j")
        press("x")
        expect(page.get_by_role("button", name="Compare the ticked (11)")).to_be_enabled()
        with page.expect_navigation(url="**/batch/review*"):
            press("c")
        press("a")
        assert states(console, cases) == [State.READY] * 12
        confirmation = page.get_by_role("checkbox", name=re.compile("2 stores would send 11 nearly identical"))
        expect(confirmation).to_be_focused()
        press("j")
        press("x")
        expect(confirmation).to_be_checked()
        press("a")
        expect(page.get_by_text("11 approved")).to_be_visible()
        assert page.url == f"{console.url}/batch"
        press("b")
        expect(page.get_by_role("checkbox")).to_have_count(1)
    assert sorted(states(console, cases)) == [State.APPROVED] * 11 + [State.READY]
    assert console.log.case(cases[1].id).state is State.READY


def test_the_list_holds_what_each_buyer_wrote_folded(shared: Room) -> None:
    case = shared.case(review_text="不给红包就差评，大家避雷")
    with shared.client() as client:
        page = client.get("/batch", headers=ENGLISH).text
    row = page.partition(f'data-row="{case.id}"')[2]
    folded = row.partition('<details class="buyer">')[2].partition("</details>")[0]
    assert "What the buyer wrote" in folded
    assert "不给红包就差评，大家避雷" in folded
