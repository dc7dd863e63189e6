"""Bringing a log up to date, cut off wherever it can be."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from automation.caselog import CaseLog, database, schema
from automation.errors import CaseLogError
from tests.caselog.test_answers import OLD, old_log
from tests.caselog.test_opening import engine

__all__ = ["old_log"]  # a log of the first shape, with cases in it

FEWEST = 8
"""Statements of an upgrade from the first shape, at least: fewer, and nothing was counted."""


class Cut(Exception):
    """The power went."""


@contextmanager
def before_each_statement(act: Callable[[int], None]) -> Iterator[None]:
    """Act before each statement that any database is given, told its number."""
    numbers = count(1)

    def heed(*_: object) -> None:
        act(next(numbers))

    event.listen(sa.Engine, "before_cursor_execute", heed)
    try:
        yield
    finally:
        event.remove(sa.Engine, "before_cursor_execute", heed)


def cut_at(number: int) -> Callable[[int], None]:
    def act(now: int) -> None:
        if now == number:
            raise Cut

    return act


def shape(url: str) -> str:
    made = engine(url)
    with made.connect() as connection:
        found = str(connection.scalar(sa.text("SELECT version_num FROM alembic_version")))
    made.dispose()
    return found


def is_whole(url: str, home: Path) -> bool:
    """Whether the log opens, is up to date, verifies, and holds what it held."""
    with CaseLog.open(url, home) as log:
        hashes = [one.hash for one in log.events()]
        return (
            hashes[: len(OLD["events"])] == [row["hash"] for row in OLD["events"]]
            and log.verify().events == len(OLD["events"]) + 1
        )


def test_an_upgrade_that_broke_off_at_any_statement_leaves_the_log_as_it_was(old_log: str, tmp_path: Path) -> None:
    for number in count(1):
        try:
            with before_each_statement(cut_at(number)), CaseLog.open(old_log, tmp_path / "home"):
                break
        except Cut:
            assert shape(old_log) == "0001", f"after statement {number}"
    assert number > FEWEST
    assert shape(old_log) == schema.HEAD
    assert is_whole(old_log, tmp_path / "home")


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_an_upgrade_that_was_killed_at_any_statement_leaves_a_log_that_opens(old_log: str, tmp_path: Path) -> None:
    """A killed process rolls nothing back by itself: what counts is what it left on the disk, or at the server."""
    killed = 0
    for number in count(1):
        child = os.fork()
        if not child:
            _upgrade_and_die(old_log, tmp_path / "home", number)
        if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != -9:
            break
        killed += 1
        assert shape(old_log) == "0001", f"after statement {number}"
    assert killed >= FEWEST
    assert is_whole(old_log, tmp_path / "home")


def _upgrade_and_die(url: str, home: Path, number: int) -> None:
    try:
        with before_each_statement(lambda now: os.kill(os.getpid(), 9) if now == number else None):
            CaseLog.open(url, home).close()
    finally:
        os._exit(0)


def test_several_that_bring_one_log_up_to_date_do_it_once(old_log: str, tmp_path: Path) -> None:
    start, opened = threading.Barrier(3), list[str]()

    def bring() -> None:
        start.wait()
        with CaseLog.open(old_log, tmp_path / "home") as log:
            opened.append(log.verify().head)

    threads = [threading.Thread(target=bring) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(opened) == 3
    assert len(set(opened)) == 1
    assert is_whole(old_log, tmp_path / "home")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_disk_that_is_full_during_an_upgrade_leaves_the_log_as_it_was(
    old_log: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(sqlite3.connect(str(sa.make_url(old_log).database))) as connection:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
    with monkeypatch.context() as patch:
        patch.setattr(database, "_PRAGMAS", (*database._PRAGMAS, f"PRAGMA max_page_count = {pages}"))
        with pytest.raises(CaseLogError, match="full"):
            CaseLog.open(old_log, tmp_path / "home")
    assert shape(old_log) == "0001"
    assert is_whole(old_log, tmp_path / "home")


def test_a_log_of_a_newer_program_is_refused_and_says_what_to_do(old_log: str, tmp_path: Path) -> None:
    CaseLog.open(old_log, tmp_path / "home").close()
    made = engine(old_log)
    with made.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0099'")
    made.dispose()
    with pytest.raises(CaseLogError, match="has the shape 0099") as caught:
        CaseLog.open(old_log, tmp_path / "home")
    assert f"up to {schema.HEAD}" in caught.value.message
    assert "or restore a backup from before into another folder" in caught.value.hint
    assert shape(old_log) == "0099"
