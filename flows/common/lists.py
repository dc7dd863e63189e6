"""What a back-office lists, read in our words; the same for most of them, wherever each shows its lists."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar
from zoneinfo import ZoneInfo

from automation.listing import notice, record, wall_time
from automation.model import Notice, Records
from automation.reviews import Found, found
from automation.site import Site


class Lists:
    """Reads the list that is there. A flow says how one comes to it."""

    zone: ClassVar = ZoneInfo("Asia/Shanghai")  # back-offices write Chinese wall time, without a zone

    async def records_listed(self, site: Site, channel: str, since: datetime) -> Records:
        """The list of appeals on the page that is there."""
        listing = await site.find_rows(f"{channel}.records", until=wall_time(since, self.zone))
        return Records(tuple(record(row, self.zone) for row in listing.rows), listing.complete)

    async def notices(self, site: Site, since: datetime) -> tuple[Notice, ...]:
        """The messages, behind the header's bell."""
        await site.open("inside")
        await site.click("header.messages")
        await site.arrive("messages")
        listing = await site.find_rows("messages.list", until=wall_time(since, self.zone))
        return tuple(notice(row, self.zone) for row in listing.rows)


class ReviewList(Lists):
    """Reads a list of reviews too."""

    async def reviews_listed(self, site: Site, channel: str, since: datetime) -> tuple[Found, ...]:
        """The reviews on the page that is there."""
        listing = await site.find_rows(f"{channel}.reviews", until=wall_time(since, self.zone))
        return tuple(found(row, self.zone) for row in listing.rows)
