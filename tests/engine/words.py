"""Words of the trade for tests, with every field that does not matter filled in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from automation.model import Case, Intent, Notice, Packet, Record, Review, State, Store
from automation.pack import Channel

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def packet(order_no: str = "6900", review_id: str = "7400", **other: Any) -> Packet:
    review = Review(review_id, order_no, "不给钱就差评", NOW - timedelta(days=2))
    given: dict[str, Any] = {"round": 1, "reason": "extortion", "description": "买家索要五十元", **other}
    return Packet("site", "appeal", "shop", review, **given)


def case(number: int = 1, *, record_id: str = "R1", state: State = State.SUBMITTED, **other: Any) -> Case:
    store = Store("shop", "site", "一号店", "boss")
    return Case(number, store, state, packet(**other), "d" * 64, "ann", NOW, NOW, record_id=record_id)


def intent(known: frozenset[str] = frozenset()) -> Intent:
    return Intent(1, 1, 1, "d" * 64, NOW, known)


def record(record_id: str = "R1", *, order_no: str = "6900", review_id: str = "7400", **other: Any) -> Record:
    given: dict[str, Any] = {"status": "审核中", "filed_at": NOW + MINUTE, **other}
    return Record(record_id, order_no, review_id, **given)


def notice(text: str = "申诉成功", **other: Any) -> Notice:
    return Notice("N1", text, **{"at": NOW + MINUTE, **other})


def channel() -> Channel:
    means = {
        "pending": ["审核中"],
        "upheld": ["申诉成功", "*屏蔽*"],
        "rejected": ["申诉失败*"],
        "more_evidence": ["*请补充*"],
    }
    return Channel.model_validate(
        {
            "title": "申诉",
            "source": "assumed",
            "reasons": {
                "extortion": {"title": "敲诈", "labels": ["利用评价要挟/勒索", "利用中差评骗赔"], "source": "assumed"}
            },
            "limits": {
                "description_max": 200,
                "files_max": 3,
                "file_bytes_max": 1000,
                "media_types": ["image/png"],
                "source": "assumed",
            },
            "submit": {"press": "form.submit", "source": "assumed"},
            "outcomes": [{"says": says, "means": name, "source": "assumed"} for name, says in means.items()],
            "cadence": {"first_after_hours": 1, "every_hours": 4, "working_days": [1, 3], "source": "assumed"},
        },
        strict=False,
    )
