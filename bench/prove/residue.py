"""Looks for secrets in everything that was written: also in archives within archives, packed streams, databases and
the texts that pictures carry.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import re
import sqlite3
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from PIL import Image

from automation.redaction import spellings

_ZIP, _GZIP, _SQLITE, _PNG = b"PK\x03\x04", b"\x1f\x8b", b"SQLite format 3\x00", b"\x89PNG"
_AROUND: Final = 40  # bytes on either side of a leak that are told


@dataclass
class Search:
    """What is looked for, and what came of it. `secrets` and `codes` are by what they are, in words.

    A code is few digits, which stand in many a number by chance: it counts where it stands for itself.
    """

    secrets: Mapping[str, str]
    codes: Iterable[str] = ()
    files: int = 0
    texts: int = 0  # answers, printed lines, parts of archives, rows of databases: each once
    size: int = 0  # bytes
    leaks: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._seen: set[bytes] = set()
        self._needles = {needle: what for what, secret in self.secrets.items() for needle in _needles(secret)}
        codes = sorted(set(self.codes))
        self._needles |= {text.encode(): "a code" for code in codes for text in spellings(code) - {code}}
        digits = "|".join(map(re.escape, codes))
        # Not within a longer number, unless that is an escape's; not a bare number of JSON, nor a part of a second.
        self._code = (
            re.compile(rf"(?:(?<![\d.])|(?<=%[0-9A-Fa-f]{{2}}))(?:{digits})(?![\d.])".encode()) if codes else None
        )

    def folder(self, folder: Path) -> None:
        """Every file below it, its name, and every row where it is a database."""
        for path in sorted(one for one in folder.rglob("*") if one.is_file()):
            name = str(path.relative_to(folder))
            self.files += 1
            self.text(f"the name of {name}", name)
            data = path.read_bytes()
            self.data(name, data)
            if data.startswith(_SQLITE):
                for place, row in _rows(path):
                    self.data(f"{name}, {place}", row)

    def text(self, where: str, text: str) -> None:
        """Something that was said."""
        self.data(where, text.encode("utf-8", "replace"))

    def data(self, where: str, data: bytes) -> None:
        """Bytes, and whatever is packed in them."""
        digest = hashlib.sha256(data).digest()
        if digest in self._seen:
            return
        self._seen.add(digest)
        self.texts += 1
        self.size += len(data)
        for needle, what in self._needles.items():
            if (at := data.find(needle)) >= 0:
                self._leak(what, where, data, at, len(needle))
        for found in self._code.finditer(data) if self._code else ():
            if not _by_chance(data, found):
                self._leak("a code", where, data, found.start(), len(found[0]))
        for name, inner in _within(data):
            self.data(f"{where} > {name}", inner)

    def _leak(self, what: str, where: str, data: bytes, at: int, size: int) -> None:
        around = data[max(at - _AROUND, 0) : at + size + _AROUND]
        self.leaks.append(f"{what} in {where}: {around.decode('utf-8', 'replace')!r}")


def _needles(secret: str) -> Iterator[bytes]:
    for text in spellings(secret):
        yield text.encode()
    yield secret.encode("utf-16-le")


def _by_chance(data: bytes, found: re.Match[bytes]) -> bool:
    """Digits in a digest, or a bare number of JSON: the program's codes are texts."""
    before, after = data[max(found.start() - 40, 0) : found.start()], data[found.end() : found.end() + 40]
    left, right = re.search(rb"[0-9a-fA-F]*$", before), re.match(rb"[0-9a-fA-F]*", after)
    assert left is not None
    assert right is not None
    run = left[0] + found[0] + right[0]
    digest = len(run) >= 16 and not re.search(rb"%[0-9A-Fa-f]{2}$", before)
    return digest or bool(re.search(rb"[:\[,]\s*$", before) and re.match(rb"\s*[,}\]]", after))


def _within(data: bytes) -> Iterator[tuple[str, bytes]]:
    if data.startswith(_ZIP):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for name in archive.namelist():
                yield name, name.encode()
                yield name, archive.read(name)
    elif data.startswith(_GZIP):
        yield "unpacked", gzip.decompress(data)
    elif data.startswith(_PNG):
        with Image.open(io.BytesIO(data)) as picture:
            picture.load()  # also the texts behind the pixels
            yield "what the picture says", json.dumps(picture.info, default=str, ensure_ascii=False).encode()


def _rows(path: Path) -> Iterator[tuple[str, bytes]]:
    """Rows as they are read: in the file, a long one lies in pieces."""
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as log:
        for (table,) in log.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            for number, row in enumerate(log.execute(f'SELECT * FROM "{table}"'), start=1):
                yield f"row {number} of {table}", "\n".join(str(value) for value in row).encode("utf-8", "replace")
