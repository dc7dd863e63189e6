"""The OpenAPI document of the JSON API; `python -m automation.console.openapi` writes it to docs/openapi.json."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, Final

from fastapi import APIRouter
from fastapi.openapi.utils import get_openapi
from starlette.responses import JSONResponse

from automation.console import api
from automation.console.gate import COOKIE, CSRF_HEADER
from automation.console.means import Looker

PAGE: Final = Path(__file__).resolve().parents[2] / "docs" / "openapi.json"
VERSION: Final = "1"  # of the API, not of the program: it changes when programs that use it must

_ABOUT: Final = (
    "The operators' console for programs. They send `Authorization: Bearer TOKEN` with a token of "
    "`appealdesk person token`, and no cookie; a page's own scripts send the session's cookie, and its CSRF token with "
    "whatever changes something. A person's role and clients hold here as on the pages."
)

router = APIRouter(prefix="/api", include_in_schema=False)


@router.get("/openapi.json")
def described(_visitor: Looker) -> JSONResponse:
    """The document."""
    return JSONResponse(document())


@cache
def document() -> dict[str, Any]:
    """The document, as JSON can hold it."""
    made = get_openapi(title="appealdesk", version=VERSION, description=_ABOUT, routes=api.router.routes)
    made["components"]["securitySchemes"] = {
        "token": {"type": "http", "scheme": "bearer"},
        "session": {"type": "apiKey", "in": "cookie", "name": COOKIE, "description": f"With `{CSRF_HEADER}`"},
    }
    made["security"] = [{"token": []}, {"session": []}]
    return made


def page() -> str:
    """The document as a file."""
    return json.dumps(document(), ensure_ascii=False, indent=2) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
