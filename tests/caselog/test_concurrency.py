"""Many writers at once, in threads and in processes of their own."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from automation.caselog import CaseLog
from automation.errors import ApprovalRefused, CaseLogError
from automation.model import Checkpoint, Decision, State
from tests.caselog.conftest import DAY, Desk

ROOT = Path(__file__).parents[2]
WRITER = """
import sys
from pathlib import Path
from automation.caselog import CaseLog
url, home, name, count = sys.argv[1:]
with CaseLog.open(url, Path(home)) as log:
    print("ready", flush=True)
    sys.stdin.readline()
    for number in range(int(count)):
        log.add_event("note", by=name, data={"number": number})
"""
CLICKER = """
import sys, os
from pathlib import Path
from automation.caselog import CaseLog
url, home, case, token = sys.argv[1:]
from tests.conftest import HandClock
from automation.caselog import Lease
clock = HandClock()
with CaseLog.open(url, Path(home), clock=clock) as log:
    lease = Lease("account:acc-1", "worker-1", int(token), clock())
    print("ready", flush=True)
    sys.stdin.readline()
    log.write_intent(int(case), lease=lease, read_back_digest="shown-1")
    print("written", flush=True)
    os.kill(os.getpid(), 9)
"""


def start(code: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline()


def test_threads_lose_no_event(log: CaseLog) -> None:
    def write(name: int) -> None:
        for number in range(5):
            log.add_event("note", by=f"thread-{name}", data={"number": number})

    with ThreadPoolExecutor(32) as threads:
        list(threads.map(write, range(32)))
    assert Counter(event.by for event in log.events()[1:]) == {f"thread-{name}": 5 for name in range(32)}
    log.verify()


def test_processes_that_open_a_new_log_together_lose_no_event(database_url: str, tmp_path: Path) -> None:
    names = ("one", "two", "three")
    writers = [start(WRITER, database_url, str(tmp_path / "home"), name, "25") for name in names]
    for writer in writers:
        assert line(writer) == "ready\n", writer.communicate()[1]
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("go\n")
        writer.stdin.flush()
    for writer in writers:
        _, errors = writer.communicate(timeout=120)
        assert (writer.returncode, errors) == (0, "")
    with CaseLog.open(database_url, tmp_path / "home") as log:
        written = [(event.by, event.data["number"]) for event in log.events() if event.kind == "note"]
        assert sorted(written) == sorted((name, number) for name in names for number in range(25))
        log.verify()


@pytest.mark.skipif(sys.platform == "win32", reason="kills a process the POSIX way")
def test_an_intent_outlives_the_process_that_wrote_it(
    log: CaseLog, desk: Desk, database_url: str, tmp_path: Path
) -> None:
    lease = desk.lease()
    case = desk.submitting(lease=lease)
    clicker = start(CLICKER, database_url, str(tmp_path / "home"), str(case.id), str(lease.token))
    assert line(clicker) == "ready\n", clicker.communicate()[1]
    written, errors = clicker.communicate("go\n", timeout=60)
    assert written == "written\n", errors
    intent = log.open_intent(case.id)
    assert intent is not None
    assert intent.digest == case.digest
    log.verify()


def test_of_two_who_decide_at_once_one_is_too_late(log: CaseLog, desk: Desk) -> None:
    case = desk.entered()

    def decide(by: str) -> bool:
        try:
            log.decide(case.id, Checkpoint.PACKET, Decision.APPROVED, digest=case.digest, by=by, ttl=DAY)
        except ApprovalRefused:
            return False
        return True

    with ThreadPoolExecutor(4) as threads:
        assert sum(threads.map(decide, ["Wang", "Zhao", "Lin", "Sun"])) == 1
    log.verify()


def test_of_many_who_take_a_lease_at_once_one_gets_it(log: CaseLog) -> None:
    with ThreadPoolExecutor(6) as threads:
        got = list(threads.map(lambda name: log.take_lease("account:a", worker=str(name), seconds=60), range(6)))
    assert sum(lease is not None for lease in got) == 1


def test_of_many_intents_at_once_one_is_written(log: CaseLog, desk: Desk) -> None:
    lease = desk.lease()
    case = desk.submitting(lease=lease)

    def click(_: int) -> bool:
        try:
            log.write_intent(case.id, lease=lease, read_back_digest="shown-1")
        except CaseLogError:
            return False
        return True

    with ThreadPoolExecutor(6) as threads:
        assert sum(threads.map(click, range(6))) == 1


def test_entering_one_review_from_many_threads_makes_one_case(log: CaseLog, desk: Desk) -> None:
    packet = desk.packet()
    with ThreadPoolExecutor(6) as threads:
        entered = list(threads.map(lambda _: log.enter(packet, by="Chen", deadline=None), range(6)))
    assert sum(new for _, new in entered) == 1
    assert [case.state for case in log.cases()] == [State.READY]
