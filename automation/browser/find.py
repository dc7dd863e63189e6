"""Finding what a pack key means on the page, as it is now: exactly one visible element, none, or an error for several.

The ways of an element are tried in order; the first that matches anything visible must match exactly one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import reduce
from typing import Final

from playwright.async_api import Error, Frame, Locator, Page
from playwright.async_api import TimeoutError as PlaywrightTimeout

from automation.browser.libraries import Parts, families, parts, parts_of, prefixed, prefixes
from automation.browser.probe import probe
from automation.browser.waiting import replaced
from automation.browser.wording import pattern, short
from automation.errors import ElementAmbiguous, PackError
from automation.pack import Control, Element, Pack
from automation.pack import Locator as Way
from automation.pack import Page as Place

Root = Page | Frame
Scope = Page | Frame | Locator

RADIOS = "[role=radiogroup], :has(input[type=radio]):not(label, form, :has(select, [role=combobox]))"
_CROWD = """(all) => all.slice(0, 4).map((one) => {
  const said = one.innerText || one.getAttribute("placeholder") || one.getAttribute("aria-label") || "";
  return one.tagName.toLowerCase() + (one.id ? "#" + one.id : "") + ` "${said}"`;
})"""
_BUILT: Final = (Control.SELECT, Control.RADIO, Control.CHECKBOX, Control.UPLOAD)
# The library whose class is the nearest: of the element, of what it holds, or of what lies around it.
_BUILT_WITH: Final = """(one, prefixes) => {
  const has = (it, p) => p && [...it.classList].some((name) => name.startsWith(p + "-"));
  const which = (it) => prefixes.findIndex((family) => family.some((p) => has(it, p)));
  for (const it of [one, ...one.querySelectorAll("*")]) if (which(it) >= 0) return which(it);
  for (let it = one.parentElement; it; it = it.parentElement) if (which(it) >= 0) return which(it);
  return 0;
}"""


def _around(inside: Scope, found: Locator, css: str) -> Locator:
    return found.locator("xpath=ancestor-or-self::*").and_(inside.locator(css))


async def _counts(ways: Sequence[Locator]) -> list[int]:
    return list(await asyncio.gather(*(way.count() for way in ways)))


class Finder:
    """Pack keys to locators on one page. Nothing here waits."""

    def __init__(self, page: Page, pack: Pack, *, matched: dict[str, int] | None = None) -> None:
        self.page = page
        self.pack = pack
        self._matched = {} if matched is None else matched  # the number of the way that matched last, for each key

    def element(self, key: str) -> Element:
        """What the pack says of an element. Raises `PackError` where it says nothing."""
        try:
            return self.pack.elements[key]
        except KeyError:
            raise PackError(
                f"the pack {self.pack.platform!r} has no element {key!r}", field=f"elements.{key}"
            ) from None

    def place(self, page: str) -> Place:
        """What the pack says of a page. Raises `PackError` where it says nothing."""
        try:
            return self.pack.pages[page]
        except KeyError:
            raise PackError(f"the pack {self.pack.platform!r} has no page {page!r}", field=f"pages.{page}") from None

    def parts(self, key: str) -> Parts:
        """The CSS of the parts of the element's library."""
        return parts(self.pack, self.element(key))

    async def parts_at(self, key: str, place: Locator) -> Parts:
        """The CSS of the parts of the library that this very widget is built with: sites mix them."""
        element = self.element(key)
        libraries = families(self.pack, element)
        if len(libraries) == 1 or element.control not in _BUILT:
            return self.parts(key)
        number: int = await probe(place, _BUILT_WITH, [prefixes(self.pack, one) for one in libraries])
        return parts_of(self.pack, libraries[number], element)

    def frame_key(self, key: str) -> str | None:
        """The frame that an element lies in: its own, or that of what it lies within."""
        element = self.element(key)
        return element.frame or (self.frame_key(element.within) if element.within else None)

    async def root(self, frame: str | None) -> Root | None:
        """The page, or the frame that a frame element holds now. None: it is not there.

        It is looked up anew for every step, since sites replace their frames under one's hands. Where the element is
        no frame, what would lie in one lies in the element's own document: some sites show a page either way.
        """
        if frame is None:
            return self.page
        holder = await self.seen(frame)
        if holder is None:
            return None
        try:
            handle = await holder.element_handle(timeout=1000)
            inside = await handle.content_frame()
            if inside is not None or await handle.evaluate("(one) => one.matches('iframe, frame')"):
                return inside
        except Error as error:
            if not (isinstance(error, PlaywrightTimeout) or replaced(error)):
                raise
            return None  # it went away meanwhile
        around = self.element(frame).frame
        return await self.root(around)

    async def roots(self) -> list[Root]:
        """The page, and the frames of the pack's that it holds now."""
        if len(self.page.frames) == 1:
            return [self.page]
        frames = [key for key, element in self.pack.elements.items() if element.control is Control.FRAME]
        found = await asyncio.gather(*(self._frame(key) for key in frames))
        return list(dict.fromkeys([self.page, *(frame for frame in found if frame is not None)]))

    async def _frame(self, key: str) -> Root | None:
        try:
            return await self.root(key)
        except (Error, ElementAmbiguous):
            return None  # it is being replaced, or it is nothing that one could act in

    async def ways(self, key: str, *, within: str = "", scope: Scope | None = None) -> list[Locator]:
        """The locators of an element, in the order of the pack; each matches visible elements only.

        None where what it lies in is not there now. A container is the first of its own ways that matches anything:
        what that one lacks is never looked for in the next.
        """
        element = self.element(key)
        container = within or element.within
        if scope is None and container:
            there = await self.look(container)
            scope = None if there is None else there[0]
        elif scope is None:
            scope = await self.root(element.frame)
        return [] if scope is None else self._inside(key, scope)

    def _inside(self, key: str, scope: Scope) -> list[Locator]:
        ways = [self.way(scope, way) for way in self.element(key).find]
        return [one.filter(visible=True) for way in ways for one in self._widgets(key, scope, way)]

    def _widgets(self, key: str, inside: Scope, found: Locator) -> list[Locator]:
        """The widget that a way leads to. Libraries hide the inputs that labels and roles lead to, or shrink them to
        nothing: a select is the library's own field around or inside what was found, and a radio or box the one around.
        """
        control = self.element(key).control
        css = self.parts(key)["select" if control is Control.SELECT else "choice"]
        if control is Control.SELECT:
            # Sites ask for one of several with a list or with radio buttons, and change from one to the other.
            return [_around(inside, found, css).or_(found.locator(css)), found.and_(inside.locator(RADIOS))]
        if control in (Control.RADIO, Control.CHECKBOX):
            return [found, _around(inside, found, css)]
        return [found]

    def way(self, inside: Scope, way: Way) -> Locator:
        """One way of finding, below a page, a frame or an element."""
        part = way.contains
        if way.role is not None:
            name = None if way.name is None else pattern(way.name, contains=part)
            found = inside.get_by_role(way.role, name=name)  # type: ignore[arg-type]
        elif way.label is not None:
            found = inside.get_by_label(pattern(way.label, contains=part))
        elif way.placeholder is not None:
            found = inside.get_by_placeholder(pattern(way.placeholder, contains=part))
        elif way.text is not None:
            found = inside.get_by_text(pattern(way.text, contains=part))
        elif way.test_id is not None:
            found = inside.get_by_test_id(way.test_id)
        else:
            css = prefixed(way.css or "", self.pack, self.pack.library)
            found = inside.locator(f"css={css}")
        return found if way.has_text is None else found.filter(has_text=pattern(way.has_text, contains=True))

    async def look(self, key: str, *, within: str = "", scope: Scope | None = None) -> tuple[Locator, int] | None:
        """The first way that matches anything now, and how much. None: no way does.

        A later way may cost the browser a hundred times as much as the first, so only as many are asked at first as
        were needed the last time. The others are asked as one, which is cheaper, since mostly none is there either.
        """
        near = self._matched.get(key, 0) + 1
        container = "" if scope is not None else within or self.element(key).within or ""
        guess = self._matched.get(container)
        if guess is not None and not self.element(container).within and not self.element(container).frame:
            # Ask below the container that it was the last time while asking for the container.
            ways = self._inside(key, self._inside(container, self.page)[guess])
            there, counts = await asyncio.gather(self.look(container), _counts(ways[:near]))
            if there is None:
                return None
            if self._matched[container] != guess:
                ways = self._inside(key, there[0])
                counts = await _counts(ways[:near])
        else:
            ways = await self.ways(key, within=within, scope=scope)
            counts = await _counts(ways[:near])
        if not any(counts):
            if not ways[near:] or not await reduce(Locator.or_, ways[near:]).count():
                return None
            counts += await _counts(ways[near:])
        for number, count in enumerate(counts):
            if count:
                self._matched[key] = number
                return ways[number], count
        return None

    def _among(self, keys: Sequence[str], target: Locator, root: Root) -> Locator:
        """The target, where it could be what one of these keys means, visible or not, whatever that is to lie within.

        CSS may name what lies around an element, so only that is looked for in all of the page.
        """
        ways = [way for key in keys for way in self.element(key).find]
        near = [self.way(root, way) for way in ways if not way.css]
        everywhere = [self.way(root, way) for way in ways if way.css]
        found = [target.locator("xpath=..").locator(reduce(Locator.or_, near))] if near else []
        return target.and_(reduce(Locator.or_, found + everywhere))

    def refuse_marked(self, key: str) -> None:
        """Raise `PackError` for a key that the pack marks as irreversible."""
        if self.element(key).irreversible:
            raise PackError(f"{key} is marked irreversible: only a submission may click it", field=f"elements.{key}")

    async def refuse_irreversible(
        self, key: str, target: Locator, *, frame: str | None = None, root: Root | None = None
    ) -> None:
        """Raise `PackError` where the target itself is what the pack marks as irreversible in that frame, or `root`.

        A pack may name the same button twice, or name too much: `key`, an element or a pop-up, is what led to it.
        """
        root = root or await self.root(frame) or self.page
        marked = await self._marked_in(root)
        if not marked or not await self._among(marked, target, root).count():
            return
        found = await asyncio.gather(*(self.ways(other) for other in marked))
        ways = [way for some in found for way in some]
        if ways and await target.and_(reduce(Locator.or_, ways)).count():
            names, field = " or ".join(marked), key if key.startswith("popups.") else f"elements.{key}"
            raise PackError(f"{key} finds the button of {names}, which is marked irreversible", field=field)

    async def _marked_in(self, root: Root) -> list[str]:
        """The irreversible elements of one document: two frame elements may stand for the same."""
        marked = {k: self.frame_key(k) for k, e in self.pack.elements.items() if e.irreversible}
        roots = {frame: await self.root(frame) for frame in set(marked.values())}
        return [k for k, frame in marked.items() if roots[frame] is root]

    async def seen(self, key: str, *, within: str = "", scope: Scope | None = None) -> Locator | None:
        """The one element that is visible now, or None. Raises `ElementAmbiguous` on several."""
        found = await self.look(key, within=within, scope=scope)
        if found is not None and found[1] > 1:
            raise await self.ambiguous(key, found[0])
        return None if found is None else found[0]

    async def visible(self, key: str, *, within: str = "", scope: Scope | None = None) -> bool:
        """Whether anything that the key means is visible now, be it one or many."""
        return await self.look(key, within=within, scope=scope) is not None

    async def here(self, page: str) -> bool:
        """Whether a page of the pack is there now."""
        place = self.place(page)
        if place.url_has is not None and place.url_has not in self.page.url:
            return False
        return all(await asyncio.gather(*(self.visible(key) for key in place.here_when)))

    async def which(self, pages: Sequence[str]) -> str | None:
        """The first of these pages that is there now."""
        here = await asyncio.gather(*(self.here(page) for page in pages))
        return next((page for page, there in zip(pages, here, strict=True) if there), None)

    async def ambiguous(self, key: str, found: Locator) -> ElementAmbiguous:
        """The error for several matches, with a short outline of them."""
        count = await found.count()
        crowd = "; ".join(short(one) for one in await found.evaluate_all(_CROWD))
        return ElementAmbiguous(f"{key} matches {count} elements and must match one: {crowd}", key=key, seen=crowd)
