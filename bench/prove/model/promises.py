"""What must hold after every step, whatever the server, the network, the workers and people did."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from automation.caselog import CaseLog
from automation.caselog.chain import Event
from automation.model import TRANSITIONS, Case, Filling, FormPolicy, Intent, State
from automation.packet import digest
from bench.prove.model.server import Filed, Server

GRACE: Final = timedelta(minutes=30)
TTL: Final = timedelta(hours=72)
SURE: Final = timedelta(minutes=10)
"""How long after a row was listed no click may follow: more than a job takes between its look and its click."""
AT_WORK: Final = frozenset({State.PREPARING, State.SUBMITTING})
WRITES: Final = frozenset({"intent", "read_back_kept", "receipt", "refused"})
"""What is written of a case at work by nobody but the worker that has it."""
OPEN: Final = frozenset({State.SUBMITTING, State.UNCERTAIN})


@dataclass
class Told:
    """What the chain says of one intent. `ended`: "" while nobody knows."""

    at: datetime
    digest: str
    pressed: bool = False
    ended: str = ""
    search: tuple[datetime, bool] | None = None  # the newest one, and whether it was complete


@dataclass
class Standing:
    """What the chain says of one case: who stands where, and what people approved that was not used yet."""

    state: State | None = None
    packet: tuple[str, datetime] | None = None  # digest, and when it was decided
    form: tuple[str, datetime] | None = None
    intents: list[Told] = field(default_factory=list)
    worker: str = ""  # who took it into work


@dataclass
class Promises:
    """Watches the log and the server. `broken` are the promises that did not hold, in words."""

    log: CaseLog
    server: Server
    broken: list[str] = field(default_factory=list)
    cases: dict[int, Standing] = field(default_factory=lambda: defaultdict(Standing))
    _seen: int = field(default=0, init=False)
    _hash: str = field(default="", init=False)
    _checked: tuple[int, tuple[Filed, ...]] | None = field(default=None, init=False)

    def breach(self, text: str) -> None:
        """Note a broken promise."""
        self.broken.append(text)

    # --- the click

    def pressed(self, intent: Intent, shown: Filling) -> None:
        """The button is pressed now."""
        self.read()
        told = self._told(intent)
        mine = f"case {intent.case}: a click for intent {intent.id}"
        if told is None or told.ended:
            self.breach(f"{mine}, which {'is not in the log' if told is None else f'was {told.ended}'}")
            return
        if told.pressed:
            self.breach(f"{mine} once more")
        told.pressed = True
        for row in self.server.rows:
            mine_too = (row.case, row.round) == (intent.case, intent.round)
            if (
                mine_too
                and row.clicked_at is not None
                and row.filed_at >= row.clicked_at
                and row.filed_at < self.server.now() - self.server.lag - SURE
            ):
                self.breach(f"{mine}, and the platform's list has {row.record_id} of this round already")
        now = self.log.open_intent(intent.case)
        if now is None or now.id != intent.id:
            self.breach(f"{mine}, and another is open")
        if not digest(shown.packet) == told.digest == self.log.case(intent.case).digest:
            self.breach(f"{mine} of something else than what was approved")

    def _told(self, intent: Intent) -> Told | None:
        return next((told for told in self.cases[intent.case].intents if told.at == intent.at), None)

    # --- the chain

    def read(self) -> None:
        """Read what the chain says anew."""
        if self._seen:
            newest = self.log.events(after=self._seen - 1, limit=1)
            if not newest or newest[0].hash != self._hash:
                self.breach(f"event {self._seen} is not what it was")
        for event in self.log.events(after=self._seen):
            self._seen, self._hash = event.id, event.hash
            if event.case is not None:
                self._follow(event, self.cases[event.case])

    def _follow(self, event: Event, case: Standing) -> None:
        self._step(event, case)
        last = case.intents[-1] if case.intents else None
        data, now = event.data, (event.data.get("digest", ""), event.at)
        match event.kind:
            case "packet_changed" | "round_opened":
                case.packet = case.form = None
            case "decided" if data["checkpoint"] == "packet":
                case.packet = now if data["decision"] == "approved" else None
            case "decided":
                case.form = now if data["decision"] == "approved" else None
            case "intent":
                self._licence(event, case)
                if last is not None and not last.ended:
                    self.breach(f"case {event.case}: an intent beside an open one")
                case.intents.append(Told(event.at, data["digest"]))
                case.packet = case.form = None
            case "searched" if last is not None:
                last.search = (event.at, data["complete"])
            case "receipt" | "vouched" | "refused" | "released" if last is not None:
                if event.kind == "released":
                    self._searched_well(event, last)
                last.ended = event.kind

    def _step(self, event: Event, case: Standing) -> None:
        if case.state in AT_WORK and event.kind in WRITES and event.by != case.worker:
            self.breach(f"case {event.case}: {event.kind} by {event.by}, but {case.worker} has it")
        if "to" not in event.data:
            return
        to, before = State(event.data["to"]), event.data.get("from")
        if before is not None:
            if before != case.state:
                self.breach(f"case {event.case}: {event.kind} from {before}, but it was {case.state}")
            if to not in TRANSITIONS[State(before)]:
                self.breach(f"case {event.case}: {event.kind} from {before} to {to}")
        case.state = to
        if to in AT_WORK:
            case.worker = event.by
        if to in (State.READY, State.DRAFT):
            case.packet = None
        if to in (State.READY, State.DRAFT, State.APPROVED, State.PREPARED):
            case.form = None

    def _licence(self, event: Event, case: Standing) -> None:
        """A person approved exactly this, after whatever was clicked before."""
        of = f"case {event.case}: an intent"
        if case.packet is None:
            self.breach(f"{of} without an approval")
        elif case.packet[0] != event.data["digest"]:
            self.breach(f"{of} of something else than what was approved")
        elif case.packet[1] + TTL <= event.at:
            self.breach(f"{of} after its approval expired")
        if self._policy(event.case) is FormPolicy.ALWAYS and (
            case.form is None or case.form[0] != event.data["read_back"] or case.form[1] + TTL <= event.at
        ):
            self.breach(f"{of} of a form that nobody confirmed")

    def _policy(self, case: int | None) -> FormPolicy:
        assert case is not None
        return self.log.case(case).store.form_policy

    def _searched_well(self, event: Event, intent: Told) -> None:
        if intent.search is None or not intent.search[1] or intent.search[0] - intent.at < GRACE:
            self.breach(f"case {event.case}: released after the search {intent.search}, the click was at {intent.at}")

    # --- all of it

    def check(self) -> None:
        """Hold the log against the server, where anything came since the last time."""
        now = (self.log.position(), tuple(self.server.rows))
        if now == self._checked:
            return
        self._checked = now
        self.read()
        for case in self.log.cases():
            self._check(case)

    def _check(self, case: Case) -> None:
        told = self.cases[case.id]
        if told.state is not case.state:
            self.breach(f"case {case.id} is {case.state}, and its events say {told.state}")
        unended = any(not intent.ended for intent in told.intents)
        if unended and case.state not in OPEN:
            self.breach(f"case {case.id} is {case.state}, and its open intent is forgotten")
        if case.state is State.UNCERTAIN and not unended:
            self.breach(f"case {case.id} is uncertain about nothing")
        if case.record_id and not any(
            case.record_id in row.numbers and (row.case, row.round) == (case.id, case.packet.round)
            for row in self.server.rows
        ):
            self.breach(f"case {case.id} is {case.state} with the record {case.record_id}, which is not its own")
        for row in self.server.rows:
            if row.case == case.id:
                ended = next((one.ended for one in told.intents if one.at == row.clicked_at), "never")
                if ended == "never" or (ended == "refused" and row.intent not in self.server.denied):
                    self.breach(
                        f"case {case.id} is {case.state}, its intent {ended}, and the server has {row.record_id}"
                    )
