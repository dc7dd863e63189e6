"""Rows of a back-office's lists as records, messages and times."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from automation.errors import ReviewMissing, SiteFault
from automation.listing import check_review, notice, page_time, record, same_text, the_review, wall_time, whole
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


@pytest.mark.parametrize(
    "cells",
    [
        {"review_id": "77001", "text": "改过了", "time": "昨天"},
        {"text": "衣服 破了个洞, 不给钱就不改", "time": "2026-11-21 08:00:31"},
        {"text": "衣服 破了个洞…", "time": "2026/11/21 08:00"},
        {"text": "衣服 破了个洞, 不给钱就不改 商家回复:抱歉", "time": "2026-11-21"},
        {"text": "衣服 破了个洞, 不给钱就不改", "time": "11-21 08:00"},
    ],
)
def test_a_review_without_numbers_is_known_by_its_text_and_time(cells: dict[str, str]) -> None:
    row = Shown(cells)
    others = [Shown({"text": "衣服 破了个洞, 不给钱就不改", "time": "2026-11-21 08:01"}), Shown({"time": "2026-11-21"})]
    assert the_review([*others, row], REVIEW, CHINA, "t") is row


@pytest.mark.parametrize(
    "cells",
    [
        {"review_id": "77002", "text": "衣服 破了个洞, 不给钱就不改", "time": "2026-11-21 08:00"},
        {"text": "已经改好了,好评", "time": "2026-11-21 08:00"},
        {"text": "", "time": "2026-11-21 08:00"},
        {"text": "衣服 破了个洞, 不给钱就不改", "time": "昨天 08:00"},
        {"text": "衣服 破了个洞, 不给钱就不改", "time": ""},
    ],
)
def test_another_review_or_one_of_no_known_time_is_not_taken(cells: dict[str, str]) -> None:
    with pytest.raises(ReviewMissing):
        the_review([Shown(cells)], REVIEW, CHINA, "t")


def test_of_equal_reviews_at_one_moment_the_shop_tells_which_or_nothing_does() -> None:
    said = {"text": "衣服 破了个洞, 不给钱就不改", "time": "2026-11-21 08:00"}
    rows = [Shown({**said, "shop": "山野(人民路店)"}), Shown({**said, "shop": "云朵(万达店)"})]
    assert the_review(rows, REVIEW, CHINA, "t", shop="云朵") is rows[1]
    with pytest.raises(ReviewMissing, match="2 rows") as caught:
        the_review(rows, REVIEW, CHINA, "t", shop="别家")
    assert "人民路店" in caught.value.seen


def test_no_text_is_like_none() -> None:
    assert not same_text("", "")
    assert not same_text("…", "任何")


@dataclass
class Listed:
    rows: Sequence[Shown]
    complete: bool = True


def row(order: str = "6920001", text: str = REVIEW.text, time: str = "2026-11-21 08:00") -> Shown:
    return Shown({"order_no": order, "text": text, "time": time})


def test_of_rows_without_ids_the_one_with_order_text_and_time_is_meant() -> None:
    mine = row()
    others = [row(order="6920002"), row(text="很好"), row(time="2026-11-21 08:01:00")]
    assert the_review([*others, mine], REVIEW, CHINA, "t") is mine
    dated = replace(REVIEW, posted_at=datetime(2026, 11, 21, tzinfo=CHINA))  # a mere day
    assert the_review([row(time="2026-11-20 23:59"), mine], dated, CHINA, "t") is mine
    shy = Shown({"order_no": "6920001"})  # neither text nor time is shown
    assert the_review([shy], REVIEW, CHINA, "t") is shy


@pytest.mark.parametrize(
    "rows", [[], [row(order="6920002")], [row(text="很好")], [row(time="2026-11-21 09:00")], [row(), row()]]
)
def test_no_row_or_several_are_never_the_review(rows: Sequence[Shown]) -> None:
    with pytest.raises(ReviewMissing):
        the_review(rows, REVIEW, CHINA, "t")


def test_a_list_that_kept_moving_tells_nothing() -> None:
    with pytest.raises(SiteFault):
        whole(Listed([row()], complete=False), "t")
