"""At a real terminal: what is asked there, and what an answer does. (POSIX has pseudo-terminals, Windows has not.)"""

from __future__ import annotations

import os
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from automation.model import State
from tests.cli.desk import Desk

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60.0  # seconds

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")


class Terminal:
    """A process at a pseudo-terminal."""

    def __init__(self, desk: Desk, *command: str) -> None:
        import pty  # noqa: PLC0415 - not on Windows

        self._ours, theirs = pty.openpty()
        env = os.environ | desk.env | {"PYTHONPATH": str(ROOT), "TERM": "xterm", "PYTHONUTF8": "1"}
        self.process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=env, cwd=desk.folder)
        os.close(theirs)
        self.seen = ""

    def until(self, text: str) -> str:
        """Read on until the text was printed; returns everything so far."""
        end = time.monotonic() + PATIENCE
        while text not in self.seen:
            assert time.monotonic() < end, self.seen
            if select.select([self._ours], [], [], 1)[0]:
                self.seen += self._read()
            elif self.process.poll() is not None:
                break
        assert text in self.seen, self.seen
        return self.seen

    def _read(self) -> str:
        try:
            return os.read(self._ours, 65536).decode("utf-8", "replace")
        except OSError:  # Linux: the other side has closed
            assert self.process.wait(PATIENCE) is not None
            return ""

    def until_silent(self) -> None:
        """Until what is typed does not show any more: only then is anything read in secret."""
        import termios  # noqa: PLC0415 - not on Windows

        end = time.monotonic() + PATIENCE
        while termios.tcgetattr(self._ours)[3] & termios.ECHO:
            assert time.monotonic() < end, self.seen
            select.select([], [], [], 0.02)

    def type(self, text: str) -> None:
        os.write(self._ours, text.encode())

    def end(self) -> int:
        """Its exit code."""
        code = self.process.wait(PATIENCE)
        os.close(self._ours)
        return code


@contextmanager
def at_terminal(desk: Desk, *command: str) -> Iterator[Terminal]:
    terminal = Terminal(desk, *command)
    try:
        yield terminal
    finally:
        if terminal.process.poll() is None:
            terminal.process.kill()
            terminal.process.wait()


def appealdesk(*words: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "automation.cli", *words)


def test_a_yes_at_the_terminal_approves_what_was_shown(shop: Desk) -> None:
    shop.add_case()
    with at_terminal(shop, *appealdesk("approve", "1")) as terminal:
        shown = terminal.until("[y/N]")
        assert shop.digest() in shown
        assert "6920000000000000001.png" in shown
        terminal.type("y\n")
        terminal.until("approved by Li Na")
        assert terminal.end() == 0
    assert shop("show", 1, "--json").data["case"]["state"] == State.APPROVED


@pytest.mark.parametrize("answer", ["\n", "n\n"])
def test_anything_but_a_yes_changes_nothing(shop: Desk, answer: str) -> None:
    shop.add_case()
    with at_terminal(shop, *appealdesk("approve", "1")) as terminal:
        terminal.until("[y/N]")
        terminal.type(answer)
        terminal.until("nothing was changed")
        assert terminal.end() == 9
    assert shop("show", 1, "--json").data["case"]["state"] == State.READY


def test_a_change_while_the_question_stands_is_not_approved(shop: Desk) -> None:
    shop.add_case()
    with at_terminal(shop, *appealdesk("approve", "1")) as terminal:
        terminal.until("[y/N]")
        more = f"order:{shop.picture('order.png', 'grey')}"
        assert shop("case", "edit", 1, "--evidence", more, operator="Wang Wei").code == 0
        terminal.type("y\n")
        assert terminal.end() == 4
    assert shop("show", 1, "--json").data["case"]["state"] == State.READY


def test_a_secret_typed_at_the_terminal_does_not_show(shop: Desk) -> None:
    with at_terminal(shop, *appealdesk("account", "secret", "shop-a", "password")) as terminal:
        terminal.until("password of shop-a")
        terminal.until_silent()
        terminal.type("correct horse\n")
        assert "correct horse" not in terminal.until("kept password")
        assert terminal.end() == 0


ASKS = """
import asyncio
from datetime import timedelta
from automation.cli.watch import Terminal, Watcher
from automation.model import Challenge, Medium, utc_now

async def main():
    terminal = Terminal(watcher)
    for number in (1, 2):
        asked = Challenge(number, "acc", "shop", Medium.SMS, utc_now(), utc_now() + timedelta(minutes=5), "138****0000")
        if number == 2:  # answered elsewhere meanwhile: the question is taken back
            waiting = asyncio.ensure_future(terminal.ask(asked))
            await asyncio.sleep(0)
            waiting.cancel()
            continue
        print("got", repr(await terminal.ask(asked)))
    print("got", repr(await terminal.ask(Challenge(3, "acc", "shop", Medium.QR, utc_now(), utc_now()))))

with Watcher(3) as watcher:
    asyncio.run(main())
"""


def test_a_challenge_is_asked_where_the_worker_runs(desk: Desk) -> None:
    with at_terminal(desk, sys.executable, "-c", ASKS) as terminal:
        terminal.until("code: ")
        assert "sent to 138****0000" in terminal.seen
        terminal.type(" 482913 \n")
        terminal.until("got '482913'")
        terminal.until("got None")  # nothing to type: a person does it on a phone
        assert terminal.end() == 0
