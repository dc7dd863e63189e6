"""Which numbers in a text are somebody's, and which are only those of orders."""

from __future__ import annotations

import pytest

from automation.box import BoxKind
from automation.packet.numbers import private_numbers


@pytest.mark.parametrize(
    ("text", "kind", "number"),
    [
        ("加V13800138000聊", BoxKind.PHONE, "13800138000"),
        ("电话 138 0013 8000", BoxKind.PHONE, "138 0013 8000"),
        ("打+86-138-0013-8000", BoxKind.PHONE, "+86-138-0013-8000"),
        ("座机010-62331234", BoxKind.PHONE, "010-62331234"),
        ("座机0755 26731234转8", BoxKind.PHONE, "0755 26731234"),
        ("身份证11010519491231002x。", BoxKind.ID, "11010519491231002x"),
        ("卡号6222 0212 3456 7894", BoxKind.CARD, "6222 0212 3456 7894"),
        ("4111-1111-1111-1111", BoxKind.CARD, "4111-1111-1111-1111"),
    ],
)
def test_a_persons_number_is_found_as_it_stands(text: str, kind: BoxKind, number: str) -> None:
    assert private_numbers(text) == ((kind, number),)


@pytest.mark.parametrize(
    "text",
    [
        "订单号：13800138000",
        "运单号 13800138000",
        "订单编号6222021234567894",
        "6920000000000000003",
        "213800138000",
        "138001380001",
        "138****8000",
        "11010519491231002 1",
        "110105194912310021",  # wrong check digit
        "110105194913310029",  # no such day
        "4111111111111112",
        "0000000000000000",
        "12800138000",
        "签收 2026-03-05 12:30，共 3 件 59.90 元",
    ],
)
def test_other_numbers_are_left_alone(text: str) -> None:
    assert private_numbers(text) == ()


def test_numbers_that_the_case_is_about_are_left_alone() -> None:
    assert private_numbers("13800138000 / 13900139000", known=("13800138000", "")) == ((BoxKind.PHONE, "13900139000"),)


def test_each_number_is_named_once_in_the_order_of_the_text() -> None:
    text = "11010519491231002X，13900139000，13900139000，13800138000"
    assert [number for _, number in private_numbers(text)] == ["11010519491231002X", "13900139000", "13800138000"]
