"""Who works here: names, roles, clients, passwords."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Form
from starlette.responses import Response

from automation.casework.keys import SHORTEST
from automation.casework.people import add_person, change_person, give_password, recognise
from automation.console.door import peer
from automation.console.means import Looker, Overseer, Visitor, go
from automation.errors import InputError
from automation.person import Person, Role

router, own = APIRouter(prefix="/people"), APIRouter(prefix="/me")

Name = Annotated[str, Form()]
Scope = Annotated[str, Form(pattern="^(all|some)$")]
Clients = Annotated[list[str] | None, Form()]
_DONE: Final = frozenset({"added", "changed", "removed", "password", "token"})


@router.get("")
def people(visitor: Overseer, done: str = "") -> Response:
    """Everybody, and what each may do."""
    return _show(visitor, told=visitor.t(f"people.done.{done}") if done in _DONE else "")


@router.post("")
def add(
    visitor: Overseer,
    *,
    name: Name,
    role: Annotated[Role, Form()],
    scope: Scope,
    password: Annotated[str, Form()] = "",
    clients: Clients = None,
) -> Response:
    """Enter somebody, with a first password where one is given."""
    try:
        made = add_person(visitor.office, Person(name, role, _clients(visitor, scope, clients or [])), by=visitor.name)
        if password:
            give_password(visitor.office, made.name, password, by=visitor.name)
    except InputError as error:
        return _show(visitor, wrong=visitor.why(error), status=422)
    return go("/people?done=added")


@router.post("/change")
def change(
    visitor: Overseer,
    name: Name,
    role: Annotated[Role, Form()],
    scope: Scope,
    clients: Clients = None,
) -> Response:
    """Another role, or other clients; the person comes in anew. One's own stay as they are: somebody must manage."""
    try:
        _refuse_self(visitor, name)
        change_person(visitor.office, Person(name, role, _clients(visitor, scope, clients or [])), by=visitor.name)
    except InputError as error:
        return _show(visitor, wrong=visitor.why(error), status=422)
    visitor.means.sessions.forget(name)
    return go("/people?done=changed")


@router.post("/password")
def password(visitor: Overseer, name: Name, password: Annotated[str, Form()] = "") -> Response:
    """A new password, or none: then they come in no more."""
    try:
        if password:
            give_password(visitor.office, name, password, by=visitor.name)
        else:
            visitor.office.log.set_password(name, "", by=visitor.name)
    except InputError as error:
        return _show(visitor, wrong=visitor.why(error), status=422)
    visitor.means.sessions.forget(name)
    return go("/people?done=password")


@router.post("/revoke")
def revoke(visitor: Overseer, name: Name) -> Response:
    """A person's programs come in no more."""
    visitor.office.log.set_token(name, "", by=visitor.name)
    return go("/people?done=token")


@router.post("/remove")
def remove(visitor: Overseer, name: Name) -> Response:
    """Take somebody out."""
    try:
        _refuse_self(visitor, name)
        visitor.office.log.remove_person(name, by=visitor.name)
    except InputError as error:
        return _show(visitor, wrong=visitor.why(error), status=422)
    visitor.means.sessions.forget(name)
    return go("/people?done=removed")


@own.get("")
def me(visitor: Looker) -> Response:
    """One's own page: the password, for whoever comes in by one."""
    return _show_own(visitor)


@own.post("/password")
def own_password(visitor: Looker, current: Annotated[str, Form()], password: Annotated[str, Form()]) -> Response:
    """Change one's own password, knowing the one of now; one comes in anew with it, everywhere."""
    sessions, from_where = visitor.means.sessions, peer(visitor.request)
    if sessions.throttle.admit(visitor.name, from_where):
        return _show_own(visitor, wrong=visitor.t("enter.too_often"), status=429)
    if recognise(visitor.office, visitor.name, current) is None:
        return _show_own(visitor, wrong=visitor.t("me.wrong"), status=422)
    sessions.throttle.succeeded(visitor.name, from_where)
    try:
        give_password(visitor.office, visitor.name, password, by=visitor.name)
    except InputError as error:
        return _show_own(visitor, wrong=visitor.why(error), status=422)
    sessions.forget(visitor.name)
    return go("/enter")


def _clients(visitor: Visitor, scope: str, chosen: list[str]) -> frozenset[str] | None:
    """None for all. Raises `InputError` for "only these" and none of them, which must not come to mean all."""
    if scope == "all":
        return None
    if not chosen:
        raise InputError(visitor.t("people.no_client"))
    return frozenset(chosen)


def _refuse_self(visitor: Visitor, name: str) -> None:
    if name == visitor.name:
        raise InputError(visitor.t("people.yourself"))


def _show(visitor: Visitor, *, told: str = "", wrong: str = "", status: int = 200) -> Response:
    members = visitor.office.log.people()
    known = {store.client for store in visitor.office.log.stores()}
    known |= {client for one in members for client in one.person.clients or ()}
    return visitor.page(
        "people.html",
        status=status,
        members=members,
        roles=list(Role),
        known=sorted(known - {""}),
        operator=visitor.office.by,
        shortest=SHORTEST,
        told=told,
        wrong=wrong,
    )


def _show_own(visitor: Visitor, *, wrong: str = "", status: int = 200) -> Response:
    has_password = bool(visitor.office.log.password_hash(visitor.name))
    return visitor.page("people_me.html", status=status, wrong=wrong, has_password=has_password, shortest=SHORTEST)
