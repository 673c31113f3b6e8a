#!/usr/bin/env python
"""Write the JSON Schema of [tool.remediate] from the settings themselves.

--check writes nothing and fails where the file differs.
"""

import ast
import inspect
import json
import sys
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

from remediate import config

ROOT = Path(__file__).parent.parent
FILE = ROOT / "templates" / "settings.schema.json"


def descriptions() -> Iterator[tuple[str, str]]:
    """Each setting with the text below it."""
    (tree,) = ast.parse(inspect.getsource(config.Config)).body
    assert isinstance(tree, ast.ClassDef)
    for field, text in zip(tree.body, tree.body[1:], strict=False):
        if isinstance(field, ast.AnnAssign) and isinstance(text, ast.Expr):
            assert isinstance(field.target, ast.Name)
            yield field.target.id, ast.literal_eval(text.value)


def settings() -> dict[str, Any]:
    """The table as pyproject.toml holds it; its names have hyphens."""
    told = dict(descriptions())
    known = config.schemas()
    properties = {
        _name(one.name): {**known[one.name], "description": told[one.name], **_default(one.default)}
        for one in fields(config.Config)
        if one.name in known and one.name != "ignore"  # an option; the file holds reasons
    }
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",  # what SchemaStore takes
        "$id": "urn:remediate:settings:1",
        "title": "The settings of remediate",
        "description": "The table [tool.remediate] of pyproject.toml.",
        "type": "object",
        "additionalProperties": False,
        "properties": dict(sorted(properties.items())),
    }


def _name(field: str) -> str:
    return "ignore" if field == "ignored" else field.replace("_", "-")


def _default(value: object) -> dict[str, Any]:
    return {"default": value} if isinstance(value, bool | int | str) and value != "" else {}


def text() -> str:
    """The schema as the file holds it: a line a setting."""
    made = settings()
    lines = [f"    {json.dumps(k)}: {json.dumps(v)}" for k, v in made.pop("properties").items()]
    head = json.dumps(made, indent=2).removesuffix("\n}")
    return head + ',\n  "properties": {\n' + ",\n".join(lines) + "\n  }\n}\n"


def main() -> None:
    if "--check" in sys.argv:
        sys.exit(FILE.read_text() != text())
    FILE.write_text(text())


if __name__ == "__main__":
    main()
