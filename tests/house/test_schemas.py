"""Each output has a JSON Schema that is shipped, and so have the settings."""

import importlib.util
import json
import re
import tomllib
from pathlib import Path
from types import ModuleType

import pytest
from jsonschema import Draft7Validator
from jsonschema.validators import validator_for

from remediate.findings.topics import Topic
from remediate.plans.baseline import dumps
from remediate.plans.diff import difference
from remediate.render import explanation, plan_diff
from remediate.rules import RULES
from remediate.system.formats import PlanFormat
from tests.commands.test_check import accepted, finding, plan
from tests.support import schemas

ROOT = Path(__file__).parents[2]
FILES = {file.name.partition(".")[0]: file for file in (ROOT / "templates").glob("*.schema.json")}
SOURCES = "\n".join(file.read_text() for file in (ROOT / "remediate").rglob("*.py"))
FORMATS = re.findall(r'^FORMAT = "remediate\.([\w-]+)/(\d+)"$', SOURCES, re.MULTILINE)
SETTINGS = Draft7Validator(json.loads(FILES["settings"].read_text()))


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("schemas", ROOT / "scripts" / "schemas.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_each_format_has_a_schema() -> None:
    ids = {json.loads(file.read_text())["$id"] for file in FILES.values()}
    formats = {f"urn:remediate:{name}:{version}" for name, version in FORMATS}
    assert ids == formats | {"urn:remediate:settings:1"}


@pytest.mark.parametrize("name", FILES)
def test_each_is_a_schema(name: str) -> None:
    schema = json.loads(FILES[name].read_text())
    validator_for(schema).check_schema(schema)
    assert schema["title"]
    assert name == "settings" or schema["properties"]["format"] == {
        "const": f"remediate.{name}/{schema['$id'].rpartition(':')[2]}"
    }


def test_the_schema_of_the_settings_is_that_of_the_program(script: ModuleType) -> None:
    """Else: scripts/schemas.py writes it."""
    assert FILES["settings"].read_text() == script.text()


def test_the_settings_on_the_pages_fit() -> None:
    pages = (page.read_text(encoding="utf-8") for page in (ROOT / "docs").glob("*.md"))
    blocks = [
        text
        for page in pages
        for text in re.findall(r"^```toml\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    ]
    found = [tomllib.loads(text) for text in blocks if text.startswith("[tool.remediate")]
    assert len(found) > 5
    for document in found:
        SETTINGS.validate(document["tool"]["remediate"])


@pytest.mark.parametrize(
    "settings",
    [
        {"headrom": 5},
        {"headroom": "5"},
        {"uuid": "v5"},
        {"ignore": ["PK001"]},
        {"database-url": ""},
    ],
    ids=str,
)
def test_other_settings_do_not(settings: dict[str, object]) -> None:
    assert not SETTINGS.is_valid(settings)


def test_a_baseline_fits_its_schema() -> None:
    schemas.check(json.loads(dumps(accepted(finding(), finding(table=None)))))


def test_a_difference_fits_its_schema() -> None:
    made = difference(plan(finding(table="new")), plan(finding(table="gone")))
    schemas.check(json.loads(plan_diff.render(made, PlanFormat.JSON, "plan.json")))


def test_the_rules_fit_their_schema() -> None:
    topics = [Topic("keys", "what a key is", "", "")]
    schemas.check(json.loads(explanation.rules_as_json(RULES, topics)))


def test_a_key_that_no_schema_names_is_found() -> None:
    made = json.loads(dumps(accepted(finding())))
    with pytest.raises(AssertionError, match="'more' was unexpected"):
        schemas.check({**made, "more": 1})
