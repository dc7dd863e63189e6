"""Who works at the console, and what each role is there to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """What a person is there for."""

    VIEWER = "viewer"
    ENTRY = "entry"
    APPROVER = "approver"
    ADMIN = "admin"


class Right(StrEnum):
    """What one may do."""

    LOOK = "look"
    ENTER = "enter"  # import, add, edit, withdraw, open the next round
    DECIDE = "decide"  # at a checkpoint, and about outcomes
    ANSWER = "answer"  # challenges, and the live view that goes with them
    MANAGE = "manage"  # accounts, stores, secrets
    OVERSEE = "oversee"  # people and notices; whoever sees some clients only could give themselves the rest


RIGHTS: Final[Mapping[Role, frozenset[Right]]] = {
    Role.VIEWER: frozenset({Right.LOOK}),
    Role.ENTRY: frozenset({Right.LOOK, Right.ENTER, Right.ANSWER}),
    Role.APPROVER: frozenset({Right.LOOK, Right.ENTER, Right.ANSWER, Right.DECIDE}),
    Role.ADMIN: frozenset(Right),
}


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who works at the console. `clients` whose cases one sees; None: everybody's."""

    name: str
    role: Role
    clients: frozenset[str] | None = None

    def may(self, right: Right) -> bool:
        """Whether the role has this right, and the person sees enough for it."""
        return right in RIGHTS[self.role] and (right is not Right.OVERSEE or self.clients is None)

    def sees(self, client: str) -> bool:
        """Whether this client's cases and stores are shown to them."""
        return self.clients is None or client in self.clients
