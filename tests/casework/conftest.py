from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from automation.caselog import CaseLog
from automation.model import Checkpoint, Decision, Medium, State
from automation.office import Office
from tests.caselog.conftest import DAY, Desk
from tests.conftest import HandClock

AtHome = Callable[..., Office]


@pytest.fixture
def at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AtHome]:
    """Makes the office of a home; `url` names its database where that is not its own."""
    with ExitStack() as stack:

        def office(home: Path, url: str = "") -> Office:
            monkeypatch.setenv("APPEALDESK_DATABASE_URL", url)
            monkeypatch.setenv("APPEALDESK_VAULT_KEY", "file")
            monkeypatch.setenv("APPEALDESK_VAULT_KEY_FILE", str(tmp_path / "keys" / "vault.key"))
            monkeypatch.setenv("APPEALDESK_OPERATOR", "Zhao")
            made = Office(home)
            _ = made.settings  # read while the variables say so
            stack.callback(made.close)
            return made

        yield office


@pytest.fixture
def busy(database_url: str, tmp_path: Path, clock: HandClock) -> Iterator[CaseLog]:
    """A log in the middle of its work, in `home`: case 1 to 8, one in each state that a restore must look at."""
    with CaseLog.open(database_url, tmp_path / "home", clock=clock) as log:
        desk = Desk(log, tmp_path)
        lease = desk.lease(seconds=900)
        desk.entered(1)
        desk.approved(2)
        desk.prepared(3, lease=lease)
        case = desk.prepared(4, lease=lease)
        log.decide(case.id, Checkpoint.FORM, Decision.APPROVED, digest="shown-1", by="Wang", ttl=DAY)
        desk.intent(5, lease=lease)
        desk.submitted(6, lease=lease)
        desk.submitting(7, lease=lease)
        log.move(desk.approved(8).id, State.NEEDS_PERSON, by="worker-1", note="a page nobody knows")
        challenge = log.open_challenge("acc-1", "store-1", Medium.SMS, seconds=300)
        log.answer_challenge(challenge.id, store="store-1", sealed="sealed-code", by="Wang")
        yield log
