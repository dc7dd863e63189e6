"""How things are put on paper."""

from __future__ import annotations

from datetime import timedelta

import pytest

from automation.cli.paper import how_long, shorten
from automation.shown import how_big


@pytest.mark.parametrize(
    ("span", "words"),
    [
        ({"seconds": 40}, "40 s"),
        ({"minutes": 12, "seconds": 3}, "12 min"),
        ({"hours": 5, "minutes": 7}, "5 h 7 min"),
        ({"days": 3, "hours": 4}, "3 d 4 h"),
        ({"days": -1}, "1 d 0 h overdue"),
    ],
)
def test_spans_in_words(span: dict[str, int], words: str) -> None:
    assert how_long(timedelta(**span)) == words


def test_sizes_in_words() -> None:
    assert [how_big(size) for size in (9, 2048, 3 * 1024 * 1024)] == ["9 B", "2.0 KiB", "3.0 MiB"]


def test_texts_are_cut_by_columns_not_by_characters() -> None:
    assert shorten("abc\n  def") == "abc def"
    assert shorten("一二三四五", 10) == "一二三四五"
    assert shorten("一二三四五六", 10) == "一二三四…"
