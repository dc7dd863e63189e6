"""Every way into the console, tried by whoever may not take it: a route without a rule here fails."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from fastapi.routing import APIRoute
from starlette.routing import Mount, WebSocketRoute

from automation.console import people
from automation.console.access import Person, Right, Role
from automation.console.app import _PARTS, application
from automation.model import Case, Challenge, Medium
from tests.console.room import Room, room

LOOK, ENTER, DECIDE = Right.LOOK, Right.ENTER, Right.DECIDE
ANSWER, MANAGE, OVERSEE = Right.ANSWER, Right.MANAGE, Right.OVERSEE
OPEN = None  # to whoever is not in
ONES = "ones own"  # reaches nothing but what the visitor's own rights select
A_CASE, A_CHALLENGE, A_STORE = "a case", "a challenge", "a store"
DECIDING = {"decision": "approved", "digest": "0" * 64}
ANSWERING = {"store": "s2", "code": "123456"}
ACCOUNT = {"account": "a2", "login": "x", "sign_in": "sms", "session": "managed"}
PERSON = {"name": "Evil", "role": "admin", "scope": "all", "password": "a made-up password"}
CHANNEL = {"name": "evil", "url": "json://127.0.0.1/a-made-up-token", "topics": "approval"}


@dataclass(frozen=True)
class Rule:
    """Who may take a way, whose things lie behind it, and what is sent there."""

    right: Right | None
    of: str = ONES
    sent: Any = None


RULES: dict[str, Rule] = {
    "GET /static": Rule(OPEN),
    "GET /enter": Rule(OPEN),
    "POST /enter": Rule(OPEN),
    "POST /language": Rule(OPEN),
    "POST /leave": Rule(LOOK),
    "GET /": Rule(LOOK),
    "GET /news": Rule(LOOK),
    "GET /me": Rule(LOOK),
    "POST /me/password": Rule(LOOK),
    "GET /dashboard": Rule(LOOK),
    "GET /dashboard/rounds.{kind}": Rule(LOOK),
    "GET /batch": Rule(DECIDE),
    "GET /batch/review": Rule(DECIDE),
    "POST /batch/decision": Rule(DECIDE),
    "GET /import": Rule(ENTER),
    "GET /import/template.{ending}": Rule(ENTER),
    "POST /import": Rule(ENTER),
    "GET /import/preview/{token}": Rule(ENTER),
    "POST /import/enter/{token}": Rule(ENTER),
    "POST /import/discard/{token}": Rule(ENTER),
    "POST /import/undo/{number}": Rule(ENTER),
    "GET /cases/{number}": Rule(LOOK, A_CASE),
    "GET /cases/{number}/standing": Rule(LOOK, A_CASE),
    "POST /cases/{number}/decision": Rule(DECIDE, A_CASE, DECIDING),
    "POST /cases/{number}/undo": Rule(DECIDE, A_CASE),
    "GET /cases/{number}/edit": Rule(ENTER, A_CASE),
    "POST /cases/{number}/edit/fields": Rule(ENTER, A_CASE),
    "POST /cases/{number}/edit": Rule(ENTER, A_CASE),
    "POST /cases/{number}/act": Rule(ENTER, A_CASE, {"act": "withdraw", "comment": "x"}),
    "GET /cases/{number}/evidence/{place}": Rule(LOOK, A_CASE),
    "GET /cases/{number}/evidence/{place}/original": Rule(LOOK, A_CASE),
    "GET /cases/{number}/evidence/{place}/cover": Rule(ENTER, A_CASE),
    "POST /cases/{number}/evidence/{place}/cover": Rule(ENTER, A_CASE),
    "GET /cases/{number}/form.png": Rule(LOOK, A_CASE),
    "GET /cases/{number}/failures/{event}/{name}": Rule(LOOK, A_CASE),
    "GET /cases/{number}/dossier.zip": Rule(LOOK, A_CASE),
    "GET /challenges": Rule(LOOK),
    "GET /challenges/{number}": Rule(LOOK, A_CHALLENGE),
    "GET /challenges/{number}/standing": Rule(LOOK, A_CHALLENGE),
    "POST /challenges/{number}/answer": Rule(ANSWER, A_CHALLENGE, ANSWERING),
    "GET /challenges/{number}/picture": Rule(ANSWER, A_CHALLENGE),
    "WS /challenges/{number}/live": Rule(ANSWER, A_CHALLENGE),
    "GET /stores": Rule(LOOK),
    "GET /stores/sign-in": Rule(LOOK, A_STORE, {"account": "a2"}),
    "POST /stores": Rule(MANAGE, A_STORE, {"store": "s9", "account": "a2", "name": "x", "client": "North"}),
    "POST /stores/change": Rule(MANAGE, A_STORE, {"store": "s2", "name": "x", "client": "North", "form": "always"}),
    "POST /stores/accounts": Rule(MANAGE),
    "POST /stores/accounts/change": Rule(MANAGE, A_STORE, ACCOUNT),
    "POST /stores/accounts/secret": Rule(MANAGE, A_STORE, {"account": "a2", "name": "password", "value": "x"}),
    "POST /stores/sign-in": Rule(ANSWER, A_STORE, {"store": "s2"}),
    "GET /people": Rule(OVERSEE),
    "POST /people": Rule(OVERSEE, sent=PERSON),
    "POST /people/change": Rule(OVERSEE, sent={**PERSON, "name": "Zhao"}),
    "POST /people/password": Rule(OVERSEE, sent=PERSON),
    "POST /people/revoke": Rule(OVERSEE, sent=PERSON),
    "POST /people/remove": Rule(OVERSEE, sent=PERSON),
    "GET /notices": Rule(OVERSEE),
    "POST /notices": Rule(OVERSEE, sent=CHANNEL),
    "POST /notices/{name}/remove": Rule(OVERSEE),
    "POST /notices/{name}/try": Rule(OVERSEE),
    "GET /api/openapi.json": Rule(LOOK),
    "GET /api/cases": Rule(LOOK),
    "GET /api/cases/{number}": Rule(LOOK, A_CASE),
    "GET /api/cases/{number}/evidence/{place}": Rule(LOOK, A_CASE),
    "POST /api/cases/{number}/decision": Rule(DECIDE, A_CASE, DECIDING),
    "GET /api/challenges": Rule(LOOK),
    "POST /api/challenges/{number}/answer": Rule(ANSWER, A_CHALLENGE, ANSWERING),
    "GET /api/stores": Rule(LOOK),
    "GET /api/accounts": Rule(LOOK),
    "GET /api/report": Rule(LOOK),
}
METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND")


@dataclass
class House:
    """A console with a case and a question of each of two clients."""

    console: Room
    mine: Case
    other: Case
    asked: Challenge

    def ask(self, client: httpx.Client, way: str, method: str = "") -> httpx.Response:
        """Take a way to what is the other client's."""
        stated, _, path = way.partition(" ")
        number = self.asked.id if "/challenges/" in path else self.other.id
        where = path.format(number=number, place=1, event=1, name="x", kind="csv", ending="csv", token="x")
        sent = RULES[way].sent
        if stated == "GET":
            return client.request(method or stated, where, params=sent)
        return client.request(method or stated, where, **{"json" if "/api/" in path else "data": sent})


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with room(tmp_path_factory.mktemp("attacks") / "home") as made:
        mine, other = made.case("s1"), made.case("s2")
        made.log.put_person(Person("Zhao", Role.VIEWER, frozenset({"North"})), by="Li Na")
        for place in range(4):  # so that no number of a question is one of a case
            asked = made.log.open_challenge("a2", "s2", Medium.SMS, seconds=600 + place)
        yield House(made, mine, other, asked)


