"""What became of the cases: figures for a screen, sheets for a spreadsheet, and what waits for a person."""

from __future__ import annotations

from automation.reports.figures import Figures, figures
from automation.reports.lines import Line, lines
from automation.reports.sheets import write_csv, write_xlsx
from automation.reports.waiting import Waiting, waiting

__all__ = ["Figures", "Line", "Waiting", "figures", "lines", "waiting", "write_csv", "write_xlsx"]
