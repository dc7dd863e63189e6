"""What else a person does with a case: withdraw, take up again, the next round, an outcome, a release."""

from __future__ import annotations

from fastapi import APIRouter

router = APIRouter()
