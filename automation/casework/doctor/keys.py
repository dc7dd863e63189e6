"""The vault, and whether accounts can sign in with what it holds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from automation.casework.doctor.finding import Finding, Grade, Ward
from automation.casework.registers import healths
from automation.model import Account, SessionMode, SignIn
from automation.secret import Secret
from automation.shown import when
from automation.vault import at_rest

_OLD: Final = timedelta(days=30)


def vault(ward: Ward, name: str) -> Iterator[Finding]:
    """Its header, the key that guards it, and every entry."""
    with at_rest(ward.here.settings.home) as (header, entries):
        pass
    if header is None:
        yield Finding(name, Grade.OK, "there is none yet; it is made with the first secret")
        return
    why = "no account can sign in by itself without it"
    opened = ward.here.vault
    faults = opened.faults()
    for fault in faults:
        yield Finding(name, Grade.FAIL, fault, why, "store it again: appealdesk account secret")
    yield Finding(name, Grade.OK, f"{len(entries) - len(faults)} entries open. {opened.guarded_by}")


def secrets(ward: Ward, name: str) -> Iterator[Finding]:
    """Those without which an account cannot sign in."""
    if ward.log is None:
        return
    accounts = ward.log.accounts()
    for account, missing in _missing(ward, accounts):
        why = "it signs in by password, and there is none"
        do = f"appealdesk account secret {account} {missing}"
        yield Finding(name, Grade.FAIL, f"account {account} has no {missing}", why, do)
    for challenge in ward.log.challenges():
        seen = f"account {challenge.account} waits for an answer until {when(challenge.expires_at)}"
        yield Finding(name, Grade.WARN, seen, "its work stands still", "appealdesk challenge answer")
    yield Finding(name, Grade.OK, f"{len(accounts)} accounts were looked at")


def _missing(ward: Ward, accounts: list[Account]) -> Iterator[tuple[str, Secret]]:
    if _has_vault(ward):
        for account, health in healths(ward.here, accounts).items():
            if health.missing is not None:
                yield account, health.missing
    else:
        for one in accounts:
            if one.sign_in is SignIn.PASSWORD and one.session is not SessionMode.ATTACH:
                yield one.id, Secret.PASSWORD


def _has_vault(ward: Ward) -> bool:
    with at_rest(ward.here.settings.home) as (header, _):
        return header is not None


def sessions(ward: Ward, name: str) -> Iterator[Finding]:
    """Those that were kept so long ago that sites will have ended them."""
    if ward.log is None or not _has_vault(ward):
        return
    accounts = ward.log.accounts()
    found = {account: health.session_at for account, health in healths(ward.here, accounts).items()}
    for account, at in found.items():
        if at is not None and ward.now - at > _OLD:
            why = "sites end sessions: the next job will sign in again, and perhaps ask for a code"
            seen = f"the session of account {account} is of {when(at)}"
            yield Finding(name, Grade.WARN, seen, why, "be there for the next run, or sign in from the console")
    kept = sum(at is not None for at in found.values())
    yield Finding(name, Grade.OK, f"{kept} of {len(accounts)} accounts have a session that was kept")
