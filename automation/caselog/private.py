"""Files that only their owner reads: 0600 in folders of 0700, complete or not there at all.

On Windows the modes have no effect: there the user's profile folder, where the home lies by default, is private.
"""

from __future__ import annotations

import hashlib
import os
import uuid
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Final

CHUNK: Final = 1 << 20  # bytes


def private_folder(path: Path) -> Path:
    """Make a folder and those above it as needed; the last one is 0700 if it is new."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.mkdir(mode=0o700, exist_ok=True)
    return path


def claim(path: Path) -> None:
    """Make sure that a file exists and is 0600 before anyone writes into it."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    path.chmod(0o600)


def chunks(source: BinaryIO) -> Iterator[bytes]:
    """The bytes of an open file, a chunk at a time."""
    while chunk := source.read(CHUNK):
        yield chunk


def write_aside(folder: Path, content: Iterable[bytes]) -> tuple[Path, str, int]:
    """Write a new file next to where it will lie, synced: (its path, SHA-256, size in bytes)."""
    aside = folder / f".{uuid.uuid4().hex}"
    digest = hashlib.sha256()
    size = 0
    try:
        with os.fdopen(
            os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600), "wb"
        ) as out:
            for chunk in content:
                out.write(chunk)
                digest.update(chunk)
                size += len(chunk)
            out.flush()
            os.fsync(out.fileno())
    except BaseException:
        aside.unlink(missing_ok=True)
        raise
    return aside, digest.hexdigest(), size


def put_in_place(aside: Path, path: Path) -> None:
    """Give a file written aside its name, replacing what had it, and sync the folder where the system lets one."""
    aside.replace(path)
    with suppress(OSError):  # Windows opens no folders; its file system journals renames by itself
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
