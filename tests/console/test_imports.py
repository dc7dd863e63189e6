"""A file is dropped: everything is seen before anything enters, it enters once, and is taken back as a whole."""

from __future__ import annotations

import csv
import io
import os
import re
import stat
import time
import zipfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import openpyxl
import pytest
from PIL import Image

from automation.console import uploads
from automation.console.access import Role
from automation.model import State
from tests.console.room import DESCRIPTION, Room

ENGLISH = {"accept-language": "en"}
COLUMNS = ("店铺", "渠道", "订单编号", "评价内容", "评价时间", "申诉原因", "申诉说明", "证据")


def picture(number: int = 1) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (300, 200), (number % 256, number // 256, 90)).save(made, "PNG")
    return made.getvalue()


def row(order: int, **changed: str) -> dict[str, str]:
    posted = datetime.now(UTC) - timedelta(days=3)
    return {
        "店铺": "s1",
        "渠道": "review_appeal",
        "订单编号": f"69300000000000{order:05}",
        "评价内容": "不给五十块钱就不删差评",
        "评价时间": f"{posted:%Y-%m-%d %H:%M}",
        "申诉原因": "extortion",
        "申诉说明": DESCRIPTION,
        "证据": f"chat:证据/{order}.png",
    } | changed


def table(rows: Sequence[Mapping[str, str]]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode("utf-8-sig")


def packed(files: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def send(client: httpx.Client, *files: tuple[str, bytes], **fields: str) -> httpx.Response:
    return client.post("/import", files=[("files", one) for one in files], data=fields, headers=ENGLISH)


def token_of(answer: httpx.Response) -> str:
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].rpartition("/")[2]


def kept(shared: Room) -> list[Path]:
    return list((shared.office.settings.home / "uploads").iterdir())


def test_every_row_is_shown_before_anything_enters(shared: Room) -> None:
    known = shared.case()
    rows = [
        row(1),
        row(2, 申诉说明="简直太无耻了", 证据=""),
        row(1),
        row(4, 店铺="no_such", 申诉原因="胡说"),
        row(5, 证据="chat:证据/missing.png"),
        row(6, 订单编号=known.packet.review.order_no, 证据=""),
    ]
    before = shared.log.position(), sorted((shared.office.settings.home / "evidence").rglob("*"))
    with shared.client() as client:
        answer = send(client, ("批次.csv", table(rows)), ("1.png", picture(1)))
        page = client.get(answer.headers["location"], headers=ENGLISH).text
        assert (shared.log.position(), sorted((shared.office.settings.home / "evidence").rglob("*"))) == before
        text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
        assert "2 would enter (1 as drafts), 2 known already, 4 problems" in text
        assert "the same as line 2" in text
        assert f"Case {known.id}" in text
        assert "no_such" in text
        assert "missing.png" in text
        assert str(shared.office.settings.home) not in page
        for line, field in ((5, "店铺"), (6, "证据")):
            assert re.search(rf'<th scope="row">{line}</th><td>{field}</td>', page)
        client.post(f"/import/discard/{token_of(answer)}")
        assert client.get(answer.headers["location"]).status_code == 410
    assert not kept(shared)


def test_what_was_seen_enters_once_and_is_listed(shared: Room) -> None:
    rows = [row(11), row(12)]
    sent = packed({"in/cases.csv": table(rows), "in/ABCD/11.png": picture(11), "in/ABCD/12.png": picture(12)})
    sent = sent.replace(b"ABCD", "证据".encode("gb18030"))  # as Windows writes names, without saying so
    with shared.client("Chen", Role.ENTRY) as client:
        token = token_of(send(client, ("批次.zip", sent)))
        done = client.post(f"/import/enter/{token}", headers=ENGLISH)
        assert "2 cases entered" in done.text
        assert client.post(f"/import/enter/{token}").status_code == 410
        page = client.get("/import", headers=ENGLISH).text
    newest = shared.log.imports()[0]
    assert (newest.file, newest.by, len(newest.cases), newest.untouched) == ("cases.csv", "Chen", 2, newest.cases)
    assert [shared.log.case(case).state for case in newest.cases] == [State.READY] * 2
    assert "Chen" in page
    assert f"/import/undo/{newest.number}" in page
    assert not kept(shared)


def test_an_import_is_taken_back_whole_but_for_what_was_touched(shared: Room) -> None:
    rows = [row(number, 证据=f"chat:{number}.png") for number in (21, 22, 23)]
    with shared.client() as client:
        files = [(f"{number}.png", picture(number)) for number in (21, 22, 23)]
        client.post(f"/import/enter/{token_of(send(client, ('c.csv', table(rows)), *files))}")
        newest = shared.log.imports()[0]
        first, decided, edited = (shared.log.case(case) for case in newest.cases)
        sent = {"decision": "rejected", "digest": decided.digest, "comment": "缺聊天"}
        client.post(f"/cases/{decided.id}/decision", data=sent)
        shared.log.change_packet(edited.id, edited.packet, by="ann")
        with shared.client("Zhao", Role.ENTRY, frozenset({"South"})) as other:
            assert other.post(f"/import/undo/{newest.number}").status_code == 404
            assert "c.csv" not in other.get("/import").text
        page = client.post(f"/import/undo/{newest.number}", headers=ENGLISH)
        assert "1 cases were withdrawn" in page.text
        assert f'href="/cases/{decided.id}"' in page.text
        assert client.post(f"/import/undo/{newest.number}").status_code == 409
    states = [shared.log.case(case).state for case in newest.cases]
    assert states == [State.WITHDRAWN, State.DRAFT, State.READY]
    assert shared.log.events(first.id)[-1].by == "Li Na"
    shared.log.verify()


def test_another_session_does_not_find_the_files(shared: Room) -> None:
    with shared.client() as mine, shared.client() as other:
        token = token_of(send(mine, ("c.csv", table([row(31, 证据="")]))))
        assert other.get(f"/import/preview/{token}").status_code == 410
        assert other.post(f"/import/enter/{token}").status_code == 410
        for folder in kept(shared):
            assert stat.S_IMODE(folder.stat().st_mode) == 0o700
            os.utime(folder, (time.time() - uploads.LIVES - 1,) * 2)
        assert mine.get(f"/import/preview/{token}").status_code == 410
    assert not kept(shared)


def test_rows_for_other_clients_stores_are_problems(shared: Room) -> None:
    with shared.client("Zhao", Role.ENTRY, frozenset({"South"})) as client:
        answer = send(client, ("c.csv", table([row(41, 证据=""), row(42, 店铺="s2", 证据="")])))
        page = client.get(answer.headers["location"], headers=ENGLISH).text
        assert "1 would enter" in page
        assert "1号测试店" not in page
        client.post(f"/import/enter/{token_of(answer)}")
    assert {shared.log.case(case).store.id for case in shared.log.imports()[0].cases} == {"s2"}


def link() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        entry = zipfile.ZipInfo("证据/a.png")
        entry.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(entry, "/etc/passwd")
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.zip", packed({"../c.csv": b"x"}), "leads out"),
        ("a.zip", packed({"/c.csv": b"x"}), "leads out"),
        ("a.zip", packed({"a/..\\..\\c.csv": b"x"}), "leads out"),
        ("a.zip", packed({"C:/c.csv": b"x"}), "leads out"),
        ("a.zip", packed({"a/CON.png": b"x"}), "leads out"),
        ("a.zip", packed({"a/gnp.\u202egpj.exe": b"x"}), "leads out"),
        ("a.zip", link(), "may be a link"),
        ("a.zip", b"PK\x03\x04 broken", "no good ZIP"),
        ("a.zip", packed({f"{n}.png": b"" for n in range(uploads.FILES_MAX + 1)}), "Too many files"),
        ("../../c.csv", table([]), "leads out"),
        ("photo.png", picture(), "no table"),
    ],
    ids=["up", "absolute", "backslash", "drive", "device", "turned", "link", "broken", "many", "name", "no-table"],
)
def test_what_may_not_be_unpacked_is_refused_and_removed(shared: Room, name: str, content: bytes, told: str) -> None:
    with shared.client() as client:
        paths = f'["{name}"]'
        answer = send(client, ("x.zip" if name.endswith(".zip") else "x.csv", content), paths=paths)
    assert answer.status_code == 422
    assert told in answer.text
    assert not kept(shared)


