"""Files that are made to harm: each is refused or read as data, in seconds, with a sentence that names its place."""

from __future__ import annotations

import io
import json
import os
import sys
import zipfile

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from automation.intake import formulas
from tests.intake.office import ROW, Office, sheet
from tests.intake.test_files import places, table

SPACE = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def book(**parts: bytes) -> bytes:
    """A good workbook in which parts are replaced: `styles`, `workbook`, `sheet` or `other`."""
    names = {"styles": "xl/styles.xml", "workbook": "xl/workbook.xml", "sheet": "xl/worksheets/sheet1.xml"}
    with zipfile.ZipFile(io.BytesIO(sheet([list(ROW), list(ROW.values())]))) as packed:
        content = {name: packed.read(name) for name in packed.namelist()}
    content |= {names.get(key, "xl/other.bin"): part for key, part in parts.items()}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
        for name, part in content.items():
            packed.writestr(name, part)
    return out.getvalue()


def reason(desk: Office, name: str, content: bytes) -> str:
    """Why nothing of the file was taken."""
    report = desk.take(name, content)
    assert report.entered == ()
    return report.problems[0].reason


@pytest.mark.skipif(sys.platform == "win32", reason="no pipes and devices in folders")
@pytest.mark.parametrize("name", ["a.csv", "a.json", "a.xlsx"])
def test_a_pipe_a_device_and_a_folder_are_told_without_being_opened(desk: Office, name: str) -> None:
    os.mkfifo(desk.folder / name)
    assert "特殊文件" in desk.take(name).problems[0].reason
    (desk.folder / f"zero{name}").symlink_to("/dev/zero")
    assert "特殊文件" in desk.take(f"zero{name}").problems[0].reason
    (desk.folder / f"folder{name}").mkdir()
    assert "特殊文件" in desk.take(f"folder{name}").problems[0].reason


# --- CSV


def test_a_header_without_end_is_one_problem(desk: Office) -> None:
    assert "最多 200 列" in reason(desk, "a.csv", ",".join(f"c{n}" for n in range(10_000)).encode())
    assert "100001 列" in reason(desk, "b.csv", b"," * 100_000)


def test_a_name_of_a_million_letters_is_shown_cut(desk: Office) -> None:
    (first, *_) = desk.take("a.csv", b"store," + b"x" * 100_000).problems
    assert len(str(first)) < 2000


def test_a_cell_of_megabytes_and_a_quotation_without_end_are_told_with_their_line(desk: Office) -> None:
    big = desk.take("a.csv", (table([ROW]) + "s1," + "x" * 2_000_000).encode())
    assert (len(big.entered), places(big)) == (1, [(3, "")])
    long = desk.take("b.csv", (table([ROW]) + '"' + "x,\n" * 500_000).encode())
    assert places(long) == [(3, "")]


def test_empty_lines_and_bad_rows_end_somewhere(desk: Office) -> None:
    assert "200000 行" in reason(desk, "a.csv", table([ROW]).splitlines()[0].encode() + b"\n" * 201_000)
    bad = desk.take("b.csv", table([ROW]).splitlines()[0].encode() + b"\n" + b",,,,,,,,,,,,,x\n" * 21_000)
    assert (len(bad.problems), "20000 行" in bad.problems[-1].reason) == (20_001, True)


def test_a_nul_and_mixed_line_ends_are_told_or_read(desk: Office) -> None:
    assert places(desk.take("a.csv", table([{**ROW, "product": "a\0b"}]))) == [(2, "product")]
    header, row = table([ROW]).splitlines()
    assert len(desk.take("b.csv", f"{header}\r{row}\r\n{row.replace('R1', 'R2')}\n").entered) == 2


def test_evidence_without_end_is_not_inspected(desk: Office) -> None:
    for name, value in (("a.json", ["chat.png"] * 101), ("b.json", "chat.png;" * 101)):
        report = desk.take(name, json.dumps([{**ROW, "evidence": value}]))
        assert (places(report), "最多 100 份" in report.problems[0].reason) == ([(1, "evidence")], True)


@given(st.text(max_size=6).map(lambda text: text.replace("\0", "")), st.sampled_from(["", "'", "''", "="]))
def test_what_is_marked_against_formulas_is_read_as_it_was(text: str, start: str) -> None:
    cell = formulas.harmless(start + text)
    assert formulas.meant(cell) == start + text
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))


def test_a_marked_cell_enters_without_its_mark(desk: Office) -> None:
    hostile = "=cmd|' /C calc'!A0"
    (case,) = desk.take("a.csv", table([{**ROW, "product": formulas.harmless(hostile)}])).entered
    assert case.packet.review.product == hostile


