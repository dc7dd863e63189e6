"""What a person may write in a pack file, and what is refused, each with its file and line."""

from __future__ import annotations

import pytest

from automation.errors import PackError
from tests.packs.conftest import GOOD, Shelf


def refused(shelf: Shelf, text: str | bytes) -> PackError:
    with pytest.raises(PackError) as caught:
        shelf(text).pack("acme")
    return caught.value


def line_of(text: str, word: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if word in line)


def test_a_right_pack_is_read(shelf: Shelf) -> None:
    pack = shelf().pack("acme")
    assert pack.elements["form.text"].within == "form.box"
    assert pack.channels["appeal"].cadence.every_hours == 12.5
    assert len(pack.digest) == 64


def test_a_file_with_a_byte_order_mark_and_windows_line_ends_is_read(shelf: Shelf) -> None:
    windows = b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode()
    assert shelf(windows).pack("acme").digest == shelf().pack("acme").digest


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("yes", "true or false"),
        ("No", "true or false"),
        ("off", "true or false"),
        ("y", "true or false"),
        ("True", "small letters"),
        ("null", "no value"),
        ("~", "no value"),
        ("", "no value"),
        ("2026-11-21", "date"),
        ("2026-11-21 08:00:00", "date"),
        ("0123", "another base"),
        ("0x1F", "another base"),
        ("0o17", "another base"),
        ("12:30", "another base"),
        ("1_000", "number or a text"),
        ("1e3", "number or a text"),
        (".5", "number or a text"),
        (".inf", "number or a text"),
        ("+7", "number or a text"),
        ("5", "valid string"),
        ("1.5", "valid string"),
        ("true", "valid string"),
    ],
)
def test_what_yaml_would_guess_is_refused_where_text_is_meant(shelf: Shelf, written: str, said: str) -> None:
    text = GOOD.replace("title: Acme", f"title: {written}")
    error = refused(shelf, text)
    assert (error.line, error.field) == (3, "title")
    assert said in str(error)
    assert error.hint


@pytest.mark.parametrize("written", ["'no'", '"5"', "'2026-11-21'", "'null'", "|-\n  0123", "a no b"])
def test_quoted_text_is_taken_as_it_stands(shelf: Shelf, written: str) -> None:
    pack = shelf(GOOD.replace("title: Acme", f"title: {written}")).pack("acme")
    assert pack.title == written.strip("'\"").removeprefix("|-\n  ")


def test_quoted_numbers_are_refused_where_a_number_is_meant(shelf: Shelf) -> None:
    error = refused(shelf, GOOD.replace("files_max: 3", 'files_max: "3"'))
    assert error.field == "channels.appeal.limits.files_max"
    assert error.line == line_of(GOOD, "files_max")


def test_a_key_that_stands_twice_is_refused_and_names_both_lines(shelf: Shelf) -> None:
    error = refused(shelf, GOOD + "title: Again\n")
    assert (error.line, error.field) == (len(GOOD.splitlines()) + 1, "title")
    assert "first in line 3" in str(error)


@pytest.mark.parametrize(
    ("addition", "said"),
    [
        ("never_close: &words [a]\n", "anchor"),
        ("never_close: [&a x, *a]\n", "alias"),
        ("never_close: !!set {a}\n", "tag"),
        ("never_close: [!!python/name:os.system x]\n", "tag"),
        ("prefix: !!str 5\n", "tag"),
        ("<<: {prefix: x}\n", "merge key"),
        ("? [a, b]\n: c\n", "a key is a word"),
        ("---\nformat: 1\n", "second document"),
        ("prefix: [unclosed\n", "is not YAML"),
        ("\tprefix: x\n", "is not YAML"),
        ("prefix: a: b\n", "is not YAML"),
    ],
)
def test_what_lets_a_file_mean_more_than_it_says_is_refused(shelf: Shelf, addition: str, said: str) -> None:
    error = refused(shelf, GOOD + addition)
    assert said in str(error)
    assert error.line is not None
    assert error.line > len(GOOD.splitlines()) - 1


