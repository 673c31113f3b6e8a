"""How far a command is: a live line on a terminal, a line a stage in a log, nothing at its end."""

import io
import os
import sys
import time

import pexpect
import pytest

from remediate.cli import progress
from remediate.cli.progress import Line, Log, told, watched
from remediate.cli.terminal import say
from remediate.system import stages
from remediate.system.stages import Stage
from tests.support.project import Project

ERASE = "\r\033[2K"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Log, "after", 0.0)
    monkeypatch.setattr(Line, "after", 0.0)
    monkeypatch.setattr(progress, "OFTEN", 0.0)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.delenv("REMEDIATE_PROGRESS", raising=False)


@pytest.mark.parametrize(
    ("stage", "words"),
    [
        (Stage("reading the catalog"), "reading the catalog"),
        (Stage("0007: INSERT", 2, 5, "INSERT as 3 roles", 148, 1273), "2/5 INSERT as 3 roles  148/1,273"),
        (Stage("asking", 0, 0, "", 0, 36), "asking  0/36"),
        (Stage("reading lines of logs", done=2_000_000), "reading lines of logs  2,000,000"),
        (Stage("\033[31mred\033[0m: upgrade", 2, 5), "2/5 \\x1b[31mred\\x1b[0m: upgrade"),
    ],
)  # fmt: skip
def test_a_stage_in_words(stage: Stage, words: str) -> None:
    assert told(stage) == words


@pytest.mark.usefixtures("at_once")
def test_the_line_of_a_terminal_is_gone_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)

    def interrupted() -> None:
        with watched(ticking=False):
            stages.begin("upgrade " * 20, 2, 5)
            say("a sentence")
            stages.begin("INSERT")
            assert [*stages.each(["a", "b"])] == ["a", "b"]
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert sys.stderr is screen
    first, sentence, *lines, last = screen.getvalue().split(ERASE)[1:]
    assert (len(first), first[:12]) == (59, "2/5 upgrade ")
    assert sentence == "a sentence\n"
    assert lines == ["INSERT  00:00", "INSERT  0/2  00:00", "INSERT  1/2  00:00"]
    assert last == ""


@pytest.mark.usefixtures("at_once")
def test_a_line_that_another_has_begun_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    with watched(ticking=False):
        sys.stderr.write("Password: ")
        stages.begin("reading")
    assert screen.getvalue() == "Password: "


@pytest.mark.usefixtures("at_once")
def test_a_log_has_one_line_a_stage(monkeypatch: pytest.MonkeyPatch) -> None:
    log = io.StringIO()
    monkeypatch.setattr(sys, "stderr", log)
    with watched(ticking=False):
        stages.begin("reading the catalog")
        stages.count(1, 2, "asking the tables")
        stages.begin("0007: upgrade", 2, 5)
    assert log.getvalue() == "remediate: reading the catalog\nremediate: 2/5 0007: upgrade\n"


@pytest.mark.usefixtures("at_once")
def test_a_quiet_command_tells_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", screen := Terminal())
    with watched(quiet=True):
        stages.begin("reading")
    monkeypatch.setenv("REMEDIATE_PROGRESS", "never")
    with watched():
        stages.begin("reading")
    assert screen.getvalue() == ""


def test_what_is_done_soon_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", screen := Terminal())
    with watched():
        stages.begin("reading")
    assert screen.getvalue() == ""


@pytest.mark.usefixtures("at_once")
def test_the_line_goes_on_while_nothing_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "TICK", 0.01)
    monkeypatch.setattr(sys, "stderr", screen := Terminal())
    with watched():
        stages.begin("reading")
        time.sleep(0.3)
    assert screen.getvalue().count("reading") > 3


RUN = """
import sys
from remediate.cli import app, progress
progress.Line.after = progress.OFTEN = 0.0
sys.argv = ["remediate", *sys.argv[1:]]
app.main()
"""


def test_a_plan_on_a_terminal_tells_its_stages(project: Project) -> None:
    """From the database to the plan; the text that stays has none of it, and -q tells none."""
    url = project.url.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)

    def screen(*words: str) -> str:
        shown = pexpect.spawn(
            sys.executable, ["-c", RUN, "plan", *words], cwd=str(project.folder),
            env=os.environ | {"DATABASE_URL": url, "TERM": "xterm"}, encoding="utf-8",
        )  # fmt: skip
        shown.expect(pexpect.EOF)
        return str(shown.before)

    made = screen()
    lines = [one.split("  ")[0] for one in made.split(ERASE)[1:-1]]
    assert [*dict.fromkeys(lines)][:3] == [
        "reading the project",
        "reading the catalog",
        "looking for references",
    ]
    assert "asking the rules  1/" in made
    assert "planning the repairs" in made
    left = made.split(ERASE)[-1]
    assert "public.t.id" in left
    assert "asking the rules" not in left
    assert ERASE not in screen("-q")
