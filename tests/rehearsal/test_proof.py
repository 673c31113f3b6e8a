"""The rehearsal must refute what is wrong, and say what it could not show."""

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import remediate
from remediate.config import Config
from remediate.errors import Refused, RehearsalFailed, UsageProblem
from remediate.plans.plan import Landed
from remediate.plans.proof import Gap, Inserts, Limit, Met, Proof
from remediate.rehearsal.dumped import Seeds
from remediate.rehearsal.schema_copy import selected
from remediate.rehearsal.scratch import Server, serve
from remediate.remedies import keys
from remediate.render.proof import limit
from remediate.snapshots.tables import Name
from tests.conftest import BINARIES
from tests.support import helpers
from tests.support.project import Project, small_project

APPROVED = remediate.GenerateOptions(approve=("all",), reviewer="Ann")
TABLE = "CREATE TABLE t (id integer PRIMARY KEY, v text)"


@contextlib.contextmanager
def inside(project: Project, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("DATABASE_URL", project.url.render_as_string(hide_password=False))
    with contextlib.chdir(project.folder):
        yield


@pytest.fixture
def generate(newest: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Generate for a database with this DDL, on this scratch server; checks nothing is left."""

    def run(ddl: str, *, on: Server = newest, scratch: Server = newest) -> tuple[Landed, ...]:
        with small_project(on, tmp_path, ddl) as project, inside(project, monkeypatch):
            files = project.files()
            config = Config()
            if scratch is not on:
                config = Config(scratch_url=scratch.url.render_as_string())
            try:
                return remediate.generate(config, APPROVED)
            except Exception:
                assert project.files() == files
                raise

    return run


def proof_of(landed: tuple[Landed, ...]) -> Proof:
    (one,) = landed
    assert one.proof is not None
    return one.proof


def patched(monkeypatch: pytest.MonkeyPatch, name: str, **changes: object) -> None:
    """One kind of step or grant, made wrong."""
    original = getattr(keys, name)

    def wrong(*arguments: object, **options: object) -> object:
        return replace(original(*arguments, **options), **changes)

    monkeypatch.setattr(keys, name, wrong)


@pytest.mark.few_in_ci(2)
@pytest.mark.parametrize(
    ("step", "changes", "ddl", "reason"),
    [
        ("create_sequence", {"down": ""}, TABLE, "the downgrade does not restore the schema"),
        ("set_default", {"down": ""}, TABLE, "DOWNGRADE_FAILS: the downgrade fails"),
        ("set_default", {"up": "SELECT 1"}, TABLE,
            "INSERT_STILL_FAILS: INSERT without id into public.t fails after the revision as before"),
        ("create_sequence", {"up": "CREATE SEQUENSE t_id_seq"}, TABLE,
            ' of upgrade(): 42601: syntax error at or near "SEQUENSE"'),
        ("attach_sequence", {"up": "COMMENT ON TABLE t IS 'x'"}, TABLE, "the downgrade does not restore"),
        ("grant", {"tables": (Name("public", "t_id_seq"),), "roles": ()},
            f"{TABLE}; DROP ROLE IF EXISTS w; CREATE ROLE w; GRANT INSERT ON t TO w",
            "ROLE_CANNOT_INSERT: w may INSERT into public.t, but may not use its sequence"),
        ("advance_new", {"up": "SELECT 1"}, f"{TABLE}; INSERT INTO t VALUES (1)", "duplicate key value"),
        ("advance_new", {"up": "SELECT setval('t_id_seq', 5, false)"}, f"{TABLE}; INSERT INTO t VALUES (1), (7)",
            "the sequence behind public.t generates ids that already exist\n  as postgres: the new row got 5"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_refuted(
    step: str, changes: dict, ddl: str, reason: str, generate, monkeypatch: pytest.MonkeyPatch
) -> None:
    patched(monkeypatch, step, **changes)
    with pytest.raises(RehearsalFailed) as caught:
        generate(ddl)
    assert reason in caught.value.message
    assert caught.value.exit_code == 4


def test_a_function_that_finds_by_search_path_is_named(generate) -> None:
    """Not a table of this name, which is there."""
    by_path = (
        "CREATE TABLE codes (a int); CREATE FUNCTION known() RETURNS bool LANGUAGE plpgsql AS "
        + ("'BEGIN RETURN (SELECT count(*) = 0 FROM codes); END';")
    )
    with pytest.raises(RehearsalFailed) as caught:
        generate(
            f"CREATE TABLE t (id bigserial PRIMARY KEY); {by_path} INSERT INTO t DEFAULT VALUES;"
            "CREATE TABLE o (id serial PRIMARY KEY, t_id int REFERENCES t, CHECK (known() OR t_id > 0));"
            "INSERT INTO o (t_id) VALUES (1)"
        )
    said = caught.value.message
    assert "function public.known looks up names by search_path, and does not find one" in said
    assert "ALTER FUNCTION public.known SET search_path" in said
    assert "NO_SUCH_TABLE" not in said


RICH = """
CREATE TYPE mood AS ENUM ('good', 'bad'); CREATE DOMAIN short AS varchar(3) CHECK (VALUE <> 'no');
CREATE TABLE parent (id serial PRIMARY KEY); CREATE SCHEMA s;
CREATE FUNCTION s.f() RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE TABLE t (
  id integer PRIMARY KEY, p integer NOT NULL REFERENCES parent, m mood NOT NULL, d short NOT NULL,
  n numeric(4,2) NOT NULL, c char(1) NOT NULL UNIQUE, j jsonb NOT NULL, u uuid NOT NULL, w timestamptz NOT NULL,
  a integer[] NOT NULL, r int4range NOT NULL, i inet NOT NULL, b bytea NOT NULL, e boolean NOT NULL,
  g integer GENERATED ALWAYS AS (p + 1) STORED, x integer DEFAULT s.f(), other integer GENERATED ALWAYS AS IDENTITY,
  iv interval NOT NULL, tm time NOT NULL, CHECK (p > 1000)
);
CREATE INDEX ON t (m); CREATE VIEW v AS SELECT id, p FROM t; CREATE VIEW vv AS SELECT * FROM v;
CREATE MATERIALIZED VIEW mv AS SELECT id FROM t; CREATE TABLE child (t_id integer REFERENCES t);
CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''no''; END';
CREATE TRIGGER z AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION no();
CREATE RULE quiet AS ON INSERT TO t DO ALSO SELECT 1;
ALTER TABLE t ENABLE ROW LEVEL SECURITY; CREATE POLICY pol ON t USING (false);
COMMENT ON TABLE t IS 'rich'; CREATE PUBLICATION pub FOR TABLE t; CREATE STATISTICS st ON p, x FROM t;
DROP ROLE IF EXISTS w; CREATE ROLE w; GRANT INSERT ON vv TO w; GRANT INSERT ON t TO PUBLIC;
CREATE TABLE unrelated (id integer);
ALTER TABLE t DISABLE TRIGGER z; ALTER TABLE t DISABLE RULE quiet;
INSERT INTO parent SELECT nextval('parent_id_seq') FROM generate_series(1, 2000);
INSERT INTO t (id, p, m, d, n, c, j, u, w, a, r, i, b, e, iv, tm)
  VALUES (5, 1500, 'good', 'x', 1, 'a', '{}', gen_random_uuid(), now(), '{}', 'empty', '1.1.1.1',
    '', true, '1 day', '10:00'),
         (9, 1500, 'bad', 'y', 1, 'b', '{}', gen_random_uuid(), now(), '{}', 'empty', '1.1.1.1', '',
           true, '1 day', '10:00');
ALTER TABLE t ENABLE TRIGGER z; ALTER TABLE t ENABLE RULE quiet
"""


IN_THE_WAY = {
    "INSERT into public.t as postgres was tried without what refuses a made-up row: no",
    'INSERT into public.vv as w was tried without what refuses a made-up row: null value in column "m" '
    'of relation "t" violates not-null constraint',
    "INSERT into public.t as public was tried without what refuses a made-up row: "
    'new row violates row-level security policy for table "t"',
}


def test_a_table_with_everything_on_it_is_proven(generate) -> None:
    """What refuses a row in any case, whatever its key, is said; the key is proven even so."""
    proof = proof_of(generate(RICH))
    assert {*map(limit, proof.limits)} == IN_THE_WAY
    roles = ("postgres", "public", "w")
    assert proof.inserts == Inserts((Met("23502", 1),), tables=1, roles=roles, of=1, fresh=1)
    assert proof.selects == 6  # the table, its three views, its parent and its child
    assert [lock.mode for lock in proof.locks] == ["ACCESS EXCLUSIVE"]
    assert all(timing.seconds > 0 for timing in proof.timings)


PARTITIONED = """
CREATE TABLE t (id bigint PRIMARY KEY) PARTITION BY RANGE (id);
CREATE TABLE low PARTITION OF t FOR VALUES FROM (0) TO (100); INSERT INTO t VALUES (3), (70)
"""


def test_a_partitioned_table(generate) -> None:
    assert proof_of(generate(PARTITIONED)).limits == ()


@pytest.mark.few_in_ci(1)
@pytest.mark.parametrize("scratch", BINARIES)
@pytest.mark.parametrize("live", BINARIES)
def test_every_version_can_be_rehearsed_on_every_other(
    live: str, scratch: str, generate, start_server
) -> None:
    if live == scratch:
        scratch = list(BINARIES)[-1] if live != list(BINARIES)[-1] else next(iter(BINARIES))
    proof = proof_of(generate(RICH, on=start_server(live), scratch=start_server(scratch)))
    assert {*map(limit, proof.limits)} == IN_THE_WAY | {*of_version(start_server, live, scratch)}
    assert proof.server.endswith(
        f" {start_server(scratch).version // 10000}.{start_server(scratch).version % 10000}"
    )


def of_version(start_server, live: str, scratch: str = "") -> tuple[str, ...]:
    """What is said where the database runs another version than the scratch server."""
    one, other = (start_server(v or list(BINARIES)[-1]).version // 10000 for v in (live, scratch))
    told = (
        f"what PostgreSQL {one} refuses or does differently: the database runs it, but the rehearsal "
        f"ran on PostgreSQL {other}"
    )
    return (told,) if one != other else ()


def server_with(extension: str, start_server) -> str | None:
    for name in BINARIES:
        server = start_server(name)
        with helpers.connected(server.url) as connection:
            query = "SELECT FROM pg_available_extensions WHERE name = %s"
            if connection.execute(query, [extension]).rowcount:
                return name
    return None


def test_an_extension_that_the_scratch_server_lacks(generate, start_server) -> None:
    """Not needed: no limit. Needed by the table: its key alone is rehearsed, and that is said."""
    live = server_with("uuid-ossp", start_server)
    if live is None:
        pytest.skip("no PostgreSQL with uuid-ossp at hand (Debian's postgresql-15 has it)")
    unneeded = 'CREATE EXTENSION "uuid-ossp"; CREATE TABLE o (u uuid DEFAULT uuid_generate_v4());'
    proof = proof_of(generate(unneeded + TABLE, on=start_server(live)))
    assert tuple(map(limit, proof.limits)) == of_version(start_server, live)


def test_a_referenced_table_that_needs_the_extension(
    start_server, newest: Server, tmp_path: Path
) -> None:
    """It is the scratch server that lacks something, not the role."""
    live = server_with("uuid-ossp", start_server)
    if live is None:
        pytest.skip("no PostgreSQL with uuid-ossp at hand (Debian's postgresql-15 has it)")
    ddl = """CREATE EXTENSION "uuid-ossp"; INSERT INTO t DEFAULT VALUES;
        CREATE TABLE o (id serial PRIMARY KEY, t_id integer); CREATE INDEX ON o (t_id);
        ALTER TABLE o ADD CONSTRAINT of_t FOREIGN KEY (t_id) REFERENCES t NOT VALID"""
    ddl = ddl.replace(
        ";", "; CREATE TABLE t (id serial PRIMARY KEY, u uuid DEFAULT uuid_generate_v4());", 1
    )
    with small_project(start_server(live), tmp_path, ddl, models="") as project:
        scratch = newest.url.render_as_string(hide_password=False)
        generate = ("remediate", "generate", "--approve", "all", "--reviewer", "Ann")
        said = project.run(*generate, "--scratch-url", scratch, expected=4).stderr
    assert "public.t cannot be copied for the rehearsal: the scratch server refuses it" in said
    assert 'extension "uuid-ossp" is not available' in said
    assert "may not read it" not in said


def test_a_table_that_needs_the_extension(generate, start_server) -> None:
    live = server_with("uuid-ossp", start_server)
    if live is None:
        pytest.skip("no PostgreSQL with uuid-ossp at hand (Debian's postgresql-15 has it)")
    needed = (
        'CREATE EXTENSION "uuid-ossp"; DROP ROLE IF EXISTS w; CREATE ROLE w; '
        "CREATE TABLE t (id integer PRIMARY KEY, u uuid DEFAULT uuid_generate_v4()); "
        "GRANT INSERT ON t TO w; INSERT INTO t VALUES (4)"
    )
    proof = proof_of(generate(needed, on=start_server(live)))
    assert tuple(map(limit, proof.limits)) == (
        *of_version(start_server, live),
        'CREATE EXTENSION IF NOT EXISTS "uuid-ossp" WITH SCHEMA public: '
        'extension "uuid-ossp" is not available',
        "CREATE TABLE public.t: function public.uuid_generate_v4() does not exist",
        'ALTER TABLE public.t OWNER TO postgres: relation "public.t" does not exist',
        "public.t was rehearsed with its key column only",
    )
    assert proof.limits[-1] == Limit(Gap.KEY_ALONE, Name("public", "t"))
    assert proof.inserts
    assert proof.inserts.roles == ("postgres", "w")


def test_the_database_itself_is_never_the_scratch_server(
    newest: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with small_project(newest, tmp_path, TABLE) as project, inside(project, monkeypatch):
        with pytest.raises(Refused, match="is the server of the database itself"):
            remediate.generate(Config(scratch_url=newest.url.render_as_string()), APPROVED)
        assert project.generated() == []


def test_a_scratch_server_is_left_as_it_was(generate, start_server) -> None:
    names = list(BINARIES)
    scratch = start_server(names[0])
    query = "SELECT datname::text FROM pg_database UNION ALL SELECT rolname::text FROM pg_roles ORDER BY 1"
    with contextlib.ExitStack() as stack:
        # Where only one version is at hand, a second server of it.
        on = (
            start_server(names[-1]) if names[1:] else stack.enter_context(serve(BINARIES[names[0]]))
        )
        connection = stack.enter_context(helpers.connected(scratch.url))
        before = connection.execute(query).fetchall()
        generate(f"{TABLE}; DROP ROLE IF EXISTS only_here; CREATE ROLE only_here; GRANT INSERT ON t TO only_here",
                 on=on, scratch=scratch)  # fmt: skip
        assert connection.execute(query).fetchall() == before


def test_no_pg_dump_that_is_new_enough(generate, monkeypatch: pytest.MonkeyPatch) -> None:
    from remediate.postgres import programs  # noqa: PLC0415

    monkeypatch.setattr(programs, "major", lambda _: 12)
    with pytest.raises(UsageProblem, match="the rehearsal needs pg_dump 18 or newer"):
        generate(TABLE)


LISTING = """\
;
; Archive created at 2026-11-21
6; 2615 16384 SCHEMA - s postgres
879; 1247 16427 DOMAIN public dd postgres
221; 1259 16398 TABLE s child postgres
;\tdepends on: 6
2620; 0 0 ACL s TABLE child postgres
;\tdepends on: 221
223; 1259 16416 VIEW public v postgres
;\tdepends on: 221 221
222; 1259 16410 TABLE s other postgres
;\tdepends on: 6 879
2621; 0 0 ACL s TABLE other postgres
;\tdepends on: 222
2461; 2606 16440 CONSTRAINT s child child_pkey postgres
;\tdepends on: 221
2462; 2606 16405 FK CONSTRAINT s ref ref_fkey postgres
;\tdepends on: 300 221 2461
300; 1259 16500 TABLE s ref postgres
;\tdepends on: 6
301; 1259 16501 INDEX s ref_x postgres
;\tdepends on: 300
2700; 0 0 ACL - SCHEMA public postgres
2701; 826 16600 DEFAULT ACL public DEFAULT PRIVILEGES FOR TABLES postgres
"""


def test_the_part_of_an_archive_that_a_table_needs() -> None:
    chosen = [line.split("; ")[0] for line in selected(LISTING, Seeds(frozenset({16398})))]
    # Not: the other table, its domain, its privileges; an index of a table that only refers here.
    assert chosen == ["6", "221", "2620", "223", "2461", "2462", "300", "2700", "2701"]
