"""Packs, the case log and what it means."""

from __future__ import annotations

import ctypes
import os
import re
import socket
import sys
from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from automation.casework.doctor.finding import Finding, Grade, Ward
from automation.errors import AppealdeskError
from automation.shown import when

_LONGEST: Final = timedelta(minutes=10)  # no program holds an account for so long at a time
_SLACK: Final = timedelta(seconds=30)  # between two clocks that are right; a code of an app lives as long
_WORKER: Final = re.compile(r"worker (.+):(\d+):[0-9a-f]+")
_BACKUP: Final = "do not go on working with this log: restore a backup into another folder, and compare"


def packs(ward: Ward, name: str) -> Iterator[Finding]:
    """Whether each can be read, with the user's own layers."""
    good, own = [], ward.here.settings.packs_folder
    for platform in ward.here.packs.platforms():
        try:
            ward.here.packs.pack(platform)
        except AppealdeskError as error:
            why = "nothing is done on this platform until it can be read"
            yield Finding(name, Grade.FAIL, str(error), why, "appealdesk packs validate")
        else:
            good.append(platform)
    mine = sorted(path.stem for path in own.glob("*.yaml"))
    said = f"; of your own, in {own}: {', '.join(mine)}" if mine else ""
    yield Finding(name, Grade.OK, f"{len(good)} can be read{said}")


def case_log(ward: Ward, name: str) -> Iterator[Finding]:
    """The shape of the database, its pages, the chain and every row."""
    if ward.log is None:
        return  # and why was said before
    try:
        found = ward.log.verify()
    except AppealdeskError as error:
        yield Finding(name, Grade.FAIL, error.message, "what the log says can no longer be relied on", _BACKUP)
        return
    yield Finding(name, Grade.OK, f"{found.events} events cover {found.rows} rows; the chain ends with {found.head}")


def clock(ward: Ward, name: str) -> Iterator[Finding]:
    """The time here against the newest event's, and the database's."""
    why = "approvals and appeal windows end by it, and codes of apps are wrong without the right time"
    do = "let the system set its clock (NTP), then look again"
    if ward.log is None:
        return
    position = ward.log.position()
    newest = next(iter(ward.log.events(after=position - 1)), None)
    if newest is not None and newest.at > ward.now + _SLACK:
        seen = f"the newest event is of {when(newest.at)}, now is {when(ward.now)}: the clock is behind, or was ahead"
        yield Finding(name, Grade.FAIL, seen, why, do)
        return
    with ward.log.snapshot() as snapshot:
        theirs = snapshot.clock()
    if theirs is not None and abs(theirs - ward.now) > _SLACK:
        seconds = (ward.now - theirs).total_seconds()
        yield Finding(name, Grade.WARN, f"{seconds:+.0f} s from the database server's", why, do)
        return
    yield Finding(name, Grade.OK, "not behind what the log has seen")


def kept_files(ward: Ward, name: str) -> Iterator[Finding]:
    """Evidence and pictures of forms: there, and, of all where that is wanted, unchanged."""
    if ward.log is None:
        return
    with ward.log.snapshot() as snapshot:
        meant = snapshot.files()
    folder = ward.here.settings.home / "evidence"
    lost = [digest for digest in meant if not (folder / digest[:2] / digest[2:]).is_file()]
    why, do = "a packet is not sent without its files", "bring them back from a backup, by their SHA-256"
    if lost:
        seen = f"{len(lost)} of {len(meant)} are missing, first {folder / lost[0][:2] / lost[0][2:]}"
        yield Finding(name, Grade.FAIL, seen, why, do)
        return
    if ward.deep:
        ward.log.verify_evidence()
    yield Finding(
        name, Grade.OK, f"{len(meant)} are there{' and unchanged' if ward.deep else '; --deep reads them, too'}"
    )


def leases(ward: Ward, name: str) -> Iterator[Finding]:
    """Accounts that a program holds which is gone, for longer than any program holds one."""
    held = ward.log.leases() if ward.log is not None else []
    for lease in held:
        if lease.expires_at - ward.now <= _LONGEST:
            continue
        seen = f"{lease.resource} is held by {lease.worker} until {when(lease.expires_at)}"
        why = "nothing is done for it until then; the clock was wrong when it was taken"
        if not _gone(lease.worker):
            yield Finding(name, Grade.WARN, seen, why, "stop that program, then look again with --mend")
        elif ward.mend and ward.log is not None:
            ward.log.drop(lease)
            yield Finding(name, Grade.OK, seen, mended="given back: its program is gone")
        else:
            yield Finding(name, Grade.WARN, seen, why, "appealdesk doctor --mend gives it back: its program is gone")
    yield Finding(name, Grade.OK, f"{len(held)} accounts are being worked on" if held else "nobody works at the moment")


def _gone(worker: str) -> bool:
    """Whether the process of this name was on this machine and is there no more."""
    told = _WORKER.fullmatch(worker)
    return told is not None and told[1] == socket.gethostname() and not _runs(int(told[2]))


def _runs(pid: int) -> bool:
    if sys.platform == "win32":  # there, os.kill would end it
        kernel = ctypes.windll.kernel32
        handle = kernel.OpenProcess(0x1000, False, pid)  # PROCESS_QUERY_LIMITED_INFORMATION
        if handle:
            kernel.CloseHandle(handle)
        return bool(handle)
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
