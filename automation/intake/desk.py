"""A row becomes a packet: its cells are understood, its evidence is inspected and kept, the case is entered.

All that is wrong with a row is said at once, and nothing is kept of it; the other rows still enter. A packet that is
understood but not fit (a window that closed, a reason without its evidence) enters as a draft with findings.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final, Protocol, TypeVar

from automation.errors import InputError
from automation.intake import cells, columns
from automation.intake.answers import answered
from automation.intake.problems import Fault, problem
from automation.intake.reading import Misplaced, Row, read
from automation.model import Case, Clock, Evidence, EvidenceKind, Finding, Packet, Review, Store, utc_now
from automation.pack import Channel, Limits, Pack
from automation.packet import Inspected, Piece, deadline, digest, lint, preflight
from automation.packet.findings import Language

T = TypeVar("T")

_WIDEST: Final = Limits(description_max=1, files_max=1, file_bytes_max=1 << 30, media_types=("*/*",), source="assumed")
"""What files keep where the channel is not known: only what is wrong with a file anywhere is said of it then."""


class CaseBook(Protocol):
    """What entering cases needs of the case log."""

    def stores(self) -> Sequence[Store]:
        """Every store."""

    def keep_evidence(
        self, source: Path, *, name: str, kind: EvidenceKind, media_type: str, caption: str, shows_at: datetime | None
    ) -> Evidence:
        """Copy a file under its digest."""

    def rejected_texts(self, store: str) -> Sequence[str]:
        """Descriptions that the platform rejected at this store."""

    def enter(
        self, packet: Packet, *, by: str, findings: Sequence[Finding], deadline: datetime | None, source: str
    ) -> tuple[Case, bool]:
        """Enter a case; false where it was known already."""


class PackShelf(Protocol):
    """Where packs come from."""

    def pack(self, platform: str) -> Pack:
        """The pack of a platform. Raises `PackError`."""


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What became of each row. `differing` are those of the known cases whose packet is not what the row says now."""

    entered: tuple[Case, ...] = ()
    known: tuple[Case, ...] = ()
    problems: tuple[InputError, ...] = ()
    differing: tuple[Case, ...] = ()


@dataclass(frozen=True, slots=True)
class Gathered:
    """Evidence as kept; with problems nothing was kept. `findings` are the warnings about single files."""

    evidence: tuple[Evidence, ...] = ()
    findings: tuple[Finding, ...] = ()
    problems: tuple[InputError, ...] = ()


def import_file(
    path: Path, *, log: CaseBook, packs: PackShelf, by: str, now: Clock = utc_now, language: Language = "zh"
) -> ImportReport:
    """Enter every good row of a CSV, XLSX or JSON file, and report every fault with file, line and field.

    Evidence paths start at the file's folder and may not lead out of it. Importing a file again adds nothing.
    """
    clerk = _Clerk(log, packs, by, now, language, path)
    for entry in read(path):
        if isinstance(entry, Misplaced):
            clerk.problems.append(problem(entry.fault, language, file=path, line=entry.line, field=entry.field))
        else:
            clerk.take(entry, folder=path.parent, root=path.parent)
    return clerk.report()


def files_named(path: Path) -> list[Path]:
    """The files that the rows of an import name as evidence, there or not; what is not understood is passed over."""
    found: list[Path] = []
    for entry in read(path):
        with suppress(Fault):
            if isinstance(entry, Row):
                found += [piece.path for piece in cells.pieces(entry.cells.get("evidence", ""), path.parent)]
    return found


def add_case(
    values: Mapping[str, object],
    *,
    log: CaseBook,
    packs: PackShelf,
    by: str,
    folder: Path | None = None,
    now: Clock = utc_now,
    language: Language = "zh",
) -> ImportReport:
    """Enter one case from values by column (key or any of its names), as a row of a file would.

    Evidence paths start at `folder` (the current one by default) and may lead anywhere: the operator typed them.
    """
    clerk = _Clerk(log, packs, by, now, language)
    if faults := columns.header_faults(list(values), complete=False):
        clerk.problems += [problem(fault, language, field=name) for name, fault in faults]
        return clerk.report()
    names = {column.key: name for name in values if (column := columns.column_of(name)) is not None}
    row = Row(0, {key: values[name] for key, name in names.items()}, names)
    clerk.take(row, folder=folder or Path.cwd(), root=None)
    return clerk.report()


