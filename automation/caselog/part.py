"""What every part of the case log stands on."""

from __future__ import annotations

from pathlib import Path

from automation.caselog.database import Database
from automation.caselog.evidence import EvidenceFolder
from automation.model import Clock


class Part:
    """One part of the log's public face; `CaseLog` is all of them together."""

    def __init__(self, database: Database, home: Path, clock: Clock) -> None:
        self._db = database
        self._home = home
        self._evidence = EvidenceFolder(home / "evidence")
        self._clock = clock
