"""The incident handled twice: by the revision, and by psql; and the runbook followed to the letter."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from remediate.postgres import client, programs
from remediate.rehearsal.scratch import Server
from remediate.render.page import paper
from tests.corpora.remedies import C, S, T
from tests.support import helpers
from tests.support.project import ENV, Project, incident_project, scratch_url, small_project

HOTFIX = ("--hotfix", "user_skills", "--hotfix", "conversation_l*", "--reviewer", "Ann Example")
INSERT = "INSERT INTO user_skills (user_id, skill, level) VALUES (1, 'go', 4) RETURNING id"


@pytest.fixture
def incident(newest: Server, tmp_path: Path) -> Iterator[Project]:
    """One for each test, which changes it."""
    with incident_project(newest, tmp_path) as made:
        yield made


def uri(project: Project) -> str:
    """As psql takes it."""
    return project.url.set(drivername="postgresql", username="postgres").render_as_string(
        hide_password=False
    )


def psql(project: Project, file: Path | str, expected: int = 0) -> str:
    program = [str(programs.clients(18) / "psql"), "-X", "-f", str(file), uri(project)]
    made = subprocess.run(program, cwd=project.folder, capture_output=True, text=True, check=False)
    assert made.returncode == expected, made.stderr
    return made.stdout + made.stderr


def beside(project: Project, suffix: str) -> Path:
    (found,) = project.versions.glob(f"*{suffix}")
    return found


def rows(project: Project, sql: str) -> list[tuple[object, ...]]:
    with client.connect(client.environment(project.url.set(username="postgres"))) as connection:
        return connection.execute(sql).fetchall()


@pytest.mark.soak
@pytest.mark.newest_in_ci
def test_both_ways_end_and_begin_in_the_same_catalog(server: Server, tmp_path: Path) -> None:
    with incident_project(server, tmp_path) as incident:
        both_ways(incident)


def both_ways(incident: Project) -> None:
    url = incident.url.set(username="postgres")
    start = helpers.dump(url)
    said = incident.run("remediate", "runbook", *HOTFIX, "--no-rehearse", "-o", "book.md").stderr
    hotfix, rollback = beside(incident, ".hotfix.sql"), beside(incident, ".rollback.sql")
    revision = hotfix.name.partition("_")[0]
    assert str(hotfix.relative_to(incident.folder)) in said
    book = " ".join((incident.folder / "book.md").read_text().split())
    assert "conversation\\_logs; in 24 tables they still fail" in book
    assert "**24 tables still refuse INSERT, or store rows without an id**: public.users," in book
    incident.run("alembic", "upgrade", "head")
    upgraded = helpers.dump(url)
    incident.run("alembic", "downgrade", "-1")
    assert helpers.dump(url) == start

    told = psql(incident, hotfix)
    assert "Preflight passed\n" in told
    assert "2 of 2: public.user_skills.id" in told
    assert told.endswith(f"Done. Now record it in Alembic: alembic stamp {revision}\n")
    assert helpers.dump(url) == upgraded
    assert rows(incident, INSERT) == [(51,)]
    unstamped = incident.run("remediate", "verify", expected=1).stdout
    assert "ok      public.user_skills.id   PK001" in unstamped
    assert f"STAMP   revision {revision} is not recorded as run" in unstamped
    assert unstamped.endswith(f"Next:  alembic stamp {revision}\nThen:  remediate verify\n")
    incident.run("alembic", "stamp", revision)
    assert "user_skills" in incident.run("remediate", "verify").stdout
    incident.run("alembic", "downgrade", "-1")
    assert helpers.dump(url) == start

    psql(incident, hotfix)
    told = psql(incident, rollback)
    last = f"Done. If alembic current prints {revision}, run: alembic stamp 0005\n"
    assert told.endswith(last)
    assert helpers.dump(url) == start
    assert rows(incident, "SELECT max(id) FROM user_skills") == [(51,)]


def test_twice_and_after_one_another(incident: Project) -> None:
    """A sentence each time, and nothing happens twice; a role that has come since can INSERT."""
    incident.run("remediate", "runbook", *HOTFIX, "--no-rehearse")
    hotfix, rollback = beside(incident, ".hotfix.sql"), beside(incident, ".rollback.sql")
    revision = hotfix.name.partition("_")[0]
    stamp = f"Run: alembic stamp {revision}"
    psql(incident, hotfix)
    with helpers.connected(incident.url.set(username="postgres")) as connection:
        connection.execute("GRANT INSERT ON user_skills TO pg_monitor")
    assert psql(incident, hotfix).count("  repaired already\n") == 2
    may = "SELECT has_sequence_privilege('pg_monitor', 'user_skills_id_seq', 'USAGE')"
    assert rows(incident, may) == [(True,)]
    once = helpers.dump(incident.url.set(username="postgres"))
    failed = incident.run("alembic", "upgrade", "head", expected=None)
    assert "remediate: this repair is done already; nothing was changed" in failed.stderr
    assert "expected integer, no default" in failed.stderr
    assert (
        f"its .hotfix.sql to the end, only Alembic's record is missing. {stamp}." in failed.stderr
    )
    incident.run("alembic", "stamp", revision)
    psql(incident, rollback)
    failed = incident.run("alembic", "downgrade", "-1", expected=None)
    assert "remediate: this repair is taken back already; nothing was changed" in failed.stderr
    assert (
        "its .rollback.sql to the end, only Alembic's record is missing. Run: alembic stamp 0005."
        in (failed.stderr)
    )
    incident.run("alembic", "stamp", "0005")
    psql(incident, hotfix)
    incident.run("alembic", "stamp", revision)
    told = psql(incident, hotfix, expected=3)
    assert f"the database is at {revision}; nothing was changed" in told
    assert f"This repair is recorded already ({revision}). Check it: remediate verify" in told
    assert "Preflight: checking the database, its revision, and that it is no replica" in told
    assert "Preflight passed" not in told
    assert helpers.dump(incident.url.set(username="postgres")) == once
    incident.run("remediate", "generate", "--approve", "all", "--reviewer", "Bea", "--no-rehearse")
    incident.run("alembic", "upgrade", "head")
    assert incident.json("plan")["findings"] == []
    assert "; nothing was changed" in psql(incident, rollback, expected=3)


@pytest.mark.soak
def test_it_stops_where_it_fails(incident: Project) -> None:
    """What came before stays, what comes after is as it was."""
    incident.run("remediate", "runbook", *HOTFIX, "--no-rehearse")
    with helpers.connected(incident.url.set(username="postgres")) as connection:
        connection.execute("ALTER TABLE user_skills ALTER id SET DEFAULT 7")
    told = psql(incident, beside(incident, ".hotfix.sql"), expected=3)
    assert "user_skills.id is integer, default 7, expected" in " ".join(told.split())
    default = "SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef WHERE adrelid = '{}'::regclass"
    assert rows(incident, default.format("user_skills")) == [("7",)]
    assert len(rows(incident, default.format("conversation_logs"))) == 1
    revision = beside(incident, ".hotfix.sql").name
    on = f'psql -X -f migrations/versions/{revision} "$PSQL_URL"'
    for words in (("status",), ("plan",), ("verify",)):
        assert f"Next:  {on}" in incident.run("remediate", *words, expected=None).stdout
    said = incident.run(
        "remediate", "generate", "--approve", "all", "--reviewer", "B", expected=3
    ).stderr
    assert f"First run: {on}" in said
    assert "-> remediate verify" in incident.run("remediate", "doctor", expected=2).stdout
    failed = incident.run("alembic", "upgrade", "head", expected=None).stderr
    assert "database is not what this revision was made for" in failed
    with helpers.connected(incident.url.set(username="postgres")) as connection:
        connection.execute("ALTER TABLE user_skills ALTER id DROP DEFAULT")
    failed = incident.run("alembic", "upgrade", "head", expected=None).stderr
    assert "remediate: a part of this repair is done already; nothing was changed" in failed
    assert "it goes on where it stopped. Then run: alembic stamp " in failed
    assert psql(incident, beside(incident, ".hotfix.sql")).count("  repaired already\n") == 1
    stamp = f"Next:  alembic stamp {revision.partition('_')[0]}"
    for words in (("status",), ("plan",), ("verify",)):
        assert stamp in incident.run("remediate", *words, expected=None).stdout
    with helpers.connected(incident.url.set(username="postgres")) as connection:
        connection.execute("ALTER TABLE user_skills ALTER id DROP DEFAULT")
    for script, drift in (
        (".rollback.sql", "user_skills.id is integer, no default, expected integer, default from"),
        (".hotfix.sql", "user_skills_id_seq is there, expected missing"),
    ):
        told = " ".join(psql(incident, beside(incident, script), expected=3).split())
        assert "the database is not what this revision was made for; nothing was changed" in told
        assert drift in told
        assert "Run: remediate plan" in told


def test_the_wrong_database(incident: Project, newest: Server) -> None:
    incident.run("remediate", "runbook", *HOTFIX, "--no-rehearse")
    with newest.database() as url:
        other = Project(incident.folder, url)
        before = helpers.dump(url)
        told = psql(other, beside(incident, ".hotfix.sql"), expected=3)
        assert f"this is the database {url.database}; nothing was changed" in told
        assert helpers.dump(url) == before


@pytest.mark.soak
def test_hostile_names(newest: Server, tmp_path: Path) -> None:
    """In SQL, in psql's own commands, in Markdown."""
    ddl = f"CREATE SCHEMA {S}; CREATE TABLE {S}.{T} ({C} serial PRIMARY KEY); INSERT INTO {S}.{T} VALUES (1), (2)"
    with small_project(newest, tmp_path, ddl) as project:
        start = helpers.dump(project.url)
        book = project.run("remediate", "runbook", "--hotfix", "*", "--reviewer", "Ann").stdout
        psql(project, beside(project, ".hotfix.sql"))
        assert len(rows(project, f"INSERT INTO {S}.{T} DEFAULT VALUES RETURNING {C}")) == 1
        project.run("alembic", "stamp", "head")
        assert project.json("plan")["findings"] == []
        project.run("alembic", "downgrade", "base")
        assert helpers.dump(project.url) == start
        psql(project, beside(project, ".hotfix.sql"))
        psql(project, beside(project, ".rollback.sql"))
        assert helpers.dump(project.url) == start
        assert paper.of_markdown(book).count("<h1>") == 1


