"""scripts/new_rule.py: the stubs are in their places, and red until they are written."""

import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "scripts"))
import new_rule

ROOT = Path(__file__).parents[2]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "tests" / "rules" / "sequences").mkdir(parents=True)
    (tmp_path / "remediate" / "rules" / "sequences").mkdir(parents=True)
    index = "remediate/rules/__init__.py"
    (tmp_path / index).write_text((ROOT / index).read_text())
    return tmp_path


def test_the_stubs(root: Path) -> None:
    assert new_rule.main("SEQ008", "sequence-odd", root) == 0
    index = (root / "remediate/rules/__init__.py").read_text()
    assert "    sequence_not_owned,\n    sequence_odd,\n    sequence_shared,\n" in index
    assert "    sequence_unlogged.RULE,\n    sequence_odd.RULE,\n    foreign_key_" in index
    rule = (root / "remediate/rules/sequences/sequence_odd.py").read_text()
    assert 'code="SEQ008",\n    name="sequence-odd",' in rule
    for file in (
        "remediate/rules/sequences/sequence_odd.py",
        "tests/rules/sequences/test_sequence_odd.py",
    ):
        compile((root / file).read_text(), file, "exec")
    checked = subprocess.run(
        [sys.executable, "-m", "ruff", "format", "--check", "--isolated", "--line-length", "100", "."],
        cwd=root, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert checked.returncode == 0, checked.stdout


def test_nothing_is_overwritten(root: Path) -> None:
    assert new_rule.main("SEQ008", "sequence-odd", root) == 0
    assert new_rule.main("SEQ009", "sequence-odd", root) == 2


@pytest.mark.parametrize(("code", "name"), [("", ""), ("seq1", "a"), ("SEQ008", "Odd Name")])
def test_names_that_are_none(root: Path, code: str, name: str) -> None:
    assert new_rule.main(code, name, root) == 2
    assert len([*(root / "remediate" / "rules").rglob("*.py")]) == 1
