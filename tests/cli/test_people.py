"""`person`."""

from __future__ import annotations

from tests.cli.desk import Desk

PASSWORD = "four made-up words"


def test_a_person_is_entered_changed_and_removed(desk: Desk) -> None:
    said = desk("person", "add", "Wang  Wei", "--role", "approver", "--client", "North", "--client", "South")
    assert (said.code, "next: appealdesk person password" in said.out) == (0, True)
    (one,) = desk("person", "list", "--json").data
    assert (one["name"], one["role"], one["clients"], one["password"]) == (
        "Wang Wei",
        "approver",
        ["North", "South"],
        False,
    )
    assert desk("person", "change", "Wang Wei", "--role", "viewer", "--all-clients").code == 0
    (one,) = desk("person", "list", "--json").data
    assert (one["role"], one["clients"]) == ("viewer", None)
    assert "all clients" in desk("person", "list").out
    assert desk("person", "remove", "Wang Wei").code == 0
    assert desk("person", "list", "--json").data == []
    assert desk("person", "remove", "Wang Wei").code == 3


def test_two_names_that_look_alike_are_refused(desk: Desk) -> None:
    assert desk("person", "add", "Wang", "--role", "entry").code == 0
    for name in ("wang", "Ｗａｎｇ", " Wang "):
        said = desk("person", "add", name, "--role", "approver")
        assert (said.code, "already" in said.err) == (3, True), name
    assert desk("person", "add", "Wa\u200bng", "--role", "approver").code == 3


def test_a_password_is_asked_for_and_never_shown_or_kept_as_it_is(desk: Desk) -> None:
    desk("person", "add", "Wang", "--role", "entry")
    assert desk("person", "password", "Wang", typed="too short\n").code == 3
    said = desk("person", "password", "Wang", typed=f"{PASSWORD}\n")
    assert said.code == 0
    assert PASSWORD not in said.out + said.err
    assert desk("person", "list", "--json").data[0]["password"] is True
    everything = b"".join(file.read_bytes() for file in desk.home.rglob("*") if file.is_file())
    assert PASSWORD.encode() not in everything
    assert desk("person", "password", "Wang", "--take").code == 0
    assert desk("person", "list", "--json").data[0]["password"] is False
    assert desk("person", "password", "nobody", "--stdin", typed=f"{PASSWORD}\n").code == 3


def test_a_token_is_printed_once_and_taken_back(desk: Desk) -> None:
    desk("person", "add", "Wang", "--role", "entry")
    token = desk("person", "token", "Wang").out.strip()
    assert token.startswith("adk_")
    assert desk("person", "list", "--json").data[0]["token"] is True
    everything = b"".join(file.read_bytes() for file in desk.home.rglob("*") if file.is_file())
    assert token.encode() not in everything
    assert desk("person", "token", "Wang", "--revoke").code == 0
    assert desk("person", "list", "--json").data[0]["token"] is False


def test_some_clients_and_all_are_not_both(desk: Desk) -> None:
    desk("person", "add", "Wang", "--role", "entry")
    assert desk("person", "change", "Wang", "--client", "North", "--all-clients").code == 3
