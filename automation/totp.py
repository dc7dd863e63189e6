"""Time-based one-time codes (RFC 6238), as the sites hand out their seeds.

Back-offices hand out 80-bit seeds: 16 base32 characters, as the authenticator apps have always shown them. pyotp
refuses these since 2.12 with a `ValueError` ("at least 112 bits", after NIST SP 800-63B-4). That rule is for who makes
seeds; we only use what a site gave, so `SiteTotp` takes them down to 80 bits, and refuses anything shorter, which can
only be a seed that was copied in part.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import re
import time
from collections.abc import Awaitable, Callable
from typing import Final
from urllib.parse import parse_qs, urlencode, urlsplit

import pyotp

from automation.errors import VaultError

SEED_BITS_LEAST: Final = 80
LAST_SECONDS: Final = 4.0  # a code that is this close to its end may be stale when the site reads it
_DIGESTS: Final = {"SHA1": hashlib.sha1, "SHA256": hashlib.sha256, "SHA512": hashlib.sha512}
_HINT: Final = "copy the seed again: base32 letters and digits 2-7, or the whole otpauth:// address of the QR code"


class SiteTotp(pyotp.TOTP):
    """A pyotp TOTP that takes the seeds that sites hand out, from 80 bits."""

    def byte_secret(self) -> bytes:
        """The seed's bytes. Raises `VaultError` where they are fewer than 80 bits, or no base32."""
        return _decoded(self.secret)


def _decoded(seed: str) -> bytes:
    try:
        decoded = base64.b32decode(seed + "=" * (-len(seed) % 8))
    except binascii.Error:
        raise VaultError("this is not a TOTP seed: it is not base32", hint=_HINT) from None
    if len(decoded) * 8 < SEED_BITS_LEAST:
        bits = len(decoded) * 8
        raise VaultError(f"this TOTP seed has {bits} bits; sites hand out {SEED_BITS_LEAST} or more", hint=_HINT)
    return decoded


def normal_seed(text: str) -> str:
    """The seed as it is kept: bare base32, or an otpauth:// address where digits, period or digest are unusual.

    Takes base32 in any case, with spaces, dashes and padding, and otpauth://totp addresses. Raises `VaultError`.
    """
    text = text.strip()
    if "://" not in text:
        seed = re.sub(r"[\s\-]", "", text).rstrip("=").upper()
        _decoded(seed)
        return seed
    parts = urlsplit(text)
    if parts.scheme.lower() != "otpauth" or parts.netloc.lower() != "totp":
        raise VaultError("only otpauth://totp/ addresses hold a TOTP seed", hint=_HINT)
    given = {name.lower(): values[-1] for name, values in parse_qs(parts.query).items()}
    seed = normal_seed(given.get("secret", ""))
    unusual = {
        name: given[name].upper()
        for name, usual in (("digits", "6"), ("period", "30"), ("algorithm", "SHA1"))
        if given.get(name, usual).upper() != usual
    }
    if not unusual:
        return seed
    address = f"otpauth://totp/?{urlencode({'secret': seed, **unusual})}"
    totp_of(address)
    return address


def totp_of(seed: str) -> SiteTotp:
    """The code maker of a normal seed. Raises `VaultError`."""
    if "://" not in seed:
        return SiteTotp(seed)
    given = {name: values[-1] for name, values in parse_qs(urlsplit(seed).query).items()}
    algorithm = given.get("algorithm", "SHA1")
    if algorithm not in _DIGESTS:
        raise VaultError(f"TOTP with the digest {algorithm} is not known", hint=f"known: {', '.join(_DIGESTS)}")
    try:
        return SiteTotp(
            given["secret"],
            digits=int(given.get("digits", "6")),
            interval=int(given.get("period", "30")),
            digest=_DIGESTS[algorithm],
        )
    except ValueError as error:
        raise VaultError(f"this otpauth:// address does not say how to make codes: {error}", hint=_HINT) from None


async def fresh_code(
    totp: SiteTotp,
    take: Callable[[int], bool],
    *,
    now: Callable[[], float] = time.time,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> str:
    """A code that was not given before and has more than `LAST_SECONDS` to live; waits a period at most for it.

    `take` is given the code's counter, and says whether it is ours now: False where it was given already.
    `now` is in seconds since 1970, `sleep` in seconds.
    """
    while True:
        at = now()
        counter = int(at // totp.interval)
        left = (counter + 1) * totp.interval - at
        if left > LAST_SECONDS and take(counter):
            return totp.generate_otp(counter)
        await sleep(left + 0.05)
