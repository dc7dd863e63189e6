"""How cases come in: files of many (CSV, XLSX, JSON), and one at a time.

- columns.py: what a file may hold, in one table
- csvfile.py, workbook.py, jsonfile.py: the three kinds of files, read into rows
- reading.py: which kind a file is, and its header
- cells.py: what a cell's text means
- answers.py: the further fields of a channel's form
- desk.py: a row becomes a packet, its evidence is kept, the case is entered
- template.py: an example file to start from
- formulas.py: text in files for spreadsheets that would be taken for a formula
- problems.py: the catalogue of what can be wrong (problems.toml), in Chinese and English

Text is data: a cell that begins with `=`, `+`, `-` or `@` is kept as it stands and never evaluated.
"""

from __future__ import annotations

from automation.intake.answers import answered
from automation.intake.columns import COLUMNS, Column
from automation.intake.desk import (
    CaseBook,
    Gathered,
    ImportReport,
    PackShelf,
    add_case,
    files_named,
    gather,
    import_file,
)
from automation.intake.template import template

__all__ = [
    "COLUMNS",
    "CaseBook",
    "Column",
    "Gathered",
    "ImportReport",
    "PackShelf",
    "add_case",
    "answered",
    "files_named",
    "gather",
    "import_file",
    "template",
]
