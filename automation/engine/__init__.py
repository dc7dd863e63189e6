"""The engine: short jobs that take cases from an approval to a receipt and a result.

- worker.py: the worker and its tick; performance.py: one job from lease to aftermath; aftermath.py: errors -> states
- jobs.py: what is due; queue.py: the port to a queue; local.py: the queue of one process
- filling.py, prepare.py, submit.py, settle.py, poll.py: the jobs; visit.py: a job's stay at an account
- matching.py, wording.py: whose row it is, and what it says
- desk.py: asking people; step.py: telling people; shift.py: what a worker remembers
"""

from __future__ import annotations

from automation.engine.desk import answer
from automation.engine.step import Level, Mark, Report, Step
from automation.engine.worker import Worker

__all__ = ["Level", "Mark", "Report", "Step", "Worker", "answer"]
