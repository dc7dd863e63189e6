"""What a dossier tells of a case: the same for `case.json` and for the paper, and which file of it lies where."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from automation.caselog import CaseLog, History, PastRound
from automation.dossier.archive import Member
from automation.model import Evidence

_UNTOLD: Final = frozenset({"path", "screenshot", "files", "known_records", "suggested"})
"""Where files lie on this machine, and the numbers of other appeals."""


@dataclass(frozen=True, slots=True)
class Enclosed:
    """Files of the case as members, by the digest of their bytes: what was sent, and pictures of forms."""

    members: tuple[Member, ...]
    names: Mapping[str, str]


def enclosed(log: CaseLog, history: History, *, originals: bool) -> Enclosed:
    """Every round's evidence as it was sent, each file once, and the last picture of each round's form.

    `originals`: also what was handed in, where it was covered before it was sent. Raises `CaseLogError` for a file that
    is missing or was changed.
    """
    found: dict[str, Member] = {}
    for digest, name, path in _files(log, history, originals=originals):
        found.setdefault(digest, Member(name, path))
    return Enclosed(tuple(found.values()), {digest: member.name for digest, member in found.items()})


def _files(log: CaseLog, history: History, *, originals: bool) -> Iterator[tuple[str, str, Path]]:
    pieces = [
        (f"{one.packet.round}-{place:02}", piece)
        for one in history.rounds
        for place, piece in enumerate(one.packet.evidence, start=1)
    ]
    for number, piece in pieces:
        log.check_evidence(piece)
        yield piece.sha256, f"evidence/{number}.{_ending(piece.name)}", piece.path
    for one in history.rounds:
        if one.form is not None and one.form.screenshot is not None:
            picture = one.form.screenshot
            yield picture.parent.name + picture.name, f"forms/{one.packet.round}.png", picture
    for number, piece in pieces if originals else ():
        if piece.original:
            path = log.original(piece)
            yield piece.original, f"originals/{number}.{_ending(piece.name)}", path


def _ending(name: str) -> str:
    ending = Path(name).suffix.lstrip(".").lower()
    return ending if ending.isascii() and ending.isalnum() and len(ending) <= 8 else "bin"  # noqa: PLR2004


def story(history: History, files: Enclosed) -> dict[str, Any]:
    """The case as JSON can hold it; times are ISO 8601 in UTC."""
    case = history.case
    return {
        "case": case.id,
        "state": case.state,
        "store": {"id": case.store.id, "name": case.store.name, "client": case.store.client},
        "platform": case.packet.platform,
        "entered_by": case.entered_by,
        "entered_at": _plain(case.entered_at),
        "changed_at": _plain(case.changed_at),
        "deadline": _plain(case.deadline),
        "note": case.note,
        "review": _plain(asdict(case.packet.review)),
        "rounds": [_round(one, files) for one in history.rounds],
        "events": [_plain(asdict(one)) for one in history.events],
    }


def _round(one: PastRound, files: Enclosed) -> dict[str, Any]:
    packet = one.packet
    form = one.form
    return {
        "round": packet.round,
        "channel": packet.channel,
        "reason": packet.reason,
        "description": packet.description,
        "answers": dict(packet.answers),
        "digest": one.digest,
        "by": one.by,
        "at": _plain(one.at),
        "evidence": [_piece(piece, files) for piece in packet.evidence],
        "approvals": _plain([asdict(approval) for approval in one.approvals]),
        "form": form
        and {
            "at": _plain(form.at),
            "digest": form.digest,
            "shows": _plain(asdict(form.read_back)),
            "file": form.screenshot and files.names[form.screenshot.parent.name + form.screenshot.name],
        },
        "sendings": _plain([asdict(sending) for sending in one.sendings]),
        "results": _plain([asdict(result) for result in one.results]),
    }


def _piece(piece: Evidence, files: Enclosed) -> dict[str, Any]:
    told: dict[str, Any] = _plain(asdict(piece))
    return {**told, "file": files.names[piece.sha256], "original_file": files.names.get(piece.original, "")}


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _plain(one) for name, one in value.items() if name not in _UNTOLD}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, datetime):
        return value.isoformat()
    return value


def text(told: Mapping[str, Any]) -> bytes:
    """`case.json`."""
    return json.dumps(told, ensure_ascii=False, indent=2).encode("utf-8", "backslashreplace") + b"\n"
