"""The documentation builds without a warning, every link leads somewhere, and nothing is left out."""

import fcntl
import inspect
import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.main import get_command

from remediate import errors
from remediate.cli.app import app
from remediate.commands.topics import topics
from remediate.config import Config, schemas
from remediate.findings.remedy import HAZARD_TEXT, Hazard
from remediate.lint import KINDS
from remediate.rehearsal.defect_pages import DEFECTS
from remediate.rules import RULES
from remediate.system import addresses
from remediate.system.formats import PlanFormat, ReportFormat
from scripts.site_pages.outputs import EXIT_CODES
from tests.support.browser import AXE, Browser, judge
from tests.support.site import Seen, Site, read

ROOT = Path(__file__).parents[2]
SCHEMAS = {p.name.partition(".")[0]: p for p in (ROOT / "templates").glob("*.schema.json")}
COMMANDS: dict[str, Any] = get_command(app).commands  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the site is, which one process builds for all."""
    base = tmp_path_factory.getbasetemp()
    made = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "documentation"
    with made.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            build(made)
    return made


@pytest.fixture(scope="module")
def site(folder: Path) -> Site:
    return read(folder)


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with judge(tmp_path_factory.mktemp("profile")) as opened:
        yield opened


def build(folder: Path) -> None:
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", folder]
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    made = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert made.returncode == 0, made.stderr
    assert made.stderr == ""


def without(site: Site, path: str) -> Site:
    """The site with an empty page in the place of this one."""
    return replace(site, pages={**site.pages, path: Seen("")})


def flat(text: str) -> str:
    """A text as a page shows it, without the marks of Markdown."""
    return " ".join(re.sub(r"[`\\]", "", text).split())


def test_every_link_leads_somewhere(site: Site) -> None:
    assert len(site.pages) > 80
    assert site.dead_links() == []
    assert [*site.from_elsewhere()] == []
    assert {path: page.repeated for path, page in site.pages.items() if page.repeated} == {}


def test_a_dead_link_is_found(site: Site) -> None:
    hazards = without(site, "hazards/index.html")
    assert "rules/PK001/index.html: ../../hazards/#explicit_ids" in hazards.dead_links()
    page = Seen("", links=("nowhere/", "#no", "rules/", "https://example.org/"))
    lost = replace(site, pages={**site.pages, "index.html": page})
    assert lost.dead_links() == ["index.html: nowhere/", "index.html: #no"]
    page = Seen("", fetched=("https://fonts.example.org/css", "assets/site.css"))
    assert [*Site({"index.html": page}).from_elsewhere()] == [f"index.html: {page.fetched[0]}"]


def test_an_anchor_of_two_places_is_found(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text('<p id="x"></p><p id="y"></p><p id="x"></p>')
    assert read(tmp_path).pages["a.html"].repeated == {"x"}


def left_out(site: Site) -> Iterator[str]:
    """What the program has, and the site has not."""
    for place, path, texts in (*rules(), *commands(), *settings(), *others(), *documents()):
        page = site.at(path)
        for anchor, *words in texts:
            missing = [word for word in words if flat(word) not in page.text]
            if missing or (anchor and anchor not in page.ids):
                yield f"{place} {anchor or missing}"


Wanted = tuple[str, str, list[tuple[str, ...]]]  # what, page, and of each anchor the words


def rules() -> Iterator[Wanted]:
    for rule in RULES:
        heads = re.findall(r"^(\S.*)\n-+$", rule.page, re.MULTILINE)
        address = addresses.rule(rule.code).removeprefix(addresses.DOCUMENTATION)
        yield rule.code, address, [("", f"{rule.code} {rule.name}", rule.repair.value, *heads)]
        yield rule.code, "rules", [("", rule.code, rule.name, rule.summary)]
    kinds = [(kind, kind) for kind in KINDS]
    yield "MD008", "rules/MD008", kinds


def commands() -> Iterator[Wanted]:
    program = get_command(app)
    yield "remediate", "commands", [(o, o) for p in program.params for o in p.opts]
    for name, command in COMMANDS.items():
        options = [p for p in command.params if p.param_type_name == "option"]
        shown = [(max(p.opts, key=len), *p.opts, p.help) for p in options if not p.hidden]
        arguments = [("", p.help) for p in command.params if p not in options]
        yield f"remediate {name}", f"commands/{name}", [*shown, *arguments]
        yield f"remediate {name}", "commands", [("", inspect.cleandoc(command.help or ""))]


def settings() -> Iterator[Wanted]:
    known = json.loads(SCHEMAS["settings"].read_text())["properties"]
    yield "setting", "settings", [(name, name, one["description"]) for name, one in known.items()]
    secret = [name for name in Config.__dataclass_fields__ if name not in schemas()]
    yield "setting", "settings", [("", f"REMEDIATE_{name.upper()}") for name in secret]


def others() -> Iterator[Wanted]:
    texts = [(h.value.lower(), h.value, HAZARD_TEXT[h][1:]) for h in Hazard]
    yield "hazard", "hazards", [(anchor, name, text) for anchor, name, text in texts]
    formats = {*map(str, PlanFormat), *map(str, ReportFormat)}
    yield "format", "formats", [("", one) for one in sorted(formats)]
    yield "exit code", "exit-codes", [("", f"{n} {text}") for n, text in EXIT_CODES.items()]
    yield "defect", "topics/defects", [(name.lower(), text) for name, text in DEFECTS.items()]
    for topic in topics():
        title, rule = topic.page.splitlines()[:2]
        words = (title,) if set(rule) == {"="} else ()
        yield "topic", f"topics/{topic.name}", [("", *words, f"remediate explain {topic.name}")]


def documents() -> Iterator[Wanted]:
    for name, file in SCHEMAS.items():
        schema = json.loads(file.read_text())
        if name != "settings":
            parts = (schema, *schema.get("$defs", {}).values())
            names = ("", *(f"{part}." for part in schema.get("$defs", ())))
            keys = [
                (f"{of}{key}", key)
                for of, part in zip(names, parts, strict=True)
                for key in part.get("properties", ())
            ]
            yield name, f"json/{name}", [("", schema["$id"]), *keys]
            yield name, "json", [("", schema["properties"]["format"]["const"])]


def test_nothing_is_left_out(site: Site) -> None:
    assert [*left_out(site)] == []


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("rules/PK001", "PK001 "),
        ("rules", "FK007 "),
        ("rules/MD008", "MD008 seeded-ids"),
        ("commands/plan", "remediate plan --headroom"),
        ("commands", "remediate --install-completion"),
        ("settings", "setting offline-window"),
        ("hazards", "hazard mvcc_rewrite"),
        ("formats", "format ['sarif']"),
        ("exit-codes", "exit code ['3 refused"),
        ("topics/defects", "defect downgrade_fails"),
        ("topics/keys", "topic "),
        ("json/plan", "plan findings"),
        ("json", "triage "),
    ],
)
def test_what_is_left_out_is_named(path: str, expected: str, site: Site) -> None:
    found = [*left_out(without(site, f"{path}/index.html"))]
    assert any(one.startswith(expected) for one in found), found


JUDGED = """
const left = {"landmark-unique": {enabled: false}, "scrollable-region-focusable": {enabled: false}};
axe.run(document, {resultTypes: ["violations"], rules: left}).then((found) =>
  found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html)}`))
"""
# Both are the theme's: its navigation, and frames that take the focus only where a pointer hovers.


@pytest.mark.parametrize(("width", "dark"), [(390, True), (1280, False)])
def test_axe_finds_nothing(
    width: int, *, dark: bool, chromium: Browser, site: Site, folder: Path
) -> None:
    for page in ("index.html", "rules/FK003/index.html"):
        chromium.show(folder / page, width, dark=dark)
        chromium.run(f"{AXE.read_text()};0")
        assert chromium.run(JUDGED) == []
        assert chromium.run("document.documentElement.scrollWidth") <= width


def test_one_address() -> None:
    """Of the site, of the package, and of what the program links to."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["urls"] == {"Documentation": addresses.DOCUMENTATION}
    assert f"\nsite_url: {addresses.DOCUMENTATION}\n" in (ROOT / "mkdocs.yml").read_text()
    built = yaml.safe_load((ROOT / ".readthedocs.yaml").read_text())
    (install,) = built["python"]["install"]
    assert set(install["extra_requirements"]) <= project["optional-dependencies"].keys()
    assert (ROOT / built["mkdocs"]["configuration"]).is_file()
    judged = Path(sys.executable).with_name("check-jsonschema")
    command = [judged, "--builtin-schema", "vendor.readthedocs", ROOT / ".readthedocs.yaml"]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0


def test_the_schemas_are_published(site: Site) -> None:
    assert {f"schemas/{file.name}" for file in SCHEMAS.values()} <= site.files


def test_the_exit_codes_are_those_of_the_errors() -> None:
    kinds = [one for one in vars(errors).values() if isinstance(one, type)]
    raised = {one.exit_code for one in kinds if issubclass(one, errors.RemediateError)}
    assert raised == {2, 3, 4}
    assert [*EXIT_CODES] == [0, 1, 2, 3, 4, 130]
    assert raised < {*EXIT_CODES}
