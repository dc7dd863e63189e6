"""The same as JSON, for programs; described by an OpenAPI document."""

from __future__ import annotations

from fastapi import APIRouter

router = APIRouter()
