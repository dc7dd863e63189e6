"""What a dossier holds, and what it must not."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from automation.box import Box
from automation.browser import printing
from automation.dossier import keys, making
from automation.dossier.checking import verify
from automation.errors import BrowserUnavailable, CaseLogError, InputError
from tests.dossier.conftest import PAPER, Bureau, stand_in

GUIDE = Path(__file__).parents[2] / "docs" / "dossier.md"


def opened(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as found:
        return {name: found.read(name) for name in found.namelist()}


def test_it_holds_every_round_with_its_evidence_and_the_form(dossier: bytes, bureau: Bureau) -> None:
    held = opened(dossier)
    told = json.loads(held["case.json"])
    first, second = told["rounds"]
    assert (first["round"], second["description"]) == (1, "第二轮说明")
    assert first["evidence"][0]["file"] == second["evidence"][0]["file"] == "evidence/1-01.txt"
    assert second["evidence"][1]["name"] == "聊天 截图.PNG"
    for one in (*first["evidence"], *second["evidence"]):
        assert len(held[one["file"]]) == one["size"]
    assert held[first["form"]["file"]] == b"picture"
    assert first["sendings"][0]["receipt"]["record_id"] == "REC-1"
    assert first["results"][0]["record"]["detail"] == "证据不足"
    assert [one["checkpoint"] for one in first["approvals"]] == ["packet", "form"]
    assert [one["checkpoint"] for one in second["approvals"]] == ["packet"]
    assert held["dossier.pdf"] == PAPER


def test_what_was_covered_is_in_it_only_where_it_is_asked_for(bureau: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "printed", stand_in)
    log, packet = bureau.office.log, bureau.case.packet
    before = packet.evidence[1].path.read_bytes()
    covered = log.cover_evidence(packet.evidence[1], [Box(5, 5, 20, 10)])
    log.change_packet(bureau.case.id, replace(packet, evidence=(packet.evidence[0], covered)), by="Chen")
    held, whole = opened(bureau.made()[0]), opened(bureau.made(originals=True)[0])
    log.change_packet(bureau.case.id, packet, by="Chen")
    assert held["evidence/2-02.png"] == covered.path.read_bytes() != before
    assert before not in held.values()
    assert whole["originals/2-02.png"] == before
    assert whole["evidence/2-02.png"] == covered.path.read_bytes()
    assert json.loads(whole["case.json"])["rounds"][1]["evidence"][1]["original_file"] == "originals/2-02.png"


def test_nothing_of_other_cases_and_of_this_machine_is_in_it(dossier: bytes, bureau: Bureau) -> None:
    everything = b"\n".join(opened(dossier).values())
    assert bureau.case.packet.description.encode() in everything
    for secret in ("另一案件的秘密内容", bureau.other.packet.review.order_no + '"', "another matter", "old-1"):
        assert secret.encode() not in everything, secret
    assert str(bureau.office.settings.home).encode() not in everything


def test_the_log_notes_who_took_it_and_stays_whole(bureau: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "printed", stand_in)
    _, manifest = bureau.made()
    last = bureau.office.log.events(bureau.case.id)[-1]
    assert (last.kind, last.by, last.data["key"]) == ("exported", "Li Na", manifest.key)
    assert bureau.office.log.verify()
    again, _ = bureau.made()
    assert verify(io.BytesIO(again)).manifest.events == manifest.events + 1


def test_an_old_key_stays_on_record_and_what_it_signed_stays_whole(
    bureau: Bureau, dossier: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(making, "printed", stand_in)
    before = verify(io.BytesIO(dossier)).manifest.key
    keys.renew(bureau.office, by="Li Na")
    after, manifest = bureau.made()
    assert manifest.key != before
    known = [one.fingerprint for one in keys.public_keys(bureau.office, by="Li Na")]
    assert known[-2:] == [before, manifest.key]
    assert verify(io.BytesIO(dossier), key=before).vouched
    assert verify(io.BytesIO(after), key=manifest.key).vouched


@pytest.mark.skipif(not all(map(shutil.which, ("bash", "openssl", "sha256sum"))), reason="needs those tools")
def test_it_can_be_checked_by_hand_as_the_guide_says(dossier: bytes, tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(dossier)) as found:
        found.extractall(tmp_path)
    (commands,) = re.findall(r"```sh\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL)
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", commands], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    first, key, *files, event, link = done.stdout.splitlines()
    manifest = json.loads((tmp_path / "manifest.json").read_text("utf-8"))
    assert first == "Signature Verified Successfully"
    assert key.split()[0] == manifest["key"]
    assert files == [f"{one['name']}: OK" for one in manifest["members"]]
    assert event.split()[0] == link


def test_the_private_key_lies_in_the_vault_alone(bureau: Bureau, dossier: bytes) -> None:
    private = keys.signing_key(bureau.office, by="Li Na").private_bytes_raw()
    for path in bureau.office.settings.home.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert private not in content, path
            assert private.hex().encode() not in content, path


def test_changed_evidence_an_unknown_case_and_no_browser_are_said(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture = bureau.case.packet.evidence[1]
    kept = picture.path.read_bytes()
    picture.path.write_bytes(kept + b"x")
    try:
        with pytest.raises(CaseLogError, match="was changed"):
            bureau.made()
    finally:
        picture.path.write_bytes(kept)
    nowhere = bureau.office.settings.model_copy(update={"browser_path": bureau.office.settings.home / "none"})
    monkeypatch.setitem(bureau.office.__dict__, "settings", nowhere)
    with pytest.raises(BrowserUnavailable, match="no such file") as refused:
        bureau.made()
    assert refused.value.hint
    with pytest.raises(InputError, match="no case 999"):
        bureau.office.log.history(999)


def test_the_paper_is_a_pdf_that_runs_and_fetches_nothing(bureau: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    pages: list[str] = []
    real = printing.printed

    async def watched(settings: object, html: str, **rest: str) -> bytes:
        pages.append(html)
        return await real(bureau.office.settings, html, **rest)

    monkeypatch.setattr(making, "printed", watched)
    content, _ = bureau.made(language="en")
    held = opened(content)
    assert held["dossier.pdf"].startswith(b"%PDF-")
    assert b"/JavaScript" not in held["dossier.pdf"]
    (html,) = pages
    for shown in ("Appeal, round 2", "第二轮说明", "索要五十元", "证据不足", "质量太差了", "REC-1", "Wang"):
        assert shown in html, shown
    assert "http://" not in html
