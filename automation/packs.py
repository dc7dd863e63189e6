"""Reads selector packs: strict YAML, in layers, checked as a whole, every fault with its file and line.

The shipped packs lie in the wheel as `automation/_packs` and in a source checkout as `selectors/`. A user's override
pack `<override_dir>/<platform>.yaml` is laid over the shipped one key by key: maps merge, lists and single values
replace. It needs `format`, `platform` and the changed keys only. A pack may stand on a file of `selectors/base/`, which
is laid under it in the same way.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import reduce
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from automation.errors import PackError
from automation.pack import Fact, Pack
from automation.packcheck import faults, nearest
from automation.yamlfile import Marked, Problem, Where, dotted, merge, read, read_raw, refuse

BASE = "base"
SHIPPED = "shipped"
OVERRIDE = "override"
WORKED_OUT = ("digest", "inherited")
_NAMED = re.compile(r"""^base:[ ]*["']?(\w+)""", re.MULTILINE)  # a pack is read whole only after its file has changed


@dataclass(frozen=True, slots=True)
class Known:
    """One fact of a pack: how well it is known, and which layers say it (`shipped`, `override` or both)."""

    key: str
    source: str
    verified_on: date | None
    layers: tuple[str, ...]
    file: str
    line: int


class Packs:
    """The packs of all platforms. A pack is read again only when one of its files has changed."""

    def __init__(self, override_dir: Path | None = None, *, shipped: Path | Traversable | None = None) -> None:
        self._shipped = shipped if shipped is not None else shipped_dir()
        self._override_dir = override_dir
        self._cache: dict[str, tuple[object, Pack, Marked]] = {}

    def platforms(self) -> list[str]:
        """Every platform that has a pack, sorted."""
        dirs = [d for d in (self._shipped, self._override_dir) if d is not None and d.is_dir()]
        return sorted({f.name.removesuffix(".yaml") for d in dirs for f in d.iterdir() if f.name.endswith(".yaml")})

    def pack(self, platform: str) -> Pack:
        """The pack of a platform with its override laid over it. Raises `PackError` with all faults of both files."""
        return self._read(platform)[0]

    def validate(self, file: Path) -> Pack:
        """A file as a pack of its own, on the base that it names. Raises `PackError` with all faults."""
        layers = [read(one) for one in (*self._base({SHIPPED: file}).values(), file)]
        return check(reduce(merge, layers))

    def facts(self, platform: str) -> list[Known]:
        """Every fact of a pack with its origin, in the order of the pack."""
        pack, marked = self._read(platform)
        return [self._known(where, fact, marked) for where, fact in _facts(pack, ())]

    def files(self, platform: str) -> dict[str, Path | Traversable]:
        """The files that a pack is made of, by layer. Raises `PackError` for a base that is not there."""
        name = f"{platform}.yaml"
        dirs = {SHIPPED: self._shipped, OVERRIDE: self._override_dir}
        own = {layer: d / name for layer, d in dirs.items() if d is not None and (d / name).is_file()}
        return {**self._base(own), **own}

    def _read(self, platform: str) -> tuple[Pack, Marked]:
        layers = self.files(platform)
        if not layers:
            known = self.platforms()
            hint = nearest(platform, known) or f"there are packs for: {', '.join(known) or 'none'}"
            raise PackError(f"there is no pack for platform {platform!r}", hint=hint)
        stamp = [(str(f), f.stat().st_mtime_ns, f.stat().st_size) for f in layers.values() if isinstance(f, Path)]
        if platform in self._cache and self._cache[platform][0] == stamp:
            return self._cache[platform][1:]
        read_layers = {name: read(file) for name, file in layers.items()}
        for name, layer in read_layers.items():
            layer.problems += _head(layer, "" if name == BASE else platform)
        marked = reduce(merge, read_layers.values())
        pack = check(marked)
        if BASE in read_layers:
            pack = pack.model_copy(update={"inherited": _inherited(read_layers)})
        self._cache[platform] = (stamp, pack, marked)
        return pack, marked

    def _base(self, own: Mapping[str, Path | Traversable]) -> dict[str, Path | Traversable]:
        """The base that the files name, the user's before the shipped one."""
        for file in reversed(list(own.values())):
            named = _NAMED.search(read_raw(file).decode("utf-8-sig", "replace"))
            if named is None:
                continue
            folder = self._shipped / "base"
            found = folder / f"{named[1]}.yaml"
            if not found.is_file():
                there = [one.name.removesuffix(".yaml") for one in folder.iterdir()] if folder.is_dir() else []
                hint = nearest(named[1], there) or f"there are: {', '.join(sorted(there)) or 'none'}"
                refuse([read(file).problem(("base",), f"there is no base {named[1]!r}", hint)])
            return {BASE: found}
        return {}

    def _known(self, where: Where, fact: Fact, marked: Marked) -> Known:
        override = self.files(str(marked.data["platform"])).get(OVERRIDE)
        inner = [mark for mark, _ in _facts(fact, where) if mark != where]
        own = [
            file
            for mark, (file, _) in marked.marks.items()
            if mark[: len(where)] == where and not any(mark[: len(i)] == i for i in inner)
        ]
        layers = {OVERRIDE if override is not None and file == str(override) else SHIPPED for file in own}
        file, line = marked.marks[where]
        return Known(dotted(where), fact.source, fact.verified_on, tuple(sorted(layers, reverse=True)), file, line)


