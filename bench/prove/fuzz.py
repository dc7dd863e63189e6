"""Files from a hostile world: good ones are spoilt in every way, and given to imports, preflight and pack loader.

    python -m bench.prove.fuzz --minutes 5

Only the program's own refusals may come out, each within `LIMIT` seconds and without filling the memory. Anything else
is a failure; its input is kept, and its seed and number are told, with which it comes again.
"""

from __future__ import annotations

import argparse
import faulthandler
import random
import shutil
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from typing import Final

from automation.caselog import CaseLog
from automation.errors import PackError
from automation.intake import import_file
from automation.model import Account, Store
from automation.packet import Piece, preflight
from automation.packs import Packs, shipped_dir
from bench.prove.spoil import GOOD, KINDS, spoilt

LIMIT: Final = 10.0  # seconds for one input; the slowest good file takes a fraction of one
_GROWTH_MAX: Final = 1024  # MB more than at the beginning


@dataclass
class Tally:
    """What came of one kind of files. `failures` say what came out that must not."""

    inputs: int = 0
    refused: int = 0
    slowest: float = 0.0  # seconds
    failures: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Outcome:
    """What came of all kinds, by their name; `growth` is the memory that was needed beyond the beginning's, in MB."""

    kinds: dict[str, Tally]
    growth: float

    @property
    def inputs(self) -> int:
        """How many files were tried."""
        return sum(one.inputs for one in self.kinds.values())

    @property
    def failures(self) -> list[str]:
        """All failures; one more where the memory grew too far."""
        grown = [f"the memory grew by {self.growth:.0f} MB"] if self.growth > _GROWTH_MAX else []
        return [failure for one in self.kinds.values() for failure in one.failures] + grown


def fuzz(seconds: float, seed: int, *, keep: Path | None = None, watch: bool = False) -> Outcome:
    """Try spoilt files of every kind in turn for that long; `keep` is the folder for those that failed.

    With `watch`, an input that takes three times the limit ends the process, after saying where it hung.
    """
    folder = Path(tempfile.mkdtemp(prefix="appealdesk-fuzz-"))
    try:
        return _Bench(folder, seed, keep, watch=watch).run(seconds)
    finally:
        faulthandler.cancel_dump_traceback_later()
        shutil.rmtree(folder, ignore_errors=True)


class _Bench:
    """A real case log and the shipped packs, in a folder of their own."""

    def __init__(self, folder: Path, seed: int, keep: Path | None, *, watch: bool) -> None:
        self._folder, self._seed, self._keep, self._watch = folder, seed, keep, watch
        self._packs = Packs()
        self._platform = self._packs.platforms()[0]
        self._work, self._shelf = folder / "work", folder / "packs"
        for each in (self._work, self._shelf, folder / "home"):
            each.mkdir()
        (self._work / "chat.png").write_bytes(GOOD["png"][0])
        self._pack_text = (Path(str(shipped_dir())) / f"{self._platform}.yaml").read_bytes()

    def run(self, seconds: float) -> Outcome:
        kinds = {kind: Tally() for kind in KINDS}
        end, before = time.monotonic() + seconds, _peak()
        with CaseLog.open(f"sqlite:///{self._folder / 'home' / 'log.db'}", self._folder / "home") as log:
            log.put_account(Account("a1", self._platform, "ann@example.com"), by="fuzz")
            log.put_store(Store("s1", self._platform, "星河旗舰店", "a1"), by="fuzz")
            for number, kind in enumerate(cycle(KINDS)):
                if time.monotonic() > end:
                    break
                self._try(kind, number, log, kinds[kind])
        return Outcome(kinds, _peak() - before)

    def _try(self, kind: str, number: int, log: CaseLog, tally: Tally) -> None:
        chance = random.Random(f"{self._seed} {number}")
        good = self._pack_text if kind == "yaml" else chance.choice(GOOD[kind])
        name = f"{self._platform}.yaml" if kind == "yaml" else f"a.{kind}"
        path = (self._shelf if kind == "yaml" else self._work) / name
        path.write_bytes(spoilt(kind, good, chance))
        if self._watch:
            faulthandler.dump_traceback_later(3 * LIMIT, exit=True)
        begun = time.perf_counter()
        failure = ""
        try:
            tally.refused += self._face(kind, log)(path)
        except Exception:  # noqa: BLE001 - that there is none is what is proved
            failure = traceback.format_exc(limit=-3)
        took = time.perf_counter() - begun
        tally.inputs += 1
        tally.slowest = max(tally.slowest, took)
        if failure or took > LIMIT:
            tally.failures.append(f"{kind}, seed {self._seed}, number {number}, {took:.1f} s: {failure or 'too slow'}")
            if self._keep is not None:
                self._keep.mkdir(parents=True, exist_ok=True)
                shutil.copy(path, self._keep / f"{self._seed}-{number}-{name}")

    def _face(self, kind: str, log: CaseLog) -> Callable[[Path], bool]:
        """What takes such files; it returns whether it refused them, in words that can be read."""
        if kind == "yaml":
            return self._load
        if kind in ("csv", "xlsx", "json"):
            return lambda path: self._import(path, log)
        return self._preflight

    def _load(self, path: Path) -> bool:
        packs = Packs(path.parent)  # as the user's own, over the one that comes with the program
        try:
            packs.pack(self._platform)
        except PackError as error:
            return bool(str(error))
        return False

    def _import(self, path: Path, log: CaseLog) -> bool:
        report = import_file(path, log=log, packs=self._packs, by="fuzz")
        return bool([str(one) for one in report.problems])

    def _preflight(self, path: Path) -> bool:
        channel = next(iter(self._packs.pack(self._platform).channels.values()))
        limits = channel.limits.model_copy(update={"media_types": ("*/*",), "files_max": 9})
        return bool([one.message for one in preflight([Piece(path)], limits).findings if one.blocks])


def _peak() -> float:
    """The most memory that this process had, in MB; 0 where the system does not tell."""
    try:
        import resource  # noqa: PLC0415 - not on Windows
    except ImportError:
        return 0.0
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1 << 20 if sys.platform == "darwin" else 1 << 10)


def table(outcome: Outcome) -> str:
    """The figures for people."""
    rows = [f"{'files':8}{'tried':>9}{'refused':>9}{'slowest':>11}{'failures':>10}"]
    rows += [
        f"{kind:8}{one.inputs:9}{one.refused:9}{one.slowest * 1000:8.0f} ms{len(one.failures):10}"
        for kind, one in outcome.kinds.items()
    ]
    rows.append(f"memory: {outcome.growth:.0f} MB above the beginning")
    return "\n".join(rows)


def main() -> int:
    """Fuzz as told on the command line. Returns 1 where anything failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--keep", type=Path, help="Folder for inputs that failed.")
    told = parser.parse_args()
    outcome = fuzz(told.minutes * 60, told.seed, keep=told.keep, watch=True)
    print(f"seed {told.seed}\n{table(outcome)}")
    for failure in outcome.failures[:20]:
        print(failure)
    return 1 if outcome.failures else 0


if __name__ == "__main__":
    sys.exit(main())
