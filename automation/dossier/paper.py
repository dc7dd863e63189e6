"""The dossier on paper: one page of HTML that needs nothing else, printed as `dossier.pdf`."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from PIL import Image, ImageOps

from automation.caselog import History
from automation.dossier.story import Enclosed
from automation.packet.findings import Language
from automation.packet.lint import SHANGHAI
from automation.shown import how_big

Say = Callable[..., str]
"""A sentence of the console by its name, in the dossier's language."""

FOOT: Final = (
    '<div style="width:100%;font-size:7pt;padding:0 16mm;text-align:right;font-family:sans-serif">'
    '<span class="pageNumber"></span> / <span class="totalPages"></span></div>'
)
_WIDEST: Final = (1400, 2200)  # pixels of a picture on paper; the file itself is enclosed
_QUALITY: Final = 82
_MOST_PIXELS: Final = 120_000_000


def page(history: History, files: Enclosed, titles: Any, *, say: Say, language: Language, **words: Any) -> str:
    """The whole as HTML. `words`: who made it when, the key's fingerprint, and whether originals are enclosed."""
    pictures = {
        digest: _picture(member.content)
        for (digest, name), member in zip(files.names.items(), files.members, strict=True)
        if isinstance(member.content, Path) and not name.startswith("originals/")
    }
    return (
        _templates()
        .get_template("dossier.html")
        .render(
            history=history,
            case=history.case,
            files=files.names,
            pictures=pictures,
            titles=titles,
            t=say,
            language=language,
            kept=lambda path: path.parent.name + path.name,
            named=lambda kind: _named(say, kind),
            **words,
        )
    )


def _named(say: Say, kind: str) -> str:
    try:
        return say(f"event.{kind}")
    except KeyError:  # none of those that people care about
        return kind


@cache
def _templates() -> Environment:
    made = Environment(
        loader=PackageLoader("automation.dossier"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(when=_when, big=how_big)
    return made


def _when(moment: datetime | None) -> str:
    """A time in Beijing, to the second."""
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}" if moment else ""


def _picture(path: Path) -> str:
    """A picture for the paper as a data address; empty for what is none, or cannot be drawn."""
    try:
        with Image.open(path) as opened:
            if opened.width * opened.height > _MOST_PIXELS:
                return ""
            drawn = ImageOps.exif_transpose(opened)
            drawn.thumbnail(_WIDEST)
            flat = Image.new("RGB", drawn.size, "white")
            flat.paste(drawn, mask=drawn.convert("RGBA").getchannel("A"))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return ""
    kept = io.BytesIO()
    flat.save(kept, "JPEG", quality=_QUALITY)
    return f"data:image/jpeg;base64,{base64.b64encode(kept.getvalue()).decode()}"
