"""The model check for minutes: `python -m bench.prove.model --minutes N [--seed S] [--postgres]`."""

from __future__ import annotations

import argparse
import logging
import sys
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.prove.model.check import SHORT, Database, check, postgres
from bench.prove.model.machine import empty_log

parser = argparse.ArgumentParser(prog="python -m bench.prove.model", description=__doc__)
parser.add_argument("--minutes", type=float, default=8.0)
parser.add_argument("--seed", type=int, default=1)
parser.add_argument("--postgres", action="store_true", help="keep the case log in PostgreSQL")
given = parser.parse_args()
logging.disable(logging.CRITICAL)
with ExitStack() as stack:
    database: Database = empty_log
    if given.postgres:
        folder = stack.enter_context(TemporaryDirectory(prefix="model"))
        database = stack.enter_context(postgres(Path(folder)))
    found = check(given.minutes * 60, given.seed, database=database)
print(f"{found.examples} examples, {found.steps} steps in {found.seconds / 60:.1f} minutes, from seed {given.seed} on")
print("\n".join(f"  {count:7}  {name}" for name, count in sorted(found.counts.items(), key=lambda one: -one[1])))
print("\n".join(failure[:SHORT] for failure in found.failures) or "every promise held")
sys.exit(bool(found.failures))
