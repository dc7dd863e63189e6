"""What of a review can be contested, as it stands in the review."""

from __future__ import annotations

from automation.packet.offence import offending


def test_passages_are_given_as_they_are_written() -> None:
    assert offending("不退款就曝光，加我ＶＸ") == ("退款", "加我", "ＶＸ")
    assert offending("颜色不好看") == ()
    assert offending("") == ()


def test_a_word_that_stands_twice_is_one_passage() -> None:
    assert offending("骗，又骗") == ("骗",)
