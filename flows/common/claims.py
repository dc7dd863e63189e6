"""Forms that ask what is claimed: boxes that are all ticked at first, and an amount up to what these allow."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

from automation.answers import number, several
from automation.errors import PacketUnfit
from automation.site import Site


class Claims:
    """Ticks, fills in and reads back, by the answers `items` and `amount`."""

    async def bounds(self, site: Site) -> dict[str, str]:
        """What the page allows at most, by answer."""
        most = await self.most(site)
        return {} if most is None else {"amount": f"{most}"}

    async def claim(self, site: Site, answers: Mapping[str, str]) -> None:
        """All boxes are ticked at first: exactly the approved ones stay. Then the amount, as much as these allow."""
        boxes = _short(await site.options("dispute_appeal.items"))
        wanted = several(answers.get("items", ""))
        if unknown := ", ".join(one for one in wanted if one not in boxes):
            raise PacketUnfit(f"the form has no box {unknown}", field="answers.items", limit=", ".join(boxes))
        await site.set("dispute_appeal.items", [boxes[one] for one in wanted])
        amount = answers.get("amount", "")
        if not (given := number(amount)):
            return  # none, or 0: some boxes are not about money
        most = await self.most(site)
        if most is not None and given > most:
            raise PacketUnfit(f"at most {most} can be claimed", field="answers.amount", limit=f"{most}")
        await site.set("dispute_appeal.amount", amount)

    async def most(self, site: Site) -> Decimal | None:
        """How much can be claimed, in CNY, as the page says now; None where it does not say."""
        said = await site.read("dispute_appeal.amount_max") if await site.shows("dispute_appeal.amount_max") else ""
        found = re.search(r"\d+(\.\d+)?", said.replace(",", ""))
        return Decimal(found.group()) if found else None

    async def claimed(self, site: Site) -> dict[str, str]:
        """What is ticked and asked for, as answers."""
        boxes = _short(await site.options("dispute_appeal.items"))
        ticked = several(await site.read("dispute_appeal.items"))
        amount = await site.read("dispute_appeal.amount") if await site.shows("dispute_appeal.amount") else "0"
        return {"items": ", ".join(one for one, box in boxes.items() if box in ticked), "amount": amount}


def _short(offered: Sequence[str]) -> dict[str, str]:
    """The boxes by their short names: without the ending that all of them share (货款申诉, 纠纷退款率申诉)."""
    shared = 0
    while len(offered) > 1 and len({one[-1 - shared :] for one in offered}) == 1:
        shared += 1
    return {one[: len(one) - shared]: one for one in offered}
