"""CSV and XLSX: whole files, readable ones, and nothing in them that a spreadsheet would run."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from automation.errors import InputError
from automation.intake.formulas import harmless
from automation.model import State
from automation.reports import Line, figures, write_csv, write_xlsx
from automation.reports.sheets import COLUMNS

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def line(case: int = 1, **changes: object) -> Line:
    values: dict[str, object] = {
        "case": case,
        "round": 1,
        "client": "",
        "store": "my-store",
        "store_name": "星河数码旗舰店",
        "platform": "shop",
        "channel": "review_appeal",
        "reason": "extortion",
        "order_no": "6920000000000000001",
        "review_id": "",
        "state": State.UPHELD,
        "entered_at": NOW,
        "submitted_at": NOW,
        "answered_at": NOW + timedelta(hours=36),
        "answer": "申诉成功",
    }
    return Line(**(values | changes))  # type: ignore[arg-type]


def rows_of(file: Path) -> Iterator[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as read:
        yield from csv.DictReader(read)


def test_a_csv_holds_every_round_with_its_times(tmp_path: Path) -> None:
    file = tmp_path / "report.csv"
    assert write_csv([line(1), line(2, state=State.REJECTED, answered_at=None)], file) == 2
    first, second = rows_of(file)
    assert list(first) == list(COLUMNS)
    assert (first["order_no"], first["hours_to_result"]) == ("6920000000000000001", "36.0")
    assert first["answered_at"] == "2026-03-03T21:00:00+00:00"
    assert (second["state"], second["hours_to_result"]) == ("rejected", "")
    assert file.read_bytes().startswith(b"\xef\xbb\xbf")  # or Excel takes it for another encoding


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "＝"])
def test_no_cell_is_a_formula(tmp_path: Path, start: str) -> None:
    text = f'{start}HYPERLINK("http://example.com","x")'
    found = [line(answer=text, note=text, store_name=text, reason=text)]
    write_csv(found, tmp_path / "report.csv")
    (row,) = rows_of(tmp_path / "report.csv")
    assert all(row[name] == f"'{text}" for name in ("answer", "note", "store_name", "reason"))
    write_xlsx(found, figures(found, NOW), tmp_path / "report.xlsx")
    for sheet in load_workbook(tmp_path / "report.xlsx"):
        assert not [cell for cells in sheet.iter_rows() for cell in cells if cell.data_type == "f"]


@given(st.text(max_size=40))
def test_a_cell_is_the_text_itself_or_the_text_with_an_apostrophe(text: str) -> None:
    made = harmless(text)
    assert made in (text, f"'{text}")
    assert not made.startswith(("=", "+", "-", "@", "\t", "\r"))


def test_a_workbook_has_rounds_states_and_reasons(tmp_path: Path) -> None:
    found = [line(1), line(2, state=State.REJECTED), line(3, state=State.READY, submitted_at=None, answered_at=None)]
    assert write_xlsx(found, figures(found, NOW), tmp_path / "report.xlsx") == 3
    book = load_workbook(tmp_path / "report.xlsx")
    assert [cell.value for cell in book["案件"][1]] == list(COLUMNS.values())
    assert book["案件"]["I2"].value == "6920000000000000001"  # a number would lose its last digits
    assert isinstance(book["案件"]["L2"].value, datetime)
    assert {row[0].value: row[1].value for row in book["状态"].iter_rows(min_row=2)} == {
        "ready": 1,
        "upheld": 1,
        "rejected": 1,
    }
    assert [cell.value for cell in book["原因"][2]] == ["shop", "extortion", 1, 1, 0, 0, 0.5]


def test_what_a_workbook_cannot_hold_is_left_out_and_not_fatal(tmp_path: Path) -> None:
    found = [line(answer="a\x00b\x1fc" + "长" * 40_000)]
    write_xlsx(found, figures(found, NOW), tmp_path / "report.xlsx")
    answer = load_workbook(tmp_path / "report.xlsx")["案件"]["P2"].value
    assert str(answer).startswith("abc长")
    assert len(str(answer)) <= 32_767


def test_an_old_report_stays_whole_where_the_new_one_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="missing"):
        write_csv([line()], tmp_path / "missing" / "report.csv")
    file = tmp_path / "report.csv"
    file.write_text("old", encoding="utf-8")

    def broken() -> Iterator[Line]:
        yield line()
        raise RuntimeError("the log went away")

    with pytest.raises(RuntimeError):
        write_csv(broken(), file)
    assert file.read_text(encoding="utf-8") == "old"
    assert [one.name for one in tmp_path.iterdir()] == ["report.csv"]
