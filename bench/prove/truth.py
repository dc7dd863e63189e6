"""Holds a case log against the server that was appealed to: two of one, one that is lost, a success that is none."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from automation.errors import ChainBroken
from automation.model import Case, State
from bench.processes import started_with
from bench.prove.tally import Tally
from fixtures.qa.scene import Scene

TAKEN: Final = frozenset({State.SUBMITTED, State.UPHELD, State.REJECTED, State.MORE_EVIDENCE, State.CLOSED})
"""States that say: the platform took it."""

OPEN: Final = frozenset({State.SUBMITTING, State.UNCERTAIN})
"""States that say: it may have."""

_GONE_WITHIN: Final = 10.0  # seconds that a dead worker's browser has to end by itself


@dataclass
class Truth:
    """Looks at one scene, again and again; what it finds goes into the tally."""

    stage: Scene
    tally: Tally
    temp: Path
    cases: list[int] = field(default_factory=list)
    _intents: int = 0  # that workers said they wrote
    _heads: list[tuple[int, str]] = field(default_factory=list)

    def look(self, when: str) -> None:
        """Judge every case, whether the chain holds what it held before, and that nothing of a dead worker runs on."""
        for number in self.cases:
            self._judge(self.stage.log.case(number), when)
        self._chain(when)
        self._processes(when)

    def _judge(self, case: Case, when: str) -> None:
        sent = self.stage.sent(case)
        where = f"{self.stage.site.platform} {case.packet.channel} case {case.id} {when}"
        if len(sent) > 1:
            self.tally.duplicates.append(f"{where}: the server holds {len(sent)}")
        if case.state in TAKEN:
            if [one.record_id for one in sent] != [case.record_id]:
                has = [one.record_id for one in sent]
                self.tally.false_successes.append(f"{where}: {case.state} as {case.record_id!r}, the server has {has}")
        elif sent and case.state not in OPEN:
            self.tally.losses.append(f"{where}: {case.state}, and the server holds {sent[0].record_id}")
        for one in sent:
            approved = sorted(piece.sha256 for piece in case.packet.evidence)
            said = (one.channel, one.store, one.description)
            same = said == (case.packet.channel, case.packet.store, case.packet.description)
            if not same or sorted(file.sha256 for file in one.files) != approved:
                self.tally.false_successes.append(f"{where}: the server holds something else than was approved")

    def _chain(self, when: str) -> None:
        where, log = f"{self.stage.site.platform} {when}", self.stage.log
        try:
            log.verify()
        except ChainBroken as broken:
            self.tally.losses.append(f"{where}: {broken}")
            return
        events = log.events()
        at = {event.id: event.hash for event in events}
        gone = [number for number, made in self._heads if at.get(number) != made]
        self.tally.losses += [f"{where}: event {number} is gone" for number in gone]
        self._heads = [(events[-1].id, events[-1].hash)]

    def promised(self, told: list[str], when: str) -> None:
        """Each intent that a worker said it had written must be in the log."""
        self._intents += any(name.endswith("submit intent") for name in told)
        kept = sum(event.kind == "intent" for event in self.stage.log.events())
        if kept < self._intents:
            self.tally.losses.append(f"{self.stage.site.platform} {when}: of {self._intents} intents {kept} are kept")

    def _processes(self, when: str) -> None:
        end = time.monotonic() + _GONE_WITHIN
        while (left := started_with(f"TMPDIR={self.temp}")) and time.monotonic() < end:
            time.sleep(0.1)
        self.tally.left_behind += [f"{self.stage.site.platform} {when}: process {pid} lives on" for pid in left]

    def clean(self) -> None:
        """Nothing temporary may be left, once a worker came to its end after the dead ones."""
        where = self.stage.site.platform
        names = {file.relative_to(self.temp).parts[0].split("-")[0] for file in self.temp.rglob("*")}
        self.tally.left_behind += [f"{where}: {name} lies among the temporary files" for name in sorted(names)]
        home = self.stage.home
        aside = [file for file in home.rglob("*") if file.name.startswith(".") and file.name != ".lock"]
        aside += (home / "raw-traces").glob("*")
        self.tally.left_behind += [f"{where}: {file.relative_to(home)} lies in the home folder" for file in aside]
