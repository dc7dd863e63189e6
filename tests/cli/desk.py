"""The command line as a test calls it: the real app on a real home folder, and what came out."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from PIL import Image
from typer.testing import CliRunner

from automation.caselog import CaseLog
from automation.cli.app import app
from automation.settings import Settings

DESCRIPTION = "买家3月5日签收后在飞鸽聊天中要求商家补偿50元，称不补偿就不删差评，商家当日拒绝。"


@dataclass(frozen=True)
class Said:
    """What a command printed, and how it ended."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        return json.loads(self.out)


class Desk:
    """One operator's machine."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = folder / "home"
        self.env = {
            "APPEALDESK_HOME": str(self.home),
            "APPEALDESK_OPERATOR": "Li Na",
            "APPEALDESK_VAULT_KEY": "file",
            "APPEALDESK_VAULT_KEY_FILE": str(folder / "vault.key"),
            "COLUMNS": "160",
        }

    def __call__(self, *words: str | int | Path, typed: str = "", operator: str = "") -> Said:
        env = self.env | ({"APPEALDESK_OPERATOR": operator} if operator else {})
        result = CliRunner().invoke(app, [str(word) for word in words], input=typed, env=env)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Said(result.exit_code, result.stdout, result.stderr)

    def log(self) -> CaseLog:
        """The case log, to arrange what only a worker could."""
        return CaseLog.open(Settings.load(self.home).database, self.home)

    def picture(self, name: str = "chat.png", colour: str = "white") -> Path:
        path = self.folder / name
        Image.new("RGB", (40, 30), colour).save(path)
        return path

    def with_store(self) -> Desk:
        """Knows one account and one store."""
        done = self(
            "account", "add", "shop-a", "--platform", "douyin_shop", "--login", "13800000000", "--sign-in", "sms"
        )
        assert done.code == 0, done.err
        done = self("store", "add", "my-store", "--account", "shop-a", "--name", "星河数码旗舰店", "--form", "always")
        assert done.code == 0, done.err
        return self

    def add_case(self, order_no: str = "6920000000000000001", **other: str) -> Said:
        posted = datetime.now(UTC) - timedelta(days=3)
        values = {
            "store": "my-store",
            "channel": "review_appeal",
            "order-no": order_no,
            "review-text": "不给五十块钱就不删差评",
            "posted-at": f"{posted:%Y-%m-%d %H:%M}",
            "reason": "extortion",
            "description": DESCRIPTION,
            "evidence": f"chat:{self.picture(f'{order_no}.png')}",
        } | {name.replace("_", "-"): value for name, value in other.items()}
        return self("case", "add", *(word for name, value in values.items() if value for word in (f"--{name}", value)))

    def digest(self, case: int = 1) -> str:
        digest: str = self("show", case, "--json").data["case"]["digest"]
        return digest

    def batch(self, rows: list[dict[str, str]]) -> Path:
        file = self.folder / "batch.csv"
        with file.open("w", encoding="utf-8", newline="") as out:
            writer = csv.DictWriter(out, sorted({key for row in rows for key in row}), restval="")
            writer.writeheader()
            writer.writerows(rows)
        return file
