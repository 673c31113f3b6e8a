"""scripts/new_rule.py: the files are in their places, red until written; docs/add-a-rule.md."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "scripts"))
import new_rule

from remediate.findings.effects import Family
from remediate.rules import RULES

ROOT = Path(__file__).parents[2]
FREE = new_rule.free_code("SEQ", ROOT)
NEXT = f"SEQ{int(FREE[3:]) + 1:03}"
# The example is followed under a code and a name that are free, whoever has written it for real.
EXAMPLE = {
    "SEQ008": FREE, "owner-differs": "role-differs", "owner_differs": "role_differs",
    "OwnerDiffers": "RoleDiffers",
}  # fmt: skip
PAGE = (ROOT / "docs" / "add-a-rule.md").read_text(encoding="utf-8")
PARTS = (
    "remediate", "templates", "tests", "scripts", "changelog.d", "pyproject.toml",
)  # fmt: skip
RULE, TEST = (
    f"{folder}/sequences/{name}.py"
    for folder, name in (("remediate/rules", "sequence_odd"), ("tests/rules", "test_sequence_odd"))
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A copy of the repository."""
    ignore = shutil.ignore_patterns("__pycache__", ".*_cache")
    for part in PARTS:
        if (ROOT / part).is_dir():
            shutil.copytree(ROOT / part, tmp_path / part, ignore=ignore)
        else:
            shutil.copy2(ROOT / part, tmp_path / part)
    return tmp_path


def run(root: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    """This Python with these words, in the copy, which is what it imports."""
    return subprocess.run(
        [sys.executable, *words],
        cwd=root,
        env=os.environ | {"PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


def texts(root: Path) -> dict[str, str]:
    paths = (p for p in root.rglob("*") if p.is_file() and "__pycache__" not in p.parts)
    return {str(p.relative_to(root)): p.read_text(errors="replace") for p in paths}


def test_all_files_of_a_rule_are_laid(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = texts(root)
    assert new_rule.main(FREE, "sequence-odd", root) == 0
    after = texts(root)
    changed = [name for name in after if after[name] != before.get(name)]
    fragment, index = "changelog.d/+sequence-odd.added.md", "remediate/rules/__init__.py"
    assert sorted(changed) == sorted([RULE, TEST, fragment, index])
    assert sorted(capsys.readouterr().out.split("\n\n")[0].split()) == sorted(changed)
    assert re.search(
        r"    sequence_n\w+,\n    sequence_odd,\n    sequence_[o-z]\w+,\n", after[index]
    )
    last = [rule for rule in RULES if rule.family is Family.SEQUENCES][-1].name.replace("-", "_")
    shown = f"    {last}.RULE,\n    sequence_odd.RULE,\n    foreign_key_"
    assert shown in after[index]
    assert f'code="{FREE}",\n    name="sequence-odd",' in after[RULE]
    formatted = run(root, "-m", "ruff", "format", "--check", RULE, TEST)
    assert formatted.returncode == 0, formatted.stdout


@pytest.mark.soak
def test_what_is_laid_is_red_until_it_is_written(root: Path) -> None:
    assert new_rule.main(FREE, "sequence-odd", root) == 0
    shown = run(
        root, "-m", "pytest", "-q", "-k", "not pg15 and not pg16", TEST, "tests/rules/test_rules.py"
    )
    failed = set(re.findall(r"^FAILED \S+::(\w+)", shown.stdout, re.MULTILINE))
    assert {"test_what_is_found", "test_what_is_left_alone"} <= failed, shown.stdout
    assert {"test_what_a_rule_says_of_itself_agrees", "test_nothing_laid_is_left"} <= failed
    assert "test_the_page_has_its_headings" not in failed


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_code_or_a_name_that_is_taken_is_refused(
    rule: object, capsys: pytest.CaptureFixture[str]
) -> None:
    assert isinstance(rule, type(RULES[0]))
    assert new_rule.main(rule.code, "sequence-odd") == 2
    assert new_rule.main("SEQ999", rule.name) == 2
    said = capsys.readouterr().err.splitlines()
    assert [line.partition(" is ")[2] for line in said] == [f"{rule.code} {rule.name} already"] * 2


def test_nothing_is_overwritten(root: Path) -> None:
    assert new_rule.main(FREE, "sequence-odd", root) == 0
    before = texts(root)
    for code, name in ((FREE, "sequence-even"), (NEXT, "sequence-odd")):
        assert new_rule.main(code, name, root) == 2
    assert texts(root) == before


@pytest.mark.parametrize(
    ("code", "name", "said"),
    [
        ("", "", '"" is no code: it is PK, SEQ, FK, IX, MD, AL, SEC and three digits'),
        ("seq1", "a-b", '"seq1" is no code: it is PK, SEQ, FK, IX, MD, AL, SEC and three digits'),
        (
            FREE,
            "Odd Name",
            '"Odd Name" is no name: it is two or more lower-case words with hyphens',
        ),
        (FREE, "odd", '"odd" is no name: it is two or more lower-case words with hyphens'),
        (NEXT, "a-b", f"{NEXT} would leave a gap: the next free code is {FREE}"),
    ],
)
def test_names_that_are_none(
    code: str, name: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = sorted((ROOT / "remediate" / "rules").rglob("*.py"))
    assert new_rule.main(code, name) == 2
    assert capsys.readouterr().err.startswith(said)
    assert sorted((ROOT / "remediate" / "rules").rglob("*.py")) == before


def test_a_python_without_the_package_is_enough(root: Path) -> None:
    bare = subprocess.run(
        [sys.executable, "-I", "-S", "scripts/new_rule.py", FREE, "sequence-odd"],
        cwd=root, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert bare.returncode == 0, bare.stderr
    assert bare.stdout.endswith(f"\nNext:  write them, then: scripts/test {TEST} tests/rules\n")


def test_the_example_of_the_page_can_be_followed_to_its_end(root: Path) -> None:
    section = PAGE
    for shown, free in EXAMPLE.items():
        section = section.replace(shown, free)
    blocks = re.findall(r"^```(?:python)?\n(.*?)^```$", section, re.DOTALL | re.MULTILINE)
    start, rule, test, _, end = blocks
    files = re.findall(r"`((?:remediate/rules|tests/rules)/sequences/\S+\.py)`", section)
    laid = run(root, *start.splitlines()[-1].split()[1:])
    assert laid.returncode == 0, laid.stderr
    for file, text in zip(files, (rule, test), strict=True):
        assert file in laid.stdout
        (root / file).write_text(text)
    fragment = root / "changelog.d" / "+sequence-role-differs.added.md"
    fragment.write_text(f"`{FREE}` names sequences that another role owns than their table.\n")
    (tests,) = end.splitlines()
    checked = run(root, "-m", "ruff", "check", *files)
    assert checked.returncode == 0, checked.stdout
    shown = run(root, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests.split()[1:])
    assert shown.returncode == 0, f"{shown.stdout}\n{shown.stderr}"
    assert f"{len(RULES)} passed" not in shown.stdout
