"""Foreign keys on columns with a default: INSERTs that take it go on working, or nobody plans it."""

from typing import NamedTuple

import psycopg
import pytest
import sqlalchemy as sa

from remediate.findings.finding import Options
from remediate.findings.remedy import Hazard, Manual, Remedy
from remediate.plans.plan import Plan
from remediate.rehearsal.scratch import Server
from remediate.revisions.script import script
from remediate.snapshots.declared import Declared
from tests.corpora import remedies
from tests.support import helpers

pytestmark = pytest.mark.turns_in_ci

PARENT = (
    "CREATE TABLE p (id {} PRIMARY KEY); INSERT INTO p SELECT n{} FROM generate_series(5, 40) n; "
)
NUMBERS, TEXTS = PARENT.format("integer", ""), PARENT.format("text", "::text")
UUIDS = PARENT.format("uuid", "::text::uuid").replace("n::text", "md5(n::text)")
PAIRS = (
    "CREATE TABLE p (a integer, b integer, PRIMARY KEY (a, b)); "
    "INSERT INTO p SELECT 1, n FROM generate_series(1, 9) n; "
)
ZEROS = "'00000000-0000-0000-0000-000000000000'"
VALUES = "INSERT INTO c (p_id) SELECT id FROM p; "


class Case(NamedTuple):
    """A column with a default, and what becomes of an INSERT that omits it."""

    id: str
    ddl: str
    insert: str = "INSERT INTO c (r) VALUES ('x')"


def child(column: str, parent: str = NUMBERS, values: str = VALUES) -> str:
    return f"{parent}CREATE TABLE c (id serial PRIMARY KEY, p_id {column}, r text); {values}"


CONVERTED = "INSERT INTO c (p_id) SELECT id::text FROM p; "
REFUSED = (
    Case("zero", child("integer DEFAULT 0")),
    Case("zero not null", child("integer NOT NULL DEFAULT 0")),
    Case("negative", child("smallint DEFAULT -1")),
    Case("cast", child("bigint DEFAULT '3'::text::bigint")),
    Case("empty text", child("varchar(9) DEFAULT ''", TEXTS)),
    Case("other text", child("text DEFAULT 'it''s %s :x \\ none'", TEXTS)),
    Case("zeros", child(f"uuid DEFAULT {ZEROS}", UUIDS)),
    Case("converted", child("text DEFAULT '1'", values=CONVERTED)),
    Case("converted not null", child("varchar(8) NOT NULL DEFAULT '0'", values=CONVERTED)),
    Case("converted zeros", child(f"text DEFAULT {ZEROS}", UUIDS, CONVERTED)),
    Case(
        "of a domain",
        "CREATE DOMAIN ref AS integer DEFAULT 4; CREATE DOMAIN above AS ref; " + child("above"),
    ),
    Case(
        "both of two",
        f"{PAIRS}CREATE TABLE c (id serial PRIMARY KEY, a integer DEFAULT 1, b integer DEFAULT 0, r text)",
    ),
    Case(
        "one of two",
        f"{PAIRS}CREATE TABLE c (id serial PRIMARY KEY, a integer DEFAULT 0, b integer, r text)",
        "INSERT INTO c (b, r) VALUES (3, 'x')",
    ),
)
FINE = (
    Case("there", child("integer DEFAULT 7")),
    Case("null", child("integer DEFAULT NULL")),
    Case("none", child("integer")),
    Case("text that is there", child("varchar(9) DEFAULT '7'", TEXTS)),
    Case("converted and there", child("text DEFAULT '7'", values=CONVERTED)),
    Case("of a domain", f"CREATE DOMAIN ref AS integer DEFAULT 9; {child('ref')}"),
    Case("instead of the domain's", f"CREATE DOMAIN ref AS integer DEFAULT 0; {child('ref DEFAULT 9')}"),
    Case(
        "both of two",
        f"{PAIRS}CREATE TABLE c (id serial PRIMARY KEY, a integer DEFAULT 1, b integer DEFAULT 2, r text)",
    ),
    Case(
        "one of two",
        f"{PAIRS}CREATE TABLE c (id serial PRIMARY KEY, a integer DEFAULT 1, b integer, r text)",
        "INSERT INTO c (b, r) VALUES (3, 'x')",
    ),
)  # fmt: skip
UNKNOWN = (
    Case("setting", child("integer DEFAULT current_setting('app.p', true)::integer")),
    Case("sequence", "CREATE SEQUENCE s; " + child("integer DEFAULT nextval('s')")),
    Case("computed", child("integer DEFAULT 3 + 4")),
    Case("random", child("uuid DEFAULT gen_random_uuid()", UUIDS)),
    Case(
        "half known",
        f"{PAIRS}CREATE TABLE c (id serial PRIMARY KEY, a integer DEFAULT 1, b integer DEFAULT 1 + 1, r text)",
    ),
)


def models(case: Case) -> Declared:
    """The parent, and a child that declares the reference."""
    metadata = sa.MetaData()
    if "a integer" in case.ddl:
        pair = [sa.Column(name, sa.Integer, primary_key=True) for name in ("a", "b")]
        sa.Table("p", metadata, *pair)
        plain = [sa.Column(name, sa.Integer) for name in ("a", "b")]
        together = sa.ForeignKeyConstraint(["a", "b"], ["p.a", "p.b"])
        sa.Table("c", metadata, sa.Column("id", sa.Integer, primary_key=True), *plain, together)
        return helpers.declared(metadata)
    type_ = sa.Text() if TEXTS in case.ddl else sa.Uuid() if UUIDS in case.ddl else sa.Integer()
    sa.Table("p", metadata, sa.Column("id", type_, primary_key=True))
    sa.Table(
        "c",
        metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("p_id", type_, sa.ForeignKey("p.id")),
    )
    return helpers.declared(metadata)


