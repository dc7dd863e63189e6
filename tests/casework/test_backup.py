from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
import zipfile
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from pydantic import SecretStr

from automation.caselog import CaseLog, Verified
from automation.casework.archive import Archive
from automation.casework.backup import back_up
from automation.casework.restoring import restore
from automation.errors import ApprovalRefused, CaseLogError, ChainBroken, InputError
from automation.model import Checkpoint, Decision, State
from automation.office import Office
from automation.settings import Settings
from automation.vault import Vault
from tests.caselog.conftest import DAY, Desk
from tests.casework.conftest import AtHome
from tests.conftest import HandClock

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 3, 2, 9, 5, tzinfo=UTC)  # within the terms of what the busy log has approved
WRITES = """
import sys
from pathlib import Path
from automation.caselog import CaseLog, Verified
from automation.model import Account
with CaseLog.open(sys.argv[1], Path(sys.argv[2])) as log:
    print("here", flush=True)
    for number in range(10_000):
        log.put_account(Account(f"other-{number}", "shop", "13800000001"), by="another process")
        if number == 5:
            print("writing", flush=True)
"""


@pytest.fixture(params=["sqlite", "postgres"])
def elsewhere(request: pytest.FixtureRequest) -> str:
    """An empty database of another machine; "" stands for the file in the home."""
    if request.param == "sqlite":
        return ""
    url: str = request.getfixturevalue("postgres")
    return url


@pytest.fixture
def kept(at_home: AtHome, tmp_path: Path, clock: HandClock) -> Path:
    """A small backup: one approved case, a vault, a pack of the user's own."""
    here = at_home(tmp_path / "home")
    with CaseLog.open(here.settings.database, tmp_path / "home", clock=clock) as log:
        Desk(log, tmp_path).approved(1)
    here.vault.set_secret("acc-1", "password", "canary-horse")
    (tmp_path / "home" / "packs").mkdir()
    (tmp_path / "home" / "packs" / "jd.yaml").write_text("format: 1\nplatform: jd\n", "utf-8")
    shot = tmp_path / "home" / "failures" / "1-20260302T090000" / "form.png"
    shot.parent.mkdir(parents=True)
    shot.write_bytes(b"picture")
    return back_up(here, tmp_path / "kept.zip").file


def test_a_log_comes_back_as_it_was_from_either_database_into_either(
    busy: CaseLog, database_url: str, elsewhere: str, at_home: AtHome, tmp_path: Path
) -> None:
    before = busy.verify()
    made = back_up(at_home(tmp_path / "home", database_url), tmp_path / "kept.zip")
    assert (made.cases, made.events, made.head, made.faults) == (8, before.events, before.head, ())
    url = elsewhere and _fresh(elsewhere)
    there = at_home(tmp_path / "new", url)
    done = restore(there, tmp_path / "kept.zip", clock=lambda: NOW)
    assert done.arrived.verified == before
    with CaseLog.open(there.settings.database, tmp_path / "new", clock=lambda: NOW) as log:
        came_back(log, before, busy, tmp_path)
    # What was approved there is not sent from here; a click without a receipt stays in doubt.
    assert (done.arrived.held, done.arrived.uncertain) == ((2, 3, 4, 7, 8), (5,))


def came_back(log: CaseLog, before: Verified, busy: CaseLog, folder: Path) -> None:
    assert [(one.id, one.hash) for one in log.events()][: before.events] == [
        (one.id, one.hash) for one in busy.events()
    ]
    assert log.verify().events > before.events
    assert log.verify_evidence() == busy.verify_evidence()
    assert {case.id: case.state for case in log.cases()} == {
        1: State.READY, 2: State.READY, 3: State.READY, 4: State.READY, 5: State.UNCERTAIN, 6: State.SUBMITTED,
        7: State.READY, 8: State.NEEDS_PERSON,
    }  # fmt: skip
    for case in range(1, 9):
        for checkpoint in Checkpoint:
            with pytest.raises(ApprovalRefused):
                log.approval_for(case, checkpoint)
    with pytest.raises(ApprovalRefused):
        log.move(8, State.APPROVED, by="worker-2")
    assert "another machine" in log.case(2).note
    # Nothing of the minute came along: no lease, no open question, no answer.
    assert log.take_lease("account:acc-1", worker="worker-2", seconds=30) is not None
    assert [one.closed for one in log.challenges(open_only=False)] == ["given up"]
    assert log.take_answer(1) is None
    # And work goes on: numbers do not clash.
    assert log.enter(Desk(log, folder).packet(9), by="Chen")[0].id == 9
    log.verify()


