"""What the platform's words mean. What the pack does not say is unknown."""

from __future__ import annotations

from pathlib import Path

import pytest

from automation.engine.filling import fit
from automation.engine.poll import answer_to
from automation.engine.wording import label_of, meaning, verdict
from automation.errors import Barrier, Ineligible, PacketUnfit
from automation.model import Evidence, EvidenceKind, Form, Outcome
from tests.engine.words import MINUTE, NOW, case, channel, notice, packet, record

PICTURE = Evidence("a" * 64, "a.png", 1, "image/png", EvidenceKind.CHAT, Path("a.png"))


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("审核中", Outcome.PENDING),
        (" 申诉\n成功 ", Outcome.UNKNOWN),
        (" 申诉成功\n", Outcome.UPHELD),
        ("该评价已屏蔽，感谢配合", Outcome.UPHELD),
        ("申诉失败：证据不足", Outcome.REJECTED),
        ("申诉成功了一半", Outcome.UNKNOWN),
        ("申诉失败，请补充聊天记录", Outcome.UNKNOWN),  # two wordings that disagree
    ],
)
def test_wording_is_matched_whole_and_never_guessed(text: str, outcome: Outcome) -> None:
    assert meaning(text, channel()) is outcome


@pytest.mark.parametrize(
    ("texts", "outcome"),
    [
        ([], Outcome.PENDING),
        (["", " "], Outcome.PENDING),
        (["审核中", "申诉成功"], Outcome.UPHELD),
        (["申诉成功", "该评价已屏蔽"], Outcome.UPHELD),
        (["申诉成功", "申诉失败"], Outcome.UNKNOWN),
        (["申诉成功", "从未见过"], Outcome.UNKNOWN),
    ],
)
def test_record_and_messages_are_read_together(texts: list[str], outcome: Outcome) -> None:
    assert verdict(texts, channel()) is outcome


def test_answer_is_the_newest_message_and_the_record() -> None:
    first, last = notice("审核中", order_no="6900"), notice("请补充聊天记录", order_no="6900", at=NOW + 9 * MINUTE)
    answer = answer_to(case(), channel(), [record()], [last, first], since=NOW, others=[case()])
    assert (answer.outcome, answer.notice, answer.record) == (Outcome.MORE_EVIDENCE, last, record())


def test_two_cases_of_one_order_do_not_share_a_message() -> None:
    cases = [case(1, record_id="R1"), case(2, record_id="R2", review_id="7401")]
    answer = answer_to(cases[0], channel(), [record()], [notice("申诉成功", order_no="6900")], since=NOW, others=cases)
    assert (answer.outcome, answer.notice) == (Outcome.PENDING, None)


def test_reason_is_called_what_the_form_calls_it() -> None:
    reason = channel().reasons["extortion"]
    assert label_of(reason, ["广告评价", "利用中差评骗赔"]) == "利用中差评骗赔"
    assert label_of(reason, ()) == "利用评价要挟/勒索"


def test_changed_list_of_reasons_does_not_take_the_packet() -> None:
    with pytest.raises(PacketUnfit, match="does not offer the reason 敲诈") as caught:
        label_of(channel().reasons["extortion"], ["广告评价", "其他"])
    assert caught.value.field == "reason"
    assert caught.value.offered == ("广告评价", "其他")


def test_an_option_that_a_person_chose_counts_alone() -> None:
    reason = channel().reasons["extortion"]
    assert label_of(reason, ["其他", "利用中差评骗赔"], "其他") == "其他"
    with pytest.raises(PacketUnfit, match="does not offer the reason 其他"):
        label_of(reason, ["利用中差评骗赔"], "其他")


def test_two_options_that_read_alike_are_left_to_a_person() -> None:
    with pytest.raises(PacketUnfit, match="2 times"):
        label_of(channel().reasons["extortion"], ["利用中差评骗赔", " 利用中差评骗赔"])


@pytest.mark.parametrize(
    ("form", "field"),
    [
        (Form("", description_max=4), "description"),
        (Form("", files_max=0), "evidence"),
        (Form("", reasons=("其他",)), "reason"),
    ],
)
def test_form_that_takes_less_than_the_pack_says_refuses_the_packet(form: Form, field: str) -> None:
    with pytest.raises(PacketUnfit) as caught:
        fit(packet(description="𠮷𠮷𠮷", evidence=(PICTURE,)), channel(), form)  # 3 characters, 6 UTF-16 units
    assert caught.value.field == field


def test_form_without_attempts_is_not_filled() -> None:
    with pytest.raises(Ineligible) as caught:
        fit(packet(), channel(), Form("", attempts_left=0))
    assert caught.value.barrier is Barrier.NO_ATTEMPTS
