"""What a person does with a case, whichever face of the program is used: command line or console."""

from __future__ import annotations

from automation.casework.acts import (
    Act,
    acts_of,
    choose_reason,
    keep_option,
    meant_by,
    offered,
    release,
    resume,
    set_outcome,
    settle,
)
from automation.casework.changes import Changes, Passage, Since, changes, passages, recent_changes
from automation.casework.comparison import Compared, compare
from automation.casework.covering import cover, coverable, offers, picture_size, piece_at
from automation.casework.deciding import WAITS_AT, checkpoint_of, decide, under_decision
from automation.casework.editing import (
    channel_of,
    editable,
    in_time,
    judge,
    reread,
    with_answers,
    with_evidence,
    with_fields,
)
from automation.casework.importing import Foreseen, Foresight, foresee, import_cases
from automation.casework.likeness import Kin, kin
from automation.casework.titles import Titles

__all__ = [
    "WAITS_AT",
    "Act",
    "Changes",
    "Compared",
    "Foreseen",
    "Foresight",
    "Kin",
    "Passage",
    "Since",
    "Titles",
    "acts_of",
    "changes",
    "channel_of",
    "checkpoint_of",
    "choose_reason",
    "compare",
    "cover",
    "coverable",
    "decide",
    "editable",
    "foresee",
    "import_cases",
    "in_time",
    "judge",
    "keep_option",
    "kin",
    "meant_by",
    "offered",
    "offers",
    "passages",
    "picture_size",
    "piece_at",
    "recent_changes",
    "release",
    "reread",
    "resume",
    "set_outcome",
    "settle",
    "under_decision",
    "with_answers",
    "with_evidence",
    "with_fields",
]
