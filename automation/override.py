"""Writing one fact into a user's override pack: what the user wrote there, comments and all, stays as it is.

Nothing is put in place that does not read as a good pack together with the layers below it.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import yaml

from automation.errors import PackError
from automation.pack import Channel, Reason
from automation.packs import OVERRIDE, Packs

_STEP: Final = "  "
_GUESSED: Final = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})
_BOM: Final = "\ufeff"


def keep_label(folder: Path, platform: str, channel: str, term: str, option: str) -> Path:
    """Let an option of the page mean one of our reasons from now on, before all labels so far; the file written.

    The fact is then `assumed`: that the option is there was seen, that it means this reason is a person's judgement.
    One that is `verified` stays so. Raises `PackError` where the pack would not be good with it.
    """
    packs = Packs(folder)
    reason = _reason(packs.pack(platform).channels[channel], channel, term)
    file = folder / f"{platform}.yaml"
    before = file.read_bytes().decode("utf-8") if OVERRIDE in packs.files(platform) else ""
    way = ("channels", channel, "reasons", term)
    text = put(before or f"format: 1\nplatform: {platform}\n", (*way, "labels"), [option, *reason.labels])
    if reason.source not in ("assumed", "verified"):
        text = put(text, (*way, "source"), "assumed")
    _write(file, text)
    return file


def _reason(channel: Channel, name: str, term: str) -> Reason:
    if term not in channel.reasons:
        raise PackError(f"the channel {name} has no reason {term}", field=f"channels.{name}.reasons")
    return channel.reasons[term]


def put(text: str, way: Sequence[str], value: str | list[str]) -> str:
    """The text of a pack with this value at the end of the way; all else, comments too, is left as it is.

    What is new of a list goes in front of the list that stands there.
    """
    mark, text = (_BOM, text[1:]) if text.startswith(_BOM) else ("", text)
    end = "\r\n" if "\r\n" in text else "\n"
    node: Any = yaml.compose(text, Loader=yaml.SafeLoader)
    for depth, key in enumerate(way):
        if not isinstance(node, yaml.MappingNode):
            raise PackError("is not a map", field=".".join(way[:depth]))
        inner = next((value for name, value in node.value if name.value == key), None)
        if inner is None:
            return mark + _add(text, node, way[depth:], value, end)
        node = inner
    if isinstance(node, yaml.SequenceNode) and isinstance(value, list) and node.value:
        return mark + _before(text, node, [one for one in value if one not in {item.value for item in node.value}])
    return mark + text[: node.start_mark.index] + _flow(value) + text[_end(node) :]


def _before(text: str, node: yaml.SequenceNode, new: Sequence[str]) -> str:
    """The new items in front of a list's own, in the way that the list is written."""
    at = node.start_mark.index
    if node.flow_style:
        return text[: at + 1] + "".join(f"{_flow(one)}, " for one in new) + text[at + 1 :]
    indent = " " * node.start_mark.column
    end = "\r\n" if "\r\n" in text else "\n"
    return text[:at] + "".join(f"- {_flow(one)}{end}{indent}" for one in new) + text[at:]


def _add(text: str, node: yaml.MappingNode, way: Sequence[str], value: str | list[str], end: str) -> str:
    """A new entry at the end of a map, in the way that the map is written."""
    if node.flow_style:
        at = node.start_mark.index + 1
        inner = _flow(value)
        for key in reversed(way[1:]):
            inner = f"{{ {_key(key)}: {inner} }}"
        return f"{text[:at]} {_key(way[0])}: {inner}{',' if node.value else ' '}{text[at:]}"
    first, last = node.value[0][0], node.value[-1][1]
    indent = " " * first.start_mark.column
    lines = [f"{indent}{_STEP * depth}{_key(key)}:" for depth, key in enumerate(way)]
    lines[-1] += f" {_flow(value)}"
    at = _end(last)
    if not text[:at].endswith("\n"):
        rest = text.find("\n", at)  # a comment may follow on the line
        at = len(text) if rest < 0 else rest + 1
    while at < len(text):  # comments that stand deeper belong to what is above them
        line = text[at : (text.find("\n", at) + 1) or len(text)]
        if not line.strip().startswith("#") or len(line) - len(line.lstrip()) <= first.start_mark.column:
            break
        at += len(line)
    before = text[:at] if text[:at].endswith("\n") else text[:at] + end
    return before + "".join(line + end for line in lines) + text[at:]


def _end(node: Any) -> int:
    """Behind the last character of a value. What the parser calls the end of a block may lie behind comments."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return _end(last[1] if isinstance(last, tuple) else last)
    return int(node.end_mark.index)


def _key(key: str) -> str:
    """Our terms are plain words; those that YAML takes for something else are quoted."""
    return key if key not in _GUESSED else _flow(key)


def _flow(value: str | list[str]) -> str:
    """Quoted text, or a list of it: JSON's way of writing it is also YAML's."""
    return json.dumps(value, ensure_ascii=False)


def _write(file: Path, text: str) -> None:
    """Put the file in place at once, after it was read as a pack."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=file.parent, prefix=".") as folder:
        new = Path(folder) / file.name
        with new.open("wb") as out:
            out.write(text.encode("utf-8"))
            out.flush()
            os.fsync(out.fileno())
        Packs(Path(folder)).pack(file.stem)
        if file.exists():
            new.chmod(file.stat().st_mode & 0o777)
        new.replace(file)
