"""What waits for a person, the most urgent first; and lists of all other cases, by the same filters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import HTMLResponse

from automation.caselog import Brief, Sought
from automation.casework import Titles
from automation.console.means import Looker, Visitor
from automation.errors import AppealdeskError
from automation.model import Challenge, State
from automation.reports.waiting import NEEDS

PAGE: Final = 50  # cases on one page
UNKNOWN_PACE: Final = timedelta(minutes=15)
"""What signing in, filling and sending is taken to last where nothing was observed yet."""

VIEWS: Final[Mapping[str, frozenset[State]]] = {
    "waiting": frozenset(NEEDS),
    "approve": frozenset({State.READY}),
    "confirm": frozenset({State.PREPARED}),
    "uncertain": frozenset({State.UNCERTAIN}),
    "person": frozenset({State.NEEDS_PERSON}),
    "answers": frozenset({State.REJECTED, State.MORE_EVIDENCE}),
    "drafts": frozenset({State.DRAFT}),
    "moving": frozenset({State.APPROVED, State.PREPARING, State.CONFIRMED, State.SUBMITTING, State.SUBMITTED}),
    "all": frozenset(),
}
"""What a list may show, by the name in its address; the first is the inbox itself."""

router = APIRouter()


class Filters(BaseModel):
    """What the address says. Empty fields do not narrow."""

    model_config = ConfigDict(extra="ignore")

    view: Annotated[str, Field(pattern=f"^({'|'.join(VIEWS)})$")] = "waiting"
    client: str = ""
    platform: str = ""
    store: str = ""
    state: str = ""
    reason: str = ""
    due: Annotated[int, Field(ge=0, le=366)] = 0  # days
    q: Annotated[str, Field(max_length=200)] = ""
    page: Annotated[int, Field(ge=1, le=100_000)] = 1

    def address(self, **changed: object) -> str:
        """The address of this list, with some of it changed; a change begins at its first page."""
        now = {**self.model_dump(), "page": 1, **changed}
        usual = Filters().model_dump()
        kept = {name: value for name, value in now.items() if value != usual[name]}
        return f"/?{urlencode(kept)}" if kept else "/"

    def sought(self, visitor: Visitor) -> Sought:
        """The same for the case log, within what this person may see."""
        chosen = frozenset({State(self.state)}) if self.state in set(State) else VIEWS[self.view]
        return Sought(
            states=chosen,
            clients=visitor.person.clients,
            client=self.client,
            platform=self.platform,
            store=self.store,
            reason=self.reason,
            text=self.q.strip(),
            due_before=visitor.now + timedelta(days=self.due) if self.due else None,
        )


@dataclass(frozen=True, slots=True)
class Line:
    """One case of a list. `approve_by`: a decision after this comes too late, as far as the window is known."""

    brief: Brief
    approve_by: datetime | None


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of a list."""

    filters: Filters
    lines: Sequence[Line]
    challenges: Sequence[Challenge]
    counts: Mapping[str, int]  # by view
    total: int

    @property
    def pages(self) -> int:
        """How many pages there are; one where nothing is listed."""
        return max(1, -(-self.total // PAGE))


def challenges_for(visitor: Visitor) -> list[Challenge]:
    """The open questions of the stores that this person may see, the one that expires first on top."""
    mine = {store.id for store in visitor.stores()}
    found = [one for one in visitor.office.log.challenges(open_only=True) if one.store in mine]
    return sorted(found, key=lambda one: one.expires_at)


def listed(visitor: Visitor, filters: Filters) -> Listed:
    """Read one page. The order is by the window's end; the time that the work takes differs by platform only."""
    log = visitor.office.log
    sought = filters.sought(visitor)
    by_state = log.counts(replace(sought, states=frozenset()))
    found = log.briefs(sought, limit=PAGE, offset=(filters.page - 1) * PAGE)
    paces = log.paces()
    lines = [Line(one, one.deadline - paces.get(one.platform, UNKNOWN_PACE) if one.deadline else None) for one in found]
    counts = {
        view: sum(count for state, count in by_state.items() if not states or state in states)
        for view, states in VIEWS.items()
    }
    total = sum(count for state, count in by_state.items() if not sought.states or state in sought.states)
    asked = challenges_for(visitor) if filters.view == "waiting" else []
    return Listed(filters, lines, asked, counts, total)


@router.get("/")
def inbox(visitor: Looker, filters: Annotated[Filters, Query()]) -> HTMLResponse:
    """The inbox, or another list. The part that changes by itself is asked for alone with `HX-Target: list`."""
    whole = visitor.request.headers.get("hx-target") != "list"
    return visitor.page(
        "inbox.html" if whole else "inbox_list.html",
        listed=listed(visitor, filters),
        filters=filters,
        views=[view for view in VIEWS if view != "all"],
        choices=_choices(visitor),
    )


def _choices(visitor: Visitor) -> Mapping[str, Sequence[tuple[str, str]]]:
    """What each filter offers: (value, title)."""
    titles, stores = Titles(visitor.office), visitor.stores()
    platforms = sorted({store.platform for store in stores})
    return {
        "client": [(client, client) for client in visitor.clients()],
        "platform": [(platform, titles.platform(platform)) for platform in platforms],
        "store": [(store.id, store.name) for store in stores],
        "state": [(state, visitor.t(f"state.{state}")) for state in State],
        "reason": list(_reasons(visitor, set(platforms)).items()),
        "due": [(str(days), visitor.t("inbox.due_days", n=days)) for days in (1, 3, 7, 14)],
    }


def _reasons(visitor: Visitor, platforms: set[str]) -> dict[str, str]:
    """Our terms for reasons on these platforms, each with its title."""
    found: dict[str, str] = {}
    for platform in sorted(platforms & set(visitor.office.packs.platforms())):
        with suppress(AppealdeskError):  # a pack that cannot be read is named on the page of stores
            for channel in visitor.office.packs.pack(platform).channels.values():
                found |= {term: reason.title for term, reason in channel.reasons.items()}
    return found
