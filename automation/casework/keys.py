"""What proves who somebody is: passwords, of which argon2id hashes are kept, and tokens, of which SHA-256 is."""

from __future__ import annotations

import hashlib
import secrets
import threading
from functools import cache
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from automation.errors import InputError

SHORTEST: Final = 10  # characters
LONGEST: Final = 200
TOKEN_BEGINS: Final = "adk_"  # noqa: S105 - so that scanners for leaked secrets can tell one

_HASHER: Final = PasswordHasher()
_AT_ONCE: Final = threading.BoundedSemaphore(2)
"""Each hash takes 64 MiB for a moment: strangers who try passwords must not fill the memory."""


def digest(token: str) -> str:
    """Hex SHA-256 of a token that was drawn at random, so that no salt is needed."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def new_token() -> str:
    """A token with 256 random bits."""
    return TOKEN_BEGINS + secrets.token_urlsafe(32)


def check_password(password: str, *, name: str) -> None:
    """Raise `InputError` for a password that is too short, too long, or guessed at once."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise InputError(f"a password has {SHORTEST} to {LONGEST} characters", field="password")
    if password.casefold().strip() == name.casefold() or len(set(password)) == 1:
        raise InputError("this password is too easy to guess", field="password")


def hashed(password: str) -> str:
    """The hash to keep."""
    with _AT_ONCE:
        return _HASHER.hash(password.encode("utf-8", "surrogatepass"))


def fits(kept: str, password: str) -> bool:
    """Whether it is the password of a kept hash. Takes as long where there is none (""), and says no."""
    nobodys = _nobodys()
    with _AT_ONCE:
        try:
            _HASHER.verify(kept or nobodys, password[: LONGEST + 1].encode("utf-8", "surrogatepass"))
        except (VerificationError, InvalidHashError):
            return False
    return bool(kept)


def outgrown(kept: str) -> bool:
    """Whether the hash was made with less effort than is usual now."""
    return _HASHER.check_needs_rehash(kept)


@cache
def _nobodys() -> str:
    return _HASHER.hash(secrets.token_bytes(16))
