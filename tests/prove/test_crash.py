"""kill -9 of the worker around the click, then a restart: one appeal on the server, and never a false success.

The short form of `make prove`, which does this at every step of every flow.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from automation.model import State
from bench.prove.lane import Lane, Share, lane
from bench.prove.victim import KILL

CHECKED, INTENT, PRESSED = "unsent: submit checked", "sent: submit intent", "sent: submit pressed"


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Lane]:
    with lane("douyin_shop", tmp_path, Share(troubles=())) as made:
        yield made


def test_a_killed_worker_loses_nothing_and_its_successor_sends_nothing_twice(here: Lane) -> None:
    numbers = []
    for step, stored in ((CHECKED, 0), (INTENT, 0), (PRESSED, 1)):
        case = here.ready()
        here.kill(step)
        assert (here.stage.state(case), len(here.stage.sent(case))) == (State.SUBMITTING, stored)
        numbers.append(case.id)
    assert numbers == [1, 1, 2]  # what was not begun to be sent is taken up again, and nothing else
    here.trouble("stopped", CHECKED)
    here.finish()
    assert here.tally.broken == []
    assert (here.tally.met[KILL], here.tally.met["stopped"], here.tally.unmet) == (3, 1, [])
    assert (here.tally.cases, here.tally.appeals, here.tally.uncertain) == (3, 3, 1)
