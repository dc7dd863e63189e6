"""The case log. `CaseLog.open(url, home)` is the door; what the methods hand out is immutable.

log.py            CaseLog: all parts together, the events, verify
registers.py      accounts, stores, looks          leases.py      leases with fencing tokens
cases.py          entering and changing cases      challenges.py  typed questions to people
rounds.py         next rounds, earlier packets     approvals.py   decisions at the checkpoints
imports.py        what entered together
moves.py          steps of the state table         readbacks.py   what the filled form showed
submissions.py    intents, receipts, releases      results.py     the platform's answers
offers.py         what a form offered             briefs.py      cases as lists show them
paces.py          how long the work took lately  people.py      who comes in by name
history.py        a case as a whole, with what proves it
casebook.py       a case's rows in a transaction   documents.py   words as JSON
snapshot.py        one state of the whole       arrival.py       a log that comes from a backup
tables.py, schema.py, migrations/                  the tables, and how they came to be
database.py       SQLite and PostgreSQL            chain.py, verification.py  the chain and its check
evidence.py, private.py                            files by their digest; files for their owner alone
"""

from __future__ import annotations

from automation.caselog.briefs import Brief, Round, Sought
from automation.caselog.chain import Event
from automation.caselog.history import History, PastRound, Proof, Sending
from automation.caselog.imports import Import
from automation.caselog.leases import Lease
from automation.caselog.log import CaseLog
from automation.caselog.people import Member
from automation.caselog.readbacks import KeptReadBack
from automation.caselog.results import Result
from automation.caselog.rounds import Revision
from automation.caselog.verification import Verified

__all__ = [
    "Brief",
    "CaseLog",
    "Event",
    "History",
    "Import",
    "KeptReadBack",
    "Lease",
    "Member",
    "PastRound",
    "Proof",
    "Result",
    "Revision",
    "Round",
    "Sending",
    "Sought",
    "Verified",
]
