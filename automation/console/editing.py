"""A change of an unsent packet: the form, its diff, and what the lint says of it."""

from __future__ import annotations

from fastapi import APIRouter

router = APIRouter()
