"""Packs whose parts do not fit together are refused."""

from __future__ import annotations

import pytest

from automation.errors import PackError
from tests.packs.conftest import GOOD, Shelf


@pytest.mark.parametrize(
    ("good", "bad", "where", "said"),
    [
        ("here_when: [login.name]", "here_when: [login.nam]", "pages.login.here_when[0]", "did you mean `login.name`?"),
        ("within: form.box", "within: form.bix", "elements.form.text.within", "did you mean `form.box`?"),
        ("within: form.box", "frame: form.box", "elements.form.text.frame", "no frame"),
        ("next: form.more", "next: form.moar", "elements.form.list.table.next", "form.more"),
        ("next: form.more", "scroll: pane", "elements.form.list.table.scroll", "no element"),
        ("press: form.send", "press: form.sent", "channels.appeal.submit.press", "form.send"),
        (
            "press: form.send",
            "press: form.send, confirm: [form.more]",
            "channels.appeal.submit.confirm[0]",
            "irreversible",
        ),
        ("press: form.send", "press: form.send, took: toast", "channels.appeal.submit.took", "no element"),
        (", irreversible: true", "", "channels.appeal.submit.press", "irreversible: true"),
        ("form.more: {", "form.more: { irreversible: true,", "elements.form.more.irreversible", "no channel presses"),
        ("form.box: {", "form.box: { irreversible: true,", "elements.form.box.irreversible", "only a button"),
        ("form.box: {", "form.box: { within: form.text,", "elements.form.box", "stands inside itself"),
        ("form.box: {", "form.box: { within: form.box,", "elements.form.box", "stands inside itself"),
        ("dead_when: [login]", "dead_when: [signin]", "sign_in.dead_when[0]", "no page"),
        ("url: /login", "url: https://evil.example/login", "pages.login.url", "none of the pack's origins"),
        ("url: /login", "url: login", "pages.login.url", "none of the pack's origins"),
        ("url: /login", "url: //evil.example/login", "pages.login.url", "one slash"),
        ("title: Acme", "title: Acme\nmessages: [toast]", "messages[0]", "no element"),
        ("title: Acme", "title: Acme\nfor_people: [slider]", "for_people[0]", "no element"),
        ("control: text, within", "in_row: true, control: text, within", "pages.form.here_when[0]", "rows of a table"),
        ("working_days: [1, 3]", "working_days: [3, 1]", "channels.appeal.cadence.working_days", "greater"),
        ("files_max: 3", "files_max: 3, files_min: 4", "channels.appeal.limits.files_min", "greater"),
        ("says: [refused]", "says: [granted]", "channels.appeal.outcomes[1].says[0]", "already means upheld"),
    ],
)
def test_a_pack_that_does_not_fit_together_is_refused(shelf: Shelf, good: str, bad: str, where: str, said: str) -> None:
    assert good in GOOD
    with pytest.raises(PackError) as caught:
        shelf(GOOD.replace(good, bad)).pack("acme")
    found = [error for error in (caught.value, *caught.value.others) if error.field == where]
    assert found, str(caught.value)
    assert said in str(found[0])
    assert found[0].line is not None
    assert found[0].hint


def test_one_option_cannot_mean_two_reasons(shelf: Shelf) -> None:
    twice = "      other: { source: assumed, title: Other, labels: [Extortion] }\n    limits:"
    with pytest.raises(PackError, match="also a label of `extortion`"):
        shelf(GOOD.replace("    limits:", twice)).pack("acme")


def test_a_popup_that_a_person_must_see_cannot_be_closed_unasked(shelf: Shelf) -> None:
    popup = (
        "popups:\n  x: { source: assumed, find: [{ role: dialog, has_text: 请完成安全验证 }], close: [{ text: ok }] }\n"
    )
    with pytest.raises(PackError, match="never_close"):
        shelf(GOOD + popup + "never_close: [安全验证]\n").pack("acme")


def test_the_digest_cannot_be_written_in_a_file(shelf: Shelf) -> None:
    with pytest.raises(PackError, match="worked out by the program"):
        shelf(GOOD + "digest: abc\n").pack("acme")


ANSWERS = """\
    answers:
      amount: { source: assumed, title: Amount, kind: number, most: 50, example: "12.50" }
      parts: { source: assumed, title: Parts, kind: choices, choices: [goods, postage], example: "goods, postage" }
      account: { source: assumed, title: Account, kind: text, required: false, length_max: 20, example: shop01 }
    limits:"""


def with_answers(good: str = "", bad: str = "") -> str:
    assert good in ANSWERS
    return GOOD.replace("    limits:", ANSWERS.replace(good, bad) if good else ANSWERS)


def test_a_channel_may_say_what_else_its_form_asks(shelf: Shelf) -> None:
    answers = shelf(with_answers()).pack("acme").channels["appeal"].answers
    assert list(answers) == ["amount", "parts", "account"]
    assert [answers[name].required for name in answers] == [True, True, False]


@pytest.mark.parametrize(
    ("good", "bad", "key", "said"),
    [
        (", choices: [goods, postage]", "", "parts.kind", "has `choices`"),
        ("kind: choices", "kind: text", "parts.choices", "not to text"),
        ("kind: choices", "kind: choice", "parts.example", "answer_no_choice"),
        ("[goods, postage]", '["goods, all", postage]', "parts.choices[0]", "comma"),
        ("[goods, postage]", "[goods, postage, goods]", "parts.choices[2]", "twice"),
        ("kind: number", "kind: link", "amount.most", "not to link"),
        ("length_max: 20", "length_max: 20, most: 3", "account.most", "not to text"),
        ("most: 50", "most: 50, length_max: 3", "amount.length_max", "not to number"),
        ("most: 50", "most: 5", "amount.example", "answer_too_much"),
        ("length_max: 20", "length_max: 3", "account.example", "answer_too_long"),
        ('"12.50"', '"12,50"', "amount.example", "answer_no_number"),
        ("kind: number", "kind: sum", "amount.kind", "not one of"),
        (', example: "12.50"', "", "amount.example", "missing"),
    ],
)
def test_an_answer_that_nobody_could_give_is_refused(shelf: Shelf, good: str, bad: str, key: str, said: str) -> None:
    with pytest.raises(PackError) as caught:
        shelf(with_answers(good, bad)).pack("acme")
    found = [one for one in (caught.value, *caught.value.others) if one.field == f"channels.appeal.answers.{key}"]
    assert found, str(caught.value)
    assert said in str(found[0])
    assert found[0].line is not None
