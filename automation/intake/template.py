"""An example file to start from: the header, what each column takes, and one example that is not imported."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import openpyxl
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from automation.errors import InputError
from automation.intake.columns import ANSWER, COLUMNS, COMMENT, Column
from automation.intake.formulas import harmless
from automation.model import Store
from automation.pack import Answer, Pack

_ROWS: Final = 500  # rows of the workbook that are prepared for typing
_WIDE: Final = 44
_NARROW: Final = 20


def template(path: Path, *, packs: Iterable[Pack] = (), stores: Sequence[Store] = (), overwrite: bool = False) -> None:
    """Write a template; CSV, XLSX or JSON by the path's ending. Packs and stores fill the workbook's drop-downs.

    Every answer that a channel of a store's platform knows (without stores: of any pack) has a column.

    Raises:
        InputError: another ending, a file that is there already, or a folder that cannot be written to.

    """
    packs = list(packs)
    choices = _choices(packs, stores)
    all_columns = (*COLUMNS, *_answers(packs, stores))
    kinds = {
        ".csv": lambda: _csv(all_columns, choices),
        ".json": lambda: _json(all_columns, choices),
        ".xlsx": lambda: _xlsx(all_columns, choices),
    }
    make = kinds.get(path.suffix.lower())
    if make is None:
        raise InputError("a template is .csv, .xlsx or .json", file=path)
    try:
        with path.open("wb" if overwrite else "xb") as stream:
            stream.write(make())
    except FileExistsError:
        raise InputError("the file is there already", file=path, hint="name another, or delete it first") from None
    except OSError as error:
        raise InputError(f"cannot be written: {error.strerror}", file=path) from error


def _choices(packs: Iterable[Pack], stores: Sequence[Store]) -> dict[str, list[str]]:
    """Column key -> what can be chosen there."""
    channels = [channel for pack in packs for channel in pack.channels.items()]
    reasons = [reason.title for _, channel in channels for reason in channel.reasons.values()]
    return {
        "store": list(dict.fromkeys(store.id for store in stores)),
        "channel": list(dict.fromkeys(term for term, _ in channels)),
        "reason": list(dict.fromkeys(reasons)),
        "stars": ["1", "2", "3", "4", "5"],
    }


def _answers(packs: Sequence[Pack], stores: Sequence[Store]) -> list[Column]:
    """A column for each answer; one for those of several channels that have the same term."""
    platforms = {store.platform for store in stores} or {pack.platform for pack in packs}
    found: dict[str, list[tuple[str, Answer]]] = {}
    for pack in packs:
        for channel in pack.channels.values() if pack.platform in platforms else ():
            for term, answer in channel.answers.items():
                found.setdefault(term, []).append((f"{pack.title} {channel.title}", answer))
    return [
        Column(
            f"{ANSWER}{term}",
            f"{ANSWER}{term}",
            "；".join(dict.fromkeys(_takes(where, answer) for where, answer in asked)),
            "",
            asked[0][1].example,
        )
        for term, asked in found.items()
    ]


def _takes(where: str, answer: Answer) -> str:
    parts = [f"{where}：{answer.title}{'（必填）' if answer.required else ''}"]
    if answer.choices:
        parts.append(f"{'可多选' if answer.kind == 'choices' else '选一项'}：{'、'.join(answer.choices)}")
    if answer.most is not None:
        parts.append(f"最多 {answer.most:.15g}")
    if answer.length_max is not None:
        parts.append(f"最多 {answer.length_max} 字")
    return "，".join(parts)


def _explained(columns: Sequence[Column], choices: dict[str, list[str]]) -> list[tuple[str, str]]:
    """What each column takes."""
    lines = []
    for column in columns:
        known = choices.get(column.key, [])
        listed = f"（可选：{'、'.join(known)}）" if known and column.key != "stars" else ""
        lines.append((column.title, f"{'必填。' if column.required else ''}{column.zh}{listed}"))
    return lines


def _csv(columns: Sequence[Column], choices: dict[str, list[str]]) -> bytes:
    """With a byte order mark: without it Excel takes UTF-8 for GB18030."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([column.title for column in columns])
    writer.writerow(
        [f"{COMMENT} 以 {COMMENT} 开头的行不会导入；以下先是各列说明，最后一行是示例（去掉 {COMMENT} 即可导入）"]
    )
    writer.writerows([f"{COMMENT} {title}：{meaning}"] for title, meaning in _explained(columns, choices))
    first, *others = (column.example for column in columns)
    writer.writerow([f"{COMMENT} {first}", *map(harmless, others)])
    return text.getvalue().encode("utf-8-sig")


def _json(columns: Sequence[Column], choices: dict[str, list[str]]) -> bytes:
    explained: dict[str, object] = {f"{COMMENT} {title}": meaning for title, meaning in _explained(columns, choices)}
    example: dict[str, object] = {column.key: column.example for column in columns}
    example["store"] = f"{COMMENT} {example['store']}"
    return (json.dumps([explained, example], ensure_ascii=False, indent=2) + "\n").encode()


def _xlsx(columns: Sequence[Column], choices: dict[str, list[str]]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet), "a new workbook has one"
    sheet.title = "申诉"
    options = book.create_sheet("选项")
    for at, column in enumerate(columns, start=1):
        head = sheet.cell(1, at, f"{column.title}{'*' if column.required else ''}")
        head.font = Font(bold=True)
        head.fill = PatternFill("solid", fgColor="FFF2CC" if column.required else "EDEDED")
        letter = head.column_letter
        sheet.column_dimensions[letter].width = _WIDE if column.long else _NARROW
        for line in range(2, _ROWS + 2):
            cell = sheet.cell(line, at)
            cell.number_format = "yyyy-mm-dd hh:mm" if column.key == "posted_at" else "@"  # @: text, digits stay
            cell.alignment = Alignment(wrap_text=column.long, vertical="top")
        if known := choices.get(column.key):
            for line, choice in enumerate(known, start=1):
                options.cell(line, at, choice).data_type = "s"  # whatever it begins with
            # A list in a sheet, not in the rule itself: that may hold 255 characters only.
            rule = DataValidation("list", formula1=f"选项!${letter}$1:${letter}${len(known)}", allow_blank=True)
            rule.error, rule.errorTitle = "请从下拉列表中选择", column.title
            sheet.add_data_validation(rule)
            rule.add(f"{letter}2:{letter}{_ROWS + 1}")
    sheet.freeze_panes = "A2"
    options.sheet_state = "hidden"
    _explain(book.create_sheet("填写说明"), columns, choices)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _explain(sheet: Worksheet, columns: Sequence[Column], choices: dict[str, list[str]]) -> None:
    sheet.append(["列", "说明", "示例"])
    for (title, meaning), column in zip(_explained(columns, choices), columns, strict=True):
        sheet.append([title, meaning, column.example])
    for letter, width in (("A", _NARROW), ("B", 2 * _WIDE), ("C", _WIDE)):
        sheet.column_dimensions[letter].width = width
    for row in sheet.iter_rows():
        for cell in row:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            cell.number_format, cell.data_type = "@", "s"
