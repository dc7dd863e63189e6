"""What is covered in evidence is kept as data beside the original, and a change of either shows."""

from __future__ import annotations

import hashlib
import io
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from automation.box import Box, BoxKind
from automation.caselog import CaseLog
from automation.caselog.documents import box_lists
from automation.caselog.tables import canonical
from automation.errors import CaseLogError, ChainBroken, InputError
from automation.model import Case, Evidence, EvidenceKind, State
from tests.caselog.conftest import Desk
from tests.caselog.test_opening import execute

BOXES = (Box(4, 4, 20, 10, BoxKind.PHONE), Box(40, 30, 8, 8, BoxKind.FACE), Box(4, 30, 8, 8, BoxKind.FACE))
HINT = Box(30, 4, 9, 9, BoxKind.ID)


@pytest.fixture
def photo(log: CaseLog, tmp_path: Path) -> Evidence:
    """A picture that says where it was taken."""
    exif = Image.Exif()
    exif.get_ifd(0x8825)[1] = "N"
    file = tmp_path / "photo.jpg"
    Image.new("RGB", (64, 48), "#87a").save(file, exif=exif)
    return log.keep_evidence(
        file, name="photo.jpg", kind=EvidenceKind.PHOTO, media_type="image/jpeg", suggested=(HINT,)
    )


@pytest.fixture
def case(desk: Desk, photo: Evidence) -> Case:
    return desk.approved(evidence=(photo,))


def covered(desk: Desk, case: Case, *boxes: Box) -> Case:
    piece = desk.log.cover_evidence(case.packet.evidence[0], boxes)
    return desk.log.change_packet(case.id, replace(case.packet, evidence=(piece,)), by="Chen")


def test_the_original_is_kept_and_a_copy_without_notes_is_sent(log: CaseLog, photo: Evidence, tmp_path: Path) -> None:
    given = (tmp_path / "photo.jpg").read_bytes()
    assert photo.original == hashlib.sha256(given).hexdigest()
    assert log.original(photo).read_bytes() == given
    sent = photo.path.read_bytes()
    assert (photo.sha256, photo.size) == (hashlib.sha256(sent).hexdigest(), len(sent))
    assert b"Exif" not in sent
    assert photo.suggested == (HINT,)


def test_covering_gives_other_bytes_another_digest_and_voids_the_approval(desk: Desk, case: Case) -> None:
    now = covered(desk, case, *BOXES)
    before, after = case.packet.evidence[0], now.packet.evidence[0]
    assert (now.state, desk.log.approvals(case.id)[0].voided) == (State.READY, "the packet was changed")
    assert now.digest != case.digest
    assert (after.original, after.boxes, after.suggested) == (before.original, BOXES, (HINT,))
    with Image.open(io.BytesIO(after.path.read_bytes())) as shown:
        assert shown.convert("L").crop((8, 6, 20, 10)).getextrema()[1] < 20  # type: ignore[operator]
    event = desk.log.events(case.id)[-1]
    assert (event.by, event.data["covered"]) == ("Chen", [{"file": "photo.jpg", "boxes": {"face": 2, "phone": 1}}])
    assert desk.log.case(case.id).packet.evidence == (after,)
    desk.log.verify()


def test_covered_anew_begins_from_the_original(desk: Desk, case: Case) -> None:
    once = covered(desk, case, BOXES[1])
    assert covered(desk, covered(desk, once, *BOXES), BOXES[1]).digest == once.digest
    none = covered(desk, once)
    assert (none.digest, none.packet.evidence) == (case.digest, case.packet.evidence)
    assert desk.log.events(case.id)[-1].data["covered"] == [{"file": "photo.jpg", "boxes": {}}]


def test_what_is_no_picture_cannot_be_covered(desk: Desk) -> None:
    with pytest.raises(InputError, match="it is no picture"):
        desk.log.cover_evidence(desk.packet().evidence[0], BOXES)


def test_an_original_that_was_changed_is_found(desk: Desk, case: Case) -> None:
    covered(desk, case, *BOXES)
    assert desk.log.verify_evidence() == 3  # as handed in, without notes, and covered
    piece = desk.log.case(case.id).packet.evidence[0]
    desk.log.original(piece).write_bytes(b"another")
    desk.log.check_evidence(piece)
    for check in (lambda: desk.log.original(piece), lambda: desk.log.cover_evidence(piece, ())):
        with pytest.raises(CaseLogError, match=r"photo.jpg.*was changed"):
            check()
    with pytest.raises(ChainBroken, match="was changed") as broken:
        desk.log.verify_evidence()
    assert broken.value.row == f"evidence {piece.original}"


def test_a_row_that_was_changed_is_found(desk: Desk, case: Case, database_url: str) -> None:
    piece = covered(desk, case, *BOXES).packet.evidence[0]
    for change, back in (
        ("boxes = '[]'", f"boxes = '{canonical(box_lists(BOXES))}'"),
        ("suggested = '[]'", f"suggested = '{canonical(box_lists([HINT]))}'"),
        ("original = ''", f"original = '{piece.original}'"),
    ):
        execute(database_url, f"UPDATE evidence SET {change} WHERE id = 2")
        with pytest.raises(ChainBroken, match=r"evidence row 2 was altered"):
            desk.log.verify()
        execute(database_url, f"UPDATE evidence SET {back} WHERE id = 2")
        desk.log.verify()


def test_a_packet_whose_original_is_not_kept_is_refused(desk: Desk, photo: Evidence) -> None:
    desk.log.original(photo).unlink()
    with pytest.raises(InputError, match="is not kept"):
        desk.entered(evidence=(photo,))
