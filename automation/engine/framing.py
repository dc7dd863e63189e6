"""Frames on a picture: what somebody is to look at."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from typing import Final

from PIL import Image, ImageDraw

from automation.box import Box as Part
from automation.box import BoxKind

RED: Final = (214, 24, 24)
_LINE: Final = 2  # pixels of the frame, which lies around what it frames, not on it

Box = tuple[float, float, float, float]


def framed(png: bytes, boxes: Sequence[Box]) -> bytes:
    """The picture with a red frame around each box (left, top, right, bottom as parts of width and height), as PNG."""
    with Image.open(io.BytesIO(png)) as opened:
        picture = opened.convert("RGB")
    width, height = picture.size
    apart: list[Box] = []
    for box in boxes:
        apart = _joined(apart, box)
    draw = ImageDraw.Draw(picture)
    for left, top, right, bottom in apart:
        at = (left * width - _LINE, top * height - _LINE, right * width + _LINE, bottom * height + _LINE)
        x0, x1 = (min(max(edge, 0), width - 1) for edge in (at[0], at[2]))
        y0, y1 = (min(max(edge, 0), height - 1) for edge in (at[1], at[3]))
        if x0 < x1 and y0 < y1:
            draw.rectangle((round(x0), round(y0), round(x1), round(y1)), outline=RED, width=_LINE)
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def in_pixels(png: bytes, parts: Sequence[tuple[BoxKind, Box]]) -> tuple[Part, ...]:
    """The same places in pixels of the picture, with a little room around them; none of nothing, none outside."""
    with Image.open(io.BytesIO(png)) as opened:
        width, height = opened.size
    found = []
    for kind, (left, top, right, bottom) in parts:
        x0, y0 = max(math.floor(left * width) - _LINE, 0), max(math.floor(top * height) - _LINE, 0)
        x1, y1 = min(math.ceil(right * width) + _LINE, width), min(math.ceil(bottom * height) + _LINE, height)
        if x0 < x1 and y0 < y1:
            found.append(Part(x0, y0, x1 - x0, y1 - y0, kind))
    return tuple(found)


def _joined(boxes: Sequence[Box], box: Box) -> list[Box]:
    """With one more box; those that it overlaps become one with it."""
    apart: list[Box] = []
    for one in boxes:
        if one[0] < box[2] and box[0] < one[2] and one[1] < box[3] and box[1] < one[3]:
            box = (min(one[0], box[0]), min(one[1], box[1]), max(one[2], box[2]), max(one[3], box[3]))
        else:
            apart.append(one)
    return [*apart, box]
