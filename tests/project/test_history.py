"""Broken histories of every kind: told from the files, with the smallest mend."""

from pathlib import Path

import pytest
from alembic.script import ScriptDirectory

from remediate.findings.finding import Options
from remediate.project import history
from remediate.rehearsal import defects
from remediate.rules.revisions.graph_broken import message
from remediate.rules.revisions.revision_id_too_long import RULE as TOO_LONG
from remediate.snapshots.declared import Declared
from remediate.snapshots.history import Fault, History, Revision, broken, perhaps_broken
from remediate.snapshots.live import Live
from remediate.snapshots.tables import Source
from tests.support import helpers
from tests.support.project import Project


def revision(id_: str, down: object = None, body: str = "pass", **more: object) -> str:
    assigned = {"revision": id_, "down_revision": down, **more}
    lines = [f"{name} = {value!r}" for name, value in assigned.items()]
    return "\n".join([*lines, "def upgrade():", f"    {body}", "def downgrade():", "    pass", ""])


def written(folder: Path, *revisions: str) -> str:
    for number, text in enumerate(revisions):
        (folder / f"r{number}.py").write_text(text)
    return str(folder)


CASES = [
    ("a line", [revision("a"), revision("b", "a"), revision("c", "b")], []),
    ("a merge", [revision("a"), revision("b", "a"), revision("c", "a"), revision("d", ("b", "c"))], []),
    ("labelled branches", [revision("a", None, branch_labels=("x",)), revision("b", None,
        branch_labels=["y"]), revision("c", "b")], []),
    ("a dependency", [revision("a"), revision("b", None, branch_labels="y", depends_on="a")], []),
    ("annotated", ['revision: str = "a"\ndown_revision: str | None = None\n'], []),
    ("assigned together", ['revision, down_revision = "a", None\n', revision("b", "a"),
        '[revision, (down_revision, depends_on)] = "c", ("b", ["a"])\n'], []),
    ("assigned in a chain", ['slug = revision = "a"\n', 'before = down_revision = "a"\nrevision = "b"\n'], []),
    ("of other names and texts", ['YEAR = "2026"\nrevision = YEAR + "a"\n',
        'YEAR = "2026"\nlast = f"{YEAR}a"\nrevision, down_revision = f"{YEAR}b", (last,)\n'], []),
    ("where nothing is raised", ['try:\n    revision = "a"\nexcept Exception:\n    revision = "z"\n',
        revision("b", "a")], []),
    ("no revision", ["x = 1\n", revision("a")], []),
    ("no Python", ['revision = "a\n'], ["{0}/r0.py cannot be read as Python"]),
    ("no revision in another encoding", ["# coding: latin-1\nx = 1\n"], []),
    ("two files of one id", [revision("a"), revision("a"), revision("b", "a")],
     ["a is the id of 2 revisions: {0}/r0.py and {0}/r1.py"]),
    ("a parent that is gone", [revision("b", "a"), revision("c", "b")], [
        "b follows a, which is in no versions folder"]),
    ("a parent that is gone, which another one may have followed", [revision("a"), revision("c", "b")], [
        "c follows b, which is in no versions folder"]),
    ("a dependency that is gone", [revision("a"), revision("b", "a", depends_on=["z"])], [
        "b depends on z, which is in no versions folder"]),
    ("a circle", [revision("a"), revision("b", "d"), revision("c", "b"), revision("d", "c"), revision("e", "d")],
     ["these revisions follow each other in a circle: b, c, d", "the project has 2 heads: a, e"]),
    ("itself", [revision("a", "a")], ["these revisions follow each other in a circle: a"]),
    ("two roots", [revision("a"), revision("b"), revision("c", ("a", "b"))], ["2 revisions have no predecessor: a, b"]),
    ("two heads", [revision("a"), revision("b", "a"), revision("c", "a")], ["the project has 2 heads: b, c"]),
    ("a dependency on a label", [revision("a", branch_labels=("core",)), revision("b", None,
        branch_labels="shop", depends_on=["core"])], []),
    ("an id that is added to", ['revision = "a"\nrevision += "1"\n', revision("b", "a1")], []),
    ("a dependency that is a circle", [revision("a", None, depends_on="b"), revision("b", "a")],
     ["these revisions follow each other in a circle: a, b"]),
]  # fmt: skip


