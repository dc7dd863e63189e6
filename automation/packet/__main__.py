"""`python -m automation.packet` prints docs/lint.md."""

from __future__ import annotations

import sys

from automation.packet.findings import page

sys.stdout.buffer.write(page().encode("utf-8"))
