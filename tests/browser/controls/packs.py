"""Packs for the widget pages: the same keys on every library, found as that library lets them be found."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from playwright.async_api import Locator

from automation.browser.hand import Arrived
from automation.model import Medium
from automation.pack import Pack

LIBRARIES = ("antd5", "antd6", "arco", "semi", "fusion", "element")
OWN_PREFIX = {"antd5": "auxo", "antd6": "auxo", "arco": "byted", "element": "shop"}


class NoHand:
    """No test of a control signs in."""

    async def type_secret(self, locator: Locator, name: str) -> None:
        raise NotImplementedError

    async def type_totp(self, locator: Locator) -> None:
        raise NotImplementedError

    async def ask(self, locator: Locator, medium: Medium, *, destination: str = "", prompt: str = "") -> None:
        raise NotImplementedError

    async def hand_over(self, medium: Medium, picture: Locator | None, prompt: str, arrived: Arrived) -> str:
        raise NotImplementedError


def element(control: str, *find: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"source": "assumed", "control": control, "find": list(find), **more}


BUTTON = element("button", {"role": "button", "name": "申诉"})
FACT = {"source": "assumed"}


def popup(find: dict[str, Any], close: dict[str, Any]) -> dict[str, Any]:
    return {**FACT, "find": [find], "close": [close]}


def cells() -> dict[str, Any]:
    return {"order": [{"column": "订单号"}], "text": [{"column": "评价内容"}], "status": [{"column": "状态"}]}


_NEXT: dict[str, dict[str, Any]] = {
    "antd": {"css": ".{prefix}-pagination-next"},
    "arco": {"css": ".{prefix}-pagination-item-next"},
    "semi": {"role": "button", "name": "Next"},
    "fusion": {"role": "button", "name": "下一页", "contains": True},
    "element": {"role": "button", "name": "Go to next page"},
}
_TABLE = {
    "antd": ".{prefix}-table-wrapper",
    "arco": ".{prefix}-table",
    "semi": ".{prefix}-table-wrapper",
    "fusion": ".{prefix}-table",
    "element": ".{prefix}-table",
}
_USUAL = {"antd": "ant", "arco": "arco", "semi": "semi", "fusion": "next", "element": "el"}
_GROUP = {"antd": {"css": "#kind"}}


def widget_pack(library: str, origin: str, **asked: str) -> Pack:
    """The pack of a library's widget page; `asked` goes into its address."""
    family = library.rstrip("56")
    if library[-1].isdigit():
        asked = {"v": library[-1], **asked}
    prefix = asked.get("prefix", _USUAL[family])
    reason, goods = {"label": "申诉原因"}, {"label": "涉及商品"}
    if family == "arco":  # its labels name an id that only the field has
        reason, goods = {"css": "#f-reason_input"}, {"css": "#f-item_input"}
    if family == "fusion":  # its labels are hidden by an aria-label of its own
        reason, goods = ({"css": ".next-form-item", "has_text": text} for text in ("申诉原因", "涉及商品"))
    item = {
        "antd": "form-item",
        "arco": "form-item",
        "semi": "form-field",
        "fusion": "form-item",
        "element": "form-item",
    }
    # Semi names its buttons `cancel` and `confirm`, whatever they say
    again = [{"role": "button", "name": "确定"}, {"role": "button", "name": "confirm"}]
    cancel, ok = "取消", "确定"
    tags = {"css": f".{prefix}-{item[family]}:has(label:has-text('标签'))"}
    elements = {
        "title": element("display", {"role": "heading", "name": "申诉中心"}),
        "form": element("display", {"css": "form"}),
        "goods": element("text", {"placeholder": "请输入商品名称"}),
        "text": element("text", {"placeholder": "详细描述"}),
        "amount": element("text", {"placeholder": "金额"}, {"label": "赔付金额"}),
        "reason": element("select", reason),
        "item": element("select", goods),
        "tags": element("select", tags),
        "kind": element("radio", _GROUP.get(family, {"css": ".kinds"})),
        "proof": element("checkbox", {"css": ".proofs"}),
        "agree": element("checkbox", {"css": ".agree"}),
        "many": element("upload", {"css": ".many"}),
        "single": element("upload", {"css": ".single"}),
        "orders": element(
            "table",
            {"css": _TABLE[family].replace("{prefix}", prefix)},
            table={"rows": [{"css": "tbody tr"}], "cells": cells(), "next": "orders.next"},
        ),
        "orders.next": element(
            "button", {k: v.replace("{prefix}", prefix) if isinstance(v, str) else v for k, v in _NEXT[family].items()}
        ),
        "orders.appeal": element("button", {"role": "button", "name": "申诉"}, in_row=True),
        "dialog": element("dialog", {"role": "dialog", "has_text": "评价申诉"}),
        "dialog.reason": element("select", {"css": ".inner"}, within="dialog"),
        "dialog.about": element("display", {"css": ".about"}, within="dialog"),
        "dialog.cancel": element("button", {"css": "button", "has_text": cancel}, within="dialog"),
        "dialog.ok": element("button", {"css": "button", "has_text": ok}, within="dialog", irreversible=True),
        "dialog.ok_again": element("button", *again, within="dialog"),
        "remind": element("button", {"role": "button", "name": "提醒"}),
        "toast": element("toast", {"text": "操作过于频繁，请稍后再试"}),
        "missing": element("button", {"role": "button", "name": "没有的按钮"}),
    }
    return _pack(
        origin,
        library=family,
        prefix=asked.get("prefix"),
        pages={"widgets": {"source": "assumed", "url": f"/{family}.html?{urlencode(asked)}", "here_when": ["title"]}},
        elements=elements,
        messages=["toast"],
        refusals=[{"source": "assumed", "says": ["操作过于频繁*"], "means": "too_fast", "wait_seconds": 5}],
    )


def plain_pack(origin: str, **parts: Any) -> Pack:
    """A pack for a page of plain HTML: elements, and whatever else a test needs."""
    elements = {"title": element("display", {"role": "heading"}), **parts.pop("elements")}
    pages = {"start": {"source": "assumed", "url": "/blank.html", "here_when": ["title"]}, **parts.pop("pages", {})}
    return _pack(origin, library=parts.pop("library", "plain"), elements=elements, pages=pages, **parts)


def _pack(origin: str, **parts: Any) -> Pack:
    elements = parts["elements"]
    button = next((key for key, one in elements.items() if one.get("irreversible")), "submit")
    elements.setdefault(button, element("button", {"role": "button", "name": "提交"}, irreversible=True))
    elements.setdefault("login", element("display", {"text": "请登录"}))
    parts["pages"].setdefault("login", {"source": "assumed", "here_when": ["login"]})
    channel = {
        "source": "assumed",
        "title": "申诉",
        "reasons": {"rival": {"source": "assumed", "title": "同行", "labels": ["同行恶意竞争"]}},
        "limits": {
            "source": "assumed", "description_max": 200, "files_max": 5, "file_bytes_max": 10_000_000,
            "media_types": ["image/png"],
        },
        "submit": {"source": "assumed", "press": button, **parts.pop("submit", {})},
        "outcomes": [{"source": "assumed", "says": ["处理中"], "means": "pending"}],
        "cadence": {"source": "assumed", "first_after_hours": 1, "every_hours": 1, "working_days": [1, 3]},
    }  # fmt: skip
    return Pack.model_validate(
        {
            "format": 1,
            "platform": "widgets",
            "title": "Widgets",
            "origins": [origin],
            "sign_in": {"methods": ["password"], "dead_when": ["login"]},
            "channels": {"appeal": channel},
            **parts,
        }
    )
