"""Files as spreadsheets, exports and programs write them."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from automation.errors import InputError
from automation.intake import COLUMNS, ImportReport, template
from tests.intake.office import ROW, STORES, Office, office, sheet

CHINESE = {column.key: column.title for column in COLUMNS}


def table(rows: Sequence[dict[str, Any]], delimiter: str = ",", *, chinese: bool = False) -> str:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter)
    keys = list(rows[0])
    writer.writerow([CHINESE[key] if chinese else key for key in keys])
    writer.writerows([[row.get(key, "") for key in keys] for row in rows])
    return out.getvalue()


def places(report: ImportReport) -> list[tuple[int | None, str]]:
    return [(one.line, one.field) for one in report.problems]


def numbers(report: ImportReport) -> list[str]:
    return [case.packet.review.order_no for case in report.entered]


# --- CSV


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_is_read_in_every_encoding_and_delimiter_that_spreadsheets_write(
    desk: Office, encoding: str, delimiter: str
) -> None:
    report = desk.take("a.csv", table([ROW], delimiter, chinese=True).encode(encoding))
    assert report.problems == ()
    assert report.entered[0].packet.description == ROW["description"]


def test_a_first_line_that_tells_excel_the_delimiter_is_heeded(desk: Office) -> None:
    assert desk.take("a.csv", "sep=;\r\n" + table([ROW], ";")).entered


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_lines_may_end_in_any_way(desk: Office, ending: str) -> None:
    second = {**ROW, "order_no": "2", "review_id": "R2", "stars": "9"}
    text = table([ROW, second]).replace("\r\n", ending)
    report = desk.take("a.csv", text)
    assert (len(report.entered), places(report)) == (1, [(3, "stars")])


def test_every_fault_has_its_line_also_after_cells_of_several_lines(desk: Office) -> None:
    rows = [
        {**ROW, "description": "该买家3月5日\n签收后\n要求补偿。"},
        {**ROW, "order_no": "2", "review_id": "R2", "stars": "9", "posted_at": "soon"},
        {**ROW, "order_no": "3", "review_id": "R3"},
        {**ROW, "order_no": "4", "review_id": "R4", "store": "nobody"},
    ]
    report = desk.take("a.csv", table(rows, chinese=True))
    assert numbers(report) == ["6912345678901234567", "3"]
    assert places(report) == [(5, "评价时间"), (5, "星级"), (7, "店铺")]
    assert str(desk.folder / "a.csv") in str(report.problems[0])


def test_importing_a_file_twice_adds_nothing(desk: Office) -> None:
    first = desk.take("a.csv", table([ROW, {**ROW, "order_no": "2", "review_id": "R2"}]))
    again = desk.take("a.csv")
    assert [len(part) for part in (first.entered, first.known)] == [2, 0]
    assert [len(part) for part in (again.entered, again.known, again.problems)] == [0, 2, 0]
    assert len(desk.log.cases()) == 2


def test_a_row_that_stands_twice_in_a_file_enters_once(desk: Office) -> None:
    report = desk.take("a.csv", table([ROW, ROW]))
    assert [len(part) for part in (report.entered, report.known, report.problems)] == [1, 0, 0]


def test_a_case_remembers_the_line_that_it_came_from(desk: Office) -> None:
    (case,) = desk.take("a.csv", table([ROW])).entered
    assert "a.csv:2" in str([event.data for event in desk.log.events(case.id)])


def test_empty_lines_and_comments_are_passed_over(desk: Office) -> None:
    lines = table([ROW]).splitlines()
    report = desk.take("a.csv", "\n".join(["# cases of March", "", lines[0], ",,,", "# off", lines[1], ""]))
    assert (len(report.entered), report.problems) == (1, ())


def test_a_column_marked_as_comment_is_left_out(desk: Office) -> None:
    header, row = table([ROW]).splitlines()
    assert desk.take("a.csv", f"#note,{header}\nx,{row}\n").entered


def test_an_unknown_column_stops_the_import_and_names_the_nearest(desk: Office) -> None:
    report = desk.take("a.csv", table([ROW]).replace("description", "desciption", 1).replace("stars", "weight", 1))
    assert [one.field for one in report.problems] == ["weight", "desciption", "description"]
    assert "“description”" in report.problems[1].reason
    assert report.entered == ()


def test_a_column_that_stands_twice_under_two_names_is_refused(desk: Office) -> None:
    assert places(desk.take("a.csv", table([ROW]).replace("stars", "订单号", 1))) == [(1, "订单号")]


def test_a_missing_required_column_is_named(desk: Office) -> None:
    without = {key: value for key, value in ROW.items() if key not in ("reason", "store")}
    assert places(desk.take("a.csv", table([without]))) == [(1, "store"), (1, "reason")]


def test_a_row_with_more_cells_than_the_header_is_refused(desk: Office) -> None:
    header, row = table([ROW]).splitlines()
    assert places(desk.take("a.csv", f"{header}\n{row},x,y\n")) == [(2, "")]


def test_rows_before_a_broken_quotation_still_enter(desk: Office) -> None:
    report = desk.take("a.csv", table([ROW]) + 's1,"never closed\n')
    assert (len(report.entered), places(report)) == (1, [(3, "")])


@pytest.mark.parametrize("content", ["\n\n", "# only comments\n"])
def test_a_file_without_header_is_told(desk: Office, content: str) -> None:
    assert "没有表头" in desk.take("a.csv", content).problems[0].reason


def test_text_in_no_known_encoding_is_told(desk: Office) -> None:
    assert "文字编码" in desk.take("a.csv", b"store,\xff\xff\xff\n").problems[0].reason


@pytest.mark.parametrize("name", ["no.csv", "no.xlsx", "no.json"])
def test_a_missing_file_is_told(desk: Office, name: str) -> None:
    (one,) = desk.take(name).problems
    assert one.file == desk.folder / name


@pytest.mark.parametrize(("name", "content"), [("a.doc", b"x"), ("a.xls", b"\xd0\xcf\x11\xe0xxxx"), ("a.xlsx", b"x")])
def test_other_kinds_of_files_are_told(desk: Office, name: str, content: bytes) -> None:
    assert len(desk.take(name, content).problems) == 1


@pytest.mark.parametrize("place", ["../far.png", "{root}/far.png", "sub/../../far.png", "link.png"])
def test_evidence_may_not_lie_outside_of_the_files_folder(desk: Office, place: str) -> None:
    far = desk.folder.parent / "far.png"
    far.write_bytes((desk.folder / "chat.png").read_bytes())
    if sys.platform != "win32":
        (desk.folder / "link.png").symlink_to(far)
    report = desk.take("a.csv", table([{**ROW, "evidence": "chat:" + place.format(root=desk.folder.parent)}]))
    assert (places(report), "之外" in report.problems[0].reason) == ([(2, "evidence")], True)


# --- XLSX


def test_a_workbook_is_read_with_true_dates_and_numbers(desk: Office) -> None:
    values = {
        **ROW,
        "order_no": 691234567890123,
        "stars": 1.0,
        "posted_at": datetime.fromisoformat("2025-03-06T10:00:00"),
        "product": 42,
    }
    report = desk.take("a.xlsx", sheet([[CHINESE[key] for key in values], list(values.values())]))
    assert report.problems == ()
    review = report.entered[0].packet.review
    assert (review.order_no, review.stars, review.product) == ("691234567890123", 1, "42")
    assert review.posted_at == datetime(2025, 3, 6, 2, tzinfo=UTC)


@pytest.mark.parametrize("number", [6912345678901234567, 1.23e17, float("1e300")])
def test_a_number_that_excel_rounded_is_refused(desk: Office, number: float) -> None:
    report = desk.take("a.xlsx", sheet([list(ROW), list({**ROW, "order_no": number}.values())]))
    assert (places(report), "末尾几位已丢失" in report.problems[0].reason) == ([(2, "order_no")], True)


def test_formulas_and_errors_are_refused_and_text_that_looks_like_one_is_kept(desk: Office) -> None:
    formula = {**ROW, "product": "=1+1"}
    assert places(desk.take("a.xlsx", sheet([list(ROW), list(formula.values())], text=False))) == [(2, "product")]
    assert places(desk.take("b.xlsx", sheet([list(ROW), list({**ROW, "product": "#N/A"}.values())], text=False))) == [
        (2, "product")
    ]
    assert desk.take("c.xlsx", sheet([list(ROW), list(formula.values())])).entered[0].packet.review.product == "=1+1"


@pytest.mark.parametrize(("key", "value"), [("order_no", datetime.fromisoformat("2025-03-06")), ("product", True)])
def test_a_cell_of_the_wrong_kind_is_refused(desk: Office, key: str, value: object) -> None:
    assert places(desk.take("a.xlsx", sheet([list(ROW), list({**ROW, key: value}.values())]))) == [(2, key)]


def test_rows_keep_their_numbers_over_empty_ones(desk: Office) -> None:
    rows = [[], list(ROW), [], list(ROW.values()), [], list({**ROW, "review_id": "R2", "stars": 7}.values())]
    report = desk.take("a.xlsx", sheet(rows))
    assert (len(report.entered), places(report)) == (1, [(6, "stars")])


def test_a_workbook_cut_short_is_told(desk: Office) -> None:
    whole = sheet([list(ROW), list(ROW.values())])
    report = desk.take("a.xlsx", whole[: len(whole) // 2])
    assert "工作簿已损坏" in report.problems[0].reason


def test_a_workbook_that_unpacks_to_gigabytes_is_not_unpacked(desk: Office) -> None:
    import zipfile  # noqa: PLC0415

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed, packed.open("x", "w") as part:
        for _ in range(300):
            part.write(b"\0" * (1 << 20))
    assert "文件过大" in desk.take("a.xlsx", out.getvalue()).problems[0].reason


# --- JSON


def test_json_is_a_list_of_objects_and_each_fault_has_its_line(desk: Office) -> None:
    objects = [
        {
            **ROW,
            "order_no": 6912345678901234567,
            "stars": 1,
            "buyer": None,
            "evidence": [{"path": "chat.png", "kind": "chat"}],
        },
        {**ROW, "review_id": "R2", "stars": 9},
        {**ROW, "review_id": "R3", "sotre": "x"},
        5,
        {**ROW, "review_id": "R4", "product": True},
    ]
    text = "[\n" + ",\n".join(json.dumps(one, ensure_ascii=False) for one in objects) + "]"
    report = desk.take("a.json", text)
    assert numbers(report) == ["6912345678901234567"]
    assert places(report) == [(3, "stars"), (4, "sotre"), (5, ""), (6, "product")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_json_may_be_in_any_encoding_of_csv(desk: Office, encoding: str) -> None:
    assert desk.take("a.json", json.dumps([ROW], ensure_ascii=False).encode(encoding)).entered


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        "5",
        "",
        "[",
        "[1,]",
        '[{"store": "a", "store": "b"}]',
        "[NaN]",
        "[" * 100_000,
        "[" + "9" * 5000 + "]",
        '[{"a": NaN}]',
    ],
)
def test_what_is_no_list_of_objects_is_told_once(desk: Office, text: str) -> None:
    (desk.folder / "a.json").write_text(text, encoding="utf-8")
    report = desk.take("a.json")
    assert len(report.problems) == 1
    assert report.problems[0].line == 1


def test_a_rounded_number_in_json_is_refused(desk: Office) -> None:
    text = json.dumps([ROW]).replace('"6912345678901234567"', "6.912345678901234e18")
    assert places(desk.take("a.json", text)) == [(1, "order_no")]


def test_odd_text_is_kept_as_it_is_in_every_database(tmp_path: Path, database_url: str) -> None:
    odd = "'; DROP TABLE cases; --\t%s \\ \u202e😀\x07 ‘“"
    with office(tmp_path / "office", url=database_url) as desk:
        rows = [{**ROW, "product": odd}, {**ROW, "review_id": "R2", "product": "a\0b"}]
        report = desk.take("a.json", json.dumps(rows))
        assert [case.packet.review.product for case in report.entered] == [odd]
        assert places(report) == [(1, "product")]
        assert [case.digest for case in desk.take("a.json").known] == [report.entered[0].digest]


# --- templates


@pytest.mark.parametrize("name", ["t.csv", "t.xlsx", "t.json"])
def test_a_fresh_template_imports_as_nothing_and_without_problems(desk: Office, name: str) -> None:
    template(desk.folder / name, packs=[desk.packs.pack("shop")], stores=STORES)
    assert desk.take(name) == ImportReport()


@pytest.mark.parametrize("name", ["t.csv", "t.json"])
def test_the_templates_example_enters_once_its_mark_is_removed_and_its_file_is_there(desk: Office, name: str) -> None:
    path = desk.folder / name
    template(path, packs=[desk.packs.pack("shop")], stores=STORES)
    text = path.read_text(encoding="utf-8").replace("# my_store", "s1")
    (desk.folder / "证据").mkdir()
    (desk.folder / "证据" / "聊天1.png").write_bytes((desk.folder / "chat.png").read_bytes())
    (case,) = desk.take(name, text).entered
    assert [one.code for one in case.findings] == []


def test_a_filled_workbook_template_enters(desk: Office) -> None:
    path = desk.folder / "t.xlsx"
    template(path, packs=[desk.packs.pack("shop")], stores=STORES)
    book = openpyxl.load_workbook(path)
    page = book.worksheets[0]
    for at, column in enumerate(COLUMNS, start=1):
        page.cell(2, at, ROW.get(column.key, ""))
    book.save(path)
    assert len(desk.take("t.xlsx").entered) == 1


def test_a_workbook_template_offers_stores_channels_and_reasons(desk: Office) -> None:
    path = desk.folder / "t.xlsx"
    template(path, packs=[desk.packs.pack("shop")], stores=STORES)
    book = openpyxl.load_workbook(path)
    page = book.worksheets[0]
    rules = {str(rule.sqref).split(":")[0]: rule.formula1 for rule in page.data_validations.dataValidation}
    reasons = next(formula for cell, formula in rules.items() if cell.startswith("K"))
    place = str(reasons).split("!")[1].replace("$", "")
    assert [row[0].value for row in book["选项"][place]] == ["利用评价要挟", "无实际含义", "无实际含义的评价"]
    assert page.cell(2, 3).number_format == "@"


def test_a_template_does_not_replace_a_file_unasked(desk: Office) -> None:
    path = desk.folder / "t.csv"
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match="there already"):
        template(path)
    assert path.read_text(encoding="utf-8") == "mine"
    template(path, overwrite=True)
    assert path.read_text(encoding="utf-8") != "mine"


@pytest.mark.parametrize("name", ["t.doc", "no/such/t.csv"])
def test_a_template_that_cannot_be_written_is_told(desk: Office, name: str) -> None:
    with pytest.raises(InputError):
        template(desk.folder / name)
