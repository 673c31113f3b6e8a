"""Names that standard output cannot show are printed as escapes; files are UTF-8 all the same."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from remediate.rehearsal.scratch import Server
from tests.support.project import Project, scratch_url, small_project

MODELS = """\
from sqlalchemy import Column, Integer, Table
Table("größe", metadata, Column("id", Integer, primary_key=True))
Table("日本😀", metadata, Column("id", Integer, primary_key=True))
"""
DDL = (
    'CREATE TABLE "größe" (id integer PRIMARY KEY); CREATE TABLE "日本😀" (id integer PRIMARY KEY)'
)
STREAMS = {
    "ascii": {"PYTHONIOENCODING": "ascii"},
    "latin-1": {"PYTHONIOENCODING": "latin-1"},
    "C": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    "UTF-8": {"PYTHONIOENCODING": "utf-8"},
}
SHOWN = {
    "ascii": ("gr\\u00f6\\u00dfe", "\\u65e5\\u672c\\ud83d\\ude00"),
    "latin-1": ("größe", "\\u65e5\\u672c\\ud83d\\ude00"),
    "C": ("gr\\u00f6\\u00dfe", "\\u65e5\\u672c\\ud83d\\ude00"),
    "UTF-8": ("größe", "日本😀"),
}


@pytest.fixture(scope="module")
def project(newest: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    folder = tmp_path_factory.mktemp("streams")
    with small_project(newest, folder, DDL, models=MODELS) as made:
        yield made


def run(project: Project, stream: str, *words: str) -> tuple[int, str, str]:
    """As users start it: how a process opens its streams is the point."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("PG", "LC_", "PYTHON"))}
    known = {
        "DATABASE_URL": project.url.render_as_string(hide_password=False),
        "REMEDIATE_SCRATCH_URL": scratch_url(),
        "PYTHONPATH": str(Path(__file__).parents[2]),
    }
    program = [sys.executable, "-m", "remediate", *words]
    result = subprocess.run(
        program, cwd=project.folder, env=clean | known | STREAMS[stream], capture_output=True,
        check=False,
    )  # fmt: skip
    encoding = {"latin-1": "latin-1", "UTF-8": "utf-8"}.get(stream, "ascii")
    out, err = result.stdout.decode(encoding), result.stderr.decode(encoding)
    assert "Traceback" not in err
    return result.returncode, out, err


@pytest.mark.few_in_ci(1)
@pytest.mark.parametrize("stream", STREAMS)
def test_every_name_is_printed_as_it_can_be(project: Project, stream: str) -> None:
    code, out, _ = run(project, stream, "plan")
    assert code == 0
    for name in SHOWN[stream]:
        assert f'public."{name}".id' in out
    assert run(project, stream, "plan", "--sql")[0] == 0
    assert run(project, stream, "check")[0] == 1
    assert run(project, stream, "verify")[0] == 2  # nothing was repaired


@pytest.mark.few_in_ci(2)
@pytest.mark.parametrize("stream", STREAMS)
@pytest.mark.parametrize("format_", ["json", "sarif"])
def test_json_is_json(project: Project, stream: str, format_: str) -> None:
    code, out, _ = run(project, stream, "plan", "-f", format_)
    assert code == 0
    read = json.dumps(json.loads(out), ensure_ascii=False)
    assert "größe" in read
    assert "日本😀" in read


@pytest.mark.few_in_ci(1)
@pytest.mark.parametrize("stream", STREAMS)
def test_messages_are_printed_too(project: Project, stream: str) -> None:
    assert "größe" in run(project, "UTF-8", "runbook", "--hotfix", "größen")[2]
    code, _, err = run(project, stream, "plan", "--select", "größe")
    assert code == 2
    assert err


@pytest.mark.few_in_ci(1)
@pytest.mark.parametrize("stream", ["ascii", "C"])
def test_files_are_utf8(newest: Server, tmp_path: Path, stream: str) -> None:
    with small_project(newest, tmp_path, DDL, models=MODELS) as project:
        assert run(project, stream, "plan", "-f", "json", "-o", "plan.json")[0] == 0
        assert "größe" in (project.folder / "plan.json").read_text(encoding="utf-8")
        code, _, err = run(project, stream, "generate", "--approve", "all", "--reviewer", "Ann")
        assert code == 0, err
        assert all("日本😀" in file.read_text(encoding="utf-8") for file in project.generated())
        project.run("alembic", "upgrade", "head")
