"""Many packets at once: what is different between them, and an approval of each."""

from __future__ import annotations

from fastapi import APIRouter

router = APIRouter()
