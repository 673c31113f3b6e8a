"""Files through the project's own template, names and hooks; and nothing where it went wrong."""

import ast
import sys

import pytest

from remediate.revisions.docstrings import code_of, with_note
from remediate.revisions.titles import safe_title
from tests.support import helpers
from tests.support.project import ALEMBIC_INI, Project

GENERATE = ("remediate", "generate", "--approve", "all", "--reviewer", "Ann")


def configure(project: Project, *lines: str) -> None:
    (project.folder / "alembic.ini").write_text(ALEMBIC_INI + "\n".join(lines) + "\n")


def test_file_template(project: Project) -> None:
    configure(project, "file_template = %%(year)d_%%(slug)s_%%(rev)s", "truncate_slug_length = 12")
    project.run(*GENERATE)
    (revision,) = project.generated()
    assert revision.name.startswith("20")
    assert "_give_t_a_" in revision.name
    assert revision.with_suffix(".md").exists()


def test_file_template_with_folders(project: Project) -> None:
    configure(project, "file_template = %%(year)d/%%(rev)s", "recursive_version_locations = true")
    project.run(*GENERATE)
    (revision,) = project.versions.rglob("*.py")
    assert revision.parent.name.isdigit()
    project.run("alembic", "upgrade", "head")


def test_folders_where_alembic_would_not_look_are_refused(project: Project) -> None:
    configure(project, "file_template = %%(year)d/%%(rev)s")
    files = project.files()
    result = project.run(*GENERATE, expected=2)
    assert "recursive_version_locations" in result.stderr
    assert project.files() == files


HOOK = """\
[post_write_hooks]
hooks = mine
mine.type = exec
mine.executable = {python}
mine.options = {script} REVISION_SCRIPT_FILENAME
"""


def hook(project: Project, script: str) -> None:
    (project.folder / "hook.py").write_text(
        f"import sys, pathlib\np = pathlib.Path(sys.argv[1])\n{script}\n"
    )
    configure(project, HOOK.format(python=sys.executable, script=project.folder / "hook.py"))


def test_post_write_hooks_run_inside_the_project(project: Project) -> None:
    hook(project, "p.write_text(p.read_text() + f'# {p.parent.parent.name}\\n'); print('hooked')")
    result = project.run(*GENERATE)
    (revision,) = project.generated()
    assert revision.read_text().endswith("# migrations\n")
    assert "hooked" not in result.stdout
    assert "hooked" in result.stderr


def test_a_hook_that_reformats_is_honoured(project: Project) -> None:
    """What is rehearsed is what the hook left."""
    configure(
        project, "[post_write_hooks]", "hooks = ruff", "ruff.type = module", "ruff.module = ruff",
        "ruff.options = format REVISION_SCRIPT_FILENAME",
    )  # fmt: skip
    (project.folder / "ruff.toml").write_text("line-length = 60\nformat.quote-style = 'single'\n")
    project.run(*GENERATE)
    (revision,) = project.generated()
    assert "revision = '" in revision.read_text()
    project.run("alembic", "upgrade", "head")


def test_a_hook_that_drops_statements_is_caught(project: Project) -> None:
    hook(
        project, "t = p.read_text(); p.write_text(t.replace('op.execute(\"CREATE', 'str(\"CREATE'))"
    )
    result = project.run(*GENERATE, expected=2)
    assert "dropped 1 of 16 statements" in " ".join(result.stderr.split())
    assert project.generated() == []


def test_a_template_without_bodies_is_caught(project: Project) -> None:
    mako = project.folder / "migrations" / "script.py.mako"
    mako.write_text(mako.read_text().replace('${upgrades if upgrades else "pass"}', "pass"))
    result = project.run(*GENERATE, expected=2)
    assert "dropped 10 of 16 statements" in " ".join(result.stderr.split())
    assert project.generated() == []


def test_a_template_may_execute_statements_of_its_own(project: Project) -> None:
    mako = project.folder / "migrations" / "script.py.mako"
    own = "    op.execute(sa.text('SELECT 1'))\n    op.execute('SELECT 2')\n"
    text = mako.read_text().replace("def upgrade() -> None:\n", f"def upgrade() -> None:\n{own}")
    mako.write_text(text)
    project.run(*GENERATE)
    project.run("alembic", "upgrade", "head")


def test_a_template_with_a_variable_of_its_own_is_a_sentence(project: Project) -> None:
    mako = project.folder / "migrations" / "script.py.mako"
    mako.write_text(mako.read_text() + "\n# ${author}\n")
    result = project.run(*GENERATE, expected=2)
    assert "Traceback" not in result.stderr
    assert project.generated() == []


