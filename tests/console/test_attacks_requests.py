"""Hostile requests: what is sent, how much of it, from where, and under whose name."""

from __future__ import annotations

import csv
import io
import os
import socket
import statistics
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from automation.caselog import CaseLog
from automation.casework.people import add_person
from automation.console import bodies, uploads
from automation.console.access import LINK_LIVES, SESSION_LIVES, SESSION_LONGEST, Person, Role, Sessions
from automation.model import Account, SessionMode, SignIn, State, Store
from tests.conftest import HandClock
from tests.console.room import Room, room
from tests.console.test_people import HASH, PASSWORD

JSON = {"accept": "application/json"}
FORM = {"content-type": "application/x-www-form-urlencoded"}
HOSTILE = (
    "' OR 1=1 --",
    '"; DROP TABLE cases; --',
    "%",
    "_",
    "\\",
    "{0.__class__}",
    "{{7*7}}",
    "${7*7}",
    "\x00",
    "a" * 200,
)


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image"},
        {"sec-fetch-site": "same-site", "sec-fetch-mode": "cors", "sec-fetch-dest": "empty"},
        {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe"},
    ],
    ids=["a picture", "another port of this machine", "a frame"],
)
def test_another_sites_page_takes_nothing_in(shared: Room, headers: dict[str, str]) -> None:
    case = shared.case()
    with shared.client() as client:
        for path in ("/", "/news", f"/cases/{case.id}/evidence/1", f"/cases/{case.id}/dossier.zip", "/api/cases"):
            assert client.get(path, headers=headers).status_code == 403
        led = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
        assert client.get("/", headers=led).status_code == 200  # a link in a notice


@pytest.mark.parametrize("kind", ["text/plain", "application/json", "multipart/form-data; boundary=x", ""])
def test_no_kind_of_body_goes_without_the_sessions_own_token(shared: Room, kind: str) -> None:
    with shared.client() as client, shared.client() as other:
        for token in ("", other.headers["x-csrf-token"]):
            headers = {"content-type": kind, "x-csrf-token": token, "accept": "*/*"}
            body = f"x-csrf-token={client.headers['x-csrf-token']}&act=withdraw&comment=x"
            assert client.post("/cases/1/act", content=body, headers=headers).status_code == 403


@pytest.mark.parametrize("cookie", ['x={"a":1}', "a,b=c", 'y="', "expires=1; path", "appealdesk2=1"])
def test_other_cookies_of_this_machine_neither_break_the_gate_nor_shut_anybody_out(shared: Room, cookie: str) -> None:
    with shared.client() as client, httpx.Client(base_url=shared.url) as stranger:
        mine = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
        assert client.get("/me", headers={"cookie": f"{cookie}; {mine}"}).status_code == 200
        assert stranger.get("/me", headers={"cookie": cookie}).status_code == 401


def test_two_names_of_a_host_are_none(shared: Room) -> None:
    with socket.create_connection(("127.0.0.1", shared.served.port), timeout=5) as line:
        own = f"127.0.0.1:{shared.served.port}"
        line.sendall(f"GET /enter HTTP/1.1\r\nHost: {own}\r\nHost: evil.example\r\n\r\n".encode())
        assert line.recv(100).split()[1] in {b"400", b"421"}


def test_a_sign_in_leads_to_no_other_site(shared: Room) -> None:
    with shared.client() as client:
        for path in ("//evil.example", "/\\evil.example", "/./\\evil.example", "\t/evil.example", "/a\tb", ""):
            line = f"{shared.url}/{path[1:]}" if path[:1] == "/" else f"{shared.url}/{path}"
            answer = client.build_request("POST", "/language", data={"language": "zh"}, headers={"referer": line})
            sent = client.send(answer).headers["location"]
            assert sent == "/", path
        assert client.get("//evil.example/", headers=JSON).is_redirect is False
        assert client.get("/stores/", headers=JSON).status_code == 404


@pytest.mark.parametrize(
    ("path", "size", "kind"),
    [
        ("/enter", bodies.DOOR, "application/x-www-form-urlencoded"),
        ("/enter", bodies.DOOR, "multipart/form-data; boundary=x"),
        ("/me/password", bodies.USUAL, "multipart/form-data; boundary=x"),
        ("/api/cases/1/decision", bodies.USUAL, "application/json"),
    ],
)
@pytest.mark.parametrize("stated", [True, False], ids=["stated", "in chunks"])
def test_a_body_is_counted_whatever_it_says(shared: Room, path: str, size: int, kind: str, stated: bool) -> None:
    begins = b'--x\r\ncontent-disposition: form-data; name="name"; filename="a"\r\n\r\n' if "multipart" in kind else b""
    body = begins + b"[" * (size + 1)

    def parts() -> Iterator[bytes]:
        yield from (body[at : at + 50_000] for at in range(0, len(body), 50_000))

    with shared.client() as client:
        headers = {"content-type": kind, **JSON}
        answer = client.post(path, content=body if stated else parts(), headers=headers)
    assert (answer.status_code, "too much" in answer.text) == (413, True)


