"""Commands in processes of their own, each forked from one that has imported what all need.

Importing takes longer than most commands: forking saves it, and the process is as separate as any.
`remediate rules` takes 22 ms of processor time this way, 600 ms as a new process, and 8 ms as a call
in the process of the tests, which would share its modules, its environment and its folder.
How a process starts is tested where it is started as users do (test_bad_input, test_cli).
"""

import atexit
import contextlib
import gc
import importlib
import io
import json
import os
import pkgutil
import runpy
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

IMPORTED = (
    "alembic.autogenerate", "alembic.command", "alembic.config", "jinja2", "libcst", "psycopg",
    "sqlalchemy.dialects.postgresql", "typer",
)  # fmt: skip
# pytest's and Alembic's own, the project of the demo, and what runs the program when imported.
_NOT_OURS = ("remediate.plugins.", "remediate.commands.demo.project", "remediate.__main__")


def run(words: list[str], cwd: Path, env: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    """`python -m WORDS`, without standard input."""
    with tempfile.TemporaryFile() as stdout, tempfile.TemporaryFile() as stderr:
        server = _server()
        assert server.stdin is not None and server.stdout is not None  # noqa: PT018  (mypy)
        paths = [f"/proc/{os.getpid()}/fd/{file.fileno()}" for file in (stdout, stderr)]
        asked = {"words": words, "cwd": str(cwd), "env": env, "output": paths}
        server.stdin.write(json.dumps(asked) + "\n")
        server.stdin.flush()
        code = int(server.stdout.readline())
        texts = []
        for file in (stdout, stderr):
            file.seek(0)
            texts.append(file.read().decode())
    return subprocess.CompletedProcess(words, code, *texts)


@cache
def _server() -> "subprocess.Popen[str]":
    """It ends with its standard input, which is to say with this process."""
    server = subprocess.Popen(
        [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    atexit.register(server.communicate)
    return server


def _serve() -> list[str]:
    """Fork for each line; returns in the child, with what it is to run."""
    for line in sys.stdin:
        asked = json.loads(line)
        child = os.fork()
        if not child:
            _become(**asked)
            return list(asked["words"])
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()
    sys.exit()


def _become(words: list[str], cwd: str, env: dict[str, str], output: list[str]) -> None:
    """Here as `python -m` would be there."""
    for number, path in enumerate([os.devnull, *output]):
        file = os.open(path, os.O_RDONLY if number == 0 else os.O_WRONLY | os.O_APPEND)
        os.dup2(file, number)
        os.close(file)
    os.chdir(cwd)
    for name, module in sys.modules.items():
        if name.startswith("remediate.") and hasattr(module, "STARTED_IN"):
            module.STARTED_IN = Path(cwd)
    os.environ.clear()
    os.environ.update(env)
    sys.path[0] = cwd
    sys.argv[:] = words


def _run(words: list[str]) -> None:
    """Ends without taking down one by one what was imported, which would cost what was saved."""
    code: object = 0
    try:
        runpy.run_module(words[0], run_name="__main__", alter_sys=True)
    except SystemExit as ended:
        code = ended.code
    except BaseException:
        sys.excepthook(*sys.exc_info())
        code = 1
    if code is not None and not isinstance(code, int):
        sys.stderr.write(f"{code}\n")
        code = 1
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code or 0)


def _warm_up() -> None:
    """Import what commands need, and run one: Typer imports more when it is called."""
    found = pkgutil.walk_packages(importlib.import_module("remediate").__path__, "remediate.")
    ours = (module.name for module in found if not module.name.startswith(_NOT_OURS))
    for name in (*IMPORTED, *ours):
        importlib.import_module(name)
    with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):
        sys.modules["remediate.cli.app"].app(["rules"])


if __name__ == "__main__":
    _warm_up()
    gc.freeze()
    _run(_serve())
