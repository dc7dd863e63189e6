"""Packs that are made to harm, or hurt by accident: refused with file and line, before anything grows or hangs."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from automation.browser.wording import says
from automation.errors import PackError
from automation.packs import Packs
from automation.searching import TEXT_MAX, fault, first_group
from tests.packs.conftest import GOOD, Shelf
from tests.packs.test_strict_yaml import line_of, refused


@pytest.mark.parametrize("number", ["9" * 5000, "9" * 400 + ".0", "9" * 300 + ".5", "-" + "1" * 70])
def test_a_number_of_hundreds_of_digits_is_refused_with_its_line(shelf: Shelf, number: str) -> None:
    error = refused(shelf, GOOD.replace("every_hours: 12.5", f"every_hours: {number}"))
    assert (error.line, error.field) == (line_of(GOOD, "every_hours"), "channels.appeal.cadence.every_hours")


@pytest.mark.parametrize("text", ["1" * 200_000 + "x", "1:1" * 60_000 + "x", "0_" * 100_000 + "x"])
def test_a_long_text_that_begins_like_a_number_is_told_from_one_at_once(shelf: Shelf, text: str) -> None:
    assert shelf(GOOD.replace("title: Acme", f"title: {text}")).pack("acme").title == text


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("every_hours: 12.5", "every_hours: 99999.0"),
        ("first_after_hours: 24", "first_after_hours: 99999"),
        ("working_days: [1, 3]", "working_days: [1, 9999999999]"),
        ("    submit:", "    window: { source: assumed, days: 99999999999 }\n    submit:"),
        ("library: antd", "library: antd\npause_seconds: 9999999"),
    ],
)
def test_times_that_no_calendar_has_are_refused(shelf: Shelf, old: str, new: str) -> None:
    assert "less than or equal" in str(refused(shelf, GOOD.replace(old, new)))


@pytest.mark.parametrize("written", ['"a\\0b"', '"a\\u202Eb"', "a\u202eb", "a\0b", "a\x1bb", "a # \u2066"])
def test_characters_that_no_editor_shows_are_refused_with_their_line(shelf: Shelf, written: str) -> None:
    error = refused(shelf, GOOD.replace("title: Acme", f"title: {written}"))
    assert error.line == 3
    assert "invisible character U+" in str(error)


@pytest.mark.skipif(sys.platform == "win32", reason="no pipes and devices in folders")
def test_what_is_no_plain_file_is_told_without_being_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / "device.yaml").symlink_to("/dev/zero")
    (tmp_path / "folder.yaml").mkdir()
    for name in ("pipe.yaml", "device.yaml", "folder.yaml", "gone.yaml"):
        with pytest.raises(PackError, match="no plain file"):
            Packs(tmp_path).validate(tmp_path / name)


def test_of_thousands_of_problems_the_first_hundred_are_told(shelf: Shelf) -> None:
    error = refused(shelf, GOOD + "a: 1\n" * 5000)
    assert len(error.others) == 100
    assert "more problems" in str(error.others[-1])


def test_documents_without_end_are_refused(shelf: Shelf) -> None:
    assert "second document" in str(refused(shelf, "---\n" * 5000))


def test_a_wide_override_is_laid_over_quickly(shelf: Shelf) -> None:
    """Each key of an override was once compared with every other."""
    wide = "".join(f"  k{n}: {{ source: assumed, find: [{{ css: x }}], close: [{{ css: x }}] }}\n" for n in range(2500))
    packs = shelf(GOOD + "popups:\n" + wide, "format: 1\nplatform: acme\npopups:\n" + wide.replace("css: x", "css: z"))
    assert packs.pack("acme").popups["k9"].find[0].css == "z"


@pytest.mark.parametrize("indent", [" ", "\t"])
def test_a_line_that_is_off_by_one_is_told_with_its_line(shelf: Shelf, indent: str) -> None:
    error = refused(shelf, GOOD.replace("  form: {", f"{indent}  form: {{"))
    assert error.line in (line_of(GOOD, "  form: {"), line_of(GOOD, "  form: {") - 1)


@pytest.mark.parametrize(
    "pattern",
    [
        r"((?:a+)+)$",
        r"((?:ab|a)*)x",
        r"((?:.{1,9}){1,9}x)",
        r"(.*.*.*.*x)",
        r"(\d+\d+\d+)x",
        r"(?=(.*a.*b.*c.*d))y",
        r"(.+)\1x",
        "(" + "a?" * 40 + "a" * 40 + ")",
        "(" * 300 + ")" * 300,
        "(a{99999999999999})",
        "(a",
    ],
)
def test_a_pattern_that_could_take_without_end_is_refused(shelf: Shelf, pattern: str) -> None:
    error = refused(shelf, GOOD.replace("{ column: Order }", f"{{ pattern: '{pattern}' }}"))
    assert "elements.form.list.table.cells.order_no" in str(error)
    assert "pattern" in str(error)


@pytest.mark.parametrize(
    "pattern",
    [r"订单(?:编号|号)\s*[:：]?\s*([0-9A-Za-z-]{6,})", r"^(.+?)\s*(?:ID\s*[:：]|进入|$)", r"((?:\d{4}-){3}\d{4})"],
)
def test_a_pattern_that_reads_in_one_go_is_taken(pattern: str) -> None:
    assert fault(pattern) == ""


def test_a_pattern_reads_the_beginning_of_a_text_and_no_more() -> None:
    assert first_group(r"no (\d+)", "no  7" + "x" * TEXT_MAX) == "7"
    assert first_group(r"no (\d+)", "x" * TEXT_MAX + "no 7") == ""


@pytest.mark.parametrize(
    ("wording", "text", "is_it"),
    [
        ("a*b", "a-b", True),
        ("a*b", "ab", True),
        ("a*a", "a", False),
        ("*b*", "abc", True),
        ("a*b*c", "a b c", True),
        ("a*b*b", "a b", False),
        ("a*b", "a b c", False),
        ("a.c", "abc", False),
        ("*a" * 40 + "*x", "a" * 5000, False),
    ],
)
def test_a_wording_with_stars_is_compared_in_one_pass(wording: str, text: str, is_it: bool) -> None:
    assert says(wording, text) is is_it