def test_who_sends_too_slowly_is_let_go(shared: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "PAUSE", 0.05)
    with socket.create_connection(("127.0.0.1", shared.served.port), timeout=5) as line:
        own = f"127.0.0.1:{shared.served.port}"
        line.sendall(f"POST /enter HTTP/1.1\r\nHost: {own}\r\nContent-Length: 10\r\n".encode())
        line.sendall(b"Content-Type: application/x-www-form-urlencoded\r\n\r\nname=")
        assert b" 408 " in line.recv(200)


def test_no_text_breaks_a_search_or_steers_it(shared: Room) -> None:
    shared.case()
    with shared.client() as client:
        every = client.get("/api/cases?view=all").json()["total"]
        for text in HOSTILE:
            for name in ("q", "store", "client", "platform", "reason", "state", "view", "page", "due"):
                answer = client.get("/api/cases", params={"view": "all", name: text})
                assert answer.status_code in {200, 422}, (name, text)
                found = answer.json().get("total", 0)
                assert name == "state" or found == 0, (name, text)
        assert client.get("/api/cases?view=all").json()["total"] == every
        for path in ("/cases/{}", "/challenges/{}", "/batch/review?case={}", "/cases/1/evidence/{}"):
            for number in ("99999999999999999999", "-1", "0x1", "1e3", "1;2", "9" * 5000):
                assert client.get(path.format(number), headers=JSON).status_code in {404, 422}, number


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ("[" * 50_000, 400),
        ('{"decision":"rejected","digest":"x","comment":"\\ud800"}', 422),
        ("NaN", 422),
        ('{"a":1e999', 422),
    ],
    ids=["deep", "half a character", "no number", "cut off"],
)
def test_hostile_json_is_refused(shared: Room, sent: str, status: int) -> None:
    case = shared.case()
    with shared.client() as client:
        headers = {"content-type": "application/json"}
        assert client.post(f"/api/cases/{case.id}/decision", content=sent, headers=headers).status_code == status
        paths = client.post("/import", data={"paths": "[" * 50_000}, files={"files": ("a.txt", b"x")}, headers=JSON)
        assert paths.status_code == 422
    assert shared.log.case(case.id).state is State.READY


@pytest.mark.parametrize("path", ["", "/original", "/cover"])
def test_an_error_says_nothing_of_where_files_lie(shared: Room, path: str) -> None:
    case = shared.case()
    case.packet.evidence[0].path.unlink()
    with shared.client() as client:
        for headers in (JSON, {}):
            answer = client.get(f"/cases/{case.id}/evidence/1{path}", headers=headers)
            assert answer.status_code == 409
            assert str(shared.office.settings.home.parent) not in answer.text
        assert 'hx-ext="sse"' in answer.text  # within the console's own frame


def test_fields_that_nobody_asked_for_change_nothing(shared: Room) -> None:
    case = shared.case()
    more = {"by": "boss", "expires_at": "2099-01-01T00:00:00Z", "id": 999, "checkpoint": "form", "used_at": None}
    with shared.client("Wang", Role.APPROVER) as client:
        sent = {"decision": "approved", "digest": case.digest, **more}
        assert client.post(f"/api/cases/{case.id}/decision", json=sent).json()["by"] == "Wang"
        data = {"current": "x", "password": PASSWORD, "name": "boss", "role": "admin"}
        assert client.post("/me/password", data=data).status_code == 422
    (made,) = shared.log.approvals(case.id)
    assert (made.by, made.checkpoint, made.expires_at.year < 2090) == ("Wang", "packet", True)
    assert [one.person.name for one in shared.log.people() if one.person.name == "boss"] == []


def test_of_two_who_decide_at_once_one_does(shared: Room) -> None:
    case = shared.case()
    with shared.client("Wang", Role.APPROVER) as first, shared.client("Zhao", Role.APPROVER) as second:

        def decides(client: httpx.Client) -> int:
            sent = {"decision": "approved", "digest": case.digest}
            return client.post(f"/api/cases/{case.id}/decision", json=sent).status_code

        with ThreadPoolExecutor(4) as pool:
            got = list(pool.map(decides, [first, second, first, second]))
    assert sorted(got) == [200, 409, 409, 409]
    assert len(shared.log.approvals(case.id)) == 1


def test_nobody_approves_their_own_by_another_door(tmp_path: Path) -> None:
    with room(tmp_path / "home", bar_author=True) as made:
        case = made.case()
        with made.client("ann", Role.APPROVER) as client:
            sent = {"decision": "approved", "digest": case.digest}
            assert client.post(f"/api/cases/{case.id}/decision", json=sent).status_code == 409
            item = {"decision": "approved", "item": f"{case.id}:{case.digest}"}
            assert client.post("/batch/decision", data=item).status_code == 409
        assert made.log.case(case.id).state is State.READY