def test_what_unpacks_to_too_much_is_stopped_whatever_it_states(shared: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "BYTES_MAX", 1 << 20)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb.png", bytes(8 << 20))
    with shared.client() as client:
        answer = send(client, ("bomb.zip", out.getvalue()))
    assert answer.status_code == 422
    assert "Too much" in answer.text
    assert not kept(shared)


def test_the_template_is_there_with_the_stores_that_one_sees(shared: Room) -> None:
    with shared.client("Zhao", Role.ENTRY, frozenset({"South"})) as client:
        answer = client.get("/import/template.xlsx")
        assert answer.headers["content-disposition"].startswith("attachment")
        book = openpyxl.load_workbook(io.BytesIO(answer.content))
        values = {cell.value for sheet in book for line in sheet.iter_rows() for cell in line}
        assert "s2" in values
        assert "s1" not in values
        assert client.get("/import/template.exe").status_code == 422
    with shared.client("Wu", Role.VIEWER) as viewer:
        assert viewer.get("/import").status_code == 403


def test_what_was_taken_back_can_be_taken_up_again_by_the_same_file(shared: Room) -> None:
    files = [("cases.csv", table([row(901, 证据="chat:901.png")])), ("901.png", picture(901))]
    with shared.client() as client:
        client.post(f"/import/enter/{token_of(send(client, *files))}")
        newest = shared.log.imports()[0]
        client.post(f"/import/undo/{newest.number}")
        assert shared.log.case(newest.cases[0]).state is State.WITHDRAWN
        token = token_of(send(client, *files))
        assert "Also take up the 1" in client.get(f"/import/preview/{token}", headers=ENGLISH).text
        client.post(f"/import/enter/{token}", data={"again": "true"})
        assert shared.log.case(newest.cases[0]).state is State.READY
        token = token_of(send(client, *files))
        assert "Also take up" not in client.get(f"/import/preview/{token}", headers=ENGLISH).text
