"""Stores and accounts: added, changed, signed in now; secrets are set, never read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Final

from fastapi import APIRouter, Form
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from automation.caselog import Sought
from automation.casework.registers import (
    Health,
    PackStatus,
    drop_secret,
    healths,
    keep_secret,
    pack_status,
    put_account,
    put_store,
)
from automation.console.means import Answerer, Looker, Manager, Visitor, go
from automation.console.signins import SignInNow
from automation.errors import AppealdeskError, CaseLogError, InputError
from automation.model import Account, FormPolicy, SessionMode, SignIn, Store
from automation.reports.waiting import NEEDS
from automation.secret import Secret

_DONE: Final = frozenset({"account", "store", "secret", "dropped"})
TEXT_MAX: Final = 200  # characters
Text = Annotated[str, Form()]

Typed = Mapping[str, str]
"""What stood in a form that was refused, by the names of its fields; `form`: which one, with what it was to change."""

_NOTHING: Final[Typed] = {"form": ""}

router = APIRouter(prefix="/stores")


@dataclass(frozen=True, slots=True)
class Shown:
    """An account with what somebody may see of its stores. `waiting`: cases that wait for a person, by store."""

    account: Account
    health: Health
    pack: PackStatus
    stores: Sequence[Store]
    waiting: Mapping[str, int]
    sign_in: SignInNow | None


@router.get("")
def stores(visitor: Looker, done: str = "") -> Response:
    """Every account with its stores, and how it fares."""
    return _show(visitor, told=visitor.t(f"stores.done.{done}") if done in _DONE else "")


@router.post("")
def add_store(
    visitor: Manager,
    *,
    store: Text,
    account: Text,
    name: Text,
    client: Text = "",
    form: Annotated[FormPolicy, Form()] = FormPolicy.ALWAYS,
) -> Response:
    """Enter a shop."""
    typed = {"form": "store", "store": store, "account": account, "name": name, "client": client, "policy": form}
    try:
        _refuse_long(typed)
        owner = own_account(visitor, account)
        made = Store(store.strip(), owner.platform, name.strip(), owner.id, client.strip(), form)
        _refuse_unseen(visitor, made.client)
        put_store(visitor.office, made, by=visitor.name, new=True)
    except AppealdeskError as error:
        return _refused(visitor, error, typed)
    return go("/stores?done=store")


@router.post("/change")
def change_store(
    visitor: Manager,
    *,
    store: Text,
    name: Text,
    client: Text = "",
    form: Annotated[FormPolicy, Form()],
) -> Response:
    """Change a shop's name, client or policy."""
    typed = {"form": f"store {store}", "name": name, "client": client, "policy": form}
    try:
        _refuse_long(typed)
        made = replace(own_store(visitor, store), name=name.strip(), client=client.strip(), form_policy=form)
        _refuse_unseen(visitor, made.client)
        put_store(visitor.office, made, by=visitor.name)
    except AppealdeskError as error:
        return _refused(visitor, error, typed)
    return go("/stores?done=store")


@router.post("/accounts")
def add_account(
    visitor: Manager,
    *,
    account: Text,
    platform: Text,
    login: Text,
    sign_in: Annotated[SignIn, Form()],
    session: Annotated[SessionMode, Form()] = SessionMode.MANAGED,
    endpoint: Text = "",
) -> Response:
    """Enter a login."""
    typed = {"account": account, "platform": platform, **_login(login, sign_in, session, endpoint), "form": "account"}
    try:
        _refuse_long(typed)
        made = Account(account.strip(), platform, login.strip(), sign_in, session, endpoint.strip())
        put_account(visitor.office, made, by=visitor.name, new=True)
    except AppealdeskError as error:
        return _refused(visitor, error, typed)
    return go("/stores?done=account")


@router.post("/accounts/change")
def change_account(
    visitor: Manager,
    *,
    account: Text,
    login: Text,
    sign_in: Annotated[SignIn, Form()],
    session: Annotated[SessionMode, Form()],
    endpoint: Text = "",
) -> Response:
    """Change a login, or how it signs in."""
    typed = {**_login(login, sign_in, session, endpoint), "form": f"account {account}"}
    try:
        _refuse_long(typed)
        now = own_account(visitor, account)
        made = replace(now, login=login.strip(), sign_in=sign_in, session=session, endpoint=endpoint.strip())
        put_account(visitor.office, made, by=visitor.name)
    except AppealdeskError as error:
        return _refused(visitor, error, typed)
    return go("/stores?done=account")


