"""What the lint says of a packet, by the codes of its findings."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automation.model import EvidenceKind, Finding, Packet
from automation.packet import deadline, lint
from automation.packet.findings import Remark, catalogue, page
from tests.packet.material import GOOD, NOW, POSTED, channel, evidence, packet, review

ROOT = Path(__file__).parents[2]


def codes(one: Packet | None = None, **how: Any) -> set[str]:
    form = how.pop("channel", channel())
    return {found.code for found in lint(one or packet(), form, now=how.pop("now", NOW), **how)}


def says(description: str) -> set[str]:
    return codes(packet(description=description))


def test_a_good_packet_has_no_findings() -> None:
    assert codes() == set()


# --- time


def test_the_window_ends_so_many_times_24_hours_after_the_review() -> None:
    assert deadline(review(), channel()) == POSTED + timedelta(days=30)
    assert deadline(review(), channel(window=None)) is None


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (timedelta(days=28), set()),
        (timedelta(days=28, seconds=1), {"window_near"}),
        (timedelta(days=30, seconds=-1), {"window_near"}),
        (timedelta(days=30), {"window_closed"}),
        (timedelta(days=300), {"window_closed"}),
        (timedelta(seconds=-1), {"review_in_future"}),
    ],
)
def test_the_window_warns_in_its_last_48_hours_and_blocks_when_it_is_over(after: timedelta, expected: set[str]) -> None:
    assert codes(now=POSTED + after) == expected


def test_without_a_known_window_no_appeal_is_too_late() -> None:
    assert codes(now=NOW + timedelta(days=3000), channel=channel(window=None)) == set()


# --- reason and rounds


def test_a_reason_that_the_channel_does_not_have_blocks_and_the_known_ones_are_named() -> None:
    (found,) = lint(packet(reason="nonsense"), channel(), now=NOW)
    assert found.code == "reason_unknown"
    assert "extortion (利用评价要挟)" in found.hint


def test_a_reason_needs_any_one_of_its_kinds_of_evidence() -> None:
    photo = evidence("p.png", kind=EvidenceKind.PHOTO)
    recording = evidence("r.png", kind=EvidenceKind.RECORDING)
    assert codes(packet(evidence=())) == {"reason_needs_evidence"}
    assert codes(packet(evidence=(photo,))) == {"reason_needs_evidence"}
    assert codes(packet(evidence=(photo, recording))) == set()
    assert codes(packet(evidence=(), reason="meaningless")) == set()


def test_a_second_round_needs_evidence_that_no_earlier_round_had() -> None:
    first = packet()
    other = "该买家3月3日下单，又于3月7日来电索要50元，录音见附件，请平台核实。"
    second = packet(round=2, description=other)
    new = evidence("call.png", kind=EvidenceKind.RECORDING)
    assert codes(second, earlier=(first,)) == {"no_new_evidence"}
    assert codes(replace(second, evidence=(evidence(), new)), earlier=(first,)) == set()
    assert codes(replace(second, evidence=()), earlier=(first,)) >= {"no_new_evidence"}


def test_a_renamed_old_file_is_no_new_evidence() -> None:
    renamed = replace(evidence(), name="new name.png")
    assert "no_new_evidence" in codes(packet(round=2, evidence=(renamed,)), earlier=(packet(),))


def test_more_rounds_than_the_channel_has_block() -> None:
    assert codes(packet(round=3), channel=channel(rounds_max=2)) == {"rounds_exhausted"}
    assert codes(packet(round=2), channel=channel(rounds_max=2)) == set()


def test_a_text_that_was_rejected_before_blocks_and_a_similar_one_warns() -> None:
    assert codes(rejected_texts=["别的说明，完全不同。", GOOD]) == {"identical_rejected"}
    assert codes(rejected_texts=["  " + GOOD + "\n"]) == {"identical_rejected"}
    assert codes(rejected_texts=[GOOD.replace("3月3日", "4月8日")]) == {"near_rejected"}
    assert codes(rejected_texts=["别的说明，完全不同。"]) == set()


def test_the_same_words_with_new_evidence_only_warn() -> None:
    second = packet(round=2, evidence=(evidence(), evidence("new.png")))
    assert codes(second, earlier=(packet(),)) == {"identical_new_evidence"}


# --- description


@pytest.mark.parametrize(
    ("length", "code"), [(9, "description_short"), (10, None), (20, None), (21, "description_long")]
)
def test_length_is_held_against_the_channel(length: int, code: str | None) -> None:
    form = channel(limits={"description_min": 10, "description_max": 20})
    found = codes(packet(description="长" * length), channel=form)
    assert found & {"description_short", "description_long"} == ({code} if code else set())


def test_length_is_counted_in_utf_16_units_as_browsers_do() -> None:
    form = channel(limits={"description_max": 4})
    assert "description_long" not in codes(packet(description="😀😀"), channel=form)
    assert "description_long" in codes(packet(description="😀😀a"), channel=form)


def test_a_line_break_counts_once_however_it_is_written() -> None:
    form = channel(limits={"description_max": 3})
    assert "description_long" not in codes(packet(description="一\r\n二"), channel=form)


def test_a_reason_may_ask_for_a_longer_description() -> None:
    reasons = {"extortion": {"source": "public", "title": "t", "labels": ["l"], "description_min": 500}}
    assert codes(channel=channel(reasons=reasons)) == {"description_short"}


@pytest.mark.parametrize("empty", ["", "  \n"])
def test_an_empty_description_blocks(empty: str) -> None:
    assert says(empty) == {"description_empty"}


@pytest.mark.parametrize("hidden", ["\u202e", "\u200b", "\x00", "\x07", "\ufeff", "\ud800"])
def test_invisible_characters_block(hidden: str) -> None:
    assert says(GOOD + hidden) == {"description_control"}


def test_emoji_and_line_breaks_are_no_invisible_characters() -> None:
    assert says(GOOD + "\r\n👨‍👩‍👧 ❤️") == set()


@pytest.mark.parametrize(
    "when",
    [
        "3月5日",
        "2025-03-05",
        "2025/3/5",
        "三月五日",
        "3.5",
        "当天",
        "昨天",
        "上周五",
        "签收后立即",
        "下单3天后",
        "14:30",
        "3 月 5 日",
        "３月５日",
    ],
)
def test_a_date_or_a_relative_time_names_a_time(when: str) -> None:
    assert "no_time" not in says(f"该买家{when}给出差评，要求补偿。")


def test_what_the_description_does_not_name_is_asked_for() -> None:
    assert says("此事不实，请平台处理。") == {"no_time", "no_person", "no_event"}
    assert says("该买家于3月5日签收后给出差评。") == set()
    assert says("3月5日签收后收到差评。") == {"no_person"}
    assert says("The buyer received the order on March 5 and demanded 50 yuan.") == set()


def test_emotional_words_are_shown() -> None:
    (found,) = lint(packet(description=GOOD + "简直无耻！！"), channel(), now=NOW)
    assert found.code == "emotional"
    assert not found.blocks
    assert {"简直", "无耻"} <= set(found.message.split("：")[1].split("、"))


def test_what_the_buyer_said_in_quotation_marks_is_not_emotional() -> None:
    assert says("3月5日买家在聊天中辱骂客服“骗子、不要脸！！”，见截图。") == set()


@pytest.mark.parametrize(
    "text",
    [
        "我方愿意补偿50元，请买家删除差评。",
        "我们已联系买家，承诺返现20元让其修改评价。",
        "本店可以付费删评。",
        "愿意赔偿100元换取删除评价",
        "商家将发红包请对方撤回差评",
        "请您删除差评，补偿您30元",
        "We are willing to pay the buyer 50 yuan for deleting the review.",
    ],
)
def test_money_for_deletion_blocks(text: str) -> None:
    assert "money_for_deletion" in says(f"3月5日签收。{text}")


@pytest.mark.parametrize(
    "text",
    [
        "该买家明确表示‘不给50元补偿就不删差评’",
        "买家要求补偿50元才删差评，我方拒绝。",
        "买家称给100元红包就修改评价，属于勒索。",
        "买家要求我方承诺补偿50元后删除差评。",
        "我方不同意补偿50元换取删除评价。",
        "对方要求转账200元，否则不删除差评。",
        "我方已按规则退款，买家仍给出差评。",
        "该用户利用差评勒索，申请平台删除该评价。",
    ],
)
def test_a_buyers_demand_for_money_does_not_block(text: str) -> None:
    assert "money_for_deletion" not in says(f"3月5日签收。{text}")


@pytest.mark.parametrize(
    "text",
    [
        "再不删差评后果自负。",
        "我们会曝光该买家的个人信息。",
        "我方将上门找买家讨说法。",
        "我店会找人教训他。",
        "你给我等着。",
        "我们会人肉他。",
    ],
)
def test_a_threat_blocks(text: str) -> None:
    assert "threat" in says(f"3月5日买家签收。{text}")


@pytest.mark.parametrize(
    "text",
    [
        "买家威胁要上门报复。",
        "对方称要曝光我店客服的电话。",
        "买家在聊天中说“再不赔钱，后果自负”。",
        "买家要求退款，否则找人来打客服。",
        "我方保留追究法律责任的权利。",
        "我方担心遭到报复。",
        "我店被该买家威胁上门报复。",
    ],
)
def test_a_buyers_threat_does_not_block(text: str) -> None:
    assert "threat" not in says(f"3月5日签收。{text}")


@pytest.mark.parametrize(
    "text",
    [
        "X月X日",
        "x月x日",
        "×月×日",
        "ＸＸ问题",
        "【】",
        "【 】",
        "[具体问题]",
        "【请填写时间】",
        "{buyer}",
        "买家____",
        "某月某日",
        "XXX",
        "TODO",
        "订单XX",
    ],
)
def test_places_of_a_template_block(text: str) -> None:
    assert "placeholder" in says(f"该买家3月5日签收，{text}，给出差评。")


@pytest.mark.parametrize("text", ["尺码XXL", "139XXXX1234", "【正品】保温杯", "3XL", "（见截图）", "Xbox", "买家u***8"])
def test_sizes_masked_numbers_and_titles_are_no_places_of_a_template(text: str) -> None:
    assert "placeholder" not in says(f"该买家3月5日签收，{text}，给出差评。")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("13812345678", "138***78"),
        ("138 1234 5678", "138***78"),
        ("+86-13812345678", "+86***78"),
        ("11010519491231002X", "110***2X"),
        ("someone@example.com", "som***om"),
        ("021-12345678", "021***78"),
        ("卡号：6222 0212 3456 7890 123", "622***23"),
        ("微信号：abc_12345", "abc***45"),
    ],
)
def test_personal_data_is_told_and_masked(text: str, shown: str) -> None:
    (found,) = lint(packet(description=f"{GOOD}电话{text}。"), channel(), now=NOW)
    assert (found.code, found.blocks) == ("personal_data", False)
    assert shown in found.message
    assert text not in found.message


def test_order_numbers_are_no_personal_data() -> None:
    assert says(GOOD + "订单6912345678901234567，快递单号SF1381234567890，110105194912310021。") == set()
    own = packet(review=review(order_no="13812345678"), description=GOOD + "订单13812345678。")
    assert codes(own) == set()


# --- review and evidence


@pytest.mark.parametrize("text", ["颜色不喜欢", "感觉不值这个价", "一般般，有点失望"])
def test_a_mere_opinion_warns(text: str) -> None:
    assert codes(packet(review=review(text=text))) == {"subjective_only"}


@pytest.mark.parametrize(
    "text", ["", "不给50元就一直挂着", "不喜欢，还没收到货", "难吃，加我微信推荐别家", "太贵，骗子"]
)
def test_a_review_that_says_more_than_an_opinion_does_not_warn(text: str) -> None:
    assert codes(packet(review=review(text=text))) == set()


def test_evidence_out_of_the_order_of_time_warns() -> None:
    early = evidence("1.png", shows_at=POSTED)
    undated = evidence("2.png")
    late = evidence("3.png", shows_at=POSTED + timedelta(hours=1))
    assert codes(packet(evidence=(early, undated, late))) == set()
    assert codes(packet(evidence=(late, undated, early))) == {"evidence_order"}


@pytest.mark.parametrize(
    ("pieces", "limits", "code"),
    [
        ([evidence("1.png")], {"files_min": 2}, "too_few_files"),
        ([evidence(f"{n}.png") for n in range(7)], {}, "too_many_files"),
        ([evidence("1.png", size=6 << 20)], {}, "file_too_large"),
        ([evidence("1.png"), evidence("2.png")], {"total_bytes_max": 1999}, "total_too_large"),
        ([evidence("1.png"), replace(evidence("1.png"), name="2.png")], {}, "duplicate_file"),
        ([evidence("1.png"), replace(evidence("2.png"), name="1.PNG")], {}, "duplicate_name"),
        ([evidence("1.gif", media_type="image/gif")], {}, "file_type_refused"),
    ],
)
def test_evidence_is_held_against_the_channels_limits(pieces: Any, limits: dict[str, int], code: str) -> None:
    assert codes(packet(evidence=tuple(pieces)), channel=channel(limits=limits)) == {code}


# --- the catalogue


def test_what_blocks_comes_first() -> None:
    found = lint(packet(description="XX", evidence=()), channel(), now=NOW)
    assert [one.blocks for one in found] == sorted((one.blocks for one in found), reverse=True)


def test_findings_come_in_both_languages() -> None:
    chinese = lint(packet(evidence=()), channel(), now=NOW)
    english = lint(packet(evidence=()), channel(), now=NOW, language="en")
    assert chinese[0].message == "申诉原因“利用评价要挟”至少需要一份这类证据：聊天记录、录音录屏"
    assert english[0].message == "the reason '利用评价要挟' needs at least one piece of: chat, recording"


@pytest.mark.parametrize(("code", "remark"), catalogue().items())
def test_every_text_is_there_in_both_languages_with_the_same_places(code: str, remark: Remark) -> None:
    import re  # noqa: PLC0415

    def places(*texts: str) -> set[str]:
        return {place for text in texts for place in re.findall(r"\{(\w+)", text)}

    assert remark.zh, code
    assert remark.en, code
    assert remark.zh_hint, code
    assert remark.en_hint, code
    assert places(remark.zh, remark.zh_hint) == places(remark.en, remark.en_hint)


def test_every_code_of_the_catalogue_is_used_and_every_used_one_is_in_it() -> None:
    import re  # noqa: PLC0415

    files = [*(ROOT / "automation" / "packet").glob("*.py"), ROOT / "automation" / "answers.py"]
    source = "".join(path.read_text(encoding="utf-8") for path in files)
    assert set(re.findall(r'"([a-z_]+)"', source)) >= set(catalogue())
    assert set(re.findall(r'finding\(\s*"([a-z_]+)"', source)) <= set(catalogue())


def test_the_page_on_the_lint_is_what_the_catalogue_says() -> None:
    assert (ROOT / "docs" / "lint.md").read_text(encoding="utf-8") == page(), "run: python -m automation.packet"


@given(st.text(), st.text(), st.lists(st.text(), max_size=3))
def test_the_lint_takes_any_text(description: str, text: str, rejected: list[str]) -> None:
    found = lint(packet(description=description, review=review(text=text)), channel(), now=NOW, rejected_texts=rejected)
    assert all(isinstance(one, Finding) for one in found)
