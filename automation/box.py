"""Parts of a picture that are covered before it is sent."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

BOXES_MAX: Final = 200  # in one picture


class BoxKind(StrEnum):
    """What is covered."""

    PHONE = "phone"
    ID = "id"  # an identity card's number
    CARD = "card"  # a bank card's number
    ADDRESS = "address"
    FACE = "face"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels, counted from the left upper corner of the picture as it is looked at, upright."""

    left: int
    top: int
    width: int
    height: int
    kind: BoxKind = BoxKind.OTHER

    @property
    def right(self) -> int:
        """The first pixel beside it."""
        return self.left + self.width

    @property
    def bottom(self) -> int:
        """The first pixel below it."""
        return self.top + self.height

    def meets(self, other: Box) -> bool:
        """Whether the two have a pixel in common."""
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )
