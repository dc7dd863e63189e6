"""Evidence is judged by its bytes; names are only compared with them."""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from automation.packet import Piece, Preflight, inspect, preflight
from automation.packet.media import sniff
from automation.packet.preflight import name_fault
from tests.packet import material
from tests.packet.material import MP3, PDF, box, channel, mp4, picture, png, png_that_claims, wav

LIMITS = channel().limits


def checked(folder: Path, **files: Any) -> Preflight:
    """Writes name=bytes (with `_` for the dot) and inspects them in order."""
    pieces = []
    for name, content in files.items():
        path = folder / name.replace("_", ".")
        path.write_bytes(content)
        pieces.append(Piece(path))
    return preflight(pieces, LIMITS)


def codes(result: Preflight) -> list[str]:
    return [found.code for found in result.findings]


@pytest.mark.parametrize(
    ("name", "content", "media_type"),
    [
        ("a.png", png(), "image/png"),
        ("a.jpg", picture("JPEG"), "image/jpeg"),
        ("a.JPEG", picture("JPEG"), "image/jpeg"),
        ("a.mp4", mp4(), "video/mp4"),
        ("a.wav", wav(), "audio/wav"),
        ("a.mp3", MP3, "audio/mpeg"),
        ("a.pdf", PDF, "application/pdf"),
    ],
)
def test_a_whole_file_of_an_allowed_type_passes_with_its_digest(
    tmp_path: Path, name: str, content: bytes, media_type: str
) -> None:
    (tmp_path / name).write_bytes(content)
    seen = inspect(Piece(tmp_path / name), LIMITS)
    assert seen.findings == ()
    assert (seen.media_type, seen.size, seen.sha256) == (media_type, len(content), hashlib.sha256(content).hexdigest())


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (mp4(b"qt  "), "video/quicktime"),
        (mp4(b"M4A "), "audio/mp4"),
        (mp4(b"avc1"), "video/mp4"),
        (picture("WEBP"), "image/webp"),
        (picture("BMP"), "image/bmp"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml"),
        (b"\xef\xbb\xbf<?xml version='1.0'?><!-- x --><svg >", "image/svg+xml"),
        ("<svg ></svg>".encode("utf-16"), "image/svg+xml"),
        (b" \n<!DOCTYPE html><p>", "text/html"),
        (b"plain words", ""),
    ],
)
def test_types_are_told_by_content(content: bytes, media_type: str) -> None:
    assert sniff(content) == media_type


def test_an_empty_file_blocks(tmp_path: Path) -> None:
    assert codes(checked(tmp_path, a_png=b"")) == ["file_empty"]


def test_a_missing_file_blocks_and_its_path_is_named(tmp_path: Path) -> None:
    (found,) = inspect(Piece(tmp_path / "no.png"), LIMITS).findings
    assert (found.code, str(tmp_path / "no.png") in found.hint) == ("file_missing", True)


def test_a_folder_blocks(tmp_path: Path) -> None:
    assert [found.code for found in inspect(Piece(tmp_path), LIMITS).findings] == ["file_not_regular"]


@pytest.mark.skipif(sys.platform == "win32", reason="no named pipes in folders")
def test_a_pipe_blocks_without_being_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.png")
    assert [found.code for found in inspect(Piece(tmp_path / "a.png"), LIMITS).findings] == ["file_not_regular"]


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_a_loop_of_links_is_told_and_does_not_hang(tmp_path: Path) -> None:
    (tmp_path / "a.png").symlink_to(tmp_path / "b.png")
    (tmp_path / "b.png").symlink_to(tmp_path / "a.png")
    assert inspect(Piece(tmp_path / "a.png"), LIMITS, root=tmp_path).findings[0].blocks


def test_a_type_that_the_channel_does_not_take_blocks(tmp_path: Path) -> None:
    assert codes(checked(tmp_path, a_gif=picture("GIF"))) == ["file_type_refused"]


def test_a_type_that_nobody_knows_blocks(tmp_path: Path) -> None:
    assert codes(checked(tmp_path, a_png=b"not a picture at all")) == ["file_type_unknown"]


@pytest.mark.parametrize("content", [b"<svg onload='x()'></svg>", b"<html><script>x()</script></html>"])
def test_active_content_under_a_pictures_name_blocks(tmp_path: Path, content: bytes) -> None:
    assert codes(checked(tmp_path, a_png=content)) == ["file_active"]


def test_an_ending_that_contradicts_the_content_warns(tmp_path: Path) -> None:
    result = checked(tmp_path, a_jpg=png())
    assert codes(result) == ["extension_wrong"]
    assert not result.blocks
    assert result.files[0].media_type == "image/png"


