"""Many databases: each is read by itself, and what several need alike is said once."""

import json
import os
import signal
import socket
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from remediate.commands.fleet import targets, workers
from remediate.commands.fleet.queue import Queue, Task
from remediate.commands.fleet.targets import Limits, Target
from remediate.commands.fleet.workers import Crew
from remediate.errors import UsageProblem
from remediate.plans.fleet import Shard, Unread
from remediate.plans.fleet_document import schema
from remediate.rehearsal.scratch import Server
from tests.support import helpers
from tests.support.project import ONE_MODEL, Project, small_project

BROKEN = "CREATE TABLE t (id integer PRIMARY KEY)"
WELL = "CREATE TABLE t (id serial PRIMARY KEY)"
ROWS = f"{BROKEN}; INSERT INTO t VALUES (1), (70)"
MORE = f"{BROKEN}; CREATE TABLE u (id serial PRIMARY KEY); ALTER TABLE u ALTER id DROP DEFAULT"
VERSIONS = (
    "CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY);"
    "INSERT INTO alembic_version VALUES ('0001')"
)
SECRET = "s3cr3t-Pass"


def target(name: str, url: sa.URL) -> str:
    plain = url.render_as_string(hide_password=False)
    return f'[[target]]\nname = "{name}"\nurl = "{plain}"\n'


def lay(project: Project, *parts: str) -> None:
    (project.folder / "fleet.toml").write_text("\n".join(parts))


def looked(project: Project, *words: str, expected: int = 0) -> dict[str, Any]:
    command, *options = words
    result = project.run(
        "remediate", command, "--targets", "fleet.toml", "-f", "json", *options, expected=expected
    )
    found = json.loads(result.stdout)
    assert isinstance(found, dict)
    return found


def groups(found: dict[str, Any]) -> list[list[str]]:
    return [group["databases"] for group in found["groups"]]


def test_what_several_need_alike_is_said_once(
    project: Project, made: Callable[[str], sa.URL]
) -> None:
    """One that is not there costs itself only, and makes no green of the others."""
    from jsonschema import Draft202012Validator  # noqa: PLC0415

    one, two, three = made(MORE), made(ROWS), made(WELL)
    parts = [target("a", project.url), target("b", two), target("c", three), target("d", one)]
    lay(project, *parts)
    found = looked(project, "plan")
    Draft202012Validator(schema()).validate(found)
    assert groups(found) == [["a", "b"], ["d"], ["c"]]
    ids = [[one["id"] for one in group["result"]["findings"]] for group in found["groups"]]
    assert ids == [["PK001:public.t.id"], ["PK001:public.t.id", "PK001:public.u.id"], []]
    assert found["revisions"] == [{"heads": [], "behind": False, "databases": ["a", "b", "c", "d"]}]

    lay(project, *parts, target("e", three.set(database="not_there")))
    found = looked(project, "plan", expected=2)
    assert groups(found) == [["a", "b"], ["d"], ["c"]]
    assert [one["name"] for one in found["unread"]] == ["e"]
    (project.folder / "all.json").write_text(json.dumps(found))
    text = project.run("remediate", "merge", "all.json", expected=2).stdout
    assert "2 databases: 1 found, 1 can be repaired\n  a and b\n" in text
    assert 'database "not_there" does not exist' in " ".join(text.split())
    assert "3 of 4 databases that were read need a repair or a decision. 1 could not be" in text
    assert max(map(len, text.splitlines())) <= 80
    paper = project.run("remediate", "merge", "all.json", "-f", "html", expected=2)
    assert ">2 databases: 1 found, 1 can be repaired</h2>" in paper.stdout


