"""Good files of every kind, and the ways to spoil them: as chance, carelessness and malice do."""

from __future__ import annotations

import csv
import io
import json
import random
import struct
import zipfile
import zlib
from collections.abc import Callable
from typing import Final

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet
from PIL import Image

KINDS: Final = ("csv", "xlsx", "json", "yaml", "png", "jpg", "gif", "webp", "bmp", "mp4", "wav", "pdf")
_PNG_HEAD: Final = 8  # bytes of its signature
_ROWS: Final = [
    {
        "store": "s1",
        "order_no": f"691234567890123456{number}",
        "review_id": f"R{number}",
        "review_text": "不给50元就一直挂着",
        "posted_at": "2025-03-06 10:00",
        "stars": "1",
        "buyer": "u***8",
        "product": "纯棉T恤",
        "reason": "extortion",
        "description": "该买家3月5日签收后给出差评，并要求补偿。",
        "evidence": "chat:chat.png|买家索要50元|2025-03-06 11:00",
    }
    for number in range(3)
]
_TOKENS: Final = (
    b'"', b"'", b"\0", b"\r", b"\n", b"\t", b"\xff", b"\xef\xbb\xbf", b"\xff\xfe", b",", b";", b"|", b":", b"-",
    b"=1+1",
    b"@SUM(A1)", b"=cmd|' /C calc'!A0", b"{", b"}", b"[", b"]", b"&a ", b"*a", b"!!python/object:os.system ", b"<<: ",
    b"? ", b"---\n", b"%YAML 9\n", b"NaN", b"Infinity", b"1e999", b"-0", b"9" * 400, b"9" * 5000, b"[" * 3000, b"null",
    b"true", b"\xe2\x80\xae", b"\\u0000", b"\\ud800", b"../" * 9, b"/dev/zero", b"C:\\CON", b"a" * 70_000,
    b"<!DOCTYPE x>",
    b"<!ENTITY a 'b'>", b"&a;", b"<script>", b"<svg onload=x>", b"PK\x03\x04", b"PK\x05\x06", b"GIF89a", b"%PDF-",
    b"\xff\xd8\xff", b"\xff\xda", b"((a+)+)+$", b"(?P<a", b"\xf0\x9f\x98\x80", b"\0\0\0\x08free", b"\xff\xff\xff\xff",
)  # fmt: skip


def spoilt(kind: str, good: bytes, chance: random.Random) -> bytes:
    """A good file of this kind, spoilt in one way or several; now and then it is left as it is."""
    for _ in range(chance.choice((0, 1, 1, 1, 2, 3, 8))):
        if kind == "xlsx" and chance.random() < 0.8:
            good = _part(good, chance)
        elif kind == "png" and chance.random() < 0.6:
            good = _piece(good, chance)
        elif kind in ("csv", "json", "yaml") and chance.random() < 0.5:
            good = chance.choice(_LINES)(good, chance)
        else:
            good = chance.choice(_BYTES)(good, chance)
    return good


def _place(content: bytes, chance: random.Random) -> tuple[int, int]:
    begin = chance.randint(0, len(content))
    return begin, min(len(content), begin + chance.choice((1, 1, 2, 4, 16, 200)))


def _flip(content: bytes, chance: random.Random) -> bytes:
    begin, end = _place(content, chance)
    return content[:begin] + chance.randbytes(end - begin) + content[end:]


def _cut(content: bytes, chance: random.Random) -> bytes:
    begin, end = _place(content, chance)
    return content[:begin] + content[end:]


def _end(content: bytes, chance: random.Random) -> bytes:
    return content[: chance.randint(0, len(content))]


def _put(content: bytes, chance: random.Random) -> bytes:
    begin, end = _place(content, chance)
    return content[:begin] + chance.choice(_TOKENS) + content[chance.choice((begin, end)) :]


def _again(content: bytes, chance: random.Random) -> bytes:
    begin, end = _place(content, chance)
    return content[:end] + content[begin:end] * chance.choice((1, 3, 300)) + content[end:]