@pytest.mark.parametrize(
    ("name", "whole"), [("a.png", png(size=(300, 300))), ("a.jpg", picture("JPEG", size=(300, 300))), ("a.mp4", mp4())]
)
def test_a_file_cut_short_blocks(tmp_path: Path, name: str, whole: bytes) -> None:
    (tmp_path / name).write_bytes(whole[: len(whole) * 2 // 3])
    assert [found.code for found in inspect(Piece(tmp_path / name), LIMITS).findings] == ["file_corrupt"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.wav", wav()[:-400]),
        ("a.pdf", PDF.replace(b"%%EOF", b"")),
        ("a.mp4", box(b"ftyp", b"isom\0\0\2\0") + box(b"mdat", b"x" * 100)),
        ("a.mp4", box(b"ftyp", b"isom\0\0\2\0") + b"\0\0\0\x04moov"),
        ("a.mp4", box(b"ftyp", b"isom\0\0\2\0") + b"\0\0"),
        ("a.mp3", b"ID3\x04\x00\x00\x00\x00\x10\x00abc"),
        ("a.png", png()[:40] + b"\0" * 30 + png()[70:]),
    ],
)
def test_a_container_that_does_not_hold_what_it_announces_blocks(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    assert [found.code for found in inspect(Piece(tmp_path / name), LIMITS).findings] == ["file_corrupt"]


@pytest.mark.parametrize(("width", "height"), [(10_000, 9_000), (13_000, 10_000), (60_000, 60_000)])
def test_a_picture_that_would_fill_the_memory_blocks_undecoded(tmp_path: Path, width: int, height: int) -> None:
    assert codes(checked(tmp_path, a_png=png_that_claims(width, height))) == ["picture_too_many_pixels"]


def test_an_animated_picture_warns(tmp_path: Path) -> None:
    from PIL import Image  # noqa: PLC0415

    frames = [Image.new("RGB", (20, 20), color) for color in ("red", "blue")]
    frames[0].save(tmp_path / "a.png", save_all=True, append_images=frames[1:])
    assert [found.code for found in inspect(Piece(tmp_path / "a.png"), LIMITS).findings] == ["picture_animated"]


def test_a_file_over_the_limit_blocks_and_is_not_read(tmp_path: Path) -> None:
    result = checked(tmp_path, a_png=png() + b"\0" * (5 << 20))
    assert codes(result) == ["file_too_large"]
    assert result.files[0].sha256 == ""


def test_number_total_and_duplicates_are_held_against_the_limits(tmp_path: Path) -> None:
    limits = channel(limits={"files_max": 2, "total_bytes_max": 300}).limits
    pieces = []
    for name, color in (("a.png", "red"), ("b.png", "blue"), ("c.png", "red")):
        (tmp_path / name).write_bytes(png(color, (64, 64)))
        pieces.append(Piece(tmp_path / name))
    found = [one.code for one in preflight(pieces, limits).findings]
    assert found == ["duplicate_file", "too_many_files", "total_too_large"]


def test_files_that_cannot_be_read_count_as_offered(tmp_path: Path) -> None:
    limits = channel(limits={"files_min": 1}).limits
    assert codes(preflight([Piece(tmp_path / "no.png")], limits)) == ["file_missing"]
    assert codes(preflight([], limits)) == ["too_few_files"]


def test_files_outside_of_the_folder_are_refused_also_through_links(tmp_path: Path) -> None:
    inside, outside = tmp_path / "in", tmp_path / "out"
    inside.mkdir()
    outside.mkdir()
    (outside / "a.png").write_bytes(png())
    (inside / "ok.png").write_bytes(png())

    def refused(path: Path) -> bool:
        return [one.code for one in inspect(Piece(path), LIMITS, root=inside).findings] == ["file_outside"]

    assert not refused(inside / "ok.png")
    assert not refused(inside / "x" / ".." / "ok.png")
    assert refused(inside / ".." / "out" / "a.png")
    assert refused(outside / "a.png")
    if sys.platform != "win32":
        (inside / "link.png").symlink_to(outside / "a.png")
        (inside / "way").symlink_to(outside)
        (inside / "near.png").symlink_to(inside / "ok.png")
        assert refused(inside / "link.png")
        assert refused(inside / "way" / "a.png")
        assert not refused(inside / "near.png")


@pytest.mark.parametrize(
    ("name", "cause"),
    [
        ("聊天记录 1.png", ""),
        ("a.b.c.png", ""),
        ("", "empty"),
        ("..", "dots"),
        ("字" * 80 + ".png", "long"),
        ("a/b.png", "separator"),
        ("a\\b.png", "separator"),
        ("gnp.\u202egpj.exe", "bidi"),
        ("a\0.png", "control"),
        ("a\n.png", "control"),
        ("a\udc80.png", "control"),
        ("a:b.png", "windows"),
        ("what?.png", "windows"),
        ("a.png.", "edge"),
        ("a.png ", "edge"),
        ("con.png", "device"),
        ("LPT1", "device"),
    ],
)
def test_names_that_no_system_or_page_takes_are_refused(name: str, cause: str) -> None:
    assert name_fault(name) == cause


def test_a_refused_name_is_shown_escaped(tmp_path: Path) -> None:
    (found,) = inspect(Piece(tmp_path / "x", name="a\u202egnp.exe"), LIMITS).findings
    assert "\u202e" not in found.message
    assert r"\u202e" in found.message


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.sampled_from([png(), mp4(), wav(), PDF, MP3, picture("JPEG")]), st.data())
def test_damage_anywhere_never_crashes_the_preflight(tmp_path: Path, whole: bytes, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(whole)))
    damaged = whole[:at] + data.draw(st.binary(max_size=20)) + whole[data.draw(st.integers(at, len(whole))) :]
    (tmp_path / "a.png").write_bytes(damaged)
    result = preflight([Piece(tmp_path / "a.png")], LIMITS, language="en")
    assert result.blocks or result.files[0].sha256


def test_the_material_is_what_it_claims() -> None:
    """The damaged files above are cut from whole ones: these must pass."""
    assert material.png_that_claims(1, 1).startswith(b"\x89PNG")
