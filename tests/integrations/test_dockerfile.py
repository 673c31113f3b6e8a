"""The Dockerfile: judged by hadolint, and what it copies is enough to build. No image is built here."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.integrations.test_ci_paper import example_text
from tests.support.action import ROOT

DOCKERFILE = ROOT / "Dockerfile"


def hadolint(file: Path) -> None:
    program = Path(sys.executable).with_name("hadolint")
    command = [program, "--failure-threshold", "style", file]
    made = subprocess.run(command, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stdout


def copied() -> list[tuple[str, ...]]:
    """Sources and target of each COPY from the checkout."""
    lines = re.findall(r"^COPY (?!--from)(.+)$", DOCKERFILE.read_text(), re.MULTILINE)
    return [tuple(line.split()) for line in lines]


def test_hadolint_finds_nothing(tmp_path: Path) -> None:
    hadolint(DOCKERFILE)
    (tmp_path / "Dockerfile").write_text(example_text("A container"))
    hadolint(tmp_path / "Dockerfile")


def test_what_is_copied_is_enough_for_a_wheel(tmp_path: Path) -> None:
    for *sources, target in copied():
        for source in sources:
            to = tmp_path / target.lstrip("/")
            if (ROOT / source).is_dir():
                shutil.copytree(ROOT / source, to, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                to.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / source, to)
    options = ("--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", tmp_path)
    command = [sys.executable, "-m", "pip", "wheel", *options, tmp_path / "src"]
    made = subprocess.run(command, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stderr
    assert len([*tmp_path.glob("alembic_remediate-*.whl")]) == 1


def test_nothing_else_reaches_a_build() -> None:
    """Such as .env, or the history of git."""
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    rules = [line for line in lines if not line.startswith("#")]
    assert rules[0] == "*"
    allowed = [rule.removeprefix("!") for rule in rules if rule.startswith("!")]
    assert sorted(allowed) == sorted(source for *sources, _ in copied() for source in sources)


def test_it_does_not_run_as_root() -> None:
    """PostgreSQL refuses to, and revisions in a mounted folder would be root's."""
    last = DOCKERFILE.read_text().rpartition("\nFROM ")[2]
    assert re.search(r"^ARG ID=[1-9]\d*$", last, re.MULTILINE)
    before = last.partition("\nENTRYPOINT ")[0]
    assert re.findall(r"^USER (.+)$", before, re.MULTILINE) == ["${ID}"]
