"""How many stars a list's text says, and that nothing is made up where it does not say so."""

from __future__ import annotations

from collections.abc import Mapping
from zoneinfo import ZoneInfo

import pytest

from automation.reviews import found


class Line:
    """A row of a list of reviews."""

    def __init__(self, **cells: str) -> None:
        self.cells: Mapping[str, str] = cells


@pytest.mark.parametrize(
    ("text", "stars"),
    [
        ("1", 1),
        ("1星", 1),
        ("2 分", 2),
        ("3.0", 3),
        ("评分：4", 4),
        ("5颗星", 5),
        ("★", 1),
        ("★★★★★", 5),
        ("★☆☆☆☆", 1),
        ("★ ★ ☆ ☆ ☆", 2),
        ("⭐⭐", 2),
        ("★★☆☆☆ 2星", 2),
        ("差评", 1),
        ("中评", 3),
        (" 好评 ", 5),
    ],
)
def test_what_says_stars_is_read(text: str, stars: int) -> None:
    assert found(Line(stars=text), ZoneInfo("Asia/Shanghai")).stars == stars


@pytest.mark.parametrize(
    "text",
    [
        *("", "0", "6", "2.5", "50", "4/5", "口味 3 环境 3", "2026-11-20"),
        *("☆☆☆☆☆", "☆★", "★★☆", "★★★★★★", "★★★★★★★★★★", "★☆☆☆☆ 5星"),
        *("用了3天就坏", "给个差评", "二星差评", "暂无评价"),
    ],
)
def test_what_does_not_is_nothing(text: str) -> None:
    assert found(Line(stars=text), ZoneInfo("Asia/Shanghai")).stars is None
