"""The shipped packs, the schema for editors, and the documentation of the format."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from types import UnionType
from typing import Any, Union, get_args, get_origin

import jsonschema
import pytest
import yaml
from pydantic import BaseModel

from automation.flow import flow_for, flows
from automation.pack import Pack
from automation.packs import Packs, schema_text, shipped_dir

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = Packs().platforms()


@pytest.mark.parametrize("platform", SHIPPED)
def test_every_shipped_pack_is_right_and_has_its_flow(platform: str) -> None:
    pack = Packs().pack(platform)
    assert pack.platform in set(flows())
    assert flow_for(platform)


@pytest.mark.parametrize("platform", SHIPPED)
def test_a_shipped_pack_claims_nothing_that_nobody_saw(platform: str) -> None:
    facts = Packs().facts(platform)
    assert not [fact.key for fact in facts if fact.source == "verified"]
    assert {"assumed", "public"} <= {fact.source for fact in facts}


@pytest.mark.parametrize("platform", SHIPPED)
def test_a_shipped_pack_opens_https_only_and_closes_no_check(platform: str) -> None:
    pack = Packs().pack(platform)
    assert all(origin.startswith("https://") for origin in pack.origins)
    assert {"验证码", "安全验证", "选择店铺", "切换店铺", "授权"} <= set(pack.never_close)


@pytest.mark.parametrize(("name", "override"), [("pack", False), ("override", True)])
def test_the_schemas_for_editors_are_current(name: str, override: bool) -> None:
    file = ROOT / "selectors" / f"{name}.schema.json"
    current = schema_text(override=override)
    assert file.read_text("utf-8") == current, "write it anew: python -m automation.packs"


@pytest.mark.parametrize("platform", SHIPPED)
def test_the_schema_takes_the_shipped_packs_and_says_what_each_key_means(platform: str) -> None:
    text = (ROOT / "selectors" / f"{platform}.yaml").read_text("utf-8")
    override = "\nbase: " in text
    assert text.startswith(f"# yaml-language-server: $schema={'override' if override else 'pack'}.schema.json\n")
    schema = yaml.safe_load(schema_text(override=override))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(yaml.safe_load(text), schema)
    parts = [schema, *schema["$defs"].values()]
    undescribed = [f"{part['title']}.{key}" for part in parts for key, value in part.get("properties", {}).items()
                   if "description" not in value]  # fmt: skip
    assert not undescribed


def test_the_folder_of_packs_holds_data_only() -> None:
    assert str(shipped_dir()).endswith(("selectors", "_packs"))
    assert {file.suffix for file in (ROOT / "selectors").rglob("*.*")} <= {".yaml", ".json"}


def fields(model: type[BaseModel]) -> Iterator[tuple[str, str]]:
    """Every key that a pack file can hold, with the model it belongs to."""
    for name, field in model.model_fields.items():
        if not field.exclude:
            yield model.__name__, name
        for part in _models(field.annotation):
            yield from fields(part)


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    elif get_origin(annotation) is not None or isinstance(annotation, UnionType) or annotation is Union:
        for inner in get_args(annotation):
            yield from _models(inner)


def test_the_format_is_documented_key_by_key() -> None:
    text = (ROOT / "docs" / "packs.md").read_text("utf-8")
    documented = set(re.findall(r"^\| `([a-z_]+)`", text, re.MULTILINE))
    known = {name for _, name in fields(Pack)}
    assert known - documented == set(), "keys that docs/packs.md leaves out"
    assert documented - known == set(), "keys that docs/packs.md makes up"
