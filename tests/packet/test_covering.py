"""Pictures as they are sent: nothing noted in them, what is covered is gone, and all else is as it was."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageChops, PngImagePlugin

from automation.box import BOXES_MAX, Box, BoxKind
from automation.errors import InputError
from automation.packet.covering import clean, covered, upright_size
from automation.packet.metadata import Strange, without_metadata

SECRET = b"Nanjing Road 8"
NOISE = Image.effect_noise((64, 48), 90).convert("RGB")
BOX = Box(8, 6, 20, 10, BoxKind.PHONE)


def notes(turned: int = 1) -> Image.Exif:
    exif = Image.Exif()
    exif[0x010E] = SECRET.decode()
    exif[0x0112] = turned
    exif.get_ifd(0x8825).update({1: "N", 2: (31.0, 14.0, 2.0), 3: "E", 4: (121.0, 28.0, 1.0)})
    return exif


def written(kind: str, picture: Image.Image = NOISE, **how: Any) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **how)
    return out.getvalue()


def text_chunks() -> PngImagePlugin.PngInfo:
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", SECRET.decode())
    info.add_itxt("XML:com.adobe.xmp", SECRET.decode())
    return info


def pixels(data: bytes) -> bytes:
    with Image.open(io.BytesIO(data)) as picture:
        return picture.convert("RGBA").tobytes()


def sent(folder: Path, data: bytes, media_type: str) -> bytes | None:
    (folder / "file").write_bytes(data)
    return clean(folder / "file", media_type)


NOTED = {
    "jpeg": written("JPEG", exif=notes(), comment=SECRET, xmp=SECRET, quality=88),
    "jpeg progressive": written("JPEG", exif=notes(), progressive=True),
    "jpeg with a film behind it": written("JPEG") + b"\0\0\0\x18ftypmp42" + SECRET,
    "png": written("PNG", exif=notes(), pnginfo=text_chunks()),
    "png with bytes behind it": written("PNG") + SECRET,
    "webp": written("WEBP", exif=notes(), xmp=SECRET),
    "webp lossless": written("WEBP", exif=notes(), lossless=True),
}


@pytest.mark.parametrize("name", NOTED)
def test_notes_are_taken_out_and_no_pixel_changes(name: str, tmp_path: Path) -> None:
    noted, media_type = NOTED[name], f"image/{name.partition(' ')[0]}"
    assert any(mark in noted for mark in (SECRET, b"Exif", b"EXIF"))
    bare = sent(tmp_path, noted, media_type)
    assert bare is not None
    assert not any(mark in bare for mark in (SECRET, b"Exif", b"EXIF", b"XMP"))
    assert pixels(bare) == pixels(noted)
    with Image.open(io.BytesIO(bare)) as picture:
        assert dict(picture.getexif()) == {}
    assert sent(tmp_path, noted, media_type) == bare
    assert sent(tmp_path, bare, media_type) is None


def test_a_webp_no_longer_says_that_it_holds_notes() -> None:
    noted = NOTED["webp"]
    assert (noted[12:16], noted[20] & 0x0C) == (b"VP8X", 0x0C)
    assert without_metadata(noted)[20] & 0x0C == 0


@pytest.mark.parametrize(
    ("kind", "media_type"),
    [("JPEG", "image/jpeg"), ("PNG", "image/png"), ("WEBP", "image/webp"), ("BMP", "image/bmp"), ("GIF", "image/gif")],
)
def test_a_picture_without_notes_is_sent_byte_for_byte(kind: str, media_type: str, tmp_path: Path) -> None:
    assert sent(tmp_path, written(kind), media_type) is None


def test_what_is_no_picture_is_not_opened(tmp_path: Path) -> None:
    assert clean(tmp_path / "not there.mp4", "video/mp4") is None


def test_a_photo_stays_turned_and_says_nothing_else(tmp_path: Path) -> None:
    bare = sent(tmp_path, written("JPEG", exif=notes(turned=6)), "image/jpeg")
    assert bare is not None
    assert SECRET not in bare
    with Image.open(io.BytesIO(bare)) as picture:
        assert dict(picture.getexif()) == {0x0112: 6}
    assert upright_size(bare) == (48, 64)


def test_a_preview_inside_the_file_goes(tmp_path: Path) -> None:
    plain = written("JPEG")
    assert plain[:4] == b"\xff\xd8\xff\xe0"
    with_preview = plain[:4] + (16 + 3).to_bytes(2) + plain[6:18] + b"\x01\x01" + b"SEE" + plain[20:]
    assert sent(tmp_path, with_preview, "image/jpeg") == plain


def test_colours_and_transparency_stay() -> None:
    profile = b"\0" * 128
    data = without_metadata(written("PNG", NOISE.convert("P"), transparency=3, icc_profile=profile, exif=notes()))
    with Image.open(io.BytesIO(data)) as picture:
        assert (picture.info["transparency"], picture.info["icc_profile"]) == (3, profile)
    assert without_metadata(written("JPEG", icc_profile=profile)) == written("JPEG", icc_profile=profile)


@pytest.mark.parametrize("data", [NOTED["jpeg"][:200], NOTED["png"][:200], NOTED["webp"][:200], b"\xff\xd8\xff\x00"])
def test_a_broken_picture_is_neither_sent_nor_a_crash(data: bytes, tmp_path: Path) -> None:
    with pytest.raises(Strange):
        without_metadata(data)
    with pytest.raises(InputError, match="cannot be read"):
        sent(tmp_path, data, {b"\x89": "image/png", b"R": "image/webp"}.get(data[:1], "image/jpeg"))


def test_a_picture_that_is_oddly_built_is_drawn_anew(tmp_path: Path) -> None:
    odd = NOTED["png"][:-12]  # without its end: viewers show it all the same
    with pytest.raises(Strange):
        without_metadata(odd)
    drawn = sent(tmp_path, odd, "image/png")
    assert drawn is not None
    assert SECRET not in drawn
    assert pixels(drawn) == NOISE.convert("RGBA").tobytes()


@pytest.mark.parametrize("kind", ["PNG", "BMP"])
def test_what_is_covered_is_black_and_nothing_else_changes(kind: str) -> None:
    before = written(kind)
    after = covered(before, [BOX, Box(63, 47, 1, 1)])
    assert covered(before, [BOX, Box(63, 47, 1, 1)]) == after
    with Image.open(io.BytesIO(after)) as picture:
        assert picture.format == kind
        shown = picture.convert("RGB")
    wanted = NOISE.copy()
    wanted.paste((0, 0, 0), (8, 6, 28, 16))
    wanted.putpixel((63, 47), (0, 0, 0))
    assert ImageChops.difference(shown, wanted).getbbox() is None


@pytest.mark.parametrize(("kind", "how"), [("JPEG", {"quality": 90}), ("WEBP", {"lossless": True}), ("GIF", {})])
def test_what_is_covered_is_gone_in_every_format(kind: str, how: dict[str, Any]) -> None:
    blank, box = Image.new("RGB", (64, 48), "white"), Box(16, 16, 16, 16)  # a block of a JPEG, which is written as one
    secret = blank.copy()
    secret.paste(NOISE.crop((16, 16, 32, 32)), (16, 16))
    after = covered(written(kind, secret, comment=SECRET, **how), [box])
    assert pixels(after) == pixels(covered(written(kind, blank, **how), [box]))  # whatever stood there
    assert SECRET not in after
    with Image.open(io.BytesIO(after)) as picture:
        assert picture.format == kind
        assert picture.convert("L").crop((17, 17, 31, 31)).getextrema() == (0, 0)


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "RGBA", "I;16", "CMYK"])
def test_every_kind_of_pixel_is_covered_opaquely(mode: str) -> None:
    picture = Image.new("L", (64, 48), 200).convert("I;16") if mode == "I;16" else NOISE.convert(mode)
    how = {"transparency": 0} if mode in ("L", "P") else {}
    after = covered(written("JPEG" if mode == "CMYK" else "PNG", picture, **how), [BOX])
    with Image.open(io.BytesIO(after)) as shown:
        spot = shown.convert("RGBA").getpixel((15, 10))
    assert isinstance(spot, tuple)
    assert max(spot[:3]) < 12
    assert spot[3] == 255


def test_boxes_count_on_the_picture_as_it_is_looked_at() -> None:
    white = Image.new("RGB", (64, 48), "white")
    after = covered(written("JPEG", white, exif=notes(turned=6), quality=95), [Box(0, 0, 10, 30)])
    with Image.open(io.BytesIO(after)) as picture:
        assert (picture.size, dict(picture.getexif())) == ((48, 64), {})
        dark = picture.convert("L").point([255 * (value < 60) for value in range(256)]).getbbox()
    assert dark == (0, 0, 10, 30)


@pytest.mark.parametrize(
    ("box", "said"),
    [
        (Box(0, 0, 0, 5), "is empty"),
        (Box(0, 0, 5, -5), "is empty"),
        (Box(-1, 0, 5, 5), "leaves the picture"),
        (Box(60, 0, 5, 5), "leaves the picture"),
        (Box(0, 44, 5, 5), "leaves the picture"),
    ],
)
def test_a_box_that_covers_nothing_or_too_much_is_refused(box: Box, said: str) -> None:
    with pytest.raises(InputError, match=said):
        covered(written("PNG"), [BOX, box])


def test_boxes_without_end_are_refused() -> None:
    with pytest.raises(InputError, match=f"{BOXES_MAX} are the most"):
        covered(written("PNG"), [BOX] * (BOXES_MAX + 1))


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP"])
def test_a_picture_that_moves_is_refused(kind: str) -> None:
    moving = written(kind, save_all=True, append_images=[ImageChops.invert(NOISE)])
    with pytest.raises(InputError, match="the picture moves"):
        covered(moving, [BOX])
