"""The wheel holds everything that a command needs, and both distributions say whose they are."""

import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from email.message import Message
from email.parser import Parser
from pathlib import Path

import pytest
from trove_classifiers import classifiers

import remediate

ROOT = Path(__file__).parents[2]
NEEDED = [
    "remediate/py.typed",
    "remediate/templates/upgrade.py.j2",
    "remediate/templates/lock.sql.j2",
    "remediate/templates/guard.sql.j2",
    "remediate/templates/review.md.j2",
    "remediate/templates/page/page.css",
    "remediate/templates/page/page.js",
    "remediate/templates/page/report.html.j2",
    "remediate/templates/plan.schema.json",
    "remediate/templates/settings.schema.json",
    "remediate/templates/hotfix.sql.j2",
    "remediate/templates/runbook.md.j2",
    "remediate/templates/topics/autoincrement.md",
    "remediate/templates/topics/base-class.md",
    "remediate/templates/topics/keys.md",
    "remediate/templates/topics/repair.md",
    "remediate/catalog/sql/columns.sql",
    "remediate/project/sql/tables.sql",
    "remediate/rehearsal/guardian.py",
    "remediate/commands/demo/project/alembic.ini",
    "remediate/commands/demo/project/migrations/script.py.mako",
    "remediate/commands/demo/project/migrations/versions/0005_rows.py",
]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*command, "--wheel-dir", folder, ROOT], check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def metadata(wheel: Path) -> Message:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (n for n in archive.namelist() if n.endswith(".dist-info/METADATA"))
        return Parser().parsestr(archive.read(name).decode())


def test_the_wheel(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        entry_points = next(n for n in names if n.endswith("entry_points.txt"))
        assert "remediate = remediate.__main__:main" in archive.read(entry_points).decode()
        (licence,) = (n for n in names if n.endswith(".dist-info/licenses/LICENSE"))
        assert archive.read(licence) == (ROOT / "LICENSE").read_bytes()
    assert names.issuperset(NEEDED)
    assert not [n for n in names if "__pycache__" in n or n.startswith("tests")]


def test_it_works_from_the_wheel_alone(wheel: Path, tmp_path: Path) -> None:
    """Unpacked elsewhere, without the repository beside it."""
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    code = (
        "import remediate, sys; from remediate.cli.app import main; "
        "assert 'site' in remediate.__file__; "
        "sys.argv = ['remediate', 'demo']; main()"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONPATH": str(tmp_path / "site"), "PATH": "/usr/bin:/bin"},
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    assert "Plan: 26 to repair." in result.stdout


def test_the_metadata(metadata: Message) -> None:
    """The distribution's name is free on the package index; command and package keep theirs."""
    assert metadata["Name"] == "alembic-remediate"
    assert metadata["Version"] == remediate.__version__
    assert metadata["License-Expression"] == "MIT"
    assert metadata.get_all("License-File") == ["LICENSE"]
    assert metadata["Author"] == "The remediate authors"
    assert set(metadata.get_all("Classifier", [])) <= classifiers


def test_the_versions_of_python(metadata: Message) -> None:
    """What `requires-python` admits first is the first that a classifier names."""
    named = re.findall(r"Classifier: .* :: Python :: (3\.\d+)\n", metadata.as_string())
    assert metadata["Requires-Python"] == f">={named[0]}"
    assert named == sorted(named, key=lambda version: int(version[2:]))


def test_the_source_distribution(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "--target", "sdist"]
    subprocess.run([*command, "--directory", tmp_path], cwd=ROOT, check=True, capture_output=True)
    (built,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(built) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    included = project["tool"]["hatch"]["build"]["targets"]["sdist"]["include"]
    assert {"LICENSE", "pyproject.toml"} <= names
    for path in included:
        assert any(name == path or name.startswith(f"{path}/") for name in names), path


def test_hints_name_the_distribution_that_is_ours() -> None:
    """`pip install remediate` would run another author's code with database credentials at hand."""
    places = [
        *ROOT.glob("*.md"),
        *(ROOT / "templates").rglob("*.*"),
        *(ROOT / "scripts").rglob("*"),
    ]
    places += (ROOT / "remediate").rglob("*.py")
    for path in (p for p in places if p.is_file() and p.suffix != ".pyc"):
        for words in re.findall(r"pip install(?: -\S+)* '?([\w.-]+)", path.read_text()):
            assert words != "remediate", path
