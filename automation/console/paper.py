"""Pages: templates, and how times, spans, sizes and texts are written in them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import cache, partial
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from starlette.responses import HTMLResponse

from automation.console.phrases import reworded
from automation.console.words import say
from automation.packet.findings import Language
from automation.packet.lint import SHANGHAI
from automation.shown import how_big
from automation.shown import when as written

_UNITS: Final[tuple[tuple[int, str], ...]] = ((86400, "day"), (3600, "hour"), (60, "minute"))


@cache
def _templates() -> Environment:
    made = Environment(
        loader=PackageLoader("automation.console"),
        autoescape=select_autoescape(["html", "xml"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(when=when, big=how_big, clock=clock)
    return made


def page(
    template: str, language: Language, words: Mapping[str, Any], *, status: int = 200, headers: Mapping[str, str] | None
) -> HTMLResponse:
    """A page, or a part of one.

    `t` says a sentence in it, `span` writes a length of time, `worded` says the program's own words in its language.
    """
    told: dict[str, Callable[..., str]] = {
        "t": partial(say, language),
        "span": partial(span, language),
        "worded": partial(reworded, language),
    }
    text = _templates().get_template(template).render(**words, **told, language=language)
    return HTMLResponse(text, status_code=status, headers=dict(headers or {}))


def when(moment: datetime | None) -> str:
    """A time in Beijing, as platforms show theirs, to the minute; empty for none."""
    return written(moment, zone=SHANGHAI)


def clock(moment: datetime) -> str:
    """A time of day in Beijing, to the second."""
    return moment.astimezone(SHANGHAI).strftime("%H:%M:%S")


def span(language: Language, length: timedelta | None) -> str:
    """A length of time in its two coarsest units; its sign does not show."""
    if length is None:
        return ""
    left = int(abs(length.total_seconds()))
    parts: list[str] = []
    for size, unit in _UNITS:
        count, left = divmod(left, size)
        if count or parts:
            parts.append(say(language, f"span.{unit}", n=count))
    if not parts:
        return say(language, "span.second", n=left)
    return " ".join(parts[:2])
