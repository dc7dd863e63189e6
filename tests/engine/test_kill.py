"""kill -9 of the worker around the click, then a restart: one appeal on the server, and never a false success."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from automation.engine import Mark
from automation.model import State
from fixtures.qa.scene import Scene
from tests.engine.conftest import Scenes

SCRIPT = """
import asyncio, json, os, signal, sys
from pathlib import Path
from automation.caselog import CaseLog
from automation.engine import Worker
from automation.packs import Packs
from automation.settings import Settings
from automation.vault import Vault

given = json.loads(sys.argv[1])
home = Path(given["home"])
settings = Settings(home=home, browser_path=given["browser"])

def report(step):
    if step.mark == given["mark"]:
        os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))

with CaseLog.open(settings.database, home) as log:
    vault = Vault.open(home, passphrase="made-up passphrase")
    worker = Worker(settings, log, vault, Packs(home / "packs"), report=report, lease_seconds=given["lease"])
    asyncio.run(worker.run_until_idle())
"""


def die_at(stage: Scene, mark: Mark) -> None:
    """Run a worker in a process of its own that kills itself, without a word, right after a step."""
    browser = stage.settings.browser_path
    given = {"home": str(stage.home), "browser": browser and str(browser), "mark": mark, "lease": 2.0}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, json.dumps(given)], capture_output=True, text=True, check=False
    )
    assert done.returncode != 0, "it was to die"
    assert "Traceback" not in done.stderr, done.stderr


@pytest.mark.parametrize(
    ("mark", "stored", "ends", "appeals"),
    [
        (Mark.CHECKED, 0, State.SUBMITTED, 1),  # before the intent: done again
        (Mark.INTENT, 0, State.UNCERTAIN, 0),  # after it, before the click: never guessed
        (Mark.PRESSED, 1, State.SUBMITTED, 1),  # after the click, before the receipt: found
    ],
    ids=["before-the-intent", "before-the-click", "before-the-receipt"],
)
def test_one_appeal_and_no_false_success(scenes: Scenes, mark: Mark, stored: int, ends: State, appeals: int) -> None:
    stage = scenes(here_before=True)
    case = stage.approved()
    die_at(stage, mark)
    assert (stage.state(case), len(stage.sent(case))) == (State.SUBMITTING, stored)
    stage.work()
    assert (stage.state(case), len(stage.sent(case))) == (ends, appeals)
    assert any(step.mark is Mark.RECOVERED for step in stage.steps)
    stage.log.verify()
