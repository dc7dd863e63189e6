from __future__ import annotations

import base64
import json
import logging
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
import structlog
from pydantic import SecretStr

from automation.logs import set_up
from automation.redaction import LIVE, MASK, tokens
from automation.settings import Settings

CANARY = 'c@nary "horse" & 電池 <staple>'


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    made = Settings.load(tmp_path)
    root = logging.getLogger()
    before, level, last = list(root.handlers), root.level, logging.lastResort
    set_up(made)
    yield made
    for handler in [one for one in root.handlers if one not in before]:
        root.removeHandler(handler)
        handler.close()
    root.setLevel(level)
    logging.lastResort = last
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()


def _lines(settings: Settings) -> list[dict[str, object]]:
    return [json.loads(line) for line in settings.log_file.read_text("utf-8").splitlines()]


def test_a_line_is_json_with_time_level_and_what_was_given(settings: Settings) -> None:
    structlog.get_logger("flow").info("opened", case=7, page="评价管理")
    (line,) = _lines(settings)
    assert (line["event"], line["level"], line["case"], line["page"]) == ("opened", "info", 7, "评价管理")
    assert str(line["timestamp"]).endswith("Z")


def test_no_spelling_of_a_secret_reaches_the_file(settings: Settings) -> None:
    LIVE.add(CANARY)
    LIVE.add_code("837261")
    log = structlog.get_logger("flow")
    said = f"typed {CANARY}"
    log.info(
        said,
        nested={"list": [CANARY, {"deep": f"x{CANARY}y"}]},
        url=f"https://a.example/?p={quote(CANARY)}&q={quote(CANARY, safe='')}",
        body=json.dumps({"body": json.dumps({"password": CANARY})}),
        basic=base64.b64encode(f"user:{CANARY}".encode()).decode(),
        raw=CANARY.encode(),
        number=837261,
        hidden=SecretStr("another one"),
    )
    try:
        int(CANARY)
    except ValueError:
        log.exception("failed")
    logging.getLogger("library").warning("said %s and %r", CANARY, {"k": CANARY})
    text = settings.log_file.read_text("utf-8")
    assert len(_lines(settings)) == 3
    for piece in (
        "c@nary",
        "c%40nary",
        "nary",
        "837261",
        "another one",
        "電池",
        base64.b64encode(CANARY.encode()).decode()[4:20],
    ):
        assert piece not in text
    assert text.count(MASK) >= 9


def test_a_field_called_like_a_secret_is_masked_whatever_it_holds(settings: Settings) -> None:
    structlog.get_logger("flow").info("x", password="unknown to the vault", cookie="also")
    assert "unknown to" not in settings.log_file.read_text("utf-8")


def test_the_level_decides_what_enters(settings: Settings) -> None:
    structlog.get_logger("flow").debug("fine detail")
    assert not settings.log_file.exists() or not _lines(settings)


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX's")
def test_the_file_is_private(settings: Settings) -> None:
    structlog.get_logger("flow").info("x")
    assert stat.S_IMODE(settings.log_file.stat().st_mode) == 0o600


def test_a_full_file_is_set_aside_and_no_line_is_lost(tmp_path: Path, settings: Settings) -> None:
    set_up(settings.model_copy(update={"log_megabytes": 0.002, "log_files": 50}))
    log = structlog.get_logger("flow")
    for number in range(100):
        log.info("line", number=number)
    files = list(settings.log_file.parent.iterdir())
    assert len(files) > 1
    seen = [json.loads(line)["number"] for file in files for line in file.read_text("utf-8").splitlines()]
    assert sorted(seen) == list(range(100))


def test_what_is_held_for_a_session_is_replaced_with_it() -> None:
    LIVE.hold("state:x", {"old-session-value"})
    LIVE.hold("state:x", {"new-session-value"})
    assert LIVE.mask("old-session-value new-session-value") == f"old-session-value {MASK}"


def test_tokens_of_a_storage_state_are_its_cookies_and_long_words() -> None:
    state = {
        "cookies": [{"name": "sid", "value": "abcdefgh12345"}, {"name": "lang", "value": "zh"}],
        "origins": [
            {"origin": "https://a", "localStorage": [{"name": "auth", "value": '{"jwt":"eyJhbGciOiJIUzI1NiJ9.e30"}'}]}
        ],
    }
    assert {"abcdefgh12345", "eyJhbGciOiJIUzI1NiJ9.e30"} <= tokens(state)
    assert "zh" not in tokens(state)
