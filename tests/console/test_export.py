"""A case is taken away as a dossier, by whoever may see it."""

from __future__ import annotations

import io
import json
import zipfile

import pytest

from automation.console.access import Role
from automation.dossier.checking import verify
from tests.console.room import DESCRIPTION, Room


def test_a_case_is_taken_away_whole(console: Room) -> None:
    case = console.case()
    with console.client("Wu", Role.VIEWER, frozenset({"North"})) as client:
        assert f'href="/cases/{case.id}/dossier.zip"' in client.get(f"/cases/{case.id}").text
        answer = client.get(f"/cases/{case.id}/dossier.zip")
    assert answer.status_code == 200
    assert answer.headers["content-disposition"] == f'attachment; filename="case-{case.id}.dossier.zip"'
    manifest = verify(io.BytesIO(answer.content)).manifest
    assert (manifest.case, manifest.made_by) == (case.id, "Wu")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        told = json.loads(archive.read("case.json"))
        assert archive.read("evidence/1-01.png") == case.packet.evidence[0].path.read_bytes()
        assert archive.read("dossier.pdf").startswith(b"%PDF-")
    assert told["rounds"][0]["description"] == DESCRIPTION
    assert console.log.events(case.id)[-1].by == "Wu"


def test_what_a_person_may_not_see_they_cannot_take_away(console: Room) -> None:
    theirs = console.case(store="s2")
    with console.client("Wu", Role.ADMIN, frozenset({"North"})) as client:
        assert client.get(f"/cases/{theirs.id}/dossier.zip").status_code == 404
        assert client.get("/cases/999/dossier.zip").status_code == 404
    assert console.log.events(theirs.id)[-1].kind == "entered"


def test_without_a_browser_it_is_said_what_to_do(console: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    case = console.case()
    nowhere = console.office.settings.model_copy(update={"browser_path": console.office.settings.home / "none"})
    monkeypatch.setitem(console.office.__dict__, "settings", nowhere)
    with console.client() as client:
        answer = client.get(f"/cases/{case.id}/dossier.zip")
    assert answer.status_code == 422
    assert "browser_path" in answer.text
    assert console.log.events(case.id)[-1].kind == "entered"
