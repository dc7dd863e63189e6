"""Asking people: the newest answer, for one challenge at one store, and no longer than it is open."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from automation.caselog import CaseLog
from automation.desk import LivePage, LiveView
from automation.engine.desk import AskHere, LogDesk, answer
from automation.engine.shift import Stopped
from automation.engine.step import Step
from automation.errors import CaseLogError, ChallengeUnanswered
from automation.model import Account, Challenge, Medium, Store, utc_now
from automation.vault import Vault
from tests.loop import run

PLATFORM = "anywhere"


class Office:
    """A log with two stores, a vault, and a desk."""

    def __init__(self, home: Path, *, seconds: float = 30, ask_here: AskHere | None = None) -> None:
        self.log = CaseLog.open(f"sqlite:///{(home / 'cases.db').as_posix()}", home)
        self.vault = Vault.open(home, passphrase="made-up passphrase")
        self.steps: list[Step] = []
        for number in "12":
            self.log.put_account(Account(f"a{number}", PLATFORM, "x"), by="ann")
            self.log.put_store(Store(f"s{number}", PLATFORM, f"店{number}", f"a{number}"), by="ann")
        self.desk = LogDesk(self.log, self.vault, seconds, self.steps.append, utc_now, asyncio.Event(), ask_here)

    def say(self, text: str, *, store: str = "s1") -> None:
        (challenge,) = self.log.challenges(open_only=True)
        answer(self.log, self.vault, challenge.id, store=store, text=text, by="bob")

    async def asked(self, during: Callable[[], None] | None = None) -> str:
        async with self.desk.ask(account="a1", store="s1", medium=Medium.SMS, destination="139****0001") as ticket:
            waiting = asyncio.ensure_future(ticket.answer())
            await asyncio.sleep(0)
            if during is not None:
                await asyncio.to_thread(during)
            return await waiting

    @property
    def closed(self) -> list[str]:
        return [challenge.closed for challenge in self.log.challenges(open_only=False)]


def test_answer_given_elsewhere_arrives_and_leaves_no_trace(tmp_path: Path) -> None:
    office = Office(tmp_path)
    assert run(office.asked(lambda: office.say(" 482913 "))) == "482913"
    assert office.closed == ["answered"]
    assert "482913" not in str([event.data for event in office.log.events()])
    assert "139****0001" in office.steps[0].text
    office.log.verify()


def test_newest_answer_counts(tmp_path: Path) -> None:
    office = Office(tmp_path)

    def twice() -> None:
        office.say("111111")
        office.say("222222")

    async def scene() -> str:
        async with office.desk.ask(account="a1", store="s1", medium=Medium.SMS) as ticket:
            await asyncio.to_thread(twice)
            return await ticket.answer()

    assert run(scene()) == "222222"


def test_answer_for_another_store_is_refused(tmp_path: Path) -> None:
    office = Office(tmp_path)

    def wrong_then_right() -> None:
        with pytest.raises(CaseLogError, match="not about store 's2'"):
            office.say("111111", store="s2")
        office.say("222222")

    assert run(office.asked(wrong_then_right)) == "222222"


def test_answer_that_was_sealed_for_another_challenge_does_not_open(tmp_path: Path) -> None:
    office = Office(tmp_path)
    sealed = office.vault.seal("111111", "challenge 9 a2 s2")

    def forged() -> None:
        (challenge,) = office.log.challenges(open_only=True)
        office.log.answer_challenge(challenge.id, store="s1", sealed=sealed, by="eve")

    with pytest.raises(Exception, match=r"."):
        run(office.asked(forged))
    assert office.closed == ["given up"]


def test_nobody_answers_in_time(tmp_path: Path) -> None:
    office = Office(tmp_path, seconds=0.2)
    with pytest.raises(ChallengeUnanswered, match="nobody answered"):
        run(office.asked())
    assert office.closed == ["expired"]


def test_terminal_may_answer_too_and_its_question_ends_when_another_does(tmp_path: Path) -> None:
    ended: list[str] = []

    async def typed(_: Challenge) -> str | None:
        return "333333"

    async def dumb(_: Challenge) -> str | None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("ended")
        return None

    assert run(Office(tmp_path / "typed", ask_here=typed).asked()) == "333333"
    office = Office(tmp_path / "dumb", ask_here=dumb)
    assert run(office.asked(lambda: office.say("444444"))) == "444444"
    assert ended == ["ended"]


def test_a_page_is_lent_until_its_challenge_closes(tmp_path: Path) -> None:
    office = Office(tmp_path)

    async def scene() -> None:
        async with office.desk.ask(account="a1", store="s1", medium=Medium.SLIDER) as ticket:
            page: LivePage = Page()
            ticket.lend(page)
            (challenge,) = office.log.challenges(open_only=True)
            assert office.desk.lent == {challenge.id: page}
        assert office.desk.lent == {}

    run(scene())


class Page:
    """A page that nobody looks at."""

    viewer = ""

    def watch(self, by: str) -> AbstractAsyncContextManager[LiveView]:
        raise AssertionError(by)


def test_stopping_the_worker_ends_the_waiting(tmp_path: Path) -> None:
    office = Office(tmp_path)

    async def scene() -> None:
        async with office.desk.ask(account="a1", store="s1", medium=Medium.QR, picture=b"png") as ticket:
            assert ticket.seconds_left > 1
            asyncio.get_running_loop().call_later(0.05, office.desk.halt.set)
            with pytest.raises(Stopped):
                await ticket.answer()
            assert ticket.seconds_left == 0

    run(scene())