def test_nothing_urgent(newest: Server, tmp_path: Path) -> None:
    ddl = "CREATE TABLE u (id serial PRIMARY KEY); CREATE TABLE t (id serial PRIMARY KEY, u_id integer REFERENCES u)"
    with small_project(newest, tmp_path, ddl) as project:
        book = project.run("remediate", "runbook").stdout
        assert "**Nothing is broken** in the 2 tables" in book
        files = project.files()
        assert "public.t: there is nothing to repair, or it was repaired already" in refused(
            project, "t"
        )
        hotfix = ("remediate", "runbook", "--hotfix", "tt", "--reviewer", "A")
        unknown = project.run(*hotfix, expected=2)
        assert "no table is called 'tt' Did you mean public.t?" in " ".join(unknown.stderr.split())
        assert project.files() == files


def test_what_is_found_is_no_error(newest: Server, tmp_path: Path) -> None:
    ddl = (
        "CREATE TABLE t (id serial PRIMARY KEY); ALTER TABLE t ALTER id TYPE bigint; "
        "CREATE TABLE u (id integer PRIMARY KEY); INSERT INTO u VALUES (3), (90); "
        "CREATE SEQUENCE five MAXVALUE 5; SELECT setval('five', 5); "
        "CREATE TABLE w (id integer PRIMARY KEY DEFAULT nextval('five'))"
    )
    with small_project(newest, tmp_path, ddl) as project:
        shown = refused(project, "t,u")
        assert "no error is found at public.t, public.u\n" in shown
        assert "because it is only possible: PK001:public.u.id" in shown
        assert "Left out, because it can wait: SEQ003:public.t.id" in shown
        shown = refused(project, "w")
        assert "no error that can be repaired is found at public.w\n" in shown
        assert "SEQ002:public.w.id: someone set the end of the sequence public.five to 5" in shown


