"""抖店: finding the review, filling the form of both channels, and reading what came of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from automation.errors import Barrier, Drift, FlowError, HandOver, Ineligible, PacketUnfit, ReviewMissing, Throttled
from automation.model import Form, ReadBack
from tests.flows.visit import Bureau, Visit

PLATFORM = "douyin_shop"

CHANNELS = ["review_appeal", "abnormal_review_report"]


def fill(bureau: Bureau, leave: Path, seen: Any, channel: str, **words: Any) -> tuple[Form, ReadBack]:
    """Open the form of one review, fill it, and read it back."""

    async def act(at: Visit) -> tuple[Form, ReadBack]:
        packet = at.packet(seen, channel=channel)
        return await at.fill(packet)

    return bureau.work(act, leave=leave, **words)


@pytest.mark.parametrize("channel", CHANNELS)
def test_the_form_shows_exactly_the_packet_and_nothing_is_sent(bureau: Bureau, leave: Path, channel: str) -> None:
    seen = bureau.site.control.add_review("s1")
    form, shown = fill(bureau, leave, seen, channel)
    assert seen.order_no in shown.review
    assert seen.order_no in form.review
    assert [one.accepted for one in shown.uploads] == [True, True]
    assert shown.fields == {f"{channel}.form": ""}
    counts = bureau.site.control.counts()
    assert (counts.submits, counts.stored) == (0, 0)
    assert counts.upload_posts == 2


def test_what_the_form_offers_is_read_from_the_page(bureau: Bureau, leave: Path) -> None:
    bureau.site.control.switch("attempts", 3)
    form, _ = fill(bureau, leave, bureau.site.control.add_review("s1"), "review_appeal")
    assert (form.description_max, form.files_max, form.attempts_left) == (200, 6, 3)
    assert "同行恶意竞争" in form.reasons
    form, _ = fill(bureau, leave, bureau.site.control.add_review("s1"), "abnormal_review_report")
    assert (form.description_max, form.files_max, form.attempts_left) == (100, 6, None)
    assert "平台发券导致的降价差评" in form.reasons


@pytest.mark.parametrize("channel", CHANNELS)
def test_popups_do_not_stop_the_work(bureau: Bureau, leave: Path, channel: str) -> None:
    bureau.site.control.switch("popups", True)
    bureau.site.control.fault("popup_chain_over_form")
    fill(bureau, leave, bureau.site.control.add_review("s1"), channel)


def test_another_class_prefix_needs_one_line_in_an_override(bureau: Bureau, leave: Path) -> None:
    bureau.site.control.drift("new_prefix")
    seen = bureau.site.control.add_review("s1")
    fill(bureau, leave, seen, "review_appeal", override="prefix: auxo-next\n")


def test_the_next_version_of_the_library_needs_nothing(bureau: Bureau, leave: Path) -> None:
    bureau.site.control.drift("new_library")
    fill(bureau, leave, bureau.site.control.add_review("s1"), "review_appeal")


def stopped(bureau: Bureau, leave: Path, seen: Any, channel: str = "review_appeal", **words: Any) -> FlowError:
    with pytest.raises(FlowError) as caught:
        fill(bureau, leave, seen, channel, **words)
    assert bureau.site.control.counts().stored == 0
    return caught.value


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_review_that_is_not_listed_is_missed(bureau: Bureau, leave: Path, channel: str) -> None:
    seen = bureau.site.control.add_review("s1")
    other = replace(seen, order_no="6900000000000000001")
    assert isinstance(stopped(bureau, leave, other, channel), ReviewMissing)


def test_a_review_that_the_buyer_edited_is_not_the_one_that_was_approved(bureau: Bureau, leave: Path) -> None:
    seen = bureau.site.control.add_review("s1", text="修改:已经退款了,店家态度可以。")
    meant = replace(seen, text="不给五十块钱就不删差评。")
    error = stopped(bureau, leave, meant)
    assert isinstance(error, ReviewMissing)
    assert "已经退款了" in error.seen


def test_of_two_reviews_of_one_order_the_id_tells_which(bureau: Bureau, leave: Path) -> None:
    first = bureau.site.control.add_review("s1", text="东西坏了。")
    second = bureau.site.control.add_review("s1", order_no=first.order_no, text="不给钱就不改。")
    _, shown = fill(bureau, leave, second, "review_appeal")
    assert bureau.site.control.counts().stored == 0
    assert first.review_id not in shown.review


@pytest.mark.parametrize(
    ("refuses", "barrier"),
    [
        ("已超过申诉有效期，仅支持评价产生后30天内申诉", Barrier.WINDOW_CLOSED),
        ("申诉次数已用完", Barrier.NO_ATTEMPTS),
        ("该评价已申诉，当前状态：审核中", Barrier.ALREADY_APPEALED),
        ("好评暂不支持申诉", Barrier.OTHER),
    ],
)
def test_a_row_that_takes_no_appeal_says_why(bureau: Bureau, leave: Path, refuses: str, barrier: Barrier) -> None:
    error = stopped(bureau, leave, bureau.site.control.add_review("s1", refuses=refuses))
    assert isinstance(error, Ineligible)
    assert (error.barrier, error.seen) == (barrier, refuses)


def test_a_review_too_old_to_be_reported_says_why(bureau: Bureau, leave: Path) -> None:
    seen = bureau.site.control.add_review("s1", hours_ago=24 * 40)
    error = stopped(bureau, leave, seen, "abnormal_review_report")
    assert isinstance(error, Ineligible)
    assert "30天" in error.seen


@pytest.mark.parametrize(
    ("fault", "barrier"),
    [
        ("already_appealed", Barrier.ALREADY_APPEALED),
        ("window_closed", Barrier.WINDOW_CLOSED),
        ("no_permission", Barrier.NO_PERMISSION),
        ("no_attempts", Barrier.NO_ATTEMPTS),
        ("too_fast", None),
    ],
)
def test_a_form_that_does_not_open_says_why(bureau: Bureau, leave: Path, fault: str, barrier: Barrier | None) -> None:
    at_form: Any = {"at": "form"} if fault == "too_fast" else {}
    bureau.site.control.fault(fault, **at_form)
    error = stopped(bureau, leave, bureau.site.control.add_review("s1"))
    assert isinstance(error, Ineligible if barrier else Throttled), error
    assert getattr(error, "barrier", None) is barrier


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_mandatory_field_that_the_pack_does_not_know_stops_the_work(
    bureau: Bureau, leave: Path, channel: str
) -> None:
    bureau.site.control.fault("new_mandatory_field")
    error = stopped(bureau, leave, bureau.site.control.add_review("s1"), channel)
    assert isinstance(error, Drift)
    assert error.seen == "联系电话"


def test_a_description_longer_than_the_form_takes_is_not_cut(bureau: Bureau, leave: Path) -> None:
    seen = bureau.site.control.add_review("s1")

    async def act(at: Visit) -> None:
        packet = at.packet(seen, text="时间、人物、事件。" * 40)
        form = await at.flow.open_form(at.site, "review_appeal", packet.review)
        await at.flow.fill(at.site, "review_appeal", at.filling(packet, form.reasons))

    with pytest.raises(PacketUnfit):
        bureau.work(act, leave=leave)


def test_records_and_messages_are_read_as_the_site_wrote_them(bureau: Bureau, leave: Path) -> None:
    async def act(at: Visit) -> None:
        since = bureau.site.control.now() - timedelta(days=400)
        for channel in CHANNELS:
            read = await at.flow.records(at.site, channel, since)
            assert read.complete
            assert read.rows
            assert len({row.record_id for row in read.rows}) == len(read.rows)
            for row in read.rows:
                assert row.record_id
                assert row.order_no
                assert row.review_id
                assert row.status
                assert row.reason
                assert row.filed_at is not None
                assert row.filed_at.utcoffset() == timedelta(hours=8)
                assert row.filed_at <= bureau.site.control.now()
        seen = bureau.site.control.add_review("s1")
        packet = at.packet(seen)
        form = await at.flow.open_form(at.site, "review_appeal", packet.review)
        await at.flow.fill(at.site, "review_appeal", at.filling(packet, form.reasons))

    bureau.work(act, leave=leave)


def test_a_list_that_shows_less_than_it_counts_is_not_complete(bureau: Bureau, leave: Path) -> None:
    bureau.site.control.fault("records_incomplete")

    async def act(at: Visit) -> bool:
        return (
            await at.flow.records(at.site, "review_appeal", bureau.site.control.now() - timedelta(days=400))
        ).complete

    assert bureau.work(act, leave=leave) is False


def test_a_check_over_the_form_is_left_to_a_person(bureau: Bureau, leave: Path) -> None:
    bureau.site.control.fault("captcha_over_form")
    with pytest.raises(HandOver):
        fill(bureau, leave, bureau.site.control.add_review("s1"), "review_appeal")
    assert bureau.site.control.counts().captchas_closed == 0
