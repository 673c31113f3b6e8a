"""The JSON documents: a page of each, from its JSON Schema."""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from remediate.postgres import templates
from scripts.site_pages.markdown import Page, code, joined, link, prose, table

INDEX = "json/index.md"
Schema = Mapping[str, Any]
_WORDS = {
    "string": "text",
    "integer": "integer",
    "number": "number",
    "boolean": "true or false",
    "null": "null",
    "object": "object",
    "array": "list",
}
_HEAD = ("Key", "Type", "Always", "What it holds")


@cache
def schemas() -> dict[str, dict[str, Any]]:
    """The schema of each document by its name; that of the settings is none."""
    folder = Path(str(templates.file("plan.schema.json"))).parent
    found = {file.name.partition(".")[0]: file for file in sorted(folder.glob("*.schema.json"))}
    read = {name: json.loads(file.read_text(encoding="utf-8")) for name, file in found.items()}
    return {name: schema for name, schema in read.items() if name != "settings"}


def index() -> Page:
    """Every document, and what all of them share."""
    rows = [
        (
            link(code(schema["properties"]["format"]["const"]), path(name), INDEX),
            prose(schema.get("description", "").partition(". ")[0] or schema["title"], INDEX),
        )
        for name, schema in schemas().items()
    ]
    return Page(
        INDEX,
        joined(
            [
                "# JSON",
                "Each command that takes `-f json` prints one document on standard output. Its key "
                "`format` names its kind and version.",
                table(("Format", "What it is"), rows),
                "Within a version keys are added, and none is removed or renamed: a program that "
                "skips the keys that it does not know keeps working. No document holds a password, "
                "and of rows it holds no more than the lowest and the highest id.",
                "The schemas are part of the package (`remediate/templates/`), and each page below "
                "links to its own. That of `[tool.remediate]` is among the "
                f"{link('settings', 'settings.md', INDEX)}.",
            ]
        ),
    )


def path(name: str) -> str:
    """Where the page of a document is."""
    return f"json/{name}.md"


def page(name: str) -> Page:
    """Every key of a document, level by level."""
    schema, here = schemas()[name], path(name)
    parts = [
        f"# {schema['properties']['format']['const']}",
        prose(f"{schema['title']}. {schema.get('description', '')}", here),
        f"Schema: {link(code(schema['$id']), f'schemas/{name}.schema.json', here)}",
        table(_HEAD, _rows(schema, here)),
    ]
    for part, inner in schema.get("$defs", {}).items():
        told = prose(inner.get("description", ""), here)
        parts += [f"## {part}", told, _part(part, inner, here)]
    return Page(here, joined(parts))


def _part(part: str, schema: Schema, here: str) -> str:
    """A part that others refer to: its keys, or its type where it has none."""
    rows = [*_rows(schema, here, of=f"{part}.")]
    same = "".join(f" The keys of {type_of(one, here)}, and:" for one in schema.get("allOf", ()))
    return joined([same.strip(), table(_HEAD, rows) if rows else f"It is {type_of(schema, here)}."])


def _rows(
    schema: Schema, here: str, before: str = "", of: str = ""
) -> Iterator[tuple[str, str, str, str]]:
    """A row a key; `before` is where it is in its part, `of` the part, for its anchor."""
    always = schema.get("required", ())
    for key, inner in schema.get("properties", {}).items():
        name = f"{before}{key}"
        yield (
            f'<span id="{of}{name}"></span>{code(name)}',
            type_of(inner, here),
            "yes" if key in always else "",
            prose(inner.get("description", ""), here),
        )
        yield from _within(inner, here, name, of)


def _within(schema: Schema, here: str, name: str, of: str) -> Iterator[tuple[str, str, str, str]]:
    """The rows of what a key holds: of an object, of those of a list, of one of several kinds."""
    yield from _rows(schema, here, f"{name}.", of)
    for one in (*schema.get("oneOf", ()), *schema.get("anyOf", ())):
        yield from _rows(one, here, f"{name}.", of)
    if isinstance(items := schema.get("items"), dict):
        yield from _within(items, here, f"{name}[]", of)
    if isinstance(values := schema.get("additionalProperties"), dict):
        yield from _within(values, here, f"{name}.*", of)


def type_of(schema: Schema, here: str) -> str:
    """The type of a value in words; a part that has a section of its own is linked."""
    if reference := schema.get("$ref"):
        part = reference.rpartition("/")[2]
        return f"[{part}](#{part})"
    if "const" in schema:
        return code(json.dumps(schema["const"]))
    if "enum" in schema:
        return ", ".join(code(json.dumps(one)) for one in schema["enum"])
    kinds = [*schema.get("oneOf", ()), *schema.get("anyOf", ())]
    if kinds and "type" not in schema:
        return " or ".join(type_of(one, here) for one in kinds if set(one) != {"required"})
    found = schema.get("type", "any value")
    named = [_typed(one, schema, here) for one in ([found] if isinstance(found, str) else found)]
    return " or ".join(named)


def _typed(kind: str, schema: Schema, here: str) -> str:
    if kind == "array" and schema.get("items"):
        return f"list of {type_of(schema['items'], here)}"
    if kind == "object" and isinstance(values := schema.get("additionalProperties"), dict):
        return f"object, by name: {type_of(values, here)}"
    if kind == "integer" and "minimum" in schema:
        return f"integer, {schema['minimum']} or more"
    return _WORDS.get(kind, kind)


def pages() -> tuple[Page, ...]:
    """The list of documents, and each of them."""
    return (index(), *map(page, schemas()))
