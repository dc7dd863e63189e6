"""What can be wrong with an import, read from problems.toml: message and hint in Simplified Chinese and English."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from automation.errors import InputError
from automation.packet.findings import Language


class Fault(Exception):
    """Something is wrong with a value; `code` is a key of the catalogue, `places` fill its text."""

    def __init__(self, code: str, **places: object) -> None:
        super().__init__(code)
        self.code = code
        self.places = places


class Explanation(BaseModel):
    """One entry of the catalogue; texts may hold `{name}` places."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    zh: str
    en: str
    zh_hint: str = ""
    en_hint: str = ""


@cache
def explanations() -> dict[str, Explanation]:
    """Code -> explanation, in the order of the file."""
    text = files("automation.intake").joinpath("problems.toml").read_text(encoding="utf-8")
    return {code: Explanation.model_validate(entry) for code, entry in tomllib.loads(text).items()}


def problem(
    fault: Fault, language: Language, *, file: Path | None = None, line: int | None = None, field: str = ""
) -> InputError:
    """The fault as an error that names its place."""
    entry = explanations()[fault.code]
    message, hint = (entry.zh, entry.zh_hint) if language == "zh" else (entry.en, entry.en_hint)
    return InputError(
        message.format(**fault.places), file=file, line=line, field=field, hint=hint.format(**fault.places)
    )
