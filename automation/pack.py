"""What a selector pack may say, as types. `automation.packs` reads the YAML into them.

A pack is data: no conditions, no loops. Every fact names its source, so that a user can see how well it is known.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from automation.errors import Barrier
from automation.model import EvidenceKind, Outcome, SignIn
from automation.searching import fault

Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$")]
Term = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Source = Annotated[str, StringConstraints(pattern=r"^(seed [0-9]+|public|assumed|verified)$")]
WorkingDays = Annotated[int, Field(ge=0, le=366)]
Origin = Annotated[str, StringConstraints(pattern=r"^(https://[^/\s]+|http://(127\.0\.0\.1|localhost)(:\d+)?)$")]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class Fact(_Part):
    """Something known about a platform, and how well."""

    source: Source
    """`seed N`: the project's source articles; `public`: other people's public automation code; `assumed`: neither;
    `verified`: seen by a user at a store on `verified_on`."""
    verified_on: date | None = None
    """The day on which a user saw it at a store, quoted: '2026-11-21'."""

    @model_validator(mode="after")
    def _dated(self) -> Self:
        if (self.source == "verified") != (self.verified_on is not None):
            raise ValueError("`verified_on` belongs to `source: verified`, and to no other")
        return self


class Control(StrEnum):
    """The kinds of widgets."""

    BUTTON = "button"
    TEXT = "text"  # one line or many
    SELECT = "select"
    RADIO = "radio"  # a group, by its container
    CHECKBOX = "checkbox"  # one box, or a group by its container
    UPLOAD = "upload"
    TABLE = "table"
    DIALOG = "dialog"
    TOAST = "toast"
    DISPLAY = "display"  # text that is only read
    PICTURE = "picture"  # a QR code: an image, a canvas or a background image
    FRAME = "frame"


class Library(StrEnum):
    """Component families whose class names the controls know; `plain` is HTML alone."""

    PLAIN = "plain"
    ANTD = "antd"
    ARCO = "arco"
    SEMI = "semi"
    FUSION = "fusion"
    ELEMENT = "element"


class Locator(_Part):
    """One way to find an element; exactly one of role, label, placeholder, text, test_id, css.

    Names and texts match whole, white space folded, and Chinese two-character names also with a space between.
    """

    role: Text | None = None
    """The ARIA role: button, dialog, row, textbox."""
    name: Text | None = None
    """With `role`: the accessible name."""
    label: Text | None = None
    """The label of a field."""
    placeholder: Text | None = None
    """The placeholder of a field."""
    text: Text | None = None
    """The text of the innermost element that has it."""
    test_id: Text | None = None
    """The attribute `data-testid`."""
    css: Text | None = None
    """A CSS selector: the last resort, since classes change."""
    has_text: Text | None = None
    """Narrows any of them to elements that contain this text."""
    contains: bool = False
    """Names, labels, placeholders and texts match in part."""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        ways = [w for w in ("role", "label", "placeholder", "text", "test_id", "css") if getattr(self, w) is not None]
        if len(ways) != 1:
            raise ValueError(f"a locator has exactly one of role, label, placeholder, text, test_id, css; here: {ways}")
        if self.name is not None and self.role is None:
            raise ValueError("`name` belongs to `role`")
        return self


class Cell(_Part):
    """One way to read a value from a table's row: column, css, count, attribute, a pattern, or one with a pattern."""

    column: Text | None = None
    """The text of the column's header."""
    pattern: Text | None = None
    """A regular expression with one group, over what the other key gives or the row's text; white space folded."""
    css: Text | None = None
    """The text of the row's first match."""
    count: Text | None = None
    """CSS of icons that say a number by being so many, such as full stars: how many are visible. Nothing is read
    where there is none, or where they do not all stand in one parent: they are about several things then."""
    attribute: Text | None = None
    """An attribute of the row itself, such as `data-row-key`."""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        ways = sum(way is not None for way in (self.column, self.css, self.count, self.attribute))
        if ways > 1 or not (ways or self.pattern):
            raise ValueError(
                "a cell has one of column, css, count, attribute, or a pattern, or one of them with a pattern"
            )
        if self.pattern is not None and (wrong := fault(self.pattern)):
            raise ValueError(wrong)
        return self


class Table(_Part):
    """The shape of a table: its rows, what they show, and how to come to the next page."""

    rows: Annotated[tuple[Locator, ...], Field(min_length=1)]
    """Looked for inside the table's element, way by way; the first way that matches anything counts."""
    heads: Text | None = None
    """CSS of rows that only head the row after them, and are read as a part of it."""
    cells: Annotated[Mapping[Term, Annotated[tuple[Cell, ...], Field(min_length=1)]], Field(min_length=1)]
    """What a row shows, by our name for it. The first way that gives some text counts; with none the cell is empty."""
    next: Key | None = None
    """The element that turns the page; disabled or absent on the last."""
    previous: Key | None = None
    """The element that turns the page back, for a pager without numbers; disabled or absent on the first."""
    scroll: Key | None = None
    """The element whose scrolling shows more rows, for virtual lists."""
    empty: Key | None = None
    """The element shown where there are no rows."""
    total: Key | None = None
    """The element that says how many rows there are on all pages: a list that shows fewer is not complete."""


