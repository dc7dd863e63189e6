from __future__ import annotations

from dataclasses import replace

import pytest

from automation.caselog import CaseLog
from automation.errors import InputError
from automation.model import Account, FormPolicy, SessionMode, SignIn, Store
from tests.caselog.conftest import Desk
from tests.conftest import HandClock

ACCOUNT = Account("a", "shop", "shop@example.com", SignIn.QR, SessionMode.ATTACH, "http://127.0.0.1:9222")
STORE = Store("s", "shop", "好物", "a", client="代运营甲", form_policy=FormPolicy.WHEN_NEW)


def test_accounts_and_stores_come_back_as_they_were_put(log: CaseLog) -> None:
    log.put_account(ACCOUNT, by="Lin")
    log.put_store(STORE, by="Lin")
    assert log.account("a") == ACCOUNT
    assert log.accounts() == [ACCOUNT]
    assert log.store("s") == STORE
    assert log.stores() == [STORE]


def test_putting_the_same_again_writes_nothing(log: CaseLog) -> None:
    for _ in range(2):
        log.put_account(ACCOUNT, by="Lin")
        log.put_store(STORE, by="Lin")
    assert [event.kind for event in log.events()] == ["schema", "account_put", "store_put"]


def test_a_changed_store_is_kept_and_says_who_changed_it(log: CaseLog) -> None:
    log.put_account(ACCOUNT, by="Lin")
    log.put_store(STORE, by="Lin")
    log.put_store(replace(STORE, name="好物二"), by="Zhao")
    assert log.store("s").name == "好物二"
    assert log.events()[-1].by == "Zhao"
    log.verify()


@pytest.mark.parametrize(
    ("store", "said"),
    [
        (replace(STORE, account="b"), "no account 'b'"),
        (replace(STORE, platform="mall"), "account 'a' is on shop, not mall"),
    ],
)
def test_a_store_needs_its_account_on_its_platform(log: CaseLog, store: Store, said: str) -> None:
    log.put_account(ACCOUNT, by="Lin")
    with pytest.raises(InputError, match=said):
        log.put_store(store, by="Lin")


def test_nothing_moves_to_another_platform(log: CaseLog) -> None:
    log.put_account(ACCOUNT, by="Lin")
    log.put_store(STORE, by="Lin")
    with pytest.raises(InputError, match="for good"):
        log.put_account(replace(ACCOUNT, platform="mall"), by="Lin")
    with pytest.raises(InputError, match="for good"):
        log.put_store(replace(STORE, platform="mall"), by="Lin")


def test_unknown_ids_are_named(log: CaseLog) -> None:
    with pytest.raises(InputError, match="no account 'x'"):
        log.account("x")
    with pytest.raises(InputError, match="no store 'y'"):
        log.store("y")
    with pytest.raises(InputError, match="no case 9"):
        log.case(9)
    with pytest.raises(InputError, match="no store 'y'"):
        log.note_look("y", "c", complete=True)


def test_looks_tell_the_last_one_and_the_last_complete_one(log: CaseLog, desk: Desk, clock: HandClock) -> None:
    assert log.last_look("store-1", "c") is None
    log.note_look("store-1", "c", complete=True)
    first = clock.now
    clock.advance(hours=4)
    log.note_look("store-1", "c", complete=False)
    assert log.last_look("store-1", "c") == clock.now
    assert log.last_look("store-1", "c", complete=True) == first
    assert log.last_look("store-2", "c") is None
    log.verify()
