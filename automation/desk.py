"""Where challenges go: from a browser's tab to a person, and the answer back.

The engine provides the desk (over the case log), the browser uses it.
"""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from typing import Protocol

from automation.model import Medium


class Ticket(Protocol):
    """One open challenge. Leaving its context closes it, whatever happened."""

    async def answer(self) -> str:
        """Wait for the newest answer that was not given before. Raises `ChallengeUnanswered` at the expiry."""

    async def show(self, picture: bytes) -> None:
        """Replace the picture that the person sees (PNG)."""

    @property
    def seconds_left(self) -> float:
        """Until the challenge expires."""


class Desk(Protocol):
    """Asks people."""

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
