"""What people may do to a case at any moment, from other processes than the workers'; the log may refuse each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from automation.errors import InputError
from automation.model import Case, Checkpoint, Decision, State
from bench.prove.model.promises import GRACE
from bench.prove.model.server import RESULTS
from bench.prove.model.world import World, dared

DAY: Final = timedelta(days=1)
Deed = Callable[[World, Case], object]


def approve(world: World, case: Case) -> None:
    """The packet, or the form."""
    world.decide(case, Checkpoint.FORM if case.state is State.PREPARED else Checkpoint.PACKET)


def reject(world: World, case: Case) -> None:
    """The packet, or the form."""
    at = Checkpoint.FORM if case.state is State.PREPARED else Checkpoint.PACKET
    world.decide(case, at, Decision.REJECTED)


def take_up(world: World, case: Case) -> None:
    """A case that needs a person, or was withdrawn."""
    if case.state is State.WITHDRAWN:
        world.people.move(case.id, State.DRAFT, by="ann")
    world.change(world.people.case(case.id))


def next_round(world: World, case: Case) -> None:
    """A platform's answer takes days, and what was under way has come in by then."""
    world.people.next_round(case.id, by="ann")
    while world.server.under_way:
        world.server.arrive()
    world.stage.pass_time(DAY.total_seconds())


def vouch(world: World, case: Case) -> None:
    """Compared with the platform's own pages, so it is the right one."""
    if not any(dared(world.people.vouch, case.id, row, by="ann", comment="seen") for row in world.own_rows(case)):
        raise InputError("none of the rows is its own")


def release(world: World, case: Case) -> None:
    """Where rows name the order alone, what comes after a release could be anybody's: there it does not come."""
    world.people.release(case.id, by="bob", comment="not there", grace=GRACE)
    if not world.server.numbered:
        world.server.under_way = [click for click in world.server.under_way if click.intent.case != case.id]


def outcome(world: World, case: Case) -> None:
    """Read what the platform said, and say what it means."""
    world.people.set_outcome(case.id, State.REJECTED, by="ann", comment="seen")


DEEDS: Final[dict[str, Deed]] = {
    "approve": approve,
    "reject": reject,
    "take_up": take_up,
    "change": lambda world, case: world.change(case),
    "take_back": lambda world, case: world.people.move(case.id, State.READY, by="bob", note="no"),
    "withdraw": lambda world, case: world.people.move(case.id, State.WITHDRAWN, by="bob", note="no"),
    "release": release,
    "vouch": vouch,
    "next_round": next_round,
    "outcome": outcome,
    "close": lambda world, case: world.people.move(case.id, State.CLOSED, by="bob", note="enough"),
}

ENDS: Final = frozenset({State.UPHELD, State.CLOSED, State.WITHDRAWN})
LIKELY: Final[dict[State, tuple[str, ...]]] = {
    State.DRAFT: ("take_up",),
    State.READY: ("approve",),
    State.PREPARED: ("approve",),
    State.NEEDS_PERSON: ("outcome", "vouch", "take_up"),
    State.UNCERTAIN: ("release", "vouch"),
    State.REJECTED: ("close",),
    State.MORE_EVIDENCE: ("close",),
    State.EXPIRED: ("close",),
}
_LATE: Final = {**LIKELY, State.SUBMITTED: ("outcome",), State.NEEDS_PERSON: ("outcome", "vouch", "close")}
_ROUNDS: Final = 16


def _answer(world: World, case: Case, *, late: bool) -> None:
    """What one does in the end. `late`: what is not over by now has a record whose number changed, or others filed."""
    for deed in (_LATE if late else LIKELY).get(case.state, ()):
        if dared(DEEDS[deed], world, case):
            return


def see_to_the_end(world: World) -> None:
    """The server calms down, dead workers' leases run out and people answer: then every case comes to an end."""
    server = world.server
    server.calm = True
    for worker in list(world.workers):
        world.kill(worker)
    while server.under_way:
        server.arrive()
    for turn in range(_ROUNDS):
        if all(case.state in ENDS for case in world.people.cases()):
            return
        world.stage.pass_time(DAY.total_seconds())
        worker = world.hire()
        world.work_off(worker)
        world.kill(worker)
        for case in world.people.cases():
            _answer(world, case, late=turn > _ROUNDS // 2)
        for place in range(len(server.rows)):
            server.decide(place, RESULTS[0])
        world.promises.check()
    for case in world.people.cases():
        if case.state not in ENDS:
            world.promises.breach(f"case {case.id} does not come to an end: {case.state}, {case.note}")
