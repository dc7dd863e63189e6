"""Stores and accounts: added, changed, signed in now; secrets are set, never read."""

from __future__ import annotations

from fastapi import APIRouter

router = APIRouter()