def test_every_way_in_has_a_rule(house: House) -> None:
    own = application(house.console.served.means, hosts=())._app.routes  # type: ignore[attr-defined]
    routes = [one for one in own if isinstance(one, Mount | APIRoute)]
    routes += [one for part in (*_PARTS, SimpleNamespace(router=people.own)) for one in part.router.routes]
    assert len(own) == len([one for one in own if isinstance(one, Mount)]) + len(_PARTS) + 1
    found = set()
    for route in routes:
        methods = {"WS"} if isinstance(route, WebSocketRoute) else getattr(route, "methods", {"GET"})
        found |= {f"{method} {route.path}" for method in methods}
    assert found == set(RULES)


def test_a_stranger_reaches_nothing_by_any_method(house: House) -> None:
    closed = [way for way, rule in RULES.items() if rule.right is not OPEN]
    with httpx.Client(base_url=house.console.url) as stranger:
        ways = [way.replace("WS", "GET").split() for way in closed]
        got = {(path, stranger.request(method, path).status_code) for method, path in ways}
        assert {status for _, status in got} == {401}
        assert {stranger.request(method, "/cases/1").status_code for method in METHODS} == {401}


@pytest.mark.parametrize("role", list(Role))
def test_no_role_does_what_it_may_not(house: House, role: Role) -> None:
    before = house.console.log.position()
    barred = [way for way, one in RULES.items() if one.right and not Person("x", role).may(one.right)]
    with house.console.client("Qian", role) as client:
        assert {way: house.ask(client, way).status_code for way in barred if way[:2] != "WS"} == dict.fromkeys(
            [way for way in barred if way[:2] != "WS"], 403
        )
    assert house.console.log.position() == before


