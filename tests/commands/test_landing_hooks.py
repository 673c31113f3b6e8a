"""The project's own commands before and after its revisions land: nothing is ever half there."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from remediate.system import command
from tests.support.project import Project

SHOWS = """
import os, sys
paths = sys.argv[1:]
assert paths == os.environ["REMEDIATE_REVISIONS"].split(os.pathsep), paths
for path in paths:
    print(os.path.relpath(path), os.path.exists(path), "op.execute" in open(path).read())
open(sys.argv[0] + ".txt", "a").write(" ".join(os.path.relpath(p) for p in paths) + "\\n")
"""
FAILS = """
import os, sys
print("\\n".join(f"line {n}" for n in range(50)))
print("the password is", os.environ["DB_PASSWORD"], file=sys.stderr)
sys.exit(7)
"""
GENERATE = ("remediate", "generate", "--approve", "all", "--reviewer", "Ann", "--no-rehearse")
SECRET = {"DB_PASSWORD": "zx81-Quark-77"}


def with_hooks(project: Project, **hooks: list[str]) -> None:
    lines = [f"{name}-landing = {words!r}" for name, words in hooks.items()]
    (project.folder / "pyproject.toml").write_text("[tool.remediate]\n" + "\n".join(lines))
    (project.folder / "shows.py").write_text(SHOWS)
    (project.folder / "fails.py").write_text(FAILS)


def left_over(project: Project) -> list[str]:
    return [p.name for p in (project.folder / "migrations").rglob(".*remediate*")]


def test_both_see_the_revisions(project: Project) -> None:
    show = [sys.executable, "shows.py", "{revisions}"]
    with_hooks(project, before=show, after=show)
    made = project.run(*GENERATE)
    (written,) = project.generated()
    before, after = (project.folder / "shows.py.txt").read_text().splitlines()
    assert after == str(written.relative_to(project.folder))
    assert before.startswith("migrations/.remediate-")
    assert Path(before).name == written.name
    assert made.stderr.splitlines()[-2:] == [
        "Running before-landing ...", "Written. Running after-landing ...",
    ]  # fmt: skip


def test_one_that_fails_before_lets_nothing_land(project: Project) -> None:
    with_hooks(project, before=[sys.executable, "fails.py"], after=[sys.executable, "shows.py"])
    files = project.files()
    refused = project.run(*GENERATE, expected=3, **SECRET)
    assert project.files() == files
    assert not left_over(project)
    assert refused.stdout == ""
    said = refused.stderr.splitlines()
    first = next(n for n, line in enumerate(said) if line.startswith("remediate: "))
    assert said[first].startswith("remediate: before-landing fails with exit code 7: ")
    assert said[first + 1].strip() == "... 21 lines before"
    assert said[-3].strip() == "line 49"
    assert said[-2].strip() == "the password is ***"
    assert said[-1].strip() == "Nothing was written to versions/."


def test_one_that_fails_afterwards_is_told_and_takes_nothing_back(project: Project) -> None:
    with_hooks(project, after=[sys.executable, "fails.py"])
    made = project.run(*GENERATE, expected=1, **SECRET)
    (written,) = project.generated()
    assert str(written.relative_to(project.folder)) in made.stdout
    assert "alembic upgrade head" in made.stdout
    assert "remediate: after-landing fails with exit code 7: " in made.stderr
    assert "All revisions are written: they are in versions/." in made.stderr
    assert "Quark" not in made.stdout + made.stderr
    project.run("alembic", "upgrade", "head")


def test_one_that_changes_a_revision_afterwards_is_told(project: Project) -> None:
    change = "import sys; open(sys.argv[1], 'a').write('# formatted')"
    with_hooks(project, after=[sys.executable, "-c", change, "{revisions}"])
    made = project.run(*GENERATE, expected=1)
    (written,) = project.generated()
    assert f"after-landing changes what was proven: {written.name}" in made.stderr
    assert "whole" not in made.stderr


def test_a_runbook_with_a_hotfix_tells_it_as_well(project: Project) -> None:
    with_hooks(project, after=[sys.executable, "fails.py"])
    words = ("--hotfix", "t", "--reviewer", "Ann", "--no-rehearse")
    made = project.run("remediate", "runbook", *words, expected=1, **SECRET)
    assert made.stdout.startswith("# Incident runbook: ")
    assert "remediate: after-landing fails with exit code 7: " in made.stderr
    assert len(project.generated()) == 1


def test_one_that_changes_what_was_proven_is_refused(project: Project) -> None:
    change = "import sys; open(sys.argv[1], 'a').write('# formatted')"
    with_hooks(project, before=[sys.executable, "-c", change, "{revisions}"])
    files = project.files()
    refused = project.run(*GENERATE, expected=3)
    assert "remediate: before-landing changes what was proven: " in refused.stderr
    assert "post_write_hooks" in refused.stderr
    assert project.files() == files


@pytest.mark.parametrize(
    ("setting", "reason"),
    [
        ('["no-such-program"]', "before-landing: there is no program 'no-such-program'"),
        ('["./shows.py"]', "before-landing: there is no program './shows.py'"),
        ('[""]', "before-landing: there is no program ''"),
        ('["ruff", "{revision}"]', "before-landing: '{revision}' is no placeholder"),
        (
            '["ruff", "--files={revisions}"]',
            "before-landing: '--files={revisions}' is no placeholder",
        ),
        ('["ruff", "a\\u0000b"]', "before-landing: a word holds the character \\0"),
        ('"pytest -q"', "before-landing must be a list of texts, not 'pytest -q'"),
    ],
)
def test_what_cannot_run_is_told_before_anything_is_read(
    setting: str, reason: str, project: Project
) -> None:
    with_hooks(project)
    (project.folder / "pyproject.toml").write_text(f"[tool.remediate]\nbefore-landing = {setting}")
    refused = project.run(*GENERATE, expected=2)
    assert f"[tool.remediate] {reason}" in refused.stderr


def test_an_interrupt_ends_the_command_and_lets_nothing_land(project: Project) -> None:
    sleep = "import os, time; open('pid', 'w').write(str(os.getpid())); time.sleep(60)"
    with_hooks(project, before=[sys.executable, "-c", sleep])
    url = project.url.render_as_string(hide_password=False)
    process = subprocess.Popen(
        [sys.executable, "-m", *GENERATE], cwd=project.folder,
        env={**os.environ, "DATABASE_URL": url}, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
    )  # fmt: skip
    note = project.folder / "pid"
    while not (note.exists() and note.read_text()):
        assert process.poll() is None
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=20)
    assert process.returncode == 130, errors
    end = time.monotonic() + 5
    while Path("/proc", note.read_text()).exists():  # until it is reaped
        assert time.monotonic() < end
        time.sleep(0.05)
    assert project.generated() == left_over(project) == []


def test_what_takes_too_long_is_ended_with_its_children(tmp_path: Path) -> None:
    script = "sleep 61 & echo $!; trap '' TERM; wait"
    ended = command.run(["sh", "-c", script], tmp_path, {"PATH": os.environ["PATH"]}, 0.3)
    assert ended.code is None
    child = Path("/proc", ended.output.strip(), "stat")
    assert not child.exists() or child.read_text().rpartition(")")[2].split()[0] == "Z"


def test_what_a_server_in_the_background_holds_open_is_not_awaited(tmp_path: Path) -> None:
    started = time.monotonic()
    ended = command.run(["sh", "-c", "sleep 3 & echo up; exit 3"], tmp_path, os.environ, 60)
    assert (ended.code, ended.output) == (3, "up\n")
    assert time.monotonic() - started < 2
