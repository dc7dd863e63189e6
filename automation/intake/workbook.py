"""An Excel workbook's first sheet, as data: formulas are refused, never evaluated, and rounded numbers are told."""

from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, Final

import openpyxl

from automation.intake.cells import BadCell
from automation.intake.problems import Fault

UNPACKED_MAX: Final = 256 << 20  # bytes; a workbook is a ZIP, which may unpack to anything
COLUMNS_MAX: Final = 200
_EXACT_MAX: Final = 10**15  # Excel keeps 15 digits


def lines(content: bytes) -> Iterator[tuple[int, Sequence[object] | Fault]]:
    """Each row of the first sheet with its number; ends with a fault where the workbook cannot be read on."""
    line = 1
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            unpacked = sum(part.file_size for part in packed.infolist())
        if unpacked > UNPACKED_MAX:
            yield 1, Fault("file_too_large", size=unpacked, most=UNPACKED_MAX)
            return
        for line, cells in enumerate(_cells(content), start=1):
            yield line, cells
    except Exception as error:  # noqa: BLE001 - the library raises anything on damaged workbooks
        yield line, Fault("workbook_broken", cause=str(error)[:200] or type(error).__name__)


def _cells(content: bytes) -> Iterator[list[object]]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about styles and extensions that are of no use here
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
    try:
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # what a file says of its size may be wrong
        for row in sheet.iter_rows(max_col=COLUMNS_MAX):
            yield [_value(cell) for cell in row]
    finally:
        book.close()


def _value(cell: Any) -> object:
    value = cell.value
    if value is None:
        return None
    if cell.data_type == "f":
        return BadCell(Fault("cell_formula"))
    if cell.data_type == "e":
        return BadCell(Fault("cell_error", value=value))
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _number(value)
    return value if isinstance(value, str | date) else BadCell(Fault("cell_kind", value=value))


def _number(value: float) -> object:
    """Text of a number as it was typed, or what is wrong with it."""
    if not abs(value) < _EXACT_MAX:
        return BadCell(Fault("number_rounded", value=f"{value:.15G}" if isinstance(value, float) else f"{value:.2E}"))
    return str(int(value)) if value == int(value) else repr(value)
