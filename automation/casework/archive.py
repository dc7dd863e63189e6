"""A backup as a file: one ZIP archive that anybody can open, whose every byte is accounted for.

The last member, `manifest.json`, names every other one with its size and SHA-256; the comment at the archive's very end
is the SHA-256 of all that is before it. Tables are JSON lines, the same from SQLite and PostgreSQL: the names of the
columns, then a list of cells for each row.
"""

from __future__ import annotations

import hashlib
import json
import re
import stat
import zipfile
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Final, Literal, Self
from zlib import error as zlib_error

from pydantic import BaseModel, ConfigDict, ValidationError

from automation.caselog.arrival import check_shape
from automation.caselog.private import CHUNK, chunks
from automation.caselog.verification import Verified, verify_rows
from automation.errors import CaseLogError, InputError

MANIFEST: Final = "manifest.json"
FORMAT: Final = 1
_MANIFEST_BYTES: Final = 1 << 28
_LINE_BYTES: Final = 1 << 26
_DIGEST: Final = re.compile(rb"[0-9a-f]{64}")
_PART: Final = re.compile(r'[^\\/:*?"<>|\x00-\x1f\x7f]*[^\\/:*?"<>|\x00-\x1f\x7f. ]')
_DEVICES: Final = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")
_HINT: Final = "take another copy of the backup, or an earlier one"


class Member(BaseModel):
    """One file in the archive: bytes, and their SHA-256."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    size: int
    sha256: str


class Manifest(BaseModel):
    """What an archive says of itself. `shape` is the revision of the tables, `guard` what opens the vault."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    format: Literal[1] = FORMAT
    program: str
    made_at: datetime
    made_by: str
    shape: str
    tables: dict[str, int]  # rows
    events: int
    head: str
    guard: str
    members: dict[str, Member]


class Writer:
    """Puts members into a new archive, a piece at a time; `close` writes the manifest."""

    def __init__(self, out: IO[bytes], at: datetime) -> None:
        self._out = out
        self._zip = zipfile.ZipFile(out, "w", zipfile.ZIP_STORED)
        self._at = at.timetuple()[:6]
        self.members: dict[str, Member] = {}

    def put(self, name: str, content: Iterable[bytes], *, squeeze: bool = False) -> Member:
        """Write a member. `squeeze` it where that helps: text, not pictures."""
        info = zipfile.ZipInfo(name, self._at)
        info.external_attr = (stat.S_IFREG | 0o600) << 16
        info.compress_type = zipfile.ZIP_DEFLATED if squeeze else zipfile.ZIP_STORED
        digest, size = hashlib.sha256(), 0
        with self._zip.open(info, "w", force_zip64=True) as member:
            for chunk in content:
                member.write(chunk)
                digest.update(chunk)
                size += len(chunk)
        made = Member(size=size, sha256=digest.hexdigest())
        self.members[name] = made
        return made

    def table(self, name: str, rows: Iterable[dict[str, Any]]) -> int:
        """Write a table; how many rows it has."""
        count = 0

        def lines() -> Iterator[bytes]:
            nonlocal count
            for row in rows:
                if not count:
                    yield _line(list(row))
                count += 1
                yield _line(list(row.values()))

        self.put(table_member(name), lines(), squeeze=True)
        return count

    def close(self, manifest: Manifest) -> None:
        """Write the manifest, and the digest of the whole."""
        self.put(MANIFEST, [manifest.model_dump_json(indent=1).encode()], squeeze=True)
        self._zip.comment = b"0" * 64
        self._zip.close()
        self._out.seek(0)
        digest = _digest_before_comment(self._out)
        self._out.seek(-64, 2)
        self._out.write(digest)


def table_member(name: str) -> str:
    """What a table's member is called."""
    return f"tables/{name}.jsonl"