def test_the_databases_of_a_server_are_found(newest: Server, tmp_path: Path) -> None:
    """Also without a project; what is named already is none of them."""
    elsewhere = Project(tmp_path, newest.url)
    names = ["fleet_one", "fleet_two", "fleet_three"]
    with ExitStack() as stack:
        one, *_ = [stack.enter_context(newest.database(name)) for name in names]
        for name, ddl in zip(names, (BROKEN, BROKEN, WELL), strict=True):
            helpers.psql(newest.url.set(database=name), ddl)
        helpers.psql(one, VERSIONS)
        url = newest.url.render_as_string(hide_password=False)
        server = f'[[server]]\nname = "db"\nurl = "{url}"\ndatabases = ["fleet_*"]\n'
        lay(elsewhere, target("first", one), server)
        found = looked(elsewhere, "plan")
        assert groups(found) == [["db/fleet_two", "first"], ["db/fleet_three"]]
        assert found["revisions"] == [
            {"heads": [], "behind": False, "databases": ["db/fleet_three", "db/fleet_two"]},
            {"heads": ["0001"], "behind": False, "databases": ["first"]},
        ]
        lay(elsewhere, f'{server}except = ["*_t*"]')
        assert groups(looked(elsewhere, "plan")) == [["db/fleet_one"]]
        lay(elsewhere, server.replace("fleet_*", "nothing_*"))
        found = looked(elsewhere, "plan", expected=2)
        assert "matches nothing_*" in found["unread"][0]["reason"]
        several = server.replace('"fleet_*"', '"no_*", "fleet_o*", "fleet_tw*"')
        lay(elsewhere, f'{several}except = ["*two"]')
        found = looked(elsewhere, "plan", expected=2)
        assert groups(found) == [["db/fleet_one"]]
        (unread,) = found["unread"]
        assert (
            "databases matches no_*; its except leaves out everything that matches fleet_tw*"
            in unread["reason"]
        )
        lay(elsewhere, server, target("db/fleet_two", one))
        again = elsewhere.run("remediate", "plan", "--targets", "fleet.toml", expected=2)
        assert "names db/fleet_two twice" in again.stderr


def test_shards_are_joined(project: Project, made: Callable[[str], sa.URL]) -> None:
    databases = [project.url, made(ROWS), made(WELL), made(WELL)]
    lay(project, *(target(f"tenant-{n}", url) for n, url in enumerate(databases)))
    whole = looked(project, "plan")
    for number in (1, 2):
        project.run(
            "remediate", "plan", "--targets", "fleet.toml", "--shard", f"{number}/2", "-f", "json",
            "-o", f"{number}.json",
        )  # fmt: skip
    joined = project.json("merge", "1.json", "2.json")
    assert groups(joined) == groups(whole)
    assert joined["revisions"] == whole["revisions"]
    project.run("remediate", "merge", "1.json", "2.json", "--exit-code", expected=1)

    def refused(*files: str) -> str:
        result = project.run("remediate", "merge", *files, expected=2)
        return " ".join(result.stderr.split())

    assert "there is no result of 2/2" in refused("1.json")
    assert "1.json and 1.json are both of shard 1/2" in refused("1.json", "1.json")
    other = project.run(
        "remediate", "plan", "--targets", "fleet.toml", "--shard", "2/2", "-f", "json", "--select",
        "FK001",
    ).stdout  # fmt: skip
    (project.folder / "other.json").write_text(other)
    assert "or other settings than 1.json" in refused("1.json", "other.json")
    (project.folder / "plan.json").write_text(project.run("remediate", "plan", "-f", "json").stdout)
    assert "plan.json is not the result of a shard" in refused("plan.json")


@pytest.mark.soak
def test_the_baseline_is_of_all_databases(project: Project, made: Callable[[str], sa.URL]) -> None:
    more = made(MORE)
    lay(project, target("a", project.url), target("b", more))
    found = looked(project, "check", expected=1)
    assert [group["result"]["baseline"]["new"] for group in found["groups"]] == [
        ["PK001:public.t.id"],
        ["PK001:public.t.id", "PK001:public.u.id"],
    ]
    again = ("check", "--targets", "fleet.toml", "--baseline", "b.json")
    project.run("remediate", *again, "--update-baseline")
    assert "--targets fleet.toml --baseline b.json" in project.run("remediate", *again).stdout
    looked(project, "check", "--update-baseline")
    assert looked(project, "check")["stale"] == []
    helpers.psql(more, "DROP TABLE u")
    assert looked(project, "check")["stale"] == ["PK001:public.u.id"]


