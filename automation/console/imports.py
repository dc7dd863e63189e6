"""Many cases at once: a file dropped on the page, every problem shown before anything enters, and taken back whole."""

from __future__ import annotations

from fastapi import APIRouter

router = APIRouter()
