"""The further fields of a channel's form, from a row's columns `answer:NAME` or its object `answers`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from automation.answers import arranged, remarks
from automation.intake import cells
from automation.intake.columns import ANSWER, ANSWERS
from automation.intake.problems import Fault
from automation.pack import Answer
from automation.packet.findings import Language, finding

# What is not understood is refused; a good answer that is too great or too long makes a draft, like a description.
_NOT_UNDERSTOOD: Final = frozenset({"answer_no_number", "answer_no_choice", "answer_no_link"})


def answered(
    row: Mapping[str, object], known: Mapping[str, Answer], language: Language
) -> tuple[dict[str, str], list[tuple[str, Fault]]]:
    """The answers of a row (cells by column key), as packets hold them, and (column, fault) for each that is wrong."""
    found: dict[str, str] = {}
    faults: list[tuple[str, Fault]] = []
    seen: set[str] = set()
    for key, term, value in _given(row):
        if isinstance(value, Fault) or term in seen:
            faults.append((key, value if isinstance(value, Fault) else Fault("answer_twice", term=term)))
            continue
        seen.add(term)
        try:
            found[term] = _read(value, term, known, language)
        except Fault as fault:
            faults.append((key, fault))
    return {term: found[term] for term in known if found.get(term)}, faults


def _given(row: Mapping[str, object]) -> Iterator[tuple[str, str, object]]:
    """(column, term, value); a fault as the value where no answer can be made out."""
    for key, value in row.items():
        if key.startswith(ANSWER):
            yield key, key.removeprefix(ANSWER), value
    together = row.get(ANSWERS.key)
    if isinstance(together, dict):
        for term, value in together.items():
            yield f"{ANSWERS.key}.{term}", str(term), value
    elif isinstance(together, cells.BadCell):
        yield ANSWERS.key, "", together.fault
    elif together is not None and together != "":
        yield ANSWERS.key, "", Fault("answers_form", value=cells.short(together))


def _read(value: object, term: str, known: Mapping[str, Answer], language: Language) -> str:
    answer = known.get(term)
    if isinstance(value, list) and answer is not None and answer.kind == "choices":
        text = "\n".join(cells.text(one) for one in value)
    else:
        text = cells.text(value)
    if not text:
        return ""
    if answer is None:
        names = "、".join(f"{name} ({one.title})" for name, one in known.items())
        raise _refused("answer_unknown", language, term=term, known=names or "-")
    text = arranged(answer, text)
    for code, places in remarks(answer, text):
        if code in _NOT_UNDERSTOOD:
            raise _refused(code, language, title=answer.title, **places)
    return text


def _refused(code: str, language: Language, **places: object) -> Fault:
    """In the words that the lint has for it."""
    said = finding(code, language, field="", **places)
    return Fault("answer_bad", message=said.message, hint=said.hint)
