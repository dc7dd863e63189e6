"""What is made of the times: medians, ratios, whether the bars hold."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Mapping
from typing import Final

from automation.engine import Mark
from bench.ours import Ours

Times = defaultdict[str, list[float]]

ONE_CASE: Final = {"naive": 0.8, "tuned": 1.2}  # the most that ours may take, as a part of theirs
TEN_CASES: Final = {"naive": 0.7}


def show(title: str, times: Times, bars: Mapping[str, float]) -> None:
    """Print medians, ratios and whether the bars hold."""
    middle = _middle(times)
    print(f"\n{title}")
    for side, seconds in middle.items():
        against = "" if side == "ours" else f"   ours / {side} = {_held(middle.get('ours'), seconds, bars.get(side))}"
        print(f"  {side:10} {seconds:6.2f} s  (n={len(times[side])}){against}")


def row(title: str, times: Times, bars: Mapping[str, float]) -> None:
    """The same of one platform, in a line."""
    middle = _middle(times)
    mine = middle.pop("ours", None)
    ours = "ours -" if mine is None else f"ours {mine:5.2f} s (n={len(times['ours'])})"
    theirs = (
        f"{side} {seconds:5.2f} s (n={len(times[side])})  {_held(mine, seconds, bars.get(side))}"
        for side, seconds in middle.items()
    )
    print("   ".join((f"{title:32}", ours, *theirs)), flush=True)


def _middle(times: Times) -> dict[str, float]:
    return {side: statistics.median(taken) for side, taken in times.items() if taken}


def _held(mine: float | None, theirs: float, bar: float | None) -> str:
    if mine is None:
        return "-"
    ratio = mine / theirs
    return f"{ratio:.2f}" if bar is None else f"{ratio:.2f} (bar {bar}: {'holds' if ratio <= bar else 'MISSED'})"


def profile(mine: Ours) -> None:
    """Where our time goes, by step: medians over every case so far."""
    taken: defaultdict[str, list[float]] = defaultdict(list)
    last: dict[int, float] = {}
    for at, step in mine.steps:
        if step.case is None:
            continue
        if step.case in last and step.mark is not Mark.STARTED:
            taken[step.mark].append(at - last[step.case])
        last[step.case] = at
    print("\nwhere our time goes (median ms up to each step)")
    for mark, seconds in taken.items():
        print(f"  {mark:10} {statistics.median(seconds) * 1000:6.0f}")
