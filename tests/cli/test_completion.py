"""What a shell completes, asked as the shells ask: by variables of the environment."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pexpect
import pytest
from typer.testing import CliRunner

from remediate.cli import completion
from remediate.cli.app import app

PLAN = {
    "format": "remediate.plan/1",
    "findings": [
        {"id": "PK001:public.t.id", "message": "one", "schema": "public", "table": "t"},
        {"id": "PK001:public.u.id", "message": "two", "schema": "public", "table": "u"},
        {"id": 'SEQ001:v."W"', "message": "three", "schema": "v", "table": "W"},
    ],
    "healthy": [{"schema": "public", "table": "things"}, {"schema": "public", "table": None}],
}
PROGRAM = "import sys; sys.argv[0] = 'remediate'; from remediate.__main__ import main; main()"
FIRST = "PK001:public.t.id"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "plan.json").write_text(json.dumps(PLAN))
    (tmp_path / "other.json").write_text(json.dumps(PLAN | {"findings": PLAN["findings"][:1]}))
    (tmp_path / "broken.json").write_text('{"findings": [{"schema": 1}, 2]}')
    monkeypatch.chdir(tmp_path)
    return tmp_path


def asked(**variables: str) -> str:
    """What the program prints for a shell that asks so."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in variables.items():
            patch.setenv(name, value)
        completion.join_words()
        result = CliRunner().invoke(app, [], prog_name="remediate")
    assert result.exit_code == 0, result.output
    return result.stdout.strip()


def fish(line: str) -> list[str]:
    """The words that fish gets, without what they are."""
    given = asked(
        _REMEDIATE_COMPLETE="complete_fish",
        _TYPER_COMPLETE_ARGS=f"remediate {line}",
        _TYPER_COMPLETE_FISH_ACTION="get-args",
    )
    return [one.partition("\t")[0] for one in given.splitlines()]


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("plan --select pk00", [f"PK00{n}" for n in range(1, 10)]),
        ("check --ignore sequence-beh", ["sequence-behind"]),
        ("review plan.json --approve pk", ["PK001", FIRST, "PK001:public.u.id"]),
        ("review other.json --approve PK001:", [FIRST]),
        ("review plan.json --skip al", ["all"]),
        ("review nowhere.json --approve PK", []),
        ("review broken.json --approve PK", []),
        ("review broken.json --since other.json --approve PK001:", [FIRST]),
        ("generate --approve SEQ", ["SEQ001", 'SEQ001:v."W"']),
        ("generate plan.json --allow published_t", ["PUBLISHED_TABLE"]),
        ("check --table public.t", ["public.t", "public.things"]),
        ("plan --schema ", ["public", "v"]),
        ("explain sco", ["score"]),
    ],
)
def test_words_of_a_line(line: str, words: list[str]) -> None:
    assert fish(line) == words


@pytest.mark.usefixtures("folder")
def test_zsh_gets_words_with_what_they_are() -> None:
    line = "remediate review plan.json --approve PK001:public.t"
    given = asked(_REMEDIATE_COMPLETE="complete_zsh", _TYPER_COMPLETE_ARGS=line)
    assert given == """_arguments '*: :(("PK001\\\\:public.t.id":"one"))'"""


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["plan", "--select", "PK00"], "\n".join(f"PK00{n}" for n in range(1, 10))),
        (["review", "plan.json", "--approve", "PK001", ":", "public.t"], "public.t.id"),
        (["review", "plan.json", "--approve", "SEQ001", ":"], """'v."W"'"""),
        (["review", "plan.json", "--skip", "=", "SEQ001", ":", "v"], """'v."W"'"""),
        (["check", "--table", "=", "public.th"], "public.things"),
    ],
)
def test_bash_gets_what_follows_its_break_of_a_word(words: list[str], expected: str) -> None:
    given = asked(
        _REMEDIATE_COMPLETE="complete_bash",
        COMP_WORDS="\n".join(["remediate", *words]),
        COMP_CWORD=str(len(words)),
    )
    assert given == expected


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_names_of_a_database_run_nothing_in_a_shell(shell: str, folder: Path) -> None:
    if not shutil.which(shell):
        pytest.skip(f"there is no {shell} here")
    names = [f"{mark}$(touch ran)" for mark in ("", "\\")]
    found = [{"id": f"PK001:{n}", "message": n, "schema": "s", "table": n} for n in names]
    (folder / "plan.json").write_text(json.dumps(PLAN | {"findings": found}))
    line = "remediate review plan.json --approve PK001"
    given = asked(
        _REMEDIATE_COMPLETE=f"complete_{shell}", _TYPER_COMPLETE_ARGS=line,
        COMP_WORDS=line.replace(" ", "\n"), COMP_CWORD="4",
    )  # fmt: skip
    assert "touch" in given
    subprocess.run(
        [shell, "-c", '_arguments() { for one in "$@"; do eval "ws=${${one#*: :\\(}%\\)}"; done; }\neval $1'
         if shell == "zsh" else "IFS=$'\\n'; COMPREPLY=( $1 )", "x", given],
        check=False, cwd=folder,
    )  # fmt: skip
    assert not (folder / "ran").exists()


@pytest.mark.skipif(not shutil.which("bash"), reason="there is no bash here")
def test_a_real_bash_completes_an_id(folder: Path) -> None:
    program = folder / "remediate"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -c "{PROGRAM}" "$@"\n')
    program.chmod(0o755)
    bash = pexpect.spawn(
        "bash", ["--norc", "--noprofile", "-i"], cwd=str(folder), encoding="utf-8", timeout=60,
        env=os.environ | {"PATH": f"{folder}:{os.environ['PATH']}", "TERM": "dumb", "PS1": "$ "},
    )  # fmt: skip
    bash.sendline(
        'bind "set enable-bracketed-paste off"; eval "$(remediate --show-completion bash)"; echo rea""dy'
    )
    bash.expect("ready\r\n")
    bash.send("remediate review plan.json --approve PK001:public.t\t")
    bash.expect_exact(f"--approve {FIRST} ")
    bash.close(force=True)


def test_completing_imports_nothing_heavy(folder: Path) -> None:
    program = PROGRAM.replace("main()", "") + (
        "import atexit; atexit.register(lambda: print(*sorted(sys.modules), file=sys.stderr)); main()"
    )
    made = subprocess.run(
        [sys.executable, "-c", program],
        cwd=folder,
        env=os.environ
        | {
            "_REMEDIATE_COMPLETE": "complete_fish",
            "_TYPER_COMPLETE_ARGS": "remediate review plan.json --approve PK001:public.t",
            "_TYPER_COMPLETE_FISH_ACTION": "get-args",
        },
        capture_output=True,
        text=True,
        check=True,
    )
    assert FIRST in made.stdout
    heavy = {"sqlalchemy", "alembic", "jinja2", "libcst", "psycopg", "textual", "jsonschema"}
    assert not heavy.intersection(made.stderr.split())
