from __future__ import annotations

import os
import stat

import pytest

from automation.caselog import CaseLog
from automation.errors import CaseLogError, InputError
from automation.model import Challenge, Medium
from tests.caselog.conftest import Desk
from tests.conftest import HandClock


def ask(log: CaseLog, store: str = "store-1", picture: bytes | None = None) -> Challenge:
    return log.open_challenge(
        "acc-1", store, Medium.SMS, destination="138****0000", prompt="验证码", picture=picture, seconds=300
    )


def test_a_challenge_is_asked_answered_once_and_closed(log: CaseLog, desk: Desk) -> None:
    asked = ask(log)
    assert log.challenges() == [asked]
    assert log.take_answer(asked.id) is None
    log.answer_challenge(asked.id, store="store-1", sealed="sealed-1", by="Wang")
    log.answer_challenge(asked.id, store="store-1", sealed="sealed-2", by="Wang")
    assert log.take_answer(asked.id) == "sealed-2"
    assert log.take_answer(asked.id) is None
    log.answer_challenge(asked.id, store="store-1", sealed="sealed-3", by="Wang")
    assert log.take_answer(asked.id) == "sealed-3"
    log.close_challenge(asked.id, "done")
    log.close_challenge(asked.id, "given up")
    assert log.challenges() == []
    assert log.challenges(open_only=False)[0].closed == "done"
    log.verify()


def test_an_answer_for_another_store_is_refused(log: CaseLog, desk: Desk) -> None:
    asked = ask(log)
    with pytest.raises(CaseLogError, match="not about store 'store-2'"):
        log.answer_challenge(asked.id, store="store-2", sealed="x", by="Wang")
    assert log.take_answer(asked.id) is None


def test_a_closed_or_expired_challenge_takes_no_answer(log: CaseLog, desk: Desk, clock: HandClock) -> None:
    asked = ask(log)
    clock.advance(seconds=300)
    assert log.challenges() == []
    with pytest.raises(CaseLogError, match="closed: expired"):
        log.answer_challenge(asked.id, store="store-1", sealed="x", by="Wang")
    other = ask(log)
    log.close_challenge(other.id, "given up")
    with pytest.raises(CaseLogError, match="closed: given up"):
        log.answer_challenge(other.id, store="store-1", sealed="x", by="Wang")
    with pytest.raises(InputError, match="no challenge 99"):
        log.answer_challenge(99, store="store-1", sealed="x", by="Wang")


def test_a_new_challenge_replaces_the_accounts_older_one(log: CaseLog, desk: Desk) -> None:
    first = ask(log)
    log.answer_challenge(first.id, store="store-1", sealed="late", by="Wang")
    second = ask(log, "store-2")
    assert log.challenges() == [second]
    assert log.challenges(open_only=False)[0].closed == "replaced"
    assert log.take_answer(first.id) is None


def test_a_picture_is_shown_replaced_and_gone_with_the_challenge(log: CaseLog, desk: Desk) -> None:
    asked = ask(log, picture=b"one")
    assert asked.picture is not None
    assert asked.picture.read_bytes() == b"one"
    if os.name != "nt":
        assert stat.S_IMODE(asked.picture.stat().st_mode) == 0o600
    log.show_picture(asked.id, b"two")
    assert asked.picture.read_bytes() == b"two"
    log.close_challenge(asked.id, "done")
    assert not asked.picture.exists()
    with pytest.raises(CaseLogError, match="closed"):
        log.show_picture(asked.id, b"three")
    assert not asked.picture.exists()


def test_an_answer_is_in_no_event(log: CaseLog, desk: Desk) -> None:
    asked = ask(log)
    log.answer_challenge(asked.id, store="store-1", sealed="sealed-secret", by="Wang")
    assert "sealed-secret" not in repr(log.events())


def test_a_store_is_asked_about_its_own_account(log: CaseLog, desk: Desk) -> None:
    with pytest.raises(InputError, match="not reached by"):
        log.open_challenge("acc-2", "store-1", Medium.QR, seconds=60)
