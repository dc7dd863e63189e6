"""What a tab needs for signing in, and never does itself: typing secrets and asking people.

`Hand` is given to `Tab` by whoever opens it. It checks the origin of the page that the locator belongs to, types, and
lets nothing of what it typed into logs, traces or errors.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol

from playwright.async_api import Locator

from automation.model import Medium

Arrived = Callable[[], Awaitable[str | None]]
"""Says at once which of the awaited pages is there, or None. Raises what the page itself says, such as a refusal."""


class Hand(Protocol):
    """Types secrets, and brings a person's answers to the page. Raises `ChallengeUnanswered` and `OriginRefused`."""

    async def type_secret(self, locator: Locator, name: str) -> None:
        """Type the account's secret `name` into one field."""

    async def type_totp(self, locator: Locator) -> None:
        """Type the current TOTP code into one field."""

    async def ask(self, locator: Locator, medium: Medium, *, destination: str = "", prompt: str = "") -> None:
        """Ask a person for a code and type the answer into one field."""

    async def hand_over(self, medium: Medium, picture: Locator | None, prompt: str, arrived: Arrived) -> str:
        """Let a person do a step, showing the picture whenever it changes, until `arrived` names a page."""
