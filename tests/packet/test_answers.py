"""The further fields of a form: part of the digest, checked before approval, compared with the page."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from automation.model import Packet, ReadBack, Uploaded
from automation.pack import Channel
from automation.packet import digest, lint, mismatches, read_back_digest
from tests.packet.material import NOW, STORE, channel, packet, review

FACT = {"source": "assumed"}
ANSWERS: dict[str, Any] = {
    "amount": FACT | {"title": "申诉金额", "kind": "number", "most": 100, "example": "12.50"},
    "side": FACT | {"title": "责任方", "kind": "choice", "choices": ["买家", "快递"], "example": "买家"},
    "parts": FACT
    | {"title": "申诉项", "kind": "choices", "choices": ["货款", "运费", "纠纷退款率"], "example": "货款, 运费"},
    "account": FACT | {"title": "账号", "kind": "text", "length_max": 10, "example": "shop01"},
    "page": FACT | {"title": "链接", "kind": "link", "required": False, "example": "https://shop.example/1"},
}
GOOD = {"amount": "12.50", "side": "买家", "parts": "货款, 运费", "account": "shop01", "page": "https://shop.example/1"}


def asking() -> Channel:
    return channel(answers=ANSWERS)


def answering(**changes: str | None) -> Packet:
    given = {name: text for name, text in {**GOOD, **changes}.items() if text is not None}
    return packet(answers=given)


def shown(one: Packet, **changes: str | None) -> ReadBack:
    there = dict.fromkeys(ANSWERS, "") | dict(one.answers) | changes
    uploads = tuple(Uploaded(piece.name, piece.sha256, accepted=True) for piece in one.evidence)
    answers = {name: text for name, text in there.items() if text is not None}
    return ReadBack(STORE.name, "R1", "利用评价要挟/勒索", one.description, uploads, answers=answers)


def found(one: Packet) -> dict[str, tuple[str, bool]]:
    return {one.field: (one.code, one.blocks) for one in lint(one, asking(), now=NOW) if one.code[:6] == "answer"}


# --- digests


def test_every_answer_and_the_reviews_address_change_the_digest() -> None:
    packets = [
        packet(),
        answering(),
        answering(amount="12.5"),
        answering(page=None),
        packet(review=review(url="https://shop.example/r")),
    ]
    assert len({digest(one) for one in packets}) == len(packets)


def test_the_order_of_answers_does_not_change_the_digest() -> None:
    assert digest(packet(answers=dict(reversed(GOOD.items())))) == digest(packet(answers=GOOD))


def test_an_answer_changes_the_read_backs_digest_and_none_leaves_it() -> None:
    plain = replace(shown(answering()), answers={})
    assert read_back_digest(shown(answering())) != read_back_digest(plain)
    assert read_back_digest(shown(answering())) != read_back_digest(shown(answering(), amount="12.51"))


# --- the page beside the packet


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"amount": "12.5"},
        {"amount": " 012.500 "},
        {"parts": "运费, 货款"},
        {"account": " shop01\n"},
    ],
)
def test_a_page_that_shows_the_same_in_its_own_way_fits(changes: dict[str, str]) -> None:
    assert mismatches(answering(), asking(), STORE, shown(answering(), **changes)) == []


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"amount": "12.51"}, "amount: the page shows '12.51'"),
        ({"amount": ""}, "amount: the page shows ''"),
        ({"amount": None}, "amount: the page shows nothing of it"),
        ({"side": "快递"}, "side:"),
        ({"parts": "货款"}, "parts:"),
        ({"parts": "货款, 运费, 纠纷退款率"}, "parts:"),
        ({"account": "shop02"}, "account:"),
        ({"account": "shop 01"}, "account:"),
        ({"page": "https://shop.example/2"}, "page:"),
        ({"page": None}, "page:"),
        ({"more": "x"}, "more: the page shows 'x'"),
    ],
)
def test_a_page_that_shows_something_else_does_not(changes: dict[str, str | None], says: str) -> None:
    (wrong,) = mismatches(answering(), asking(), STORE, shown(answering(), **changes))
    assert wrong.startswith(says)


def test_an_optional_field_that_was_left_out_must_be_empty_on_the_page() -> None:
    one = answering(page=None)
    assert mismatches(one, asking(), STORE, shown(one)) == []
    assert mismatches(one, asking(), STORE, shown(one, page="https://other.example/")) != []
    assert mismatches(one, asking(), STORE, shown(one, page=None)) != []


def test_a_needed_field_that_the_packet_lacks_never_fits() -> None:
    one = answering(account=None)
    (wrong,) = mismatches(one, asking(), STORE, shown(one))
    assert "the packet has none" in wrong


# --- before a person is asked


def test_good_answers_have_no_remarks() -> None:
    assert found(answering()) == {}
    assert found(answering(page=None, amount="100", parts="纠纷退款率")) == {}


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"amount": None}, "amount", "answer_missing"),
        ({"account": "  "}, "account", "answer_missing"),
        ({"parts": "、"}, "parts", "answer_missing"),
        ({"colour": "red"}, "colour", "answer_unknown"),
        ({"amount": "12,50"}, "amount", "answer_no_number"),
        ({"amount": "-5"}, "amount", "answer_no_number"),
        ({"amount": "1e2"}, "amount", "answer_no_number"),
        ({"amount": "12元"}, "amount", "answer_no_number"),
        ({"amount": "100.01"}, "amount", "answer_too_much"),
        ({"side": "平台"}, "side", "answer_no_choice"),
        ({"parts": "货款, 邮费"}, "parts", "answer_no_choice"),
        ({"account": "a" * 11}, "account", "answer_too_long"),
        ({"account": "😀" * 6}, "account", "answer_too_long"),
        ({"account": "a\u200bb"}, "account", "answer_not_sent"),
        ({"account": "【请填写】"}, "account", "answer_not_sent"),
        ({"page": "shop.example/1"}, "page", "answer_no_link"),
        ({"page": "javascript:alert(1)"}, "page", "answer_no_link"),
        ({"page": "https://a.example b"}, "page", "answer_no_link"),
        ({"page": "https://bank.example@evil.example/"}, "page", "answer_no_link"),
    ],
)
def test_a_bad_answer_blocks(changes: dict[str, str | None], field: str, code: str) -> None:
    assert found(answering(**changes)) == {f"answers.{field}": (code, True)}


def test_money_for_deletion_is_not_sent_in_another_field_either() -> None:
    wide = channel(answers={"words": FACT | {"title": "补充", "kind": "text", "example": "无"}})
    one = packet(answers={"words": "我们愿意补偿50元，请买家删除差评"})
    assert [each.code for each in lint(one, wide, now=NOW)] == ["answer_not_sent"]


def test_both_languages_name_the_field_and_the_bound() -> None:
    for language in ("zh", "en"):
        (one,) = lint(answering(amount="101"), asking(), now=NOW, language=language)
        assert "申诉金额" in one.message
        assert "100" in one.message


def test_an_address_of_the_review_that_is_none_blocks() -> None:
    codes = [one.code for one in lint(packet(review=review(url="ftp://x")), channel(), now=NOW)]
    assert codes == ["review_url_bad"]
    assert lint(packet(review=review(url="https://shop.example/r?id=1")), channel(), now=NOW) == ()
