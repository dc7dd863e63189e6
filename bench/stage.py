"""The scene that all sides play on: one mock back-office, the same cases, sessions that already live."""

from __future__ import annotations

import hashlib
import io
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

from PIL import Image

from automation.model import Evidence, EvidenceKind, Packet
from automation.pack import Pack
from automation.packs import Packs
from fixtures.backoffice import MockSite, serve
from fixtures.backoffice.filings import Review
from fixtures.backoffice.people import Account, Store
from fixtures.backoffice.sites import site_of
from fixtures.qa.specimen import specimen

STORES = 10
REVIEWS = 200  # a store; the cases' reviews are among them
FILES = 3
_asked = count(50)


@dataclass(frozen=True, slots=True)
class Task:
    """One appeal to file: where, about what, with which material. `reason` is what the site calls the packet's."""

    store: Store
    seen: Review
    packet: Packet
    reason: str

    @property
    def order_no(self) -> str:
        """The review's order, "" where the site knows none."""
        return self.seen.order_no

    @property
    def review_id(self) -> str:
        """The site's number of the review."""
        return self.seen.review_id

    @property
    def text(self) -> str:
        """What the buyer wrote; no other review says the same."""
        return self.seen.text

    @property
    def description(self) -> str:
        """What to say against it."""
        return self.packet.description

    @property
    def files(self) -> list[str]:
        """Paths of the files to upload."""
        return [str(piece.path) for piece in self.packet.evidence]


@dataclass(frozen=True, slots=True)
class Stage:
    """A served mock with ten stores, each with an account of its own, and one channel of it."""

    site: MockSite
    pack: Pack
    channel: str
    accounts: tuple[Account, ...]
    stores: tuple[Store, ...]
    folder: Path

    def task(self, store: int = 0) -> Task:
        """A fresh case at a store: a review of its own, never contested before."""
        place = self.stores[store]
        text = f"不给{next(_asked)}块钱补偿就不删差评，你们看着办。"
        review = self.site.control.add_review(place.id, hours_ago=60, text=text)
        how: dict[str, Any] = {"keep": _known, "folder": self.folder, "files": FILES, "picture": _picture}
        packet = specimen(self.pack, self.channel, f"store{store}", review, **how)
        offered = site_of(self.site.platform).channels[self.channel].reasons
        labels = self.pack.channels[self.channel].reasons[packet.reason].labels
        return Task(place, review, packet, next(label for label in labels if label in offered))

    def state(self, store: int = 0) -> dict[str, Any]:
        """A new session of the store's account, as a Playwright storage state."""
        return self.site.control.session(self.accounts[store].phone)

    def filed(self, task: Task) -> None:
        """Raise unless the server holds exactly one appeal about the task, with its reason, its text and its files."""
        held = [one for one in self.site.control.received() if one.review_id == task.review_id]
        assert len(held) == 1, f"{len(held)} appeals about {task.review_id}"
        sent = (held[0].channel, held[0].store, held[0].reason, held[0].description)
        assert sent == (self.channel, task.store.id, task.reason, task.description), sent
        files = sorted(file.sha256 for file in held[0].files)
        assert files == sorted(piece.sha256 for piece in task.packet.evidence), held[0].files


@contextmanager
def stage(platform: str = "douyin_shop", channel: str = "") -> Iterator[Stage]:
    """Serve the scene; `channel`: by default the pack's first.

    Entry pop-ups are off and no reviews arrive meanwhile, so that the raw scripts stay what people write.
    """
    stores = tuple(Store(f"bench{n}", f"测速店铺{n:02d}") for n in range(STORES))
    accounts = tuple(
        Account(f"1390000{n:04d}", f"bench{n}@example.com", f"pass-{n}", (store.id,)) for n, store in enumerate(stores)
    )
    pack = Packs().pack(platform)
    with tempfile.TemporaryDirectory() as folder, serve(platform) as site:
        site.control.seed(reviews=REVIEWS, stores=stores, accounts=accounts)
        site.control.switch("popups", value=False)
        site.control.switch("arrivals_every", value=0)
        yield Stage(site, pack, channel or next(iter(pack.channels)), accounts, stores, Path(folder))


def _known(path: Path, *, name: str, kind: EvidenceKind, media_type: str) -> Evidence:
    content = path.read_bytes()
    return Evidence(hashlib.sha256(content).hexdigest(), name, len(content), media_type, kind, path)


@cache
def _picture(seed: int) -> bytes:
    """A PNG of about 200 KB."""
    drawn = io.BytesIO()
    Image.effect_noise((460, 460), 40 + seed).save(drawn, "png")
    return drawn.getvalue()
