"""What a person does with a case, whichever face of the program is used: command line or console."""

from __future__ import annotations

from automation.casework.comparison import Compared, compare
from automation.casework.deciding import checkpoint_of, decide, under_decision
from automation.casework.editing import channel_of, judge, with_answers, with_evidence

__all__ = [
    "Compared",
    "channel_of",
    "checkpoint_of",
    "compare",
    "decide",
    "judge",
    "under_decision",
    "with_answers",
    "with_evidence",
]
