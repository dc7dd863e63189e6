"""The JSON API: what programs are given, and that nothing else comes of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.schemas import BaseSchema
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ignored_auth,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from automation.casework.people import add_person, give_token
from automation.console.openapi import PAGE, document, page
from automation.model import Medium, State
from automation.person import Person, Role
from tests.console.room import Room, room

OPERATIONS = [(path, method) for path, one in document()["paths"].items() for method in one]
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    unsupported_method,
    ignored_auth,
]


@contextmanager
def program(
    console: Room, role: Role = Role.APPROVER, clients: frozenset[str] | None = None, name: str = "Sun"
) -> Iterator[httpx.Client]:
    """A program that somebody gave a token."""
    person = add_person(console.office, Person(name, role, clients), by="Li Na")
    token = give_token(console.office, person.name, by="Li Na")
    with httpx.Client(base_url=console.url, headers={"authorization": f"Bearer {token}"}, timeout=30) as client:
        yield client


def test_the_document_in_docs_is_what_the_api_says(console: Room) -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "write it again: python -m automation.console.openapi"
    with program(console) as client:
        assert client.get("/api/openapi.json").json() == document()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    with room(tmp_path_factory.mktemp("api") / "home") as made:
        made.case("s1")
        made.case("s2")
        made.log.open_challenge("a1", "s1", Medium.SMS, destination="139****0001", seconds=600)
        yield made


@pytest.fixture(scope="module")
def described(served: Room) -> Iterator[BaseSchema]:
    with program(served, Role.ADMIN) as client:
        schema = schemathesis.openapi.from_dict(document())
        schema.config.update(base_url=served.url, headers={"Authorization": client.headers["authorization"]})
        yield schema


def _takes_something(path: str, method: str) -> bool:
    told = document()["paths"][path][method]
    return "parameters" in told or "requestBody" in told


@pytest.mark.parametrize(
    ("path", "method", "mode"),
    [(*one, GenerationMode.POSITIVE) for one in OPERATIONS]
    + [(*one, GenerationMode.NEGATIVE) for one in OPERATIONS if _takes_something(*one)],
)
def test_every_operation_answers_as_it_is_described(
    described: BaseSchema, path: str, method: str, mode: GenerationMode
) -> None:
    @given(described[path][method].as_strategy(generation_mode=mode))
    @settings(max_examples=8, derandomize=True, suppress_health_check=list(HealthCheck), deadline=None, database=None)
    def holds(case: schemathesis.Case[Any]) -> None:
        case.call_and_validate(checks=CHECKS)

    holds()


@pytest.mark.parametrize(("path", "method"), [*OPERATIONS, ("/api/openapi.json", "get"), ("/api/nothing", "get")])
@pytest.mark.parametrize("headers", [{}, {"authorization": "Bearer adk_wrong"}, {"authorization": "Bearer"}], ids=str)
def test_no_operation_answers_a_stranger(served: Room, path: str, method: str, headers: dict[str, str]) -> None:
    headers = {"accept": "text/html", **headers}
    answer = httpx.request(method, served.url + path.format(number=1, place=1), headers=headers)
    assert answer.status_code == 401
    assert answer.json()["detail"][0]["message"]


def test_cases_are_listed_by_the_filters_of_the_inbox(console: Room) -> None:
    first, second = console.case("s1"), console.case("s2", review_text="东西太差了")
    with program(console) as client:
        assert [one["id"] for one in client.get("/api/cases").json()["cases"]] == [first.id, second.id]
        found = client.get("/api/cases", params={"store": "s2", "q": "太差"}).json()
        assert (found["total"], found["pages"], found["cases"][0]["id"]) == (1, 1, second.id)
        assert found["counts"]["approve"] == 1
        assert client.get("/api/cases", params={"view": "approve", "page": 2}).json()["cases"] == []
        assert client.get("/api/cases", params={"view": "no such"}).status_code == 422


def test_a_case_is_given_whole_with_its_files(console: Room) -> None:
    case = console.case()
    left = str(console.office.settings.home / "failures" / "form.png")
    console.log.add_event("failure", by="worker", case=case.id, data={"error": "drift", "files": [left]})
    with program(console) as client:
        found = client.get(f"/api/cases/{case.id}").json()
        piece = found["packet"]["evidence"][0]
        data = client.get(f"/api/cases/{case.id}/evidence/1")
        assert client.get(f"/api/cases/{case.id}/evidence/2").status_code == 404
    assert (found["checkpoint"], found["digest"]) == ("packet", case.digest)
    assert found["packet"]["review"]["text"] == "不给五十块钱就不删差评"
    assert [event["kind"] for event in found["events"]] == ["entered", "failure"]
    assert (piece["sha256"], piece["size"]) == (case.packet.evidence[0].sha256, len(data.content))
    assert data.headers["content-disposition"].startswith("attachment")
    assert str(console.office.settings.home) not in json.dumps(found)


def test_a_program_decides_once_about_what_it_looked_at(console: Room) -> None:
    case = console.case()
    with program(console) as client:
        where = f"/api/cases/{case.id}/decision"
        assert client.post(where, json={"decision": "approved", "digest": "of another"}).status_code == 409
        made = client.post(where, json={"decision": "approved", "digest": case.digest})
        assert (made.status_code, made.json()["by"]) == (200, "Sun")
        late = client.post(where, json={"decision": "rejected", "digest": case.digest, "comment": "late"})
        assert (late.status_code, late.json()["detail"][0]["message"] != "") == (409, True)
    assert console.log.case(case.id).state is State.APPROVED


def test_a_program_has_the_role_and_the_clients_of_its_person(console: Room) -> None:
    mine, other = console.case("s1"), console.case("s2")
    console.log.open_challenge("a2", "s2", Medium.SMS, seconds=600)
    with program(console, Role.ENTRY, frozenset({"North"})) as client:
        sent = {"decision": "approved", "digest": mine.digest}
        assert client.post(f"/api/cases/{mine.id}/decision", json=sent).status_code == 403
        assert client.get(f"/api/cases/{other.id}").status_code == 404
        assert [one["id"] for one in client.get("/api/cases").json()["cases"]] == [mine.id]
        assert client.get("/api/challenges").json() == []
        assert client.post("/api/challenges/1/answer", json={"store": "s2", "code": "123456"}).status_code == 404
        assert [one["id"] for one in client.get("/api/stores").json()] == ["s1"]
        assert [one["id"] for one in client.get("/api/accounts").json()] == ["a1"]
        assert [one["case"] for one in client.get("/api/report").json()["lines"]] == [mine.id]


def test_a_challenge_is_answered_for_its_store(console: Room) -> None:
    asked = console.log.open_challenge("a1", "s1", Medium.SMS, destination="139****0001", seconds=600)
    with program(console) as client:
        (found,) = client.get("/api/challenges").json()
        assert (found["id"], found["medium"], found["typed"]) == (asked.id, "sms", True)
        where = f"/api/challenges/{asked.id}/answer"
        assert client.post(where, json={"store": "s2", "code": "123456"}).status_code == 409
        assert client.post(where, json={"store": "s1", "code": " "}).status_code == 422
        given = client.post(where, json={"store": "s1", "code": "123456"})
        assert (given.status_code, given.content) == (204, b"")
    assert console.log.take_answer(asked.id) is not None


def test_accounts_name_their_secrets_and_hold_none(console: Room) -> None:
    console.office.vault.set_secret("a1", "password", "made-up s3cret")
    with program(console) as client:
        answer = client.get("/api/accounts")
    assert answer.json()[0]["secrets"] == ["password"]
    assert "s3cret" not in answer.text


def test_a_token_is_for_the_api_alone_and_never_beside_a_cookie(console: Room) -> None:
    with program(console) as client, console.client() as page:
        assert client.get("/").status_code == 401
        assert client.get("/stores").status_code == 401
        both = {"authorization": client.headers["authorization"]}
        assert page.get("/api/cases").status_code == 200
        assert page.get("/api/cases", headers=both).status_code == 401


def test_a_pages_script_needs_its_csrf_token_here_too(console: Room) -> None:
    case = console.case()
    sent = {"decision": "approved", "digest": case.digest}
    with console.client() as page:
        where = f"/api/cases/{case.id}/decision"
        assert page.post(where, json=sent, headers={"x-csrf-token": "wrong"}).status_code == 403
        assert page.post(where, json=sent).status_code == 200


def test_a_token_that_was_taken_back_is_a_strangers(console: Room) -> None:
    with program(console) as client:
        assert client.get("/api/cases").status_code == 200
        give_token(console.office, "Sun", by="Li Na")
        assert client.get("/api/cases").status_code == 401
        console.log.remove_person("Sun", by="Li Na")
        assert client.get("/api/cases").status_code == 401


def test_errors_are_json_whatever_is_accepted(console: Room) -> None:
    wrong = [("GET", "/api/nothing", 404), ("DELETE", "/api/cases", 405), ("GET", "/api/cases/word", 422)]
    with program(console) as client:
        for method, path, status in wrong:
            answer = client.request(method, path, headers={"accept": "text/html", "hx-request": "true"})
            assert (answer.status_code, answer.json()["detail"][0]["message"] != "") == (status, True)
