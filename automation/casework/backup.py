"""A backup of a home: one archive, made while others work on the log, read once more before it gets its name."""

from __future__ import annotations

import json
import os
import time
import tomllib
import uuid
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from pydantic import SecretStr

from automation.caselog.private import chunks, put_in_place
from automation.casework.archive import Archive, Manifest, Writer
from automation.errors import InputError
from automation.model import utc_now
from automation.office import Office
from automation.settings import FILE as SETTINGS
from automation.vault import FOLDER as VAULT
from automation.vault import at_rest
from automation.vault_key import told

EVIDENCE: Final = "evidence"
FAILURES: Final = "failures"
PACKS: Final = "packs"
NOTICES: Final = "notices.json"
OF_THE_MACHINE: Final = frozenset({"database_url", "packs", "browser_path", "vault_key_file"})
"""Settings that are left out: they name places on one machine, and an address may hold a password."""

_ASIDE: Final = ".appealdesk-backup-"
_FORGOTTEN: Final = 86400.0  # seconds after which a backup that was being written no longer is
_DIGEST_LENGTH: Final = 64


@dataclass(frozen=True, slots=True)
class Kept:
    """A backup that was made: where, how big in bytes, and what is in it.

    `head` is the hash of its newest event: written down elsewhere, it proves later that this is the log. `guard` is the
    kind of what opens its vault, `guarded_by` a sentence about it; both are empty without a vault. `faults` are kept
    files that the log means and that are missing or changed.
    """

    file: Path
    size: int
    cases: int
    events: int
    head: str
    files: int
    guard: str
    guarded_by: str
    faults: tuple[str, ...]


def back_up(here: Office, file: Path, *, vault: bool = True, passphrase: SecretStr | None = None) -> Kept:
    """Write a backup to a new file, or into a folder under a name with the time.

    The file appears once it is complete and was read again. `passphrase` guards the vault's copy in place of what
    guards the vault. Raises `InputError` for a file that is there or cannot be written, `ChainBroken` for a log that
    was changed behind the program's back, `VaultError`.
    """
    file = file.expanduser().absolute()
    if file.is_dir():
        file /= f"appealdesk-{utc_now():%Y%m%dT%H%M%SZ}.zip"
    if file.exists():
        raise InputError("there is such a file already; nothing is written over it", file=file)
    _forget_old(file.parent)
    aside = file.parent / f"{_ASIDE}{uuid.uuid4().hex}"
    try:
        try:
            faults, guarded_by = _write(here, aside, vault=vault, passphrase=passphrase)
        except OSError as error:
            hint = "name a folder that is there, may be written to and has room"
            raise InputError(f"cannot be written: {error.strerror or error}", file=file, hint=hint) from error
        with Archive(aside) as archive:
            archive.verify()
            manifest = archive.manifest
        if file.exists():
            raise InputError("there is such a file by now; nothing is written over it", file=file)
        put_in_place(aside, file)
    finally:
        aside.unlink(missing_ok=True)
    return Kept(
        file=file,
        size=file.stat().st_size,
        cases=manifest.tables["cases"],
        events=manifest.events,
        head=manifest.head,
        files=sum(name.startswith(f"{EVIDENCE}/") for name in manifest.members),
        guard=manifest.guard,
        guarded_by=guarded_by,
        faults=faults,
    )


def _write(here: Office, aside: Path, *, vault: bool, passphrase: SecretStr | None) -> tuple[tuple[str, ...], str]:
    """Write the archive; which kept files are not what the log means, and what guards the vault's copy."""
    home, at = here.settings.home, utc_now()
    log = here.log
    opened = here.vault if passphrase is not None and vault else None  # before the lock below, which it takes, too
    descriptor = os.open(aside, os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    with os.fdopen(descriptor, "w+b") as out:
        writer = Writer(out, at)
        with log.snapshot() as snapshot:
            verified = snapshot.verify()
            tables = {name: writer.table(name, snapshot.rows(name)) for name in snapshot.tables}
            meant = snapshot.files()
        # What the rows mean was kept before they were written, and is never removed: so it is there now.
        faults = [*_evidence(writer, home), *_missing(meant, writer)]
        for path in _below(home / FAILURES):
            writer.put(f"{FAILURES}/{path.relative_to(home / FAILURES).as_posix()}", _bytes(path))
        packs = here.settings.packs_folder
        for path in sorted(packs.glob("*.yaml")):
            writer.put(f"{PACKS}/{path.name}", _bytes(path), squeeze=True)
        if (home / SETTINGS).is_file():
            writer.put(SETTINGS, [portable(home / SETTINGS).encode()])
        if (home / NOTICES).is_file():
            writer.put(NOTICES, _bytes(home / NOTICES))
        guard = _vault(writer, home, opened, passphrase) if vault else {}
        writer.close(
            Manifest(
                program=version("appealdesk"),
                made_at=at,
                made_by=here.by,
                shape=snapshot.shape,
                tables=tables,
                events=verified.events,
                head=verified.head,
                guard=str(guard.get("kind", "")),
                members=writer.members,
            )
        )
        out.flush()
        os.fsync(out.fileno())
    return tuple(faults), told(guard) if guard else ""


def _evidence(writer: Writer, home: Path) -> Iterator[str]:
    folder = home / EVIDENCE
    for path in _below(folder):
        name = path.relative_to(folder).as_posix()
        digest = name.replace("/", "")
        if len(digest) != _DIGEST_LENGTH:
            continue  # still being written
        kept = writer.put(f"{EVIDENCE}/{name}", _bytes(path))
        if kept.sha256 != digest:
            yield f"the kept file {path} was changed"


def _missing(meant: Mapping[str, str], writer: Writer) -> Iterator[str]:
    for digest, table in meant.items():
        if f"{EVIDENCE}/{digest[:2]}/{digest[2:]}" not in writer.members:
            yield f"a kept file is missing that the table {table} means: {digest}"


def _vault(writer: Writer, home: Path, opened: Any, passphrase: SecretStr | None) -> dict[str, Any]:
    """Copy the sealed entries; what guards the copy."""
    with at_rest(home) as (own, entries):
        if own is None:
            return {}
        header: dict[str, Any] = own if passphrase is None else opened.under_passphrase(own, passphrase)
        writer.put(f"{VAULT}/header.json", [json.dumps(header).encode()])
        for path in entries:
            writer.put(f"{VAULT}/{path.relative_to(home / VAULT).as_posix()}", _bytes(path))
        return dict(header["guard"])


def portable(file: Path) -> str:
    """The settings of a file that mean the same on another machine, as such a file."""
    read = tomllib.loads(file.read_text("utf-8"))
    # A JSON text, number or truth is written in TOML just so.
    return "".join(
        f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in read.items() if key not in OF_THE_MACHINE
    )


def _below(folder: Path) -> list[Path]:
    """The plain files below a folder, in order; none whose name begins with a dot: those are being written."""
    found = []
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if not hidden and not path.is_symlink() and path.is_file():
            found.append(path)
    return found


def _bytes(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        yield from chunks(file)


def _forget_old(folder: Path) -> None:
    """Remove what a backup that was killed left here."""
    for path in folder.glob(f"{_ASIDE}*"):
        with suppress(OSError):
            if time.time() - path.stat().st_mtime > _FORGOTTEN:
                path.unlink()
