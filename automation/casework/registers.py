"""Accounts, stores and secrets: entered, changed, and how they fare."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from automation.caselog import Event
from automation.errors import AppealdeskError, InputError
from automation.model import Account, Challenge, SessionMode, SignIn, Store
from automation.office import Office
from automation.secret import Secret

FAILURE: Final = "failure"  # the event that a failed job leaves
_STEERED: Final = frozenset({"http", "https", "ws", "wss"})
_LOOKED_AT: Final = 10_000  # events that are searched for failures: older ones say nothing about today


@dataclass(frozen=True, slots=True)
class Health:
    """How an account fares. `secrets`: the names of those that are kept; `session_at`: when a session was kept last.

    `session_at` is None for a browser that keeps its own session as well. `missing`: it cannot sign in without.
    """

    secrets: tuple[Secret, ...]
    session_at: datetime | None
    challenge: Challenge | None
    failure: Event | None
    missing: Secret | None


@dataclass(frozen=True, slots=True)
class PackStatus:
    """Whether a pack can be read, and where its facts come from; `fault` is empty for one that can."""

    title: str
    sources: Counter[str]
    fault: str = ""


def put_account(here: Office, account: Account, *, by: str, new: bool = False) -> None:
    """Enter a login, or change one unless it must be `new`.

    Raises `InputError` for a platform or a way of signing in that is not there, and for an endpoint out of place.
    """
    _check_id(account.id)
    if not account.login.strip():
        raise InputError("an account has a login", field="login")
    offered = here.packs.pack(account.platform).sign_in.methods
    if account.sign_in not in offered:
        hint = f"it has: {', '.join(offered)}"
        raise InputError(f"{account.platform} has no sign-in by {account.sign_in}", field="sign-in", hint=hint)
    if (account.session is SessionMode.ATTACH) != bool(account.endpoint):
        raise InputError(
            "an endpoint belongs to the session mode `attach`, and to no other",
            field="endpoint",
            hint="start Chrome with --remote-debugging-port=9222 and give its address, --endpoint http://127.0.0.1:9222",
        )
    if account.endpoint and not _is_here(account.endpoint):
        raise InputError(
            f"{account.endpoint!r} is no address of a browser on this machine",
            field="endpoint",
            hint="secrets are typed there: http://127.0.0.1:9222, or the end of a tunnel on this machine",
        )
    if new and any(one.id == account.id for one in here.log.accounts()):
        raise InputError(f"there is an account {account.id!r} already", field="account")
    here.log.put_account(account, by=by)


def put_store(here: Office, store: Store, *, by: str, new: bool = False) -> None:
    """Enter a shop, or change one unless it must be `new`. Raises `InputError` also for an unknown account."""
    _check_id(store.id)
    if not store.name:
        raise InputError("a store has a name: the one that the back-office shows", field="name")
    if not (store.name + store.client).isprintable():
        raise InputError("a name holds a character that cannot be seen", field="name")
    if new and any(one.id == store.id for one in here.log.stores()):
        raise InputError(f"there is a store {store.id!r} already", field="store")
    here.log.put_store(store, by=by)


def _is_here(endpoint: str) -> bool:
    """Whether it is an address on this machine, of the kinds that browsers are steered by."""
    try:
        parts = urlsplit(endpoint)
        host = parts.hostname or ""
        return parts.scheme in _STEERED and (host == "localhost" or ip_address(host).is_loopback)
    except ValueError:
        return False


def _check_id(name: str) -> None:
    if not name.strip() or name != name.strip() or not name.isprintable():
        raise InputError(f"{name!r} is no short name", hint="letters, digits and signs, without spaces around them")


def keep_secret(here: Office, account: str, name: Secret, value: str, *, by: str) -> None:
    """Put a secret into the vault, in place of an older one. Raises `InputError` for an unknown account, and for none.

    Raises `VaultError` for a seed that is none, and for a secret that is too short to be masked.
    """
    here.log.account(account)
    if not value.strip():
        raise InputError("the secret is empty; nothing was kept", field=name)
    here.vault.set_secret(account, name, value)
    here.log.add_event("secret_kept", by=by, data={"account": account, "name": str(name)})


def drop_secret(here: Office, account: str, name: Secret, *, by: str) -> None:
    """Take a secret out of the vault. Raises `InputError` for an unknown account."""
    here.log.account(account)
    if name in here.vault.names(account):
        here.vault.remove(account, name)
        here.log.add_event("secret_removed", by=by, data={"account": account, "name": str(name)})


def secrets_of(here: Office, account: str) -> tuple[Secret, ...]:
    """The names of the secrets that the vault keeps for an account."""
    kept = here.vault.names(account)
    return tuple(name for name in Secret if name in kept)


def healths(here: Office, accounts: list[Account]) -> dict[str, Health]:
    """How each of these accounts fares, by its id."""
    asked = {one.account: one for one in here.log.challenges(open_only=True)}
    failed: dict[str, Event] = {}
    for event in here.log.recent(FAILURE, among=_LOOKED_AT):
        failed.setdefault(str(event.data.get("account", "")), event)
    found = {}
    for account in accounts:
        secrets = secrets_of(here, account.id)
        lacks = account.sign_in is SignIn.PASSWORD and Secret.PASSWORD not in secrets
        found[account.id] = Health(
            secrets=secrets,
            session_at=here.vault.state_at(account.id),
            challenge=asked.get(account.id),
            failure=failed.get(account.id),
            missing=Secret.PASSWORD if lacks and account.session is not SessionMode.ATTACH else None,
        )
    return found


def sources(here: Office, platform: str) -> Counter[str]:
    """How many facts of a pack come from each kind of source. Raises `PackError`."""
    return Counter(fact.source.split()[0] for fact in here.packs.facts(platform))


def pack_status(here: Office, platform: str) -> PackStatus:
    """Whether a platform's pack, with the user's layer, can be read."""
    try:
        return PackStatus(here.packs.pack(platform).title, sources(here, platform))
    except AppealdeskError as error:
        return PackStatus(platform, Counter(), error.message)