def shipped_dir() -> Path | Traversable:
    """Where the packs that come with the program lie."""
    packaged = files("automation") / "_packs"
    return packaged if packaged.is_dir() else Path(__file__).resolve().parent.parent / "selectors"


def check(marked: Marked) -> Pack:
    """A document as a pack. Raises one `PackError` that holds every fault found."""
    problems = list(marked.problems)
    try:
        # Strict JSON keeps "5" and 5 apart, and still takes names for enum members and lists for tuples.
        pack = Pack.model_validate_json(json.dumps(marked.data), strict=True)
    except ValidationError as error:
        told = {problem.where for problem in problems}  # a guessed type is told once, with its own remedy
        problems += [problem for problem in _typed(error, marked) if problem.where not in told]
        refuse(problems)
        raise
    problems += [marked.problem(*fault) for fault in faults(pack)]
    refuse(problems)
    return pack.model_copy(update={"digest": _digest(marked.data)})


def json_schema(*, override: bool = False) -> dict[str, Any]:
    """The schema of a pack for editors; on demand of one that stands on another and leaves out what that says."""
    schema = Pack.model_json_schema()
    for name in WORKED_OUT:
        schema["properties"].pop(name)
    if override:
        for part in schema["$defs"].values():
            part.pop("required", None)
        schema["required"] = ["format"]
        schema["title"] = "Part of a pack"
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def schema_text(*, override: bool = False) -> str:
    """The schema as it is kept in a file."""
    return json.dumps(json_schema(override=override), ensure_ascii=False, indent=1) + "\n"


def _digest(data: Any) -> str:
    canonical = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _inherited(layers: Mapping[str, Marked]) -> frozenset[str]:
    """The keys of elements and pages that only the base speaks of."""
    said = {
        name: {key for part in ("elements", "pages") for key in layer.data.get(part, {})}
        for name, layer in layers.items()
    }
    return frozenset(said.pop(BASE).difference(*said.values()))


def _head(layer: Marked, platform: str) -> Iterator[Problem]:
    """What every file must begin with; a base (no `platform`) stands for no platform and on nothing."""
    if not platform:
        for key in layer.data.keys() & {"platform", "base"}:
            yield layer.problem((key,), f"a base has no `{key}`", "remove the key")
    for key, value in (("format", 1), *((("platform", platform),) if platform else ())):
        if key not in layer.data:
            yield layer.problem((), f"the key `{key}` is missing", f"write `{key}: {value}`; every pack file has it")
        elif layer.data[key] != value and key == "platform":
            yield layer.problem(
                (key,), f"is `{layer.data[key]}`, but the file is named {platform}.yaml", "make them equal"
            )
    for key in layer.data.keys() & set(WORKED_OUT):
        yield layer.problem((key,), "is worked out by the program", "remove the key")


