"""What must not outlive its process: traces before they are masked, copies of evidence under the names for an upload.

They lie in a private folder for each process, which is removed even after a crash: by the next process.
"""

from __future__ import annotations

import secrets
import shutil
from pathlib import Path

from filelock import FileLock, Timeout


class RawTraces:
    """One process's folder below `base`. A lock says that it is in use; folders without a living owner are removed."""

    def __init__(self, base: Path) -> None:
        self._base = base
        self.folder = base / secrets.token_hex(8)
        self._lock: FileLock | None = None

    def open(self) -> Path:
        """The folder, made at the first call, when those of dead processes go."""
        if self._lock is None:
            self._base.mkdir(parents=True, exist_ok=True, mode=0o700)
            self.sweep()
            self._lock = FileLock(self.folder.with_suffix(".lock"), mode=0o600)
            self._lock.acquire()
            self.folder.mkdir(mode=0o700)
        return self.folder

    def sweep(self) -> None:
        """Remove the folders of dead processes."""
        for old in [path for path in self._base.glob("*") if path.is_dir()]:
            self._remove(old)

    def close(self) -> None:
        """Remove the folder."""
        if self._lock is not None:
            self._lock.release()
            self._lock = None
            self._remove(self.folder)

    def _remove(self, folder: Path) -> None:
        lock = FileLock(folder.with_suffix(".lock"), timeout=0, mode=0o600)
        try:
            with lock:
                shutil.rmtree(folder, ignore_errors=True)
        except Timeout:
            return  # its process lives
        folder.with_suffix(".lock").unlink(missing_ok=True)
