"""What changed between plan and upgrade is refused; two upgrades at once end as one."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass

import psycopg
import pytest
import sqlalchemy as sa

from remediate.findings.remedy import Remedy
from remediate.rehearsal.scratch import Server
from remediate.revisions.blocks import Script
from remediate.revisions.script import script
from remediate.revisions.unstamped import Notice, Stamps
from tests.corpora import remedies
from tests.corpora.remedies import BORROWED, CASES_BY_ID, COUNTED, NINE, SERIAL, Case
from tests.remedies.test_widening import KEY
from tests.support import helpers

CHILD = remedies.PARENT + remedies.CHILD
PARTITION = remedies.ROOT + remedies.PART
UNLOGGED = COUNTED + "ALTER SEQUENCE s SET UNLOGGED"
CYCLE = COUNTED + "ALTER SEQUENCE s CYCLE"
SHORT = (
    "CREATE SEQUENCE s AS integer; CREATE TABLE t (id bigint PRIMARY KEY DEFAULT nextval('s')); "
)
REFERENCED = KEY + "CREATE TABLE r (a integer REFERENCES t); "


@dataclass(frozen=True)
class Drift:
    """A change after the plan was made, and what the refusal says about it."""

    like: str  # the id of a case whose options and models apply, or a rule
    ddl: str
    change: str
    says: str

    @property
    def id(self) -> str:
        return f"{self.like[:6]} {self.change}".replace("\n", " ")

    @property
    def case(self) -> Case:
        if known := CASES_BY_ID.get(self.like):
            return known
        return Case(self.like, "", self.ddl, ())


MODELLED = CASES_BY_ID["PK002 of a model"]
BARE = CASES_BY_ID["PK001 identity, empty"].ddl
DRIFTS = [
    Drift("PK001 identity, empty", BARE, "ALTER TABLE t ALTER id SET DEFAULT 5",
        "public.t.id is integer, default 5, expected"),
    Drift("PK001 identity, empty", BARE, "ALTER TABLE t ALTER id ADD GENERATED ALWAYS AS IDENTITY",
        "public.t.id is integer, identity, expected"),
    Drift("PK002", remedies.LATE, "ALTER TABLE t ALTER id SET DEFAULT nextval('s')",
        "public.t.id is integer, default from public.s, expected"),
    Drift("PK002", remedies.LATE, "ALTER TABLE t ALTER id TYPE bigint", "public.t.id is bigint"),
    Drift("PK002 of a model", MODELLED.ddl,
        "ALTER TABLE t ALTER id ADD GENERATED ALWAYS AS IDENTITY",
        "public.t.id is integer, identity"),
    Drift("PK003", BORROWED[0].ddl, "ALTER TABLE t ALTER id DROP DEFAULT",
        "public.t.id is integer, no default, expected integer, default from public.o_id_seq"),
    Drift("PK003", BORROWED[0].ddl, "DROP TABLE o CASCADE", "public.t.id is integer, no default"),
    Drift("PK004", "CREATE TABLE t (id integer PRIMARY KEY DEFAULT 0)",
        "ALTER TABLE t ALTER id SET DEFAULT 1",
        "public.t.id is integer, default 1, expected integer, default 0"),
    Drift("PK006", CHILD, "ALTER TABLE t ALTER id SET DEFAULT 7",
        "public.t.id is integer, default 7, expected integer, no default"),
    Drift("PK007", PARTITION, "ALTER TABLE t ALTER id SET DEFAULT nextval('r_id_seq')",
        "public.t.id is bigint, default from public.r_id_seq"),
    Drift("PK008 plain", "", "ALTER TABLE t ALTER id SET DEFAULT gen_random_uuid()",
        "public.t.id is uuid, default gen_random_uuid()"),
    Drift("SEQ001", SERIAL + NINE, "ALTER SEQUENCE t_id_seq MAXVALUE 9",
        "public.t_id_seq is from 1 to 9"),
    Drift("SEQ001", COUNTED + NINE, "ALTER TABLE t ALTER id DROP DEFAULT",
        "public.t.id is integer, no default"),
    Drift("SEQ001", COUNTED + NINE, "ALTER SEQUENCE s INCREMENT -1", "public.s is"),
    Drift("SEQ002", REFERENCED, "ALTER TABLE t ALTER id TYPE bigint",
        "public.t.id is bigint, default from public.t_id_seq, under nothing, "
        "expected integer"),
    Drift("SEQ002", REFERENCED, "ALTER TABLE r ALTER a TYPE bigint",
        "public.r.a is bigint, under nothing, expected integer"),
    Drift("SEQ002", REFERENCED, "ALTER TABLE r RENAME a TO b", "public.r.a is missing"),
    Drift("SEQ002", REFERENCED, "ALTER SEQUENCE t_id_seq AS bigint", "public.t_id_seq is bigint"),
    Drift("SEQ002", REFERENCED, "ALTER SEQUENCE t_id_seq MAXVALUE 2100000000",
        "public.t_id_seq is integer, from 1 to 2100000000"),
    Drift("SEQ003", SHORT, "ALTER SEQUENCE s AS bigint",
        "public.s is bigint, from 1 to 9223372036854775807, "
        "expected integer, from 1 to 2147483647"),
    Drift("SEQ003", SHORT, "ALTER SEQUENCE s MAXVALUE 99", "public.s is integer, from 1 to 99"),
    Drift("SEQ004", COUNTED, "ALTER SEQUENCE s OWNED BY t.v",
        "public.s is owned by public.t.v, expected owned by nobody"),
    Drift("SEQ004", COUNTED, "ALTER TABLE t ALTER id SET DEFAULT 3",
        "public.t.id is integer, default 3"),
    Drift("SEQ006", CYCLE, "ALTER SEQUENCE s NO CYCLE",
        "public.s is not cycling, expected cycling"),
    Drift("SEQ007", UNLOGGED, "ALTER SEQUENCE s SET LOGGED",
        "public.s is logged, expected unlogged"),
]  # fmt: skip


@pytest.fixture(scope="module")
def shared(newest: Server) -> Iterator[sa.URL]:
    with newest.database() as made:
        yield made


@pytest.fixture
def url(shared: sa.URL) -> sa.URL:
    remedies.wipe(shared)
    return shared


def planned(
    url: sa.URL,
    connection: psycopg.Connection,
    case: Case,
    ddl: str = "",
    stamps: Stamps | None = None,
) -> Script:
    connection.execute((ddl or case.ddl).encode())
    _, items = remedies.look(url, case)
    return script([i.remedy for i in items if isinstance(i.remedy, Remedy)], stamps)


def refused(url: sa.URL, connection: psycopg.Connection, blocks: object) -> str:
    """The detail with which the guard refuses; nothing is changed."""
    before = helpers.dump(url)
    with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState) as caught:
        helpers.run(connection, blocks)  # type: ignore[arg-type]
    assert helpers.dump(url) == before
    return caught.value.diag.message_detail or ""


@pytest.mark.parametrize("drift", DRIFTS, ids=[d.id for d in DRIFTS])
def test_a_change_since_the_plan_is_refused(
    drift: Drift, url: sa.URL, connection: psycopg.Connection
) -> None:
    made = planned(url, connection, drift.case, drift.ddl)
    connection.execute(drift.change.encode())
    assert drift.says in refused(url, connection, made.up)


AFTERWARDS = [
    ("PK002", remedies.LATE, "ALTER TABLE t ALTER id SET DEFAULT 7",
        "public.t.id is integer, default 7"),
    ("PK004", "CREATE TABLE t (id integer PRIMARY KEY DEFAULT 0)",
        "ALTER TABLE t ALTER id DROP DEFAULT",
        "public.t.id is integer, no default"),
    ("PK006", CHILD, "ALTER TABLE t ALTER id DROP DEFAULT", "public.t.id is integer, no default"),
    ("SEQ002", REFERENCED, "ALTER TABLE r ALTER a TYPE integer", "public.r.a is integer"),
    ("SEQ003", SHORT, "ALTER SEQUENCE s MAXVALUE 500", "public.s is bigint, from 1 to 500"),
    ("SEQ004", COUNTED, "ALTER SEQUENCE s OWNED BY t.v", "public.s is owned by public.t.v"),
    ("SEQ006", CYCLE, "ALTER SEQUENCE s CYCLE", "public.s is cycling, expected not cycling"),
    ("SEQ007", UNLOGGED, "ALTER SEQUENCE s SET UNLOGGED", "public.s is unlogged"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "ddl", "change", "says"), AFTERWARDS, ids=[a[0] for a in AFTERWARDS]
)
def test_a_change_since_the_upgrade_is_refused(
    rule: str, ddl: str, change: str, says: str, url: sa.URL, connection: psycopg.Connection
) -> None:
    made = planned(url, connection, Case(rule, "", ddl, ()))
    helpers.run(connection, made.up)
    connection.execute(change.encode())
    assert says in refused(url, connection, made.down)


@pytest.mark.parametrize(
    ("case", "change"),
    [
        (MODELLED, "CREATE SEQUENCE s"),
        (BORROWED[0], "CREATE SEQUENCE t_id_seq"),
        (Case("SEQ002", "", KEY, ()), "CREATE VIEW w AS SELECT id FROM t"),
        (Case("SEQ006", "", CYCLE, ()), "ALTER SEQUENCE s RENAME TO q"),
        (Case("SEQ004", "", COUNTED, ()), "DROP TABLE t"),
    ],
    ids=["model's sequence", "name taken", "view", "sequence renamed", "table gone"],
)  # fmt: skip
def test_what_appeared_or_went_ends_the_upgrade_with_nothing_changed(
    case: Case, change: str, url: sa.URL, connection: psycopg.Connection
) -> None:
    made = planned(url, connection, case)
    connection.execute(change.encode())
    before = helpers.dump(url)
    with pytest.raises(psycopg.Error) as caught:
        helpers.run(connection, made.up)
    assert caught.value.sqlstate == "55000"
    assert helpers.dump(url) == before


AT_ONCE = ["PK001 identity, empty", "PK002 of a model", "PK003 copy", "PK004 zero", "PK008 plain",
           "PK006 child", "PK007 attached", "PK002 resolves", "SEQ003 two tables",
           "SEQ004 plain", "SEQ006 serial", "SEQ007 serial"]  # fmt: skip


@pytest.mark.parametrize("id_", AT_ONCE)
def test_two_upgrades_at_once_end_as_one(
    id_: str, url: sa.URL, connection: psycopg.Connection
) -> None:
    """The second one tells that it is done; so does a second downgrade."""
    stamps = Stamps("0002", "0001")
    made = planned(url, connection, CASES_BY_ID[id_], stamps=stamps)
    helpers.run(connection, made.up)
    once = helpers.dump(url)
    helpers.run(connection, made.down)

    (error,) = at_once(url, made)
    assert told(error) == stamps.of_upgrade.whole
    assert "only Alembic's record is missing. Run: alembic stamp 0002. " in told(error).hint
    assert helpers.dump(url) == once
    helpers.run(connection, made.down)
    with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState) as caught:
        helpers.run(connection, made.down)
    assert told(caught.value) == stamps.of_downgrade.whole


def told(error: psycopg.Error) -> Notice:
    return Notice(error.diag.message_primary or "", error.diag.message_hint or "")


def test_two_widenings_at_once_end_as_one(url: sa.URL, connection: psycopg.Connection) -> None:
    made = planned(url, connection, Case("SEQ002", "", REFERENCED, ()))
    (error,) = at_once(url, made)
    assert error.sqlstate == "55000"
    helpers.run(connection, made.down)
    helpers.run(connection, made.up)


def test_two_advances_at_once_waste_nothing(url: sa.URL, connection: psycopg.Connection) -> None:
    made = planned(url, connection, Case("SEQ001", "", SERIAL + NINE, ()))
    assert at_once(url, made) == []
    assert connection.execute("INSERT INTO t DEFAULT VALUES RETURNING id").fetchone() == (10,)


def at_once(url: sa.URL, made: Script) -> list[psycopg.Error]:
    """The errors of two sessions that run the upgrade at the same time."""
    errors, together = [], threading.Barrier(2)

    def migrate() -> None:
        with helpers.connected(url) as session:
            together.wait()
            try:
                helpers.run(session, made.up)
            except psycopg.Error as error:
                errors.append(error)

    threads = [threading.Thread(target=migrate) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return errors


KEYED = "CREATE TABLE t (id integer PRIMARY KEY); "
BY_HAND = [
    ("PK001 identity, empty", SERIAL + "ALTER TABLE t ALTER id DROP DEFAULT",
        "the column still owns the sequence public.t_id_seq"),
    ("PK001 identity, empty", "CREATE TABLE t (id integer PRIMARY KEY) PARTITION BY HASH (id)",
        "identity columns of partitioned tables differ"),
    ("PK001 identity, empty", "CREATE DOMAIN d AS integer; CREATE TABLE t (id d PRIMARY KEY)",
        "an identity column cannot be of a domain (public.d)"),
    ("PK001 identity, empty",
        "CREATE TABLE t (id smallint PRIMARY KEY); INSERT INTO t VALUES (32767)",
        "no room: the next value would be 32,768"),
    ("PK001 identity, empty", KEYED + remedies.SUBSCRIBED, "logical replication"),
    ("PK002", remedies.LATE
        + "CREATE SCHEMA x; CREATE SCHEMA y; CREATE SEQUENCE x.s; ALTER SEQUENCE s SET SCHEMA y",
        "several unused sequences match (x.s, y.s)"),
    ("PK002", remedies.LATE + remedies.SUBSCRIBED, "logical replication"),
    ("PK002", "CREATE TABLE t (id integer PRIMARY KEY DEFAULT nextval(' '::text))",
        "its default names no sequence: set another default"),
    ("PK002", "CREATE TABLE t (id numeric(9, 2) PRIMARY KEY DEFAULT nextval('gone'::text))",
        "numeric(9,2) is not an integer type"),
    ("PK001 identity, empty", "CREATE TABLE t (id numeric(9) PRIMARY KEY)",
        "an identity column cannot be numeric (numeric(9,0))"),
    ("PK001 identity, empty", "CREATE TABLE t (id numeric PRIMARY KEY)",
        "an identity column cannot be numeric (numeric)"),
    ("PK002", remedies.LATE + "ALTER SEQUENCE s MAXVALUE 9; INSERT INTO t SELECT generate_series(1, 9)", "no room"),
    ("PK002",
        "CREATE SEQUENCE s; "
        "CREATE TABLE t (id smallint PRIMARY KEY DEFAULT nextval('s'::text)); "
        "INSERT INTO t VALUES (32767)", "no room"),
    ("PK003", BORROWED[0].ddl + remedies.SUBSCRIBED, "logical replication"),
    ("PK003", BORROWED[0].ddl + "INSERT INTO t VALUES (2147483647)", "no room: the next value would be 2,147,483,648"),
    ("PK003", BORROWED[0].ddl + "CREATE SEQUENCE t_id_seq; ALTER SEQUENCE t_id_seq OWNER TO owner",
        "owner owns the sequence public.t_id_seq, and postgres the table"),
    ("PK004", "CREATE TABLE t (id text PRIMARY KEY DEFAULT '')", "decide what supplies this text key"),
    ("PK004", "CREATE TABLE t (id smallint PRIMARY KEY DEFAULT 0); INSERT INTO t VALUES (32767)", "no room"),
    ("PK004", "CREATE TABLE t (id integer PRIMARY KEY DEFAULT 0); " + remedies.SUBSCRIBED,
        "logical replication"),
    ("PK006", CHILD + "ALTER SEQUENCE p_id_seq MAXVALUE 9; INSERT INTO t SELECT generate_series(1, 9)", "no room"),
    ("PK006", CHILD + remedies.SUBSCRIBED, "logical replication"),
    ("PK007", PARTITION + "ALTER SEQUENCE r_id_seq MAXVALUE 9; INSERT INTO t SELECT generate_series(1, 9)", "no room"),
    ("PK007", PARTITION + remedies.SUBSCRIBED, "logical replication"),
    ("SEQ001", SERIAL
        + "ALTER SEQUENCE t_id_seq MAXVALUE 9; INSERT INTO t SELECT generate_series(1, 9)",
        "no room: the next value would be 10, and the sequence public.t_id_seq ends at 9"),
    ("SEQ001",
        "CREATE SEQUENCE s; "
        "CREATE TABLE t (id smallint PRIMARY KEY DEFAULT nextval('s')); "
        "INSERT INTO t VALUES (1), (32767)", "and public.t.id (smallint) ends at 32,767"),
    ("SEQ001", SERIAL + "INSERT INTO t VALUES (1000000000)", "id 1,000,000,000 is far ahead"),
    ("SEQ001", SERIAL + NINE + remedies.SUBSCRIBED, "logical replication"),
    ("SEQ005", COUNTED + "CREATE TABLE u (id integer PRIMARY KEY DEFAULT nextval('s'))",
        "decide: accept that these tables share"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("like", "ddl", "reason"), BY_HAND, ids=[f"{b[0][:6]} {b[2]}" for b in BY_HAND]
)
def test_by_hand_with_the_reason(
    like: str, ddl: str, reason: str, url: sa.URL, connection: psycopg.Connection
) -> None:
    connection.execute(ddl.encode())
    _, items = remedies.look(url, CASES_BY_ID.get(like) or Case(like, "", ddl, ()))
    assert items
    for item in items:
        assert not isinstance(item.remedy, Remedy), item.remedy.title
        assert reason in item.remedy.reason
