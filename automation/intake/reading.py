"""Which kind of file an import is, and its rows. Never raises for what a file holds: faults are part of the answer."""

from __future__ import annotations

import stat
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from automation.intake import columns, csvfile, jsonfile, workbook
from automation.intake.problems import Fault

FILE_BYTES_MAX: Final = 64 << 20
ROWS_MAX: Final = 20_000
_ZIP: Final = b"PK\x03\x04"
_OLE: Final = b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True, slots=True)
class Row:
    """One entry of a file. `cells` are by column key; `names` are what the file calls the columns."""

    line: int
    cells: Mapping[str, object]
    names: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Misplaced:
    """A fault of the file that is no row's: where it is, as far as that is known."""

    fault: Fault
    line: int | None = None
    field: str = ""


def read(path: Path) -> Iterator[Row | Misplaced]:
    """The rows of a file in their order, with the faults between them."""
    try:
        seen = path.stat()
        if not stat.S_ISREG(seen.st_mode):  # before opening: a pipe would never answer, a device never end
            yield Misplaced(Fault("file_not_regular"))
            return
        if seen.st_size > FILE_BYTES_MAX:
            yield Misplaced(Fault("file_too_large", size=seen.st_size, most=FILE_BYTES_MAX))
            return
        with path.open("rb") as stream:
            content = stream.read(FILE_BYTES_MAX)
    except (OSError, ValueError) as error:
        yield Misplaced(Fault("file_unreadable", cause=getattr(error, "strerror", None) or error))
        return
    for count, entry in enumerate(_rows(content, path.suffix.lower()), start=1):
        if count > ROWS_MAX:  # faults count too: a file of millions of bad rows ends here as well
            yield Misplaced(Fault("too_many_rows", most=ROWS_MAX), line=entry.line)
            return
        yield entry


def _rows(content: bytes, suffix: str) -> Iterator[Row | Misplaced]:
    """By content first: a workbook is one whatever it is called."""
    if content.startswith(_OLE):
        yield Misplaced(Fault("file_old_excel"))
    elif content.startswith(_ZIP):
        yield from _table(workbook.lines(content))
    elif suffix == ".json":
        yield from _objects(jsonfile.entries(content))
    elif suffix in (".csv", ".tsv", ".txt"):
        yield from _table(csvfile.lines(content))
    else:
        yield Misplaced(Fault("workbook_broken", cause="ZIP") if suffix == ".xlsx" else Fault("file_kind"))


def _table(lines: Iterator[tuple[int, Sequence[object] | Fault]]) -> Iterator[Row | Misplaced]:
    """A header, then rows; empty lines and comments are passed over."""
    header: list[str] | None = None
    for line, cells in lines:
        if isinstance(cells, Fault):
            yield Misplaced(cells, line)
            return
        if line > columns.LINES_MAX:
            yield Misplaced(Fault("too_many_rows", most=columns.LINES_MAX), line)
            return
        named = header is None and any(isinstance(cell, str) and columns.column_of(cell) for cell in cells)
        if not any(_filled(cell) for cell in cells) or (columns.is_comment(cells[0]) and not named):
            continue
        if header is None:
            header = [cell.strip() if isinstance(cell, str) else "" for cell in cells]
            faults = columns.header_faults(header)
            yield from (Misplaced(fault, line, name) for name, fault in faults)
            if faults:
                return
            continue
        yield from _row(line, cells, header)
    if header is None:
        yield Misplaced(Fault("file_empty"))


def _row(line: int, cells: Sequence[object], header: Sequence[str]) -> Iterator[Row | Misplaced]:
    unnamed = [at for at, cell in enumerate(cells) if _filled(cell) and (at >= len(header) or not header[at])]
    if unnamed:
        yield Misplaced(Fault("row_too_long", count=len(unnamed)), line)
        return
    named = {column.key: at for at, name in enumerate(header) if (column := columns.column_of(name)) is not None}
    yield Row(
        line,
        {key: cells[at] if at < len(cells) else "" for key, at in named.items()},
        {key: header[at] for key, at in named.items()},
    )


def _objects(entries: Iterator[tuple[int, dict[str, object] | Fault]]) -> Iterator[Row | Misplaced]:
    """Objects have a header each: a wrong key spoils its object only."""
    for line, entry in entries:
        if isinstance(entry, Fault):
            yield Misplaced(entry, line)
            continue
        named = {key: value for key, value in entry.items() if not columns.is_comment(key)}
        if not named:
            continue
        if faults := columns.header_faults(list(named), complete=False):
            yield from (Misplaced(fault, line, name) for name, fault in faults)
            continue
        names = {column.key: name for name in named if (column := columns.column_of(name)) is not None}
        row = Row(line, {key: named[name] for key, name in names.items()}, names)
        if not columns.is_comment(row.cells.get("store")):
            yield row


def _filled(cell: object) -> bool:
    return cell is not None and not (isinstance(cell, str) and not cell.strip())
