"""Evidence files before they are kept: read as bytes, judged by content, measured against a channel's limits."""

from __future__ import annotations

import fnmatch
import hashlib
import os
import stat
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BufferedReader
from pathlib import Path
from typing import Final, Protocol

from automation.model import EvidenceKind, Finding
from automation.pack import Limits
from automation.packet import media
from automation.packet.findings import Language, finding

NAME_BYTES_MAX: Final = 200  # below every file system's 255, with room for a number that a site may add
_BIDI: Final = frozenset("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_WINDOWS_CHARACTERS: Final = frozenset('<>:"|?*')
_WINDOWS_DEVICES: Final = frozenset(
    {"CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"}
    | {f"{port}{number}" for port in ("COM", "LPT") for number in "123456789¹²³"}
)
_CAUSES: Final = {
    "empty": ("为空", "it is empty"),
    "dots": ("只有点", "it is dots only"),
    "long": ("过长", "it is too long"),
    "separator": ("含有路径分隔符", "it holds a path separator"),
    "control": ("含有控制字符", "it holds control characters"),
    "bidi": ("含有改变文字方向的字符，可能伪装扩展名", "it holds characters that turn the writing around"),
    "windows": ("含有 Windows 不允许的字符", "it holds characters that Windows does not allow"),
    "edge": ("以空格或点结尾", "it ends in a space or a dot"),
    "device": ("是 Windows 的设备名", "it is the name of a Windows device"),
}


@dataclass(frozen=True, slots=True)
class Piece:
    """A file that is offered as evidence. `name` is what the platform will see; "" takes the file's own."""

    path: Path
    kind: EvidenceKind = EvidenceKind.OTHER
    caption: str = ""
    shows_at: datetime | None = None
    name: str = ""

    @property
    def sent_as(self) -> str:
        """The name under which it is sent."""
        return self.name or self.path.name


@dataclass(frozen=True, slots=True)
class Inspected:
    """What a file turned out to be. Type and digest are empty where a finding says why."""

    piece: Piece
    size: int = 0
    sha256: str = ""
    media_type: str = ""
    findings: tuple[Finding, ...] = ()

    @property
    def name(self) -> str:
        """The name under which it is sent."""
        return self.piece.sent_as


@dataclass(frozen=True, slots=True)
class Preflight:
    """All offered files, and every finding: about single files first, then about all of them together."""

    files: tuple[Inspected, ...]
    findings: tuple[Finding, ...]

    @property
    def blocks(self) -> bool:
        """Whether any finding blocks."""
        return any(one.blocks for one in self.findings)


class Sized(Protocol):
    """What the limits are compared with; kept evidence and inspected files both are it."""

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def size(self) -> int: ...  # noqa: D102
    @property
    def sha256(self) -> str: ...  # noqa: D102
    @property
    def media_type(self) -> str: ...  # noqa: D102


def preflight(
    pieces: Sequence[Piece], limits: Limits, *, root: Path | None = None, language: Language = "zh"
) -> Preflight:
    """Inspect every file and measure all of them against the channel's limits. Never raises for what a file is.

    With `root`, files outside of that folder are refused, also where a link leads out of it.
    """
    files = tuple(inspect(piece, limits, root=root, language=language) for piece in pieces)
    single = [remark for file in files for remark in file.findings]
    said = {(remark.code, remark.message) for remark in single}
    whole = set_findings([file for file in files if file.sha256], limits, language=language, count=len(files))
    return Preflight(files, (*single, *(remark for remark in whole if (remark.code, remark.message) not in said)))


def inspect(piece: Piece, limits: Limits, *, root: Path | None = None, language: Language = "zh") -> Inspected:
    """Read one file wholly, once: its digest, its type, and what is wrong with it."""
    name = piece.sent_as
    if cause := name_fault(name):
        shown = ascii(name) if cause in ("control", "bidi") else repr(name[:40])
        words = _CAUSES[cause][0 if language == "zh" else 1]
        return Inspected(piece, findings=(finding("file_name_bad", language, name=shown, cause=words),))
    try:
        if root is not None and not _inside(piece.path, root):
            return Inspected(piece, findings=(finding("file_outside", language, name=name),))
        if not stat.S_ISREG(piece.path.stat().st_mode):  # before opening: a pipe would never answer
            return Inspected(piece, findings=(finding("file_not_regular", language, name=name),))
        with piece.path.open("rb") as stream:
            return _read(piece, stream, limits, language)
    except FileNotFoundError:
        return Inspected(piece, findings=(finding("file_missing", language, name=name, path=piece.path),))
    except (OSError, ValueError, RuntimeError) as error:  # RuntimeError: a loop of links before Python 3.13
        cause = getattr(error, "strerror", None) or str(error)
        return Inspected(piece, findings=(finding("file_unreadable", language, name=name, cause=cause),))


def _read(piece: Piece, stream: BufferedReader, limits: Limits, language: Language) -> Inspected:
    name, size = piece.sent_as, os.fstat(stream.fileno()).st_size
    if size == 0:
        return Inspected(piece, findings=(finding("file_empty", language, name=name),))
    if size > limits.file_bytes_max:  # neither hashed nor decoded: it cannot be used, and may be a whole disk image
        return Inspected(piece, size=size, findings=tuple(_too_large(name, size, limits, language)))
    sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    found: list[Finding] = []
    try:
        seen = media.look(stream, size)
    except media.TooManyPixels as error:
        width, height = error.size
        most = media.PIXELS_MAX // 1_000_000
        found.append(finding("picture_too_many_pixels", language, name=name, width=width, height=height, most=most))
        return Inspected(piece, size, sha256, "", tuple(found))
    except media.Carries as error:
        found.append(finding("file_carries", language, name=name, what=error))
        return Inspected(piece, size, sha256, "", tuple(found))
    except media.Damaged as error:
        found.append(finding("file_corrupt", language, name=name, cause=error))
        return Inspected(piece, size, sha256, "", tuple(found))
    found += _type(name, seen.media_type, limits, language)
    if seen.animated:
        found.append(finding("picture_animated", language, name=name))
    return Inspected(piece, size, sha256, seen.media_type, tuple(found))


def set_findings(
    files: Sequence[Sized], limits: Limits, *, language: Language = "zh", count: int | None = None
) -> tuple[Finding, ...]:
    """What the limits say about kept or inspected files: each one's size and type, their number, total and duplicates.

    `count` is the number of files offered, where some of them could not be read.
    """
    found: list[Finding] = []
    by_hash: dict[str, str] = {}
    by_name: set[str] = set()
    for file in files:
        found += _too_large(file.name, file.size, limits, language)
        if file.media_type:
            found += _type(file.name, file.media_type, limits, language)
        folded = unicodedata.normalize("NFC", file.name).casefold()
        if file.sha256 in by_hash:
            found.append(finding("duplicate_file", language, name=file.name, other=by_hash[file.sha256]))
        elif folded in by_name:
            found.append(finding("duplicate_name", language, name=file.name))
        by_hash.setdefault(file.sha256, file.name)
        by_name.add(folded)
    number = len(files) if count is None else count
    if number < limits.files_min:
        found.append(finding("too_few_files", language, count=number, least=limits.files_min))
    if number > limits.files_max:
        found.append(finding("too_many_files", language, count=number, most=limits.files_max))
    total = sum(file.size for file in files)
    if limits.total_bytes_max is not None and total > limits.total_bytes_max:
        found.append(finding("total_too_large", language, size=_size(total), most=_size(limits.total_bytes_max)))
    return tuple(found)


def name_fault(name: str) -> str:
    """Why a file cannot be sent under this name (a key of the causes), or "" if it can: on any system, to any site."""
    faults = {
        "empty": not name.strip(),
        "dots": not name.strip("."),
        "long": len(name.encode("utf-8", "surrogatepass")) > NAME_BYTES_MAX,
        "separator": "/" in name or "\\" in name,
        "bidi": not _BIDI.isdisjoint(name),
        "control": any(unicodedata.category(ch) in ("Cc", "Cs", "Zl", "Zp") for ch in name),
        "windows": not _WINDOWS_CHARACTERS.isdisjoint(name),
        "edge": name.endswith((" ", ".")) or name.startswith(" "),
        "device": name.split(".", maxsplit=1)[0].strip().upper() in _WINDOWS_DEVICES,
    }
    return next((cause for cause, wrong in faults.items() if wrong), "")


def _inside(path: Path, root: Path) -> bool:
    return path.resolve().is_relative_to(root.resolve())


def _type(name: str, media_type: str, limits: Limits, language: Language) -> Iterator[Finding]:
    media_type, allowed = media.canonical(media_type), ", ".join(limits.media_types)
    if not media_type:
        yield finding("file_type_unknown", language, name=name, allowed=allowed)
    elif media_type in media.ACTIVE:
        yield finding("file_active", language, name=name, media_type=media_type)
    elif not any(fnmatch.fnmatchcase(media_type, media.canonical(kind)) for kind in limits.media_types):
        yield finding("file_type_refused", language, name=name, media_type=media_type, allowed=allowed)
    if media_type and not media.ending_fits(name, media_type):
        endings = " / ".join(media.ENDINGS[media_type][:2])
        yield finding("extension_wrong", language, name=name, media_type=media_type, endings=endings)


def _too_large(name: str, size: int, limits: Limits, language: Language) -> Iterator[Finding]:
    if size > limits.file_bytes_max:
        yield finding("file_too_large", language, name=name, size=_size(size), most=_size(limits.file_bytes_max))


def _size(count: int) -> str:
    """Bytes for people: exact below one KiB, so that a limit and a size just above it never read the same."""
    for unit, bytes_ in (("MiB", 1 << 20), ("KiB", 1 << 10)):
        if count >= bytes_:
            return f"{count / bytes_:.2f} {unit} ({count:,} B)"
    return f"{count} B"
