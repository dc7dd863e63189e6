"""People in the log: entered, changed, removed, and covered by the chain, on both databases."""

from __future__ import annotations

import json

import pytest

from automation.caselog import CaseLog
from automation.errors import ChainBroken, InputError
from automation.person import Person, Role
from tests.caselog.test_opening import execute
from tests.conftest import HandClock

WANG = Person("Wang", Role.APPROVER, frozenset({"South", "North"}))


def test_a_person_comes_back_as_entered_and_is_gone_when_removed(log: CaseLog, clock: HandClock) -> None:
    log.put_person(WANG, by="Li Na")
    log.put_person(Person("Chen", Role.ADMIN), by="Li Na")
    (chen, wang) = log.people()
    assert (wang.person, wang.since, wang.has_password, wang.has_token) == (WANG, clock.now, False, False)
    assert chen.person.clients is None
    log.remove_person("Wang", by="Chen")
    assert [one.person.name for one in log.people()] == ["Chen"]
    with pytest.raises(InputError, match="no person 'Wang'"):
        log.member("Wang")
    log.verify()


def test_every_change_is_an_event_of_whoever_made_it_and_holds_no_secret(log: CaseLog) -> None:
    log.put_person(WANG, by="Li Na")
    log.put_person(WANG, by="Li Na")  # changes nothing
    log.set_password("Wang", "$argon2id$made-up", by="Li Na")
    log.set_token("Wang", "d1gest", by="Chen")
    log.put_person(Person("Wang", Role.VIEWER), by="Chen")
    log.remove_person("Wang", by="Chen")
    told = [(event.kind, event.by) for event in log.events()[1:]]
    assert told == [
        ("person_put", "Li Na"),
        ("person_password", "Li Na"),
        ("person_token", "Chen"),
        ("person_put", "Chen"),
        ("person_removed", "Chen"),
    ]
    said = json.dumps([dict(event.data) for event in log.events()])
    assert "argon2" not in said
    assert "d1gest" not in said
    log.verify()


def test_it_is_a_team_once_somebody_has_a_password(log: CaseLog) -> None:
    log.put_person(WANG, by="Li Na")
    log.set_token("Wang", "d1gest", by="Li Na")
    assert not log.is_team()
    log.set_password("Wang", "hash", by="Li Na")
    assert log.is_team()
    log.set_password("Wang", "", by="Li Na")
    assert not log.is_team()


def test_a_hash_is_replaced_only_where_it_is_the_one_that_was_meant(log: CaseLog) -> None:
    log.put_person(WANG, by="Li Na")
    log.set_password("Wang", "new", by="Li Na")
    log.set_password("Wang", "outgrown again", by="Wang", only_from="old")
    assert log.password_hash("Wang") == "new"
    assert log.password_hash("nobody") == ""


def test_a_token_leads_to_its_person_until_it_is_replaced(log: CaseLog) -> None:
    log.put_person(WANG, by="Li Na")
    assert log.bearer("") is None  # not everybody who has none
    log.set_token("Wang", "one", by="Li Na")
    assert log.bearer("one") == WANG
    log.set_token("Wang", "two", by="Li Na")
    assert (log.bearer("one"), log.bearer("two")) == (None, WANG)


def test_standing_follows_role_clients_and_password(log: CaseLog) -> None:
    assert log.standing("Wang") == ""
    seen = set()
    log.put_person(WANG, by="Li Na")
    seen.add(log.standing("Wang"))
    log.put_person(Person("Wang", Role.VIEWER, WANG.clients), by="Li Na")
    seen.add(log.standing("Wang"))
    log.put_person(Person("Wang", Role.VIEWER, frozenset({"North"})), by="Li Na")
    seen.add(log.standing("Wang"))
    log.set_password("Wang", "hash", by="Li Na")
    seen.add(log.standing("Wang"))
    assert len(seen) == 4
    log.set_token("Wang", "d1gest", by="Li Na")
    assert log.standing("Wang") in seen  # a program's token signs nobody out


@pytest.mark.parametrize("change", ["role = 'admin'", "clients = NULL", "password = 'mine'", "token = 'mine'"])
def test_a_right_that_was_given_behind_the_programs_back_is_found(log: CaseLog, database_url: str, change: str) -> None:
    log.put_person(WANG, by="Li Na")
    log.verify()
    execute(database_url, f"UPDATE people SET {change}")
    with pytest.raises(ChainBroken, match="people row Wang was altered"):
        log.verify()
