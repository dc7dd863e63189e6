"""Evidence that is made to harm: two files in one, bombs, names, and recordings larger than the memory."""

from __future__ import annotations

import io
import os
import struct
import tracemalloc
import zipfile
import zlib
from pathlib import Path

import pytest
from PIL import Image

from automation.packet import Piece, inspect
from automation.packet.preflight import name_fault
from tests.packet.material import PDF, box, channel, mp4, picture, png

LIMITS = channel(limits={"media_types": ["*/*"], "file_bytes_max": 1 << 30}).limits


def codes(folder: Path, name: str, content: bytes) -> list[str]:
    (folder / name).write_bytes(content)
    return [found.code for found in inspect(Piece(folder / name), LIMITS).findings]


def archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("run.exe", b"MZ")
    return out.getvalue()


def with_chunk(kind: bytes, content: bytes) -> bytes:
    """A PNG with one more chunk behind its head."""
    chunk = struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
    return png()[:33] + chunk + png()[33:]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("page.gif", b"GIF89a/*<html><script>x()</script>*/" + picture("GIF")[6:]),
        ("after.gif", picture("GIF") + b"<SCRIPT >x()</script>"),
        ("archive.jpg", picture("JPEG") + archive()),
        ("archive.png", png() + archive() + b"behind it"),
        ("archive.mp4", mp4() + archive()),
        ("archive.pdf", PDF + archive() + b"%%EOF"),
        ("rar.jpg", picture("JPEG") + b"Rar!\x1a\x07\0"),
        ("server.jpg", picture("JPEG") + b"<?php system($_GET[0]); ?>"),
        ("page.pdf", b"%PDF-1.4\n<html><iframe>\n" + PDF[9:]),
        ("chunk.png", with_chunk(b"tEXt", b"Comment\0<script>x()</script>")),
        ("far.bmp", picture("BMP", size=(700, 600)) + b"<iframe src=x>"),
    ],
)
def test_a_file_that_is_two_at_once_blocks(tmp_path: Path, name: str, content: bytes) -> None:
    assert codes(tmp_path, name, content) == ["file_carries"]


def test_a_recording_behind_a_picture_and_chance_are_let_be(tmp_path: Path) -> None:
    """Phones put a recording behind a picture; bytes of compressed pictures look like anything."""
    chance = b"PK\x05\x06" + b"\xff\xda" * 500 + b"<svg"
    assert codes(tmp_path, "motion.jpg", picture("JPEG") + mp4() + chance) == []


@pytest.mark.parametrize("kind", [b"zTXt", b"iCCP"])
def test_text_that_unpacks_to_megabytes_blocks(tmp_path: Path, kind: bytes) -> None:
    bomb = with_chunk(kind, b"Comment\0\0" + zlib.compress(b"a" * 20_000_000))
    assert codes(tmp_path, "a.png", bomb) == ["file_corrupt"]


def test_a_jpeg_that_orders_passes_without_end_blocks_undecoded(tmp_path: Path) -> None:
    whole = picture("JPEG", size=(900, 900), progressive=True)
    last = whole[whole.rindex(b"\xff\xda") : -2]
    assert codes(tmp_path, "a.jpg", whole[:-2] + last * 200 + b"\xff\xd9") == ["file_corrupt"]
    assert codes(tmp_path, "b.jpg", whole) == []


def test_a_gif_of_thousands_of_frames_is_looked_at_once(tmp_path: Path) -> None:
    frames = [Image.new("L", (16, 16), shade % 256) for shade in range(2000)]
    frames[0].save(tmp_path / "a.gif", save_all=True, append_images=frames[1:])
    assert [one.code for one in inspect(Piece(tmp_path / "a.gif"), LIMITS).findings] == ["picture_animated"]


def test_a_recording_of_a_million_empty_boxes_blocks(tmp_path: Path) -> None:
    assert codes(tmp_path, "a.mp4", box(b"ftyp", b"isom\0\0\2\0") + box(b"free") * 200_000) == ["file_corrupt"]


def test_a_recording_larger_than_what_is_kept_in_memory_is_read_in_pieces(tmp_path: Path) -> None:
    size = 96 << 20
    with (tmp_path / "a.mp4").open("wb") as out:
        out.write(box(b"ftyp", b"isom\0\0\2\0") + struct.pack(">I4s", size, b"mdat"))
        out.seek(size - 8, os.SEEK_CUR)
        out.write(box(b"moov", b"y" * 100))
    tracemalloc.start()
    try:
        seen = inspect(Piece(tmp_path / "a.mp4"), LIMITS)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert (seen.findings, seen.media_type) == ((), "video/mp4")
    assert most < 2 << 20


@pytest.mark.parametrize("name", ["CONIN$", "com¹.png", "LPT².txt", "aux", "nul.tar.gz"])
def test_every_name_of_a_windows_device_is_refused(name: str) -> None:
    assert name_fault(name) == "device"


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "/etc/passwd", "C:\\boot.ini", "x" * 255, "字" * 85, "a\u2028.png"]
)
def test_names_that_lead_out_or_hide_something_are_refused(name: str) -> None:
    assert name_fault(name)
