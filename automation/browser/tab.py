"""A tab as a flow sees it: pack keys become actions on the page. Implements `automation.site.Site`.

What a tab cannot do itself it is given: `hand` types secrets and asks people (see `automation.browser.hand`).
"""

from __future__ import annotations

import functools
import re
import time
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any, ParamSpec, TypeVar

from playwright.async_api import Error, Page

from automation.browser.controls import form, select, text
from automation.browser.controls.choice import options_of_choice, read_choice, set_choice
from automation.browser.controls.rows import SeenRow
from automation.browser.controls.table import Read, find_row, find_rows, stand
from automation.browser.controls.upload import Uploads
from automation.browser.find import Finder
from automation.browser.hand import Hand
from automation.browser.pages import Pages
from automation.browser.popups import Popups
from automation.browser.reach import Reach, RowMoved, Widget
from automation.browser.signs import Signs
from automation.browser.waiting import FrameGone, frame_gone, passing, replaced
from automation.browser.wording import fold, squeeze
from automation.errors import FlowError, PackError, ReviewMissing, SiteFault
from automation.model import Evidence, Medium, Uploaded
from automation.pack import Control, Pack
from automation.site import Row

P = ParamSpec("P")
T = TypeVar("T")

_NUMBER = re.compile(r"-?\d[\d,]*")
_CHOICES = (Control.RADIO, Control.CHECKBOX)


