"""京东: what is peculiar there: the mark before the appeal, the sub-application, the page that looks lost, the tabs."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from automation.errors import Barrier, FlowError, Ineligible, PackError, ReviewMissing, SessionDead
from automation.model import Form, Medium, Notice, ReadBack, Record, SignIn
from fixtures.backoffice import MockSite
from tests.flows.visit import Bureau, Person, Visit, visit

pytestmark = pytest.mark.whole

PLATFORM = "jd"
CHANNEL = "dispute_appeal"


def fill(bureau: Bureau, leave: Path, seen: Any, **words: Any) -> tuple[Form, ReadBack]:
    """Open the form for one review's dispute, fill it, and read it back."""

    async def act(at: Visit) -> tuple[Form, ReadBack]:
        packet = at.packet(seen, channel=CHANNEL)
        return await at.fill(packet)

    return bureau.work(act, leave=leave, **words)


def stopped(bureau: Bureau, leave: Path, seen: Any) -> FlowError:
    with pytest.raises(FlowError) as caught:
        fill(bureau, leave, seen)
    assert bureau.site.control.counts().submits == 0
    return caught.value


def marks(bureau: Bureau, seen: Any) -> int:
    """How often the order of a review was marked."""
    return sum(
        int(one.more.get("marks", "0"))
        for one in bureau.site.control.reviews("s1")
        if one == seen or one.order_no == seen.order_no
    )


@pytest.mark.parametrize("look", ["usual", "whole_tab"])
def test_the_form_is_filled_on_another_host_in_a_frame_and_without_one(bureau: Bureau, leave: Path, look: str) -> None:
    bureau.site.control.drift(look)
    seen = bureau.site.control.add_review("s1")
    form, shown = fill(bureau, leave, seen)
    assert seen.order_no in form.review
    assert seen.order_no in shown.review
    assert (form.description_max, form.files_max, form.attempts_left) == (500, 5, None)
    assert [one.accepted for one in shown.uploads] == [True, True]
    assert bureau.site.control.counts().submits == 0


def test_an_order_is_marked_once_before_the_first_appeal_and_not_again(bureau: Bureau, leave: Path) -> None:
    seen = bureau.site.control.add_review("s1")
    fill(bureau, leave, seen)
    assert marks(bureau, seen) == 1
    fill(bureau, leave, seen)
    assert marks(bureau, seen) == 1


def test_an_order_that_somebody_has_marked_is_not_marked(bureau: Bureau, leave: Path) -> None:
    seen = bureau.site.control.add_review("s1", abnormal=True)
    fill(bureau, leave, seen)
    assert marks(bureau, seen) == 0


def test_a_mark_whose_answer_was_lost_is_seen_the_next_time(bureau: Bureau, leave: Path) -> None:
    bureau.site.control.fault("mark_answer_lost", times=1)
    seen = bureau.site.control.add_review("s1")
    stopped(bureau, leave, seen)
    fill(bureau, leave, seen)
    assert marks(bureau, seen) == 1


def test_a_dispute_whose_time_is_over_is_found_in_another_tab_and_says_so(bureau: Bureau, leave: Path) -> None:
    error = stopped(bureau, leave, bureau.site.control.add_review("s1", hours_ago=24 * 31))
    assert isinstance(error, Ineligible)
    assert error.barrier is Barrier.WINDOW_CLOSED
    assert "超时未申诉" in error.seen


def test_of_two_disputes_of_one_order_the_review_tells_which(bureau: Bureau, leave: Path) -> None:
    first = bureau.site.control.add_review("s1", text="东西坏了。")
    second = bureau.site.control.add_review("s1", order_no=first.order_no, text="不给钱就不改。")
    fill(bureau, leave, second)
    assert marks(bureau, second) == 1
    assert isinstance(stopped(bureau, leave, replace(second, text="一个字也没有写过。")), ReviewMissing)


def test_a_review_without_an_order_number_has_no_dispute_to_be_found_by(bureau: Bureau, leave: Path) -> None:
    error = stopped(bureau, leave, replace(bureau.site.control.add_review("s1"), order_no=""))
    assert isinstance(error, ReviewMissing)


def test_the_records_are_the_appeals_and_no_disputes(bureau: Bureau, leave: Path) -> None:
    async def act(at: Visit) -> tuple[tuple[Record, ...], bool]:
        read = await at.flow.records(at.site, CHANNEL, bureau.site.control.now() - timedelta(days=400))
        return read.rows, read.complete

    bureau.site.control.add_review("s1")
    rows, complete = bureau.work(act, leave=leave)
    assert complete
    assert len(rows) == 23
    assert all(row.record_id.startswith("AP") and row.filed_at and row.reason and row.status for row in rows)


def test_without_an_unread_message_header_and_menu_have_the_same_words(bureau: Bureau, leave: Path) -> None:
    async def act(at: Visit) -> list[tuple[Notice, ...]]:
        since, looks = bureau.site.control.now() - timedelta(days=90), []
        for _ in range(2):  # whatever was unread is read then
            await at.site.open("disputes")
            looks.append(await at.flow.notices(at.site, since))
        return looks

    first, second = bureau.work(act, leave=leave)
    assert first == second


def test_a_session_that_dies_inside_the_frame_is_known_by_the_page_that_looks_lost(bureau: Bureau, leave: Path) -> None:
    bureau.site.control.fault("session_dies_halfway", at="form", times=1)
    assert isinstance(stopped(bureau, leave, bureau.site.control.add_review("s1")), SessionDead)


def test_the_question_about_the_mark_is_never_taken_for_the_one_about_the_appeal(bureau: Bureau, leave: Path) -> None:
    override = 'elements: {confirm.box: {find: [{css: ".{prefix}-message-box"}]}}\n'
    seen = bureau.site.control.add_review("s1")
    with pytest.raises(PackError, match="marked irreversible"):
        fill(bureau, leave, seen, override=override)
    assert marks(bureau, seen) == 0


def test_an_expired_session_that_looks_like_a_lost_page_is_signed_in_anew(site: MockSite, tmp_path: Path) -> None:
    async def act(at: Visit, person: Person) -> list[tuple[Medium, str]]:
        await at.sign_in()
        site.control.expire_sessions()
        await at.sign_in()
        assert await at.flow.store_shown(at.site) == at.store.name
        return person.asked

    agency = site.control.accounts()[2]  # with a check by SMS in the frame, and a choice of stores around it
    asked = visit(site, tmp_path / "home", act, who=agency, store="s2")
    assert [(medium, agency.masked in destination) for medium, destination in asked] == [(Medium.SMS, True)] * 2


def test_a_qr_code_in_the_frame_is_shown_to_a_person(site: MockSite, tmp_path: Path) -> None:
    async def act(at: Visit, person: Person) -> int:
        await at.sign_in()
        return len(person.pictures)

    assert visit(site, tmp_path / "home", act, sign_in=SignIn.QR) >= 1
