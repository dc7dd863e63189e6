"""Accounts, stores, and when each store was looked at last."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from automation.caselog.database import Writing
from automation.caselog.part import Part
from automation.caselog.tables import AccountRow, LookRow, StoreRow
from automation.errors import InputError
from automation.model import Account, FormPolicy, SessionMode, SignIn, Store


class Registers(Part):
    """Who and where."""

    def put_account(self, account: Account, *, by: str) -> None:
        """Enter an account, or change all but its platform. Raises `InputError`."""
        with self._db.writing() as writing:
            row = writing.session.get(AccountRow, account.id)
            if row is not None and row.platform != account.platform:
                raise InputError(f"account {account.id!r} is on {row.platform}, for good", field="platform")
            _put(writing, AccountRow, row, account, by=by)

    def account(self, account_id: str) -> Account:
        """Raises `InputError` for an unknown id."""
        with self._db.reading() as session:
            row = session.get(AccountRow, account_id)
            if row is None:
                raise InputError(f"no account {account_id!r} in the case log", field="account")
            return account_of(row)

    def accounts(self) -> list[Account]:
        """All, by id."""
        with self._db.reading() as session:
            return [account_of(row) for row in session.scalars(sa.select(AccountRow).order_by(AccountRow.id))]

    def put_store(self, store: Store, *, by: str) -> None:
        """Enter a store, or change all but its platform. Raises `InputError` also for an unknown account."""
        with self._db.writing() as writing:
            account = writing.session.get(AccountRow, store.account)
            if account is None:
                raise InputError(f"no account {store.account!r} in the case log", field="account")
            row = writing.session.get(StoreRow, store.id)
            if row is not None and row.platform != store.platform:
                raise InputError(f"store {store.id!r} is on {row.platform}, for good", field="platform")
            if account.platform != store.platform:
                raise InputError(
                    f"account {account.id!r} is on {account.platform}, not {store.platform}", field="account"
                )
            _put(writing, StoreRow, row, store, by=by)

    def store(self, store_id: str) -> Store:
        """Raises `InputError` for an unknown id."""
        with self._db.reading() as session:
            return store_of(store_row(session, store_id))

    def stores(self) -> list[Store]:
        """All, by id."""
        with self._db.reading() as session:
            return [store_of(row) for row in session.scalars(sa.select(StoreRow).order_by(StoreRow.id))]

    def last_look(self, store: str, channel: str, *, complete: bool = False) -> datetime | None:
        """When the platform's lists were read last; `complete`: when they were last read to their end."""
        with self._db.reading() as session:
            row = _look(session, store, channel)
            if row is None:
                return None
            return row.complete_at if complete else row.at

    def note_look(self, store: str, channel: str, *, complete: bool, by: str = "poll") -> None:
        """Remember that the platform's lists were read just now."""
        with self._db.writing() as writing:
            store_row(writing.session, store)
            row = _look(writing.session, store, channel)
            if row is None:
                row = LookRow(store=store, channel=channel, at=writing.now, complete_at=None)
                writing.session.add(row)
            row.at = writing.now
            if complete:
                row.complete_at = writing.now
            writing.event("looked", by=by, store=store, channel=channel, complete=complete)


def _put(
    writing: Writing,
    table: type[AccountRow | StoreRow],
    row: AccountRow | StoreRow | None,
    thing: Account | Store,
    *,
    by: str,
) -> None:
    values = {name: str(value) for name, value in asdict(thing).items()}
    if row is None:
        writing.session.add(table(**values))
    else:
        changed = [name for name, value in values.items() if getattr(row, name) != value]
        if not changed:
            return
        for name in changed:
            setattr(row, name, values[name])
    writing.event(f"{type(thing).__name__.lower()}_put", by=by, id=thing.id, platform=thing.platform)


def _look(session: Session, store: str, channel: str) -> LookRow | None:
    return session.scalar(sa.select(LookRow).where(LookRow.store == store, LookRow.channel == channel))


def store_row(session: Session, store_id: str) -> StoreRow:
    """Raises `InputError` for an unknown id."""
    row = session.get(StoreRow, store_id)
    if row is None:
        raise InputError(f"no store {store_id!r} in the case log", field="store")
    return row


def account_of(row: AccountRow) -> Account:
    """A row as the word."""
    return Account(
        id=row.id,
        platform=row.platform,
        login=row.login,
        sign_in=SignIn(row.sign_in),
        session=SessionMode(row.session),
        endpoint=row.endpoint,
    )


def store_of(row: StoreRow) -> Store:
    """A row as the word."""
    return Store(
        id=row.id,
        platform=row.platform,
        name=row.name,
        account=row.account,
        client=row.client,
        form_policy=FormPolicy(row.form_policy),
    )