def test_the_repair_is_read_before_its_locks_and_guards(project: Project) -> None:
    project.run(*GENERATE)
    (revision,) = project.generated()
    below = ast.parse(revision.read_text()).body[-3:]
    assert [ast.unparse(one).partition(" = ")[0] for one in below] == [
        "_LOCKS", "_GUARD_UPGRADE", "_GUARD_DOWNGRADE",
    ]  # fmt: skip
    upgrade, _, _ = revision.read_text().partition("def downgrade")
    assert upgrade.count("\n", 0, upgrade.index("CREATE SEQUENCE")) < 50
    assert "pg_locks" not in upgrade
    offline = project.run("alembic", "upgrade", "head", "--sql").stdout.split()
    assert offline.count("pg_catalog.pg_locks") == 2
    for file in revision.parent.glob(f"{revision.stem}.*"):
        file.unlink()
    mako = project.folder / "migrations" / "script.py.mako"
    mako.write_text(mako.read_text() + "    print('more')\n")
    project.run(*GENERATE)
    (revision,) = project.generated()
    assert "_LOCKS" not in revision.read_text()
    assert project.run("alembic", "upgrade", "head", "--sql").stdout.split() == offline


def test_several_version_locations(project: Project) -> None:
    other = project.folder / "more"
    other.mkdir()
    configure(project, "version_locations = %(here)s/migrations/versions:%(here)s/more")
    (other / "0a.py").write_text(
        "revision = '0a'\ndown_revision = None\ndef upgrade(): pass\ndef downgrade(): pass\n"
    )
    project.run("alembic", "upgrade", "head")
    project.run(*GENERATE)
    assert len(list(other.glob("*_give_*.py"))) == 1
    assert project.generated() == []
    project.run("alembic", "upgrade", "head")


def test_a_branch_of_its_own(project: Project) -> None:
    (project.versions / "0a.py").write_text(
        "revision = '0a'\ndown_revision = None\ndef upgrade(): pass\ndef downgrade(): pass\n"
    )
    project.run("alembic", "upgrade", "head")
    project.run(
        *GENERATE, "--head", "base", "--splice", "--branch-label", "repair", "--depends-on", "0a"
    )
    text = project.generated()[0].read_text()
    assert "down_revision = None" in text
    assert "'repair'" in text
    assert "depends_on = '0a'" in text
    project.run("alembic", "upgrade", "heads")
    project.run("alembic", "downgrade", "repair@base")


def test_version_table_of_another_name_and_schema(project: Project) -> None:
    with helpers.connected(project.url) as connection:
        connection.execute("CREATE SCHEMA books")
    env = project.folder / "migrations" / "env.py"
    env.write_text(
        env.read_text().replace(
            "target_metadata=metadata",
            "target_metadata=metadata, version_table='ve\"r', version_table_schema='books'",
        )
    )
    (project.versions / "0a.py").write_text(
        "revision = '0a'\ndown_revision = None\ndef upgrade(): pass\ndef downgrade(): pass\n"
    )
    project.run("alembic", "upgrade", "head")
    plan = project.run("remediate", "plan", "-v").stdout
    assert "books" not in plan
    project.run(*GENERATE)
    project.run("alembic", "upgrade", "head")
    project.run("alembic", "downgrade", "0a")


def test_without_rehearsal_it_says_so(project: Project) -> None:
    result = project.run(*GENERATE, "--no-rehearse")
    assert "NOT rehearsed" in result.stdout
    (revision,) = project.generated()
    assert "Not rehearsed." in (ast.get_docstring(ast.parse(revision.read_text())) or "")
    assert "- [ ] NOT rehearsed" in revision.with_suffix(".md").read_text()


def test_the_same_findings_give_the_same_revision_id(project: Project) -> None:
    project.run(*GENERATE)
    (first,) = project.generated()
    first.unlink()
    first.with_suffix(".md").unlink()
    project.run(*GENERATE)
    assert project.generated() == [first]


def test_repaired_and_broken_again(project: Project) -> None:
    project.run(*GENERATE)
    project.run("alembic", "upgrade", "head")
    with helpers.connected(project.url) as connection:
        connection.execute("ALTER TABLE t ALTER id DROP DEFAULT")
    project.run(*GENERATE)
    assert len(project.generated()) == 2
    project.run("alembic", "upgrade", "head")


@pytest.mark.parametrize(
    "source",
    [
        '"""title\n\nRevision ID: 1\n"""\nx = 1\n',
        '"""one line"""\nx = 1\n',
        "'single'\nx = 1\n",
        'r"""raw \\d"""\nx = 1\n',
        "x = 1\n",
        '# -*- coding: utf-8 -*-\n"""é"""\nx = 1\n',
        '"""ends with \\"quote\\" """\nx = 1\n',
        '"""a"""; x = 1\n',
    ],
)  # fmt: skip
def test_the_note_goes_into_any_docstring(source: str) -> None:
    changed = with_note(source, 'line\nwith "quotes", """more""" and \\ backslash')
    assert code_of(changed) == code_of(source)
    docstring = ast.get_docstring(ast.parse(changed)) or ""
    assert docstring.startswith((ast.get_docstring(ast.parse(source)) or "").strip()[:3])
    assert "with \"quotes\", '''more''' and / backslash" in docstring


def test_titles_cannot_end_a_docstring() -> None:
    assert safe_title('a "b"\n"""c""" \\d') == "a 'b' '''c''' /d"
