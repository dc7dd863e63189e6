"""The platform as an adversary: what it took is the truth, and what it says of it is whatever does most harm.

It keeps to what the program relies on, and to nothing else (what is left over: `docs/promises.md`):

- A list that says it is complete may be old, and lack newer rows; it holds whatever is older than `lag`.
- Where lists show no time of filing, or rows name the order alone, rows keep their numbers, and `lag` is shorter than
  a round.
- Where rows name the order alone, it files a click once, takes what it said no to nowhere, and nothing comes so late
  that a person gave it up.
- Nobody else files about the very same review while our click is under way.
- Its clock is off by less than `SKEW`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from typing import Final

from automation.errors import Barrier, FlowError, Ineligible, SessionDead, SiteFault, Throttled, UploadFailed
from automation.model import Filling, Intent, Record, Records, Review

Choose = Callable[[str, Sequence[str]], str]
"""Who decides for the adversary: a name of the question, and its answers, the tamest first."""

PENDING: Final = "审核中"
RESULTS: Final = ("申诉成功", "申诉失败", "待补充材料", "另行通知")
"""How it decides: upheld, rejected, more evidence, and words that no pack knows."""

FATES: Final = ("taken", "lost", "late", "twice", "twice_kept", "refused", "not_pressed")
"""What becomes of a click. `twice_kept`: the network repeats it, and the server files both."""
ANSWERS: Final = ("silence", "error", "crash", "wrong_refusal")
"""What the page says of a click that was taken, or may be. `wrong_refusal`: it says no in words and files it."""
LISTS: Final = ("true", "old", "cut", "fault", "signed_out")
"""How it answers to who reads its list."""
REFUSALS: Final[tuple[FlowError, ...]] = (
    Ineligible("此评价不可申诉", barrier=Barrier.OTHER),
    Throttled("操作过于频繁", wait=1),
    UploadFailed("凭证上传失败"),
)


@dataclass(frozen=True, slots=True)
class Filed:
    """A row of the platform's own book. `case` and `round` are of the click that made it, None for others'."""

    record_id: str
    review: Review
    filed_at: datetime  # by our clock
    case: int | None = None
    round: int = 0
    intent: int = 0
    clicked_at: datetime | None = None
    status: str = PENDING
    former: frozenset[str] = frozenset()

    @property
    def numbers(self) -> frozenset[str]:
        """All that it ever had."""
        return self.former | {self.record_id}


@dataclass(frozen=True, slots=True)
class Click:
    """A request to file, as it left the browser."""

    intent: Intent
    filling: Filling


@dataclass
class Server:
    """One store at a platform. `numbered`: its list shows review ids; `dated`: it shows when an appeal was filed."""

    now: Callable[[], datetime]
    choose: Choose
    dated: bool = True
    numbered: bool = True
    lag: timedelta = timedelta(minutes=2)
    skew: timedelta = timedelta()
    rows: list[Filed] = field(default_factory=list)
    under_way: list[Click] = field(default_factory=list)  # left the browser, and has not arrived
    denied: set[int] = field(default_factory=set)  # intents of clicks that it refused in words, and took
    calm: bool = False

    def __post_init__(self) -> None:
        self._numbers = count(1)

    # --- clicks

    def click(self, click: Click) -> FlowError | None:
        """The request leaves; what the page says then. Raises `FlowError` where the button was not pressed."""
        fate = "taken" if self.calm else self.choose("click", FATES)
        match fate:
            case "not_pressed":
                raise SiteFault("the button went away")
            case "refused":
                return REFUSALS[click.intent.id % len(REFUSALS)]
            case "late":
                self.under_way.append(click)
            case "taken" | "twice":
                self.file(click)
            case "twice_kept":
                self.file(click)
                if self.numbered:
                    self.file(click)
        return self._answer(click)

    def _answer(self, click: Click) -> FlowError | None:
        match "silence" if self.calm else self.choose("answer", ANSWERS):
            case "error":
                return SiteFault("系统繁忙")
            case "crash":
                raise ValueError("the driver of the browser fell over")
            case "wrong_refusal" if self.numbered:
                self.denied.add(click.intent.id)
                return REFUSALS[click.intent.id % len(REFUSALS)]
            case _:
                return None

    def arrive(self, number: int = 0) -> None:
        """What was under way comes in."""
        self.file(self.under_way.pop(number))

    def file(self, click: Click) -> None:
        """Take it."""
        intent = click.intent
        self.rows.append(
            Filed(
                record_id=self.number(),
                review=click.filling.packet.review,
                filed_at=self.now(),
                case=intent.case,
                round=intent.round,
                intent=intent.id,
                clicked_at=intent.at,
            )
        )

    def number(self) -> str:
        """A number for a row that no row has."""
        return f"A{next(self._numbers)}"

    # --- others

    def others_file(self, review: Review, age: timedelta) -> None:
        """Somebody else appealed: about another review, or about the same one long ago."""
        self.rows.append(Filed(self.number(), review, self.now() - age))

    def renumber(self, place: int) -> None:
        """A row gets another number."""
        row = self.rows[place]
        self.rows[place] = replace(row, record_id=self.number(), former=row.numbers)

    def decide(self, place: int, status: str) -> None:
        """Answer an appeal."""
        self.rows[place] = replace(self.rows[place], status=status)

    # --- the list

    def listing(self) -> Records:
        """What it shows to who reads its list."""
        kind = "true" if self.calm else self.choose("list", LISTS)
        match kind:
            case "fault":
                raise SiteFault("系统繁忙")
            case "signed_out":
                raise SessionDead("登录已失效")
        shown = [row for row in self.rows if kind != "old" or row.filed_at <= self.now() - self.lag]
        if kind == "cut":
            shown = shown[: len(shown) // 2]
        return Records(tuple(map(self._record, shown)), complete=kind != "cut")

    def _record(self, row: Filed) -> Record:
        at = (row.filed_at + self.skew).replace(second=0, microsecond=0)
        return Record(
            record_id=row.record_id,
            order_no=row.review.order_no,
            review_id=row.review.review_id if self.numbered else "",
            status=row.status,
            filed_at=at if self.dated else None,
        )
