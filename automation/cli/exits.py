"""How a command ends: one clear message and an exit code that a script can tell apart, never a traceback for a user."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from typing import Final

from automation.errors import (
    AppealdeskError,
    BrowserUnavailable,
    CaseLogError,
    ChainBroken,
    DossierBroken,
    FlowError,
    InputError,
    PersonNeeded,
    VaultError,
)


class ExitCode(IntEnum):
    """What the process ends with."""

    DONE = 0
    BUG = 1
    USAGE = 2
    INPUT = 3
    REFUSED = 4
    BROKEN = 5
    VAULT = 6
    BROWSER = 7
    PAGE = 8
    PERSON = 9
    UNWELL = 10
    STOPPED = 130


MEANING: Final[Mapping[ExitCode, str]] = {
    ExitCode.DONE: "done",
    ExitCode.BUG: "the program failed in a way that it should not; the traceback is for the report of it",
    ExitCode.USAGE: "unknown command or option, or one of them is missing",
    ExitCode.INPUT: "a file, a row, an argument, a setting or a pack is wrong; it is named",
    ExitCode.REFUSED: "the case log refuses: the case's state, a stale or used approval, another worker's lease",
    ExitCode.BROKEN: "the log or a kept file was changed behind the program's back, or a dossier since it was signed",
    ExitCode.VAULT: "a secret is missing, or the vault cannot be opened",
    ExitCode.BROWSER: "no browser was found, or it does not start",
    ExitCode.PAGE: "a page was not what it should be",
    ExitCode.PERSON: "a person must act first: a challenge, or a decision that was not taken",
    ExitCode.UNWELL: "`doctor` found something that is in the way of the work",
    ExitCode.STOPPED: "stopped with Ctrl-C; nothing is left half done",
}

_CODES: Final[tuple[tuple[type[Exception], ExitCode], ...]] = (
    (InputError, ExitCode.INPUT),
    (ChainBroken, ExitCode.BROKEN),
    (DossierBroken, ExitCode.BROKEN),
    (CaseLogError, ExitCode.REFUSED),
    (VaultError, ExitCode.VAULT),
    (BrowserUnavailable, ExitCode.BROWSER),
    (FlowError, ExitCode.PAGE),
    (PersonNeeded, ExitCode.PERSON),
)


def exit_code(error: AppealdeskError | PersonNeeded) -> ExitCode:
    """The exit code that belongs to an error."""
    return next((code for kind, code in _CODES if isinstance(error, kind)), ExitCode.BUG)
