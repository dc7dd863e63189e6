"""What a selector pack may say, as types. `automation.packs` reads the YAML into them.

A pack is data: no conditions, no loops. Every fact names its source, so that a user can see how well it is known.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from automation.errors import Barrier
from automation.model import EvidenceKind, Outcome, SignIn

Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$")]
Term = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Source = Annotated[str, StringConstraints(pattern=r"^(seed [0-9]+|public|assumed|verified)$")]
Origin = Annotated[str, StringConstraints(pattern=r"^(https://[^/\s]+|http://(127\.0\.0\.1|localhost)(:\d+)?)$")]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Fact(_Part):
    """Something known about a platform. `seed N`: the project's source articles; `public`: other people's public
    automation code; `assumed`: neither; `verified`: seen by a user at a store on `verified_on`.
    """

    source: Source
    verified_on: date | None = None

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

    Names and texts match whole, white space folded, and Chinese two-character names also with a space between;
    `contains: true` matches a part. `name` belongs to role. `has_text` narrows any of them.
    """

    role: Text | None = None
    name: Text | None = None
    label: Text | None = None
    placeholder: Text | None = None
    text: Text | None = None
    test_id: Text | None = None
    css: Text | None = None
    has_text: Text | None = None
    contains: bool = False

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        ways = [w for w in ("role", "label", "placeholder", "text", "test_id", "css") if getattr(self, w) is not None]
        if len(ways) != 1:
            raise ValueError(f"a locator has exactly one of role, label, placeholder, text, test_id, css; here: {ways}")
        if self.name is not None and self.role is None:
            raise ValueError("`name` belongs to `role`")
        return self


class Cell(_Part):
    """One way to read a value from a table's row: under a column header, as the group of a pattern over the row's text,
    as the text of the row's first match of a css, or as an attribute of the row itself (`data-row-key`)."""

    column: Text | None = None
    pattern: Text | None = None
    css: Text | None = None
    attribute: Text | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if sum(way is not None for way in (self.column, self.pattern, self.css, self.attribute)) != 1:
            raise ValueError("a cell has exactly one of column, pattern, css, attribute")
        if self.pattern is not None:
            try:
                groups = re.compile(self.pattern).groups
            except re.error as error:
                raise ValueError(f"the pattern is no regular expression: {error}") from error
            if groups != 1:
                raise ValueError(f"a cell's pattern has exactly one group; this one has {groups}")
        return self


class Table(_Part):
    """The shape of a table: its rows, what they show, and how to come to the next page.

    `rows` are looked for inside the table's element, way by way; the first way that matches anything counts. Of a
    cell's ways the first that gives some text counts; where none does, the cell is empty.
    """

    rows: Annotated[tuple[Locator, ...], Field(min_length=1)]
    cells: Annotated[Mapping[Term, Annotated[tuple[Cell, ...], Field(min_length=1)]], Field(min_length=1)]
    next: Key | None = None  # element that turns the page; disabled or absent on the last
    scroll: Key | None = None  # element whose scrolling shows more rows, for virtual lists
    empty: Key | None = None  # element shown where there are no rows


class Element(Fact):
    """One thing on a page. `find` is tried in order; the first way that matches anything must match exactly one."""

    control: Control
    find: Annotated[tuple[Locator, ...], Field(min_length=1)]
    within: Key | None = None
    frame: Key | None = None
    in_row: bool = False
    irreversible: bool = False
    library: Library | None = None
    table: Table | None = None
    parts: Mapping[Term, Text] = Field(default_factory=dict)  # css that replaces the library's own, by part name

    @model_validator(mode="after")
    def _table_has_shape(self) -> Self:
        if (self.control is Control.TABLE) != (self.table is not None):
            raise ValueError("`table` belongs to `control: table`, and to no other")
        return self


class Page(Fact):
    """A place in the back-office: there when every element of `here_when` is visible and `url_has` is in the URL."""

    url: Text | None = None  # path below the first origin, or a full URL on one of the origins
    here_when: Annotated[tuple[Key, ...], Field(min_length=1)]
    url_has: Text | None = None


