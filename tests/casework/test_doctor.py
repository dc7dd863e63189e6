from __future__ import annotations

import os
import socket
import stat
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from automation.casework.doctor import CHECKS, Finding, Grade, examine
from automation.errors import InputError
from automation.model import Account
from automation.office import Office
from tests.caselog.conftest import Desk
from tests.casework.conftest import AtHome
from tests.cli.desk import Desk as Terminal

QUIET = [name for name in CHECKS if name not in ("browser", "font", "port", "browsers left")]


@pytest.fixture
def here(at_home: AtHome, tmp_path: Path) -> Office:
    """A home with an account, its password and a case."""
    made = at_home(tmp_path / "home")
    Desk(made.log, tmp_path).entered(1)
    made.log.put_account(Account("acc-2", "shop", "a@b.example"), by="Lin")
    made.vault.set_secret("acc-2", "password", "canary-horse")
    made.close()
    return at_home(tmp_path / "home")


def bad(here: Office, *checks: str, mend: bool = False, deep: bool = False, ahead: float = 0) -> list[Finding]:
    """What is not right, or was mended, `ahead` hours from now."""
    now = datetime.now(UTC) + timedelta(hours=ahead)
    found = list(examine(here, checks or QUIET, mend=mend, deep=deep, clock=lambda: now))
    assert {"settings", *(checks or ())} <= {one.check for one in found}
    return [one for one in found if one.grade is not Grade.OK or one.mended]


def age(path: Path, days: float) -> None:
    os.utime(path, (then := time.time() - days * 86400, then))


def test_a_home_in_order_is_found_in_order(here: Office) -> None:
    assert bad(here) == []


def test_looking_at_an_empty_home_makes_nothing(at_home: AtHome, tmp_path: Path) -> None:
    assert bad(at_home(tmp_path / "new")) == []
    assert not (tmp_path / "new").exists()


def test_the_browser_is_started(here: Office) -> None:
    (said,) = [one for one in examine(here, ["browser"]) if one.check == "browser"]
    assert (said.grade, "starts: " in said.seen) == (Grade.OK, True)


def test_a_check_that_there_is_not_is_refused(here: Office) -> None:
    with pytest.raises(InputError, match="no check 'brain'"):
        list(examine(here, ["brain"]))


def test_a_row_that_was_changed_is_found(here: Office, tmp_path: Path) -> None:
    execute(here, "UPDATE stores SET form_policy = 'never'")
    (found,) = bad(here)
    assert (found.check, found.grade, found.seen) == (
        "case log", Grade.FAIL, "stores row store-1 was altered since event 3 wrote it",
    )  # fmt: skip
    assert "restore a backup" in found.do


def test_logs_of_older_and_newer_programs_are_told_apart_and_left_alone(here: Office) -> None:
    execute(here, "UPDATE alembic_version SET version_num = '0001'")
    (older,) = bad(here, "time zones")
    assert (older.grade, older.seen[:21]) == (Grade.WARN, "it has the shape 0001")
    execute(here, "UPDATE alembic_version SET version_num = '0099'")
    (newer,) = bad(here, "time zones")
    assert (newer.grade, "newer program" in newer.do) == (Grade.FAIL, True)


def execute(here: Office, statement: str) -> None:
    made = sa.create_engine(here.settings.database)
    with made.begin() as connection:
        connection.exec_driver_sql(statement)
    made.dispose()


def test_a_file_that_is_gone_or_changed_is_found(here: Office, tmp_path: Path) -> None:
    (file,) = [path for path in (tmp_path / "home" / "evidence").rglob("*") if path.is_file()]
    content = file.read_bytes()
    file.write_bytes(content[::-1])
    assert bad(here, "kept files") == []
    (found,) = bad(here, "kept files", deep=True)
    assert "was changed" in found.seen
    file.unlink()
    (found,) = bad(here, "kept files")
    assert found.seen == f"1 of 1 are missing, first {file}"


def test_a_clock_that_is_behind_is_found(here: Office) -> None:
    (found,) = bad(here, "clock", ahead=-1)
    assert (found.grade, "the clock is behind" in found.seen, "NTP" in found.do) == (Grade.FAIL, True, True)
    assert bad(here, "clock", ahead=1) == []


def test_the_clock_is_held_against_a_servers(postgres: str, at_home: AtHome, tmp_path: Path) -> None:
    url = f"{postgres}&options=-csearch_path%3Dserver_clock"
    made = sa.create_engine(postgres.replace("postgresql://", "postgresql+psycopg://"))
    with made.begin() as connection:
        connection.exec_driver_sql("CREATE SCHEMA server_clock")
    made.dispose()
    there = at_home(tmp_path / "there", url)
    _ = there.log
    assert bad(there, "clock") == []
    (found,) = bad(at_home(tmp_path / "there", url), "clock", ahead=2)
    assert found.seen == "+7200 s from the database server's"


