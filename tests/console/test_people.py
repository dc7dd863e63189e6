"""A team: names and passwords at the door, who may do what, and how one is out again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import argon2
import httpx
import pytest

from automation.casework.people import add_person
from automation.console.access import SESSION_LIVES, Sessions
from automation.console.throttle import FORGOTTEN, FREE, LONGEST_WAIT, Throttle
from automation.model import State
from automation.person import Person, Role
from tests.conftest import HandClock
from tests.console.room import HTML, Room, room

PASSWORD = "four made-up words"
HASH = argon2.PasswordHasher().hash(PASSWORD)  # made once: it is slow on purpose
CHEN, WANG = Person("Chen", Role.ADMIN), Person("Wang", Role.APPROVER, frozenset({"North"}))


@pytest.fixture
def team(console: Room) -> Room:
    """A manager and an approver of one client; both with the same password."""
    for person in (CHEN, WANG):
        add_person(console.office, person, by="Li Na")
        console.log.set_password(person.name, HASH, by="Li Na")
    return console


@dataclass
class Browser:
    """Somebody before the console."""

    client: httpx.Client

    def sign_in(self, name: str, password: str = PASSWORD) -> httpx.Response:
        answer = self.client.post("/enter", data={"name": name, "password": password})
        if answer.status_code == 303:
            page = self.client.get("/me").text
            token = re.search(r'"X-CSRF-Token": "([^"]+)', page)
            assert token is not None
            self.client.headers["x-csrf-token"] = token[1]
        return answer

    @property
    def is_in(self) -> bool:
        return self.client.get("/me").status_code == 200


@contextmanager
def browser(console: Room, language: str = "en") -> Iterator[Browser]:
    headers = {**HTML, "origin": console.url, "accept-language": language}
    with httpx.Client(base_url=console.url, headers=headers, timeout=30) as client:
        yield Browser(client)


def test_one_persons_machine_asks_for_no_password(console: Room) -> None:
    with browser(console) as one:
        assert "password" not in one.client.get("/enter").text
        assert one.sign_in("Li Na", "").status_code == 401


def test_a_team_comes_in_by_name_and_password_with_its_own_rights(team: Room) -> None:
    mine, other = team.case("s1"), team.case("s2")
    with browser(team) as one:
        assert 'type="password"' in one.client.get("/enter").text
        assert one.sign_in("Wang").headers["location"] == "/"
        sent = {"decision": "approved", "digest": mine.digest}
        assert one.client.post(f"/cases/{mine.id}/decision", data=sent).status_code == 303
        assert one.client.get(f"/cases/{other.id}").status_code == 404
        assert one.client.get("/people").status_code == 403
        assert one.client.post("/people/remove", data={"name": "Chen"}).status_code == 403
    assert team.log.approvals(mine.id)[0].by == "Wang"
    assert team.log.case(other.id).state is State.READY


def test_the_machines_operator_still_has_the_link(team: Room) -> None:
    with team.client() as operator:
        assert operator.get("/people").status_code == 200


def test_a_wrong_password_and_a_wrong_name_are_answered_alike(team: Room) -> None:
    with browser(team) as one:
        wrong, nobody = one.sign_in("Wang", "made-up but wrong"), one.sign_in("Nobody")
        assert wrong.status_code == nobody.status_code == 401
        assert wrong.text.replace("Wang", "") == nobody.text.replace("Nobody", "")
        assert not one.is_in


def test_whoever_guesses_waits_whether_the_name_is_there_or_not(team: Room) -> None:
    with browser(team) as one:
        answers = [one.sign_in("Nobody", "x").status_code for _ in range(FREE)]
        assert answers == [401] * FREE
        too_often = one.sign_in("Wang")  # from the same address: even with the right password
        assert too_often.status_code == 429
        assert int(too_often.headers["retry-after"]) >= 1
        assert not one.is_in


def test_each_failure_doubles_the_wait_by_name_and_by_address(clock: HandClock) -> None:
    throttle = Throttle(clock)
    waits: list[timedelta] = []
    for number in range(FREE + 12):
        while wait := throttle.admit("Wang", f"10.0.0.{number}"):
            waits.append(wait)
            clock.advance(seconds=wait.total_seconds())
    assert waits[:3] == [timedelta(seconds=2), timedelta(seconds=4), timedelta(seconds=8)]
    assert waits[-1] == LONGEST_WAIT
    assert throttle.admit("wang", "10.0.1.1") > timedelta()  # the same name to a person
    assert throttle.admit("Chen", "10.0.1.1") == timedelta()
    clock.advance(seconds=(FORGOTTEN + LONGEST_WAIT).total_seconds())
    assert throttle.admit("Wang", "10.0.1.1") == timedelta()


def test_a_right_password_forgives_the_name_and_not_the_address(clock: HandClock) -> None:
    throttle = Throttle(clock)
    for _ in range(FREE - 1):
        throttle.admit("Chen", "10.0.0.1")
    throttle.admit("Wang", "10.0.0.1")
    throttle.succeeded("Wang", "10.0.0.1")
    throttle.admit("Wang", "10.0.0.1")
    assert throttle.admit("Wang", "10.0.0.1") > timedelta()
    assert throttle.admit("Wang", "10.0.0.2") == timedelta()


def test_one_person_is_in_with_two_browsers_and_leaves_one(team: Room) -> None:
    with browser(team) as first, browser(team) as second:
        first.sign_in("Wang")
        second.sign_in("Wang")
        assert first.client.cookies["appealdesk"] != second.client.cookies["appealdesk"]
        assert first.client.post("/leave").headers["location"] == "/enter"
        assert (first.is_in, second.is_in) == (False, True)


def test_a_cookie_that_somebody_planted_is_worth_nothing_after_a_sign_in(team: Room) -> None:
    with browser(team) as one, browser(team) as thief:
        one.client.cookies.set("appealdesk", "planted-by-somebody", domain="127.0.0.1")
        one.sign_in("Wang")
        before = one.client.cookies["appealdesk"]
        assert before != "planted-by-somebody"
        one.sign_in("Chen")
        thief.client.cookies.set("appealdesk", before, domain="127.0.0.1")
        assert (one.is_in, thief.is_in) == (True, False)


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("/people/remove", {}),
        ("/people/password", {"password": "another made-up one"}),
        ("/people/password", {"password": ""}),
        ("/people/change", {"role": "viewer", "scope": "some", "clients": "North"}),
    ],
    ids=["removed", "new password", "no password", "role"],
)
def test_whoever_is_changed_is_out_at_once(team: Room, path: str, sent: dict[str, str]) -> None:
    with browser(team) as boss, browser(team) as one:
        boss.sign_in("Chen")
        one.sign_in("Wang")
        assert boss.client.post(path, data={"name": "Wang", **sent}).status_code == 303
        assert (boss.is_in, one.is_in) == (True, False)


def test_a_change_from_another_process_ends_the_session_too(team: Room) -> None:
    with browser(team) as one:
        one.sign_in("Wang")
        team.log.put_person(Person("Wang", Role.VIEWER), by="the command line")
        assert not one.is_in


def test_a_person_is_entered_on_the_page(team: Room) -> None:
    sent = {"name": "Zhao", "role": "entry", "scope": "some", "clients": "South", "password": PASSWORD}
    with browser(team) as boss, browser(team) as one:
        boss.sign_in("Chen")
        assert boss.client.post("/people", data={**sent, "clients": []}).status_code == 422  # none is not all
        assert boss.client.post("/people", data={**sent, "password": "short"}).status_code == 422
        team.log.remove_person("Zhao", by="Chen")
        assert boss.client.post("/people", data=sent).status_code == 303
        assert boss.client.post("/people", data={**sent, "name": "ZHAO"}).status_code == 422
        page = boss.client.get("/people").text
        assert "Zhao" in page
        assert "argon2" not in page
        assert PASSWORD not in page
        assert one.sign_in("Zhao").status_code == 303
    assert team.log.member("Zhao").person == Person("Zhao", Role.ENTRY, frozenset({"South"}))


def test_nobody_changes_or_removes_themselves(team: Room) -> None:
    with browser(team) as boss:
        boss.sign_in("Chen")
        assert boss.client.post("/people/remove", data={"name": "Chen"}).status_code == 422
        sent = {"name": "Chen", "role": "viewer", "scope": "all"}
        assert boss.client.post("/people/change", data=sent).status_code == 422
    assert team.log.member("Chen").person == CHEN


def test_ones_own_password_is_changed_by_whoever_knows_it(team: Room) -> None:
    new = "five other made-up words"
    with browser(team) as one:
        one.sign_in("Wang")
        sent = {"current": "wrong", "password": new}
        assert one.client.post("/me/password", data=sent).status_code == 422
        assert one.client.post("/me/password", data={"current": PASSWORD, "password": "Wang"}).status_code == 422
        assert one.client.post("/me/password", data={"current": PASSWORD, "password": new}).status_code == 303
        assert not one.is_in
        assert one.sign_in("Wang").status_code == 401
        assert one.sign_in("Wang", new).status_code == 303


def test_a_hash_of_less_effort_than_usual_is_made_anew(team: Room) -> None:
    weak = argon2.PasswordHasher(time_cost=1, memory_cost=1024).hash(PASSWORD)
    team.log.set_password("Wang", weak, by="an older program")
    with browser(team) as one:
        assert one.sign_in("Wang").status_code == 303
        assert one.is_in
    now = team.log.password_hash("Wang")
    assert now != weak
    assert argon2.extract_parameters(now) == argon2.profiles.RFC_9106_LOW_MEMORY


def test_who_entered_a_case_does_not_approve_it_where_that_is_barred(tmp_path: Path) -> None:
    with room(tmp_path / "home", bar_author=True) as made:
        case = made.case()
        sent = {"decision": "approved", "digest": case.digest}
        with made.client("ann") as author, made.client("Wang") as other:
            assert author.post(f"/cases/{case.id}/decision", data=sent).status_code == 409
            assert other.post(f"/cases/{case.id}/decision", data=sent).status_code == 303


def test_the_language_is_chosen_before_one_is_in(team: Room) -> None:
    with browser(team, "en") as one:
        assert "Sign in" in one.client.get("/enter").text
        sent = {"language": "zh"}
        answer = one.client.post("/language", data=sent, headers={"referer": f"{team.url}/enter"})
        assert answer.headers["location"] == "/enter"
        assert "登录" in one.client.get("/enter").text
        elsewhere = {"referer": f"{team.url}//evil.example"}
        assert one.client.post("/language", data=sent, headers=elsewhere).headers["location"] == "/"


def test_a_session_ends_while_its_news_still_runs(clock: HandClock) -> None:
    sessions = Sessions(clock)
    session = sessions.of(sessions.open(CHEN))
    assert session is not None
    assert session.expires_at == clock.now + SESSION_LIVES
    sessions.forget("Chen")
    assert session.expires_at <= clock.now


def test_behind_tls_only_the_proxys_name_is_answered_and_cookies_are_for_tls(tmp_path: Path) -> None:
    with room(tmp_path / "home", console_tls=True, console_hosts="console.agency.example") as made:
        assert made.url == "https://console.agency.example"
        link = made.served.invite()
        inside = f"http://127.0.0.1:{made.served.port}"
        name, secure = {"host": "console.agency.example"}, {"origin": made.url}
        with httpx.Client(base_url=inside, headers={**HTML, **name}) as client:
            assert client.get("/enter", headers={"host": f"127.0.0.1:{made.served.port}"}).status_code == 421
            answer = client.get(link.removeprefix(made.url))
            cookie = answer.headers["set-cookie"]
            assert cookie.startswith("__Host-appealdesk=")
            assert "Secure" in cookie
            assert answer.headers["strict-transport-security"]
            sent = {"name": "Wang", "password": "x"}
            assert client.post("/enter", data=sent, headers={"origin": inside}).status_code == 403
            # the address that the proxy states last counts; what comes before it is the visitor's own claim
            for number in range(FREE):
                stated = {**secure, "x-forwarded-for": f"10.9.9.{number}, 10.0.0.1"}
                assert client.post("/enter", data={**sent, "name": f"n{number}"}, headers=stated).status_code == 401
            stated = {**secure, "x-forwarded-for": "10.0.0.1"}
            assert client.post("/enter", data=sent, headers=stated).status_code == 429
            stated = {**secure, "x-forwarded-for": "10.0.0.2"}
            assert client.post("/enter", data=sent, headers=stated).status_code == 401


def test_without_tls_nobodys_word_about_addresses_is_taken(team: Room) -> None:
    with browser(team) as one:
        for number in range(FREE):
            one.client.headers["x-forwarded-for"] = f"10.0.0.{number}"
            assert one.sign_in(f"n{number}", "x").status_code == 401
        one.client.headers["x-forwarded-for"] = "10.0.0.99"
        assert one.sign_in("n99", "x").status_code == 429
