"""Everything is said in both languages, and nothing that nobody says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import automation.console
import automation.dossier
from automation.box import BoxKind
from automation.console.words import preferred, sentences
from automation.errors import AppealdeskError, PersonNeeded
from automation.model import Checkpoint, Decision, EvidenceKind, Medium, Outcome, State
from tests.console.room import Room

HOME = Path(automation.console.__file__).parent
PAPER = Path(automation.dossier.__file__).parent
SOURCES = [*HOME.glob("*.py"), *HOME.glob("templates/*.html"), *PAPER.glob("templates/*.html")]
BUILT = {f"{group}.{one}" for group, words in {
    "state": State,
    "medium": Medium,
    "outcome": Outcome,
    "kind": EvidenceKind,
    "checkpoint": Checkpoint,
    "decision": Decision,
    "box": BoxKind,
}.items() for one in words}  # fmt: skip


KINDS: tuple[type[BaseException], ...] = (AppealdeskError, *AppealdeskError.__subclasses__(), PersonNeeded)


def used() -> tuple[set[str], set[str]]:
    """The names that are said whole, and the beginnings of those that are put together."""
    text = "\n".join(source.read_text("utf-8") for source in SOURCES)
    return set(re.findall(r"""["'](\w+(?:\.\w+)*)["']""", text)), set(
        re.findall(r"""["'](\w+(?:\.\w+)*[._])(?:["'{])""", text)
    )


def test_whatever_is_put_together_from_the_words_of_the_trade_is_said() -> None:
    assert sorted((BUILT | {f"error.{kind.__name__}" for kind in KINDS}) - set(sentences())) == []


def test_no_sentence_is_said_by_nobody() -> None:
    whole, beginnings = used()
    unsaid = [name for name in sentences() if name not in whole and not any(map(name.startswith, beginnings))]
    assert unsaid == []


@pytest.mark.parametrize(
    ("accepts", "language"),
    [
        ("", "zh"),
        ("en-GB,en;q=0.9", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("fr,en;q=0.7,zh;q=0.3", "en"),
        ("en;q=0.2, zh;q=0.9", "zh"),
        ("nonsense;;;q=9", "zh"),
    ],
)
def test_a_browsers_wish_is_heard(accepts: str, language: str) -> None:
    assert preferred(accepts) == language


def test_the_language_can_be_switched_and_stays(console: Room) -> None:
    case = console.case()
    with console.client() as client:
        assert "收件箱" in client.get("/").text
        back = client.post("/language", data={"language": "en"}, headers={"referer": f"{console.url}/cases/{case.id}"})
        assert back.headers["location"] == f"/cases/{case.id}"
        page = client.get(f"/cases/{case.id}").text
        assert '<html lang="en">' in page
        assert "The review" in page
        assert client.post("/language", data={"language": "fr"}).status_code == 422
