"""淘宝/天猫: what only this back-office does: frames, two steps with one label, rows without ids, tabs without URLs."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from automation.errors import (
    Barrier,
    ChallengeUnanswered,
    ElementMissing,
    HandOver,
    Ineligible,
    PackError,
    ReviewMissing,
)
from automation.model import Form, Intent, ReadBack
from fixtures.backoffice import MockSite
from tests.flows.visit import Bureau, Person, Visit, visit

pytestmark = pytest.mark.whole

PLATFORM = "taobao"
COMPLAINT, CENTRE = "review_complaint", "appeal_centre"
CONFUSED = """
elements:
  review_complaint.again:
    {source: assumed, control: button, within: review_complaint.form, find: [{role: button, name: 提交}]}
"""


async def fill(at: Visit, seen: Any, channel: str) -> tuple[Form, ReadBack]:
    """Open the form of one review, fill it, and read it back."""
    packet = at.packet(seen, channel=channel, files=0 if channel == COMPLAINT else 3)
    return await at.fill(packet)


def test_the_first_submit_of_a_complaint_only_leads_to_the_second_and_neither_is_taken_for_the_other(
    bureau: Bureau, leave: Path
) -> None:
    seen = bureau.site.control.add_review("s1")

    async def act(at: Visit) -> None:
        intent = Intent(1, 1, 1, "made-up", datetime.now(UTC))
        packet = at.packet(seen, channel=COMPLAINT, files=0)
        form = await at.flow.open_form(at.site, COMPLAINT, packet.review)
        assert len(form.reasons) == 13
        with pytest.raises(ElementMissing, match=r"review_complaint\.submit"):  # a button 提交 is there, not the one
            await at.session.press_submit(intent, at.pack.channels[COMPLAINT])
        await at.flow.fill(at.site, COMPLAINT, at.filling(packet, form.reasons))
        with pytest.raises(ElementMissing, match=r"review_complaint\.next"):
            await at.site.click("review_complaint.next")
        with pytest.raises(PackError, match="irreversible"):
            await at.site.click("review_complaint.again")
        assert bureau.site.control.counts().submits == 0

    bureau.work(act, override=CONFUSED, leave=leave)


def test_the_type_is_read_from_the_first_step_where_the_second_does_not_repeat_it(bureau: Bureau, leave: Path) -> None:
    bureau.site.control.fault("type_not_repeated")
    seen = bureau.site.control.add_review("s1")
    _, shown = bureau.work(lambda at: fill(at, seen, COMPLAINT), leave=leave)
    assert shown.reason == "购买A商品评价B商品"
    assert seen.order_no in shown.review


def test_a_complaint_that_is_refused_inside_its_frame_says_why(bureau: Bureau, leave: Path) -> None:
    bureau.site.control.fault("already_appealed")
    seen = bureau.site.control.add_review("s1")
    with pytest.raises(Ineligible) as caught:
        bureau.work(lambda at: fill(at, seen, COMPLAINT), leave=leave)
    assert caught.value.barrier is Barrier.ALREADY_APPEALED


def test_rows_without_ids_are_told_apart_by_order_text_and_time(bureau: Bureau, leave: Path) -> None:
    control = bureau.site.control
    first = control.add_review("s1", text="不给钱就不改。", hours_ago=50)
    second = control.add_review("s1", text="不给钱就不改。", hours_ago=2, order_no=first.order_no)
    control.add_review("s1", text="第三件坏了。", hours_ago=2, order_no=first.order_no)

    async def act(at: Visit) -> list[str]:
        found = []
        for seen in (first, second):
            await at.flow.open_form(at.site, COMPLAINT, at.packet(seen, channel=COMPLAINT).review)
            found += [frame.url for frame in at.session.page.frames if "rateId" in frame.url]
        return found

    urls = bureau.work(act, leave=leave)
    assert [url.rpartition("=")[2] for url in urls] == [first.review_id, second.review_id]
    another = replace(first, posted_at=first.posted_at + timedelta(hours=3))
    with pytest.raises(ReviewMissing):
        bureau.work(lambda at: fill(at, another, COMPLAINT), leave=leave)
    control.add_review("s1", text="不给钱就不改。", posted_at=second.posted_at, order_no=first.order_no)
    with pytest.raises(ReviewMissing, match="2 rows"):
        bureau.work(lambda at: fill(at, second, COMPLAINT), leave=leave)


def test_the_order_is_looked_for_under_the_tab_of_disputes_whatever_the_url_says(bureau: Bureau, leave: Path) -> None:
    seen = bureau.site.control.add_review("s1", hours_ago=200)
    form, shown = bureau.work(lambda at: fill(at, seen, CENTRE), leave=leave)
    assert form.reasons[:2] == ("买家滥用评价权利", "买家恶意骚扰")  # another tab has the order too
    assert (form.files_max, form.description_max) == (5, 500)
    assert seen.order_no in shown.review


def test_all_evidence_is_uploaded_at_once_in_its_order(bureau: Bureau, leave: Path) -> None:
    seen = bureau.site.control.add_review("s1")
    _, shown = bureau.work(lambda at: fill(at, seen, CENTRE), leave=leave)
    assert [one.name for one in shown.uploads] == ["chat0.png", "chat1.png", "chat2.png"]
    kept = bureau.site.control.uploads()
    assert {one.group for one in kept} == {"1"}
    assert {one.sha256 for one in kept} == {one.sha256 for one in shown.uploads}


@pytest.mark.parametrize("channel", [COMPLAINT, CENTRE])
def test_a_modal_whose_only_button_is_to_deal_with_it_now_is_left_to_a_person(
    bureau: Bureau, leave: Path, channel: str
) -> None:
    bureau.site.control.fault("urgent_modal")
    seen = bureau.site.control.add_review("s1")
    with pytest.raises(HandOver, match="立即处理"):
        bureau.work(lambda at: fill(at, seen, channel), leave=leave)
    assert "/api/urgent" not in bureau.site.control.counts().posts


def test_a_sign_in_whose_frame_is_replaced_while_one_types_is_typed_anew(
    site: MockSite, tmp_path: Path, leave: Path
) -> None:
    site.control.fault("frame_replaced_late")

    async def enter(at: Visit, person: Person) -> str:
        await at.sign_in()
        assert person.asked == []
        return await at.flow.store_shown(at.site)

    assert visit(site, tmp_path / "home", enter, leave=leave) == site.control.stores()[0].name
    assert [n for path, n in site.control.counts().posts.items() if path.endswith("/login/password")] == [1]


def test_an_empty_form_that_a_replaced_frame_had_refused_is_typed_anew(
    site: MockSite, tmp_path: Path, leave: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def enter(at: Visit, _: Person) -> str:
        click, late = at.site.click, ["now"]

        async def clicked(key: str, **words: Any) -> None:
            if key == "login.enter" and late:
                late.pop()
                await at.site.page.evaluate("(frame => { frame.src = frame.src })(document.querySelector('iframe'))")
                await at.site.page.frame_locator("iframe").get_by_text("获取验证码").wait_for()
            await click(key, **words)

        monkeypatch.setattr(at.site, "click", clicked)
        await at.sign_in()
        return await at.flow.store_shown(at.site)

    assert visit(site, tmp_path / "home", enter, leave=leave) == site.control.stores()[0].name
    assert [n for path, n in site.control.counts().posts.items() if path.endswith("/login/password")] == [1]


def test_a_wrong_password_is_given_once(site: MockSite, tmp_path: Path, leave: Path) -> None:
    with pytest.raises(ChallengeUnanswered, match="refused"):
        visit(site, tmp_path / "home", lambda at, _: at.sign_in(), password="made-up-Wrong-1", leave=leave)
    assert [n for path, n in site.control.counts().posts.items() if path.endswith("/login/password")] == [1]