class Popup(Fact):
    """A pop-up that may be closed without asking anybody."""

    find: Annotated[tuple[Locator, ...], Field(min_length=1)]
    close: Annotated[tuple[Locator, ...], Field(min_length=1)]  # looked for inside it


class Reason(Fact):
    """One of our reasons: the options that it may be called on the page, and the evidence it needs (any of)."""

    title: Text  # for people
    labels: Annotated[tuple[Text, ...], Field(min_length=1)]
    needs: tuple[EvidenceKind, ...] = ()
    description_min: Annotated[int, Field(ge=0)] = 0


class Limits(Fact):
    """Bounds that the packet must keep before it is approved. What the page says at run time counts more."""

    description_min: Annotated[int, Field(ge=0)] = 0  # UTF-16 units
    description_max: Annotated[int, Field(ge=1)]
    files_min: Annotated[int, Field(ge=0)] = 0
    files_max: Annotated[int, Field(ge=0)]
    file_bytes_max: Annotated[int, Field(ge=1)]
    total_bytes_max: Annotated[int, Field(ge=1)] | None = None
    media_types: Annotated[tuple[Text, ...], Field(min_length=1)]


class Window(Fact):
    """How long after the review an appeal may be sent, in calendar days."""

    days: Annotated[int, Field(ge=1)]


class Cadence(Fact):
    """When to look for results: hours after sending, hours between looks, and the answer's usual working days."""

    first_after_hours: Annotated[float, Field(gt=0)]
    every_hours: Annotated[float, Field(gt=0)]
    working_days: tuple[int, int]


class Wording(Fact):
    """What a wording means. `says` matches whole, white space folded; `*` stands for any text."""

    says: Annotated[tuple[Text, ...], Field(min_length=1)]
    means: Literal[Outcome.PENDING, Outcome.UPHELD, Outcome.REJECTED, Outcome.MORE_EVIDENCE]


class Refusal(Fact):
    """A wording with which the site refuses, and why. `too_fast` waits and tries again; `site_fault` tries again."""

    says: Annotated[tuple[Text, ...], Field(min_length=1)]
    means: Barrier | Literal["too_fast", "site_fault", "upload_refused"]
    wait_seconds: Annotated[float, Field(ge=0)] = 30


class Submit(Fact):
    """The irreversible button, and the confirmations that the site may ask for after it, in order."""

    press: Key
    confirm: tuple[Key, ...] = ()
    took: Key | None = None  # what the page shows when it says that it took the appeal; never counted as proof


class Channel(Fact):
    """One way of contesting a review: its form, its limits, its list of records."""

    title: Text
    reasons: Annotated[Mapping[Term, Reason], Field(min_length=1)]
    limits: Limits
    window: Window | None = None
    submit: Submit
    outcomes: Annotated[tuple[Wording, ...], Field(min_length=1)]
    cadence: Cadence
    rounds_max: Annotated[int, Field(ge=1)] | None = None


class SignInPages(_Part):
    """Which sign-in methods the site has, and the pages that mean that the session is dead."""

    methods: Annotated[tuple[SignIn, ...], Field(min_length=1)]
    dead_when: Annotated[tuple[Key, ...], Field(min_length=1)]  # page keys


class Pack(_Part):
    """All that is known of one platform's back-office."""

    format: Literal[1]
    platform: Term
    title: Text
    origins: Annotated[tuple[Origin, ...], Field(min_length=1)]
    library: Library
    prefix: Text | None = None  # the class prefix that the site gave the library, such as `my-ant`
    pause_seconds: Annotated[float, Field(ge=0)] = 0  # between two submissions at one store
    sign_in: SignInPages
    pages: Annotated[Mapping[Key, Page], Field(min_length=1)]
    elements: Annotated[Mapping[Key, Element], Field(min_length=1)]
    popups: Mapping[Term, Popup] = Field(default_factory=dict)
    never_close: tuple[Text, ...] = ()  # a dialog that says one of these is left to a person
    refusals: tuple[Refusal, ...] = ()
    messages: tuple[Key, ...] = ()  # elements (toasts, alerts) in which refusals are looked for
    channels: Annotated[Mapping[Term, Channel], Field(min_length=1)]
    digest: str = Field(default="", exclude=True)  # SHA-256 of the layers as read; set by the loader
