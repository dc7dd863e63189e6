"""Every error of the program, in one tree. Each says what happened and who acts next.

AppealdeskError                      (acts next)
├── InputError                       operator: a file, row, field or argument is wrong; nothing was kept of it
│   ├── SettingsError                operator: a setting is missing, unknown or of the wrong kind
│   └── PackError                    pack maintainer: a pack cannot be read; names file:line and key
├── CaseLogError                     operator
│   ├── TransitionRefused            operator: the case is not in a state that allows this
│   ├── ApprovalRefused              operator: stale digest, expired, already used, own work, no comment
│   ├── LeaseLost                    nobody: another worker holds the case now; this job stops
│   └── ChainBroken                  operator: a row was altered, removed or reordered; names it
├── DossierBroken                    operator: a dossier is not as it was signed; names what is wrong in it
├── VaultError                       operator: wrong key, missing secret, damaged file
├── BrowserUnavailable               operator: no browser found or it does not start; says what to do
└── FlowError                        (something on a page; always carries the pack key where there is one)
    ├── Drift                        pack maintainer: the page is not what the pack says
    │   ├── ElementMissing           pack maintainer
    │   ├── ElementAmbiguous         pack maintainer: more than one match for a control that writes
    │   └── PageUnknown              pack maintainer: none of the expected pages is there
    ├── ReadBackMismatch             operator: the page shows something other than what was approved
    ├── UploadFailed                 operator or retry: the page did not accept a file
    ├── PacketUnfit                  operator: the form's own options or limits do not take the packet
    ├── ReviewMissing                operator: the review is not there, or not uniquely
    ├── Ineligible                   operator: no attempts left, already appealed, window closed, no permission
    ├── WrongStore                   operator: the page shows another store than the one meant
    ├── OriginRefused                pack maintainer: a page or a form outside of the pack's origins
    ├── SessionDead                  retry: signs in again, once
    ├── Throttled                    retry: the site asks to wait
    └── SiteFault                    retry: the site failed (5xx, network cut, browser gone)

PersonNeeded                         a root of its own, so that `except FlowError` cannot swallow it
├── ChallengeUnanswered              operator: a sign-in challenge expired, was refused or nobody answered
└── HandOver                         operator: a page that the program must not or cannot operate
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path


class Next(StrEnum):
    """Who acts next after an error."""

    OPERATOR = "operator"
    MAINTAINER = "pack maintainer"
    RETRY = "retry"
    NOBODY = "nobody"


class AppealdeskError(Exception):
    """What happened, in one sentence that a user can act on; `hint` says what to do."""

    next: Next = Next.OPERATOR

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}\n  -> {self.hint}" if self.hint else self.message


class InputError(AppealdeskError):
    """A file, a row, a field or an argument is wrong.

    `file` is the path as the user gave it, `line` counts from 1, `field` is the column or key. Where several things are
    wrong at once, the first is this one and `others` holds the rest.
    """

    others: tuple[InputError, ...] = ()

    @classmethod
    def first_of(cls, problems: Sequence[InputError]) -> InputError:
        """All of them as one, to raise."""
        first, *rest = problems
        first.others = tuple(rest)
        return first

    def __init__(
        self, message: str, *, file: Path | str | None = None, line: int | None = None, field: str = "", hint: str = ""
    ) -> None:
        where = ":".join(str(part) for part in (file, line) if part is not None)
        at = " ".join(part for part in (where, f"[{field}]" if field else "") if part)
        super().__init__(f"{at}: {message}" if at else message, hint=hint)
        self.reason = message
        self.file = file
        self.line = line
        self.field = field

    def __str__(self) -> str:
        return "\n".join([super().__str__(), *(str(other) for other in self.others)])


class SettingsError(InputError):
    """A setting is missing, unknown or of the wrong kind."""


class PackError(InputError):
    """A selector pack cannot be read, or a key that a flow needs is not in it."""

    next = Next.MAINTAINER


class CaseLogError(AppealdeskError):
    """The case log refuses."""


class TransitionRefused(CaseLogError):
    """The case is not in a state that allows this step."""


class ApprovalRefused(CaseLogError):
    """A decision cannot be taken or used: stale digest, expired, used, one's own work, no comment."""


