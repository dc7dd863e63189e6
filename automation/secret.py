"""The secrets that an account may have in the vault, by their names there."""

from __future__ import annotations

from enum import StrEnum


class Secret(StrEnum):
    """What may lie in the vault for an account."""

    PASSWORD = "password"  # noqa: S105 - the name of a secret, not one
    TOTP = "totp"
