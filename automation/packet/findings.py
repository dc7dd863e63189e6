"""Every remark of the lint and of the evidence preflight, read from findings.toml.

The catalogue holds, for each code, whether it blocks, the field it is about, and its message and hint in Simplified
Chinese (`zh`) and English (`en`). `python -m automation.packet` prints it as the page docs/lint.md.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict

from automation.model import EvidenceKind, Finding

Language = Literal["zh", "en"]

KIND_TITLES: Final[Mapping[EvidenceKind, str]] = {
    EvidenceKind.REVIEW: "评价截图",
    EvidenceKind.CHAT: "聊天记录",
    EvidenceKind.RECORDING: "录音录屏",
    EvidenceKind.LOGISTICS: "物流凭证",
    EvidenceKind.ORDER: "订单记录",
    EvidenceKind.PHOTO: "照片",
    EvidenceKind.DOCUMENT: "证明文件",
    EvidenceKind.OTHER: "其他",
}


class Remark(BaseModel):
    """One entry of a catalogue; texts may hold `{name}` places."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    blocks: bool
    field: str
    zh: str
    en: str
    zh_hint: str
    en_hint: str

    def say(self, language: Language, **places: object) -> tuple[str, str]:
        """Message and hint, with their places filled."""
        message, hint = (self.zh, self.zh_hint) if language == "zh" else (self.en, self.en_hint)
        return message.format(**places), hint.format(**places)


@cache
def catalogue() -> dict[str, Remark]:
    """Code -> remark, in the order of the file."""
    text = files("automation.packet").joinpath("findings.toml").read_text(encoding="utf-8")
    return {code: Remark.model_validate(entry) for code, entry in tomllib.loads(text).items()}


def finding(code: str, language: Language, *, field: str = "", **places: object) -> Finding:
    """A remark of the catalogue about this packet. `field` names a place more exactly than the catalogue does."""
    remark = catalogue()[code]
    message, hint = remark.say(language, **places)
    return Finding(code=code, message=message, field=field or remark.field, blocks=remark.blocks, hint=hint)


def page() -> str:
    """docs/lint.md: the table of all codes."""
    lines = [
        "# What is checked before a person is asked",
        "",
        "Every packet is checked when it is entered and whenever it changes. A finding that **blocks** keeps the case",
        "a draft until the packet is changed; a warning is shown to the person who approves. Times are Asia/Shanghai,",
        "lengths are counted in UTF-16 units, as browsers count. The word lists are in",
        "`automation/packet/words.toml`, the texts in `automation/packet/findings.toml`.",
        "This page is made by `python -m automation.packet`.",
        "",
        "| Code | Effect | Field | 中文 | English | What to do |",
        "|---|---|---|---|---|---|",
    ]
    lines += [
        f"| `{code}` | {'blocks' if r.blocks else 'warns'} | {r.field} | {r.zh} | {r.en} | {r.zh_hint}<br>{r.en_hint} |"
        for code, r in catalogue().items()
    ]
    return "\n".join(lines) + "\n"
