"""Pictures as they are sent: without notes, and with parts of them covered. Covered pixels are gone, not blurred."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from PIL import Image, ImageOps, JpegImagePlugin

from automation.box import BOXES_MAX, Box
from automation.errors import InputError
from automation.packet.media import PIXELS_MAX
from automation.packet.metadata import Strange, without_metadata

COVERABLE: Final = frozenset({"image/jpeg", "image/png", "image/webp", "image/bmp", "image/gif"})
"""Media types in which boxes can be covered; of the last two, notes are taken out only by that."""

_KINDS: Final = ("JPEG", "PNG", "WEBP", "BMP", "GIF")
_INK: Final[Mapping[str, float | tuple[int, ...]]] = {
    "1": 0,
    "L": 0,
    "I": 0,
    "I;16": 0,
    "LA": (0, 255),
    "RGB": (0, 0, 0),
    "RGBA": (0, 0, 0, 255),
    "CMYK": (0, 0, 0, 255),
}


def clean(source: Path, media_type: str) -> bytes | None:
    """A kept or offered picture without notes, for sending in its place; None where the file is sent as it is.

    Raises `InputError` for a picture that can be neither taken apart nor drawn anew.
    """
    if media_type not in COVERABLE:
        return None
    data = source.read_bytes()
    try:
        bare = without_metadata(data)
    except Strange:
        return covered(data, ())
    return bare if bare != data else None


def upright_size(data: bytes) -> tuple[int, int]:
    """Width and height in pixels of a picture as it is looked at. Raises `InputError`."""
    with _opened(data) as (picture, _):
        return picture.size


def covered(data: bytes, boxes: Sequence[Box]) -> bytes:
    """The picture upright, in the same format, without notes, each box black. The same input gives the same bytes.

    Raises `InputError` for a picture that moves or cannot be read, and for a box that is empty or leaves the picture.
    """
    if len(boxes) > BOXES_MAX:
        raise InputError(f"{len(boxes)} boxes in one picture; {BOXES_MAX} are the most", field="box")
    with _opened(data) as (picture, saving):
        for box in boxes:
            _check(box, picture.size)
        drawn = picture if picture.mode in _INK else picture.convert("RGBA" if _see_through(picture) else "RGB")
        if _see_through(drawn) and drawn.mode in ("1", "L", "I", "I;16", "RGB"):
            drawn = drawn.convert("RGBA")  # a colour that counts as transparent may be the one that covers
        for box in boxes:
            drawn.paste(_INK[drawn.mode], (box.left, box.top, box.right, box.bottom))
        out = io.BytesIO()
        drawn.save(out, **saving)
        return out.getvalue()


def _check(box: Box, size: tuple[int, int]) -> None:
    width, height = size
    at = f"{box.left},{box.top},{box.width},{box.height}"
    if box.width < 1 or box.height < 1:
        raise InputError(f"the box {at} is empty", field="box", hint="left, top, width, height in pixels")
    if box.left < 0 or box.top < 0 or box.right > width or box.bottom > height:
        raise InputError(
            f"the box {at} leaves the picture", field="box", hint=f"it is {width} pixels wide and {height} high"
        )


def _see_through(picture: Image.Image) -> bool:
    return "transparency" in picture.info or picture.mode in ("LA", "PA", "RGBA", "RGBa")


@contextmanager
def _opened(data: bytes) -> Iterator[tuple[Image.Image, dict[str, Any]]]:
    """The picture, decoded, upright and without notes, and how to save it alike."""
    try:
        bare = without_metadata(data)
    except Strange:
        bare = data
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(bare), formats=_KINDS) as opened:
                _check_still(opened)
                picture = ImageOps.exif_transpose(opened)
                saving = _saving(opened, bare)
    except InputError:
        raise
    except Exception as error:  # decoders raise anything on damaged bytes
        raise InputError(f"the picture cannot be read: {error or type(error).__name__}", field="box") from error
    picture.info = {name: value for name, value in picture.info.items() if name == "transparency"}
    yield picture, saving


def _check_still(opened: Image.Image) -> None:
    if opened.width * opened.height > PIXELS_MAX:
        raise InputError("the picture has too many pixels", field="box")
    if getattr(opened, "n_frames", 1) > 1:
        raise InputError(
            "the picture moves: nothing can be covered in it",
            field="box",
            hint="send a still picture of it in its place",
        )


def _saving(opened: Image.Image, data: bytes) -> dict[str, Any]:
    """How to write the picture so that it loses as little as it can."""
    how: dict[str, Any] = {"format": opened.format}
    if "icc_profile" in opened.info:
        how["icc_profile"] = opened.info["icc_profile"]
    if isinstance(opened, JpegImagePlugin.JpegImageFile):
        sampling = JpegImagePlugin.get_sampling(opened)
        how |= {"format": "JPEG", "qtables": opened.quantization, "progressive": bool(opened.info.get("progressive"))}
        return how | ({"subsampling": sampling} if sampling >= 0 else {})
    if opened.format == "WEBP":
        return how | ({"lossless": True} if b"VP8L" in data[:64] else {"quality": 95})
    return how
