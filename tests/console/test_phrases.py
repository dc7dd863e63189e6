"""What the program said far from any reader is read in the reader's language; what others said stays as it is."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import automation
from automation.console.phrases import own, reworded, why
from automation.console.words import LANGUAGES
from automation.errors import ApprovalRefused, InputError, VaultError
from automation.intake.problems import explanations
from automation.model import Finding, State
from automation.packet.findings import finding
from tests.console.room import Room

HOME = Path(automation.__file__).parent
ENGLISH = {"accept-language": "en"}
PLACE = re.compile(r"\{(\w+)(?:!r)?\}")
CHOOSE = "choose one of them: appealdesk reason CASE; or another reason: appealdesk case edit CASE --reason TERM"
CHOOSE_ZH = "请在案件页选择其中一项，或点“修改材料”换一个理由"
SHOWN = ("browser", "caselog", "casework", "engine", "intake", "packet")
"""Whose words the console shows; the doctor's are the command line's alone."""


def blank(text: str) -> str:
    """A template without the names of its places."""
    return PLACE.sub("\0", text)


@cache
def spoken() -> frozenset[str]:
    """Every text in the program's source, its places blank, and those that the intake's catalogue holds."""
    found = {blank(hint) for one in explanations().values() for hint in (one.zh_hint, one.en_hint)}
    for file in [*HOME.rglob("*.py"), *(HOME.parent / "flows").rglob("*.py")]:
        if HOME / "console" not in file.parents or "phrases" not in file.name:
            found.update(said for _, said in texts(file))
    return frozenset(found)


def texts(file: Path) -> Iterator[tuple[int, str]]:
    nodes = list(ast.walk(ast.parse(file.read_text("utf-8"))))
    pieces = {id(part) for node in nodes if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in pieces:
            yield node.lineno, node.value
        elif isinstance(node, ast.JoinedStr):
            parts = (str(one.value) if isinstance(one, ast.Constant) else "\0" for one in node.values)
            yield node.lineno, "".join(parts)


def test_every_phrase_is_one_that_the_program_says() -> None:
    assert [one.said for one in own() if blank(one.source or one.said) not in spoken()] == []


def test_a_phrase_says_no_more_and_no_less_in_another_language() -> None:
    for one in own():
        places = set(PLACE.findall(one.en or one.said))
        assert set(PLACE.findall(one.zh)) == places <= set(PLACE.findall(one.said)), one.said


def test_no_hint_sends_whoever_is_at_the_console_to_the_command_line() -> None:
    files = [*HOME.glob("*.py"), *(file for part in SHOWN for file in (HOME / part).rglob("*.py"))]
    hints = [said for file in files if "doctor" not in file.parts for _, said in texts(file) if _commands(said)]
    hints += [one for said in explanations().values() for one in (said.zh_hint, said.en_hint) if _commands(one)]
    filled = [PLACE.sub("X", hint).replace("\0", "X") for hint in hints]
    assert len(filled) >= 12
    told = {hint: [reworded(language, hint) for language in ("zh", "en")] for hint in filled}
    assert [hint for hint, said in told.items() if any("appealdesk " in one for one in said)] == []


def _commands(text: str) -> bool:
    """Whether a person is told to run a command; what is said to programs, or on a terminal alone, is not meant."""
    return bool(re.search(r"appealdesk (case|reason|settle|queue|run|template|store|account|person|serve)", text)) and (
        "\n" not in text and "columns" not in text and "packs show" not in text
    )


@pytest.mark.parametrize(
    ("said", "zh"),
    [
        ("the worker stopped before the click", "程序在点击提交之前中断"),
        (
            "submit was pressed, and whether the appeal arrived is not known: the records do not show it yet",
            "已点击提交，但不知道申诉是否送达：申诉记录中还没有出现",
        ),
        (
            "a worker is busy with account a1; let it come to its end, or stop it, and try again",
            "账号 a1 正在被任务使用；请等它结束或停止它，然后重试",
        ),
        ("case 3 is ready by now", "案件 3 现在是“待审批”"),
        ("the case went back to ready", "案件退回到“待审批”"),
        (
            "case 7 has no packet approval that counts: it expired at 2026-01-02 03:04 UTC",
            "案件 7 没有有效的材料审批：已于 2026-01-02 03:04 UTC 过期",
        ),
        # parts of a note, each for itself; a phrase may hold the sign between them; the platform's words stay
        (
            f"the form does not offer the reason 敲诈; it offers: 广告; {CHOOSE}; see /x/y; given up after 3 times",
            f"页面表单没有申诉理由“敲诈”；可选项：广告；{CHOOSE_ZH}；截图等见 /x/y；尝试 3 次后放弃",
        ),
        ("the site refuses: 操作频繁; later; pack key a.b", "平台拒绝：操作频繁; later；选择器包中的 a.b"),
        ("买家已改评; nobody; else", "买家已改评; nobody; else"),
    ],
)
def test_a_note_is_read_in_chinese_as_far_as_it_is_the_programs_own(said: str, zh: str) -> None:
    assert reworded("zh", said) == zh


def test_in_english_only_commands_are_said_otherwise() -> None:
    assert reworded("en", "case 3 is ready by now") == "case 3 is ready by now"
    assert reworded("en", "appealdesk case edit 4") == "use “Edit” on the case's page"


def test_a_long_text_full_of_signs_is_not_looked_through() -> None:
    assert reworded("zh", text := "case 1 is ; " * 2000) == text


def test_an_error_that_is_not_known_says_at_least_its_kind() -> None:
    assert why("zh", ApprovalRefused("case 4 is not what was looked at any more")) == "案件 4 在您查看之后有变动"
    assert why("zh", VaultError("the moon is full")) == "保险库无法打开，或没有所需的内容（the moon is full）"
    assert why("en", VaultError("the moon is full")) == "the moon is full"
    assert why("zh", InputError("an account has a login", field="login")) == "[login]: 账号必须有登录名"


@pytest.mark.parametrize(
    "kept",
    [
        finding("file_type_refused", "en", name="a.gif", media_type="image/gif", allowed="png"),
        finding("reason_needs_evidence", "zh", reason="敲诈", kinds="聊天记录"),
        finding("reason_unknown", "en", reason="x", known="a"),
    ],
    ids=lambda one: one.code,
)
def test_a_remark_is_read_in_either_language_whichever_it_was_kept_in(kept: Finding) -> None:
    kept_in, other = LANGUAGES if "证据" in kept.message or "申诉" in kept.message else LANGUAGES[::-1]
    assert reworded(kept_in, kept.message) == kept.message
    for text in filter(None, (kept.message, kept.hint)):
        assert reworded(other, text) != text
        assert reworded(kept_in, reworded(other, text)) == text


def test_pages_show_a_workers_note_in_the_readers_language(shared: Room) -> None:
    case = shared.case()
    note = "nobody scanned the QR code; answer it in a browser of your own; 系统繁忙"
    with shared.client() as client:
        client.post(f"/cases/{case.id}/decision", data={"decision": "approved", "digest": case.digest})
        shared.log.move(case.id, State.NEEDS_PERSON, by="worker 1", note=note)
        for address in (f"/cases/{case.id}", "/?view=person"):
            zh, en = client.get(address).text, client.get(address, headers=ENGLISH).text
            assert "没有人扫描二维码；请用您自己的浏览器处理; 系统繁忙" in zh, address
            assert note in en, address
            assert note not in zh, address
