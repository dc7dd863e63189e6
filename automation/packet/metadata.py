"""What cameras, phones and programs note in a picture beside what it shows, taken out without touching a pixel.

Place, device, owner, comments, earlier versions and small previews go; colours, transparency and animation stay, and so
does the way a JPEG is to be turned. The same bytes always give the same bytes. The markers and chunks are those of
ITU-T T.81 with JFIF and EXIF, of PNG (third edition), and of the WebP container specification.
"""

from __future__ import annotations

import re
import struct
from typing import Final

from PIL import Image

ORIENTATION: Final = 0x0112  # the EXIF tag

_PNG: Final = b"\x89PNG\r\n\x1a\n"
_PNG_KEPT: Final = frozenset(
    b"IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP sBIT bKGD pHYs cICP mDCV cLLI acTL fcTL fdAT".split()
)
_WEBP_KEPT: Final = frozenset((b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF", b"ICCP"))
_WEBP_NOTES: Final = 0x08 | 0x04  # the flags that say: EXIF follows, XMP follows
_MARKER: Final = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")  # the next one behind the pixels of a scan
_APP0, _APP1, _APP2, _APP14, _APP15 = 0xE0, 0xE1, 0xE2, 0xEE, 0xEF
_COMMENT, _END, _SCAN = 0xFE, 0xD9, 0xDA
_ALONE: Final = frozenset((0x01, *range(0xD0, 0xD8)))  # markers without a length


class Strange(Exception):
    """A picture is not built as its kind is: what it holds cannot be told apart."""


def without_metadata(data: bytes) -> bytes:
    """A JPEG, PNG or WebP file without notes; the same bytes where there are none, and for any other kind of file.

    Raises `Strange`.
    """
    if data.startswith(b"\xff\xd8\xff"):
        return _jpeg(data)
    if data.startswith(_PNG):
        return _png(data)
    return _webp(data) if data[:4] == b"RIFF" and data[8:12] == b"WEBP" else data


def _jpeg(data: bytes) -> bytes:
    """Whatever lies behind the end of the picture goes too: phones put films and further pictures there."""
    kept: list[bytes] = []
    at, turned = 2, False
    while True:
        if data[at : at + 1] != b"\xff":
            raise Strange(f"no marker at {at}")
        while data[at + 1 : at + 2] == b"\xff":  # filling
            at += 1
        kind = int.from_bytes(data[at + 1 : at + 2])
        if kind == _END:
            return b"".join((b"\xff\xd8", *kept, b"\xff\xd9"))
        end = at + 2 if kind in _ALONE else at + 2 + int.from_bytes(data[at + 2 : at + 4])
        if end > len(data) or (end < at + 4 and kind not in _ALONE):
            raise Strange(f"segment {kind:02x} ends nowhere")
        if kind == _SCAN:
            behind = _MARKER.search(data, end)
            if behind is None:
                raise Strange("no end of the picture")
            end = behind.start()
        segment = _segment(kind, data[at:end])
        if kind == _APP1 and segment:
            segment, turned = (b"", True) if turned else (segment, True)
        kept.append(segment)
        at = end


def _segment(kind: int, segment: bytes) -> bytes:
    """What is kept of a segment: nothing of notes, all of what the pixels need."""
    if not (_APP0 <= kind <= _APP15 or kind == _COMMENT):
        return segment
    content = segment[4:]
    if kind == _APP0 and content.startswith(b"JFIF\0"):
        return b"\xff\xe0\0\x10" + content[:12] + b"\0\0" if len(content) >= 14 else b""  # noqa: PLR2004 - no preview
    if kind == _APP1 and content.startswith(b"Exif\0\0"):
        return _turned(content)
    if (kind == _APP2 and content.startswith(b"ICC_PROFILE\0")) or (kind == _APP14 and content.startswith(b"Adobe")):
        return segment
    return b""


def _turned(exif: bytes) -> bytes:
    """An EXIF segment that says how the picture is turned, and nothing else; none for one that stands upright."""
    notes = Image.Exif()
    try:
        notes.load(exif)
        way = notes.get(ORIENTATION, 1)
    except Exception:  # noqa: BLE001 - parsers of notes raise anything on damaged bytes; then nobody turns the picture
        return b""
    if way not in range(2, 9):
        return b""
    tag = struct.pack(">HHHIHH", 1, ORIENTATION, 3, 1, way, 0)
    content = b"Exif\0\0MM\0*\0\0\0\x08" + tag + b"\0\0\0\0"
    return b"\xff\xe1" + struct.pack(">H", len(content) + 2) + content


def _png(data: bytes) -> bytes:
    kept, at = [_PNG], len(_PNG)
    while True:
        kind, end = data[at + 4 : at + 8], at + 12 + int.from_bytes(data[at : at + 4])
        if end > len(data) or end < at + 12:
            raise Strange(f"chunk {kind!r} ends nowhere")
        if kind in _PNG_KEPT:
            kept.append(data[at:end])
        if kind == b"IEND":
            return b"".join(kept)
        at = end


def _webp(data: bytes) -> bytes:
    kept: list[bytes] = []
    at, end = 12, 8 + int.from_bytes(data[4:8], "little")
    if end > len(data):
        raise Strange("bytes are missing at the end")
    while at < end:
        kind, size = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        after = at + 8 + size + size % 2
        if after > end:
            raise Strange(f"chunk {kind!r} ends nowhere")
        if kind == b"VP8X" and size:
            kept.append(data[at : at + 8] + bytes([data[at + 8] & ~_WEBP_NOTES]) + data[at + 9 : after])
        elif kind in _WEBP_KEPT:
            kept.append(data[at:after])
        at = after
    content = b"".join(kept)
    return b"RIFF" + (len(content) + 4).to_bytes(4, "little") + b"WEBP" + content
