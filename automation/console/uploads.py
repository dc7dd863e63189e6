"""Files that a browser sent, for as long as they are worked on: private, one person's, and gone within the hour."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import secrets
import shutil
import stat
import time
import unicodedata
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from automation.caselog.private import private_folder
from automation.console.access import Session
from automation.intake import files_named
from automation.packet.preflight import name_fault

logger = logging.getLogger(__name__)

LIVES: Final = 3000.0  # seconds
SWEPT_EVERY: Final = 600.0  # seconds: gone within the hour
FILES_MAX: Final = 2000
BYTES_MAX: Final = 2 * 1024**3  # unpacked
_CHUNK: Final = 1 << 20
_TABLES: Final = frozenset({".csv", ".tsv", ".xlsx", ".json"})
_ZIP_NAMES: Final = ("utf-8", "gb18030")  # what the names of a ZIP file are in where it does not say
_SYSTEMS_OWN: Final = frozenset({"__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini"})


class UploadRefused(Exception):
    """What was sent cannot be taken; `code` is a sentence below `upload` in the words, `places` fill it."""

    def __init__(self, code: str, **places: object) -> None:
        super().__init__(code)
        self.code = code
        self.places = places


@dataclass(frozen=True, slots=True)
class Sent:
    """One file as the browser sent it; `path` is its name, perhaps with folders before it."""

    path: str
    content: IO[bytes]


class Uploads:
    """The files of one session, below a home folder."""

    def __init__(self, home: Path, session: Session) -> None:
        self._root = private_folder(home / "uploads")
        self._secret = session.csrf

    def open(self) -> tuple[str, Path]:
        """A new folder, and the token by which only this session finds it again."""
        token = secrets.token_urlsafe(16)
        return token, private_folder(self._place(token))

    def find(self, token: str) -> Path:
        """The folder of a token. Raises `UploadRefused` where it is gone, or another session's."""
        folder = self._place(token)
        if not folder.is_dir() or _swept(folder):
            raise UploadRefused("gone")
        return folder

    def take(self, token: str) -> Path:
        """The same for the last time: whoever comes second does not find it."""
        taken = self._place(secrets.token_urlsafe(16))
        try:
            return self.find(token).rename(taken)
        except OSError:
            raise UploadRefused("gone") from None

    def _place(self, token: str) -> Path:
        return self._root / hashlib.sha256(f"{self._secret} {token}".encode()).hexdigest()[:40]


def remove(folder: Path) -> None:
    """Remove a folder and what is in it."""
    shutil.rmtree(folder, ignore_errors=True)


def sweep(home: Path) -> None:
    """Remove what is too old, also what a console that was stopped left."""
    for folder in private_folder(home / "uploads").iterdir():
        with suppress(FileNotFoundError):  # a request was faster
            _swept(folder)


def _swept(folder: Path) -> bool:
    """Whether a folder was too old, and is gone."""
    old = time.time() - folder.stat().st_mtime > LIVES
    if old:
        remove(folder)
    return old


async def swept(home: Path, stop: asyncio.Event) -> None:
    """Sweep at once, and now and then until `stop` is set. Raises nothing."""
    while not stop.is_set():
        try:
            await asyncio.to_thread(sweep, home)
        except OSError:
            logger.exception("uploads that are too old could not be removed; tried again")
        with suppress(TimeoutError):
            async with asyncio.timeout(SWEPT_EVERY):
                await stop.wait()


def put(sent: Sequence[Sent], folder: Path) -> None:
    """Write files, and the content of ZIP files, below a folder. Raises `UploadRefused`."""
    room = _Room(folder)
    for file in sent:
        if file.path.lower().endswith(".zip"):
            room.unpack(file)
        else:
            room.write(file.path, file.content)


def table_of(folder: Path) -> Path:
    """The one table among the files, the uppermost. Files that it names lie beside it from now on.

    Raises `UploadRefused` where there is none, or several.
    """
    found = [path for path in _files(folder) if path.suffix.lower() in _TABLES and not path.name.startswith("~$")]
    if not found:
        raise UploadRefused("no_table")
    top = min(len(path.parts) for path in found)
    found = [path for path in found if len(path.parts) == top]
    if len(found) > 1:
        raise UploadRefused("many_tables", names=", ".join(sorted(path.name for path in found)))
    _bring_near(found[0], folder)
    return found[0]


def _bring_near(table: Path, folder: Path) -> None:
    """Files that were picked one by one have lost their folders: where the name leaves no doubt, they get them back."""
    lying = Counter(path.name for path in _files(folder))
    where = {path.name: path for path in _files(folder)}
    inside = [path for path in dict.fromkeys(files_named(table)) if path.resolve().is_relative_to(folder.resolve())]
    wanted = Counter(path.name for path in inside)
    for path in inside:
        if not path.exists() and lying[path.name] == wanted[path.name] == 1:
            path.parent.mkdir(parents=True, exist_ok=True)
            where[path.name].rename(path)


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file())


class _Room:
    """What may still be written below a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files = FILES_MAX
        self._bytes = BYTES_MAX

    def write(self, name: str, content: IO[bytes]) -> None:
        path = self._path(name)
        if path is None:
            return
        self._files -= 1
        if self._files < 0:
            raise UploadRefused("too_many", most=FILES_MAX)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("xb") as out:
                while chunk := content.read(_CHUNK):
                    self._bytes -= len(chunk)
                    if self._bytes < 0:
                        raise UploadRefused("too_much", most=BYTES_MAX // 1024**2)
                    out.write(chunk)
        except OSError as error:
            raise UploadRefused("not_written", name=name[:80], why=error.strerror or error) from None

    def unpack(self, sent: Sent) -> None:
        """Every entry that is a plain file; its size counts as it turns out, not as it is stated."""
        try:
            with _opened(sent) as archive:
                entries = [one for one in archive.infolist() if not one.is_dir()]
                if len(entries) > FILES_MAX:
                    raise UploadRefused("too_many", most=FILES_MAX)
                for entry in entries:
                    if stat.S_IFMT(entry.external_attr >> 16) not in (0, stat.S_IFREG):
                        raise UploadRefused("no_file", name=entry.filename[:80])
                    if entry.flag_bits & 1:
                        raise UploadRefused("locked", name=entry.filename[:80])
                    with archive.open(entry) as content:
                        self.write(entry.filename, content)
        except (zipfile.BadZipFile, NotImplementedError, EOFError, ValueError, zlib.error) as error:
            raise UploadRefused("bad_zip", name=sent.path[:80], why=error) from None

    def _path(self, name: str) -> Path | None:
        """Where a file goes; None for what a system put in by itself."""
        parts = unicodedata.normalize("NFC", name).replace("\\", "/").split("/")
        if _SYSTEMS_OWN.intersection(parts):
            return None
        if any(
            part.strip(". ") == "" or ":" in part or not part.isprintable() or name_fault(part) == "device"
            for part in parts
        ):
            raise UploadRefused("leads_out", name=ascii(name[:80]))
        return self._folder.joinpath(*parts)


def _opened(sent: Sent) -> zipfile.ZipFile:
    for encoding in _ZIP_NAMES:
        try:
            return zipfile.ZipFile(sent.content, metadata_encoding=encoding)
        except UnicodeDecodeError:
            sent.content.seek(0)
    raise UploadRefused("bad_zip", name=sent.path[:80], why="?")
