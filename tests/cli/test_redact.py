"""Parts of a picture are covered from the command line: seen, taken back, and refused with a reason."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from automation.box import Box, BoxKind
from tests.cli.desk import DESCRIPTION, Desk


@pytest.fixture
def with_photo(desk: Desk) -> Desk:
    """One case, whose picture says where it was taken."""
    exif = Image.Exif()
    exif.get_ifd(0x8825)[1] = "N"
    photo = desk.folder / "photo.jpg"
    Image.new("RGB", (300, 200), "#cde").save(photo, exif=exif)
    added = desk.with_store().add_case(evidence=f"chat:{photo}")
    assert added.code == 0, added.err
    return desk


def dark(file: Path) -> tuple[int, int, int, int] | None:
    with Image.open(file) as picture:
        return picture.convert("L").point([255 * (value < 60) for value in range(256)]).getbbox()


def test_a_part_is_covered_and_both_pictures_can_be_looked_at(with_photo: Desk) -> None:
    desk = with_photo
    assert "metadata removed" in desk("show", 1).out
    before = desk.digest()
    done = desk("redact", 1, 1, "--box", "16,32,160,48:phone", "--box", "16,96,16,16")
    assert (done.code, "covered: 2 (phone, other)" in done.out) == (0, True), done.err
    assert desk.digest() != before
    shown = desk("show", 1, "--files", desk.folder / "out")
    assert "covered: 2 (phone, other)" in shown.out
    assert dark(desk.folder / "out" / "case-1-01-photo.jpg") == (16, 32, 176, 112)
    original = desk.folder / "out" / "case-1-01-original-photo.jpg"
    assert original.read_bytes() == (desk.folder / "photo.jpg").read_bytes()
    assert "covered: 1 of 1 files" in desk("queue").out
    assert "--box 16,32,160,48:phone" in desk("redact", 1, 1).out
    assert "3 evidence files" in desk("log", "verify").out


def test_what_was_covered_is_taken_back(with_photo: Desk) -> None:
    desk = with_photo
    before = desk.digest()
    desk("redact", 1, 1, "--box", "0,0,300,200:face")
    done = desk("redact", 1, 1, "--clear")
    assert (done.code, "metadata removed" in done.out, desk.digest()) == (0, True, before)


def test_suggestions_are_listed_and_covered_once(with_photo: Desk) -> None:
    desk = with_photo
    told = desk("redact", 1, 1, "--suggest")
    assert (told.code, "nothing is suggested" in told.err) == (0, True)
    with desk.log() as log:
        case = log.case(1)
        piece = replace(case.packet.evidence[0], suggested=(Box(20, 20, 100, 16, BoxKind.PHONE),))
        log.change_packet(1, replace(case.packet, evidence=(piece,)), by="ann")
    assert "suggested  --box 20,20,100,16:phone" in desk("redact", 1, 1).out
    for _ in range(2):
        assert desk("redact", 1, 1, "--suggest").code == 0
        with desk.log() as log:
            assert log.case(1).packet.evidence[0].boxes == (Box(20, 20, 100, 16, BoxKind.PHONE),)


def test_what_cannot_be_covered_is_said(with_photo: Desk) -> None:
    before = with_photo.digest()
    for words, told in (
        (("1", "--box", "200,0,101,10"), "it is 300 pixels wide and 200 high"),
        (("1", "--box", "0,0,10,0"), "is empty"),
        (("1", "--box", "0,0,10"), "is no box"),
        (("1", "--box", "0,0,10,10:nose"), "phone, id, card, address, face, other"),
        (("1", "--clear", "--box", "0,0,10,10"), "--clear goes with no other option"),
        (("2", "--clear"), "case 1 has no file 2"),
        (("0", "--clear"), "case 1 has no file 0"),
    ):
        done = with_photo("redact", 1, *words)
        assert (done.code, told in done.err) == (3, True), done.err
    assert with_photo.digest() == before


def test_what_is_done_with_is_not_covered(with_photo: Desk) -> None:
    with_photo("case", "withdraw", 1, "--comment", "done")
    done = with_photo("redact", 1, 1, "--box", "0,0,10,10")
    assert (done.code != 0, "case 1 is withdrawn" in done.err) == (True, True), done.err


def test_a_row_whose_picture_has_notes_is_the_same_case_when_it_comes_again(with_photo: Desk) -> None:
    said = {"review_text": "不给五十块钱就不删差评", "posted_at": "2026-03-05 14:30", "reason": "extortion"}
    case = {"store": "my-store", "channel": "review_appeal", "order_no": "6920000000000000009"}
    file = with_photo.batch([case | said | {"description": DESCRIPTION, "evidence": "chat:photo.jpg"}])
    assert "1 entered" in with_photo("import", file).out
    again = with_photo("import", file, "--json").data
    assert (again["known"], again["differing"]) == ([2], [])