def planned(url: sa.URL, case: Case, options: Options = Options()) -> Remedy | Manual:
    """What the plan has for the one reference."""
    return of_reference(
        helpers.plan_that_comes_back(helpers.snapshot(url, models(case)), models(case))
    )


def of_reference(plan: Plan) -> Remedy | Manual:
    rules = ("FK003", "FK004", "FK005", "MD004")
    (item,) = (i for i in plan.items if i.finding.rule in rules)
    assert isinstance(item.remedy, Remedy | Manual)
    return item.remedy


@pytest.fixture
def url(shared: sa.URL) -> sa.URL:
    remedies.wipe(shared)
    return shared


@pytest.mark.parametrize("case", REFUSED, ids=[c.id for c in REFUSED])
def test_a_default_without_parent_is_refused(
    case: Case, url: sa.URL, connection: psycopg.Connection
) -> None:
    connection.execute(case.ddl.encode())
    connection.execute(case.insert.encode())  # works as long as nothing is declared
    connection.execute("DELETE FROM c WHERE r = 'x'")
    remedy = planned(url, case)
    assert isinstance(remedy, Manual)
    assert (
        "has no row in public.p: an INSERT that uses it works now and would fail" in remedy.reason
    )


@pytest.mark.parametrize("case", FINE, ids=[c.id for c in FINE])
def test_a_default_with_a_parent_goes_on_working(
    case: Case, url: sa.URL, connection: psycopg.Connection
) -> None:
    connection.execute(case.ddl.encode())
    start = helpers.dump(url)
    remedy = planned(url, case)
    assert isinstance(remedy, Remedy)
    assert Hazard.REFERENCE_DEFAULT not in remedy.hazards
    made = script([remedy])
    helpers.run(connection, made.up)
    connection.execute(case.insert.encode())
    helpers.run(connection, made.down)
    assert helpers.dump(url) == start


@pytest.mark.parametrize("case", UNKNOWN, ids=[c.id for c in UNKNOWN])
def test_an_expression_is_accepted_by_name(
    case: Case, url: sa.URL, connection: psycopg.Connection
) -> None:
    connection.execute(case.ddl.encode())
    start = helpers.dump(url)
    remedy = planned(url, case)
    assert isinstance(remedy, Remedy)
    assert Hazard.REFERENCE_DEFAULT in remedy.hazards
    made = script([remedy])
    helpers.run(connection, made.up)
    helpers.run(connection, made.down)
    assert helpers.dump(url) == start


@pytest.mark.parametrize("of_partition", ["0", "7"])
def test_a_partition_has_a_default_of_its_own(of_partition: str, newest: Server) -> None:
    ddl = (
        f"{NUMBERS}CREATE TABLE c (id serial, p_id integer DEFAULT 7, r text, PRIMARY KEY (id)) "
        "PARTITION BY RANGE (id); CREATE TABLE c1 PARTITION OF c FOR VALUES FROM (0) TO (999); "
        f"ALTER TABLE c1 ALTER p_id SET DEFAULT {of_partition}; CREATE INDEX ON c (p_id)"
    )
    case = Case("partition", ddl)
    with newest.database() as url, helpers.connected(url) as connection:
        connection.execute(ddl.encode())
        remedy = planned(url, case)
        assert isinstance(remedy, Manual) == (of_partition == "0")
        if isinstance(remedy, Manual):
            assert remedy.reason.startswith("the default 0 of public.c1.p_id has no row")


@pytest.mark.parametrize("default", ["0", "7"])
def test_what_was_not_enforced(default: str, newest: Server) -> None:
    ddl = child(f"integer DEFAULT {default}")
    ddl += "ALTER TABLE c ADD CONSTRAINT f FOREIGN KEY (p_id) REFERENCES p NOT ENFORCED"
    with newest.database() as url, helpers.connected(url) as connection:
        connection.execute(ddl.encode())
        remedy = planned(url, Case("not enforced", ddl))
        assert isinstance(remedy, Manual) == (default == "0")


def test_not_valid_constraints_refuse_the_default_already(
    url: sa.URL, connection: psycopg.Connection
) -> None:
    ddl = child("integer DEFAULT 0")
    ddl += "ALTER TABLE c ADD CONSTRAINT f FOREIGN KEY (p_id) REFERENCES p NOT VALID"
    connection.execute(ddl.encode())
    assert isinstance(planned(url, Case("not valid", ddl)), Remedy)


@pytest.mark.parametrize("now", ["SET DEFAULT 0", "DROP DEFAULT"])
def test_a_default_that_changed_since_the_plan(
    now: str, url: sa.URL, connection: psycopg.Connection
) -> None:
    ddl = child("integer DEFAULT 7")
    connection.execute(ddl.encode())
    remedy = planned(url, Case("changed", ddl))
    assert isinstance(remedy, Remedy)
    connection.execute(f"ALTER TABLE c ALTER p_id {now}".encode())
    with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState):
        helpers.run(connection, script([remedy]).up)
