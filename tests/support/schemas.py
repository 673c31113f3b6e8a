"""JSON that a command prints, against the schema that is shipped with it."""

import json
from collections.abc import Collection, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

TEMPLATES = Path(__file__).parents[2] / "templates"


@cache
def validator(name: str) -> Draft202012Validator:
    """That of an output, which here refuses keys that the schema does not name."""
    schema = json.loads((TEMPLATES / f"{name}.schema.json").read_text())
    Draft202012Validator.check_schema(schema)
    parts = {one["$ref"] for one in _parts(schema) if "$ref" in one}
    return Draft202012Validator(_closed(schema, [name.rpartition("/")[2] for name in parts]))


def check(document: dict[str, Any]) -> None:
    """Fails where the document is another than the schema of its format describes."""
    name, _, version = document["format"].removeprefix("remediate.").partition("/")
    made = validator(name)
    assert made.schema["$id"] == f"urn:remediate:{name}:{version}"
    found = [f"{one.json_path}: {one.message[:300]}" for one in made.iter_errors(document)]
    assert not found, found


def _parts(schema: Any) -> Iterator[dict[str, Any]]:
    """The schemas that together are another."""
    for value in schema.values() if isinstance(schema, dict) else schema:
        if isinstance(value, dict | list):
            yield from _parts(value)
    if isinstance(schema, dict):
        yield from schema.get("allOf", ())


def _closed(schema: Any, open_: Collection[str]) -> Any:
    """The same without unnamed keys; `open_` are the definitions that are parts of others."""
    if isinstance(schema, list):
        return [_closed(one, open_) for one in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {
        key: value if key == "allOf" or key in open_ else _closed(value, open_)
        for key, value in schema.items()
    }
    if isinstance(schema.get("properties"), dict) and schema.get("type") == "object":
        closed.setdefault("unevaluatedProperties", False)
    return closed
