"""Evidence as files, kept by the SHA-256 of their bytes: `evidence/ab/cdef...`, whatever they were called."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from automation.caselog.private import chunks, private_folder, put_in_place, write_aside
from automation.errors import CaseLogError, InputError
from automation.model import Evidence


class EvidenceFolder:
    """The kept files below one folder."""

    def __init__(self, root: Path) -> None:
        self.root = private_folder(root)

    def path(self, sha256: str) -> Path:
        """Where the bytes with this digest lie if they are kept."""
        return self.root / sha256[:2] / sha256[2:]

    def keep(self, source: Path) -> tuple[str, int]:
        """Copy a file in: its (SHA-256, size in bytes). What is kept already is kept once.

        Raises `InputError` if the source cannot be read.
        """
        try:
            with source.open("rb") as original:
                return self._take(chunks(original))
        except OSError as error:
            raise InputError(f"cannot be read: {error.strerror or error}", file=source) from error

    def keep_bytes(self, content: bytes) -> tuple[str, int]:
        """Keep what was made here: its (SHA-256, size in bytes)."""
        return self._take((content,))

    def _take(self, content: Iterable[bytes]) -> tuple[str, int]:
        aside, digest, size = write_aside(self.root, content)
        path = self.path(digest)
        private_folder(path.parent)
        if path.exists() and _digest(path) == digest:
            aside.unlink()
        else:  # new, or the kept copy rotted and this one mends it
            put_in_place(aside, path)
        return digest, size

    def check(self, sha256: str, name: str) -> None:
        """Hash the kept bytes again. Raises `CaseLogError` naming the file if they are missing or changed."""
        path = self.path(sha256)
        hint = "keep the original file once more; nothing is sent without it"
        try:
            found = _digest(path)
        except OSError as error:
            raise CaseLogError(f"evidence {name!r} is missing: {path}", hint=hint) from error
        if found != sha256:
            raise CaseLogError(f"evidence {name!r} was changed: {path}", hint=hint)

    def require(self, evidence: Evidence) -> None:
        """Raise `InputError` unless files are kept under its digests."""
        for sha256 in filter(None, (evidence.sha256, evidence.original)):
            if not self.path(sha256).is_file():
                raise InputError(f"the file {evidence.name!r} ({sha256[:12]}...) is not kept", field="evidence")


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as kept:
        for chunk in chunks(kept):
            digest.update(chunk)
    return digest.hexdigest()
