"""A real case log and a real pack for the tests of the intake, and rows to begin with."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from automation.caselog import CaseLog
from automation.intake import ImportReport, add_case, import_file
from automation.model import Account, Store
from automation.packs import Packs
from tests.packet.material import GOOD, NOW, png

PACK = """\
format: 1
platform: shop
title: 测试店
origins: [https://shop.example]
library: plain
sign_in: {methods: [password], dead_when: [sign_in]}
pages:
  sign_in: {source: assumed, here_when: [form.submit]}
elements:
  form.submit: {source: assumed, control: button, irreversible: true, find: [{role: button, name: 提交}]}
channels:
  review_appeal:
    source: assumed
    title: 评价申诉
    reasons:
      extortion:
        {source: assumed, title: 利用评价要挟, labels: [利用评价要挟/勒索], needs: [chat, recording]}
      meaningless: {source: assumed, title: 无实际含义, labels: [无实际含义的评价]}
      spam: {source: assumed, title: 无实际含义的评价, labels: [广告评价]}
    limits:
      source: assumed
      description_max: 200
      files_max: 3
      file_bytes_max: 1000000
      media_types: [image/png, image/jpeg, video/mp4]
    window: {source: assumed, days: 30}
    submit: {source: assumed, press: form.submit}
    outcomes: [{source: assumed, says: [申诉成功], means: upheld}]
    cadence: {source: assumed, first_after_hours: 24, every_hours: 12, working_days: [1, 3]}
"""
SECOND_CHANNEL = PACK[PACK.index("  review_appeal") :].replace("review_appeal:", "abnormal_report:")

STORES = (
    Store("s1", "shop", "星河旗舰店", "a1"),
    Store("s2", "shop", "同名店", "a1"),
    Store("s3", "mall", "同名店", "a2"),
)

ROW: dict[str, Any] = {
    "store": "s1",
    "channel": "review_appeal",
    "order_no": "6912345678901234567",
    "review_id": "R1",
    "review_text": "不给50元就一直挂着",
    "posted_at": "2025-03-06 10:00",
    "stars": "1",
    "buyer": "u***8",
    "product": "纯棉T恤",
    "reason": "extortion",
    "description": GOOD,
    "evidence": "chat:chat.png|买家索要50元|2025-03-06 11:00",
}


@dataclass(frozen=True)
class Office:
    folder: Path
    log: CaseLog
    packs: Packs

    def add(self, **changes: Any) -> ImportReport:
        row = {key: value for key, value in {**ROW, **changes}.items() if value is not None}
        return add_case(row, log=self.log, packs=self.packs, by="ann", folder=self.folder, now=lambda: NOW)

    def take(self, name: str, content: bytes | str = b"") -> ImportReport:
        path = self.folder / name
        if content:
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        return import_file(path, log=self.log, packs=self.packs, by="ann", now=lambda: NOW)


@contextmanager
def office(folder: Path, pack: str = PACK, url: str = "") -> Iterator[Office]:
    shelf, home = folder / "packs", folder / "home"
    shelf.mkdir(parents=True)
    home.mkdir()
    for platform in ("shop", "mall"):
        (shelf / f"{platform}.yaml").write_text(pack.replace("platform: shop", f"platform: {platform}"), "utf-8")
    work = folder / "work"
    work.mkdir()
    (work / "chat.png").write_bytes(png())
    (work / "sub").mkdir()
    (work / "sub" / "way.png").write_bytes(png("blue"))
    with CaseLog.open(url or f"sqlite:///{home / 'log.db'}", home, clock=lambda: NOW) as log:
        for account, platform in (("a1", "shop"), ("a2", "mall")):
            log.put_account(Account(account, platform, "ann@example.com"), by="ann")
        for store in STORES:
            log.put_store(store, by="ann")
        yield Office(work, log, Packs(shipped=shelf))


def sheet(rows: Sequence[Sequence[Any]], *, text: bool = True) -> bytes:
    """A workbook with one sheet; strings stay text unless told otherwise."""
    book = openpyxl.Workbook()
    page = book.active
    assert isinstance(page, Worksheet)
    for line, row in enumerate(rows, start=1):
        for at, value in enumerate(row, start=1):
            cell = page.cell(line, at, value)
            if text and isinstance(value, str):
                cell.data_type = "s"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
