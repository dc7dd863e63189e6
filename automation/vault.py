"""Passwords, TOTP seeds and browser sessions, encrypted at rest.

A vault is a folder: `header.json` holds random 256-bit data keys, wrapped (AES-256-GCM) by a key that lies elsewhere
(`automation.vault_key`); beside it one file an entry, sealed under a data key with account and name as associated data,
so that an entry copied to another account does not open. Account ids and names of entries are no secrets. Writes are
atomic and of mode 0600; a lock lets several processes work on one vault.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import SecretStr

from automation.errors import VaultError
from automation.redaction import LIVE, SHORTEST, tokens
from automation.secret import taken_passphrase
from automation.settings import Settings
from automation.totp import SiteTotp, normal_seed, totp_of
from automation.vault_file import NONCE, add_key, lock_of, read_entry, read_header, unwrap, write
from automation.vault_key import How, Kind, has_keyring, key_again, new_key, told

FOLDER: Final = "vault"
TOTP: Final = "totp"  # the name under which an account's seed is kept
_STATE: Final = "_state"
_COUNTER: Final = "_totp_counter"
_NAME: Final = re.compile(r"[a-z][a-z0-9_]*")


class Vault:
    """An open vault. Thread-safe; several may be open on one folder, in several processes."""

    def __init__(self, folder: Path, wrapping: bytes, header: Mapping[str, Any]) -> None:
        self._folder = folder
        self._lock = lock_of(folder)  # one instance: it may be taken again by the thread that has it
        self._wrapping = AESGCM(wrapping)
        self._id = str(header["vault"])
        self.guarded_by = told(header["guard"])
        self._keys: dict[str, AESGCM] = {}
        self._current = ""
        self._read_keys(header)

    # --- opening

    @classmethod
    def open(
        cls,
        home: Path,
        *,
        passphrase: SecretStr | str | None = None,
        guard: Kind | None = None,
        key_file: Path | None = None,
        say: Callable[[str], None] | None = None,
    ) -> Self:
        """Open the vault of a home folder, making it where there is none.

        `guard` is what guards a new vault; None takes the passphrase if one is given, else the system's keyring, else
        a key file in the user's configuration folder. `say` is told which, once, when the vault is made. Raises
        `VaultError` for a wrong or missing key and for a damaged header.
        """
        if isinstance(passphrase, str):
            passphrase = SecretStr(passphrase)
        if passphrase is not None:
            LIVE.add(passphrase.get_secret_value())
        folder = home / FOLDER
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with lock_of(folder):
            header = read_header(folder)
            if header is None:
                kind = guard or ("passphrase" if passphrase else "keyring" if has_keyring() else "file")
                name = secrets.token_hex(8)
                wrapping, how = new_key(kind, name, home=home, passphrase=passphrase, file=key_file)
                header = {"format": 1, "vault": name, "guard": dict(how), "keys": []}
                add_key(header, AESGCM(wrapping))
                write(folder / "header.json", header)
                if say:
                    say(told(how))
            else:
                wrapping = key_again(header["guard"], header["vault"], passphrase=passphrase, file=key_file)
        return cls(folder, wrapping, header)

    @classmethod
    def of(
        cls,
        settings: Settings,
        *,
        given: str = "",
        ask: Callable[[], SecretStr] | None = None,
        say: Callable[[str], None] | None = None,
    ) -> Self:
        """Open the vault that the settings mean, with the passphrase that is `given`, else with the environment's.

        `ask` is called for one where it is needed and there is none.
        """
        given = given or taken_passphrase()
        passphrase = SecretStr(given) if given else None
        header = read_header(settings.home / FOLDER)
        needs = header["guard"]["kind"] == "passphrase" if header else settings.vault_key == "passphrase"
        if passphrase is None and needs and ask is not None:
            passphrase = ask()
        guard = None if settings.vault_key == "auto" else settings.vault_key
        return cls.open(settings.home, passphrase=passphrase, guard=guard, key_file=settings.vault_key_file, say=say)

    # --- secrets of accounts

    def set_secret(self, account: str, name: str, value: SecretStr | str) -> None:
        """Keep a secret, such as `password`; `totp` takes a seed in any of the ways that sites show one.

        Raises `VaultError` for a seed that is none, and for a value too short to be found again in a log and masked.
        """
        text = value.get_secret_value() if isinstance(value, SecretStr) else value
        if not _NAME.fullmatch(name):
            raise VaultError(f"{name!r} is no name for a secret", hint="small letters, digits and _")
        if name == TOTP:
            text = normal_seed(text)
        if len(text) < SHORTEST:
            raise VaultError(f"the {name} of account {account!r} has fewer than {SHORTEST} characters")
        LIVE.add(text)
        self._put(account, name, text)

    def secret(self, account: str, name: str) -> SecretStr:
        """A secret, which the logs of this process mask from now on. Raises `VaultError` where there is none."""
        text = self._get(account, name)
        if text is None:
            known = ", ".join(sorted(self.names(account))) or "nothing"
            raise VaultError(
                f"the vault holds no {name} for account {account!r}, only: {known}",
                hint=f"run: appealdesk account secret {account} {name}",
            )
        LIVE.add(text)
        return SecretStr(text)

    def names(self, account: str) -> set[str]:
        """The names of the secrets kept for an account."""
        return {path.stem for path in self._entries(account) if not path.stem.startswith("_")}

    def remove(self, account: str, name: str) -> None:
        """Forget a secret; nothing happens where there is none."""
        with self._lock:
            self._path(account, name).unlink(missing_ok=True)

    # --- browser sessions

    def state(self, account: str) -> dict[str, Any] | None:
        """The browser's storage state, as Playwright gave it, or None."""
        text = self._get(account, _STATE)
        if text is None:
            return None
        state: dict[str, Any] = json.loads(text)
        LIVE.hold(f"state:{account}", tokens(state))
        return state

    def state_at(self, account: str) -> datetime | None:
        """When the browser's storage state was kept last; None where there is none."""
        try:
            return datetime.fromtimestamp(self._path(account, _STATE).stat().st_mtime, UTC)
        except FileNotFoundError:
            return None

    def set_state(self, account: str, state: Mapping[str, Any] | None) -> None:
        """Keep the browser's storage state; None forgets it."""
        LIVE.hold(f"state:{account}", tokens(state or {}))
        if state is None:
            self.remove(account, _STATE)
        else:
            self._put(account, _STATE, json.dumps(state))

    # --- one-time codes

    def totp(self, account: str) -> SiteTotp:
        """The maker of an account's codes. Raises `VaultError` where no seed is kept."""
        maker = totp_of(self.secret(account, TOTP).get_secret_value())
        LIVE.add(maker.secret)
        return maker

    def take_counter(self, account: str, counter: int) -> bool:
        """Claim the code of a counter (RFC 6238 time step): False where it, or a later one, was given before."""
        with self._lock:
            last = self._get(account, _COUNTER)
            if last is not None and counter <= int(last):
                return False
            self._put_locked(account, _COUNTER, str(counter))
            return True

    # --- texts that are kept elsewhere

    def seal(self, text: str, context: str) -> str:
        """Ciphertext of a text, which opens only with the same context: for answers that wait in a database."""
        return self._sealed(text, f"text\0{context}")

    def unseal(self, sealed: str, context: str) -> str:
        """The text again, which the logs of this process mask from now on. Raises `VaultError`."""
        text = self._opened(sealed, f"text\0{context}", "this sealed text")
        LIVE.add_code(text)
        return text

    # --- keys

    def rotate(self) -> None:
        """Seal every entry under a new data key and drop the old ones. Texts sealed before no longer open.

        Where it is interrupted, everything opens as before, and a further rotation ends it.
        """
        with self._lock:
            header = self._header()
            self._read_keys(header)
            add_key(header, self._wrapping)
            write(self._folder / "header.json", header)  # from here on, a crash leaves entries under either key
            self._read_keys(header)
            for path in sorted(self._folder.glob("*/*.json")):
                entry = read_entry(path)
                bound = _bound(entry["account"], entry["name"])
                write(path, {**entry, "sealed": self._sealed(self._opened(entry["sealed"], bound, str(path)), bound)})
            header["keys"] = header["keys"][-1:]
            write(self._folder / "header.json", header)
            self._read_keys(header)

    def guard_by(self, kind: Kind, *, passphrase: SecretStr | None = None, key_file: Path | None = None) -> None:
        """Guard the vault by something else, a new passphrase or a new key file, and rotate its keys.

        What guarded it until now opens copies made until now, and nothing else. Other processes that have it open must
        open it anew. Raises `VaultError` and leaves all as it was.
        """
        if key_file is not None and key_file.exists():
            raise VaultError(f"the file {key_file} is there already", hint="name a new one: it gets a new key")
        if passphrase is not None:
            LIVE.add(passphrase.get_secret_value())
        with self._lock:
            name = f"{self._id}-{secrets.token_hex(4)}"  # the guard of until now stays whole, until the header is there
            wrapping, how = new_key(kind, name, home=self._folder.parent, passphrase=passphrase, file=key_file)
            write(self._folder / "header.json", self._rewrapped(self._header(), AESGCM(wrapping), how))
            self._wrapping, self.guarded_by = AESGCM(wrapping), told(how)
            self.rotate()

    def under_passphrase(self, header: Mapping[str, Any], passphrase: SecretStr) -> dict[str, Any]:
        """A header of this vault with which a copy of its entries opens by a passphrase. Raises `VaultError`."""
        wrapping, how = new_key("passphrase", self._id, home=self._folder.parent, passphrase=passphrase, file=None)
        return self._rewrapped(header, AESGCM(wrapping), how)

    def _rewrapped(self, header: Mapping[str, Any], wrapping: AESGCM, how: How) -> dict[str, Any]:
        made: dict[str, Any] = {**header, "guard": dict(how), "keys": []}
        for wrapped in header["keys"]:
            add_key(made, wrapping, name=wrapped["key"], key=unwrap(self._wrapping, wrapped, self._id))
        return made

    def faults(self) -> list[str]:
        """What is wrong with entries that do not open, one sentence each."""
        found = []
        with self._lock:
            self._read_keys(self._header())
            for path in sorted(self._folder.glob("*/*.json")):
                try:
                    entry = read_entry(path)
                    self._opened(entry["sealed"], _bound(entry["account"], entry["name"]), f"the vault's entry {path}")
                except VaultError as error:
                    found.append(error.message)
        return found

    def _read_keys(self, header: Mapping[str, Any]) -> None:
        for wrapped in header["keys"]:
            key = unwrap(self._wrapping, wrapped, self._id)
            self._keys[wrapped["key"]] = AESGCM(key)
            self._current = wrapped["key"]
        self._keys = {wrapped["key"]: self._keys[wrapped["key"]] for wrapped in header["keys"]}

    def _header(self) -> dict[str, Any]:
        header = read_header(self._folder)
        if header is None:
            raise VaultError(f"the vault {self._folder} was removed while it was open")
        return header

    # --- entries

    def _path(self, account: str, name: str) -> Path:
        return self._folder / hashlib.sha256(account.encode()).hexdigest()[:32] / f"{name}.json"

    def _entries(self, account: str) -> Iterator[Path]:
        return self._path(account, "any").parent.glob("*.json")

    def _put(self, account: str, name: str, text: str) -> None:
        with self._lock:
            self._put_locked(account, name, text)

    def _put_locked(self, account: str, name: str, text: str) -> None:
        self._read_keys(self._header())  # another process may have rotated them
        path = self._path(account, name)
        path.parent.mkdir(exist_ok=True, mode=0o700)
        write(path, {"account": account, "name": name, "sealed": self._sealed(text, _bound(account, name))})

    def _get(self, account: str, name: str) -> str | None:
        path = self._path(account, name)
        with self._lock:  # also because Windows cannot replace a file that is being read
            if not path.exists():
                return None
            return self._opened(read_entry(path)["sealed"], _bound(account, name), f"{name} of account {account!r}")

    def _sealed(self, text: str, bound: str) -> str:
        nonce = secrets.token_bytes(NONCE)
        data = nonce + self._keys[self._current].encrypt(nonce, text.encode(), bound.encode())
        return f"{self._current}.{base64.urlsafe_b64encode(data).decode()}"

    def _opened(self, sealed: str, bound: str, what: str) -> str:
        name, _, encoded = sealed.partition(".")
        if name not in self._keys:
            self._read_keys(self._header())
        try:
            data = base64.urlsafe_b64decode(encoded)
            return self._keys[name].decrypt(data[:NONCE], data[NONCE:], bound.encode()).decode()
        except (InvalidTag, KeyError, ValueError):
            raise VaultError(
                f"{what} does not open: it was damaged, or moved here from another account or vault",
                hint="store it again, or restore the vault from a backup",
            ) from None


@contextmanager
def at_rest(home: Path) -> Iterator[tuple[dict[str, Any] | None, list[Path]]]:
    """The header of a home's vault, None where there is none, and its sealed entries, while nobody writes them.

    Needs no key. Raises `VaultError` for a damaged header.
    """
    folder = home / FOLDER
    if not folder.is_dir():
        yield None, []
        return
    with lock_of(folder):
        yield read_header(folder), sorted(folder.glob("*/*.json"))


def _bound(account: str, name: str) -> str:
    return json.dumps(["entry", account, name])
