"""What an import file may hold: one table for all three kinds of files, for the template and for docs/import.md."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from typing import Final

from rapidfuzz import fuzz, process

from automation.intake.problems import Fault

COLUMNS_MAX: Final = 200  # far more than there are; a header of thousands would be thousands of faults
LINES_MAX: Final = 200_000  # of a file: empty ones and comments are passed over, but not without end
COMMENT: Final = "#"
ANSWER: Final = "answer:"  # begins the key of a column for one field of the channel's form
_NAME_MAX: Final = 200  # characters of a header's name that are looked at
_ANSWER_COLUMN: Final = re.compile(r"(?:answer|补充)\s*:\s*(?P<term>[a-z][a-z0-9_]*)\s*\*?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its key, its Chinese name and other names, what it means in both languages, and an example."""

    key: str
    title: str
    zh: str
    en: str
    example: str
    required: bool = False
    aliases: tuple[str, ...] = ()
    long: bool = False  # holds prose

    @property
    def names(self) -> tuple[str, ...]:
        """Everything that a header may call it."""
        return (self.key, self.title, *self.aliases)


COLUMNS: Final[tuple[Column, ...]] = (
    Column(
        "store",
        "店铺",
        "店铺编号，或后台显示的店铺名称（须已登记）",
        "the store's id, or its name as the back-office shows it; it must have been added before",
        "my_store",
        required=True,
        aliases=("店铺编号", "店铺名称", "店铺名"),
    ),
    Column(
        "channel",
        "渠道",
        "申诉渠道的代号或名称；平台只有一个渠道时可不填",
        "the channel's term or title; may be empty where the platform has one only",
        "review_appeal",
        aliases=("申诉渠道",),
    ),
    Column(
        "order_no",
        "订单编号",
        "订单编号；请把整列设为“文本”格式",
        "the order's number; format the column as text",
        "6912345678901234567",
        aliases=("订单号", "订单"),
    ),
    Column(
        "review_id",
        "评价编号",
        "评价编号，若后台有显示",
        "the review's id, where the back-office shows one",
        "",
        aliases=("评价ID",),
    ),
    Column(
        "review_text",
        "评价内容",
        "评价全文",
        "the review's full text",
        "不给50元就一直挂着差评",
        aliases=("评价", "评论内容"),
        long=True,
    ),
    Column(
        "posted_at",
        "评价时间",
        "评价发布的时间；不写时区即北京时间，只写日期即当天 0 点",
        "when the review was posted; Asia/Shanghai unless a zone is given, 00:00 where only a date is given",
        "2025-03-05 14:30",
        required=True,
        aliases=("评论时间", "评价日期"),
    ),
    Column(
        "review_url",
        "评价链接",
        "评价页面的网址，若有",
        "where the review is to be seen, if anywhere: http or https",
        "",
        aliases=("评价网址", "链接"),
    ),
    Column("stars", "星级", "1 到 5", "1 to 5", "1", aliases=("评分", "评价星级")),
    Column("buyer", "买家", "买家昵称", "the buyer's nick name", "u***8", aliases=("买家昵称", "用户昵称")),
    Column("product", "商品", "商品名称", "the product", "纯棉T恤", aliases=("商品名称",)),
    Column(
        "reason",
        "申诉原因",
        "申诉原因的代号、名称，或平台页面上的选项",
        "the reason: our term, its title, or any option of the platform that the pack knows",
        "利用评价要挟/勒索",
        required=True,
        aliases=("原因", "申诉理由"),
    ),
    Column(
        "description",
        "申诉说明",
        "简明、客观，写清时间、人物、事件",
        "short and objective: when, who, what",
        "该买家3月3日下单，3月5日签收后给出差评，并在聊天中表示“不给50元就不删差评”（见截图）。",
        required=True,
        aliases=("说明", "申诉描述", "描述"),
        long=True,
    ),
    Column(
        "evidence",
        "证据",
        "每份一行或用分号隔开：类别:路径|说明|时间；路径相对于本文件；按时间排列。JSON 中可写成列表",
        "one a line, or between semicolons: kind:path|caption|time; paths start at this file's folder;"
        " in the order of time. In JSON a list is taken also",
        "聊天记录:证据/聊天1.png|买家索要50元|2025-03-05 15:02",
        aliases=("证据文件", "凭证"),
        long=True,
    ),
)

