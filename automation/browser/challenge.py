"""The hand that types secrets into a page and brings a person's answers to it.

Captchas are for people: nothing here solves or dodges one. What is typed is masked in logs and traces from the moment
it is known, and its field in every screenshot.
"""

from __future__ import annotations

import asyncio
import re
import unicodedata
from collections import deque
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import Final

from playwright.async_api import ElementHandle, Error, Locator, Page
from pydantic import SecretStr

from automation.browser.guard import Guard
from automation.browser.hand import Arrived
from automation.browser.live import lent
from automation.browser.waiting import FrameGone, frame_gone
from automation.desk import LENT, Desk, Ticket
from automation.errors import ChallengeUnanswered, Drift, ElementMissing
from automation.model import Account, Medium, Store
from automation.redaction import LIVE
from automation.totp import fresh_code
from automation.vault import Vault

_LOOK_EVERY: Final = 0.5  # seconds between two looks at a page that a person is busy with
_PICTURE_EVERY: Final = 1.0  # seconds between two looks at a picture that may be replaced
_FIELDS_MASKED: Final = 8  # the newest typed fields are masked in screenshots
# Exactly as many narrow inputs as characters, in the nearest thing around the field that holds so many.
_BOXES: Final = """(one, characters) => {
  const shown = (it) => it.getClientRects().length, narrow = (it) => it.getBoundingClientRect().width <= 90;
  if (characters < 2) return [];
  for (let around = one.parentElement; around; around = around.parentElement) {
    const all = [...around.querySelectorAll("input")].filter(shown);
    if (all.length >= characters) return all.length === characters && all.every(narrow) ? all : [];
  }
  return [];
}"""
_GROUP: Final = "xpath=ancestor::*[count(.//input) > 3][1]//input"
_LONG_NUMBER: Final = re.compile(r"(?<![\d*])\+?\d(?:[ -]?\d){6,}(?![\d*])")
_MAIL: Final = re.compile(r"([\w.+-])[\w.+-]*(@[\w-]+(?:\.[\w-]+)+)")


def masked(destination: str) -> str:
    """A phone number or mail address as it may be shown: 138****1234, z***@a.example; already masked ones stay."""

    def number(found: re.Match[str]) -> str:
        digits = re.sub(r"\D", "", found[0])
        return f"{digits[:3]}****{digits[-4:]}" if len(digits) > 8 else f"{digits[0]}****{digits[-2:]}"  # noqa: PLR2004

    def mail(found: re.Match[str]) -> str:
        return found[0] if "*" in found[0] else f"{found[1]}***{found[2]}"

    return _LONG_NUMBER.sub(number, _MAIL.sub(mail, destination))


