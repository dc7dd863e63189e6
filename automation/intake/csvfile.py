"""Comma-separated text, as spreadsheets in China write it: UTF-8 with or without mark, GB18030, UTF-16 with tabs."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final

from automation.intake.columns import COLUMNS_MAX, LINES_MAX, column_of, is_comment
from automation.intake.formulas import meant
from automation.intake.problems import Fault

DELIMITERS: Final = (",", "\t", ";")
_WIDEST: Final = 16_384  # cells of a row in Excel
_SEP: Final = "sep="  # a first line with which Excel is told the delimiter


def decode(content: bytes) -> str:
    """The text, without its byte order mark. Raises `Fault` where it is in none of the known encodings."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "gb18030")  # UTF-8 first: Chinese text in GB18030 is practically never valid UTF-8
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Fault("file_encoding")


def lines(content: bytes) -> Iterator[tuple[int, Sequence[object] | Fault]]:
    """Each record with the line it begins on; ends with a fault where the text is no CSV any more."""
    try:
        text = decode(content)
    except Fault as fault:
        yield 1, fault
        return
    skipped, text, delimiter = _delimiter(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    begin = 1
    try:
        for record in reader:
            if len(record) > _WIDEST:
                yield begin + skipped, Fault("too_many_columns", count=len(record), most=COLUMNS_MAX)
                return
            yield begin + skipped, [meant(cell) for cell in record]
            begin = reader.line_num + 1
    except csv.Error as error:
        yield begin + skipped, Fault("csv_broken", cause=error)


def _delimiter(text: str) -> tuple[int, str, str]:
    """Lines to leave out at the top, the text after them, and the delimiter under which the header is known best."""
    first, _, rest = text.partition("\n")
    told = first.strip().casefold()
    if told.startswith(_SEP) and first.strip("\r\n")[len(_SEP) :] in DELIMITERS:
        return 1, rest, first.strip("\r\n")[len(_SEP) :]
    begin = islice(io.StringIO(text, newline=None), LINES_MAX)
    header = next((line for line in begin if line.strip() and not is_comment(line)), "")

    def named(delimiter: str) -> int:
        names = header.split(delimiter, COLUMNS_MAX)[:COLUMNS_MAX]
        return sum(column_of(name.strip().strip('"')) is not None for name in names)

    return 0, text, max(DELIMITERS, key=named)
