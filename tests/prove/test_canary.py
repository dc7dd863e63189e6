"""The search for made-up secrets: that it finds them wherever they hide, and that a run leaves none."""

from __future__ import annotations

import gzip
import io
import sqlite3
import zipfile
from base64 import b64encode
from pathlib import Path

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from automation.model import SignIn
from bench.prove.baited import Bait
from bench.prove.canary import BRIEF, canary
from bench.prove.residue import Search

SECRET = 'canary "p&ss" wörd'
CODE = "083726"


def _zip(data: bytes, name: str = "inner") -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    return packed.getvalue()


def _picture(said: str) -> bytes:
    info, written = PngInfo(), io.BytesIO()
    info.add_text("comment", said, zip=True)
    Image.new("RGB", (8, 8)).save(written, "PNG", pnginfo=info)
    return written.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        SECRET.encode(),
        SECRET.encode("utf-16-le"),
        b64encode(b"user:" + SECRET.encode()),
        b"a%3Dcanary+%22p%26ss%22+w%C3%B6rd",
        _zip(_zip(b"-" + SECRET.encode())),
        _zip(b"", name=SECRET),
        gzip.compress(_zip(SECRET.encode())),
        _zip(_picture(SECRET)),
        b'{"code": "083726"}',
        b"code%3D083726&x",
        b64encode(CODE.encode()),
    ],
)
def test_a_secret_is_found_wherever_it_hides(data: bytes) -> None:
    search = Search({"secret": SECRET}, [CODE])
    search.data("here", b"before " + data if data[:1].isalnum() and data[:2] != b"PK" else data)
    assert search.leaks


def test_a_deleted_row_and_one_over_several_pages_are_found(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "log.db") as log:
        log.execute("PRAGMA secure_delete = OFF")
        log.execute("CREATE TABLE said (text TEXT)")
        log.execute("INSERT INTO said VALUES (?)", ("x" * 4000 + CODE.join("  ") + "x" * 4000,))
        log.execute("CREATE TABLE gone (text TEXT)")
        log.execute("INSERT INTO gone VALUES (?)", (f"deleted {SECRET}",))
        log.commit()
        log.execute("DELETE FROM gone")
    search = Search({"secret": SECRET}, [CODE])
    search.folder(tmp_path)
    assert {leak.partition(" in ")[0] for leak in search.leaks} == {"secret", "a code"}


@pytest.mark.parametrize(
    "data", [b"order 6920837260083726", b'"took": 083726, ', b"at 12:00:01.083726Z", b"9c083726ffab01234567"]
)
def test_digits_that_stand_there_by_chance_are_no_code(data: bytes) -> None:
    search = Search({}, [CODE])
    search.data("here", data)
    assert search.leaks == []


def test_runs_that_fail_leave_no_secret_anywhere(tmp_path: Path) -> None:
    baits = [
        Bait("a1", SignIn.PASSWORD, at=8, fails="defect"),  # before the click: all is typed
        Bait("a2", SignIn.SMS, at=9),
        Bait("a3", SignIn.PASSWORD, "totp", at=12),
        Bait("a4", SignIn.PASSWORD, wrong="password"),
    ]
    tally = canary("douyin_shop", tmp_path, baits, commands=BRIEF)
    assert tally.leaks == []
    assert (tally.runs, tally.failures > 1, tally.covered > 0) == (4, True, True)
    assert tally.texts > 100
