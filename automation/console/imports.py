"""Many cases at once: a file dropped on the page, every problem shown before anything enters, and taken back whole."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response

from automation import casework
from automation.caselog import Import
from automation.console.bodies import takes_files
from automation.console.means import Clerk, Visitor, go
from automation.console.uploads import FILES_MAX, Sent, UploadRefused, Uploads, put, remove, table_of
from automation.errors import TransitionRefused
from automation.intake import template as write_template
from automation.model import Store

LISTED = 20  # imports on the page
ROWS = 1000  # rows of a preview that are shown

router = APIRouter(prefix="/import")


@router.get("")
def imports(visitor: Clerk) -> HTMLResponse:
    """Where a file is dropped; and what was imported so far."""
    return _page(visitor)


@router.get("/template.{ending}")
def template(visitor: Clerk, ending: Literal["xlsx", "csv", "json"]) -> Response:
    """An example file to fill in, with the stores that this person may see."""
    here = visitor.office
    packs = [here.packs.pack(name) for name in here.packs.platforms()]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"appealdesk.{ending}"
        write_template(file, packs=packs, stores=visitor.stores())
        content = file.read_bytes()
    name = {"content-disposition": f'attachment; filename="{file.name}"'}
    return Response(content, media_type="application/octet-stream", headers=name)


@router.post("")
async def upload(request: Request, visitor: Clerk) -> Response:
    """Take the files into a folder of this session, and look at them; nothing enters yet."""
    takes_files(request)
    form = await request.form(max_files=FILES_MAX + 2)
    token, folder = Uploads(visitor.office.settings.home, visitor.session).open()
    try:
        await run_in_threadpool(_put, form, folder)
    except UploadRefused as error:
        remove(folder)
        return await run_in_threadpool(_page, visitor, wrong=_told(visitor, error))
    except BaseException:
        remove(folder)
        raise
    return go(f"/import/preview/{token}")


def _put(form: FormData, folder: Path) -> None:
    put(_sent(form), folder)
    table_of(folder)


def _sent(form: FormData) -> Sequence[Sent]:
    """The files, by the paths that the page's script knows of a dropped folder, else by their names."""
    files = [one for one in form.getlist("files") if isinstance(one, UploadFile) and one.filename]
    stated: object = None
    with suppress(ValueError, RecursionError):
        stated = json.loads(str(form.get("paths", "")))
    names = [one.filename or "" for one in files]
    if isinstance(stated, list) and len(stated) == len(files) and all(isinstance(one, str) for one in stated):
        names = stated
    return [Sent(name, one.file) for name, one in zip(names, files, strict=True)]


@router.get("/preview/{token}")
def preview(visitor: Clerk, token: str) -> HTMLResponse:
    """What would become of every row; nothing is written."""
    try:
        folder = Uploads(visitor.office.settings.home, visitor.session).find(token)
        table = table_of(folder)
    except UploadRefused as error:
        return _page(visitor, wrong=_told(visitor, error), status=410)
    found = casework.foresee(
        visitor.office,
        table,
        by=visitor.name,
        language=visitor.language,
        sees=lambda store: _sees(visitor, store),
    )
    return visitor.page(
        "import_preview.html",
        found=found,
        drafts=sum(row.case.state == "draft" for row in found.entering),
        file=table.name,
        token=token,
        most=ROWS,
        plain=lambda text: _plain(text, folder),
    )


@router.post("/enter/{token}")
def enter(visitor: Clerk, token: str, again: Annotated[bool, Form()] = False) -> HTMLResponse:
    """Enter every good row, once; the files that were sent are removed. `again`: also take up what was withdrawn."""
    try:
        folder = Uploads(visitor.office.settings.home, visitor.session).take(token)
    except UploadRefused as error:
        return _page(visitor, wrong=_told(visitor, error), status=410)
    try:
        report, number = casework.import_cases(
            visitor.office,
            table_of(folder),
            by=visitor.name,
            language=visitor.language,
            sees=lambda store: _sees(visitor, store),
            again=again,
        )
    finally:
        remove(folder)
    done = visitor.page("import_done.html", report=report, number=number, plain=lambda text: _plain(text, folder))
    done.headers["hx-push-url"] = "/import"
    return done


@router.post("/discard/{token}")
def discard(visitor: Clerk, token: str) -> Response:
    """Remove the files; nothing was entered."""
    with suppress(UploadRefused):
        remove(Uploads(visitor.office.settings.home, visitor.session).take(token))
    return go("/import")


@router.post("/undo/{number}")
def undo(visitor: Clerk, number: int) -> HTMLResponse:
    """Withdraw all cases of an import that are as they entered; the others stay, and are named."""
    found = next((one for one in _seen(visitor) if one.number == number), None)
    if found is None:
        raise HTTPException(404, visitor.t("import.unknown"))
    note = visitor.t("import.undone_note", n=number, name=visitor.name)
    try:
        withdrawn = visitor.office.log.undo_import(number, by=visitor.name, note=note)
    except TransitionRefused:
        return _page(visitor, wrong=visitor.t("import.all_touched", n=number), status=409)
    left = [case for case in found.cases if case not in withdrawn]
    return _page(visitor, told=visitor.t("import.undone", n=len(withdrawn)), left=left)


def _sees(visitor: Visitor, store: Store) -> bool:
    return visitor.person.sees(store.client)


def _seen(visitor: Visitor) -> list[Import]:
    """The imports of whose cases this person may see every one."""
    return [one for one in visitor.office.log.imports() if all(map(visitor.person.sees, one.clients))]


def _page(
    visitor: Visitor, *, told: str = "", wrong: str = "", left: Sequence[int] = (), status: int = 0
) -> HTMLResponse:
    page = visitor.page(
        "import.html",
        status=status or (422 if wrong else 200),
        told=told,
        wrong=wrong,
        left=left,
        imports=_seen(visitor)[:LISTED],
    )
    page.headers["hx-push-url"] = "/import"
    return page


def _told(visitor: Visitor, error: UploadRefused) -> str:
    return visitor.t(f"upload.{error.code}", **error.places)


def _plain(text: str, folder: Path) -> str:
    """A message without the private folder's own path."""
    return text.replace(f"{folder}/", "").replace(str(folder), "")
