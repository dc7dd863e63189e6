"""The secrets that an account may have in the vault, by their names there, and what may open the vault."""

from __future__ import annotations

import os
from enum import StrEnum
from typing import Final

PASSPHRASE: Final = "APPEALDESK_PASSPHRASE"  # noqa: S105 - the variable's name


def taken_passphrase() -> str:
    """What the environment has as the vault's passphrase, or nothing; it is not there any more then.

    The browser, and whatever else this process starts, would have it too, for every program on the machine to read.
    """
    return os.environ.pop(PASSPHRASE, "")


class Secret(StrEnum):
    """What may lie in the vault for an account."""

    PASSWORD = "password"  # noqa: S105 - the name of a secret, not one
    TOTP = "totp"