@pytest.mark.soak
def test_what_became_of_a_repair(project: Project, made: Callable[[str], sa.URL]) -> None:
    other = made(BROKEN)
    lay(project, target("a", project.url))
    (unread,) = looked(project, "verify", expected=2)["unread"]
    assert "generate --targets FILE" in unread["hint"]
    project.run("remediate", "generate", "--approve", "all", "--reviewer", "Ann")
    project.run("alembic", "upgrade", "head")
    lay(project, target("a", project.url), target("b", other))
    found = looked(project, "verify", expected=1)
    assert groups(found) == [["b"], ["a"]]
    assert [group["result"]["passed"] for group in found["groups"]] == [False, True]
    assert [one["behind"] for one in found["revisions"]] == [False, True]
    text = project.run("remediate", "verify", "--targets", "fleet.toml", expected=1).stdout
    assert "Behind    1 of 2 is at other revisions:" in text
    assert "Next:  alembic upgrade head   (in each" in text
    lay(project, target("a", project.url))
    looked(project, "verify")


BOTH = """\
import os
from alembic import context
from sqlalchemy import MetaData, create_engine, pool

metadata = MetaData()
{models}
if context.is_offline_mode():
    OFFLINE
    context.configure(url="postgresql://", target_metadata=metadata)
    context.run_migrations()
else:
    engine = create_engine(os.environ["DATABASE_URL"], poolclass=pool.NullPool)
    with engine.connect() as connection:
        ONLINE
        context.configure(
            connection=connection, target_metadata=metadata, include_name=lambda *it: it[0] != "t"
        )
        context.run_migrations()
"""
FAILS = "raise ValueError('it fails {}')"


@pytest.mark.parametrize(
    ("without", "connected"),
    [(0, 0), pytest.param(1, 0, marks=pytest.mark.soak), (0, 1), (1, 1)],
)
def test_what_env_py_configures_for_a_connection(
    without: int, connected: int, newest: Server, tmp_path: Path
) -> None:
    """Its filters hold; where it fails with a connection and without one, nothing was looked at."""
    env = BOTH.replace("OFFLINE", FAILS.format("offline") if without else "pass")
    env = env.replace("ONLINE", FAILS.format("online") if connected else "pass")
    with small_project(newest, tmp_path, BROKEN, env=env) as made:
        lay(made, target("a", made.url))
        found = looked(made, "check", expected=2 if without and connected else int(connected))
    if without and connected:
        assert "it fails online" in found["unread"][0]["reason"]
        return
    (group,) = found["groups"]
    assert bool(group["result"]["findings"]) is bool(connected)
    open_ = [one["reason"] for one in group["result"]["unverified"]]
    assert any("for a connection alone" in one for one in open_) is bool(connected)


def test_env_py_that_fails_with_one_spoils_no_other(
    newest: Server, tmp_path: Path, made: Callable[[str], sa.URL]
) -> None:
    fails = "if '/NAME' in context.config.get_main_option('sqlalchemy.url'): raise KeyError"
    with small_project(newest, tmp_path, BROKEN) as project:
        env = BOTH.replace("OFFLINE", "pass").replace("{models}", ONE_MODEL)
        env = env.replace("ONLINE", fails.replace("NAME", str(project.url.database)))
        (project.folder / "migrations" / "env.py").write_text(env)
        lay(project, "[limits]\nconnections = 1", target("a", project.url), target("b", made(ROWS)))
        (group,) = looked(project, "plan")["groups"]
    assert group["databases"] == ["a", "b"]
    assert group["result"]["unverified"] == []