class Element(Fact):
    """One thing on a page."""

    control: Control
    """What kind of widget it is: how it is set, waited for and read back."""
    find: Annotated[tuple[Locator, ...], Field(min_length=1)]
    """Ways to find it, tried in order; the first way that matches anything must match exactly one."""
    within: Key | None = None
    """The element that it stands in."""
    frame: Key | None = None
    """The element of `control: frame` whose document it stands in."""
    in_row: bool = False
    """Whether it stands in the rows of a table: then it is looked for in one row only."""
    irreversible: bool = False
    """Whether pressing it sends something for good: flows cannot click it, only the one submit function can."""
    library: Library | None = None
    """The component family of this element, where it is another than the pack's."""
    table: Table | None = None
    """The shape of a `control: table`."""
    parts: Mapping[Term, Text] = Field(default_factory=dict)
    """CSS that replaces the library's own for the parts of the widget, by part name."""

    @model_validator(mode="after")
    def _table_has_shape(self) -> Self:
        if (self.control is Control.TABLE) != (self.table is not None):
            raise ValueError("`table` belongs to `control: table`, and to no other")
        return self


class Page(Fact):
    """A place in the back-office: there when every element of `here_when` is visible and `url_has` is in the URL."""

    url: Text | None = None
    """A path below the first origin, or a full URL on one of the origins. Without it the page is reached by clicks."""
    here_when: Annotated[tuple[Key, ...], Field(min_length=1)]
    """The elements that are visible there."""
    url_has: Text | None = None
    """A part of the URL there."""
    keeps: tuple[Text, ...] = ()
    """Query parameters that are taken along from the address where one is, when the page is opened: `groupid`."""


class Popup(Fact):
    """A pop-up that may be closed without asking anybody."""

    find: Annotated[tuple[Locator, ...], Field(min_length=1)]
    """Ways to find the pop-up."""
    close: Annotated[tuple[Locator, ...], Field(min_length=1)]
    """Ways to find, inside it, what closes it."""


class Reason(Fact):
    """One of our reasons: the options that it may be called on the page, and the evidence it needs."""

    title: Text
    """For people."""
    labels: Annotated[tuple[Text, ...], Field(min_length=1)]
    """The options on the page that mean it, the best first; what the page offers is read at run time."""
    needs: tuple[EvidenceKind, ...] = ()
    """Kinds of evidence, of which the packet must hold at least one."""
    description_min: Annotated[int, Field(ge=0)] = 0
    """The least length of the description with this reason, in UTF-16 units."""


class Limits(Fact):
    """Bounds that the packet must keep before it is approved. What the page says at run time counts more."""

    description_min: Annotated[int, Field(ge=0)] = 0
    """UTF-16 units, as browsers count."""
    description_max: Annotated[int, Field(ge=1)]
    """UTF-16 units, as browsers count."""
    files_min: Annotated[int, Field(ge=0)] = 0
    """The least number of evidence files."""
    files_max: Annotated[int, Field(ge=0)]
    """The greatest number of evidence files."""
    file_bytes_max: Annotated[int, Field(ge=1)]
    """The size of one file, in bytes."""
    total_bytes_max: Annotated[int, Field(ge=1)] | None = None
    """The size of all files together, in bytes."""
    media_types: Annotated[tuple[Text, ...], Field(min_length=1)]
    """The kinds of files taken: image/png."""


class Window(Fact):
    """How long after the review an appeal may be sent."""

    days: Annotated[int, Field(ge=1, le=3650)]
    """Calendar days."""


class Cadence(Fact):
    """When to look for results."""

    first_after_hours: Annotated[float, Field(gt=0, le=8760)]
    """Hours between sending and the first look."""
    every_hours: Annotated[float, Field(gt=0, le=8760)]
    """Hours between looks."""
    working_days: tuple[WorkingDays, WorkingDays]
    """How long the answer usually takes, in Chinese working days: from, to."""


class Wording(Fact):
    """What a wording of the platform means. One that is not listed is never guessed: a person reads it."""

    says: Annotated[tuple[Text, ...], Field(min_length=1)]
    """Wordings; each matches whole, white space folded, and `*` stands for any text."""
    means: Literal[Outcome.PENDING, Outcome.UPHELD, Outcome.REJECTED, Outcome.MORE_EVIDENCE]
    """The outcome."""


