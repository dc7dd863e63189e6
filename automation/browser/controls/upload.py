"""File uploads: given to the right hidden input, waited for until the page lists each file as done, and proven.

A file that is shown is not yet uploaded: every library lists it at once and lets one submit without it.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from playwright.async_api import ElementHandle, Error, FileChooser, JSHandle, Locator, Page, Request

from automation.browser.probe import probe
from automation.browser.proof import Given, Proof
from automation.browser.reach import Widget
from automation.browser.waiting import SECOND, Wait
from automation.browser.wording import fold
from automation.errors import FlowError, UploadFailed
from automation.model import Evidence, Uploaded

_STALL: Final = 2.0  # steps without any change in the list, after which an upload counts as stalled

_BEGINS: Final = 0.4  # seconds in which a page begins to send what it was given

# Where nothing lists the files, and no part says when one is done, a file input that is seen lists its own: plain HTML
# keeps them there and sends them with the form.
_ITEMS: Final = r"""(box, css) => {
  const seen = (one) => one.getBoundingClientRect().height > 0;
  const listed = [...box.querySelectorAll(css.upload_item || ":not(*)")]
    .filter((one) => seen(one) && !/-leave\b|-leave-active/.test(one.className));
  if (!listed.length && !css.upload_done) {
    return [...box.querySelectorAll("input[type=file]")].filter(seen)
      .flatMap((one) => [...one.files].map((it) => ({ name: it.name, failed: false, done: true, said: it.name })));
  }
  return listed.map((one) => {
    const named = css.upload_name ? one.querySelector(css.upload_name) : null;
    const image = one.querySelector("img[alt]");
    const visible = (it) => it.getBoundingClientRect().height > 0;
    const shown = (css) => Boolean(css) && (one.matches(css) || [...one.querySelectorAll(css)].some(visible));
    const has = (css) => one.matches(css) || Boolean(one.querySelector(css));
    const failed = shown(css.upload_failed);
    const done = !failed && (css.upload_done ? has(css.upload_done) : !shown(css.upload_busy));
    const told = image && /\.[a-z0-9]{2,5}$|…|\.\.\./i.test(image.alt) ? image.alt : "";  // "预览" is no name
    const name = named ? named.title || named.innerText : told;
    return { name, failed, done, said: one.innerText || one.title };
  });
}"""

# Counts from before the files are given: a file that is refused at once may be listed for less than a frame.
_WATCH: Final = f"""(box, css) => {{
  const items = {_ITEMS};
  const watch = {{ most: 0 }};
  const look = () => {{ watch.most = Math.max(watch.most, items(box, css).length); }};
  new MutationObserver(look).observe(box, {{ childList: true, subtree: true }});
  look();
  return watch;
}}"""
# Until `want` files are listed and all are done, one failed, one went away, or nothing moved for too long.
_WAIT: Final = f"""async (box, [css, want, stall, watch]) => {{
  const items = {_ITEMS};
  let most = 0, before = "", since = performance.now();
  for (;;) {{
    const now = box.isConnected ? items(box, css) : [];
    const told = (why) => ({{ why, items: now }});
    if (!box.isConnected) return told("gone");
    if (now.some((one) => one.failed)) return told("failed");
    if (now.length < Math.max(most, watch.most)) return told("dropped");
    if (now.length >= want && now.every((one) => one.done)) return told("done");
    most = now.length;
    const state = box.innerHTML;
    if (state !== before) {{ before = state; since = performance.now(); }}
    else if (performance.now() - since > stall) return told("stalled");
    await new Promise((next) => requestAnimationFrame(next));
  }}
}}"""
_BOX: Final = "(found, css) => found.closest(css.upload) || found.querySelector(css.upload) || found"
_MOST: Final = r"""(found, css) => {
  const box = found.closest(css.upload) || found;
  const counter = /(?:^|[^\d.])\d+\s*\/\s*(\d+)(?![\d.])/.exec(box.innerText);
  const words = /最多[^\d]{0,8}(\d+)\s*(?:张|个|份|件)/.exec(box.innerText);
  return counter ? Number(counter[1]) : words ? Number(words[1]) : null;
}"""


class Uploads:
    """The uploads of one page: what was given to each control, as long as that very control is there."""

    def __init__(self, page: Page, folder: Path | None = None) -> None:
        """`folder`: where copies lie that bear the name which the platform shall see; None: the system's."""
        self._proof = Proof(page)
        self._folder = folder
        self._given: dict[str, tuple[ElementHandle, list[Given]]] = {}
        self._names: list[tempfile.TemporaryDirectory[str]] = []
        self._sending: set[Request] = set()
        self._sent = 0
        page.on("close", lambda _: self.forget())
        page.on("request", self._begun)
        page.on("response", lambda answer: self._ended(answer.request))
        page.on("requestfailed", self._ended)

    async def upload(self, widget: Widget, files: Sequence[Evidence]) -> None:
        """Give the files in order. Raises `UploadFailed` where one is refused, dropped or stalled."""
        box = await self._box(widget)
        given = await self._before(widget, box)
        field = await self._input(widget, box)
        many = await field.evaluate("(field) => field.multiple")
        for number, batch in enumerate([list(files)] if many else [[one] for one in files]):
            if number:
                field = await self._input(widget, box)  # libraries replace it
            watch = await box.evaluate_handle(_WATCH, dict(widget.parts))
            listed: int = await watch.evaluate("(watch) => watch.most")
            sent = self._sent
            seen = await self._proof.give(field, [self._named(one) for one in batch], seconds=widget.reach.step_seconds)
            self._compare(widget, batch, seen)
            await self._done(widget, box, listed + len(batch), watch)
            if not widget.parts["upload_done"]:
                await self._arrived(widget, sent)
                await self._done(widget, box, listed + len(batch), watch)
            given.extend(seen)
        self._given[widget.key] = (box, given)
        await self._in_order(widget, box, files)

    async def uploaded(self, widget: Widget) -> tuple[Uploaded, ...]:
        """The files that are listed now. Without a proof of its bytes a file's digest is empty."""
        box = await self._box(widget)
        given = list(await self._before(widget, box))
        listed: list[dict[str, Any]] = await box.evaluate(_ITEMS, dict(widget.parts))
        found = []
        for item in listed:
            name = fold(item["name"])
            match = next((one for one in given if _same_name(name, one.name)), None)
            if match is not None:
                given.remove(match)
            sha256 = match.sha256 if match is not None else ""
            found.append(Uploaded(name=match.name if match else name, sha256=sha256, accepted=bool(item["done"])))
        return tuple(found)

    async def limit(self, widget: Widget) -> int | None:
        """How many files the control takes, where the page says it: `0/3`, 最多3张."""
        most: int | None = await probe(widget.place, _MOST, dict(widget.parts))
        return most

    async def _box(self, widget: Widget) -> ElementHandle:
        found = await widget.place.evaluate_handle(_BOX, dict(widget.parts))
        box = found.as_element()
        assert box is not None
        return box

    async def _before(self, widget: Widget, box: ElementHandle) -> list[Given]:
        """What this very control was given; nothing once the page or the control was made anew."""
        known = self._given.get(widget.key)
        if known is None:
            return []
        try:
            same = await box.evaluate("(box, known) => box === known", known[0])
        except Error:
            same = False  # of a page that is gone
        return known[1] if same else []

    async def _input(self, widget: Widget, box: ElementHandle) -> ElementHandle:
        found = [one for one in await box.query_selector_all(widget.parts["upload_input"]) if await one.is_enabled()]
        if len(found) == 1:
            return found[0]
        if widget.parts["upload_open"]:
            return await self._chosen(widget)
        if not found:
            raise await widget.reach.signs.missing(widget.key, "has no file input that is enabled")
        raise await widget.reach.finder.ambiguous(widget.key, _inputs(widget))

    async def _chosen(self, widget: Widget) -> ElementHandle:
        """The input that the page itself opens when one clicks where a person would; others may lead nowhere."""
        page, menu = widget.reach.finder.page, widget.parts["upload_menu"]
        choosers: list[FileChooser] = []

        def asked(chooser: FileChooser) -> None:
            choosers.append(chooser)

        page.on("filechooser", asked)
        try:
            await widget.press(widget.place.locator(widget.parts["upload_open"]).filter(visible=True))
            wait, picked = Wait(page, widget.reach.signs.check, widget.reach.step_seconds), not menu
            while not choosers:
                entry = widget.scope.locator(menu or ":not(*)").filter(visible=True)
                if not picked and await entry.count():
                    await widget.press(entry)
                    picked = True
                elif await wait.over():
                    raise await widget.reach.signs.missing(widget.key, "does not ask for a file")
        finally:
            page.remove_listener("filechooser", asked)
        return choosers[0].element

    async def _arrived(self, widget: Widget, before: int) -> None:
        """Wait until the page has sent what it was given: no sign of being done is trusted where there may be none."""
        page, check = widget.reach.finder.page, widget.reach.signs.check
        begins = Wait(page, check, _BEGINS)
        while self._sent == before and not await begins.over():
            pass
        ends = Wait(page, check, widget.reach.step_seconds * _STALL)
        while self._sending and not await ends.over():
            pass
        if self._sending:
            raise UploadFailed(f"{widget.key} did not finish: the site does not answer", key=widget.key)

    def _begun(self, request: Request) -> None:
        kind = request.headers.get("content-type", "")
        if kind.startswith(("multipart/form-data", "image/", "video/", "audio/", "application/octet-stream")):
            self._sending.add(request)
            self._sent += 1

    def _ended(self, request: Request) -> None:
        self._sending.discard(request)

    async def _done(self, widget: Widget, box: ElementHandle, want: int, watch: JSHandle) -> None:
        stall = widget.reach.step_seconds * _STALL * SECOND
        try:
            end: dict[str, Any] = await box.evaluate(_WAIT, [dict(widget.parts), want, stall, watch])
        except Error as error:
            raise UploadFailed(f"{widget.key} went away during an upload", key=widget.key) from error
        if end["why"] == "done":
            return
        said = await widget.reach.signs.refusal()
        if said is not None:
            raise said
        raise _failed(widget, end)

    async def _in_order(self, widget: Widget, box: ElementHandle, files: Sequence[Evidence]) -> None:
        listed: list[dict[str, Any]] = await box.evaluate(_ITEMS, dict(widget.parts))
        names = [fold(one["name"]) for one in listed][-len(files) :]
        if not all(_same_name(name, one.name) for name, one in zip(names, files, strict=True)):
            raise UploadFailed(f"{widget.key} lists other files than it was given: {', '.join(names)}", key=widget.key)

    def _compare(self, widget: Widget, files: Sequence[Evidence], seen: Sequence[Given]) -> None:
        if [one.sha256 for one in files] != [one.sha256 for one in seen]:
            raise UploadFailed(
                f"{widget.key} was given other bytes than the approved ones", key=widget.key,
                hint="a file of the evidence was changed or cannot be read; check the evidence folder",
            )  # fmt: skip

    def _named(self, evidence: Evidence) -> Path:
        """A path to the bytes whose last part is the name that the platform shall see."""
        if evidence.path.name == evidence.name:
            return evidence.path
        folder = tempfile.TemporaryDirectory(prefix="appealdesk-", dir=self._folder)
        self._names.append(folder)  # kept until the page is closed: some sites read the file only when they submit it
        named = Path(folder.name) / Path(evidence.name).name
        try:
            os.link(evidence.path, named)
        except OSError:
            shutil.copyfile(evidence.path, named)
        return named

    def forget(self) -> None:
        """Let go of what was given: another job begins, or the page has closed."""
        self._given.clear()
        self._sending.clear()
        for folder in self._names:
            folder.cleanup()
        self._names.clear()


def _inputs(widget: Widget) -> Locator:
    return widget.place.locator(widget.parts["upload_input"])


def _same_name(shown: str, name: str) -> bool:
    """Whether a listed name is a file's: whole, cut with an ellipsis, or not shown at all (pictures only)."""
    if not shown or shown == fold(name):
        return True
    head, cut, tail = shown.replace("...", "…").partition("…")
    return bool(cut) and fold(name).startswith(head) and fold(name).endswith(tail)


def _failed(widget: Widget, end: dict[str, Any]) -> FlowError:
    why = {
        "failed": "refused a file",
        "dropped": "dropped a file from its list",
        "stalled": "did not finish: nothing moved any more",
        "gone": "went away during the upload",
    }[end["why"]]
    wrong = [one for one in end["items"] if not one["done"]]
    said = "; ".join(fold(one["said"])[:80] for one in wrong)
    return UploadFailed(f"{widget.key} {why}" + (f": {said}" if said else ""), key=widget.key, seen=said)
