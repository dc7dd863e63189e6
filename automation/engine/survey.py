"""Holding a pack against a store's pages: each element found, missing, ambiguous, or not reachable by looking alone.

A flow's own looking steps lead the way: records, messages, reviews, and the form, which is opened and left as it is.
Then come the pages with a `url` that none of them saw. A `Site` refuses what is irreversible, and here uploads too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, cast

from automation.browser.census import Sight, census
from automation.engine.aftermath import explain
from automation.engine.step import Level, Mark
from automation.engine.visit import Visit
from automation.errors import FlowError, HandOver
from automation.flow import Scans
from automation.flowkeys import ELEMENT_FIRST, used_by
from automation.model import Review
from automation.pack import Control, Pack
from automation.reviews import Found
from automation.site import Site

_BACK: Final = timedelta(days=30)  # how far lists are read
_ASKING: Final = frozenset({"shows", "heed", "number", "unfilled"})  # no matter if the element is not there
_FORMS_TRIED: Final = 3  # reviews whose form is asked for, until one opens


class Verdict(StrEnum):
    """What became of one element."""

    FOUND = "found"
    AMBIGUOUS = "ambiguous"
    MISSING = "missing"
    UNREACHED = "not reachable read-only"


@dataclass(frozen=True, slots=True)
class Judged:
    """One element. `way` is the number of the way that found it, from 1: the likelier ones before it fail."""

    key: str
    verdict: Verdict
    page: str = ""
    way: int = 0
    ways: int = 0
    why: str = ""


@dataclass(frozen=True, slots=True)
class Survey:
    """All elements of the pack, in its order, the pages that were there, and what could not be done."""

    elements: tuple[Judged, ...]
    pictures: dict[str, Path]  # by page
    notes: tuple[str, ...]


@dataclass
class _Walk:
    """A `Site` that looks around on every page. Methods that are not its own are the tab's."""

    visit: Visit
    folder: Path
    page: str = ""
    used: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    sights: dict[str, tuple[str, Sight]] = field(default_factory=dict)  # the best of each element, and on which page
    pictures: dict[str, Path] = field(default_factory=dict)
    needed: set[str] = field(default_factory=set)  # what the flow cannot do without

    @property
    def pack(self) -> Pack:
        return self.visit.pack

    def __getattr__(self, name: str) -> Any:
        method = getattr(self.visit.site, name)
        return self._noting(name, method) if name in ELEMENT_FIRST else method

    def _noting(self, name: str, method: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def noted(key: str, *values: Any, **words: Any) -> Any:
            if name == "upload":
                raise HandOver("a check uploads nothing")
            self.used[self.page] |= {key, *([words["within"]] if isinstance(words.get("within"), str) else ())}
            if name not in _ASKING:
                self.needed |= {key, self.pack.elements[key].within or key}
            if name == "click":
                await self.look()
            result = await method(key, *values, **words)
            if name == "click" and self.pack.elements[key].in_row and self._seen(key) != 1:
                self.sights[key] = (self.page, Sight(1, why="in the row that the flow chose"))
            return result

        return noted

    async def open(self, page: str) -> None:
        """See `Site`."""
        await self.arrive(page, start=page)

    async def arrive(self, *pages: str, start: str = "", timeout: float | None = None) -> str:
        """See `Site`."""
        try:
            self.page = await self.visit.site.arrive(*pages, start=start, timeout=timeout)
        except FlowError:
            self.page = start or self.page
            if start:
                await self.look()
            raise
        await self.look()
        return self.page

    async def follow(self, link: str, *pages: str) -> str:
        """See `Site`."""
        self.page = await self.visit.site.follow(link, *pages)
        await self.look()
        return self.page

    async def look(self, more: Iterable[str] = ()) -> None:
        """Judge what belongs to this page and was not found yet; the page's picture is the newest one."""
        if not self.page:
            return
        marks = self.pack.pages[self.page].here_when
        self.needed |= set(marks)
        known = self._with_parts({*marks, *self.used[self.page], *more})
        wanted = [key for key in known if self._seen(key) != 1]
        tables = [key for key in known if self.pack.elements[key].control is Control.TABLE]
        for key, sight in (await census(self.visit.session.site, wanted, tables)).items():
            if key not in self.sights or sight.count == 1 or self.sights[key][1].count == 0:
                self.sights[key] = (self.page, sight)
        path = self.pictures[self.page] = self.folder / f"{self.page}.png"
        await self.visit.ask(path.write_bytes, await self.visit.session.screenshot())

    def _seen(self, key: str) -> int:
        return self.sights[key][1].count if key in self.sights else 0

    def _with_parts(self, keys: Iterable[str]) -> list[str]:
        """With what elements lie in, what lies in containers, and what tables are made of."""
        elements, known, more = self.pack.elements, set[str](), set(keys) & self.pack.elements.keys()
        while more:
            known |= more
            inner = {elements[key].within for key in more} | {elements[key].frame for key in more}
            for table in (elements[key].table for key in more):
                if table is not None:
                    inner |= {table.next, table.previous, table.scroll, table.total}
            more = {key for key in inner if key is not None} - known
        return sorted(known)


@dataclass
class _Surveyor:
    """Goes from step to step; one that fails is noted, and the next is taken."""

    visit: Visit
    walk: _Walk
    notes: list[str] = field(default_factory=list)

    async def step(self, what: str, work: Awaitable[object]) -> bool:
        """Whether the step came to its end."""
        try:
            await work
            await self.walk.look()
        except FlowError as error:
            self.notes.append(f"{what}: {explain(error)}")
            self.visit.say(Mark.LOOKED, self.notes[-1], Level.WARNING)
            return False
        self.visit.step(Mark.LOOKED, f"{what}: looked at")
        return True

    async def lists(self, site: Site, since: datetime) -> tuple[Found, ...]:
        """Everything that is listed; the reviews."""
        flow = self.visit.flow
        await self.step("the store's name", flow.store_shown(site))
        for channel in self.visit.pack.channels:
            await self.step(f"records of {channel}", flow.records(site, channel, since))
        await self.step("messages", flow.notices(site, since))
        found: list[Found] = []

        async def read(scanning: Scans) -> None:
            found.extend(await scanning.reviews(site, since))

        if isinstance(flow, Scans):
            await self.step("reviews", read(flow))
        return tuple(found)

    async def forms(self, site: Site, found: Sequence[Found]) -> None:
        """The form of each channel, for the first review that it opens for."""
        if not getattr(self.visit.flow, "form_by_looking", False):
            self.notes.append("no form was opened: the flow does not say that opening one changes nothing")
            return
        worst = sorted(found, key=lambda one: one.stars or 5)  # platforms take appeals against bad reviews
        reviews = [Review(f.review_id, f.order_no, f.text, f.posted_at) for f in worst if f.posted_at is not None]
        for channel in self.visit.pack.channels:
            if not reviews:
                self.notes.append(f"the form of {channel} was not opened: no review is known to open it for")
            for review in reviews[:_FORMS_TRIED]:
                if await self.step(f"form of {channel}", self.visit.flow.open_form(site, channel, review)):
                    await self._fields(channel)
                    break

    async def _fields(self, channel: str) -> None:
        """What is in the open form. It may have a first step, on another page: then its fields are not there yet."""
        pack, page = self.visit.pack, f"{channel}.form"
        if page in pack.pages and page not in self.walk.pictures:
            return
        fields = _of_form(pack, channel)
        asked = used_by(type(self.visit.flow), pack.channels).asked  # one that comes with some reasons only
        self.walk.needed |= fields - asked
        await self.walk.look(fields)

    async def pages(self) -> None:
        """What has an address and was not seen yet."""
        pack = self.visit.pack
        for page, place in pack.pages.items():
            if place.url is not None and page not in self.walk.pictures and page not in pack.sign_in.dead_when:
                await self.step(f"page {page}", self.walk.open(page))


async def survey(visit: Visit, folder: Path) -> Survey:
    """Look at everything that can be looked at; `folder` is there. Raises what makes signing in fail."""
    walk = _Walk(visit, folder)
    site = visit.around = cast("Site", walk)
    await visit.arrive()
    surveyor = _Surveyor(visit, walk)
    found = await surveyor.lists(site, visit.shift.clock() - _BACK)
    await surveyor.forms(site, found)
    await surveyor.pages()
    visit.leave()  # the tab may show a form
    return Survey(tuple(_judged(walk, key) for key in visit.pack.elements), walk.pictures, tuple(surveyor.notes))


def _of_form(pack: Pack, channel: str) -> set[str]:
    """What the filling of an open form would use, and the button that is not pressed."""
    submit = pack.channels[channel].submit
    after = {*submit.confirm, submit.took}
    tables = [one.table for one in pack.elements.values() if one.table is not None]
    parts = {key for table in tables for key in (table.next, table.previous, table.scroll, table.total, table.empty)}
    return {
        key
        for key, one in pack.elements.items()
        if key == submit.press
        or (key.startswith(f"{channel}.") and one.control in _FIELDS and not one.in_row and key not in after | parts)
    }


_FIELDS: Final = (Control.TEXT, Control.SELECT, Control.RADIO, Control.CHECKBOX, Control.UPLOAD)


def _judged(walk: _Walk, key: str) -> Judged:
    element = walk.pack.elements[key]
    ways = len(element.find)
    if key not in walk.sights:
        return Judged(key, Verdict.UNREACHED, ways=ways, why=_unreached(walk.pack, key))
    page, sight = walk.sights[key]
    if sight.count:
        verdict = Verdict.FOUND if sight.count == 1 else Verdict.AMBIGUOUS
        why = sight.why if sight.count == 1 else f"{sight.count} of them {sight.why}".strip()
        return Judged(key, verdict, page, sight.way, ways, why)
    if key not in walk.needed:
        return Judged(key, Verdict.UNREACHED, page, ways=ways, why="not shown there now; the flow can do without it")
    return Judged(key, Verdict.MISSING, page, ways=ways, why=sight.why)


def _unreached(pack: Pack, key: str) -> str:
    for channel in pack.channels.values():
        if key in (*channel.submit.confirm, channel.submit.took):
            return "comes only once something is sent"
    if pack.elements[key].in_row:
        return "no table with a row was looked at"
    return "no page where it is looked for was reached"