def test_an_account_that_a_dead_program_holds_too_long_is_given_back(here: Office) -> None:
    here.log.take_lease("account:acc-1", worker=f"worker {socket.gethostname()}:999999999:ab12", seconds=30)
    here.log.take_lease("account:acc-2", worker="worker elsewhere:1:ab12", seconds=86400)
    assert [one.seen.split()[0] for one in bad(here, "leases")] == ["account:acc-2"]
    here.log.take_lease("account:acc-3", worker=f"worker {socket.gethostname()}:999999999:ab12", seconds=86400)
    here.log.take_lease("account:acc-4", worker=f"worker {socket.gethostname()}:{os.getpid()}:ab12", seconds=86400)
    found = bad(here, "leases", mend=True)
    assert [(one.seen.split()[0], one.mended) for one in found] == [
        ("account:acc-2", ""), ("account:acc-3", "given back: its program is gone"), ("account:acc-4", ""),
    ]  # fmt: skip
    assert here.log.take_lease("account:acc-3", worker="worker-1", seconds=1) is not None


def test_a_vault_without_its_key_and_an_entry_that_does_not_open_are_found(
    here: Office, at_home: AtHome, tmp_path: Path
) -> None:
    (entry,) = (tmp_path / "home" / "vault").glob("*/*.json")
    entry.write_text(entry.read_text().replace("acc-2", "acc-1"))
    (found,) = bad(here, "vault")
    assert (found.grade, str(entry) in found.seen, "account secret" in found.do) == (Grade.FAIL, True, True)
    (tmp_path / "keys" / "vault.key").unlink()
    (found,) = bad(at_home(tmp_path / "home"), "vault")
    assert "vault.key is not there" in found.seen


def test_missing_passwords_and_old_sessions_are_found(here: Office, tmp_path: Path) -> None:
    here.vault.remove("acc-2", "password")
    here.vault.set_state("acc-1", {"cookies": []})
    assert [one.do for one in bad(here, "secrets")] == ["appealdesk account secret acc-2 password"]
    assert bad(here, "sessions") == []
    (found,) = bad(here, "sessions", ahead=31 * 24)
    assert (found.grade, found.seen.startswith("the session of account acc-1")) == (Grade.WARN, True)


@pytest.mark.skipif(os.name != "posix", reason="modes have no effect there")
def test_files_that_others_may_read_are_made_private(here: Office, tmp_path: Path) -> None:
    file = next(path for path in (tmp_path / "home" / "evidence").rglob("*") if path.is_file())
    file.chmod(0o644)
    (tmp_path / "home").chmod(0o755)
    (found,) = bad(here, "modes")
    assert (found.grade, found.seen) == (Grade.WARN, f"others may read {tmp_path / 'home'} and 1 more")
    (found,) = bad(here, "modes", mend=True)
    assert found.mended == "made private"
    assert (stat.S_IMODE(file.stat().st_mode), bad(here, "modes")) == (0o600, [])


def test_what_stopped_programs_left_is_removed_and_nothing_else(here: Office, tmp_path: Path) -> None:
    home = tmp_path / "home"
    left = [home / "evidence" / ("." + "ab" * 16), home / "tmpab12cd_3" / "x", home / "uploads" / "token" / "x",
            home / "challenges" / "7.png", home / "vault" / "ab" / ".new-xyz"]  # fmt: skip
    young = home / "evidence" / ("." + "cd" * 16)
    for path in (*left, young):
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_bytes(b"x")
    for path in left:
        age(path, 1)
        age(path.parent, 1)
    before = {path for path in home.rglob("*") if path.is_file()}
    (found,) = bad(here, "leftovers")
    assert (found.grade, found.seen[:6]) == (Grade.WARN, "5 left")
    assert {path for path in home.rglob("*") if path.is_file()} == before
    (found,) = bad(here, "leftovers", mend=True)
    assert found.mended == "removed"
    assert before - {path for path in home.rglob("*") if path.is_file()} == set(left)


def test_old_traces_are_named_and_stay(here: Office, tmp_path: Path) -> None:
    folder = tmp_path / "home" / "failures" / "1-x"
    folder.mkdir(parents=True)
    age(folder, 100)
    (found,) = bad(here, "traces", mend=True)
    assert (found.grade, "1 are older than 90 days" in found.seen, folder.exists()) == (Grade.WARN, True, True)


def test_a_pack_that_cannot_be_read_and_a_setting_that_there_is_not_are_found(
    here: Office, at_home: AtHome, tmp_path: Path
) -> None:
    (tmp_path / "home" / "packs").mkdir()
    (tmp_path / "home" / "packs" / "jd.yaml").write_text("format: 1\nplatform: jd\nnonsense: 1\n")
    (found,) = bad(here, "packs")
    assert ("jd.yaml:3" in found.seen, found.do) == (True, "appealdesk packs validate")
    (tmp_path / "home" / "appealdesk.toml").write_text("hedless = true\n")
    (found,) = list(examine(Office(tmp_path / "home")))
    assert (found.check, found.grade, found.do) == ("settings", Grade.FAIL, "did you mean headless?")


def test_the_command_says_why_and_what_to_do_and_ends_with_a_code_of_its_own(tmp_path: Path) -> None:
    desk = Terminal(tmp_path)
    with desk.log() as log:
        Desk(log, tmp_path)
        log.put_account(Account("acc-2", "shop", "a@b.example"), by="Lin")
    said = desk("doctor", "secrets", "case log")
    assert said.code == 10
    assert (
        """
fail  secrets: account acc-2 has no password
      why: it signs in by password, and there is none
      do: appealdesk account secret acc-2 password
"""
        in said.out
    )
    assert "1 in the way of the work, 0 to look at" in said.out
    assert [one["check"] for one in desk("doctor", "disk", "--json").data] == ["settings", "disk"]
    assert desk("doctor", "disk").code == 0