def _site_faults(method: Callable[P, Coroutine[Any, Any, T]]) -> Callable[P, Coroutine[Any, Any, T]]:
    """What the browser raises and no control expects, as `SiteFault`: the page or the browser went away, or hangs."""

    @functools.wraps(method)
    async def guarded(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return await method(*args, **kwargs)
        except Error as error:
            said = error.message.splitlines()[0][:160]
            raise SiteFault(f"the browser gave up a step: {said}", seen=said) from error

    return guarded


class Tab:
    """One account's tab on one site. `step_seconds` is how long any one thing is waited for.

    `uploads` knows what the page's inputs were given; one for as long as the page lives. `matched` remembers for every
    tab with this pack which way of finding an element was the right one.
    """

    def __init__(
        self,
        page: Page,
        pack: Pack,
        *,
        hand: Hand,
        step_seconds: float = 15,
        uploads: Uploads | None = None,
        matched: dict[str, int] | None = None,
    ) -> None:
        self.page = page
        self.pack = pack
        self._hand = hand
        self._finder = Finder(page, pack, matched=matched)
        self._signs = Signs(self._finder)
        self._popups = Popups(self._finder)
        self._pages = Pages(self._finder, self._signs, self._popups, step_seconds=step_seconds)
        self._uploads = uploads or Uploads(page)
        self.reach = Reach(self._finder, self._signs, self._popups, step_seconds=step_seconds)

    # --- pages

    @_site_faults
    async def open(self, page: str) -> None:
        """Go to a page of the pack and wait until it is there."""
        await self.arrive(page, start=page)

    @_site_faults
    async def arrive(self, *pages: str, start: str = "", timeout: float | None = None) -> str:
        """Wait until one of these pages is there, and say which; first go to `start` where it is given."""
        if start:
            self.reach.turned.clear()
            await self._pages.open(start)
        return await self._pages.arrive(pages, opened=start, timeout=timeout)

    @_site_faults
    async def follow(self, link: str, *pages: str) -> str:
        """Go to a link that the packet carries, and wait until one of these pages is there; returns which."""
        self.reach.turned.clear()
        await self._pages.follow(link)
        return await self._pages.arrive(pages)

    @_site_faults
    async def here(self, *pages: str) -> str:
        """Which of these pages is there now, the first one named; empty where none is. Does not wait."""
        return await self._anew(", ".join(pages), lambda: self._finder.which(pages), lost=replaced) or ""

    # --- looking

    @_site_faults
    async def shows(self, key: str, *, within: Row | str | None = None) -> bool:
        """Whether the element is visible now. Does not wait."""

        async def looked() -> bool:
            if not isinstance(within, SeenRow):
                return await self._finder.visible(key, within=_container(within))
            try:
                place, _ = await stand(self.reach, within)
            except ReviewMissing:
                return False
            return await self._finder.visible(key, scope=place)

        return await self._anew(key, looked, lost=replaced)

    @_site_faults
    async def read(self, key: str, *, within: Row | str | None = None) -> str:
        """What the element holds: a field's value, the chosen option, else its text, white space folded."""
        return await self._with(key, within, _read)

    @_site_faults
    async def options(self, key: str) -> tuple[str, ...]:
        """Every option that a select, radio or checkbox group offers and that is not disabled, in order."""
        await self.reach.close_list(unless=key)
        widget = await self.reach.widget(key)
        if widget.element.control in _CHOICES:
            return await options_of_choice(widget)
        return await select.options_of_select(self._is(widget, Control.SELECT))

    @_site_faults
    async def limit(self, key: str) -> int | None:
        """How much a field takes, as the page says: UTF-16 units of text, or number of files."""
        widget = await self.reach.widget(key)
        if widget.element.control is Control.UPLOAD:
            return await self._uploads.limit(widget)
        return await text.limit_of_text(self._is(widget, Control.TEXT))

    @_site_faults
    async def number(self, key: str) -> int | None:
        """The first number in the element's text, or None where the element or the number is not there."""

        async def said() -> str:
            place = await self._finder.seen(key)
            return "" if place is None else await place.inner_text()

        found = _NUMBER.search(await self._anew(key, said, lost=replaced))
        return int(found.group().replace(",", "")) if found else None

    @_site_faults
    async def find_row(self, table: str, **cells: str) -> SeenRow:
        """The one row with these cells, over all pages."""
        await self._begin()
        return await find_row(self.reach, table, cells)

    @_site_faults
    async def find_rows(self, table: str, *, until: str = "") -> Read:
        """All rows of a table; stops after the page on which the cell `time` is older than `until`."""
        await self._begin()
        return await find_rows(self.reach, table, until=until)

    @_site_faults
    async def heed(self, key: str, *, within: Row | str | None = None) -> None:
        """Raise what the element itself says against acting on it."""
        finder = self._finder
        if isinstance(within, SeenRow):
            scope, _ = await stand(self.reach, within)
            place = await finder.seen(key, scope=scope)
            around = within.table
        else:
            around = _container(within) or key
            place = await finder.seen(key, within=_container(within))
        if place is not None:
            root = await finder.root(finder.frame_key(around)) or self.page
            await form.heed(self.pack, root, key, place, finder.parts(key))

    @_site_faults
    async def unfilled(self, key: str) -> tuple[str, ...]:
        """The labels of the required fields inside a container that are empty now."""
        return await form.unfilled(await self.reach.widget(key))

    @_site_faults
    async def comes_to_say(self, key: str, text: str) -> bool:
        """Wait until the element's text is exactly this; False where it does not come to be."""
        return await self.reach.says(key, text)

    async def refusal(self) -> FlowError | None:
        """The error for a refusal of the pack that the page shows now, or None. Does not wait and does not raise it."""
        return await self._signs.refusal()

    # --- acting

    @_site_faults
    async def click(self, key: str, *, within: Row | str | None = None) -> None:
        """Click exactly one visible, enabled element. Refuses elements that the pack marks as irreversible."""
        await self._begin()
        self._finder.refuse_marked(key)
        await self._with(key, within, _click)

    @_site_faults
    async def set(self, key: str, value: str | bool | Sequence[str], *, within: Row | str | None = None) -> None:
        """Give a control its value, by the kind that the pack says it is, and check that it took exactly that."""
        await self._begin(key)
        self._finder.refuse_marked(key)
        await self._with(key, within, functools.partial(_set, value=value))

    @_site_faults
    async def upload(self, key: str, files: Sequence[Evidence]) -> None:
        """Give the files to an upload control, in order; returns when the page lists each as accepted."""
        await self._begin()
        await self._uploads.upload(self._is(await self.reach.widget(key), Control.UPLOAD), files)

    @_site_faults
    async def uploaded(self, key: str) -> tuple[Uploaded, ...]:
        """The files that an upload control lists now, with the digests of the bytes it was given."""
        return await self._uploads.uploaded(self._is(await self.reach.widget(key), Control.UPLOAD))

    # --- signing in

    @_site_faults
    async def type_secret(self, key: str, name: str) -> None:
        """Type the account's secret `name` into a field."""
        await self._begin()

        async def typed() -> None:
            await self._hand.type_secret(await self.reach.one(key), name)

        await self._anew(key, typed)

    @_site_faults
    async def type_totp(self, key: str) -> None:
        """Type the current TOTP code into a field."""
        await self._begin()
        await self._hand.type_totp(await self.reach.one(key))

    @_site_faults
    async def ask(self, key: str, medium: Medium, *, destination: str = "", prompt: str = "") -> None:
        """Ask a person for a code and type the answer into a field."""
        await self._begin()
        await self._hand.ask(await self.reach.one(key), medium, destination=destination, prompt=prompt)

    @_site_faults
    async def hand_over(self, medium: Medium, *pages: str, picture: str = "", prompt: str = "") -> str:
        """A person does this step; returns which of `pages` comes after it."""
        await self._begin()
        shown = await self.reach.one(picture) if picture else None

        async def arrived() -> str | None:
            with passing():
                refusal = await self.refusal()
                if refusal is not None:
                    raise refusal
                if medium is Medium.SLIDER and await self._signs.for_people():
                    return None  # whatever is there lies under it
                return await self._finder.which(pages)
            return None  # the person's step has the page replaced just now

        came = await self._hand.hand_over(medium, shown, prompt, arrived)
        return await self._pages.arrive((came,))

    async def _begin(self, key: str = "") -> None:
        """Something is done to the page, with `key` if that is a control."""
        self._pages.touched()
        await self.reach.close_list(unless=key)

    # --- within

    def _is(self, widget: Widget, control: Control) -> Widget:
        if widget.element.control is not control:
            raise PackError(
                f"{widget.key} is a {widget.element.control}, and a {control} is needed here",
                field=f"elements.{widget.key}.control",
            )
        return widget

    async def _with(self, key: str, within: Row | str | None, act: Callable[[Widget], Awaitable[T]]) -> T:
        """Do something with a control; in a row only as long as it is that row."""
        if not isinstance(within, SeenRow):

            async def acted() -> T:
                return await act(await self.reach.widget(key, within=_container(within)))

            return await self._anew(key, acted)
        end = time.monotonic() + self.reach.step_seconds
        while True:
            try:
                place, guard = await stand(self.reach, within)
                done = await act(await self.reach.widget(key, scope=place, guard=guard, table=within.table))
                if act is _read:
                    await guard.hold()
            except (RowMoved, Error) as moved:
                if isinstance(moved, Error) and not replaced(moved):
                    raise
                if end <= time.monotonic():
                    raise SiteFault(f"{within.table} does not hold still enough to act on a row", key=key) from moved
            else:
                return done

    async def _anew(
        self, key: str, act: Callable[[], Awaitable[T]], *, lost: Callable[[Error], bool] = frame_gone
    ) -> T:
        """Act, and look again where the frame was replaced meanwhile, as sites do: what was done there is gone.

        `lost` says for what the browser raises whether it was; one who only looks may look again after less.
        """
        end = time.monotonic() + self.reach.step_seconds
        while True:
            try:
                return await act()
            except (FrameGone, Error) as gone:
                if isinstance(gone, Error) and not lost(gone):
                    raise
                if end <= time.monotonic():
                    raise SiteFault(f"{key} lies in a frame that is replaced again and again", key=key) from gone


def _container(within: Row | str | None) -> str:
    if within is None or isinstance(within, str):
        return within or ""
    raise PackError(f"a row of another site was given: {type(within).__name__}")


async def _click(widget: Widget) -> None:
    await widget.refuse_irreversible()
    await widget.press(widget.place)


async def _read(widget: Widget) -> str:
    match widget.element.control:
        case Control.TEXT:
            return await text.read_text(widget)
        case Control.SELECT:
            return await select.read_select(widget)
        case Control.RADIO | Control.CHECKBOX:
            return await read_choice(widget)
        case _:
            said = await widget.place.inner_text()
            return squeeze(said) if widget.element.control is Control.BUTTON else fold(said)


async def _set(widget: Widget, value: str | bool | Sequence[str]) -> None:
    control = widget.element.control
    await widget.refuse_irreversible()
    if control is Control.TEXT and isinstance(value, str):
        await text.set_text(widget, value)
    elif control is Control.SELECT and not isinstance(value, bool):
        await select.set_select(widget, value)
    elif control in _CHOICES:
        await set_choice(widget, value)
    else:
        raise PackError(
            f"{widget.key} is a {control} and cannot be set to a {type(value).__name__}",
            field=f"elements.{widget.key}.control",
        )
