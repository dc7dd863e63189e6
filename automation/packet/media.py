"""What a file is, from its bytes: the name and its ending are only compared with that.

Pictures are decoded wholly, with the decoders of the types that back-offices take and no others; recordings and
documents are checked to hold what their container announces, so that a download cut short is found before the upload.
"""

from __future__ import annotations

import os
import re
import struct
import warnings
import zipfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

import filetype
from PIL import Image

HEAD: Final = 8192  # bytes that decide about the type
PIXELS_MAX: Final = 50_000_000  # a long screenshot of 1080 × 46000 still fits; decoded it takes 200 MB at most
_TAIL: Final = 2048

# Type -> the endings it may have; the first is the usual one.
ENDINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "image/jpeg": (".jpg", ".jpeg", ".jpe", ".jfif"),
    "image/png": (".png",),
    "image/gif": (".gif",),
    "image/webp": (".webp",),
    "image/bmp": (".bmp",),
    "image/heic": (".heic", ".heif"),
    "video/mp4": (".mp4", ".m4v"),
    "video/quicktime": (".mov", ".qt"),
    "video/webm": (".webm",),
    "video/x-matroska": (".mkv",),
    "video/x-msvideo": (".avi",),
    "audio/mpeg": (".mp3",),
    "audio/mp4": (".m4a", ".mp4"),
    "audio/wav": (".wav",),
    "audio/aac": (".aac",),
    "audio/amr": (".amr",),
    "application/pdf": (".pdf",),
}
_SYNONYMS: Final = {
    "image/jpg": "image/jpeg",
    "image/apng": "image/png",
    "image/x-ms-bmp": "image/bmp",
    "audio/x-wav": "audio/wav",
    "audio/wave": "audio/wav",
    "audio/vnd.wave": "audio/wav",
    "audio/mp3": "audio/mpeg",
    "audio/x-m4a": "audio/mp4",
    "audio/m4a": "audio/mp4",
    "video/x-m4v": "video/mp4",
    "application/x-pdf": "application/pdf",
}
_PILLOW: Final = {
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/gif": "GIF",
    "image/webp": "WEBP",
    "image/bmp": "BMP",
}
_MARKUP: Final = re.compile(rb"<(\?xml|!doctype|html|head|body|svg|script|iframe|!--|[a-z]+:svg)", re.IGNORECASE)
_HIDDEN_PAGE: Final = re.compile(rb"<(script|iframe|html|body|!doctype html|\?php)[\s>/]", re.IGNORECASE)
_ARCHIVES: Final = (b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c")
_MARK_MAX: Final = 16  # bytes of the longest of these marks
_ZIP_END: Final = b"PK\x05\x06"
_ZIP_TAIL: Final = 65_557  # bytes at the end among which a ZIP's directory stands
_CHUNK: Final = 1 << 20
_JPEG_MARKER: Final = re.compile(rb"\xff+([\x01-\xcf\xd8-\xfe])")
_SCANS_MAX: Final = 50  # of a JPEG; cameras and phones write up to 20, and each costs as much as the whole picture
_BOXES_MAX: Final = 100_000  # of a recording; one of two hours in fragments has 10,000
ACTIVE: Final = frozenset({"image/svg+xml", "text/html"})


class Carries(Exception):
    """A file is two at once: besides what it is called it holds something that can be run or unpacked; says what."""


class Damaged(Exception):
    """The bytes are not what their type promises; says how."""


class TooManyPixels(Exception):
    """A picture is too large to be decoded; `size` is width, height."""

    def __init__(self, size: tuple[int, int]) -> None:
        super().__init__(f"{size[0]}×{size[1]}")
        self.size = size


@dataclass(frozen=True, slots=True)
class Look:
    """What the bytes show."""

    media_type: str  # "" if unknown
    animated: bool = False


def canonical(media_type: str) -> str:
    """One name for types that go by several."""
    media_type = media_type.strip().lower()
    return _SYNONYMS.get(media_type, media_type)


def sniff(head: bytes) -> str:
    """The media type of a file that begins with these bytes, or "" if it is none that is known."""
    if marked := _markup(head):
        return marked
    if head[4:8] == b"ftyp":
        return _ftyp(head)
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        return "audio/wav"
    guess = filetype.guess(head)
    return canonical(guess.mime) if guess is not None else ""


def look(stream: BinaryIO, size: int) -> Look:
    """Type of an open file of `size` bytes, after checking that its content is whole.

    Raises:
        Carries: a web page, a script or an archive is hidden in it.
        Damaged: truncated, or not decodable.
        TooManyPixels: a picture of more than `PIXELS_MAX`.

    """
    stream.seek(0)
    media_type = sniff(head := stream.read(HEAD))
    stream.seek(0)
    if media_type in _PILLOW:
        _search_hidden(stream)
        _check_zip(stream, size)
        if media_type == "image/jpeg":
            _check_scans(stream)
        stream.seek(0)
        return Look(media_type, animated=_decode(stream, _PILLOW[media_type]))
    if media_type and media_type not in ACTIVE:
        if hidden := _HIDDEN_PAGE.search(head):
            raise Carries(_shown(hidden))
        _check_zip(stream, size)
        stream.seek(0)
    if check := _CHECKS.get(media_type):
        try:
            check(stream, size)
        except struct.error as error:
            raise Damaged("container ends too early") from error
    return Look(media_type)


def _markup(head: bytes) -> str:
    """HTML and SVG, also behind a byte order mark, comments or an XML declaration, in UTF-8 or UTF-16."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head.decode("utf-16", "replace").encode("utf-8")
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n\x0c")
    if not _MARKUP.match(text):
        return ""
    return "image/svg+xml" if re.search(rb"<([a-z]+:)?svg[\s>]", text, re.IGNORECASE) else "text/html"


def _ftyp(head: bytes) -> str:
    """ISO base media: the major brand tells what it is (ISO/IEC 14496-12)."""
    brand = head[8:12]
    if brand == b"qt  ":
        return "video/quicktime"
    if brand in (b"M4A ", b"M4B "):
        return "audio/mp4"
    if brand in (b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1"):
        return "image/heic"
    if brand in (b"avif", b"avis"):
        return "image/avif"
    if brand[:3] == b"3gp":
        return "video/3gpp"
    return "video/mp4"


def _decode(stream: BinaryIO, kind: str) -> bool:
    """Decode every pixel of the first frame; returns whether there are more frames."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            warnings.filterwarnings("ignore", category=UserWarning, module="PIL")
            with Image.open(stream, formats=[kind]) as picture:
                _check_pixels(picture)
                animated = bool(getattr(picture, "is_animated", False))
                picture.verify()
            stream.seek(0)
            with Image.open(stream, formats=[kind]) as picture:  # `verify` leaves the picture unusable
                picture.load()
    except TooManyPixels:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise TooManyPixels(_declared(str(error))) from error
    except Exception as error:  # decoders raise anything on damaged bytes: OSError, SyntaxError, struct.error ...
        raise Damaged(str(error) or type(error).__name__) from error
    return animated


def _check_pixels(picture: Image.Image) -> None:
    if picture.width * picture.height > PIXELS_MAX:
        raise TooManyPixels(picture.size)


def _declared(message: str) -> tuple[int, int]:
    """Pillow refuses the largest pictures before it tells their size: its message has the number of pixels."""
    found = re.search(r"\((\d+) pixels\)", message)
    return (int(found.group(1)) if found else 0, 1)


def _search_hidden(stream: BinaryIO) -> None:
    """Pictures with a page, a script or an archive within or behind them; pictures alone have none of these marks.

    A recording behind a picture, as phones put it there, is let be.
    """
    stream.seek(0)
    before = b""
    while chunk := stream.read(_CHUNK):
        seen = before + chunk
        if found := _HIDDEN_PAGE.search(seen):
            raise Carries(_shown(found))
        if any(mark in seen for mark in _ARCHIVES):
            raise Carries("RAR / 7z")
        before = seen[-_MARK_MAX:]


def _shown(found: re.Match[bytes]) -> str:
    return found.group()[:-1].decode("ascii", "replace")


def _check_zip(stream: BinaryIO, size: int) -> None:
    """A ZIP is read from its end, so that it can stand behind anything."""
    stream.seek(max(0, size - _ZIP_TAIL))
    if _ZIP_END in stream.read(_ZIP_TAIL):
        stream.seek(0)
        with suppress(zipfile.BadZipFile, OSError, ValueError, EOFError, NotImplementedError):  # the mark may be chance
            if zipfile.ZipFile(stream).infolist():
                raise Carries("ZIP")


def _check_scans(stream: BinaryIO) -> None:
    """A JPEG of kilobytes can order thousands of passes over the whole picture."""
    stream.seek(0)
    content, at, scans = stream.read(), 2, 0
    while (marker := _JPEG_MARKER.search(content, at)) and marker[1] != b"\xd9":
        at = marker.end()
        if marker[1] == b"\xda":
            scans += 1
            if scans > _SCANS_MAX:
                raise Damaged(f"more than {_SCANS_MAX} scans")
        elif marker[1] != b"\xd8":
            at += int.from_bytes(content[at : at + 2])


def _check_boxes(stream: BinaryIO, size: int) -> None:
    """ISO base media: the top-level boxes fill the file exactly, and the index (`moov`) is among them."""
    at, kinds, count = 0, set(), 0
    while at < size:
        count += 1
        if count > _BOXES_MAX:
            raise Damaged(f"more than {_BOXES_MAX} boxes")
        stream.seek(at)
        length, kind = struct.unpack(">I4s", stream.read(8))
        header = 8
        if length == 1:  # a 64-bit length follows
            (length,) = struct.unpack(">Q", stream.read(8))
            header = 16
        elif length == 0:  # to the end of the file
            length = size - at
        if length < header:
            raise Damaged(f"box of {length} bytes at {at}")
        if at + length > size:
            raise Damaged(f"{at + length - size} bytes missing at the end")
        kinds.add(kind)
        at += length
    if b"moov" not in kinds:
        raise Damaged("no index (moov): the recording was not finished")


def _check_riff(stream: BinaryIO, size: int) -> None:
    stream.seek(4)
    (length,) = struct.unpack("<I", stream.read(4))
    if length + 8 > size:
        raise Damaged(f"{length + 8 - size} bytes missing at the end")


def _check_pdf(stream: BinaryIO, size: int) -> None:
    stream.seek(max(0, size - _TAIL), os.SEEK_SET)
    if b"%%EOF" not in stream.read(_TAIL):
        raise Damaged("no end mark (%%EOF)")


def _check_mp3(stream: BinaryIO, size: int) -> None:
    """An ID3 tag must leave room for sound behind it."""
    head = stream.read(10)
    if head[:3] != b"ID3":
        return
    if len(head) < 10:  # noqa: PLR2004 - an ID3 header
        raise Damaged("tag ends too early")
    length = (head[6] << 21) | (head[7] << 14) | (head[8] << 7) | head[9]
    if length + 10 >= size:
        raise Damaged("holds a tag but no sound")


_CHECKS: Final[Mapping[str, Callable[[BinaryIO, int], None]]] = {
    "video/mp4": _check_boxes,
    "video/quicktime": _check_boxes,
    "audio/mp4": _check_boxes,
    "audio/wav": _check_riff,
    "video/x-msvideo": _check_riff,
    "audio/mpeg": _check_mp3,
    "application/pdf": _check_pdf,
}


def ending_fits(path: Path | str, media_type: str) -> bool:
    """Whether a file name's ending is one of this type's; true for types whose endings are not known."""
    return media_type not in ENDINGS or Path(path).suffix.lower() in ENDINGS[media_type]
