"""Who works here: names, roles, clients, passwords; and the way in for a team."""

from __future__ import annotations

from fastapi import APIRouter

router = APIRouter()