def _line(cells: list[Any]) -> bytes:
    return json.dumps(cells, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _digest_before_comment(file: IO[bytes]) -> bytes:
    left = file.seek(0, 2) - 64
    digest = hashlib.sha256()
    file.seek(0)
    while left > 0 and (chunk := file.read(min(CHUNK, left))):
        digest.update(chunk)
        left -= len(chunk)
    return digest.hexdigest().encode()


class Archive:
    """An archive that is read: nothing in it is believed before it was checked.

    As a source of rows it is what `caselog.arrival` takes. Close it when it was read.
    """

    def __init__(self, file: Path) -> None:
        """Open it, and check all that can be known without reading its members. Raises `InputError`, `CaseLogError`."""
        self.file = file
        try:
            self._zip = zipfile.ZipFile(file)
        except (OSError, zipfile.BadZipFile) as error:
            said = error.strerror if isinstance(error, OSError) else "it is damaged, cut short, or no ZIP file"
            raise InputError(f"cannot be read as a backup: {said}", file=file, hint=_HINT) from None
        try:
            self.manifest = self._read_manifest()
            self._check_names()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Let go of the file."""
        self._zip.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # --- as a source of rows

    @property
    def shape(self) -> str:
        """The revision of its tables."""
        return self.manifest.shape

    @property
    def tables(self) -> tuple[str, ...]:
        """Their names."""
        return tuple(self.manifest.tables)

    @property
    def head(self) -> str:
        """The hash of the newest event."""
        return self.manifest.head

    def rows(self, table: str) -> Iterator[dict[str, Any]]:
        """The rows of a table, none of one that it does not hold. Raises `InputError` for a changed one."""
        if table not in self.manifest.tables:
            return
        columns: list[str] | None = None
        for line in self._lines(table_member(table)):
            try:
                cells = json.loads(line)
                if columns is None:
                    columns = [str(name) for name in cells]
                else:
                    yield dict(zip(columns, cells, strict=True))
            except (ValueError, TypeError):
                raise self._damaged(table_member(table)) from None

    def verify(self, *, members: bool = True) -> Verified:
        """Check the chain of its events, and, of `members`, every byte. Raises `InputError`, `ChainBroken`."""
        if members:
            for name in self.manifest.members:
                for _ in self.read(name):
                    pass
            if (first := _digest_before_comment_of(self.file)) != self._zip.comment:
                raise self._damaged("its directory", seen=first.decode())
        found = verify_rows(lambda table: self.rows(table.name))
        if (found.head, found.events) != (self.manifest.head, self.manifest.events):
            raise self._damaged(MANIFEST)
        return found

    def read(self, name: str) -> Iterator[bytes]:
        """A member's bytes, a chunk at a time. Raises `InputError` at the end of one that was changed."""
        return self._checked(name, chunks)

    def _lines(self, name: str) -> Iterator[bytes]:
        def lines(member: IO[bytes]) -> Iterator[bytes]:
            while line := member.readline(_LINE_BYTES):
                if len(line) == _LINE_BYTES:
                    raise self._damaged(name)
                yield line

        return self._checked(name, lines)

    def _checked(self, name: str, pieces: Callable[[Any], Iterator[bytes]]) -> Iterator[bytes]:
        told = self.manifest.members[name]
        digest = hashlib.sha256()
        try:
            with self._zip.open(name) as member:
                for piece in pieces(member):
                    digest.update(piece)
                    yield piece
        except (zipfile.BadZipFile, OSError, EOFError, ValueError, NotImplementedError, zlib_error) as error:
            raise self._damaged(name) from error
        if digest.hexdigest() != told.sha256:
            raise self._damaged(name)

    # --- before anything is read

    def _read_manifest(self) -> Manifest:
        if not _DIGEST.fullmatch(self._zip.comment):
            raise InputError("is no backup of this program, or was cut short", file=self.file, hint=_HINT)
        try:
            info = self._zip.getinfo(MANIFEST)
            if info.file_size > _MANIFEST_BYTES:
                raise self._damaged(MANIFEST)
            said = json.loads(self._zip.read(info))
            if isinstance(said, dict) and isinstance(said.get("format"), int) and said["format"] > FORMAT:
                raise CaseLogError(
                    f"{self.file} was made by appealdesk {said.get('program')} and has the format {said['format']}, "
                    f"this program knows formats up to {FORMAT}",
                    hint="a newer program made it: install that one, and restore with it",
                )
            manifest = Manifest.model_validate(said)
        except (KeyError, ValueError, ValidationError, zipfile.BadZipFile, OSError, EOFError, NotImplementedError,
                zlib_error) as error:  # fmt: skip
            raise self._damaged(MANIFEST) from error
        check_shape(manifest.shape, manifest.program)
        return manifest

    def _check_names(self) -> None:
        infos = self._zip.infolist()
        for info in infos:
            if info.filename != MANIFEST:
                self._check_member(info)
        told = {*self.manifest.members, MANIFEST}
        names = [info.filename for info in infos]
        folded = {name.casefold() for name in names}
        if set(names) != told or len(folded) != len(names):
            odd = sorted(set(names) ^ told) or ["a name that is there twice"]
            raise InputError(f"is damaged: {odd[0]} is in its manifest or in it, but not in both", file=self.file)
        for table in self.manifest.tables:
            if table_member(table) not in told:
                raise self._damaged(MANIFEST)

    def _check_member(self, info: zipfile.ZipInfo) -> None:
        parts = info.filename.split("/")
        kind = stat.S_IFMT(info.external_attr >> 16)
        if not all(_PART.fullmatch(part) and not _DEVICES.fullmatch(part) for part in parts):
            raise self._refused(info.filename, "a name that leads elsewhere or that not every system can keep")
        if kind not in (0, stat.S_IFREG) or info.is_dir():
            raise self._refused(info.filename, "no plain file")
        if info.flag_bits & 1 or info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise self._refused(info.filename, "packed in a way that backups are not")
        told = self.manifest.members.get(info.filename)
        if told is not None and told.size != info.file_size:
            raise self._damaged(info.filename)

    def _refused(self, name: str, why: str) -> InputError:
        return InputError(f"{name[:100]!r} is {why}: this is no backup to trust", file=self.file)

    def _damaged(self, name: str, *, seen: str = "") -> InputError:
        more = f" (its SHA-256 is {seen})" if seen else ""
        return InputError(f"was changed or damaged since it was made: {name}{more}", file=self.file, hint=_HINT)


def _digest_before_comment_of(file: Path) -> bytes:
    with file.open("rb") as opened:
        return _digest_before_comment(opened)
