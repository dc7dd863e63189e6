"""The key that signs dossiers: its private half in the vault, its public halves, old ones too, as events of the log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from filelock import FileLock

from automation.dossier.manifest import fingerprint, pem
from automation.office import Office

EVENT: Final = "signing_key"
_ACCOUNT: Final = ":dossier"  # no account is called so
_NAME: Final = "signing_key"


@dataclass(frozen=True, slots=True)
class PublicKey:
    """The public half of a key that signs, or once signed: `text` is PEM, `fingerprint` SHA-256 in hex."""

    fingerprint: str
    text: str
    since: datetime
    by: str


def signing_key(office: Office, *, by: str) -> Ed25519PrivateKey:
    """The key; made where there is none. Raises `VaultError`."""
    with _lock(office):
        if _NAME in office.vault.names(_ACCOUNT):
            kept = office.vault.secret(_ACCOUNT, _NAME).get_secret_value()
            return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(kept))
        return _new(office, by)


def renew(office: Office, *, by: str) -> None:
    """From now on another key signs; what the one before signed can be verified as ever. Raises `VaultError`."""
    with _lock(office):
        _new(office, by)


def public_keys(office: Office, *, by: str) -> list[PublicKey]:
    """Every key that ever signed here, the present one last; one is made where there is none."""
    signing_key(office, by=by)
    log = office.log
    return [
        PublicKey(one.data["fingerprint"], one.data["public"], one.at, one.by)
        for one in reversed(log.recent(EVENT, among=log.position()))
    ]


def _new(office: Office, by: str) -> Ed25519PrivateKey:
    made = Ed25519PrivateKey.generate()
    public = made.public_key()
    # First the log: no key ever signs whose public half is not on record.
    office.log.add_event(EVENT, by=by, data={"fingerprint": fingerprint(public), "public": pem(public).decode()})
    office.vault.set_secret(_ACCOUNT, _NAME, made.private_bytes_raw().hex())
    return made


def _lock(office: Office) -> FileLock:
    return FileLock(office.settings.home / ".dossier.lock", mode=0o600, timeout=60)
