"""What a platform's flow is, and how the engine finds it.

A flow is one class in one file: it reads like the instructions one would give a new colleague. It speaks to the page
through a `Site` only and knows neither the case log nor the approvals, so it can neither record nor approve its own
work.

The module `flows.PLATFORM` says which class it is: `FLOW = ...`. Other packages add platforms with an entry point in
the group `appealdesk.flows`, named as the platform.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from importlib import import_module
from importlib.metadata import entry_points
from pkgutil import iter_modules
from typing import Protocol, runtime_checkable

from automation.errors import InputError
from automation.model import Account, Filling, Form, Notice, ReadBack, Records, Review, Store
from automation.reviews import Found
from automation.site import Site

PACKAGE = "flows"
GROUP = "appealdesk.flows"


class Flow(Protocol):
    """The steps on one platform. Every method may raise any `FlowError` or `PersonNeeded`. Made anew for each job.

    All but `fill` only look; `fill` changes the form and nothing else. None can submit: the engine does, with the
    button that the pack declares as the channel's `submit`, which a `Site` refuses to click. Where a site opens its
    form only after a step of its own (an order is marked first), `open_form` takes that step, if it can be taken back
    and was not taken yet.
    """

    async def sign_in(self, site: Site, account: Account, store: Store) -> None:
        """Come to rest on a page inside the back-office, in `store`; at once where the session still lives."""

    async def store_shown(self, site: Site) -> str:
        """The current store as the page names it."""

    async def open_form(self, site: Site, channel: str, review: Review) -> Form:
        """Find the review, exactly one, and open its appeal form.

        Raises `ReviewMissing`, or `Ineligible` where the platform says that it takes no appeal.
        """

    async def fill(self, site: Site, channel: str, filling: Filling) -> None:
        """Fill every field of the open form and upload the evidence; returns when the page has accepted all of it."""

    async def read_back(self, site: Site, channel: str) -> ReadBack:
        """What the open form shows now, from the page alone."""

    async def records(self, site: Site, channel: str, since: datetime) -> Records:
        """The platform's own list of appeals filed on this channel, back to `since` at least."""

    async def notices(self, site: Site, since: datetime) -> tuple[Notice, ...]:
        """The platform's messages about appeals, back to `since` at least."""


@runtime_checkable
class Scans(Protocol):
    """What a flow may do beside: read the store's list of reviews. Only looks."""

    async def reviews(self, site: Site, since: datetime) -> tuple[Found, ...]:
        """The reviews that the store has, back to `since` at least."""


@runtime_checkable
class ShowsParts(Protocol):
    """What a flow has beside `reviews` where the list shows one part at a time (streams, tabs)."""

    async def show_part(self, site: Site, part: str) -> None:
        """Show the part of the list that a review was read in, `Found.part`. The list of reviews is there."""


def scans(platform: str, flow: Flow) -> Scans:
    """The flow as one that reads reviews. Raises `InputError` where it does not."""
    if isinstance(flow, Scans):
        return flow
    raise InputError(
        f"the flow of {platform} does not read reviews yet",
        field="STORE",
        hint="enter its cases by hand: appealdesk case add or import",
    )


def flows() -> Iterator[str]:
    """The platforms for which a flow is installed."""
    others = {point.name for point in entry_points(group=GROUP)}
    return iter(sorted({*_shipped(), *others}))


def flow_for(platform: str) -> Flow:
    """The flow of a platform. Raises `InputError` where none is installed."""
    if platform in _shipped():
        shipped: Flow = import_module(f"{PACKAGE}.{platform}").FLOW()
        return shipped
    for point in entry_points(group=GROUP, name=platform):
        theirs: Flow = point.load()()
        return theirs
    raise InputError(
        f"no flow is installed for platform {platform!r}", hint=f"installed: {', '.join(flows()) or 'none'}"
    )


def _shipped() -> set[str]:
    """The modules of the package `flows`; what several of them share lies in packages inside it."""
    return {module.name for module in iter_modules(import_module(PACKAGE).__path__) if not module.ispkg}
