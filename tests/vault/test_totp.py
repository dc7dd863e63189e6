from __future__ import annotations

from pathlib import Path

import pyotp
import pytest

from automation.errors import VaultError
from automation.totp import fresh_code, normal_seed, totp_of
from automation.vault import Vault
from tests.loop import run

SEED = "JBSWY3DPEHPK3PXP"  # 80 bits, as sites hand them out
RFC_SEED = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # of RFC 6238, appendix B


def test_the_library_alone_refuses_what_sites_hand_out() -> None:
    with pytest.raises(ValueError, match="112 bits"):
        pyotp.TOTP(SEED)


@pytest.mark.parametrize(("at", "code"), [(59, "94287082"), (1111111109, "07081804"), (20000000000, "65353130")])
def test_codes_are_those_of_the_standard(at: int, code: str) -> None:
    assert totp_of(normal_seed(f"otpauth://totp/x?secret={RFC_SEED}&digits=8")).at(at) == code


def test_an_80_bit_seed_gives_codes() -> None:
    assert totp_of(SEED).at(0) == "282760"


@pytest.mark.parametrize(
    "typed",
    [
        "jbsw y3dp ehpk 3pxp",
        " JBSW-Y3DP-EHPK-3PXP ",
        "otpauth://totp/%E6%8A%96:me?secret=jbswy3dpehpk3pxp&issuer=x",
        "otpauth://totp/me?secret=JBSWY3DPEHPK3PXP&digits=6&period=30&algorithm=sha1",
    ],
)
def test_a_seed_is_taken_however_it_is_shown(typed: str) -> None:
    assert normal_seed(typed) == SEED


def test_unusual_parameters_are_kept() -> None:
    kept = normal_seed(f"otpauth://totp/me?secret={SEED}&digits=8&period=60&algorithm=SHA256")
    maker = totp_of(kept)
    assert (maker.digits, maker.interval, maker.digest().name) == (8, 60, "sha256")


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("", "0 bits"),
        ("JBSWY3DP", "40 bits"),
        ("JBSWY3DPEHPK3PX1", "not base32"),
        ("password123!", "not base32"),
        ("otpauth://hotp/me?secret=JBSWY3DPEHPK3PXP&counter=1", "otpauth://totp"),
        ("https://a.example/?secret=JBSWY3DPEHPK3PXP", "otpauth://totp"),
        ("otpauth://totp/me?issuer=x", "0 bits"),
        ("otpauth://totp/me?secret=JBSWY3DPEHPK3PXP&digits=99", "does not say how"),
        ("otpauth://totp/me?secret=JBSWY3DPEHPK3PXP&algorithm=MD5", "MD5"),
    ],
)
def test_what_is_no_seed_is_refused_at_entry_and_not_repeated(tmp_path: Path, typed: str, why: str) -> None:
    vault = Vault.open(tmp_path / "home", guard="file", key_file=tmp_path / "k")
    with pytest.raises(VaultError, match=why) as caught:
        vault.set_secret("a", "totp", typed)
    assert not typed or typed not in str(caught.value)
    assert vault.names("a") == set()


class _Clock:
    """A clock that its own waiting moves."""

    def __init__(self, at: float) -> None:
        self.at = at
        self.waited = 0.0

    def now(self) -> float:
        return self.at

    async def sleep(self, seconds: float) -> None:
        self.at += seconds
        self.waited += seconds


def _codes(tmp_path: Path, clock: _Clock, count: int) -> list[str]:
    vault = Vault.open(tmp_path / "home", guard="file", key_file=tmp_path / "k")
    vault.set_secret("a", "totp", SEED)

    async def go() -> list[str]:
        totp = vault.totp("a")
        return [
            await fresh_code(totp, lambda counter: vault.take_counter("a", counter), now=clock.now, sleep=clock.sleep)
            for _ in range(count)
        ]

    return run(go())


def test_a_code_is_given_at_once_where_it_lives_long_enough(tmp_path: Path) -> None:
    clock = _Clock(1_000_000_020.0)
    assert _codes(tmp_path, clock, 1) == [totp_of(SEED).at(1_000_000_020)]
    assert clock.waited == 0


def test_the_last_seconds_of_a_code_are_waited_out(tmp_path: Path) -> None:
    clock = _Clock(1_000_000_018.0)  # 2 s before the end
    assert _codes(tmp_path, clock, 1) == [totp_of(SEED).at(1_000_000_020)]
    assert 2 <= clock.waited < 3


def test_the_same_code_is_never_given_twice_not_even_after_a_restart(tmp_path: Path) -> None:
    clock = _Clock(1_000_000_020.0)
    first = _codes(tmp_path, clock, 2)
    second = _codes(tmp_path, clock, 1)
    assert [totp_of(SEED).at(1_000_000_020 + 30 * step) for step in range(3)] == [*first, *second]
    assert clock.waited <= 61
