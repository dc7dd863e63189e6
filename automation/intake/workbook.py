"""An Excel workbook's first visible sheet, as data: formulas are refused, never evaluated, rounded numbers are told.

Macros, links to other workbooks and hidden sheets are never read. What would unpack to gigabytes, or to millions of
objects, is refused before the library makes any of them.
"""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date
from typing import IO, Any, Final

import openpyxl

from automation.intake.cells import BadCell
from automation.intake.columns import COLUMNS_MAX
from automation.intake.problems import Fault

UNPACKED_MAX: Final = 256 << 20  # bytes; a workbook is a ZIP, which may unpack to anything
XML_MAX: Final = 96 << 20  # bytes of it that are no pictures: in memory they take several times as much
TAGS_MAX: Final = 2_000_000  # of XML, in the sheets and their texts; 20,000 full rows have 1,100,000
OTHER_TAGS_MAX: Final = 100_000  # in styles, names, relations: each becomes an object of a kilobyte
_TABLES: Final = ("xl/worksheets/", "xl/sharedstrings.xml")
_CHUNK: Final = 1 << 20
_DOCTYPE: Final = b"<!DOCTYPE"
_BEFORE_XML: Final = b"\xef\xbb\xbf\xff\xfe \t\r\n"
_ENCODING: Final = re.compile(rb"""<\?xml[^>]{0,100}?encoding\s*=\s*["']([^"']*)""")
_KNOWN: Final = (b"utf-8", b"utf-16", b"us-ascii", b"ascii", b"iso-8859-1", b"windows-1252")  # where < is <
_EXACT_MAX: Final = 10**15  # Excel keeps 15 digits


def lines(content: bytes) -> Iterator[tuple[int, Sequence[object] | Fault]]:
    """Each row of the first visible sheet with its number; ends with a fault where the workbook cannot be read on."""
    line = 1
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            _weigh(packed)
        for line, cells in enumerate(_cells(content), start=1):
            yield line, cells
    except Fault as fault:
        yield line, fault
    except Exception as error:  # noqa: BLE001 - the library raises anything on damaged workbooks
        yield line, Fault("workbook_broken", cause=str(error)[:200] or type(error).__name__)


def _weigh(packed: zipfile.ZipFile) -> None:
    """Unpack every part once, keeping nothing. Raises `Fault` for what is too much to be read, or is a bomb.

    Counted is what really comes out: a ZIP may lie about its sizes. Entities can only grow where they are declared.
    """
    if (stated := sum(part.file_size for part in packed.infolist())) > UNPACKED_MAX:
        raise Fault("file_too_large", size=stated, most=UNPACKED_MAX)
    size = tables = others = 0
    for part in packed.infolist():
        with packed.open(part) as unpacked:
            count = _tags(unpacked, part.filename[:80])
            size += part.file_size if count else 0
        if size > XML_MAX:
            raise Fault("file_too_large", size=size, most=XML_MAX)
        if part.filename.lower().startswith(_TABLES):
            tables += count
        else:
            others += count
        for found, most in ((tables, TAGS_MAX), (others, OTHER_TAGS_MAX)):
            if found > most:
                raise Fault("file_crowded", count=found, most=most)


def _tags(part: IO[bytes], name: str) -> int:
    """How many tags a part has; 0 for pictures and macros, which are no XML, whatever they are called."""
    count, before = 0, b""
    while read := part.read(_CHUNK):
        chunk = read.replace(b"\0", b"")  # UTF-16 is looked at without its zeros
        if not before:
            if not chunk.lstrip(_BEFORE_XML).startswith(b"<"):
                return 0
            if (told := _ENCODING.match(chunk.lstrip(_BEFORE_XML))) and not told[1].lower().startswith(_KNOWN):
                raise Fault("workbook_broken", cause=f"{name}: {told[1].decode('ascii', 'replace')[:20]}")
        if _DOCTYPE in before + chunk:
            raise Fault("workbook_entities", part=name)
        count += chunk.count(b"<")
        before = chunk[-len(_DOCTYPE) :] or before
    return count


def _cells(content: bytes) -> Iterator[list[object]]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about styles and extensions that are of no use here
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
    try:
        sheet = next((one for one in book.worksheets if one.sheet_state == "visible"), None)
        if sheet is None:
            raise Fault("workbook_hidden")
        sheet.reset_dimensions()  # what a file says of its size may be wrong
        before: object = None
        for row in sheet.iter_rows(max_col=COLUMNS_MAX + 1):
            gap = row is before  # rows that are left out come as one and the same empty one, a million times perhaps
            before = row
            yield [] if gap else [_value(cell) for cell in row]
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
