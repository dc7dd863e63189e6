"""Everything that may be wrong with one home and the machine it lies on, looked at one by one.

machine.py   Python, packages, browser, font, time zones, disk, clock, port
ledger.py    packs, the case log, kept files, leases
keys.py      the vault, its entries, secrets and sessions of accounts
folders.py   modes of files, and what stopped programs left
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from automation.caselog.arrival import shape_of
from automation.caselog.schema import HEAD
from automation.casework.doctor import folders, keys, ledger, machine
from automation.casework.doctor.finding import Check, Finding, Grade, Ward
from automation.errors import AppealdeskError, InputError
from automation.model import Clock, utc_now
from automation.office import Office

_LOG: Final = "case log"

__all__ = ["CHECKS", "Finding", "Grade", "examine"]

CHECKS: Final[Mapping[str, Check]] = {
    "python": machine.python,
    "packages": machine.packages,
    "time zones": machine.time_zones,
    "disk": machine.disk,
    "browser": machine.browser,
    "font": machine.font,
    "packs": ledger.packs,
    _LOG: ledger.case_log,
    "clock": ledger.clock,
    "kept files": ledger.kept_files,
    "leases": ledger.leases,
    "vault": keys.vault,
    "secrets": keys.secrets,
    "sessions": keys.sessions,
    "modes": folders.modes,
    "leftovers": folders.leftovers,
    "traces": folders.traces,
    "browsers left": machine.orphans,
    "port": machine.port,
}


def examine(
    here: Office, checks: Collection[str] = (), *, mend: bool = False, deep: bool = False, clock: Clock = utc_now
) -> Iterator[Finding]:
    """Look at everything, or do these checks, one after the other; a check that cannot be done is a finding, too.

    `mend` what is safe: modes, what stopped programs left, leases of programs that are gone. `deep`: hash every kept
    file. Makes nothing that is not there, and brings no log up to date. Raises `InputError` for an unknown check.
    """
    if unknown := set(checks) - set(CHECKS):
        raise InputError(f"there is no check {min(unknown)!r}", field="CHECK", hint=f"there are: {', '.join(CHECKS)}")
    try:
        settings = here.settings
    except AppealdeskError as error:
        yield _failed("settings", error)
        return
    yield Finding("settings", Grade.OK, f"every one is known and of its kind; the home is {settings.home}")
    with ExitStack() as stack:
        log = None
        try:
            shape = _shape(here)
            if shape == HEAD:
                log = here.log
            else:
                yield _not_of_today(shape)
        except AppealdeskError as error:
            yield _failed(_LOG, error)
        ward = Ward(here, log, clock(), mend=mend, deep=deep)
        stack.callback(here.close)
        told = set()
        for name in checks or CHECKS:
            try:
                yield from CHECKS[name](ward, name)
            except (AppealdeskError, OSError) as error:
                if str(error) not in told:  # where the vault does not open, several checks say so
                    yield _failed(name, error)
                told.add(str(error))


def _shape(here: Office) -> str:
    url = sa.make_url(here.settings.database)
    if url.get_backend_name() == "sqlite" and not Path(str(url.database)).exists():
        return ""
    return shape_of(here.settings.database)


def _not_of_today(shape: str) -> Finding:
    if not shape:
        return Finding(_LOG, Grade.OK, "there is none yet; the first command that needs one makes it")
    seen = f"it has the shape {shape}, and this program writes {HEAD}"
    do = "appealdesk backup first, if you may want to go back; then any command brings it up to date"
    return Finding(_LOG, Grade.WARN, seen, "older programs cannot read it once it was brought up to date", do)


def _failed(name: str, error: AppealdeskError | OSError) -> Finding:
    if isinstance(error, AppealdeskError):
        return Finding(name, Grade.FAIL, error.message, do=error.hint)
    return Finding(name, Grade.FAIL, f"could not be looked at: {error}")