def gather(
    offered: object,
    *,
    log: CaseBook,
    limits: Limits,
    folder: Path | None = None,
    language: Language = "zh",
) -> Gathered:
    """Inspect and keep evidence for a case that is there already. `offered` is written as in a file's column."""
    try:
        pieces = cells.pieces(offered, folder or Path.cwd())
    except Fault as fault:
        return Gathered(problems=(problem(fault, language, field="evidence"),))
    inspected = preflight(pieces, limits, language=language).files
    if bad := _refused(inspected, None, None, "evidence"):
        return Gathered(problems=tuple(bad))
    try:
        return Gathered(_keep(inspected, log), _remarks(inspected))
    except Fault as fault:
        return Gathered(problems=(problem(fault, language, field="evidence"),))


@dataclass(slots=True)
class _Clerk:
    """Takes rows one after the other."""

    log: CaseBook
    packs: PackShelf
    by: str
    now: Clock
    language: Language
    file: Path | None = None
    problems: list[InputError] = field(default_factory=list)
    _stores: Sequence[Store] = field(init=False)
    _entered: dict[int, Case] = field(default_factory=dict)
    _known: dict[int, Case] = field(default_factory=dict)
    _differing: dict[int, Case] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._stores = self.log.stores()  # once: a file has up to 20,000 rows

    def report(self) -> ImportReport:
        return ImportReport(
            tuple(self._entered.values()),
            tuple(self._known.values()),
            tuple(self.problems),
            tuple(self._differing.values()),
        )

    def take(self, row: Row, *, folder: Path, root: Path | None) -> None:
        form = _Form(row, self.language, self.file)
        store = form.read("store", lambda value: _store(value, self._stores))
        channel = self._channel(form, store) if store else None
        known = [channel[1]] if channel else self._channels(store)
        reason = form.read("reason", lambda value: _reason(value, known))
        review = form.review()
        description = form.read("description", _required)
        answers, wrong = answered(row.cells, channel[1].answers, self.language) if channel else ({}, [])
        form.problems += [form.problem(fault, key) for key, fault in wrong]
        pieces = form.read("evidence", lambda value: cells.pieces(value, folder)) or []
        limits = channel[1].limits if channel else _WIDEST
        files = preflight(pieces, limits, root=root, language=self.language).files
        form.problems += _refused(files, self.file, form.line, form.name("evidence"))
        if form.problems or not (store and channel and reason and review and description):
            self.problems += form.problems
            return
        try:
            evidence = _keep(files, self.log)
            packet = Packet(store.platform, channel[0], store.id, review, 1, reason, description, evidence, answers)
            self._enter(packet, channel[1], files, row)
        except Fault as fault:
            self.problems.append(form.problem(fault, "evidence"))
        except InputError as error:
            self.problems.append(form.refused(error, error.field))

    def _channel(self, form: _Form, store: Store) -> tuple[str, Channel] | None:
        try:
            pack = self.packs.pack(store.platform)
        except InputError as error:
            where = form.name("store")
            form.problems.append(form.refused(error, where))
            return None
        return form.read("channel", lambda value: _channel(value, pack.channels))

    def _channels(self, store: Store | None) -> list[Channel]:
        """Those that a row may be meant for whose own is not known: so that its other faults are said, too."""
        found: list[Channel] = []
        for platform in sorted({one.platform for one in ([store] if store else self._stores)}):
            with suppress(InputError):
                found += self.packs.pack(platform).channels.values()
        return found

    def _enter(self, packet: Packet, channel: Channel, files: Sequence[Inspected], row: Row) -> None:
        rejected = self.log.rejected_texts(packet.store)
        findings = (
            *lint(packet, channel, now=self.now(), rejected_texts=rejected, language=self.language),
            *_remarks(files),
        )
        findings = tuple({(one.code, one.message): one for one in findings}.values())
        source = f"{self.file.name}:{row.line}" if self.file else ""
        end = deadline(packet.review, channel)
        case, new = self.log.enter(packet, by=self.by, findings=findings, deadline=end, source=source)
        if new:
            self._entered[case.id] = case
            return
        if case.id not in self._entered:
            self._known[case.id] = case
        if case.digest != digest(packet):
            self._differing[case.id] = case


