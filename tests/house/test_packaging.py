"""The wheel holds everything that a command needs."""

import re
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
NEEDED = [
    "remediate/py.typed",
    "remediate/templates/upgrade.py.j2",
    "remediate/templates/lock.sql.j2",
    "remediate/templates/guard.sql.j2",
    "remediate/templates/review.md.j2",
    "remediate/templates/plan.schema.json",
    "remediate/templates/hotfix.sql.j2",
    "remediate/templates/runbook.md.j2",
    "remediate/catalog/sql/columns.sql",
    "remediate/rehearsal/guardian.py",
    "remediate/rehearsal/alembic_env/env.py",
    "remediate/commands/demo/project/alembic.ini",
    "remediate/commands/demo/project/migrations/script.py.mako",
    "remediate/commands/demo/project/migrations/versions/0005_rows.py",
]


def test_the_wheel(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*command, "--wheel-dir", tmp_path, ROOT], check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        entry_points = next(n for n in names if n.endswith("entry_points.txt"))
        assert "remediate = remediate.__main__:main" in archive.read(entry_points).decode()
    assert names.issuperset(NEEDED)
    assert not [n for n in names if "__pycache__" in n or n.startswith("tests")]


def test_it_works_from_the_wheel_alone(tmp_path: Path) -> None:
    """Unpacked elsewhere, without the repository beside it."""
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*command, "--wheel-dir", tmp_path, ROOT], check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    code = "import remediate, sys; from remediate.cli.app import main; assert 'site' in remediate.__file__; sys.argv = ['remediate', 'demo']; main()"
    result = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONPATH": str(tmp_path / "site"), "PATH": "/usr/bin:/bin"},
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    assert "26 found: 26 can be repaired." in result.stdout


def test_hints_name_the_distribution_that_is_ours() -> None:
    """`pip install remediate` would run another author's code with database credentials at hand."""
    places = [*ROOT.glob("*.md"), *(ROOT / "templates").iterdir(), *ROOT.glob("scripts/*")]
    places += (ROOT / "remediate").rglob("*.py")
    for path in places:
        for words in re.findall(r"pip install(?: -\S+)* '?([\w.-]+)", path.read_text()):
            assert words != "remediate", path
