"""Reports as files: CSV for programs, XLSX for people. No cell of either is ever a formula.

Texts of buyers and platforms are strangers' texts. One that a spreadsheet would take for a formula gets an apostrophe
before it, as OWASP advises against CSV injection.
"""

from __future__ import annotations

import csv
import os
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

from automation.errors import InputError
from automation.intake.formulas import harmless
from automation.model import State
from automation.reports.figures import Figures, upheld_share
from automation.reports.lines import Line

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

COLUMNS: Final[Mapping[str, str]] = {
    "case": "案件",
    "round": "申诉轮次",
    "client": "客户",
    "store": "店铺",
    "store_name": "店铺名称",
    "platform": "平台",
    "channel": "申诉渠道",
    "reason": "申诉原因",
    "order_no": "订单编号",
    "review_id": "评价编号",
    "state": "状态",
    "entered_at": "录入时间",
    "submitted_at": "提交时间",
    "answered_at": "结果时间",
    "hours_to_result": "结果用时（小时）",
    "answer": "平台答复",
    "record_id": "申诉记录编号",
    "deadline": "申诉截止",
    "note": "备注",
}
"""The columns of both kinds of files, and what the XLSX calls them."""

_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")  # XML 1.0 takes none of them
_CELL_MAX: Final = 32_767  # characters, Excel's limit
_WIDEST: Final = 60

Cell = str | int | float | datetime | None


def cells(line: Line) -> list[Cell]:
    """One line in the order of the columns; times are aware, hours have one decimal."""
    values: list[Cell] = []
    for column in COLUMNS:
        if column == "hours_to_result":
            values.append(None if line.took is None else round(line.took / timedelta(hours=1), 1))
            continue
        value = getattr(line, column)
        values.append(harmless(str(value)) if isinstance(value, str) else value)
    return values


@contextmanager
def _whole(path: Path) -> Iterator[Path]:
    """A file to write beside the one meant, which it replaces once it is whole. Raises `InputError`."""
    try:
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        os.close(descriptor)
    except OSError as error:
        raise InputError(f"cannot be written: {error.strerror}", file=path) from None
    aside = Path(name)
    try:
        yield aside
        aside.replace(path)
    except PermissionError:
        raise InputError("cannot be replaced", file=path, hint="is it open in a spreadsheet? close it there") from None
    finally:
        aside.unlink(missing_ok=True)


def write_csv(rounds: Iterable[Line], path: Path) -> int:
    """Write every round as CSV (UTF-8 with a mark, so that Excel reads it); times ISO 8601, UTC. Returns the count."""
    with _whole(path) as aside, aside.open("w", encoding="utf-8-sig", newline="") as out:
        return _rows(out, rounds)


def _rows(out: IO[str], rounds: Iterable[Line]) -> int:
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    count = 0
    for line in rounds:
        writer.writerow(
            [
                value.astimezone(UTC).isoformat(timespec="seconds") if isinstance(value, datetime) else value
                for value in cells(line)
            ]
        )
        count += 1
    return count


def write_xlsx(rounds: Iterable[Line], totals: Figures, path: Path) -> int:
    """Write the rounds and the totals as a workbook; times in this machine's zone. Returns the count of rounds."""
    from openpyxl import Workbook  # noqa: PLC0415 - heavy

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "案件"
    count = _fill(sheet, list(COLUMNS.values()), [cells(line) for line in rounds])
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions
    states = book.create_sheet("状态")
    _fill(states, ["状态", "案件数"], [[str(state), n] for state, n in totals.by_state.items()])
    reasons = book.create_sheet("原因")
    outcomes = [State.UPHELD, State.REJECTED, State.MORE_EVIDENCE]
    _fill(
        reasons,
        ["平台", "申诉原因", *outcomes, "其他", "成立率"],
        [
            [
                platform,
                harmless(reason),
                *(counted.get(state, 0) for state in outcomes),
                sum(n for state, n in counted.items() if state not in outcomes),
                upheld_share(counted),
            ]
            for (platform, reason), counted in totals.by_reason.items()
        ],
    )
    for cell in reasons["G"][1:]:
        cell.number_format = "0%"
    with _whole(path) as aside:
        book.save(aside)
    return count


def _fill(sheet: Worksheet, heads: Sequence[Cell], rows: Iterable[Sequence[Cell]]) -> int:
    from openpyxl.styles import Font  # noqa: PLC0415 - heavy
    from openpyxl.utils import get_column_letter  # noqa: PLC0415 - heavy

    widths = [len(str(head)) * 2 for head in heads]
    count = 0
    for row in [heads, *rows]:
        count += 1
        for index, value in enumerate(row):
            cell = sheet.cell(count, index + 1)
            if isinstance(value, datetime):
                cell.value = value.astimezone().replace(tzinfo=None, microsecond=0)  # workbooks know no zones
                cell.number_format = "yyyy-mm-dd hh:mm"
            elif isinstance(value, str):
                cell.value = _CONTROL.sub("", value)[:_CELL_MAX]
                cell.data_type = "s"  # whatever it begins with
                cell.quotePrefix = value.startswith("'")
            else:
                cell.value = value
            widths[index] = min(max(widths[index], len(str(value or "")) + 2), _WIDEST)
    for index, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(index)].width = width
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    return count - 1
