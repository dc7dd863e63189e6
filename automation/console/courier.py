"""Tells people what waits for them, wherever they are. What fails here never touches a job.

Each channel has its own place in the log's events, kept in `notices.json`: what was not told when the program stopped
is told when it runs again, unless it is a day old by then. No notice holds a buyer's words or any secret.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import apprise
from pydantic import BaseModel, ConfigDict

from automation.caselog import Brief, Event, Sought
from automation.caselog.private import put_in_place, write_aside
from automation.console.channels import Channel, Channels, Topic
from automation.console.words import say
from automation.model import Clock, State
from automation.office import Office
from automation.packet.findings import Language
from automation.redaction import LIVE

logger = logging.getLogger(__name__)

LOOK_SECONDS: Final = 2.0
OLD: Final = timedelta(days=1)
SOON: Final = timedelta(days=1)
_LINES: Final = 30  # of one notice
_RETRY: Final = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30))
_BATCH: Final = 1000  # events read at once
_UNSENT: Final = frozenset({State.DRAFT, State.READY, State.APPROVED, State.PREPARED, State.CONFIRMED})
_WAITS: Final[Mapping[State, Topic]] = {
    State.READY: Topic.APPROVAL,
    State.PREPARED: Topic.APPROVAL,
    State.NEEDS_PERSON: Topic.RESULT,
    State.UNCERTAIN: Topic.RESULT,
    State.UPHELD: Topic.RESULT,
    State.REJECTED: Topic.RESULT,
    State.MORE_EVIDENCE: Topic.RESULT,
}


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a notice."""

    topic: Topic
    at: datetime
    client: str
    text: str


class Place(BaseModel):
    """How far one channel was told: up to which event, and of which cases' deadlines."""

    model_config = ConfigDict(extra="ignore")

    position: int
    deadlines: frozenset[int] = frozenset()


@dataclass
class Courier:
    """Carries notices for as long as it runs. `url` is where the console is; `language` what it speaks."""

    office: Office
    url: str
    clock: Clock
    language: Language = "zh"
    failed: dict[str, str] = field(default_factory=dict)  # channel -> what its service said last
    _places: dict[str, Place] = field(default_factory=dict)
    _tries: dict[str, int] = field(default_factory=dict)
    _next: dict[str, datetime] = field(default_factory=dict)

    async def run(self, stop: asyncio.Event) -> None:
        """Look for news until `stop` is set. Raises nothing."""
        while not stop.is_set():
            try:
                await self.look()
            except Exception:
                logger.exception("notices could not be sent; tried again")
            try:
                async with asyncio.timeout(LOOK_SECONDS):
                    await stop.wait()
            except TimeoutError:
                continue

    async def look(self) -> None:
        """Tell every channel what is due for it now."""
        channels = await asyncio.to_thread(lambda: list(Channels(self.office.vault)))
        now = self.clock()
        for channel in channels:
            if self._next.get(channel.name, now) <= now:
                await self._tell(channel, await asyncio.to_thread(self.place, channel.name), now)

    async def _tell(self, channel: Channel, place: Place, now: datetime) -> None:
        items, after = await asyncio.to_thread(self._news, channel, place, now)
        wait = timedelta(minutes=channel.digest_minutes)
        if not items:
            self._places[channel.name] = after  # nothing to tell: where one looks next need not outlive the program
            return
        due = any(item.topic is Topic.CHALLENGE or item.at + wait <= now for item in items)
        if due and await self.send(channel, [item.text for item in items[-_LINES:]]):
            await asyncio.to_thread(self._keep, channel.name, after)

    async def send(self, channel: Channel, lines: Sequence[str]) -> bool:
        """Send one notice; whether the service took it. Why not is kept in `failed`."""
        carrier = apprise.Apprise()
        carrier.add(channel.url.get_secret_value())
        try:
            taken = bool(
                await carrier.async_notify(
                    title=say(self.language, "notice.subject", n=len(lines)), body="\n".join([*lines, self.url])
                )
            )
        except Exception as error:  # noqa: BLE001 - whatever the libraries of a hundred services raise
            logger.warning("notice channel %s failed: %s", channel.name, LIVE.mask(str(error)))
            taken = False
        if taken:
            self.failed.pop(channel.name, None)
            self._tries.pop(channel.name, None)
            self._next.pop(channel.name, None)
            return True
        tried = self._tries[channel.name] = self._tries.get(channel.name, 0) + 1
        self._next[channel.name] = self.clock() + _RETRY[min(tried, len(_RETRY)) - 1]
        self.failed[channel.name] = f"{self.clock():%Y-%m-%d %H:%M} UTC"
        logger.warning("notice channel %s did not take a notice; tried again later", channel.name)
        return False

    # --- what is new

    def _news(self, channel: Channel, place: Place, now: datetime) -> tuple[list[Item], Place]:
        """What the channel was not told yet, oldest first; its place after that."""
        log, items = self.office.log, []
        events = log.events(after=place.position, limit=_BATCH)
        stores = {store.id: store for store in log.stores()}
        for event in events:
            if event.at < now - OLD:
                continue
            if event.kind == "challenge_opened" and (store := stores.get(str(event.data.get("store")))):
                told = self._say(
                    "challenge", store=store.name, medium=say(self.language, f"medium.{event.data['medium']}")
                )
                items.append(Item(Topic.CHALLENGE, event.at, store.client, told))
            elif (item := self._of_case(event)) is not None:
                items.append(item)
        near = self._near(now)
        items += [
            Item(Topic.DEADLINE, now, one.client, self._say("deadline", n=one.id, store=one.store_name))
            for one in near
            if one.id not in place.deadlines
        ]
        wanted = [item for item in items if item.topic in channel.topics and channel.client in ("", item.client)]
        position = events[-1].id if events else place.position
        return wanted, Place(position=position, deadlines=frozenset(one.id for one in near))

    def _of_case(self, event: Event) -> Item | None:
        to = event.data.get("to")
        topic = _WAITS.get(State(to)) if to in set(State) else None
        if topic is None or event.case is None:
            return None
        case = self.office.log.case(event.case)
        if case.state != to:  # it went on meanwhile
            return None
        state = say(self.language, f"state.{to}")
        told = self._say("case", n=case.id, store=case.store.name, state=state)
        return Item(topic, event.at, case.store.client, told)

    def _near(self, now: datetime) -> list[Brief]:
        found = self.office.log.briefs(Sought(states=_UNSENT, due_before=now + SOON), limit=200)
        return [one for one in found if one.deadline is not None and one.deadline > now]

    def _say(self, name: str, **places: object) -> str:
        return say(self.language, f"notice.{name}", **places)

    # --- how far each was told

    def place(self, name: str) -> Place:
        """How far a channel was told; one that is not known begins with what happens from now on."""
        if name not in self._places:
            try:
                kept = json.loads(self._file.read_bytes())
                self._places |= {one: Place.model_validate(place) for one, place in kept.items()}
            except (OSError, ValueError):
                logger.info("no channel was told anything yet")
            if name not in self._places:
                self._keep(name, Place(position=self.office.log.position()))
        return self._places[name]

    def _keep(self, name: str, place: Place) -> None:
        self._places[name] = place
        text = json.dumps({name: place.model_dump(mode="json") for name, place in self._places.items()})
        aside, _, _ = write_aside(self._file.parent, [text.encode()])
        put_in_place(aside, self._file)

    @property
    def _file(self) -> Path:
        return self.office.settings.home / "notices.json"