ANSWERS: Final = Column(
    "answers",
    "补充项",
    "仅 JSON：该渠道表单的其他字段，写成对象",
    "JSON only: the further fields of the channel's form, as an object",
    '{"amount": "12.50"}',
)
ONE_ANSWER: Final = Column(
    f"{ANSWER}NAME",
    "补充:NAME",
    "该渠道表单的一个其他字段，NAME 是选择器包里的代号（appealdesk packs show 可查）；"
    "多选用逗号隔开，JSON 中可写成列表",
    "one further field of the channel's form; NAME is the pack's term (see: appealdesk packs show);"
    " several choices between commas, in JSON a list is taken also",
    "12.50",
)

BY_KEY: Final = {column.key: column for column in (*COLUMNS, ANSWERS)}


def _fold(name: str) -> str:
    """Header names are compared half-width, without case, spaces, underscores and the star of a required one."""
    text = unicodedata.normalize("NFKC", name).casefold()
    return "".join(ch for ch in text if not ch.isspace() and ch not in "_-*\ufeff").removesuffix("(必填)")


_BY_NAME: Final = {_fold(name): column for column in BY_KEY.values() for name in column.names}


def column_of(name: str) -> Column | None:
    """The column that a header names."""
    if len(name) > _NAME_MAX:
        return None
    if one := _ANSWER_COLUMN.fullmatch(unicodedata.normalize("NFKC", name).strip(" \ufeff")):
        term = one["term"].lower()
        return replace(ONE_ANSWER, key=f"{ANSWER}{term}", title=f"补充:{term}")
    return _BY_NAME.get(_fold(name))


def is_comment(text: object) -> bool:
    """Whether a header, or a row that begins with this, is not to be imported."""
    return isinstance(text, str) and text.strip().startswith((COMMENT, "＃"))


def nearest(name: str, known: Sequence[str]) -> str:
    """The known name most like this one; "" if there is none at all."""
    best = process.extractOne(name[:_NAME_MAX], list(known), scorer=fuzz.WRatio)
    return str(best[0]) if best else ""


def header_faults(names: Sequence[str], *, complete: bool = True) -> list[tuple[str, Fault]]:
    """Every fault of a header, as (name, fault); empty names and comments have none.

    `complete`: all required columns must be there, too.
    """
    if (count := sum(1 for name in names if name.strip())) > COLUMNS_MAX:
        return [("", Fault("too_many_columns", count=count, most=COLUMNS_MAX))]
    faults: list[tuple[str, Fault]] = []
    seen: dict[str, str] = {}
    every = [name for column in COLUMNS for name in (column.title, column.key, *column.aliases)]
    known = ", ".join(f"{column.key}/{column.title}" for column in (*COLUMNS, ONE_ANSWER))
    for name in names:
        if not name.strip() or is_comment(name):
            continue
        column, name = column_of(name), name[:_NAME_MAX]  # noqa: PLW2901 - what is shown of it
        if column is None:
            faults.append((name, Fault("column_unknown", name=name, nearest=nearest(name, every), known=known)))
        elif column.key in seen:
            faults.append((name, Fault("column_twice", name=name, other=seen[column.key])))
        else:
            seen[column.key] = name
    if complete:
        missing = [column for column in COLUMNS if column.required and column.key not in seen]
        faults += [(column.key, Fault("column_missing", name=f"{column.key}/{column.title}")) for column in missing]
    return faults


def page() -> str:
    """docs/import.md: the files that can be imported, and their columns."""
    lines = files("automation.intake").joinpath("page.md").read_text(encoding="utf-8").splitlines()
    for column in (*COLUMNS, ONE_ANSWER, ANSWERS):
        names = " / ".join((column.title, *column.aliases))
        needed = "yes" if column.required else ""
        example = column.example.replace("|", "\\|")
        meaning = f"{column.zh}<br>{column.en}".replace("|", "\\|")
        lines.append(f"| `{column.key}` | {names} | {needed} | {meaning} | {example} |")
    return "\n".join(lines) + "\n"