@router.post("/accounts/secret")
def secret(
    visitor: Manager, account: Text, name: Annotated[Secret, Form()], value: Annotated[str, Form(max_length=2000)] = ""
) -> Response:
    """Put a secret into the vault; without a value, take it out. No answer ever holds one."""
    try:
        owner = own_account(visitor, account)
        if value:
            keep_secret(visitor.office, owner.id, name, value, by=visitor.name)
        else:
            drop_secret(visitor.office, owner.id, name, by=visitor.name)
    except AppealdeskError as error:
        return _refused(visitor, error)
    return go(f"/stores?done={'secret' if value else 'dropped'}")


@router.post("/sign-in")
async def sign_in(visitor: Answerer, store: Text) -> Response:
    """Sign in at a store now, in this process; what it comes to is shown on the page."""
    sign_ins = visitor.means.sign_ins
    try:
        found = await run_in_threadpool(own_store, visitor, store)
        if sign_ins is None:
            raise InputError(visitor.t("stores.no_work"))
        sign_ins.begin(found, by=visitor.name)
    except AppealdeskError as error:
        return await run_in_threadpool(_refused, visitor, error)
    return go("/stores")


@router.get("/sign-in")
def sign_in_state(visitor: Looker, account: str) -> Response:
    """The part of the page that changes by itself while a sign-in runs."""
    shown = next((one for one in shown_to(visitor) if one.account.id == account), None)
    if shown is None:
        raise InputError(f"no account {account!r} in the case log", field="account")
    return visitor.page("stores_health.html", shown=shown)


def own_store(visitor: Visitor, store: str) -> Store:
    """A store that somebody may see. Raises `InputError` for any other, as if it were not there."""
    found = visitor.office.log.store(store)
    if not visitor.person.sees(found.client):
        raise InputError(f"no store {store!r} in the case log", field="store")
    return found


def own_account(visitor: Visitor, account: str) -> Account:
    """An account that reaches no store which somebody may not see. Raises `InputError` for any other."""
    found = visitor.office.log.account(account)
    if not all(visitor.person.sees(one.client) for one in visitor.office.log.stores() if one.account == account):
        raise InputError(f"account {account!r} reaches stores of other clients", field="account")
    return found


def accounts_for(visitor: Visitor) -> list[Account]:
    """The accounts that reach a store which somebody may see, and those that reach none yet."""
    reached = {one.account for one in visitor.office.log.stores()}
    mine = {one.account for one in visitor.stores()}
    return [one for one in visitor.office.log.accounts() if one.id in mine or one.id not in reached]


def shown_to(visitor: Visitor) -> list[Shown]:
    """What the page shows somebody."""
    here, sign_ins = visitor.office, visitor.means.sign_ins
    accounts, mine = accounts_for(visitor), visitor.stores()
    health = healths(here, accounts)
    waiting = here.log.counts_by_store(Sought(states=frozenset(NEEDS), clients=visitor.person.clients))
    packs = {platform: pack_status(here, platform) for platform in {one.platform for one in accounts}}
    return [
        Shown(
            account=one,
            health=health[one.id],
            pack=packs[one.platform],
            stores=[store for store in mine if store.account == one.id],
            waiting=waiting,
            sign_in=sign_ins.newest(one.id) if sign_ins is not None else None,
        )
        for one in accounts
    ]


def _refuse_unseen(visitor: Visitor, client: str) -> None:
    """Nobody gives a store away to a client that they do not see, and then not see it any more."""
    if not visitor.person.sees(client):
        raise InputError(visitor.t("stores.unseen"), field="client")


def _login(login: str, sign_in: str, session: str, endpoint: str) -> Typed:
    """What a form says of a login, by the names of its fields."""
    return {"login": login, "sign_in": sign_in, "session": session, "endpoint": endpoint}


def _refuse_long(typed: Typed) -> None:
    for name, text in typed.items():
        if name != "form" and len(text) > TEXT_MAX:
            raise InputError(f"more than {TEXT_MAX} characters", field=name, hint="what was typed is still there")


def _refused(visitor: Visitor, error: AppealdeskError, typed: Typed = _NOTHING) -> Response:
    status = 409 if isinstance(error, CaseLogError) else 422
    told = (visitor.why(error), visitor.worded(error.hint))
    return _show(visitor, wrong=" – ".join(filter(None, told)), status=status, typed=typed)


def _show(visitor: Visitor, *, told: str = "", wrong: str = "", status: int = 200, typed: Typed = _NOTHING) -> Response:
    packs = visitor.office.packs
    return visitor.page(
        "stores.html",
        status=status,
        accounts=shown_to(visitor),
        platforms=packs.platforms(),
        clients=visitor.clients(),
        policies=list(FormPolicy),
        ways=list(SignIn),
        modes=list(SessionMode),
        secrets=list(Secret),
        told=told,
        wrong=wrong,
        typed=typed,
    )
