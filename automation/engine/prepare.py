"""The job `prepare`: fill the form, read it back for a person, and leave it. It has no way to submit."""

from __future__ import annotations

from automation.engine.filling import check_packet, fill_form, read_form
from automation.engine.step import Mark
from automation.engine.visit import Visit
from automation.model import Case, ReadBack, State
from automation.packet import read_back_digest


async def prepare(visit: Visit, case: Case) -> State:
    """Take an approved case to the form checkpoint. Any error leaves nothing at the platform."""
    await visit.ask(visit.log.move, case.id, State.PREPARING, by=visit.by, lease=visit.lease)
    await check_packet(visit, case)

    async def attempt() -> ReadBack:
        await fill_form(visit, case)
        return await read_form(visit, case)

    read_back = await visit.tries(attempt)
    folder = visit.shift.settings.home / "forms"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    picture = folder / f"{case.id}-{case.packet.round}-{visit.shift.clock():%Y%m%dT%H%M%S}.png"
    picture.write_bytes(await visit.session.screenshot())
    await visit.ask(
        visit.log.keep_read_back,
        case.id,
        read_back,
        digest=read_back_digest(read_back),
        screenshot=picture,
        pack_digest=visit.pack.digest,
        lease=visit.lease,
    )
    picture.unlink()  # the log has it among the evidence
    visit.say(Mark.CHECKED, "the form shows exactly the packet, and waits for its approval")
    return State.PREPARED
