"""What a failure leaves behind: a screenshot with its secret fields masked, and a trace without any secret.

Traces are taken without pictures, which would make every step slower and could not be masked. The raw trace lies in a
private folder; what is kept is a copy in which every live secret, every cookie and every header of the kind is
replaced, in whatever spelling it stands there.
"""

from __future__ import annotations

import json
import re
import tempfile
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from http.cookies import CookieError, SimpleCookie
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from playwright.async_api import BrowserContext, Error, Frame, Locator, Page

from automation.browser.waiting import frame_gone
from automation.redaction import LIVE, MASK, LiveSecrets

_COVERED: Final = (
    "input[type=password], input[autocomplete=one-time-code], input[autocomplete=current-password], "
    "input[autocomplete=new-password]"
)
_FIELDS: Final = "input, textarea"
_SHOWN: Final = """(all) => [all.map((one) => one.value), document.body ? document.body.innerText : ""]"""
_COLOUR: Final = "#5b6470"
_LOOKS: Final = 3  # a frame may go while the picture is taken
_HEADERS: Final = re.compile(r"cookie|authorization|token|csrf|xsrf|secret|session|signature|api-?key", re.IGNORECASE)
_COOKIE_LEAST: Final = 6  # characters; shorter values are flags: they are taken out of headers, not of every text
_TOKEN_LEAST: Final = 12  # characters of a word in a secret header, for the same reason


async def picture_of(page: Page, typed: Sequence[Locator] = ()) -> bytes:
    """The visible part of a page (PNG); password fields, fields for codes and what was `typed` into are covered.

    So is what shows a live secret, whoever put it there and however often the page was drawn anew since.
    """
    for _ in range(_LOOKS - 1):
        try:
            return await _picture(page, typed)
        except Error as error:
            if not frame_gone(error):
                raise
    return await _picture(page, typed)


async def _picture(page: Page, typed: Sequence[Locator]) -> bytes:
    there = [one for one in typed if await _has_its_frame(one)]
    showing = [one for frame in page.frames for one in await _showing(frame)]
    covered = [*(frame.locator(_COVERED) for frame in page.frames), *there, *showing]
    return await page.screenshot(mask=covered, mask_color=_COLOUR, animations="disabled", caret="hide")


async def _showing(frame: Frame) -> list[Locator]:
    """The fields of a frame that hold a live secret, also a character in each of several, and texts that repeat one."""
    fields = frame.locator(_FIELDS)
    try:
        values, text = await fields.evaluate_all(_SHOWN)
    except Error as error:
        if frame_gone(error):
            return []
        raise
    found = [fields.nth(number) for number, value in enumerate(values) if LIVE.found(value)]
    for boxes, run in groupby(enumerate(values), key=lambda one: len(one[1]) == 1):
        row = list(run) if boxes else []
        if LIVE.found("".join(value for _, value in row)):
            found += [fields.nth(number) for number, _ in row]
    return found + [frame.get_by_text(word) for word in LIVE.found(text)]


async def _has_its_frame(field: Locator) -> bool:
    """False where the frame that it stood in is gone for good, and the field with it: no picture can cover it then."""
    try:
        await field.count()
    except Error as error:
        return not frame_gone(error)
    return True


class Tracer:
    """The traces of one context: one a job, thrown away unless something failed.

    Each is started anew: that costs no more than a chunk (7 ms), while chunks of one trace gather the network of every
    job before them.
    """

    def __init__(self, context: BrowserContext, folder: Path, *, full: bool) -> None:
        self._context = context
        self._full = full
        self._folder = folder
        self._running = False

    async def begin(self) -> None:
        """Start anew; what ran before is thrown away."""
        await self.drop()
        await self._context.tracing.start(screenshots=False, snapshots=self._full, sources=False)
        self._running = True

    async def drop(self) -> None:
        """Throw the running trace away."""
        if self._running:
            self._running = False
            await self._context.tracing.stop()

    async def save(self, target: Path) -> bool:
        """End the running trace and keep it, masked, as `target`. False where none was running."""
        if not self._running:
            return False
        self._running = False
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.TemporaryDirectory(dir=self._folder) as folder:
            raw = Path(folder) / "raw.zip"
            await self._context.tracing.stop(path=raw)
            mask_trace(raw, target)
        return True


