from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path

import pytest

from automation.caselog import CaseLog
from automation.errors import CaseLogError, InputError
from automation.model import Evidence, EvidenceKind
from tests.caselog.conftest import Desk


def keep(log: CaseLog, source: Path) -> Evidence:
    return log.keep_evidence(
        source, name="聊天记录.png", kind=EvidenceKind.CHAT, media_type="image/png", caption="聊天"
    )


def test_evidence_lies_under_its_digest(log: CaseLog, tmp_path: Path) -> None:
    source = tmp_path / "a.png"
    source.write_bytes(os.urandom(3_000_000))
    kept = keep(log, source)
    digest = hashlib.sha256(source.read_bytes()).hexdigest()
    assert (kept.sha256, kept.size, kept.name) == (digest, 3_000_000, "聊天记录.png")
    assert kept.path == tmp_path / "home" / "evidence" / digest[:2] / digest[2:]
    assert kept.path.read_bytes() == source.read_bytes()
    log.check_evidence(kept)


def test_the_same_bytes_are_kept_once(log: CaseLog, tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).write_bytes(b"same")
        keep(log, tmp_path / name)
    files = [path for path in (tmp_path / "home" / "evidence").rglob("*") if path.is_file()]
    assert len(files) == 1


@pytest.mark.skipif(os.name == "nt", reason="Windows has no modes")
def test_only_the_owner_reads_what_is_kept(log: CaseLog, tmp_path: Path, database_url: str) -> None:
    (tmp_path / "a").write_bytes(b"secret")
    (tmp_path / "a").chmod(0o644)
    kept = keep(log, tmp_path / "a")
    assert stat.S_IMODE(kept.path.stat().st_mode) == 0o600
    assert {stat.S_IMODE(folder.stat().st_mode) for folder in (kept.path.parent, kept.path.parent.parent)} == {0o700}
    if database_url.startswith("sqlite"):
        assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.glob("cases.db*")} == {0o600}


def test_changed_bytes_are_found_and_mended_by_the_original(log: CaseLog, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"what was said")
    kept = keep(log, tmp_path / "a")
    kept.path.write_bytes(b"what was sold")
    with pytest.raises(CaseLogError, match=r"聊天记录.png.*was changed"):
        log.check_evidence(kept)
    keep(log, tmp_path / "a")
    log.check_evidence(kept)


def test_missing_bytes_are_named(log: CaseLog, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x")
    kept = keep(log, tmp_path / "a")
    kept.path.unlink()
    with pytest.raises(CaseLogError, match=r"聊天记录.png.*is missing"):
        log.check_evidence(kept)


@pytest.mark.parametrize("name", ["absent", "folder"])
def test_what_cannot_be_read_is_refused_and_leaves_nothing(log: CaseLog, tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(InputError, match=f"{name}.*cannot be read"):
        keep(log, tmp_path / name)
    assert list((tmp_path / "home" / "evidence").iterdir()) == []


def test_a_packet_with_a_file_that_is_not_kept_is_refused(log: CaseLog, desk: Desk) -> None:
    packet = desk.packet()
    packet.evidence[0].path.unlink()
    with pytest.raises(InputError, match="is not kept"):
        log.enter(packet, by="Chen")
