"""The further fields of a form in files: a column each, or an object in JSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from automation.intake import template
from automation.model import Case, State
from tests.intake.office import PACK, ROW, SECOND_CHANNEL, STORES, Office, office, sheet

ANSWERS = """\
    answers:
      amount: {source: assumed, title: 申诉金额, kind: number, most: 100, example: "12.50"}
      parts:
        source: assumed
        title: 申诉项
        kind: choices
        choices: [货款, 运费, 其他]
        required: false
        example: "货款, 运费"
      page: {source: assumed, title: 页面, kind: link, required: false, example: "https://shop.example/1"}
    limits:
"""


@pytest.fixture
def asking(tmp_path: Path) -> Iterator[Office]:
    """Its first channel asks for more than its second."""
    with office(tmp_path, PACK.replace("    limits:\n", ANSWERS) + SECOND_CHANNEL) as made:
        yield made


def table(*rows: dict[str, Any]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(dict.fromkeys(key for row in rows for key in row)), restval="")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def entered(desk: Office, name: str, content: str | bytes) -> Case:
    report = desk.take(name, content)
    assert report.problems == ()
    (case,) = report.entered
    return case


def test_a_table_has_a_column_for_each_answer_and_one_for_the_address(asking: Office) -> None:
    row = ROW | {"answer:amount": " １2.50", "补充：parts": "运费，货款", "评价链接": "https://shop.example/r?id=1"}
    case = entered(asking, "cases.csv", table(row))
    assert case.packet.answers == {"amount": "12.50", "parts": "货款, 运费"}
    assert case.packet.review.url == "https://shop.example/r?id=1"
    assert case.state is State.READY


def test_a_workbooks_number_is_taken_as_it_was_typed(asking: Office) -> None:
    row = ROW | {"answer:amount": 12.5}
    case = entered(asking, "cases.xlsx", sheet([list(row), list(row.values())]))
    assert case.packet.answers == {"amount": "12.5"}


def test_json_takes_an_object_with_numbers_and_lists(asking: Office) -> None:
    row = ROW | {"answers": {"amount": 12.50, "parts": ["运费", "货款"], "page": ""}}
    case = entered(asking, "cases.json", json.dumps([row]))
    assert case.packet.answers == {"amount": "12.5", "parts": "货款, 运费"}


def test_a_cell_may_stay_empty_where_the_channel_does_not_ask(asking: Office) -> None:
    rows = (
        ROW | {"answer:amount": "5"},
        ROW | {"channel": "abnormal_report", "answer:amount": ""},
    )
    report = asking.take("cases.csv", table(*rows))
    assert report.problems == ()
    assert [one.packet.answers for one in report.entered] == [{"amount": "5"}, {}]


@pytest.mark.parametrize(
    ("column", "value", "says"),
    [
        ("answer:amount", "12元", "12元"),
        ("answer:parts", "货款, 税", "税"),
        ("answer:page", "shop.example", "shop.example"),
        ("answer:colour", "red", "colour"),
        ("review_url", "shop.example", "shop.example"),
        ("answers", "amount=3", "amount=3"),
    ],
)
def test_a_bad_one_is_named_with_line_and_column(asking: Office, column: str, value: str, says: str) -> None:
    row = ROW | {"answer:amount": "5", "buyer": "two\nlines", column: value}
    (one,) = asking.take("cases.csv", table(row)).problems
    assert (one.file, one.line, one.field) == (asking.folder / "cases.csv", 2, column)
    assert says in one.reason
    assert one.hint
    assert asking.log.cases() == []


def test_bad_ones_of_an_object_are_named_too(asking: Office) -> None:
    row = ROW | {"answers": {"amount": True, "parts": {"a": 1}, "colour": "red"}, "answer:page": "x"}
    report = asking.take("cases.json", json.dumps([row]))
    assert {one.field for one in report.problems} == {
        "answer:page", "answers.amount", "answers.parts", "answers.colour"
    }  # fmt: skip
    twice = ROW | {"answers": {"amount": "1"}, "answer:amount": "2"}
    (one,) = asking.take("twice.json", json.dumps([twice])).problems
    assert "amount" in one.reason


@pytest.mark.parametrize("answers", [{}, {"amount": "100.5"}])
def test_a_missing_or_too_great_one_makes_a_draft(asking: Office, answers: dict[str, str]) -> None:
    (case,) = asking.add(answers=answers).entered
    assert case.state is State.DRAFT
    assert [one.field for one in case.findings] == ["answers.amount"]


def test_another_answer_to_a_known_case_is_told(asking: Office) -> None:
    asking.add(answers={"amount": "5"})
    assert len(asking.add(answers={"amount": "6"}).differing) == 1
    assert asking.add(answers={"amount": "5"}).differing == ()


@pytest.mark.parametrize("name", ["answer:", "answer:Ünknown", "answer"])
def test_a_column_that_names_no_answer_is_unknown(asking: Office, name: str) -> None:
    (one,) = asking.take("cases.csv", table(ROW | {name: "1"})).problems
    assert one.field == name


def test_templates_show_the_answers_with_their_examples(asking: Office) -> None:
    packs = [asking.packs.pack("shop")]
    made = {suffix: asking.folder / f"t.{suffix}" for suffix in ("csv", "json", "xlsx")}
    for path in made.values():
        template(path, packs=packs, stores=STORES)
    for suffix in ("csv", "json"):
        text = made[suffix].read_text("utf-8-sig")
        for part in ("answer:amount", "12.50", "申诉金额（必填）", "最多 100", "可多选：货款、运费、其他"):
            assert part in text, (suffix, part)
    page = openpyxl.load_workbook(made["xlsx"]).worksheets[0]
    assert "answer:parts" in [cell.value for cell in page[1]]
    (asking.folder / "证据").mkdir()
    (asking.folder / "证据" / "聊天1.png").write_bytes((asking.folder / "chat.png").read_bytes())
    text = made["json"].read_text("utf-8").replace("# my_store", "s1")
    assert entered(asking, "t.json", text).packet.answers["parts"] == "货款, 运费"


def test_templates_leave_out_platforms_without_a_store(asking: Office) -> None:
    path = asking.folder / "t.csv"
    template(path, packs=[asking.packs.pack("shop")], stores=STORES[2:])
    assert "answer:" not in path.read_text("utf-8-sig")
