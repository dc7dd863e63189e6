"""A dossier is made: read in one state of the log, printed, signed, and verified before anybody gets it."""

from __future__ import annotations

import asyncio
import hashlib
from importlib.metadata import version
from typing import BinaryIO

from automation.browser.printing import printed
from automation.caselog import History
from automation.casework import Titles
from automation.dossier import archive, manifest, paper, proof, story
from automation.dossier.archive import Member
from automation.dossier.checking import verify
from automation.dossier.keys import signing_key
from automation.dossier.manifest import CASE, KEY, MANIFEST, PAPER, SIGNATURE, Manifest
from automation.dossier.paper import Say
from automation.dossier.story import Enclosed
from automation.model import utc_now
from automation.office import Office
from automation.packet.findings import Language

EVENT = "exported"


async def export(
    office: Office, number: int, out: BinaryIO, *, by: str, say: Say, language: Language, originals: bool = False
) -> Manifest:
    """Write the dossier of a case to an empty file that can be read, too; the log notes who took it away.

    `originals`: with the files as they were handed in, which show what was covered. Raises `InputError` for an unknown
    case, `CaseLogError` for evidence that is missing or was changed, `BrowserUnavailable` where nothing can print, and
    `VaultError`.
    """
    making = await asyncio.to_thread(_Making, office, number, by=by, originals=originals)
    html = await asyncio.to_thread(making.page, say, language)
    pdf = await printed(office.settings, html, footer=paper.FOOT)
    return await asyncio.to_thread(making.write, out, pdf)


class _Making:
    """One dossier on its way."""

    def __init__(self, office: Office, number: int, *, by: str, originals: bool) -> None:
        self._office = office
        self._by = by
        self._originals = originals
        self._at = utc_now()
        self._history: History = office.log.history(number)
        self._key = signing_key(office, by=by)
        self._files: Enclosed = story.enclosed(office.log, self._history, originals=originals)

    def page(self, say: Say, language: Language) -> str:
        return paper.page(
            self._history,
            self._files,
            Titles(self._office),
            say=say,
            language=language,
            made_at=self._at,
            made_by=self._by,
            key=manifest.fingerprint(self._key.public_key()),
            originals=self._originals,
        )

    def write(self, out: BinaryIO, pdf: bytes) -> Manifest:
        history, public = self._history, self._key.public_key()
        members = [
            Member(KEY, manifest.pem(public)),
            Member(PAPER, pdf),
            Member(CASE, story.text(story.story(history, self._files))),
            *(Member(name, text) for name, text in proof.texts(history.proof).items()),
            *self._files.members,
        ]
        known = [archive.measure(member) for member in members]
        made = Manifest(
            format="appealdesk dossier 1",
            case=history.case.id,
            store=history.case.store.name,
            platform=history.case.packet.platform,
            made_at=self._at,
            made_by=self._by,
            program=f"appealdesk {version('appealdesk')}",
            key=manifest.fingerprint(public),
            chain=proof.chain_of(history.proof),
            events=len(history.proof.events),
            members=tuple(map(manifest.held, known)),
        )
        text = made.text()
        signed = [Member(MANIFEST, text), Member(SIGNATURE, self._key.sign(text))]
        archive.write(out, [*signed, *members], [*map(archive.measure, signed), *known])
        out.flush()
        verify(out)
        said = {"manifest": hashlib.sha256(text).hexdigest(), "key": made.key, "originals": self._originals}
        self._office.log.add_event(EVENT, by=self._by, case=history.case.id, data=said)
        return made
