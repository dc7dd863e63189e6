"""A backup put back, on this machine or another: all of it, checked, or nothing.

Files are written aside in the home folder, where they stay until the database takes the log in one transaction; only
then are they moved to their places, and the transaction ends. As long as the folder aside is there, nothing opens the
log (`Office.log`): a restore goes on, or was interrupted, which another one clears away.
"""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from automation.caselog.arrival import Arrived, receive, shape_of
from automation.caselog.private import private_folder, put_in_place, write_aside
from automation.casework.archive import Archive
from automation.casework.backup import EVIDENCE, FAILURES, NOTICES, PACKS
from automation.errors import CaseLogError, InputError
from automation.model import Clock, utc_now
from automation.office import RESTORING, Office
from automation.settings import FILE as SETTINGS
from automation.shown import how_big
from automation.vault import FOLDER as VAULT

_TOPS: Final = (EVIDENCE, FAILURES, PACKS, VAULT, NOTICES, SETTINGS)
_DATABASE: Final = "cases.db"
_STAY: Final = (SETTINGS, "logs")  # what a home may hold before
_TABLES: Final = "tables"
_LOCK: Final = ".restore.lock"
_ROOM: Final = 1.1  # of what the files take, for the folders around them


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back. `settings`: those of the backup are in use.

    `guard` is the kind of what opens the vault, "" without one.
    """

    arrived: Arrived
    cases: int
    files: int
    guard: str
    settings: bool
    program: str


def restore(here: Office, file: Path, *, clock: Clock = utc_now) -> Restored:
    """Put a backup into the empty home, and the database, that the settings name.

    Raises `InputError` for a file that is no backup, was changed, or whose names lead elsewhere, and for a home that
    is not empty; `CaseLogError` for a backup of a newer program and a database that holds something; `ChainBroken`.
    """
    home = here.settings.home
    with Archive(file.expanduser().absolute()) as archive:
        _check_tops(archive)
        private_folder(home)
        with _alone(home):
            _clear_interrupted(here)
            _require_empty(home)
            _require_room(archive, home)
            archive.verify()
            return _restore(here, archive, clock)


def _restore(here: Office, archive: Archive, clock: Clock) -> Restored:
    home = here.settings.home
    own_settings = (home / SETTINGS).exists()
    aside = private_folder(home / f"{RESTORING}{uuid.uuid4().hex}")
    had_database = (home / _DATABASE).exists()
    try:
        names = [name for name in archive.manifest.members if not name.startswith(f"{_TABLES}/")]
        for name in names:
            if not (own_settings and name == SETTINGS):
                _put(archive, name, aside)
        arrived = receive(
            here.settings.database,
            archive,
            evidence=aside / EVIDENCE,
            by=here.by,
            origin={"made_at": archive.manifest.made_at.isoformat(), "made_by": archive.manifest.made_by},
            place=lambda: _place(aside, home),
            clock=clock,
        )
    except BaseException:
        _remove(home, aside, database=not had_database)
        raise
    shutil.rmtree(aside)
    return Restored(
        arrived=arrived,
        cases=archive.manifest.tables["cases"],
        files=sum(name.startswith(f"{EVIDENCE}/") for name in names),
        guard=archive.manifest.guard,
        settings=not own_settings,
        program=archive.manifest.program,
    )


def _put(archive: Archive, name: str, folder: Path) -> None:
    *folders, last = name.split("/")
    for part in folders:
        folder = private_folder(folder / part)
    written, _, _ = write_aside(folder, archive.read(name))
    put_in_place(written, folder / last)


def _place(aside: Path, home: Path) -> None:
    for path in aside.iterdir():
        target = home / path.name
        if target.is_dir():  # the evidence folder, made and still empty
            target.rmdir()
        path.rename(target)


def _remove(home: Path, aside: Path, *, database: bool) -> None:
    """Take away what this restore, or one that was interrupted, brought into a home that was empty."""
    arrived = [home / name for name in _TOPS if name not in _STAY]
    if database:
        arrived += [home / f"{_DATABASE}{end}" for end in ("", "-wal", "-shm")]
    for path in arrived:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    shutil.rmtree(aside)  # last: as long as it is there, the next one knows


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    try:
        with FileLock(home / _LOCK, timeout=0, mode=0o600):
            yield
    except Timeout:
        raise CaseLogError(f"another restore into {home} is going on", hint="let it end") from None


def _clear_interrupted(here: Office) -> None:
    """Take away what a restore that was killed left. Raises `CaseLogError` where it had come to its end."""
    home = here.settings.home
    for aside in home.glob(f"{RESTORING}*"):
        if shape_of(here.settings.database):
            shutil.rmtree(aside)
            raise CaseLogError(f"an earlier restore into {home} had come to its end; it can be used now")
        _remove(home, aside, database=True)


def _require_empty(home: Path) -> None:
    there = sorted(path.name for path in home.iterdir() if path.name not in (*_STAY, _LOCK))
    if there:
        raise InputError(
            f"is not empty: it holds {', '.join(there[:4])}",
            file=home,
            hint="restore into a folder of its own: appealdesk --home FOLDER restore FILE",
        )


def _require_room(archive: Archive, home: Path) -> None:
    needed = int(sum(member.size for member in archive.manifest.members.values()) * _ROOM)
    free = shutil.disk_usage(home).free
    if needed > free:
        raise InputError(f"the backup needs {how_big(needed)}, and {how_big(free)} are free", file=home)


def _check_tops(archive: Archive) -> None:
    for name in archive.manifest.members:
        if name.split("/")[0] not in (*_TOPS, _TABLES):
            raise InputError(f"{name!r} has no place in a home: this is no backup to trust", file=archive.file)