def test_nobody_reaches_what_is_another_clients(house: House) -> None:
    before = house.console.log.position()
    foreign = [way for way, one in RULES.items() if one.of is not ONES and way[:2] != "WS"]
    with house.console.client("Zhao", Role.ADMIN, frozenset({"North"})) as client:
        got = {way: house.ask(client, way) for way in foreign}
        # a store or an account that one may not see is refused by name, as one that is not there is
        assert {way: one.status_code for way, one in got.items()} == {
            way: 422 if RULES[way].of is A_STORE else 404 for way in foreign
        }
        secret = ("2号测试店", house.other.packet.review.order_no)
        assert [way for way, one in got.items() if any(word in one.text for word in secret)] == []
        listed = ["/", "/?view=all", "/batch", "/import", "/challenges", "/stores", "/dashboard"]
        listed.append("/dashboard/rounds.csv")
        listed += [way[4:] for way in RULES if way.startswith("GET /api/") and "{" not in way]
        assert [path for path in listed if "2号测试店" in (page := client.get(path).text) or "South" in page] == []
        listed = [f"/batch/review?case={house.mine.id}&case={house.other.id}"]
        assert [client.get(path).status_code for path in listed] == [404]
        sent = {"decision": "approved", "item": f"{house.other.id}:{house.other.digest}"}
        assert client.post("/batch/decision", data=sent).status_code == 404
    assert house.console.log.position() == before


def test_a_manager_of_some_clients_gives_nobody_more_than_that(house: House) -> None:
    ways = [way for way, one in RULES.items() if one.right is OVERSEE]
    with house.console.client("Zhao", Role.ADMIN, frozenset({"North"})) as client:
        assert {way: house.ask(client, way).status_code for way in ways} == dict.fromkeys(ways, 403)
        assert "/people" not in client.get("/").text
    assert [one.person.name for one in house.console.log.people()] == ["Zhao"]


def test_no_method_stands_for_another(house: House) -> None:
    case, before = house.mine, house.console.log.position()
    means = {"x-http-method-override": "POST", "x-method-override": "POST", "x-http-method": "POST"}
    with house.console.client() as client:
        for method in METHODS:
            answer = client.request(method, f"/cases/{case.id}/act?_method=POST&act=withdraw&comment=x", headers=means)
            assert answer.status_code == (422 if method == "POST" else 405), method
    assert house.console.log.position() == before
