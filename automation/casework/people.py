"""Entering people, giving them passwords and tokens, and telling whether somebody is who they say."""

from __future__ import annotations

import unicodedata
from typing import Final

from automation.casework.keys import check_password, digest, fits, hashed, new_token, outgrown
from automation.errors import InputError
from automation.office import Office
from automation.person import Person

NAME_LONGEST: Final = 60  # characters


def called(name: str) -> str:
    """A name as it is kept: composed, with single spaces. Raises `InputError` for none, and for odd characters."""
    told = _composed(name)
    if not told or len(told) > NAME_LONGEST:
        raise InputError(f"a name has 1 to {NAME_LONGEST} characters", field="name")
    if not told.isprintable():
        raise InputError("a name holds a character that cannot be seen", field="name")
    return told


def add_person(here: Office, person: Person, *, by: str) -> Person:
    """Enter somebody new. Raises `InputError` where the name, or one that looks like it, is there already."""
    made = Person(called(person.name), person.role, person.clients)
    for one in here.log.people():
        if one.person.name.casefold() == made.name.casefold():
            raise InputError(
                f"there is a person {one.person.name!r} already",
                field="name",
                hint="approvals are told apart by names: take another, or change the person who is there",
            )
    here.log.put_person(made, by=by)
    return made


def change_person(here: Office, person: Person, *, by: str) -> None:
    """Give somebody another role or other clients. Raises `InputError` for an unknown name."""
    here.log.member(person.name)
    here.log.put_person(person, by=by)


def give_password(here: Office, name: str, password: str, *, by: str) -> None:
    """Keep a new password of somebody. Raises `InputError` for an unknown name, and for a weak password."""
    here.log.member(name)
    check_password(password, name=name)
    here.log.set_password(name, hashed(password), by=by)


def give_token(here: Office, name: str, *, by: str) -> str:
    """A new token for somebody's programs, in place of an older one; nothing can show it again."""
    token = new_token()
    here.log.set_token(name, digest(token), by=by)
    return token


def recognise(here: Office, name: str, password: str) -> tuple[Person, str] | None:
    """The person with this name and password, and their standing; takes as long for a name that is not there."""
    told, log = _composed(name[: 2 * NAME_LONGEST]), here.log
    standing = log.standing(told)  # before all else: a change from now on ends the session that comes of this
    kept = log.password_hash(told)
    if not fits(kept, password):
        return None
    if outgrown(kept):
        log.set_password(told, hashed(password), by=told, only_from=kept)
        return recognise(here, name, password)
    return log.member(told).person, standing


def _composed(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).split())
