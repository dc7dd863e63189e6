"""What came of the kills and troubles: figures that add up over lanes, and every broken promise in words."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, fields


@dataclass
class Tally:
    """Of one lane, or of several together. A promise that held has an empty list."""

    runs: int = 0
    steps: int = 0  # names of steps that were met
    met: Counter[str] = field(default_factory=Counter)  # by trouble, `kill` among them
    unmet: list[str] = field(default_factory=list)  # a step that did not come again
    cases: int = 0
    appeals: int = 0
    duplicates: list[str] = field(default_factory=list)
    losses: list[str] = field(default_factory=list)
    false_successes: list[str] = field(default_factory=list)
    left_behind: list[str] = field(default_factory=list)  # processes, temporary files
    uncertain: int = 0  # ended so, and a person compared and released them

    def add(self, other: Tally) -> None:
        """Put another lane's figures to these."""
        for one in fields(self):
            mine, theirs = getattr(self, one.name), getattr(other, one.name)
            if isinstance(mine, Counter):
                mine.update(theirs)
            else:
                setattr(self, one.name, mine + theirs)

    @property
    def broken(self) -> list[str]:
        """Every promise that did not hold, in words."""
        return [*self.duplicates, *self.losses, *self.false_successes, *self.left_behind]