def _fresh(url: str) -> str:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA IF EXISTS another_machine CASCADE")
        connection.execute("CREATE SCHEMA another_machine")
    return f"{url}&options=-csearch_path%3Danother_machine"


def test_a_backup_is_whole_while_another_process_writes(
    busy: CaseLog, database_url: str, at_home: AtHome, tmp_path: Path
) -> None:
    here = at_home(tmp_path / "home", database_url)
    command = [sys.executable, "-c", WRITES, database_url, str(tmp_path / "home")]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env=os.environ | {"PYTHONPATH": str(ROOT)}
    ) as other:
        assert other.stdout is not None
        assert [other.stdout.readline(), other.stdout.readline()] == ["here\n", "writing\n"]
        made = [back_up(here, tmp_path / f"{number}.zip") for number in range(2)]
        assert other.poll() is None, "it wrote all the time"
        other.kill()
    assert made[0].events < made[1].events < busy.position()
    hashes = [event.hash for event in busy.events()]
    assert [hashes[one.events - 1] for one in made] == [one.head for one in made]


def test_a_backup_is_private_appears_at_once_and_is_never_written_over(kept: Path, at_home: AtHome) -> None:
    if os.name == "posix":
        assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert [path.name for path in kept.parent.iterdir() if path.name.startswith(".")] == []
    before = kept.read_bytes()
    here = at_home(kept.parent / "home")
    with pytest.raises(InputError, match="there is such a file already"):
        back_up(here, kept)
    assert kept.read_bytes() == before
    assert back_up(here, kept.parent).file.name.startswith("appealdesk-2")
    with pytest.raises(InputError, match="cannot be written"):
        back_up(here, kept.parent / "nowhere" / "x.zip")


def test_no_plain_secret_and_no_key_is_in_a_backup(kept: Path, tmp_path: Path, at_home: AtHome) -> None:
    (tmp_path / "home" / "appealdesk.toml").write_text(
        'operator = "Lin \\"小\\" Li"\nbrowser_path = "/opt/x"\nheadless = true\n'
        'database_url = "postgresql://u:canary-db@host/x"\n', "utf-8",
    )  # fmt: skip
    url = f"sqlite:///{(tmp_path / 'home' / 'cases.db').as_posix()}"
    made = back_up(at_home(tmp_path / "home", url), tmp_path / "more.zip")
    # The address in the environment went before the one in the file; neither is in the backup.
    content = b"".join(zipfile.ZipFile(made.file).read(name) for name in zipfile.ZipFile(made.file).namelist())
    assert b"canary" not in content
    assert (tmp_path / "keys" / "vault.key").read_bytes().strip() not in content
    home = tmp_path / "new"
    restore(at_home(home), made.file)
    assert (home / "appealdesk.toml").read_text("utf-8") == 'operator = "Lin \\"小\\" Li"\nheadless = true\n'
    assert Settings.load(home).headless


def test_the_vault_opens_elsewhere_by_a_passphrase_and_not_without(kept: Path, tmp_path: Path, at_home: AtHome) -> None:
    made = back_up(at_home(tmp_path / "home"), tmp_path / "carried.zip", passphrase=SecretStr("long-enough-words"))
    assert made.guard == "passphrase"
    (tmp_path / "keys" / "vault.key").rename(tmp_path / "keys" / "gone")
    restore(at_home(tmp_path / "new"), made.file)
    vault = Vault.open(tmp_path / "new", passphrase="long-enough-words")
    assert vault.secret("acc-1", "password").get_secret_value() == "canary-horse"
    assert vault.faults() == []
    restore(at_home(tmp_path / "same"), kept)
    with pytest.raises(Exception, match="is not there"):
        Vault.open(tmp_path / "same", key_file=tmp_path / "keys" / "vault.key")


def test_files_come_back_beside_the_log(kept: Path, tmp_path: Path, at_home: AtHome) -> None:
    there = at_home(tmp_path / "new")
    done = restore(there, kept)
    assert (done.files, done.settings, done.guard) == (1, True, "file")
    for name in ("packs/jd.yaml", "failures/1-20260302T090000/form.png"):
        assert (tmp_path / "new" / name).read_bytes() == (tmp_path / "home" / name).read_bytes()
    if os.name == "posix":
        modes = {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "new").rglob("*")}
        assert modes == {0o600, 0o700}


