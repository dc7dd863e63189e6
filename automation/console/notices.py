"""Who is told of what, and how."""

from __future__ import annotations

from fastapi import APIRouter

router = APIRouter()