def test_one_that_hangs_is_left(project: Project) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        url = f"postgresql://nobody@127.0.0.1:{mute.getsockname()[1]}/x"
        lay(
            project,
            "[limits]\nseconds = 5\n",
            f'[[target]]\nurl = "{url}"\n',
            target("a", project.url),
        )
        found = looked(project, "plan", expected=2)
    assert groups(found) == [["a"]]
    assert [one["reason"] for one in found["unread"]] == ["remediate did not read it within 5 s"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "names no database"),
        ("[[target]\n", "is not valid TOML"),
        ("[[target]]\nname = 'a'\n", "[[target]] 1 in fleet.toml has no url"),
        ("target = 1\n", "target in fleet.toml must be a list"),
        (f"[[target]]\nurl = 'postgresql://u:{SECRET}@h/d'\n", "holds a password"),
        (f"[[target]]\nurl = 'postgresql://u@h/d?password={SECRET}'\n", "holds a password"),
        ("[[target]]\nurl = 'postgresql://u@h/d%00e'\n", "holds a NUL character"),
        (
            "\ufeff[[server]]\nurl = 'postgresql://h/d'\ndatabases = []\n",
            "databases of [[server]] 1",
        ),
        (f"[[target]]\nurl = 'postgresql://u:{SECRET}@h:x/d'\n", "cannot be parsed"),
        (f"[[target]]\nurl = 'postgresql://u@h/d'\npassword = '{SECRET}'\n", "no key 'password'"),
        (f"[[target]]\nurl = 'mysql://u:{SECRET}@h/d'\n", "not of PostgreSQL"),
        ("[[target]]\nurl = 'postgresql://h/d'\npassword_env = 'NOT_SET'\n", "is not set"),
        ("[limits]\nconnections = 0\n", "must be 1 or more, not 0"),
        ("[limits]\nper-server = 2\n", "[limits] in fleet.toml has no key 'per-server'"),
        ("[[target]]\nurl = 'postgresql://h/d'\n" * 2, "names h/d twice"),
        (
            "[[target]]\nurl = 'postgresql://h/d'\n[[target]]\nname = 'b'\n"
            "url = 'postgresql://u@h:5432/d'\n",
            "one database under two names: h/d and b",
        ),
        (
            "[[target]]\nname = 'a'\nurl = 'postgresql://localhost/d'\n"
            "[[target]]\nname = 'b'\nurl = 'postgresql://[::1]:5432/d'\n",
            "one database under two names: a and b",
        ),
    ],
)
def test_what_no_file_of_targets_may_hold(
    text: str, sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "fleet.toml"
    file.write_text(text)
    monkeypatch.setattr(targets, "shown", lambda path: Path(path).name)
    with pytest.raises(UsageProblem) as raised:
        targets.load(file)
    assert sentence in raised.value.message
    assert SECRET not in f"{raised.value.message} {raised.value.hint}"


def test_the_password_comes_from_a_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DB1", SECRET)
    file = tmp_path / "fleet.toml"
    file.write_text("[[target]]\nurl = 'postgresql://u@h:6000/d'\npassword_env = 'DB1'\n")
    (one,) = targets.load(file).databases
    assert (one.name, one.server) == ("h:6000/d", "h:6000")
    assert sa.make_url(one.url).password == SECRET
    assert SECRET not in repr(one)
    file.write_text(f"{file.read_text()}name = '{SECRET}'\n")
    with pytest.raises(UsageProblem, match="holds a password"):
        targets.load(file)


def test_the_limits_hold_and_servers_take_turns() -> None:
    queue = Queue(Limits(connections=3, per_server=2))
    queue.add(Target(f"{server}{n}", server, "d", "") for server in "ab" for n in range(3))
    taken = [queue.take() for _ in range(4)]
    assert [one and one.name for one in taken] == ["a0", "b0", "a1", None]
    queue.done("a")
    assert [one and one.name for one in (queue.take(), queue.take())] == ["b1", None]


def test_each_database_is_in_one_shard() -> None:
    names = [f"tenant_{n}" for n in range(1000)]
    held = [
        [shard.number for shard in map(Shard, range(1, 9), [8] * 8) if shard.holds(n)]
        for n in names
    ]
    assert {len(one) for one in held} == {1}
    assert all(90 < held.count([number]) < 160 for number in range(1, 9))


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of fork(), beside threads of the tests
def test_a_process_that_dies_or_hears_nothing_costs_one_database(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def work(task: Task, _: frozenset[str]) -> str:
        if task.name == "dies":
            os.kill(os.getpid(), signal.SIGKILL)
        if task.name == "deaf":
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM})
            time.sleep(60)
        return task.name.upper()

    monkeypatch.setattr(workers, "GRACE", 0.2)
    queue = Queue(Limits(connections=2, per_server=9, seconds=1))
    queue.add(Target(name, name, "d", "") for name in ("dies", "deaf", "a", "b"))
    results = {task.name: result for task, result in Crew(work, queue).results()}
    assert (results["a"], results["b"]) == ("A", "B")
    assert results["dies"].reason == "the system ended the process that read it"
    assert results["deaf"] == Unread(
        "deaf", "remediate did not read it within 1 s", results["deaf"].hint
    )
    # A connection of theirs may still be there, and counts on its server.
    assert +queue.lingering == {"dies": 1, "deaf": 1}