def test_settings_that_are_there_stay(kept: Path, tmp_path: Path, at_home: AtHome) -> None:
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "appealdesk.toml").write_text('log_level = "debug"\n')
    assert not restore(at_home(tmp_path / "new"), kept).settings
    assert (tmp_path / "new" / "appealdesk.toml").read_text() == 'log_level = "debug"\n'


def test_a_home_or_a_database_that_holds_something_is_left_alone(kept: Path, tmp_path: Path, at_home: AtHome) -> None:
    before = _tree(tmp_path / "home")
    with pytest.raises(InputError, match=r"is not empty: it holds cases\.db"):
        restore(at_home(tmp_path / "home"), kept)
    assert _tree(tmp_path / "home") == before
    url = f"sqlite:///{(tmp_path / 'home' / 'cases.db').as_posix()}"
    with pytest.raises(CaseLogError, match="there is a case log"):
        restore(at_home(tmp_path / "new", url), kept)
    assert _tree(tmp_path / "new") == {}
    with CaseLog.open(url, tmp_path / "home") as log:
        assert log.verify().head == _head(kept)


def test_evidence_that_is_missing_is_named_and_the_rest_is_kept(kept: Path, tmp_path: Path, at_home: AtHome) -> None:
    (file,) = [path for path in (tmp_path / "home" / "evidence").rglob("*") if path.is_file()]
    file.write_bytes(b"rotten")
    made = back_up(at_home(tmp_path / "home"), tmp_path / "rotten.zip")
    assert [str(file) in fault for fault in made.faults] == [True]
    file.unlink()
    made = back_up(at_home(tmp_path / "home"), tmp_path / "poor.zip")
    assert ["is missing" in fault for fault in made.faults] == [True]
    restore(at_home(tmp_path / "new"), made.file)


def test_a_log_that_was_altered_is_not_backed_up(kept: Path, tmp_path: Path, at_home: AtHome) -> None:
    with closing(sqlite3.connect(tmp_path / "home" / "cases.db")) as connection, connection:
        connection.execute("UPDATE packets SET reason = 'other'")
    with pytest.raises(ChainBroken, match="packets row 1 was altered"):
        back_up(at_home(tmp_path / "home"), tmp_path / "bad.zip")
    assert sorted(path.name for path in tmp_path.glob("*.zip")) == ["kept.zip"]


def _tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.endswith((".lock", "-shm", "-wal"))
    }


def _head(file: Path) -> str:
    with Archive(file) as archive:
        return archive.head


def test_a_log_is_not_opened_while_a_restore_goes_on(kept: Path, tmp_path: Path, at_home: AtHome) -> None:
    (tmp_path / "new" / ".restoring-1").mkdir(parents=True)
    with pytest.raises(CaseLogError, match="is being restored"):
        _ = at_home(tmp_path / "new").log
    assert not (tmp_path / "new" / "cases.db").exists()


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.parametrize("after", ["files", "commit"])
def test_a_restore_that_was_killed_is_cleared_away_by_the_next(
    kept: Path, tmp_path: Path, at_home: AtHome, after: str
) -> None:
    there = at_home(tmp_path / "new")
    child = os.fork()
    if not child:
        _die_while_restoring(there, kept, after)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -9
    assert list((tmp_path / "new").glob(".restoring-*"))
    if after == "commit":
        with pytest.raises(CaseLogError, match="had come to its end"):
            restore(at_home(tmp_path / "new"), kept)
    else:
        restore(at_home(tmp_path / "new"), kept)
    log = at_home(tmp_path / "new").log
    assert log.verify().events > 4
    assert log.verify_evidence() == 1


def _die_while_restoring(there: Office, file: Path, after: str) -> None:
    from automation.casework import restoring  # noqa: PLC0415

    def die(*_: object, **__: object) -> None:
        os.kill(os.getpid(), 9)

    if after == "commit":
        restoring.shutil.rmtree = die  # type: ignore[attr-defined]
    else:
        place = restoring._place

        def placed(aside: Path, home: Path) -> None:
            place(aside, home)
            die()

        restoring._place = placed
    try:
        restore(there, file)
    finally:
        os._exit(1)


def test_the_approval_of_a_case_that_came_back_is_given_anew(kept: Path, tmp_path: Path, at_home: AtHome) -> None:
    there = at_home(tmp_path / "new")
    restore(there, kept)
    case = there.log.case(1)
    there.log.decide(1, Checkpoint.PACKET, Decision.APPROVED, digest=case.digest, by="Wang", ttl=DAY)
    assert there.log.case(1).state is State.APPROVED