def _typed(error: ValidationError, marked: Marked) -> Iterator[Problem]:
    """Pydantic's findings in our words. Several about one value (the branches of a union) become one problem."""
    schema = json_schema()
    found: dict[Where, list[tuple[str, str]]] = {}
    for each in error.errors(include_url=False):
        where = _place(each["loc"], marked.data)
        kind, hint = each["type"], ""
        if kind == "extra_forbidden":
            what = f"the key `{where[-1]}` is not known here"
            known = _keys_at(schema, where[:-1])
            hint = nearest(str(where[-1]), known) or f"known here: {', '.join(sorted(known))}"
        elif kind == "missing":
            if each["loc"] in {("format",), ("platform",)}:
                continue  # said by layer
            what = f"the key `{each['loc'][-1]}` is missing"
        elif kind in ("enum", "literal_error"):
            expected = str(each["ctx"]["expected"]).replace("'", "")
            what = f"{each['input']!r} is not one of {expected}"
            hint = nearest(str(each["input"]), expected.replace(" or ", ", ").split(", "))
        elif kind == "string_pattern_mismatch":
            what, hint = _shape(str(each["input"]), str(each["ctx"]["pattern"]))
        elif kind == "value_error":
            what = str(each["ctx"]["error"])
        else:
            what = f"{each['msg'].removeprefix('Input ')}; here: {each['input']!r}"[:300]
            hint = "quote it" if kind == "string_type" and not isinstance(each["input"], dict | list) else ""
        found.setdefault(where if kind != "missing" else (*where, str(each["loc"][-1])), []).append((what, hint))
    for where, sayings in found.items():
        what = "; ".join(dict.fromkeys(saying for saying, _ in sayings))
        yield marked.problem(where, what, next((hint for _, hint in sayings if hint), ""))


def _shape(value: str, pattern: str) -> tuple[str, str]:
    if "seed" in pattern:
        return f"{value!r} is no source", "write `seed N`, `public`, `assumed` or `verified`"
    if "https" in pattern:
        return f"{value!r} is no origin", "write https://host without a path, or http://127.0.0.1:port for a mock"
    return f"{value!r} is no key", "small letters, digits and _, beginning with a letter; dots between the parts"


def _place(loc: Iterable[int | str], data: Any) -> Where:
    """The part of a pydantic location that is really in the document: the names of union branches drop out."""
    where: list[str | int] = []
    for step in loc:
        inside = (
            step in data if isinstance(data, dict) else step in range(len(data)) if isinstance(data, list) else False
        )
        if inside:
            where.append(step)
            data = data[step]
    return tuple(where)


def _keys_at(schema: Mapping[str, Any], where: Where) -> set[str]:
    """The keys that the schema knows at a place."""
    at = list(_branches(schema, schema))
    for step in where:
        inner: list[Any] = []
        for branch in at:
            if isinstance(step, int):
                inner.append(branch.get("items"))
            elif step in branch.get("properties", {}):
                inner.append(branch["properties"][step])
            else:
                inner += [*branch.get("patternProperties", {}).values(), branch.get("additionalProperties")]
        at = [branch for part in inner if isinstance(part, dict) for branch in _branches(schema, part)]
    return {key for branch in at for key in branch.get("properties", {})}


def _branches(schema: Mapping[str, Any], part: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for branch in part.get("anyOf", [part]):
        yield schema["$defs"][branch["$ref"].rsplit("/", 1)[-1]] if "$ref" in branch else branch


def _facts(part: Any, where: Where) -> Iterator[tuple[Where, Fact]]:
    if isinstance(part, Fact):
        yield where, part
    if isinstance(part, BaseModel):
        part = {name: getattr(part, name) for name in type(part).model_fields}
    if isinstance(part, Mapping):
        for key, value in part.items():
            yield from _facts(value, (*where, key))
    elif isinstance(part, tuple):
        for i, value in enumerate(part):
            yield from _facts(value, (*where, i))


def write_schemas(folder: Path) -> None:
    """Write both schemas for editors: `python -m automation.packs`, after a change of the format."""
    for name, override in (("pack", False), ("override", True)):
        (folder / f"{name}.schema.json").write_text(schema_text(override=override), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    write_schemas(Path(str(shipped_dir())))