@dataclass(slots=True)
class _Form:
    """One row while it is read; collects all that is wrong with it."""

    row: Row
    language: Language
    file: Path | None
    problems: list[InputError] = field(default_factory=list)

    @property
    def line(self) -> int | None:
        return self.row.line or None

    def name(self, key: str) -> str:
        """The column as the file calls it."""
        return self.row.names.get(key, key)

    def problem(self, fault: Fault, key: str) -> InputError:
        return problem(fault, self.language, file=self.file, line=self.line, field=self.name(key))

    def refused(self, error: InputError, name: str) -> InputError:
        """The same error, said about this row; one of another file, such as a pack's, keeps that place in its text."""
        told = error.reason if error.file is None else error.message
        return InputError(told, file=self.file, line=self.line, field=name, hint=error.hint)

    def read(self, key: str, meaning: Callable[[object], T]) -> T | None:
        """What the cell means; None, and a problem more, where it means nothing."""
        try:
            return meaning(self.row.cells.get(key, ""))
        except Fault as fault:
            self.problems.append(self.problem(fault, key))
            return None

    def review(self) -> Review | None:
        """The review, or None where any of its fields is wrong."""
        before = len(self.problems)
        text, buyer = self.read("review_text", cells.text), self.read("buyer", cells.text)
        order_no, review_id = self.read("order_no", cells.number), self.read("review_id", cells.number)
        posted_at = self.read("posted_at", lambda value: cells.moment(_filled(value)))
        stars, product = self.read("stars", cells.stars), self.read("product", cells.text)
        url = self.read("review_url", cells.link)
        if len(self.problems) > before or posted_at is None:
            return None
        if not (order_no or review_id or (text and buyer)):
            self.problems.append(self.problem(Fault("review_unnamed"), "order_no"))
            return None
        named = (review_id or "", order_no or "", text or "")
        return Review(*named, posted_at, stars, buyer or "", product or "", url or "")


def _filled(value: object) -> object:
    if value is None or (isinstance(value, str) and not value.strip()):
        raise Fault("required")
    return value


def _required(value: object) -> str:
    return cells.text(_filled(value))


def _store(value: object, stores: Sequence[Store]) -> Store:
    wanted = _required(value)
    for store in stores:
        if store.id == wanted:
            return store
    found = [store for store in stores if " ".join(store.name.split()) == " ".join(wanted.split())]
    if not found:
        near = columns.nearest(wanted, [name for store in stores for name in (store.id, store.name)])
        known = ", ".join(f"{store.id} ({store.name})" for store in stores)
        raise Fault("store_unknown", value=wanted, nearest=near, known=known)
    if len(found) > 1:
        raise Fault("store_ambiguous", value=wanted, known=", ".join(f"{one.id} ({one.platform})" for one in found))
    return found[0]


def _channel(value: object, channels: Mapping[str, Channel]) -> tuple[str, Channel]:
    wanted = cells.text(value)
    known = ", ".join(f"{term} ({channel.title})" for term, channel in channels.items())
    if not wanted and len(channels) == 1:
        return next(iter(channels.items()))
    if not wanted:
        raise Fault("channel_needed", known=known)
    found = [(term, channel) for term, channel in channels.items() if wanted in (term, channel.title)]
    if len(found) != 1:
        raise Fault("channel_unknown", value=wanted, known=known)
    return found[0]


def _reason(value: object, channels: Sequence[Channel]) -> str:
    """Our term; else the title or an option that means one reason only. Of several channels, any may know it."""
    wanted = " ".join(_required(value).split())
    reasons = [(term, one) for channel in channels for term, one in channel.reasons.items()]
    terms = dict.fromkeys(term for term, one in reasons if wanted in (one.title, *one.labels))
    if not reasons or wanted in (term for term, _ in reasons):
        return wanted
    if terms and (len(terms) == 1 or len(channels) > 1):
        return next(iter(terms))
    if terms:
        raise Fault("reason_ambiguous", value=wanted, known=", ".join(terms))
    every = [name for term, one in reasons for name in (term, one.title, *one.labels)]
    known = ", ".join(dict.fromkeys(f"{term} ({one.title})" for term, one in reasons))
    raise Fault("reason_unknown", value=wanted, nearest=columns.nearest(wanted, every), known=known)


def _refused(files: Sequence[Inspected], file: Path | None, line: int | None, name: str) -> list[InputError]:
    """What keeps files from being kept at all."""
    return [
        InputError(one.message, file=file, line=line, field=name, hint=one.hint)
        for inspected in files
        for one in inspected.findings
        if one.blocks
    ]


def _remarks(files: Sequence[Inspected]) -> tuple[Finding, ...]:
    return tuple(one for inspected in files for one in inspected.findings)


def _keep(files: Sequence[Inspected], log: CaseBook) -> tuple[Evidence, ...]:
    kept = []
    for inspected in files:
        piece: Piece = inspected.piece
        evidence = log.keep_evidence(
            piece.path,
            name=piece.sent_as,
            kind=piece.kind,
            media_type=inspected.media_type,
            caption=piece.caption,
            shows_at=piece.shows_at,
        )
        if (evidence.original or evidence.sha256) != inspected.sha256:
            raise Fault("evidence_changed", name=piece.sent_as)
        kept.append(evidence)
    return tuple(kept)
