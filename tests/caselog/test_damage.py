"""No byte of the content may change unseen."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from automation.caselog import CaseLog
from automation.errors import CaseLogError
from automation.model import Medium, Outcome
from automation.person import Person, Role
from tests.caselog.conftest import Desk

FLIPS = 150


@pytest.fixture
def used(tmp_path: Path, make_desk: Callable[[CaseLog], Desk]) -> Path:
    """A closed SQLite log with rows in every table."""
    path = tmp_path / "used.db"
    with CaseLog.open(f"sqlite:///{path.as_posix()}", tmp_path / "home") as log:
        desk = make_desk(log)
        lease = desk.lease()
        for number in range(1, 6):
            case = desk.submitted(number, lease=lease)
            log.write_result(case.id, Outcome.REJECTED, record=desk.record(number), notice=None, by="poll")
            log.next_round(case.id, by="Chen")
        challenge = log.open_challenge("acc-1", "store-1", Medium.SMS, destination="138****0000", seconds=300)
        log.answer_challenge(challenge.id, store="store-1", sealed="gAAAAB-ciphertext", by="Wang")
        log.note_look("store-1", "review_appeal", complete=True)
        log.put_person(Person("Wang", Role.APPROVER, frozenset({"North"})), by="Chen")
        log.verify()
    return path


def content(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return list(connection.iterdump())


def found_out(path: Path, home: Path) -> bool:
    try:
        with CaseLog.open(f"sqlite:///{path.as_posix()}", home) as log:
            log.verify()
    except CaseLogError:
        return True
    return False


def test_every_table_is_used(used: Path) -> None:
    with closing(sqlite3.connect(used)) as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        empty = [name for name in tables if not connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0]]
    assert empty == []


@pytest.mark.parametrize("seed", range(3))
def test_a_flipped_byte_is_found_or_changes_nothing(used: Path, tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    whole = used.read_bytes()
    used_bytes = [offset for offset, byte in enumerate(whole) if byte]
    before = content(used)
    found = 0
    for _ in range(FLIPS // 3):
        offset = chance.choice(used_bytes)
        damaged = bytearray(whole)
        damaged[offset] ^= 1 << chance.randrange(8)
        path = tmp_path / "damaged.db"
        path.write_bytes(damaged)
        if found_out(path, tmp_path / "home"):
            found += 1
        else:
            assert content(path) == before, f"the change at byte {offset} was not found"
        for leftover in tmp_path.glob("damaged.db*"):
            leftover.unlink()
    assert found > FLIPS // 6
