"""Anything at all, given to the import."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.intake.office import ROW, Office, sheet

_fuzz = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150)


@_fuzz
@given(st.binary(max_size=400), st.sampled_from(["a.csv", "a.json", "a.xlsx", "a"]))
def test_arbitrary_bytes_never_crash_the_import_and_enter_nothing(desk: Office, content: bytes, name: str) -> None:
    (desk.folder / name).write_bytes(content)
    report = desk.take(name)
    assert report.entered == ()


@_fuzz
@given(st.lists(st.lists(st.text(max_size=12), max_size=13), max_size=4), st.sampled_from([",", "\t"]))
def test_arbitrary_cells_under_a_good_header_never_crash_the_import(
    desk: Office, rows: list[list[str]], delimiter: str
) -> None:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerow(list(ROW))
    writer.writerows(rows)
    report = desk.take("a.csv", out.getvalue().encode("utf-8", "replace"))
    assert report.entered == ()


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*ROW, "x", "#"]), inner, max_size=4),
    max_leaves=8,
)


@_fuzz
@given(_json)
def test_arbitrary_json_never_crashes_the_import(desk: Office, value: object) -> None:
    assert desk.take("a.json", json.dumps(value)).entered == ()


@_fuzz
@given(st.sampled_from(list(ROW)), _json)
def test_an_arbitrary_value_in_any_column_of_a_good_row_never_crashes(desk: Office, key: str, value: object) -> None:
    report = desk.take("a.json", json.dumps([{**ROW, key: value}]))
    assert report.entered or report.known or report.problems


@_fuzz
@given(st.data())
def test_a_workbook_damaged_anywhere_never_crashes_the_import(desk: Office, data: st.DataObject) -> None:
    path = Path(desk.folder / "whole.xlsx")
    if not path.exists():
        path.write_bytes(sheet([list(ROW), list({**ROW, "store": "nobody"}.values())]))
    whole = path.read_bytes()
    at = data.draw(st.integers(4, len(whole) - 1))
    damaged = whole[:at] + data.draw(st.binary(min_size=1, max_size=4)) + whole[at + data.draw(st.integers(0, 8)) :]
    assert desk.take("a.xlsx", damaged).entered == ()
