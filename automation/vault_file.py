"""The files of a vault: its header with the wrapped data keys, and an entry each. None holds anything in the clear."""

from __future__ import annotations

import base64
import binascii
import json
import os
import secrets
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from filelock import FileLock

from automation.errors import VaultError

NONCE: Final = 12  # bytes


def lock_of(folder: Path) -> FileLock:
    """What lets several processes work on one vault; it waits for a minute."""
    return FileLock(folder / ".lock", mode=0o600, timeout=60)


def add_key(header: dict[str, Any], wrapping: AESGCM, *, name: str = "", key: bytes = b"") -> None:
    """Put a data key into a header, wrapped: a new one, or `key` (256 bits) called `name`."""
    nonce, name = secrets.token_bytes(NONCE), name or secrets.token_hex(4)
    data = wrapping.encrypt(nonce, key or secrets.token_bytes(32), f"key\0{header['vault']}\0{name}".encode())
    header["keys"].append({"key": name, "wrapped": base64.b64encode(nonce + data).decode()})


def unwrap(wrapping: AESGCM, wrapped: Mapping[str, str], vault: str) -> bytes:
    """A data key (256 bits) of a header. Raises `VaultError` where this is not the key that wrapped it."""
    try:
        data = base64.b64decode(wrapped["wrapped"])
        return wrapping.decrypt(data[:NONCE], data[NONCE:], f"key\0{vault}\0{wrapped['key']}".encode())
    except (InvalidTag, binascii.Error, KeyError, ValueError):
        raise VaultError(
            "the vault does not open with this key",
            hint="check the passphrase, or the key file; a lost key cannot be replaced, only the whole vault",
        ) from None


def read_header(folder: Path) -> dict[str, Any] | None:
    """A vault's header; None where there is no vault. Raises `VaultError` for a damaged one."""
    path = folder / "header.json"
    try:
        header: dict[str, Any] = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise VaultError(f"the vault's header {path} is damaged: {error}", hint="restore it from a backup") from None
    if header.get("format") != 1 or not {"vault", "guard", "keys"} <= header.keys():
        raise VaultError(f"the vault's header {path} is of a kind that this version does not know")
    return header


def read_entry(path: Path) -> dict[str, str]:
    """An entry's `account`, `name` and `sealed`. Raises `VaultError` for a damaged one."""
    try:
        entry: dict[str, str] = json.loads(path.read_text("utf-8"))
        return {key: entry[key] for key in ("account", "name", "sealed")}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise VaultError(f"the vault's entry {path} is damaged: {error}", hint="store it again") from None


def write(path: Path, content: Mapping[str, Any]) -> None:
    """Put a file, of mode 0600, in the place of what is there: whole, or not at all."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")  # mode 0600
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(content, file)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
