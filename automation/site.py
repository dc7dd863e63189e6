"""What a flow may do to a page: everything by pack key, nothing by selector, and nothing irreversible.

The implementation lives in `automation.browser`. Every method waits for the thing itself, closes the pop-ups that the
pack allows to be closed, and raises `SessionDead`, `Throttled` or `Ineligible` in place of a missing element when the
page explains itself with a wording that the pack knows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from automation.model import Evidence, Medium, Uploaded


class Row(Protocol):
    """One row of a table, known by its cells: acting on it fails where it is gone, never on its neighbour."""

    @property
    def cells(self) -> Mapping[str, str]:
        """The text of each cell that the pack names, white space folded."""


class Listing(Protocol):
    """The rows read from a table, over all its pages."""

    @property
    def rows(self) -> Sequence[Row]:
        """Each row once."""

    @property
    def complete(self) -> bool:
        """Whether the table was read to its end and held still meanwhile."""


class Site(Protocol):
    """One account's tab. `within` is the row (or the key of a container) that an element is looked for in."""

    # --- pages
    async def open(self, page: str) -> None:
        """Go to a page of the pack and wait until its `here_when` holds."""

    async def arrive(self, *pages: str, start: str = "", timeout: float | None = None) -> str:
        """Wait (seconds) until one of these pages is there, and say which; first go to `start` where it is given."""

    async def follow(self, link: str, *pages: str) -> str:
        """Go to a link that the packet carries, and wait until one of these pages is there; returns which.

        Raises `OriginRefused` where the link does not lie on the pack's origins.
        """

    async def here(self, *pages: str) -> str:
        """Which of these pages is there now, the first one named; empty where none is. Does not wait."""

    # --- looking
    async def shows(self, key: str, *, within: Row | str | None = None) -> bool:
        """Whether the element is visible now. Does not wait."""

    async def read(self, key: str, *, within: Row | str | None = None) -> str:
        """What the element holds: a field's value, the chosen option, else its text, white space folded."""

    async def options(self, key: str) -> tuple[str, ...]:
        """Every option that a select, radio or checkbox group offers, in order. Chooses nothing."""

    async def limit(self, key: str) -> int | None:
        """How much a field takes, as the page says: UTF-16 units of text, or number of files. None: it does not say."""

    async def number(self, key: str) -> int | None:
        """The first number in the element's text, or None where the element or the number is not there."""

    async def find_row(self, table: str, **cells: str) -> Row:
        """The one row with these cells, over all pages. Raises `ReviewMissing` on none and on several.

        A cell given as "" is not compared. Text is compared with white space folded; a cell that ends in an ellipsis
        matches by its beginning.
        """

    async def find_rows(self, table: str, *, until: str = "") -> Listing:
        """All rows of a table; stops early once the cell `time` is older than `until` (ISO 8601), if given."""

    async def heed(self, key: str, *, within: Row | str | None = None) -> None:
        """Raise what the element itself says against acting on it; returns where it says nothing or is not there.

        Read are its text, its title and, where it is disabled, the tooltip that comes when one points at it. A wording
        among the pack's `refusals` raises what that means; an element that is disabled for any other cause raises
        `Ineligible` with `Barrier.OTHER` and the cause as `seen`.
        """

    async def unfilled(self, key: str) -> tuple[str, ...]:
        """The labels of the fields inside a container that the page marks as required and that are empty now."""

    async def comes_to_say(self, key: str, text: str) -> bool:
        """Wait until the element's text is exactly this, white space folded; False where it does not come to be."""

    # --- acting
    async def click(self, key: str, *, within: Row | str | None = None) -> None:
        """Click exactly one visible, enabled element. Refuses elements that the pack marks as irreversible."""

    async def set(self, key: str, value: str | bool | Sequence[str], *, within: Row | str | None = None) -> None:
        """Give a control its value, by the kind that the pack says it is, and check that it took exactly that."""

    async def upload(self, key: str, files: Sequence[Evidence]) -> None:
        """Give the files to an upload control, in order; returns when the page lists each as accepted."""

    async def uploaded(self, key: str) -> tuple[Uploaded, ...]:
        """The files that an upload control lists now, with the digests of the bytes it was given."""

    # --- signing in: what is secret is typed here and never seen by a flow
    async def type_secret(self, key: str, name: str) -> None:
        """Type the account's secret `name` (`login`, `password`) where the page's origin is one of the pack's."""

    async def type_totp(self, key: str) -> None:
        """Type the current TOTP code; waits out the last seconds of a code and never gives one twice."""

    async def ask(self, key: str, medium: Medium, *, destination: str = "", prompt: str = "") -> None:
        """Ask a person for a code and type the answer into `key`. Raises `ChallengeUnanswered`."""

    async def hand_over(self, medium: Medium, *pages: str, picture: str = "", prompt: str = "") -> str:
        """A person does this step (a QR code on a phone, a slider); returns which of `pages` comes after it.

        `picture` is the element shown to the person, taken again whenever it changes. Raises `ChallengeUnanswered`.
        """
