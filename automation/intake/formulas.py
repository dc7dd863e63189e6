"""Text that a spreadsheet would take for a formula: marked by an apostrophe in files for spreadsheets, and read back.

As OWASP advises against CSV injection. Text that begins with apostrophes before such a character gets one more, so that
what is written is read as it was.
"""

from __future__ import annotations

import re
from typing import Final

_FORMULA: Final = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")


def harmless(text: str) -> str:
    """The text as a cell that no spreadsheet evaluates."""
    return f"'{text}" if _FORMULA.match(text) else text


def meant(cell: str) -> str:
    """What such a cell was made of."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell
