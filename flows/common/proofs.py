"""Forms that ask for required and for optional proof, each in pictures and perhaps, apart from them, in videos.

Which file goes where follows from the packet alone: the first files are required proof, as many as the form takes as
such, and the others are optional proof. So whoever approves the order of the files approves that too.
"""

from __future__ import annotations

from collections.abc import Sequence

from automation.errors import PacketUnfit
from automation.model import Evidence, Uploaded
from automation.site import Site

Room = tuple[int, int | None]  # how many pictures and how many videos; None: videos lie among the pictures


class Proofs:
    """Fills both kinds of proof and reads them back."""

    async def room(self, site: Site) -> tuple[Room, Room]:
        """What each kind of proof takes, as the page says; as much as anybody wants where it does not say."""
        return await self._required(site), await self._optional(site)

    async def files_max(self, site: Site) -> int:
        """How many files there is room for."""
        return sum(most for room in await self.room(site) for most in room if most)

    async def _required(self, site: Site) -> Room:
        pictures = await site.limit("dispute_appeal.required") or _ANY
        if not await site.shows("dispute_appeal.required_video"):
            return pictures, None
        return pictures, await site.limit("dispute_appeal.required_video") or _ANY

    async def _optional(self, site: Site) -> Room:
        if not await site.shows("dispute_appeal.optional"):
            return 0, None
        pictures = await site.limit("dispute_appeal.optional") or _ANY
        if not await site.shows("dispute_appeal.optional_video"):
            return pictures, None
        return pictures, await site.limit("dispute_appeal.optional_video") or _ANY

    async def prove(self, site: Site, evidence: Sequence[Evidence]) -> None:
        """Upload the files one at a time. Raises `PacketUnfit` where they do not all fit."""
        required, optional = await self.room(site)
        first = _fit(evidence, required)
        rest = evidence[first:]
        if _fit(rest, optional) < len(rest):
            limit = f"{required} required, {optional} optional (pictures, videos)"
            hint = "in each kind of proof pictures stand before videos; leave some out, or change their order"
            raise PacketUnfit("the form does not take all files", field="evidence", limit=limit, hint=hint)
        for piece in evidence[:first]:
            if _apart(piece, required):
                await site.upload("dispute_appeal.required_video", [piece])
            else:
                await site.upload("dispute_appeal.required", [piece])
        for piece in rest:
            if _apart(piece, optional):
                await site.upload("dispute_appeal.optional_video", [piece])
            else:
                await site.upload("dispute_appeal.optional", [piece])

    async def proven(self, site: Site) -> tuple[tuple[Uploaded, ...], tuple[Uploaded, ...]]:
        """What the form lists as required and as optional proof, pictures before videos."""
        required = await site.uploaded("dispute_appeal.required")
        if await site.shows("dispute_appeal.required_video"):
            required += await site.uploaded("dispute_appeal.required_video")
        optional: tuple[Uploaded, ...] = ()
        if await site.shows("dispute_appeal.optional"):
            optional = await site.uploaded("dispute_appeal.optional")
        if await site.shows("dispute_appeal.optional_video"):
            optional += await site.uploaded("dispute_appeal.optional_video")
        return required, optional


_ANY = 99


def _apart(piece: Evidence, room: Room) -> bool:
    """Whether the file goes where only videos go."""
    return room[1] is not None and piece.media_type.startswith("video/")


def _fit(files: Sequence[Evidence], room: Room) -> int:
    """How many of the files, from the first on, go into one kind of proof; no picture after a video."""
    left = {False: room[0], True: room[1] or 0}
    videos = False
    for number, piece in enumerate(files):
        video = _apart(piece, room)
        if left[video] == 0 or (videos and not video):
            return number
        left[video] -= 1
        videos = video
    return len(files)
