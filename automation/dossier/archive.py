"""A ZIP of which every byte follows from the names and contents of its members, so that none can be changed unseen.

Stored, not compressed; one time for all; no comments, no extra fields, nothing before, between or after. Reading it
compares each header with the one that would be written: there is no second way of writing the same members. That is why
this does not go through `zipfile`, which reads much that it would not write, and writes otherwise in other versions.
"""

from __future__ import annotations

import hashlib
import re
import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from automation.caselog.private import CHUNK, chunks
from automation.errors import CaseLogError, DossierBroken, InputError

BIGGEST: Final = 2**32 - 1
"""Bytes of a whole archive; beyond it, the format would need other headers."""
MOST: Final = 2**16 - 1
"""Members of an archive."""

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,60}(/[a-z0-9][a-z0-9-]{0,60})?\.[a-z0-9]{1,8}")
_LOCAL: Final = struct.Struct("<4s5H3L2H")
_CENTRAL: Final = struct.Struct("<4s6H3L5H2L")
_END: Final = struct.Struct("<4s4H2LH")
_VERSION: Final = 20  # of the format, 2.0: folders in names
_MADE: Final = 3 << 8 | _VERSION  # on a system with modes
_MODE: Final = 0o100644 << 16
_DAY: Final = 1 << 5 | 1  # 1 January 1980, midnight
_BEGINS: Final = b"PK\3\4"
_ENDS: Final = b"PK\1\2"


@dataclass(frozen=True, slots=True)
class Member:
    """One file to be written: its name in the archive, and its bytes or where they lie."""

    name: str
    content: bytes | Path

    def chunks(self) -> Iterator[bytes]:
        """The bytes. Raises `CaseLogError` where they cannot be read."""
        if isinstance(self.content, bytes):
            yield self.content
            return
        try:
            with self.content.open("rb") as kept:
                yield from chunks(kept)
        except OSError as error:
            raise CaseLogError(f"{self.content} cannot be read: {error.strerror or error}") from error


@dataclass(frozen=True, slots=True)
class Measured:
    """A member as it is known by: size in bytes, SHA-256 in hex, the ZIP's own checksum, where its bytes begin."""

    name: str
    size: int
    sha256: str
    crc: int
    offset: int = 0


def measure(member: Member) -> Measured:
    """Read a member once, to know it."""
    return _measured(member.name, member.chunks())


def _measured(name: str, content: Iterator[bytes], offset: int = 0) -> Measured:
    digest, crc, size = hashlib.sha256(), 0, 0
    for chunk in content:
        digest.update(chunk)
        crc = zlib.crc32(chunk, crc)
        size += len(chunk)
    return Measured(name, size, digest.hexdigest(), crc, offset)


def write(out: BinaryIO, members: Sequence[Member], known: Sequence[Measured]) -> None:
    """Write the archive. `known`: the members as they were measured.

    Raises `CaseLogError` where one has changed since, `InputError` for more than the format holds.
    """
    for one in known:
        if not _NAME.fullmatch(one.name):
            raise ValueError(f"no member of a dossier is called {one.name!r}")
    overhead = sum(_LOCAL.size + _CENTRAL.size + 2 * len(one.name) for one in known) + _END.size
    if sum(one.size for one in known) + overhead > BIGGEST or len(known) > MOST:
        raise InputError("a dossier holds at most 4 GiB", hint="its evidence is more than that")
    offsets: list[int] = []
    at = 0
    for member, one in zip(members, known, strict=True):
        offsets.append(at)
        header = _local(one)
        out.write(header)
        digest = hashlib.sha256()
        for chunk in member.chunks():
            digest.update(chunk)
            out.write(chunk)
        if digest.hexdigest() != one.sha256:
            raise CaseLogError(f"{one.name} changed while the dossier was made", hint="try again")
        at += len(header) + one.size
    out.write(_tail(known, offsets, at))


def read(file: BinaryIO) -> list[Measured]:
    """The members of an archive, in their order; every byte was looked at.

    Raises `DossierBroken` naming the first place that is not as this program writes it.
    """
    file.seek(0)
    found: list[Measured] = []
    offsets: list[int] = []
    names: set[str] = set()
    at = 0
    while (beginning := file.read(_LOCAL.size)).startswith(_BEGINS):
        one = _member(file, beginning, at)
        if one.name in names or len(names) == MOST:
            raise DossierBroken(f"byte {at}: {one.name} is there twice, or one file too many")
        names.add(one.name)
        offsets.append(at)
        found.append(one)
        at = one.offset + one.size
    if not found:
        raise DossierBroken("this is not a dossier: it does not begin as one")
    if not beginning.startswith(_ENDS):
        raise DossierBroken(f"byte {at}: after {found[-1].name} comes neither a file nor the list of files")
    file.seek(at)
    meant = _tail(found, offsets, at)
    seen = file.read(len(meant) + 1)
    if seen != meant:
        same = next(
            (n for n, (a, b) in enumerate(zip(seen, meant, strict=False)) if a != b), min(len(seen), len(meant))
        )
        what = "the file goes on after its end" if same == len(meant) else "the list of files at the end was changed"
        raise DossierBroken(f"byte {at + same}: {what}")
    return found


def content(file: BinaryIO, member: Measured, *, most: int) -> bytes:
    """A member's bytes. Raises `DossierBroken` for more than `most`."""
    if member.size > most:
        raise DossierBroken(f"{member.name} is bigger than any that this program writes: {member.size} bytes")
    return b"".join(_stretch(file, member.offset, member.size))


def _member(file: BinaryIO, beginning: bytes, at: int) -> Measured:
    if len(beginning) < _LOCAL.size:
        raise DossierBroken(f"byte {at}: the file ends in the middle of a header")
    *_, crc, _, size, length, _ = _LOCAL.unpack(beginning)
    named = file.read(min(length, 256))
    name = named.decode("ascii", "replace")
    if not _NAME.fullmatch(name):
        raise DossierBroken(f"byte {at + _LOCAL.size}: {name!r} is not a name that this program gives to a file")
    offset = at + _LOCAL.size + len(named)
    one = _measured(name, _stretch(file, offset, size), offset)
    if one.size != size:
        raise DossierBroken(f"byte {at}: the file ends in the middle of {name}")
    if _local(one)[: _LOCAL.size] != beginning:
        what = "its bytes do not fit its checksum" if one.crc != crc else "its header is not as this program writes it"
        raise DossierBroken(f"byte {at}: {name} was changed: {what}")
    return one


def _stretch(file: BinaryIO, offset: int, size: int) -> Iterator[bytes]:
    file.seek(offset)
    while size and (chunk := file.read(min(size, CHUNK))):
        size -= len(chunk)
        yield chunk


def _local(one: Measured) -> bytes:
    name = one.name.encode("ascii")
    return _LOCAL.pack(_BEGINS, _VERSION, 0, 0, 0, _DAY, one.crc, one.size, one.size, len(name), 0) + name


def _tail(members: Sequence[Measured], offsets: Sequence[int], at: int) -> bytes:
    listed = bytearray()
    for one, offset in zip(members, offsets, strict=True):
        name = one.name.encode("ascii")
        fixed = (_MADE, _VERSION, 0, 0, 0, _DAY, one.crc, one.size, one.size, len(name), 0, 0, 0, 0, _MODE, offset)
        listed += _CENTRAL.pack(_ENDS, *fixed) + name
    count = len(members)
    return bytes(listed) + _END.pack(b"PK\5\6", 0, 0, count, count, len(listed), at, 0)
