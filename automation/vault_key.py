"""What guards the vault's data keys: the system's keyring, a passphrase, or a key file.

Each gives 256 bits with which the data keys are wrapped. What is needed to do it again (never the key itself) is kept
in the vault's header as a small mapping of text and numbers, whose `kind` says which of the three it is.
"""

from __future__ import annotations

import base64
import os
import secrets
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Literal

import platformdirs
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from pydantic import SecretStr

from automation.errors import VaultError
from automation.secret import PASSPHRASE

Kind = Literal["keyring", "passphrase", "file"]
How = Mapping[str, str | int]

SERVICE: Final = "appealdesk"
_KEY_BYTES: Final = 32
_SCRYPT: Final[How] = {"n": 2**17, "r": 8, "p": 1}  # 128 MB and about 0.4 s: the OWASP cheat sheet's choice for scrypt
_PRIVATE: Final = 0o600


def has_keyring() -> bool:
    """Whether the system has a keyring that this process can use."""
    import keyring  # noqa: PLC0415  looks for its backends when it is imported
    from keyring.backends import fail, null  # noqa: PLC0415

    backend = keyring.get_keyring()
    if isinstance(backend, fail.Keyring | null.Keyring):
        return False
    return bool(backend.priority >= 1)


def new_key(
    kind: Kind, vault: str, *, home: Path, passphrase: SecretStr | None, file: Path | None
) -> tuple[bytes, How]:
    """A wrapping key, which is called `vault` where it is kept, and how to come by it again. Raises `VaultError`."""
    if kind == "passphrase":
        how: How = {"kind": kind, "salt": secrets.token_hex(16), **_SCRYPT}
        return _stretched(passphrase, how), how
    key = secrets.token_bytes(_KEY_BYTES)
    if kind == "keyring":
        _to_keyring(vault, key)
        return key, {"kind": kind, "entry": vault}
    path = _outside(file or _default_file(vault), home)
    if path.exists():
        return _from_file(path), {"kind": kind, "file": str(path)}
    _write_private(path, base64.b64encode(key) + b"\n")
    return key, {"kind": kind, "file": str(path)}


def key_again(how: How, vault: str, *, passphrase: SecretStr | None, file: Path | None) -> bytes:
    """The wrapping key that `new_key` made. Raises `VaultError` where it cannot be had."""
    match how["kind"]:
        case "passphrase":
            return _stretched(passphrase, how)
        case "keyring":
            return _from_keyring(str(how.get("entry", vault)))
        case "file":
            return _from_file(file or Path(str(how["file"])))
        case kind:
            raise VaultError(f"this vault is guarded by {kind!r}, which this version does not know")


def told(how: How) -> str:
    """One sentence for the operator: what guards the vault, and what that is worth."""
    match how["kind"]:
        case "passphrase":
            return f"The vault is guarded by a passphrase ({PASSPHRASE}, or asked for)."
        case "keyring":
            return "The vault is guarded by this system's keyring."
        case _:
            return (
                f"The vault is guarded by the key file {how['file']}: whoever can read this user's files can open it. "
                f"Back it up apart from the data folder. For a passphrase instead, set {PASSPHRASE} at the first start."
            )


def _stretched(passphrase: SecretStr | None, how: How) -> bytes:
    if passphrase is None or not passphrase.get_secret_value():
        raise VaultError("this vault is guarded by a passphrase, and none was given", hint=f"set {PASSPHRASE}")
    work = Scrypt(
        salt=bytes.fromhex(str(how["salt"])), length=_KEY_BYTES, n=int(how["n"]), r=int(how["r"]), p=int(how["p"])
    )
    return work.derive(passphrase.get_secret_value().encode())


def _to_keyring(vault: str, key: bytes) -> None:
    import keyring  # noqa: PLC0415
    from keyring.errors import KeyringError  # noqa: PLC0415

    try:
        keyring.set_password(SERVICE, vault, base64.b64encode(key).decode())
    except KeyringError as error:
        raise VaultError(
            f"the system's keyring refused the vault's key: {error}",
            hint="unlock it, or set vault_key to passphrase or file",
        ) from None


def _from_keyring(vault: str) -> bytes:
    import keyring  # noqa: PLC0415
    from keyring.errors import KeyringError  # noqa: PLC0415

    try:
        kept = keyring.get_password(SERVICE, vault)
    except KeyringError as error:
        raise VaultError(f"the system's keyring does not answer: {error}", hint="unlock it and try again") from None
    if kept is None:
        raise VaultError(
            f"the system's keyring holds no key for this vault (service {SERVICE}, user {vault})",
            hint="open the vault as the user and on the machine where it was made, or restore the keyring",
        )
    return base64.b64decode(kept)


def _default_file(vault: str) -> Path:
    # A folder of its own name: on Windows and macOS the configuration folder is the data folder.
    return platformdirs.user_config_path("appealdesk-keys", appauthor=False) / f"{vault}.key"


def _outside(file: Path, home: Path) -> Path:
    path = file.expanduser().absolute()
    if path.resolve().is_relative_to(home.resolve()):
        raise VaultError(
            f"the key file {path} lies in the data folder that it guards",
            hint="choose a path outside of it: a copy of the folder must not contain its key",
        )
    return path


def _from_file(path: Path) -> bytes:
    try:
        if os.name == "posix" and stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise VaultError(f"the key file {path} can be read by other users", hint=f"chmod 600 {path}")
        key = base64.b64decode(path.read_bytes(), validate=False)
    except FileNotFoundError:
        raise VaultError(f"the vault's key file {path} is not there", hint="restore it from a backup") from None
    except (OSError, ValueError) as error:
        raise VaultError(f"the vault's key file {path} cannot be read: {error}") from None
    if len(key) != _KEY_BYTES:
        raise VaultError(f"the vault's key file {path} is damaged", hint="restore it from a backup")
    return key


def _write_private(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
