"""A short run of the fuzzer that `python -m bench.prove.fuzz` runs for minutes."""

from __future__ import annotations

from bench.prove.fuzz import fuzz
from bench.prove.spoil import KINDS


def test_spoilt_files_of_every_kind_are_refused_or_read_and_nothing_else() -> None:
    outcome = fuzz(3, seed=5)
    assert outcome.failures == []
    assert set(outcome.kinds) == set(KINDS)
    assert all(one.inputs for one in outcome.kinds.values())
    assert 0 < sum(one.refused for one in outcome.kinds.values()) < outcome.inputs
