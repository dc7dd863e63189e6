"""What becomes of a job and its case after an error: one table, and the sentence that the operator reads.

It holds for errors before the intent. After the intent there is one answer: `uncertain`, and nothing is tried again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from automation.errors import (
    AppealdeskError,
    ApprovalRefused,
    Barrier,
    BrowserUnavailable,
    FlowError,
    Ineligible,
    LeaseLost,
    Next,
    PacketUnfit,
    PersonNeeded,
    ReadBackMismatch,
    SessionDead,
    SiteFault,
    Throttled,
    TransitionRefused,
    UploadFailed,
    VaultError,
)
from automation.model import State
from automation.redaction import LIVE


@dataclass(frozen=True, slots=True)
class After:
    """What follows an error. `to` None: the case goes back to where the job found it, and is taken up again later.

    `tries` counts the first one; `wait` seconds before the second, doubled before each further one. `again` says how
    a further try begins. `rest` is for how many seconds the account is left alone: its next case would meet the same.
    """

    to: State | None = State.NEEDS_PERSON
    tries: int = 1
    wait: float = 0
    rest: float = 0
    capture: bool = True  # keep a screenshot and a trace of the page

    def pause(self, failed: int) -> float:
        """Seconds to wait after the `failed`-th try."""
        return float(self.wait * 2 ** (failed - 1))


class FormChanged(ReadBackMismatch):
    """The form shows the packet, but something else in it is not as it was when a person approved it."""


MINUTE: Final = 60.0

AFTER: Final[Mapping[type[BaseException], After]] = {
    # the site or the session, not the case
    SessionDead: After(tries=3),
    Throttled: After(to=None, tries=3, rest=10 * MINUTE, capture=False),
    SiteFault: After(to=None, tries=3, wait=2, rest=10 * MINUTE),
    UploadFailed: After(tries=2, wait=1),
    # the case
    PacketUnfit: After(to=State.DRAFT),
    FormChanged: After(to=State.APPROVED),  # filled anew for a person to look at
    ApprovalRefused: After(to=State.READY, capture=False),
    # a person, or what only a person can mend; ten cases must not send ten codes to one telephone
    PersonNeeded: After(rest=60 * MINUTE),
    VaultError: After(rest=60 * MINUTE, capture=False),
    # nobody: somebody else moved the case, or holds it now
    TransitionRefused: After(to=None, capture=False),
    LeaseLost: After(to=None, capture=False),
    # ends the whole run
    BrowserUnavailable: After(to=None, capture=False),
    # all else, known or not: drift, a mismatch, a missing review, a wrong store, a defect of the program
    FlowError: After(),
    AppealdeskError: After(capture=False),
    BaseException: After(),
}


def after(error: BaseException) -> After:
    """The table's row for this error: that of its nearest class."""
    row = next(AFTER[kind] for kind in type(error).__mro__ if kind in AFTER)
    match error:
        case Ineligible(barrier=Barrier.WINDOW_CLOSED):
            return replace(row, to=State.EXPIRED)
        case Throttled(wait=wait):
            return replace(row, wait=wait)
        case _:
            return row


def explain(error: BaseException) -> str:
    """What happened and who acts next, in one line for the case's note."""
    if not isinstance(error, AppealdeskError | PersonNeeded):
        return f"the program failed: {type(error).__name__}: {_line(str(error))}"
    parts = [_line(error.message)]
    if isinstance(error, FlowError):
        if error.seen and error.seen not in error.message:
            parts.append(f"the page showed: {_line(error.seen)}")
        if error.key and error.key not in error.message:
            parts.append(f"pack key {error.key}")
    if error.hint:
        parts.append(_line(error.hint))
    if error.next is Next.MAINTAINER:
        parts.append("for the pack maintainer")
    return "; ".join(part.rstrip(".;") for part in parts)


def _line(text: str, most: int = 300) -> str:
    folded = LIVE.mask(" ".join(text.split()))  # a page may repeat a secret, and a note stays for ever
    return folded if len(folded) <= most else folded[: most - 1] + "…"
