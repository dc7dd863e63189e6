"""The questions that sign-ins ask: answered here, or done by hand in a live view of the worker's page."""

from __future__ import annotations

from fastapi import APIRouter

router = APIRouter()