@pytest.mark.parametrize(("files", "expected"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_what_is_wrong(files: list[str], expected: list[str], tmp_path: Path) -> None:
    found = broken(history.read([written(tmp_path, *files)], recursive=False))
    assert [message(one) for one in found] == [text.format(tmp_path) for text in expected]


BASE, TOP = revision("a"), revision("c", "b")
GONE = "c follows b, which is in no versions folder"
PARENTS = "the project has 2 heads: b, c"
UNTOLD = [
    ("by a call", 'revision = "".join(["b"])\ndown_revision = "a"\n', [GONE]),
    ("by the file's name", 'revision = __file__[-4]\ndown_revision = "a"\n', [GONE]),
    ("by a star", 'from shop.ids import *\ndown_revision = "a"\n', [GONE]),
    ("by an import", 'from shop.ids import second as revision\ndown_revision = "a"\n', [GONE]),
    ("by a loop", 'for revision in "ab":\n    pass\ndown_revision = "a"\n', [GONE]),
    ("by the namespace", 'globals().update(revision="b")\ndown_revision = "a"\n', [GONE]),
    ("that is no Python", 'revision = "b\n', [GONE]),
    ("that is of another library", 'from sqlalchemy import *\nfrom alembic.op import *\n', []),
]  # fmt: skip


@pytest.mark.parametrize(("text", "doubts"), [c[1:] for c in UNTOLD], ids=[c[0] for c in UNTOLD])
def test_what_an_id_that_is_not_told_would_explain_is_not_proven(
    text: str, doubts: list[str], tmp_path: Path
) -> None:
    found = history.read([written(tmp_path, BASE, text, TOP)], recursive=False)
    assert [message(one) for one in perhaps_broken(found)] == doubts
    sure = [one for one in broken(found) if one.fault is not Fault.UNREADABLE]
    assert [message(one) for one in sure] == ([] if doubts else [GONE])


@pytest.mark.parametrize("text", [
    'down_revision = parent_of("c")', "from shop.ids import down_revision", "from shop.ids import *",
    'down_revision = "a"\nbranch_labels = labels()',
])  # fmt: skip
def test_several_heads_are_not_proven_where_one_may_follow_another(
    text: str, tmp_path: Path
) -> None:
    files = (BASE, revision("b", "a"), f'revision = "c"\n{text}\n')
    found = history.read([written(tmp_path, *files)], recursive=False)
    assert (broken(found), [*map(message, perhaps_broken(found))]) == ((), [PARENTS])


def test_the_name_of_a_file_is_its_id_where_it_gives_none(tmp_path: Path) -> None:
    (tmp_path / "0a1.py").write_text("down_revision = None\n")
    (tmp_path / "__init__.py").write_text("from shop.ids import *\n")
    found = history.read([written(tmp_path, revision("b", "0a1"))], recursive=False)
    assert ([r.id for r in found.revisions], broken(found)) == (["0a1", "b"], ())
    assert found.nameless == ()


def test_a_file_called_like_a_sentence_is_no_missing_parent() -> None:
    files = (Source("what follows a.py", 1), Source("b.py", 1))
    (one,) = broken(History(tuple(Revision("a", (), file) for file in files)))
    assert (one.fault, one.files) == (Fault.SAME_ID, ("what follows a.py", "b.py"))
    assert defects.of_graph(one).name == "GRAPH_BROKEN"
    (one,) = broken(History((Revision("b", ("a",), files[0]),)))
    assert (one.fault, one.missing) == (Fault.MISSING_PARENT, "a")
    assert defects.of_graph(one).name == "BROKEN_DOWN_REVISION"


@pytest.mark.parametrize(("edges", "order"), [
    ("a b:a c:b", "a b c"),
    ("c:b b:a a", "a b c"),
    ("d:b,c b:a c:a a", "a b c d"),
    ("b:a a x y:x", "a x b y"),  # layer by layer, as the files are
    ("a b:d c:b d:c e:d", "a b c d e"),  # a circle begins with its first file
    ("b:a a:b c:c", "b a c"),
    ("a:z b:a", "a b"),
], ids=lambda text: text)  # fmt: skip
def test_order(edges: str, order: str) -> None:
    pairs = (edge.partition(":") for edge in edges.split())
    made = (Revision(id_, tuple(p.split(",")) if p else (), Source(id_, 1)) for id_, _, p in pairs)
    assert " ".join(r.id for r in History(tuple(made)).in_order) == order


class Counted(str):
    """An id that counts how often it is looked up."""

    looked_up = 0

    def __hash__(self) -> int:
        Counted.looked_up += 1
        return super().__hash__()


def look_ups(number: int, *, circle: bool) -> int:
    ids = [Counted(f"r{n:04}") for n in range(number)]
    downs: list[tuple[str, ...]] = [(ids[-1],) if circle else (), *((id_,) for id_ in ids)]
    made = [Revision(i, down, Source(i, 1)) for i, down in zip(ids, downs, strict=False)]
    history = History(tuple(reversed(made)), heads=(ids[-1],))
    Counted.looked_up = 0
    assert len(history.in_order) == number
    assert [one.fault for one in broken(history)] == ([Fault.CIRCLE] if circle else [])
    return Counted.looked_up


@pytest.mark.parametrize("shape", ["line", "circle"])
def test_twice_as_many_revisions_take_twice_the_work(shape: str) -> None:
    once, twice = (look_ups(number, circle=shape == "circle") for number in (400, 800))
    assert twice < 2.1 * once


def test_folders_below_count_where_alembic_looks_there(tmp_path: Path) -> None:
    (tmp_path / "2026").mkdir()
    written(tmp_path / "2026", revision("a"))
    assert not history.read([str(tmp_path)], recursive=False).revisions
    assert [r.id for r in history.read([str(tmp_path)], recursive=True).revisions] == ["a"]


LONG = "add_the_expert_feedback_system_at_last"


def test_ids_that_the_version_table_cannot_hold(tmp_path: Path) -> None:
    found = history.read([written(tmp_path, revision("a"), revision(LONG, "a"))], recursive=False)
    (finding,) = TOO_LONG.find(Live(), Declared(history=found), Options())
    assert finding.message == f"{LONG} has 38 characters, but version_num holds only 32"


pytestmark = pytest.mark.project("CREATE TABLE t (id serial PRIMARY KEY)")


def found(project: Project, code: str) -> list[dict[str, object]]:
    return [f for f in project.json("plan")["findings"] if f["rule"] == code]


def test_a_wider_column_holds_them(project: Project) -> None:
    written(project.versions, revision("a"))
    project.run("alembic", "upgrade", "head")
    written(project.versions, revision("a"), revision(LONG, "a"))
    assert [f["id"] for f in found(project, "AL002")] == [f"AL002:{LONG}"]
    with helpers.connected(project.url) as connection:
        connection.execute("ALTER TABLE alembic_version ALTER version_num TYPE varchar(64)")
    assert found(project, "AL002") == []
    project.run("alembic", "upgrade", "head")
    assert found(project, "AL003") == []


def test_what_waits_and_what_was_only_stamped(project: Project) -> None:
    create = (
        'from alembic import op; op.execute("CREATE TABLE made (id serial PRIMARY KEY)"); '
        'op.execute(\'CREATE TABLE "Odd, ""Name""" (id serial PRIMARY KEY)\')'
    )
    dropped = 'from alembic import op; op.execute("CREATE TABLE IF NOT EXISTS public.\\"Brief\\" (i int)")'
    drop = 'from alembic import op; op.execute("DROP TABLE public.\\"Brief\\"")'
    texts = [revision("a", None, create), revision("b", "a", dropped), revision("c", "b", drop)]
    written(project.versions, *texts)
    (waiting,) = found(project, "AL003")
    assert (waiting["message"], waiting["severity"]) == (
        "3 revisions have not run yet: a, b, c",
        "info",
    )
    project.run("alembic", "stamp", "head")
    (absent,) = found(project, "AL003")
    assert absent["message"] == (
        'a is recorded as run, but public.made and public."Odd, ""Name""", which no model declares, '
        "do not exist"
    )
    project.run("alembic", "stamp", "base")
    project.run("alembic", "upgrade", "head")
    assert found(project, "AL003") == []


def test_a_table_that_went_on_under_another_name(project: Project) -> None:
    """What a later revision renames, or drops in a loop, nobody misses."""
    create = (
        'from alembic import op; op.execute("CREATE TABLE made (id int)"); '
        'op.execute("CREATE TABLE other (id int)")'
    )
    rename = 'from alembic import op; op.rename_table("made", "kept")'
    loop = """from alembic import op
    for name in ["other"]:
        op.execute(f"DROP TABLE {name}")"""
    texts = [revision("a", None, create), revision("b", "a", rename), revision("c", "b", loop)]
    written(project.versions, *texts)
    project.run("alembic", "upgrade", "head")
    assert found(project, "AL003") == []


def test_nothing_is_written_into_a_broken_history(project: Project) -> None:
    """One report, and no traceback."""
    with helpers.connected(project.url) as connection:
        connection.execute("ALTER TABLE t ALTER id DROP DEFAULT")
    written(project.versions, revision("b", "a"), revision("c", "b"))
    files = project.files()
    shown = project.run("remediate", "plan").stdout
    told = "follows a, which is in no versions folder By hand restore its file"
    assert told in " ".join(shown.split())
    refused = project.run(
        "remediate", "generate", "--approve", "PK001", "--reviewer", "Ann", expected=3
    )
    assert refused.stderr.startswith("remediate: b follows a, which is in no versions folder")
    assert "Traceback" not in refused.stderr
    assert project.files() == files
    assert project.run("remediate", "verify", expected=3).stderr.startswith(
        "remediate: b follows a, which is in no versions folder\n           Nothing was verified."
    )
    said = project.run("remediate", "status").stdout
    assert said.endswith("\nNext:  remediate plan --select AL001\n")
    mend = "\nNext:  correct the revisions, then: remediate plan\n       (Alembic can run no revision: "
    assert f"{mend}b follows a, which is in no" in shown
    written(project.versions, revision("b"), f"1 / 0\n{revision('c', 'b')}")
    failing = project.run("remediate", "plan").stdout
    assert f"{mend}Alembic fails as it loads\n       migrations/versions/r1.py)\n" in failing
    book = project.run("remediate", "runbook").stdout
    assert "`generate` refuses to write until that is repaired. This shows what is wrong:" in book
    assert "\n```sh\nalembic heads\n```\n" in book
    status = project.run("remediate", "status").stdout
    assert status.endswith("\nNext:  alembic heads\n")
    assert project.run("remediate", "tests", expected=2).stderr.startswith(
        "remediate: Alembic fails on this project's revisions: ZeroDivisionError: "
    )
    assert project.run("remediate", "verify", expected=2).stderr.startswith(
        "remediate: Alembic fails on this project's revisions: ZeroDivisionError: "
    )


def test_a_database_at_an_unknown_revision(project: Project) -> None:
    written(project.versions, revision("a"))
    project.run("alembic", "stamp", "head")
    written(project.versions, revision("z"))
    (finding,) = found(project, "AL001")
    assert finding["message"] == "the database is at a, which is in no versions folder"


def test_without_a_database(project: Project) -> None:
    written(project.versions, revision("b", "a"))
    checked = project.run(
        "remediate", "check", "--versions-only", expected=1, DATABASE_URL="postgresql://nowhere/x"
    )
    assert "follows a, which is in no versions folder By hand " in " ".join(checked.stdout.split())
    written(project.versions, revision("b"))
    project.run("remediate", "check", "--versions-only", DATABASE_URL="postgresql://nowhere/x")
    (project.versions / "broken.py").write_text("def broken(:\n")
    checked = project.run("remediate", "check", "--versions-only", expected=1)
    assert "cannot be read as Python" in " ".join(checked.stdout.split())


UNSAFE = """
import sqlalchemy as sa
from alembic import op
revision = "b"
down_revision = "a"
def upgrade():
    op.alter_column("t", "v", type_=sa.Integer())
    op.alter_column("t", "id", type_=sa.BigInteger())
def downgrade():
    op.execute("DROP TABLE t CASCADE")
"""


def test_revisions_that_wait_are_read_with_what_the_database_knows(project: Project) -> None:
    with helpers.connected(project.url) as connection:
        connection.execute("ALTER TABLE t ADD v text")
    written(project.versions, revision("a"), UNSAFE)
    lines = {f["id"]: (f["severity"], f["facts"]["kind"]) for f in found(project, "MD008")}
    assert lines == {
        "MD008:b:7": ("error", "type-without-using"),
        "MD008:b:8": ("error", "sequence-left-narrow"),
        "MD008:b:10": ("warning", "downgrade-cascades"),
    }
    shown = " ".join(project.run("remediate", "plan", "--select", "MD008").stdout.split())
    assert "b:7 migrations/versions/r1.py:7" in shown
    assert "ALTER SEQUENCE t_id_seq AS bigint" in shown
    project.run("alembic", "stamp", "head")
    assert found(project, "MD008") == []


def test_without_a_database_earlier_revisions_tell_the_types(project: Project) -> None:
    create = 'from alembic import op; op.execute("CREATE TABLE t (id serial PRIMARY KEY, v text)")'
    written(project.versions, revision("a", None, create), UNSAFE)
    checked = project.run(
        "remediate",
        "check",
        "--versions-only",
        "-f",
        "json",
        expected=1,
        DATABASE_URL="postgresql://nowhere/x",
    )
    ids = [f["id"] for f in helpers.parsed(checked.stdout)["findings"]]
    assert sorted(ids) == ["MD008:a:5", "MD008:b:10", "MD008:b:7", "MD008:b:8"]


@pytest.mark.parametrize(
    ("env", "driver"),
    [
        ('url = "postgresql+asyncpg://localhost/shop"', "asyncpg"),
        ('url = settings.url.replace("+asyncpg", "+psycopg")', ""),
        ("# once with asyncpg\nurl = settings.url", ""),
        ("url = settings.url", ""),
    ],
)
def test_the_driver_of_which_env_py_speaks(env: str, driver: str, tmp_path: Path) -> None:
    (tmp_path / "versions").mkdir()
    (tmp_path / "env.py").write_text(env)
    assert history.of_files(ScriptDirectory(str(tmp_path))).driver == driver


COMPUTED = "from hashlib import sha1\nrevision = sha1(b'{}').hexdigest()[:8]\ndown_revision = {}\n"


def test_ids_that_code_computes(project: Project) -> None:
    """Alembic, which has loaded them, knows them; their text alone does not."""
    first = "86f7e437"  # sha1 of a
    (project.versions / "r0.py").write_text(COMPUTED.format("a", None))
    (project.versions / "r1.py").write_text(COMPUTED.format("b", repr(first)))
    plan = project.json("plan")
    assert plan["project"] == {
        "bases": [first], "heads": ["e9d71f5e"], "waiting": [first, "e9d71f5e"], "revisions": 2,
    }  # fmt: skip
    assert {f["rule"] for f in plan["findings"]} == {"AL003"}
    (project.versions / "r2.py").write_text(revision("plain"))
    alone = project.json("check", "--versions-only")
    reason = "its revision: the id is computed by code"
    assert [(u["subject"], u["reason"]) for u in alone["unverified"]] == [
        ("migrations/versions/r0.py", reason), ("migrations/versions/r1.py", reason),
    ]  # fmt: skip
