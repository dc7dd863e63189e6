"""What became of the cases: outcomes, times, deadlines; and exports."""

from __future__ import annotations

from fastapi import APIRouter

router = APIRouter()