class SignInHand:
    """Signs one account in at one store, in one tab. `reachable`: whether a person has its window before them."""

    def __init__(
        self, account: Account, store: Store, *, vault: Vault, desk: Desk, guard: Guard, page: Page, reachable: bool
    ) -> None:
        self._account = account
        self._store = store
        self._vault = vault
        self._desk = desk
        self._guard = guard
        self._page = page
        self._reachable = reachable
        self._typed: deque[Locator] = deque(maxlen=_FIELDS_MASKED)

    @property
    def typed(self) -> tuple[Locator, ...]:
        """The fields that hold something secret, for screenshots to mask."""
        return tuple(self._typed)

    async def type_secret(self, locator: Locator, name: str) -> None:
        """Type the account's login, or a secret of the vault. Raises `VaultError` and `OriginRefused`."""
        if name == "login":
            field = await self._guard.field(locator)
            await _fill(field, SecretStr(self._account.login), name)
            return
        value = await asyncio.to_thread(self._vault.secret, self._account.id, name)
        await self._type(locator, await self._guard.field(locator), value, name)

    async def type_totp(self, locator: Locator) -> None:
        """Type the current TOTP code: not in its last seconds, and none that was given before."""
        await self._guard.field(locator)  # before a code is used up
        totp = await asyncio.to_thread(self._vault.totp, self._account.id)
        code = await fresh_code(totp, lambda counter: self._vault.take_counter(self._account.id, counter))
        LIVE.add_code(code)
        await self._type_code(locator, SecretStr(code), "TOTP code")

    async def ask(self, locator: Locator, medium: Medium, *, destination: str = "", prompt: str = "") -> None:
        """Ask a person for a code and type the answer. Raises `ChallengeUnanswered` and `OriginRefused`."""
        await self._guard.field(locator)  # before anybody is asked
        async with self._open(medium, masked(destination), prompt, None) as ticket:
            answer = SecretStr("".join(unicodedata.normalize("NFKC", await ticket.answer()).split()))
            LIVE.add_code(answer.get_secret_value())
            await self._type_code(locator, answer, f"{medium} code")

    async def hand_over(self, medium: Medium, picture: Locator | None, prompt: str, arrived: Arrived) -> str:
        """Let a person do a step until `arrived` names a page; the picture is shown anew whenever it changes.

        What is neither typed nor scanned is done on the page itself, which is lent where the desk has a use for it.
        Raises `ChallengeUnanswered` at the expiry or where the person gives up, and `OriginRefused` where a stranger
        draws the picture.
        """
        on_page = not medium.typed and medium is not Medium.QR
        lends = on_page and self._desk.lends
        if lends:
            prompt = f"{prompt} {LENT}".strip()
        elif on_page and not self._reachable:
            prompt = (
                f"{prompt} (The page itself cannot be reached: use `appealdesk serve`, headless = false, "
                "or an attached browser.)"
            ).strip()
        if picture is not None:
            await self._guard.check_picture(picture)
        first = await _photographed(picture)
        async with self._open(medium, "", prompt, first) as ticket:
            beside = [asyncio.create_task(_closed(ticket))]
            if picture is not None:
                beside.append(asyncio.create_task(_show_changes(ticket, picture, first)))
            try:
                async with lent(self._page, ticket, self.typed) if lends else nullcontext():
                    return await self._until(ticket, arrived, beside)
            finally:
                for task in beside:
                    task.cancel()
                await asyncio.gather(*beside, return_exceptions=True)

    async def _until(self, ticket: Ticket, arrived: Arrived, beside: Sequence[asyncio.Task[None]]) -> str:
        while True:
            page = await arrived()
            if page is not None:
                return page
            if ticket.seconds_left <= 0:
                raise ChallengeUnanswered(f"nobody finished the sign-in step of account {self._account.id} in time")
            done, _ = await asyncio.wait(beside, timeout=_LOOK_EVERY, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()  # neither ends but by an error

    def _open(
        self, medium: Medium, destination: str, prompt: str, picture: bytes | None
    ) -> AbstractAsyncContextManager[Ticket]:
        return self._desk.ask(
            account=self._account.id,
            store=self._store.id,
            medium=medium,
            destination=destination,
            prompt=prompt,
            picture=picture,
        )

    async def _type_code(self, locator: Locator, value: SecretStr, what: str) -> None:
        """Into one field, or into as many boxes as the code has characters."""
        field = await self._guard.field(locator)
        boxes = await _boxes(field, len(value.get_secret_value()))
        if not boxes:
            await self._type(locator, field, value, what)
            return
        self._typed.append(locator.locator(_GROUP))
        for box, character in zip(boxes, value.get_secret_value(), strict=True):
            await _fill(box, SecretStr(character), what, last=box is boxes[-1])

    async def _type(self, locator: Locator, field: ElementHandle, value: SecretStr, what: str) -> None:
        self._typed.append(locator)
        await _fill(field, value, what)


async def _boxes(field: ElementHandle, characters: int) -> list[ElementHandle]:
    """The boxes of a code that is typed one character in each, of which the field is one; else none."""
    found = await (await field.evaluate_handle(_BOXES, characters)).get_properties()
    return [box for one in found.values() if (box := one.as_element()) is not None]


async def _fill(field: ElementHandle, value: SecretStr, what: str, *, last: bool = False) -> None:
    """Type, and read back; not after the `last` of several boxes, with which many pages go on by themselves."""
    text = value.get_secret_value()
    try:
        await field.fill(text)
        took = text if last else await field.input_value()
    except Error as error:
        if frame_gone(error):
            raise FrameGone(f"the frame of the field for the {what} was replaced") from None
        # The library's message repeats what it was to type.
        raise ElementMissing(f"the field for the {what} did not take it: {_first_line(error, text)}") from None
    if _bare(took) != _bare(text):
        raise Drift(f"the field for the {what} shows something other than what was typed, perhaps cut")


def _bare(text: str) -> str:
    return re.sub(r"[\s-]", "", text)  # fields for numbers put gaps into them


def _first_line(error: Error, text: str) -> str:
    return LIVE.mask(error.message.splitlines()[0].replace(text, "[masked]"))


async def _closed(ticket: Ticket) -> None:
    """Raise `ChallengeUnanswered` once the challenge is given up; an answer in words means nothing here."""
    while True:
        await ticket.answer()


async def _show_changes(ticket: Ticket, picture: Locator, shown: bytes | None) -> None:
    while True:
        await asyncio.sleep(_PICTURE_EVERY)
        now = await _photographed(picture)
        if now is not None and now != shown:
            await ticket.show(now)
            shown = now


async def _photographed(picture: Locator | None) -> bytes | None:
    if picture is None:
        return None
    try:
        return await picture.screenshot(animations="disabled")
    except Error:
        return None  # just being replaced; the next look shows it
