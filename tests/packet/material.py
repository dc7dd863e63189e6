"""Packets, channels and files that the tests start from."""

from __future__ import annotations

import io
import struct
import zlib
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from PIL import Image

from automation.model import Evidence, EvidenceKind, Packet, Review, Store
from automation.pack import Channel

NOW = datetime(2025, 3, 10, 4, 0, tzinfo=UTC)
POSTED = datetime(2025, 3, 6, 2, 0, tzinfo=UTC)
GOOD = (
    "该买家于3月3日下单，3月5日签收后立即给出差评，并在聊天中明确表示“不给50元补偿就不删差评”（见截图）。"
    "此行为属于利用评价要挟，申请判定评价无效。"
)
STORE = Store("s1", "shop", "星河旗舰店", "a1")


def channel(**changes: Any) -> Channel:
    limits = {
        "source": "assumed",
        "description_max": 200,
        "files_max": 6,
        "file_bytes_max": 5 << 20,
        "media_types": ["image/png", "image/jpeg", "video/mp4", "audio/mpeg", "audio/wav", "application/pdf"],
    } | changes.pop("limits", {})
    return Channel.model_validate(
        {
            "source": "assumed",
            "title": "评价申诉",
            "reasons": {
                "extortion": {
                    "source": "assumed",
                    "title": "利用评价要挟",
                    "labels": ["利用评价要挟/勒索", "利用中差评骗赔"],
                    "needs": ["chat", "recording"],
                },
                "meaningless": {"source": "assumed", "title": "无实际含义", "labels": ["无实际含义的评价"]},
            },
            "limits": limits,
            "window": {"source": "assumed", "days": 30},
            "submit": {"source": "assumed", "press": "form.submit"},
            "outcomes": [{"source": "assumed", "says": ["申诉成功"], "means": "upheld"}],
            "cadence": {"source": "assumed", "first_after_hours": 24, "every_hours": 12, "working_days": [1, 3]},
        }
        | changes
    )


def review(**changes: Any) -> Review:
    one = Review("R1", "6912345678901234567", "不给50元就一直挂着", POSTED, stars=1, buyer="u***8")
    return replace(one, **changes)


def evidence(name: str = "chat.png", **changes: Any) -> Evidence:
    digest = name.encode().hex().ljust(64, "0")[:64]
    return replace(Evidence(digest, name, 1000, "image/png", EvidenceKind.CHAT, Path("kept") / name), **changes)


def packet(**changes: Any) -> Packet:
    one = Packet("shop", "review_appeal", "s1", review(), 1, "extortion", GOOD, (evidence(),))
    return replace(one, **changes)


def png(color: str = "red", size: tuple[int, int] = (40, 30)) -> bytes:
    return picture("PNG", color, size)


def picture(kind: str, color: str = "red", size: tuple[int, int] = (40, 30), **how: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, color).save(out, kind, **how)
    return out.getvalue()


def png_that_claims(width: int, height: int) -> bytes:
    """A PNG of a few bytes that would take gigabytes to decode."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )


def box(kind: bytes, content: bytes = b"") -> bytes:
    return struct.pack(">I4s", 8 + len(content), kind) + content


def mp4(brand: bytes = b"isom") -> bytes:
    return box(b"ftyp", brand + b"\0\0\2\0" + b"isomiso2") + box(b"mdat", b"x" * 500) + box(b"moov", b"y" * 100)


def wav(sound: int = 1000) -> bytes:
    return (
        b"RIFF"
        + struct.pack("<I", 36 + sound)
        + b"WAVEfmt "
        + struct.pack("<IHHIIHH", 16, 1, 1, 8000, 8000, 1, 8)
        + (b"data" + struct.pack("<I", sound) + b"\x80" * sound)
    )


PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
MP3 = b"ID3\x04\x00\x00\x00\x00\x00\x0a" + b"\0" * 10 + b"\xff\xfb\x90\x00" + b"\0" * 413