class LeaseLost(CaseLogError):
    """Another worker holds the case; whatever this one still does must not be written."""

    next = Next.NOBODY


class ChainBroken(CaseLogError):
    """The log was changed behind the program's back; `row` names the first row that shows it."""

    def __init__(self, message: str, *, row: str) -> None:
        super().__init__(message, hint="restore a backup; do not go on working with this log")
        self.row = row


class DossierBroken(AppealdeskError):
    """A dossier is not, byte for byte, what its maker signed, or not signed by whom it should be."""


class VaultError(AppealdeskError):
    """The vault cannot be opened, or does not hold what is asked for."""


class BrowserUnavailable(AppealdeskError):
    """No browser was found, or it does not start."""


class FlowError(AppealdeskError):
    """Something on a page went wrong. `key` is the pack key it is about, `seen` what the page showed instead."""

    def __init__(self, message: str, *, key: str = "", seen: str = "", hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.key = key
        self.seen = seen


class Drift(FlowError):
    """The page is not what the pack says it is."""

    next = Next.MAINTAINER


class ElementMissing(Drift):
    """No visible element matches the pack key."""


class ElementAmbiguous(Drift):
    """More than one element matches a pack key that must match one."""


class PageUnknown(Drift):
    """None of the pages that may come now is there."""


class ReadBackMismatch(FlowError):
    """The page shows something other than what was approved."""


class UploadFailed(FlowError):
    """The page did not take a file, or took other bytes than the approved ones."""


class PacketUnfit(FlowError):
    """The form itself does not take the packet; no attempt was spent. `field` and `limit` say why.

    `offered` are the options of the form, where one of them is to be chosen by a person.
    """

    def __init__(
        self, message: str, *, field: str, limit: str, key: str = "", hint: str = "", offered: tuple[str, ...] = ()
    ) -> None:
        super().__init__(message, key=key, hint=hint)
        self.field = field
        self.limit = limit
        self.offered = offered


class ReviewMissing(FlowError):
    """The review is not listed, or cannot be told apart from another."""


class Barrier(StrEnum):
    """Why a platform does not take an appeal at all."""

    NO_ATTEMPTS = "no_attempts"
    ALREADY_APPEALED = "already_appealed"
    WINDOW_CLOSED = "window_closed"
    NO_PERMISSION = "no_permission"
    OTHER = "other"


class Ineligible(FlowError):
    """The platform does not take this appeal; `seen` is its wording."""

    def __init__(self, message: str, *, barrier: Barrier, key: str = "", seen: str = "", hint: str = "") -> None:
        super().__init__(message, key=key, seen=seen, hint=hint)
        self.barrier = barrier


class WrongStore(FlowError):
    """The page shows another store than the one meant."""


class OriginRefused(FlowError):
    """A page or a form lies outside of the pack's origins; nothing was typed there."""

    next = Next.MAINTAINER


class SessionDead(FlowError):
    """The site wants a new sign-in."""

    next = Next.RETRY


class Throttled(FlowError):
    """The site says that this is too fast. `wait` is in seconds."""

    next = Next.RETRY

    def __init__(self, message: str, *, wait: float, key: str = "", seen: str = "") -> None:
        super().__init__(message, key=key, seen=seen, hint=f"the site wants a pause of {wait:.0f} s or more")
        self.wait = wait


class SiteFault(FlowError):
    """The site, the network or the browser failed; nothing is known to be wrong with case or pack."""

    next = Next.RETRY


class PersonNeeded(Exception):
    """A person must act on the page or answer a question; not a FlowError on purpose."""

    next: Next = Next.OPERATOR

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class ChallengeUnanswered(PersonNeeded):
    """A sign-in challenge expired, was refused by the site, or nobody answered in time."""


class HandOver(PersonNeeded):
    """A page that the program must not or cannot operate."""
