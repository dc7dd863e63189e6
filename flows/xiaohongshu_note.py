"""小红书's notes: report one from its own page, behind "…" (seed 4). A note has a link and no order number.

The report is made in steps that differ in number and content; each is filled with what it asks for.
"""

from __future__ import annotations

from asyncio import gather
from dataclasses import replace
from datetime import datetime

from automation.errors import PacketUnfit, ReviewMissing
from automation.model import Filling, Form, ReadBack, Record, Records, Review
from automation.site import Site
from flows.common.appeal_form import FormParts
from flows.common.lists import Lists
from flows.common.sign_in import StoreSignIn


class XiaohongshuNote(Lists, FormParts, StoreSignIn):
    """What a person does to report a note. A store is the account that reports."""

    async def open_form(self, site: Site, channel: str, review: Review) -> Form:
        if not review.url:
            raise PacketUnfit("a note is opened by its link, and there is none", field="url", limit="1")
        if await site.follow(review.url, "note", "note.gone") == "note.gone":
            raise ReviewMissing("the note is gone", key="note.gone", hint="nothing is left to report")
        await self._check(site, review)
        await site.click("note.more")
        await site.arrive("note.menu")
        await site.heed("note_report.open")
        await site.click("note_report.open")
        await site.arrive("step.reason")
        shown, reasons = await gather(self.review_shown(site, channel), site.options("note_report.reason"))
        if not await site.here("step.evidence"):
            return Form(shown, reasons)  # the next step says how much it takes
        text_max, files_max = await gather(site.limit("note_report.description"), site.limit("note_report.evidence"))
        return Form(shown, reasons, description_max=text_max, files_max=files_max)

    async def _check(self, site: Site, review: Review) -> None:
        """The page shows the note that was approved: its text, which may have more around it, and its author."""
        text, author = await gather(site.read("note.text"), site.read("note.author"))
        meant = " ".join(review.text.split())
        if meant not in text and text not in meant:
            raise ReviewMissing(
                "the link shows another note than the one meant, or its author changed it",
                key="note.text",
                seen=text,
                hint="compare, and enter the case anew",
            )
        if review.buyer and author != " ".join(review.buyer.split()):
            raise ReviewMissing(f"the note is by {author!r}, not {review.buyer!r}", key="note.author", seen=author)

    async def fill(self, site: Site, channel: str, filling: Filling) -> None:
        await site.set("note_report.reason", filling.reason_label)
        if not await site.here("step.evidence"):
            await site.click("note_report.next")
            await site.arrive("step.evidence")
        await site.set("note_report.description", filling.packet.description)
        await site.upload("note_report.evidence", filling.packet.evidence)
        await self.all_filled(site, channel)

    async def _to_the_end(self, site: Site) -> None:
        if await site.shows("note_report.next"):
            await site.click("note_report.next")
        await site.read("note_report.submit")  # waits for it

    async def read_back(self, site: Site, channel: str) -> ReadBack:
        """Read at the step that holds the files, before it is left: some sites make it anew. Ends at the last step."""
        if not await site.here("step.evidence"):
            await site.click("note_report.back")
            await site.arrive("step.evidence")
        store, note, reason, description, uploads, empty = await gather(
            self.store_shown(site),
            self.review_shown(site, channel),
            self._reason_shown(site),
            site.read("note_report.description"),
            site.uploaded("note_report.evidence"),
            site.unfilled("note_report.form"),
        )
        await self._to_the_end(site)
        reason = reason or await self._reason_repeated(site)
        return ReadBack(store, note, reason, description, uploads, fields={"note_report.form": ", ".join(empty)})

    async def _reason_shown(self, site: Site) -> str:
        if await site.shows("note_report.reason"):
            return await site.read("note_report.reason")
        return await self._reason_repeated(site) if await site.shows("note_report.chosen") else ""

    async def _reason_repeated(self, site: Site) -> str:
        """What a later step says of the choice: `举报原因：虚假信息`, or the option alone."""
        return (await site.read("note_report.chosen")).replace("：", ":").rpartition(":")[2].strip()

    async def records(self, site: Site, channel: str, since: datetime) -> Records:
        here = await site.arrive("way.feedback", "way.help", "way.me", start="inside")
        if here == "way.me":
            await site.click("way.me")
            here = await site.arrive("way.feedback", "way.help")
        if here == "way.help":
            await site.click("way.help")
            await site.arrive("way.feedback")
        await site.click("way.feedback")
        await site.arrive("note_report.records")
        listed = await self.records_listed(site, channel, since)
        return replace(listed, rows=tuple(_answered(row) for row in listed.rows))


def _answered(row: Record) -> Record:
    """举报已处理 says nothing by itself (public): what counts is what stands beside it."""
    return replace(row, status=f"{row.status} {row.detail}".strip())


FLOW = XiaohongshuNote