def test_documents_that_would_grow_or_sink_without_end_are_refused_quickly(shelf: Shelf) -> None:
    assert "levels" in str(refused(shelf, "a: " + "[" * 5000))
    assert "bytes" in str(refused(shelf, "a: " + "x" * 2_000_000))
    bomb = "a: &a [x,x]\n" + "".join(
        f"{b}: &{b} [*{a},*{a}]\n" for a, b in zip("abcdefghij", "bcdefghijk", strict=True)
    )
    assert "anchor" in str(refused(shelf, bomb))


def test_a_file_that_is_no_text_is_refused_with_its_line(shelf: Shelf) -> None:
    error = refused(shelf, b"format: 1\ntitle: \xff\xfe\n")
    assert error.line == 2
    assert "UTF-8" in str(error)


@pytest.mark.parametrize("text", ["", "# nothing\n", "- a\n- b\n", "just words\n"])
def test_a_file_that_is_no_map_is_refused(shelf: Shelf, text: str) -> None:
    assert "a map of keys" in str(refused(shelf, text)) or "missing" in str(refused(shelf, text))


def test_an_unknown_key_names_the_nearest_known_one(shelf: Shelf) -> None:
    error = refused(shelf, GOOD.replace("control: dialog", "controll: dialog"))
    assert "did you mean `control`?" in str(error)
    assert error.line == line_of(GOOD, "form.box:")
    error = refused(shelf, GOOD.replace("description_max", "description_most"))
    assert "did you mean `description_max`?" in str(error)


def test_a_value_outside_of_its_list_names_the_nearest_of_the_list(shelf: Shelf) -> None:
    error = refused(shelf, GOOD.replace("control: dialog", "control: dialogue"))
    assert "did you mean `dialog`?" in str(error)
    assert error.field == "elements.form.box.control"


def test_all_errors_of_a_file_come_together_in_the_order_of_the_lines(shelf: Shelf) -> None:
    spoilt = GOOD.replace("title: Acme", "title: no").replace("files_max: 3", "files_max: many") + "prefixx: a\n"
    error = refused(shelf, spoilt)
    lines = [error.line, *(other.line for other in error.others)]
    assert len(lines) == 3
    assert lines == sorted(line for line in lines if line is not None)
    assert str(error).count("acme.yaml:") == 3


def test_a_missing_key_is_named_where_it_is_missing(shelf: Shelf) -> None:
    error = refused(shelf, GOOD.replace("    source: public\n    control: text\n", "    control: text\n"))
    assert error.field == "elements.login.name.source"
    assert error.line == line_of(GOOD, "  login.name:")


@pytest.mark.parametrize(
    ("good", "bad", "said"),
    [
        ("source: seed 1", "source: hearsay", "`seed N`"),
        ("https://acme.example", "http://acme.example", "https://host"),
        ("https://acme.example", "https://acme.example/path", "https://host"),
        ("  login.name:\n", "  Login.Name:\n", "small letters"),
        ("{ role: dialog }", "{ role: dialog, css: p }", "exactly one of"),
        ("{ placeholder: Name }", "{ placeholder: Name, name: x }", "belongs to `role`"),
        ("{ column: Order }", "{ pattern: 'a(b)(c)' }", "exactly one group"),
        ("{ column: Order }", "{ css: .a, count: .b }", "column, css, count, attribute"),
        ("{ column: Order }", "{ pattern: 'a(b' }", "no regular expression"),
        ("source: public\n", "source: verified\n", "verified_on"),
        ("working_days: [1, 3]", "working_days: [1]", "working_days"),
    ],
)
def test_values_of_the_wrong_shape_say_what_is_right(shelf: Shelf, good: str, bad: str, said: str) -> None:
    assert good in GOOD
    assert said in str(refused(shelf, GOOD.replace(good, bad)))