class Refusal(Fact):
    """A wording with which the site refuses, and why."""

    says: Annotated[tuple[Text, ...], Field(min_length=1)]
    """Wordings; each matches whole, white space folded, and `*` stands for any text."""
    means: Barrier | Literal["too_fast", "site_fault", "upload_refused"]
    """A barrier ends the attempt; `too_fast` waits and tries again; `site_fault` tries again."""
    wait_seconds: Annotated[float, Field(ge=0, le=3600)] = 30
    """How long to wait after `too_fast`."""


class Submit(Fact):
    """The irreversible button, and the confirmations that the site may ask for after it."""

    press: Key
    """The button."""
    confirm: tuple[Key, ...] = ()
    """The buttons of the confirmations, in order, pressed where they come up."""
    took: Key | None = None
    """What the page shows when it says that it took the appeal; never counted as proof."""


class Answer(Fact):
    """One more field of a form, beside reason, description and evidence: entered, approved and compared like them."""

    title: Text
    """For people."""
    kind: Literal["text", "number", "choice", "choices", "link"]
    """What is put in: text, a number, one of `choices`, any of them joined by `, `, or an http(s) link."""
    required: bool = True
    """Whether the packet must hold it."""
    choices: tuple[Text, ...] = ()
    """With `choice` and `choices`, and only then: the options as the page calls them, in its order."""
    most: Annotated[float, Field(ge=0)] | None = None
    """Of a `number`: the greatest one. What the page says at run time counts more."""
    length_max: Annotated[int, Field(ge=1)] | None = None
    """Of a `text` or `link`: its greatest length, in UTF-16 units."""
    example: Text
    """A good answer, for the template and for messages."""


class Channel(Fact):
    """One way of contesting a review: its form, its limits, its list of records."""

    title: Text
    """For people, as the platform calls it."""
    reasons: Annotated[Mapping[Term, Reason], Field(min_length=1)]
    """By our own term, which packets use."""
    answers: Mapping[Term, Answer] = Field(default_factory=dict)
    """What else the form asks, by our own term, in the form's order."""
    limits: Limits
    """What a packet may hold."""
    window: Window | None = None
    """Until when an appeal may be sent."""
    submit: Submit
    """How it is sent."""
    outcomes: Annotated[tuple[Wording, ...], Field(min_length=1)]
    """What the platform's answers mean."""
    cadence: Cadence
    """When to look for the answer."""
    rounds_max: Annotated[int, Field(ge=1)] | None = None
    """How many appeals one review may have."""


class SignInPages(_Part):
    """Which sign-in methods the site has, and the pages that mean that the session is dead."""

    methods: Annotated[tuple[SignIn, ...], Field(min_length=1)]
    """The methods that the flow knows."""
    dead_when: Annotated[tuple[Key, ...], Field(min_length=1)]
    """Pages that mean: sign in again."""


class Pack(_Part):
    """All that is known of one platform's back-office."""

    format: Literal[1]
    """The version of this format."""
    platform: Term
    """The platform's name, which is also the file's."""
    base: Term | None = None
    """The file in `base/` that this pack stands on: what it says holds unless the pack says otherwise."""
    title: Text
    """For people."""
    origins: Annotated[tuple[Origin, ...], Field(min_length=1)]
    """The origins that are opened and typed secrets on, and no other; the first is where paths start."""
    library: Library
    """The component family that the site is built with."""
    also: tuple[Library, ...] = ()
    """Other component families on the same site: each widget is taken as of the one that it is built with."""
    prefix: Text | None = None
    """The class prefix that the site gave the library, where it is not the library's own; several, parted by spaces."""
    parts: Mapping[Term, Text] = Field(default_factory=dict)
    """CSS that replaces the library's own for the parts of all widgets, by part name."""
    pause_seconds: Annotated[float, Field(ge=0, le=3600)] = 0
    """Kept between two submissions at one store."""
    sign_in: SignInPages
    """How one gets in."""
    pages: Annotated[Mapping[Key, Page], Field(min_length=1)]
    """By key."""
    elements: Annotated[Mapping[Key, Element], Field(min_length=1)]
    """By key."""
    popups: Mapping[Term, Popup] = Field(default_factory=dict)
    """What may be closed unasked."""
    never_close: tuple[Text, ...] = ()
    """A dialog that says one of these is left to a person, whatever `popups` says."""
    for_people: tuple[Key, ...] = ()
    """Elements that are left to a person wherever they come up, such as the frame of a slider."""
    refusals: tuple[Refusal, ...] = ()
    """How the site says no."""
    messages: tuple[Key, ...] = ()
    """The elements (toasts, alerts) in which refusals are looked for."""
    channels: Annotated[Mapping[Term, Channel], Field(min_length=1)]
    """The ways of contesting a review here."""
    inherited: frozenset[Key] = Field(default=frozenset(), exclude=True)
    digest: str = Field(default="", exclude=True)
    """SHA-256 of the effective content; set by the loader, never written in a file."""
