"""Where challenges go: from a browser's tab to a person, and the answer back.

The engine provides the desk (over the case log), the browser uses it.
"""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Annotated, Final, Literal, Protocol

from pydantic import Field

from automation.model import Medium

LENT: Final = "(The console shows the page: do it there.)"
"""What is added to the prompt of a challenge whose page is lent; the console itself need not say it."""

Share = Annotated[float, Field(ge=0, le=1)]
Count = Annotated[int, Field(ge=0, le=255)]
Turn = Annotated[float, Field(ge=-10_000, le=10_000)]


@dataclass(frozen=True, slots=True)
class Pointer:
    """A mouse, a pen or a finger does something at a place of the page that a person sees.

    `x` and `y` are shares of its width and height, `dx` and `dy` CSS pixels of a wheel; `modifiers` counts
    1 Alt, 2 Ctrl, 4 Meta, 8 Shift; `clicks` is 2 for the second press of a double click.
    """

    does: Literal["moves", "presses", "releases", "turns"]
    x: Share
    y: Share
    button: Literal["none", "left", "middle", "right"] = "none"
    buttons: Count = 0
    clicks: Count = 0
    dx: Turn = 0.0
    dy: Turn = 0.0
    modifiers: Count = 0


@dataclass(frozen=True, slots=True)
class Key:
    """A key goes down or up, as a browser tells of it: its `key`, `code` and `keyCode`."""

    does: Literal["down", "up"]
    key: Annotated[str, Field(max_length=40)]
    code: Annotated[str, Field(max_length=40)]
    number: Count
    modifiers: Count = 0


@dataclass(frozen=True, slots=True, repr=False)
class Words:
    """Text that comes as a whole: pasted, or written with an input method."""

    does: Literal["writes"]
    text: Annotated[str, Field(max_length=2000)]


Gesture = Pointer | Key | Words


class LiveView(Protocol):
    """What one person has of a lent page."""

    async def frame(self) -> bytes | None:
        """Wait for a picture (JPEG) that is newer than the last; None once the page was taken back."""

    async def do(self, gesture: Gesture) -> bool:
        """Do to the page what the person did, and nothing else; False where the page was taken back."""


class LivePage(Protocol):
    """A page that is lent to people while a challenge is open. It costs nothing while nobody looks."""

    @property
    def viewer(self) -> str:
        """Who is at it; empty while nobody is."""

    def watch(self, by: str) -> AbstractAsyncContextManager[LiveView]:
        """See and touch it, one person at a time. Raises `InputError` where somebody is, `SiteFault` on a dead tab."""


class Ticket(Protocol):
    """One open challenge. Leaving its context closes it, whatever happened."""

    async def answer(self) -> str:
        """Wait for the newest answer that was not given before. Raises `ChallengeUnanswered` at the expiry."""

    async def show(self, picture: bytes) -> None:
        """Replace the picture that the person sees (PNG)."""

    def lend(self, page: LivePage) -> None:
        """Let people see and touch the page until the challenge closes."""

    @property
    def seconds_left(self) -> float:
        """Until the challenge expires."""


class Desk(Protocol):
    """Asks people."""

    @property
    def lends(self) -> bool:
        """Whether people can reach a lent page from here."""

    def ask(
        self,
        *,
        account: str,
        store: str,
        medium: Medium,
        destination: str = "",
        prompt: str = "",
        picture: bytes | None = None,
    ) -> AbstractAsyncContextManager[Ticket]:
        """Open a challenge for one account at one store; an older open one of the same account is replaced."""
