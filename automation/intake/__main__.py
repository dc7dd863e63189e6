"""`python -m automation.intake` prints docs/import.md."""

from __future__ import annotations

import sys

from automation.intake.columns import page

sys.stdout.buffer.write(page().encode("utf-8"))