# --- JSON


def test_json_of_millions_of_values_is_refused_before_any_is_made(desk: Office) -> None:
    assert "内容过多" in reason(desk, "a.json", b"[" + b"1," * 2_000_001 + b"1]")


@pytest.mark.parametrize("depth", [100, 900, 960, 975, 985, 100_000])
def test_values_however_deep_are_told(desk: Office, depth: int) -> None:
    deep = "[" * depth + "]" * depth
    assert reason(desk, "a.json", f'[{{"store": {deep}, "evidence": {{"a": {deep}}}, "answers": {deep}}}]'.encode())


# --- XLSX


@pytest.mark.parametrize(
    "parts",
    [
        {"styles": b"<styleSheet " + SPACE + b"><cellXfs>" + b"<xf/>" * 120_000 + b"</cellXfs></styleSheet>"},
        {
            "sheet": b"<worksheet "
            + SPACE
            + b"><sheetData><row>"
            + b"<c/>" * 2_100_000
            + b"</row></sheetData></worksheet>"
        },
        {"other": b" \n<x>" + b"<y/>" * 120_000 + b"</x>"},
        {"sheet": (b"<worksheet " + SPACE + b"><sheetData>").decode().encode("utf-16") + b"<\0c\0/\0>\0" * 2_100_000},
    ],
)
def test_a_workbook_of_millions_of_objects_is_refused_before_any_is_made(desk: Office, parts: dict[str, bytes]) -> None:
    assert "内容过多" in reason(desk, "a.xlsx", book(**parts))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_workbook_that_declares_entities_is_refused(desk: Office, encoding: str) -> None:
    bomb = (
        f'<?xml version="1.0" encoding="{encoding}"?>{" " * 2000}<!DOCTYPE a [<!ENTITY b "{"x" * 50}">]><sst>&b;</sst>'
    )
    assert "DTD" in reason(desk, "a.xlsx", book(other=bomb.encode(encoding)))


def test_a_workbook_in_an_encoding_in_which_tags_hide_is_refused(desk: Office) -> None:
    assert "已损坏" in reason(desk, "a.xlsx", book(other=b'<?xml version="1.0" encoding="cp037"?>' + b"\x4c" * 99))


def test_zeros_hide_nothing_from_the_count(desk: Office) -> None:
    """A stretch of zeros as long as what is read at once looks like the end once they are left out."""
    assert "内容过多" in reason(desk, "a.xlsx", book(other=b"<x>" + b"\0" * (4 << 20) + b"<y/>" * 120_000))


def test_a_row_at_the_end_of_the_world_ends_the_import(desk: Office) -> None:
    head = b"".join(b'<c t="inlineStr"><is><t>' + key.encode() + b"</t></is></c>" for key in ROW)
    rows = b"<row r='1'>" + head + b"</row><row r='99999999999'><c><v>1</v></c></row>"
    content = book(sheet=b"<worksheet " + SPACE + b"><sheetData>" + rows + b"</sheetData></worksheet>")
    assert "200000 行" in reason(desk, "a.xlsx", content)


def test_hidden_sheets_are_not_imported(desk: Office) -> None:
    made = openpyxl.Workbook()
    for state, store in (("hidden", "nobody"), ("veryHidden", "nobody"), ("visible", "s1")):
        page = made.create_sheet()
        page.sheet_state = state
        page.append(list(ROW))
        page.append(list({**ROW, "store": store}.values()))
    del made["Sheet"]
    out = io.BytesIO()
    made.save(out)
    report = desk.take("a.xlsx", out.getvalue())
    assert (len(report.entered), report.problems) == (1, ())
    with zipfile.ZipFile(io.BytesIO(out.getvalue())) as packed:
        hidden = packed.read("xl/workbook.xml").replace(b'state="visible"', b'state="hidden"')
    assert "没有可见的工作表" in reason(desk, "b.xlsx", book(workbook=hidden))


@pytest.mark.parametrize(
    "formula", ["=[1]Sheet1!A1", "=cmd|'/C calc'!A0", '=HYPERLINK("http://x.example","y")', "=1+1"]
)
def test_formulas_links_and_dde_are_refused_in_every_column(desk: Office, formula: str) -> None:
    report = desk.take("a.xlsx", sheet([list(ROW), list({**ROW, "buyer": formula}.values())], text=False))
    assert (report.entered, places(report)) == ((), [(2, "buyer")])