def test_a_name_takes_as_long_whether_it_is_there_or_not(console: Room) -> None:
    add_person(console.office, Person("Wang", Role.VIEWER), by="Li Na")
    console.log.set_password("Wang", HASH, by="Li Na")
    took: dict[str, list[float]] = {"Wang": [], "Nobody": []}
    with httpx.Client(base_url=console.url) as client:
        for name in ("Wang", "Nobody") * 2:
            began = time.perf_counter()
            assert client.post("/enter", data={"name": name, "password": "wrong"}).status_code == 401
            took[name].append(time.perf_counter() - began)
    assert min(took["Nobody"]) > statistics.mean(took["Wang"]) / 10  # a shortcut would be a hundred times faster


def test_no_session_and_no_link_lives_for_ever(clock: HandClock) -> None:
    sessions = Sessions(clock)
    link = sessions.invite(Person("Li Na", Role.ADMIN))
    cookie = sessions.open(Person("Li Na", Role.ADMIN))
    clock.advance(seconds=LINK_LIVES.total_seconds())
    assert sessions.redeem(link) is None
    for _ in range(int(SESSION_LONGEST / SESSION_LIVES) * 2 - 1):
        clock.advance(seconds=SESSION_LIVES.total_seconds() / 2)
        assert sessions.of(cookie) is not None
    clock.advance(seconds=SESSION_LIVES.total_seconds() / 2)
    assert sessions.of(cookie) is None


def test_news_end_with_the_session_also_when_it_ends_elsewhere(console: Room) -> None:
    add_person(console.office, Person("Wang", Role.VIEWER), by="Li Na")
    console.log.set_password("Wang", HASH, by="Li Na")
    home = console.office.settings.home
    with httpx.Client(base_url=console.url, headers={"origin": console.url}, timeout=10) as client:
        assert client.post("/enter", data={"name": "Wang", "password": PASSWORD}).status_code == 303
        with client.stream("GET", "/news") as news:
            lines = news.iter_lines()
            assert next(lines).startswith("retry")
            with CaseLog.open(console.office.settings.database, home) as elsewhere:
                elsewhere.remove_person("Wang", by="the command line")
            assert [line for line in lines if "still here" in line] == []  # it ends


@pytest.mark.parametrize(
    "endpoint",
    ["http://169.254.169.254/", "http://evil.example:9222", "file:///etc/passwd", "http://[bad", "//x", "127.0.0.1:1"],
)
def test_no_password_is_typed_into_another_machines_browser(shared: Room, endpoint: str) -> None:
    sent = {"account": "evil", "platform": "douyin_shop", "login": "x", "sign_in": "sms", "session": "attach"}
    with shared.client() as client:
        answer = client.post("/stores/accounts", data={**sent, "endpoint": endpoint})
        assert (answer.status_code, 'value="evil"' in answer.text) == (422, True)
    assert "evil" not in [one.id for one in shared.log.accounts()]


def test_what_was_too_long_is_still_there_to_be_mended(shared: Room) -> None:
    long, login = "x" * 300, {"login": "my login", "sign_in": "sms", "session": "managed"}
    forms: dict[str, dict[str, Any]] = {
        "/stores": {"store": "s7", "account": "a1", "name": long, "client": "North"},
        "/stores/change": {"store": "s1", "name": long, "client": "North", "form": "never"},
        "/stores/accounts": {"account": long, "platform": "douyin_shop", **login},
        "/stores/accounts/change": {"account": "a1", **login, "endpoint": long},
    }
    with shared.client() as client:
        for path, sent in forms.items():
            answer = client.post(path, data=sent)
            assert (answer.status_code, long in answer.text) == (422, True), path
        assert client.post("/stores", data={**forms["/stores"], "name": "a\r\nb"}).status_code == 422


def test_no_export_holds_a_formula(shared: Room) -> None:
    text = '=HYPERLINK("http://evil.example")'
    shared.log.put_account(Account("a9", "douyin_shop", "9", SignIn.SMS, SessionMode.MANAGED), by="ann")
    shared.log.put_store(Store("s9", "douyin_shop", text, "a9", client="+1+1"), by="ann")
    shared.case("s9")
    with shared.client() as client:
        rows = list(csv.reader(io.StringIO(client.get("/dashboard/rounds.csv").text.lstrip("\ufeff"))))
    assert any(text in cell for row in rows for cell in row)
    assert [cell for row in rows for cell in row if cell[:1] in "=+-@\t\r" and cell] == []


def test_old_uploads_go_without_anybody_asking(tmp_path: Path) -> None:
    left = tmp_path / "uploads" / "left"
    left.mkdir(parents=True)
    (left / "a.csv").write_text("x")
    uploads.sweep(tmp_path)
    assert left.exists()
    os.utime(left, (time.time() - uploads.LIVES - 1,) * 2)
    uploads.sweep(tmp_path)
    assert not left.exists()
