"""Rows of a back-office's lists as records, messages and times."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from automation.errors import ReviewMissing, SiteFault
from automation.listing import check_review, notice, only_review, page_time, record, wall_time
from automation.model import Review

CHINA = ZoneInfo("Asia/Shanghai")
EIGHT = datetime(2026, 11, 21, 0, 0, tzinfo=UTC)
REVIEW = Review("77001", "6920001", "衣服 破了个洞,\n不给钱就不改", EIGHT)


@dataclass
class Shown:
    cells: Mapping[str, str] = field(default_factory=dict)


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-21 08:00:00",
        "2026-11-21 08:00",
        "2026/11/21 8:00",
        "2026.11.21 08:00",
        "2026年11月21日 08:00",
        " 2026-11-21 08:00 ",
    ],
)
def test_the_pages_wall_time_is_chinese(text: str) -> None:
    assert page_time(text, CHINA) == EIGHT


@pytest.mark.parametrize(
    "text", ["", "昨天 08:00", "3分钟前", "11-21 08:00", "2026-13-41 08:00", "2026-11-21", "21/11/2026 08:00", "--"]
)
def test_a_time_in_no_known_form_is_left_out_and_not_guessed(text: str) -> None:
    assert page_time(text, CHINA) is None


def test_until_is_given_as_the_page_writes_it() -> None:
    assert wall_time(EIGHT, CHINA) == "2026-11-21 08:00:00"


def test_a_record_holds_what_its_row_shows_and_no_more() -> None:
    row = Shown({"record_id": "R1", "order_no": "6920001", "status": "审核中", "time": "刚刚", "detail": "请 等待"})
    kept = record(row, CHINA)
    assert (kept.record_id, kept.order_no, kept.status, kept.detail) == ("R1", "6920001", "审核中", "请 等待")
    assert (kept.review_id, kept.reason, kept.filed_at) == ("", "", None)


def test_a_message_without_an_id_is_known_by_when_it_came_and_what_it_is_about() -> None:
    row = Shown({"text": "您的申诉未通过", "time": "2026-11-21 08:00:00", "order_no": "6920001"})
    assert notice(row, CHINA).notice_id == "2026-11-21 08:00:00 6920001"
    assert notice(Shown({**row.cells, "notice_id": "N7"}), CHINA).notice_id == "N7"


@pytest.mark.parametrize(
    "cells",
    [
        {"review_id": "77001", "text": "衣服 破了个洞, 不给钱就不改"},
        {"review_id": "", "text": "衣服 破了个洞…"},
        {"review_id": "77001", "text": "衣服 破了个洞, 不给钱就不改 追评:还没改"},
        {"review_id": "77001"},
    ],
)
def test_a_row_that_shows_the_review_is_taken_cut_or_with_additions(cells: dict[str, str]) -> None:
    check_review(Shown(cells), REVIEW, "t")


@pytest.mark.parametrize(
    "cells", [{"review_id": "77002", "text": "衣服 破了个洞"}, {"review_id": "77001", "text": "已经改好了,好评"}]
)
def test_a_row_with_another_id_or_an_edited_text_is_not_the_review(cells: dict[str, str]) -> None:
    with pytest.raises(ReviewMissing) as caught:
        check_review(Shown(cells), REVIEW, "review_appeal.reviews")
    assert caught.value.key == "review_appeal.reviews"
    assert caught.value.seen


@dataclass
class Listed:
    rows: Sequence[Shown]
    complete: bool = True


def row(order: str = "6920001", text: str = REVIEW.text, time: str = "2026-11-21 08:00") -> Shown:
    return Shown({"order_no": order, "text": text, "time": time})


def test_of_rows_without_ids_the_one_with_order_text_and_time_is_meant() -> None:
    mine = row()
    others = [row(order="6920002"), row(text="很好"), row(time="2026-11-21 08:01:00")]
    assert only_review(Listed([*others, mine]), REVIEW, "t", CHINA) is mine
    dated = replace(REVIEW, posted_at=datetime(2026, 11, 21, tzinfo=CHINA))  # a mere day
    assert only_review(Listed([row(time="2026-11-20 23:59"), mine]), dated, "t", CHINA) is mine
    shy = Shown({"order_no": "6920001"})  # neither text nor time is shown
    assert only_review(Listed([shy]), REVIEW, "t", CHINA) is shy


@pytest.mark.parametrize(
    "rows", [[], [row(order="6920002")], [row(text="很好")], [row(time="2026-11-21 09:00")], [row(), row()]]
)
def test_no_row_or_several_are_never_the_review(rows: Sequence[Shown]) -> None:
    with pytest.raises(ReviewMissing):
        only_review(Listed(rows), REVIEW, "t", CHINA)


def test_a_list_that_kept_moving_tells_nothing() -> None:
    with pytest.raises(SiteFault):
        only_review(Listed([row()], complete=False), REVIEW, "t", CHINA)
