"""The settings of [tool.remediate], from their JSON Schema."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from remediate.config import Config, schemas
from remediate.postgres import templates
from scripts.site_pages.documents_json import type_of
from scripts.site_pages.markdown import Page, block, code, joined, link, prose, table

PATH = "settings.md"
_EXAMPLE = """\
[tool.remediate]
schema = ["public"]
headroom = 1000
allow = ["PUBLISHED_TABLE"]

[tool.remediate.ignore]
FK006 = "every table here is small"
"PK001:public.log_*" = "filled by the log shipper"

[tool.remediate.flows]
onboarding = ["users", "user_skills"]"""


def page() -> Page:
    """Each setting with its type, its default and what it is for."""
    schema = json.loads(templates.file("settings.schema.json").read_text(encoding="utf-8"))
    settings = schema["properties"]
    schema_file = link(code("settings.schema.json"), "schemas/settings.schema.json", PATH)
    secrets = [name for name in Config.__dataclass_fields__ if name not in schemas()]
    return Page(
        PATH,
        joined(
            [
                "# Settings",
                "The settings are in `pyproject.toml`, under `[tool.remediate]`. An option of the "
                "command line wins over the environment, the environment over the file, the file "
                "over the default.",
                block(_EXAMPLE, "toml"),
                table(("Setting", "Type", "Default", "What it is for"), _rows(settings)),
                f"Their JSON Schema is {schema_file}; `$id` is {code(schema['$id'])}. "
                "A name or a value that does not fit is refused, with the nearest one that does.",
                "## Environment",
                "URLs are secrets. They belong in the environment, and the file refuses them.",
                table(("Variable", "What it holds"), _variables(secrets)),
            ]
        ),
    )


def _rows(settings: Mapping[str, Any]) -> Iterator[tuple[str, str, str, str]]:
    for name, schema in settings.items():
        default = code(json.dumps(schema["default"])) if "default" in schema else ""
        anchor = f'<span id="{name}"></span>'
        yield (
            anchor + code(name),
            _type(schema),
            default,
            prose(schema["description"], PATH),
        )


def _type(schema: Mapping[str, Any]) -> str:
    """As TOML calls it."""
    return type_of(schema, PATH).replace("object, by name:", "table, by name:")


_VARIABLES = {
    "database_url": "the database that is read, where `env.py` does not name it",
    "scratch_url": "the server to rehearse on; without it an embedded one is started",
}


def _variables(secrets: list[str]) -> Iterator[tuple[str, str]]:
    for name in secrets:
        yield code(f"REMEDIATE_{name.upper()}"), prose(_VARIABLES[name], PATH)
    yield code("REMEDIATE_PROGRESS"), "`never` turns off the progress on standard error"
    yield code("NO_COLOR"), "no colour, whatever it holds"
