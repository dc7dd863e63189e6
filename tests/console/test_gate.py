"""What is refused before any page is reached."""

from __future__ import annotations

import httpx
import pytest

from automation.console.access import Role
from automation.model import State
from tests.console.room import HTML, Room


def test_a_link_lets_in_once(console: Room) -> None:
    link = console.served.invite()
    with httpx.Client(headers=HTML) as first, httpx.Client(headers=HTML) as second:
        answer = first.get(link)
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        assert "token" not in answer.headers["location"]
        cookie = answer.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=strict" in cookie
        assert first.get(f"{console.url}/").status_code == 200
        assert second.get(link).status_code == 401
        assert second.get(f"{console.url}/").headers["location"] == "/enter"


@pytest.mark.parametrize("path", ["/", "/cases/1", "/cases/1/evidence/1", "/news", "/nothing/here"])
def test_nothing_is_shown_to_whoever_is_not_in(console: Room, path: str) -> None:
    console.case()
    answer = httpx.get(f"{console.url}{path}")
    assert answer.status_code == 401
    assert answer.json() == {"detail": [{"message": "not signed in", "hint": ""}]}


def test_a_name_that_is_not_the_consoles_own_is_refused(console: Room) -> None:
    with console.client() as client:
        assert client.get("/", headers={"host": "evil.example"}).status_code == 421


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"x-csrf-token": "wrong"},
        {"x-csrf-token": ""},
    ],
    ids=str,
)
def test_what_another_site_sends_changes_nothing(console: Room, headers: dict[str, str]) -> None:
    case = console.case()
    sent = {"decision": "approved", "digest": case.digest}
    with console.client() as client:
        assert client.post(f"/cases/{case.id}/decision", data=sent, headers=headers).status_code == 403
        assert console.log.case(case.id).state is State.READY
        assert client.post(f"/cases/{case.id}/decision", data=sent).status_code == 303
    assert console.log.case(case.id).state is State.APPROVED


def test_browsers_are_told_to_allow_nothing_but_our_own(console: Room) -> None:
    with console.client() as client:
        headers = client.get("/").headers
    assert "script-src 'self';" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-frame-options"] == "DENY"
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"


def test_who_left_is_out(console: Room) -> None:
    with console.client() as client:
        assert client.post("/leave").headers["location"] == "/enter"
        assert client.get("/").headers["location"] == "/enter"


def test_a_role_does_what_it_may_and_no_more(console: Room) -> None:
    case = console.case()
    sent = {"decision": "approved", "digest": case.digest}
    for role in (Role.VIEWER, Role.ENTRY):
        with console.client("Wang", role) as client:
            assert client.get(f"/cases/{case.id}").status_code == 200
            assert client.post(f"/cases/{case.id}/decision", data=sent).status_code == 403
    assert console.log.case(case.id).state is State.READY


def test_the_cases_of_other_clients_are_not_there(console: Room) -> None:
    mine, other = console.case("s1"), console.case("s2")
    with console.client("Zhao", Role.APPROVER, frozenset({"North"})) as client:
        assert client.get(f"/cases/{mine.id}").status_code == 200
        for path in (f"/cases/{other.id}", f"/cases/{other.id}/evidence/1"):
            assert client.get(path).status_code == 404
        page = client.get("/").text
        assert f"/cases/{mine.id}" in page
        assert f"/cases/{other.id}" not in page
        sent = {"decision": "approved", "digest": other.digest}
        assert client.post(f"/cases/{other.id}/decision", data=sent).status_code == 404
    assert console.log.case(other.id).state is State.READY


def test_a_page_that_asks_in_parts_is_led_to_another_as_a_whole(console: Room) -> None:
    case = console.case()
    asked = {"hx-request": "true"}
    with console.client() as client:
        sent = {"decision": "approved", "digest": case.digest}
        answer = client.post(f"/cases/{case.id}/decision", data=sent, headers=asked)
        assert (answer.status_code, answer.headers["hx-redirect"]) == (200, f"/cases/{case.id}?done=approved")
        client.post("/leave")
        answer = client.get("/", headers={**asked, "accept": "*/*"})
        assert (answer.status_code, answer.headers["hx-redirect"]) == (200, "/enter")
