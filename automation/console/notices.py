"""Who is told of what, and how: channels are added, tried and removed here."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from pydantic import SecretStr
from starlette.responses import Response

from automation.console.channels import Channel, Channels, Topic
from automation.console.means import Overseer, Visitor, go
from automation.errors import InputError

router = APIRouter(prefix="/notices")


@router.get("")
def notices(visitor: Overseer, done: str = "") -> Response:
    """The channels, without their addresses. `done`: what was just done, to be said on top."""
    return visitor.page(
        "notices.html",
        channels=list(Channels(visitor.office.vault)),
        topics=list(Topic),
        clients=visitor.clients(),
        failed=visitor.means.courier.failed,
        told=visitor.t(f"notices.{done}") if done in ("kept", "removed", "sent") else "",
    )


@router.post("")
def put(
    visitor: Overseer,
    *,
    name: Annotated[str, Form(pattern=r"^[a-z][a-z0-9_]{0,30}$")],
    url: Annotated[SecretStr, Form()],
    topics: Annotated[list[Topic], Form()],
    digest_minutes: Annotated[int, Form(ge=0, le=7 * 24 * 60)] = 0,
    client: Annotated[str, Form()] = "",
) -> Response:
    """Add a channel, or replace one. Raises `InputError` for an address that no service knows."""
    Channels(visitor.office.vault).put(Channel(name, url, frozenset(topics), digest_minutes, client))
    visitor.means.courier.place(name)
    visitor.office.log.add_event("notice_channel_kept", by=visitor.name, data={"name": name, "topics": sorted(topics)})
    return go("/notices?done=kept")


@router.post("/{name}/remove")
def remove(visitor: Overseer, name: str) -> Response:
    """Forget a channel."""
    Channels(visitor.office.vault).remove(_known(visitor, name).name)
    visitor.office.log.add_event("notice_channel_removed", by=visitor.name, data={"name": name})
    return go("/notices?done=removed")


@router.post("/{name}/try")
async def send(visitor: Overseer, name: str) -> Response:
    """Send a notice for trial. Raises `InputError` where the service does not take it."""
    if not await visitor.means.courier.send(_known(visitor, name), [visitor.t("notice.trial", name=visitor.name)]):
        raise InputError(visitor.t("notices.not_taken"), field="url")
    return go("/notices?done=sent")


def _known(visitor: Visitor, name: str) -> Channel:
    for channel in Channels(visitor.office.vault):
        if channel.name == name:
            return channel
    raise InputError(f"there is no channel {name!r}", field="name")