def refused(project: Project, table: str) -> str:
    hotfix = ("remediate", "runbook", "--hotfix", table, "--reviewer", "A")
    return project.run(*hotfix, expected=3).stderr


def test_without_a_project(incident: Project, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    url = incident.url.set(username="postgres").render_as_string(hide_password=False)
    alone = Project(elsewhere, incident.url)
    book = alone.run("remediate", "runbook", REMEDIATE_DATABASE_URL=url).stdout
    assert "alembic" not in book
    assert "remediate plan --sql -o repair.sql --select PK001" in book
    assert "The probe uses the role of the URL" in book


def blocks(book: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", book, re.MULTILINE | re.DOTALL)


def followed(project: Project, book: str) -> list[str]:
    """Every command of its sections, in their order, each block in a shell of its own.

    Those at its top are the ones of the sections again.
    """
    path = f"{Path(sys.executable).parent}:{programs.clients(18)}:{os.environ['PATH']}"
    known = {
        "PATH": path, "PSQL_URL": uri(project), "COLUMNS": "80",
        "DATABASE_URL": project.url.render_as_string(hide_password=False),
        "REMEDIATE_SCRATCH_URL": scratch_url(),
    }  # fmt: skip
    said = []
    for commands in blocks(book.partition("\n## 1. ")[2] or book, "sh"):
        made = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", commands], cwd=project.folder, env=os.environ | known,
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert made.returncode == 0, f"{commands}\n{made.stdout}\n{made.stderr}"
        said.append(made.stdout + made.stderr)
    return said


def test_the_book_followed_to_the_letter(incident: Project) -> None:
    """Way A, and the way back; then way B. By somebody who has only this paper."""
    url = incident.url.set(username="postgres")
    start = helpers.dump(url)
    book = incident.run(
        "remediate", "runbook", "--hotfix", "user_skills", "--reviewer", "Ann"
    ).stdout
    confirm, watch = blocks(book, "sql")
    assert [row[2] for row in rows(incident, confirm)] == ["NO DEFAULT"]
    assert rows(incident, watch) == []
    way_a, way_b = ways(book)
    said = followed(incident, way_a)
    assert any("Running upgrade 0005 -> " in text for text in said)
    assert any("ok      public.user_skills.id   PK001" in text for text in said)
    assert any("INSERT works (taken back)" in text for text in said)
    assert helpers.dump(url) == start
    said = followed(incident, way_b)
    assert any("Done. Now record it in Alembic" in text for text in said)
    assert helpers.dump(url) == start
    assert incident.run("alembic", "current").stdout.startswith("0005")


def ways(book: str) -> tuple[str, str]:
    """The book as it is followed where Alembic does it, and from there on where psql does."""
    before, _, rest = book.partition("### B.")
    by_psql, _, watching = rest.partition("## 5.")
    to_check, _, back = watching.partition("Where Alembic did it")
    by_alembic, _, psql_back = back.partition("Or, where psql did it (B):")
    compare = psql_back[psql_back.index("The schema is then") :]
    return before + to_check + by_alembic + compare, by_psql + to_check + psql_back


@pytest.mark.soak
def test_an_emergency_in_two_steps_is_followed_to_the_letter(
    newest: Server, tmp_path: Path
) -> None:
    """Two errors at one key: the second revision begins where the first one ends."""
    ddl = "CREATE TABLE t (id integer PRIMARY KEY); INSERT INTO t VALUES (2147483600)"
    with small_project(newest, tmp_path, ddl) as project:
        start = helpers.dump(project.url)
        book = project.run("remediate", "runbook", "--hotfix", "t", "--reviewer", "Ann").stdout
        assert len(project.generated()) == 2
        assert "Expected while it is broken, in 1 row:" in book
        assert "is running: `alembic current` prints nothing." in book
        way_a, way_b = ways(book)
        # Alembic's own table is new.
        way_a, way_b = (w.replace("diff before.txt", "! diff before.txt") for w in (way_a, way_b))
        said = followed(project, way_a)
        assert any("ok      public.t.id   SEQ002" in text for text in said)
        assert re.search("Expected: 2 lines, `Running upgrade  -> [0-9a-f]{12}, ...` first", book)
        assert helpers.dump(project.url) == start
        said = followed(project, way_b)
        assert sum(text.count("Done. Now record it in Alembic") for text in said) == 2
        assert not project.run("alembic", "current").stdout
        assert any("ok      public.t.id   SEQ002" in text for text in said)
        assert helpers.dump(project.url) == start


@pytest.mark.soak
def test_a_hazard_of_the_emergency_is_accepted_by_name(newest: Server, tmp_path: Path) -> None:
    ddl = """
        CREATE TABLE t (id integer PRIMARY KEY); INSERT INTO t VALUES (2147483600);
        CREATE MATERIALIZED VIEW w AS SELECT id FROM t
    """
    with small_project(newest, tmp_path, ddl) as project:
        hotfix = ("remediate", "runbook", "--hotfix", "t", "--reviewer", "Ann")
        assert "--allow REFRESHED_CONTENT" in project.run(*hotfix, expected=3).stderr
        project.run(*hotfix, "--allow", "REFRESHED_CONTENT")
        assert len(project.generated()) == 2


def test_a_place_that_takes_no_paper(newest: Server, tmp_path: Path) -> None:
    """The revision has landed by then: it is said, and the paper is not lost."""
    with small_project(newest, tmp_path, "CREATE TABLE t (id integer PRIMARY KEY)") as project:
        hotfix = ("--hotfix", "t", "--reviewer", "Ann", "--no-rehearse")
        made = project.run("remediate", "runbook", *hotfix, "-o", "nowhere/book.md", expected=2)
        (revision,) = project.generated()
        assert f"migrations/versions/{revision.name}" in made.stderr
        assert "nowhere/book.md cannot be written: No such file or directory" in made.stderr
        assert "Nothing was written" not in made.stderr
        assert made.stdout.startswith("# Incident runbook: ")
        plain = project.run("remediate", "runbook", "-o", "nowhere/book.md", expected=2)
        assert "nowhere/book.md cannot be written: No such file" in plain.stderr


def test_a_page_that_stands_alone(incident: Project) -> None:
    book = incident.run("remediate", "runbook").stdout
    page = incident.run("remediate", "runbook", "-f", "html").stdout
    assert page.count("<h2 ") == book.count("\n## ")
    assert page.count('<li class="box">☐ ') == book.count("\n- [ ] ")
    assert not re.search(r'(src|href)="(?!#)', page)
    hostile = paper.of_markdown("# a <script> & *b*\n\n<script>x</script>\n")
    assert hostile.count("<script>") == 1
    assert "<p>&lt;script&gt;x&lt;/script&gt;</p>" in hostile


def test_no_password_in_any_paper(newest: Server, tmp_path: Path) -> None:
    """Of what is written for others: plans, reviews, runbooks, scripts, baselines, reports."""
    with small_project(newest, tmp_path, "CREATE TABLE t (id integer PRIMARY KEY)") as trusted:
        url = trusted.url.set(username="postgres", password="geheim%25x")
        project = Project(trusted.folder, url)
        said = []
        for words in (
            ("plan", "--save", "plan.json"),
            ("review", "plan.json", "--approve", "all", "--reviewer", "Ann"),
            ("plan", "-f", "html", "-o", "plan.html"),
            ("check", "--update-baseline"),
            ("check", "-f", "sarif", "-o", "check.sarif"),
            ("runbook", "--hotfix", "t", "--reviewer", "Ann", "--no-rehearse", "-o", "book.md"),
            ("rehearse", "-f", "json", "-o", "rehearsal.json"),
        ):
            made = project.run("remediate", *words)
            said += [made.stdout, made.stderr]
        papers = project.files()
        assert {
            "plan.json",
            "plan.html",
            "book.md",
            "check.sarif",
            "rehearsal.json",
        } <= papers.keys()
        assert not [name for name, text in papers.items() if "geheim" in text]
        assert "geheim" not in "".join(said)


MISTYPED = """
CREATE TABLE t (id serial PRIMARY KEY); CREATE TABLE b (id serial PRIMARY KEY, t_id varchar);
INSERT INTO t SELECT FROM generate_series(1, 30); INSERT INTO b (t_id) SELECT id::text FROM t;
"""
MODELS = """\
from sqlalchemy import Column, ForeignKey, Integer, Table
Table("t", metadata, Column("id", Integer, primary_key=True))
Table("b", metadata, Column("id", Integer, primary_key=True), Column("t_id", ForeignKey("t.id")))
"""


@pytest.mark.soak
def test_what_takes_long_comes_after_the_hotfix(newest: Server, tmp_path: Path) -> None:
    """A reference: the column by psql, the index and VALIDATE by the revision that follows."""
    with small_project(newest, tmp_path, MISTYPED) as project:
        env = tmp_path / "migrations" / "env.py"
        text = env.read_text().replace(
            'Table("t", metadata, Column("id", Integer, primary_key=True))\n', ""
        )
        env.write_text(text.replace("engine =", f"{MODELS}engine =", 1))
        start = helpers.dump(project.url)
        left = project.run("remediate", "status").stdout
        assert "after the first revision (1 repair)" in left  # no INSERT is refused
        made = project.run("remediate", "runbook", "--hotfix", "b", "--reviewer", "Ann")
        assert "The repair rewrites tables" in made.stdout
        hotfix, rollback = beside(project, ".hotfix.sql"), beside(project, ".rollback.sql")
        revision = hotfix.name.partition("_")[0]
        assert len(project.generated()) == 2
        psql(project, hotfix)
        types = "SELECT data_type::text FROM information_schema.columns WHERE column_name = 't_id'"
        assert rows(project, types) == [("integer",)]
        psql(project, rollback)
        assert helpers.dump(project.url) == start
        assert "ok  " not in project.run("remediate", "verify", expected=1).stdout
        psql(project, hotfix)
        for waiting, next_ in (
            ("1 revision to stamp, 1 revision to run", f"alembic stamp {revision}\nThen:  "),
            ("1 revision to run", ""),
        ):
            told = project.run("remediate", "verify", expected=1).stdout
            assert "ok      public.b.t_id   FK003" in told
            assert told.endswith(f"1 ok, {waiting}.\n\nNext:  {next_}alembic upgrade head\n")
            project.run("alembic", "stamp", revision)
        project.run("alembic", "upgrade", "head")
        assert project.json("plan")["findings"] == []


def test_a_hotfix_repairs_what_the_other_way_repairs(newest: Server, tmp_path: Path) -> None:
    """Of a table that refuses INSERT: its mistyped reference can wait, in both ways."""
    ddl = f"{MISTYPED} ALTER TABLE b ALTER id DROP DEFAULT"
    env = ENV.replace("{models}", f"{MODELS}{{models}}")
    with small_project(newest, tmp_path, ddl, models="", env=env) as project:
        assert "generate --approve PK001 " in project.run("remediate", "runbook").stdout
        words = ("--hotfix", "b", "--reviewer", "Ann", "--no-rehearse")
        made = project.run("remediate", "runbook", *words).stdout
        assert "adds what is missing (a sequence, a default) and changes no row" in made
        assert "It was not rehearsed, and it can be taken back" in made
        (revision,) = project.generated()
        assert "FK003" not in revision.read_text()


LOST = """
CREATE TABLE ledger AS SELECT g AS id, 'n' AS note FROM generate_series(1, 30) g;
CREATE TABLE entry (id serial PRIMARY KEY, ledger_id integer NOT NULL);
CREATE INDEX ON entry (ledger_id); INSERT INTO entry (ledger_id) SELECT generate_series(1, 30);
"""
LEDGER = """\
from sqlalchemy import Column, ForeignKey, Integer, Table
Table("ledger", metadata, Column("id", Integer, primary_key=True))
Table("entry", metadata, Column("id", Integer, primary_key=True),
      Column("ledger_id", ForeignKey("ledger.id"), nullable=False, index=True))
"""


def test_rows_that_are_stored_without_an_id_are_urgent(newest: Server, tmp_path: Path) -> None:
    """The table lost PRIMARY KEY, NOT NULL and default: PostgreSQL refuses nothing, the ORM does."""
    with small_project(newest, tmp_path, LOST, models=LEDGER) as project:
        book = " ".join(project.run("remediate", "runbook").stdout.split())
        assert "not urgent" not in book
        assert "refuses INSERT" not in book
        assert (
            "**1 table takes INSERTs, and stores rows without an id of their own now** "
            "(NULL, or one that is there): public.ledger."
        ) in book
        assert "| none | `Instance <...> has a NULL identity key` | public.ledger |" in book
        assert "23502" not in book
        assert "remediate runbook --hotfix ledger" in book
        assert "no more NULL identity key)" in book
        assert "Rows of public.ledger that were stored meanwhile without an id" in book


def test_a_key_that_was_lost_alone_is_not(newest: Server, tmp_path: Path) -> None:
    ddl = LOST + (
        "CREATE SEQUENCE own START 31; ALTER TABLE ledger ALTER id SET NOT NULL, "
        "ALTER id SET DEFAULT nextval('own'); ALTER SEQUENCE own OWNED BY ledger.id"
    )
    with small_project(newest, tmp_path, ddl, models=LEDGER) as project:
        book = project.run("remediate", "runbook").stdout
        assert "No table is known to refuse INSERT now: this is not urgent." in book
        assert "without an id" not in book