def _mixed(content: bytes, chance: random.Random) -> bytes:
    other = chance.choice(GOOD[chance.choice([kind for kind in KINDS if kind != "yaml"])])
    return chance.choice((content + other, other + content, content[: len(content) // 2] + other))


def _shifted(content: bytes, chance: random.Random) -> bytes:
    """One line a column further in or out."""
    lines = content.split(b"\n")
    at = chance.randrange(len(lines))
    lines[at] = chance.choice((b" " + lines[at], b"\t" + lines[at], lines[at][1:]))
    return b"\n".join(lines)


def _moved(content: bytes, chance: random.Random) -> bytes:
    """One line in the place of another, or twice, or nowhere."""
    lines = content.split(b"\n")
    line = lines.pop(chance.randrange(len(lines)))
    for _ in range(chance.choice((0, 1, 2))):
        lines.insert(chance.randint(0, len(lines)), line)
    return b"\n".join(lines)


def _recoded(content: bytes, chance: random.Random) -> bytes:
    text = content.decode("utf-8", "replace")
    return text.encode(chance.choice(("gb18030", "utf-16", "utf-16-be", "utf-8-sig", "utf-32")), "replace")


def _ended(content: bytes, chance: random.Random) -> bytes:
    """Lines that end otherwise, all of them or some."""
    return content.replace(b"\n", chance.choice((b"\r", b"\r\n", b"\n\n", b"\x0b")), chance.choice((-1, 1, 3)))


def _part(book: bytes, chance: random.Random) -> bytes:
    """A workbook with one of its parts spoilt, left out or put in twice; as a ZIP it stays whole."""
    try:
        with zipfile.ZipFile(io.BytesIO(book)) as packed:
            parts = {name: packed.read(name) for name in packed.namelist()}
    except Exception:  # noqa: BLE001 - spoilt before
        return book
    if not parts:
        return book
    name = chance.choice(sorted(parts))
    if chance.random() < 0.1:
        del parts[name]
    else:
        parts[name] = chance.choice(_BYTES)(parts[name], chance)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for each, content in parts.items():
            packed.writestr(each, content)
    return out.getvalue()


def _piece(png: bytes, chance: random.Random) -> bytes:
    """A PNG with one of its chunks spoilt, whose checksum is right all the same."""
    chunks, at = [], _PNG_HEAD
    while at + 12 <= len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        chunks.append((png[at + 4 : at + 8], png[at + 8 : at + 8 + length]))
        at += 12 + length
    if not chunks:
        return png
    place = chance.randrange(len(chunks))
    kind, content = chunks[place]
    kind = chance.choice((kind, kind, kind, b"zTXt", b"iCCP", b"acTL", b"fdAT", b"eXIf"))
    chunks[place] = (kind, chance.choice(_BYTES)(content, chance))
    return png[:_PNG_HEAD] + b"".join(
        struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        for kind, content in chunks
    )


_Way = Callable[[bytes, random.Random], bytes]
_BYTES: Final[tuple[_Way, ...]] = (_flip, _cut, _end, _put, _put, _again, _mixed)
_LINES: Final[tuple[_Way, ...]] = (_shifted, _moved, _recoded, _ended)


def _csv() -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(_ROWS[0]))
    writer.writeheader()
    writer.writerows(_ROWS)
    return out.getvalue().encode()


def _xlsx() -> bytes:
    book = openpyxl.Workbook()
    page = book.active
    assert isinstance(page, Worksheet)
    for row in (list(_ROWS[0]), *(list(row.values()) for row in _ROWS)):
        page.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _picture(kind: str, *, frames: int = 1, **how: object) -> bytes:
    out = io.BytesIO()
    pictures = [
        Image.effect_mandelbrot((60, 40), (-2, -1.5, 1, 1.5), 20 + each).convert("RGB") for each in range(frames)
    ]
    more = {"save_all": True, "append_images": pictures[1:]} if frames > 1 else {}
    pictures[0].save(out, kind, **more, **how)
    return out.getvalue()


def _box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(content), kind) + content


_WAV: Final = b"WAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 1, 8000, 8000, 1, 8) + b"data" + struct.pack("<I", 900)

GOOD: Final[dict[str, list[bytes]]] = {
    "csv": [_csv()],
    "xlsx": [_xlsx()],
    "json": [json.dumps(_ROWS, ensure_ascii=False, indent=1).encode()],
    "png": [_picture("PNG"), _picture("PNG", frames=3)],
    "jpg": [_picture("JPEG"), _picture("JPEG", progressive=True)],
    "gif": [_picture("GIF"), _picture("GIF", frames=3)],
    "webp": [_picture("WEBP"), _picture("WEBP", frames=3)],
    "bmp": [_picture("BMP")],
    "mp4": [_box(b"ftyp", b"isom\0\0\2\0isomiso2") + _box(b"mdat", b"x" * 500) + _box(b"moov", b"y" * 100)],
    "wav": [b"RIFF" + struct.pack("<I", len(_WAV) + 900) + _WAV + b"\x80" * 900],
    "pdf": [b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"],
}
"""Each kind's good files; packs are taken as they are shipped."""