def mask_trace(raw: Path, target: Path) -> None:
    """Copy a trace without live secrets, cookies and secret headers. Written whole, or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with zipfile.ZipFile(raw) as source:
        names = [one for one in source.namelist() if not one.endswith("/")]
        networks = {name: source.read(name) for name in names if name.endswith(".network")}
        found = LiveSecrets()
        found.hold("trace", {value for data in networks.values() for value in _secrets(data)})
        part = target.with_name(f".{target.name}.part")
        try:
            with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as copy:
                for name in names:
                    data = _mask_headers(networks[name]) if name in networks else source.read(name)
                    copy.writestr(LIVE.mask(found.mask(name)), LIVE.mask_bytes(found.mask_bytes(data)))
            part.chmod(0o600)
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)


def _exchanges(data: bytes) -> Iterator[tuple[bytes, Mapping[str, Any] | None]]:
    """The lines of a trace's network file, each with the request and response in it, if it is one."""
    for line in data.splitlines():
        try:
            read = json.loads(line)
        except ValueError:
            yield line, None
            continue
        yield line, read if isinstance(read.get("snapshot"), dict) else None


def _secrets(data: bytes) -> Iterator[str]:
    for _, read in _exchanges(data):
        if read is None:
            continue
        for side in (read["snapshot"].get("request", {}), read["snapshot"].get("response", {})):
            values = [str(one.get("value", "")) for one in side.get("cookies", ())]
            for header in side.get("headers", ()):
                if header["name"].lower() in ("cookie", "set-cookie"):
                    values += _values(header["value"])
                elif _HEADERS.search(header["name"]):
                    yield from (word for word in header["value"].split() if len(word) >= _TOKEN_LEAST)
            yield from (value for value in values if len(value) >= _COOKIE_LEAST)


def _values(header: str) -> list[str]:
    """The values of a Cookie header, and of Set-Cookie headers, which Playwright joins by line breaks."""
    found: list[str] = []
    for line in header.split("\n"):
        try:
            found += [one.value for one in SimpleCookie(line).values()]
        except CookieError:
            found += [part.partition("=")[2].strip() for part in line.split(";")]
        first = line.split(";")[0]
        found += [part.partition("=")[2].strip() for part in ([first] if first else [])]
    return found


def _mask_headers(data: bytes) -> bytes:
    lines: list[bytes] = []
    for line, read in _exchanges(data):
        if read is None:
            lines.append(line)
            continue
        for side in (read["snapshot"].get("request", {}), read["snapshot"].get("response", {})):
            for cookie in side.get("cookies", ()):
                cookie["value"] = MASK
            for header in side.get("headers", ()):
                if _HEADERS.search(header["name"]):
                    header["value"] = MASK
        lines.append(json.dumps(read, ensure_ascii=False).encode())
    return b"\n".join(lines) + b"\n"


def _written(path: Path, data: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.touch(mode=0o600)
    path.write_bytes(data)
    return path


async def leave_behind(
    page: Page, tracer: Tracer | None, name: str, folder: Path, typed: Sequence[Locator] = ()
) -> list[Path]:
    """Screenshot and trace of a failure, as `name`.png and `name`.zip in `folder`; what cannot be had is left out.

    Never raises for what the browser does: the failure that brought us here is the one to tell of.
    """
    left: list[Path] = []
    with suppress(Error):  # where the tab or the browser is gone
        left.append(_written(folder / f"{name}.png", await picture_of(page, typed)))
    with suppress(Error):
        trace = folder / f"{name}.zip"
        if tracer is not None and await tracer.save(trace):
            left.append(trace)
    return left
