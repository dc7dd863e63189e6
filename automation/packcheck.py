"""What types alone cannot say of a pack: that its parts fit together.

Every key that is named exists, frames are frames, pages lie on the origins, no element stands inside itself, and the
irreversible buttons are exactly those of the channels.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from urllib.parse import urlsplit

from rapidfuzz import fuzz, process

from automation.answers import SEPARATORS, remarks
from automation.pack import Answer, Channel, Control, Element, Limits, Locator, Pack, Popup, Refusal, Wording
from automation.yamlfile import Where

Fault = tuple[Where, str, str]  # where, what is wrong, what to do


def nearest(word: str, known: Iterable[str]) -> str:
    """A hint that names the known word nearest to a wrong one; "" where none is near."""
    found = process.extractOne(word, sorted(known), scorer=fuzz.ratio, score_cutoff=60)
    return f"did you mean `{found[0]}`?" if found else ""


def faults(pack: Pack) -> Iterator[Fault]:
    """All that does not fit together."""
    yield from _pages(pack)
    yield from _elements(pack)
    yield from _channels(pack)
    yield from _popups(pack)
    yield from _wordings(("refusals",), pack.refusals)
    for i, key in enumerate(pack.messages):
        yield from _known(("messages", i), key, pack.elements, "element")
    for i, key in enumerate(pack.for_people):
        yield from _known(("for_people", i), key, pack.elements, "element")
    for i, key in enumerate(pack.sign_in.dead_when):
        yield from _known(("sign_in", "dead_when", i), key, pack.pages, "page")


def _known(where: Where, key: str | None, known: Collection[str], what: str) -> Iterator[Fault]:
    if key is not None and key not in known:
        yield (
            where,
            f"there is no {what} `{key}`",
            nearest(key, known) or f"add it to `{what}s`, or name one that is there",
        )


def _pages(pack: Pack) -> Iterator[Fault]:
    for name, page in pack.pages.items():
        where = ("pages", name)
        for i, key in enumerate(page.here_when):
            yield from _known((*where, "here_when", i), key, pack.elements, "element")
            if key in pack.elements and pack.elements[key].in_row:
                do = "name the table or something outside of it"
                yield (*where, "here_when", i), f"`{key}` stands in the rows of a table, so it shows no page", do
        if page.url is not None and not page.url.startswith("/"):
            parts = urlsplit(page.url)
            if f"{parts.scheme}://{parts.netloc}" not in pack.origins:
                do = "write a path that begins with /, or add its origin to `origins`"
                yield (*where, "url"), f"{page.url} lies on none of the pack's origins", do
        if page.url is not None and page.url.startswith("//"):
            yield (*where, "url"), "a path has one slash at its beginning", "remove a slash"


def _elements(pack: Pack) -> Iterator[Fault]:
    for name, element in pack.elements.items():
        where = ("elements", name)
        yield from _known((*where, "within"), element.within, pack.elements, "element")
        yield from _known((*where, "frame"), element.frame, pack.elements, "element")
        if element.frame and element.frame in pack.elements and not _is_frame(pack, element.frame):
            yield (*where, "frame"), f"`{element.frame}` is no frame", "name an element of `control: frame`"
        if element.within and element.within in pack.elements and _is_frame(pack, element.within):
            yield (*where, "within"), f"`{element.within}` is a frame", "write `frame:` in place of `within:`"
        if element.table is not None:
            for part in ("next", "previous", "scroll", "empty", "total"):
                yield from _known((*where, "table", part), getattr(element.table, part), pack.elements, "element")
        if element.irreversible and element.control is not Control.BUTTON:
            yield (*where, "irreversible"), "only a button can be irreversible", "remove `irreversible`, or say button"
        if way := _circle(name, pack.elements):
            yield where, f"it stands inside itself: {way}", "end the circle in `within` or `frame`"


def _is_frame(pack: Pack, key: str) -> bool:
    return pack.elements[key].control is Control.FRAME


def _circle(start: str, elements: Mapping[str, Element]) -> str:
    way, open_ends = {start: ""}, [start]
    while open_ends:
        here = elements.get(name := open_ends.pop())
        for outer in (here.within, here.frame) if here else ():
            if outer == start:
                return " in ".join(f"`{step}`" for step in (*_steps(way, name), start))
            if outer is not None and outer not in way:
                way[outer] = name
                open_ends.append(outer)
    return ""


def _steps(way: Mapping[str, str], end: str) -> list[str]:
    steps = [end]
    while way[steps[0]]:
        steps.insert(0, way[steps[0]])
    return steps


def _channels(pack: Pack) -> Iterator[Fault]:
    sends: set[str] = set()
    for name, channel in pack.channels.items():
        where = ("channels", name)
        named: list[tuple[Where, str]] = [(("submit", "press"), channel.submit.press)]
        named += [(("submit", "confirm", i), key) for i, key in enumerate(channel.submit.confirm)]
        for at, key in named:
            sends.add(key)
            yield from _known((*where, *at), key, pack.elements, "element")
            if key in pack.elements and not pack.elements[key].irreversible:
                yield (*where, *at), f"`{key}` sends the appeal", f"mark `elements.{key}` as `irreversible: true`"
        yield from _known((*where, "submit", "took"), channel.submit.took, pack.elements, "element")
        yield from _wordings((*where, "outcomes"), channel.outcomes)
        yield from _bounds((*where, "limits"), channel.limits)
        for term, answer in channel.answers.items():
            yield from _answer((*where, "answers", term), answer)
        if channel.cadence.working_days[0] > channel.cadence.working_days[1]:
            yield (*where, "cadence", "working_days"), "the first number is the greater one", "write [least, greatest]"
        yield from _reasons((*where, "reasons"), channel)
    for name, element in pack.elements.items():
        if element.irreversible and name not in sends:
            do = "name it in a channel's `submit`, or remove `irreversible`"
            yield ("elements", name, "irreversible"), "no channel presses this button", do


def _reasons(where: Where, channel: Channel) -> Iterator[Fault]:
    labels: dict[str, str] = {}
    for term, reason in channel.reasons.items():
        for i, label in enumerate(reason.labels):
            if labels.setdefault(label, term) != term:
                do = "an option means one reason; remove it from one of them"
                yield (*where, term, "labels", i), f"`{label}` is also a label of `{labels[label]}`", do


def _answer(where: Where, answer: Answer) -> Iterator[Fault]:
    offers = answer.kind in ("choice", "choices")
    if offers and not answer.choices:
        yield (*where, "kind"), f"a `{answer.kind}` has `choices`", "list the options as the page calls them"
    for key, given, kinds in (
        ("choices", bool(answer.choices), ("choice", "choices")),
        ("most", answer.most is not None, ("number",)),
        ("length_max", answer.length_max is not None, ("text", "link")),
    ):
        if given and answer.kind not in kinds:
            yield (*where, key), f"`{key}` belongs to {' or '.join(kinds)}, not to {answer.kind}", "remove it"
    for i, choice in enumerate(answer.choices):
        if any(mark in choice for mark in SEPARATORS):
            do = "an option with such a mark cannot be told from two"
            yield (*where, "choices", i), f"`{choice}` holds a comma, a semicolon or 、", do
        if choice in answer.choices[:i]:
            yield (*where, "choices", i), f"`{choice}` stands here twice", "remove one"
    if (answer.choices or not offers) and (bad := next(remarks(answer, answer.example), None)):
        yield (*where, "example"), f"`{answer.example}` would itself be refused ({bad[0]})", "give a good one"


def _bounds(where: Where, limits: Limits) -> Iterator[Fault]:
    for low, high in (("description_min", "description_max"), ("files_min", "files_max")):
        if getattr(limits, low) > getattr(limits, high):
            yield (*where, low), f"is greater than `{high}`", "exchange the two numbers"


def _popups(pack: Pack) -> Iterator[Fault]:
    for name, popup in pack.popups.items():
        for locator in _locators(popup):
            for word in pack.never_close:
                if any(word in text for text in (locator.name, locator.text, locator.has_text) if text):
                    do = "remove the pop-up: a person must see it"
                    yield ("popups", name), f"it is closed by itself, and says `{word}`, which is in `never_close`", do


def _locators(popup: Popup) -> Iterator[Locator]:
    yield from popup.find
    yield from popup.close


def _wordings(where: Where, wordings: Iterable[Wording | Refusal]) -> Iterator[Fault]:
    meant: dict[str, str] = {}
    for i, wording in enumerate(wordings):
        for j, says in enumerate(wording.says):
            before = meant.setdefault(says, str(wording.means))
            if before != str(wording.means):
                yield (*where, i, "says", j), f"`{says}` already means {before}", "a wording has one meaning"
