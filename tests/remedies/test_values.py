"""Values that a conversion meets: what is refused, with counts; what is decided; what comes back."""

from collections.abc import Iterator

import psycopg
import pytest
import sqlalchemy as sa

from remediate.analysis.bad_values import bad_values
from remediate.findings.finding import Options
from remediate.findings.remedy import Act, Manual, Remedy
from remediate.rehearsal.scratch import Server
from remediate.remedies.binding import bind
from remediate.revisions.finishing import finishing
from remediate.revisions.script import script
from remediate.snapshots.declared import Declared
from remediate.snapshots.live import Live
from remediate.snapshots.references import ForeignKey
from remediate.snapshots.tables import Name
from tests.support import helpers
from tests.support.examples import named
from tests.support.meant import nothing_else

pytestmark = pytest.mark.turns_in_ci

KEYS = "CREATE TABLE p (id integer PRIMARY KEY); INSERT INTO p SELECT generate_series(0, 50); "
UUIDS = (
    "CREATE TABLE p (id uuid PRIMARY KEY); "
    "INSERT INTO p SELECT ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid "
    "FROM generate_series(0, 50) n; "
)
TEXTS = "CREATE TABLE p (id text PRIMARY KEY); INSERT INTO p SELECT 'k' || n FROM generate_series(0, 50) n; "
ONE = "00000000-0000-4000-8000-000000000001"


def column(values: str, type_: str = "varchar(40)", more: str = "") -> str:
    return (
        f"CREATE TABLE c (id serial PRIMARY KEY, p_id {type_}{more}); "
        f"INSERT INTO c (p_id) VALUES {values}"
    )


def said_by_models(url: sa.URL) -> Live:
    """What is read where the models declare c.p_id as a reference."""
    fk = ForeignKey(Name("public", "c"), ("p_id",), Name("public", "p"), ("id",))
    return helpers.snapshot(url, Declared(foreign_keys=(fk,)))


def remedy(url: sa.URL, **options: str) -> Remedy | Manual:
    live = said_by_models(url)
    (candidate,) = live.candidates
    return bind(candidate, live, Options(**options))  # type: ignore[arg-type]


def reason(url: sa.URL, **options: str) -> str:
    made = remedy(url, **options)
    assert isinstance(made, Manual)
    return made.reason


def rows(connection: psycopg.Connection) -> list[str]:
    query = "SELECT c::text || pg_typeof(p_id) FROM c ORDER BY id"
    return [str(row[0]) for row in connection.execute(query)]


def _url(connection: psycopg.Connection) -> sa.URL:
    of = connection.info
    return sa.URL.create(
        "postgresql+psycopg", of.user, host=of.host, port=of.port, database=of.dbname
    )


def up_and_down(made: Remedy | Manual, connection: psycopg.Connection) -> Iterator[list[str]]:
    """The rows after the upgrade; after that the downgrade has run, and gave back all bytes."""
    assert isinstance(made, Remedy), made
    before = rows(connection)
    assert not made.finish or {s.act for s in made.finish} & {Act.VALIDATE, Act.BUILD_INDEX}
    with nothing_else(_url(connection), [made]):
        helpers.run(connection, script([made]).up)
        if made.finish:
            helpers.run_finishing(connection, finishing([made]), back=False)
    yield rows(connection)
    if made.finish:
        helpers.run_finishing(connection, finishing([made]), back=True)
    helpers.run(connection, script([made]).down)
    assert rows(connection) == before


REFUSED = [
    ("words", KEYS + column("('1'), ('x7'), (''), ('7.0'), ('1e3'), ('0x1F'), ('1_0')"),
     "6 of 7 values cannot be read as integer (such as '', '9.9', '9_9'): correct them, or --values null"),
    ("beyond the type", KEYS + column("('1'), ('2147483648'), ('-2147483649'), ('99999999999999999999999')"),
     "3 of 4 values are out of range for integer (such as '-9999999999', '9999999999', "
     "'99999999999999999999999'): correct them, or --values null"),
    ("digits of another script", KEYS + column("('1'), ('\u0667')"),
        "1 of 2 values cannot be read as integer (such as 'x'): correct them, or --values null"),
    ("orphans", KEYS + column("('1'), ('51'), ('077')"),
     "2 of 3 values have no row in public.p: correct them, or --orphans null or keep"),
    ("both, where NULL is refused", KEYS + column("('1'), ('51'), ('x')", more=" NOT NULL"),
     "1 of 3 values cannot be read as integer (such as 'x'): correct them; "
     "1 of 3 values have no row in public.p: correct them, or --orphans keep"),
    ("orphans, where NULL is refused by a CHECK", KEYS + column("(51)", "integer", " CHECK (p_id IS NOT NULL)"),
     "1 of 1 values have no row in public.p: correct them, or --orphans keep"),
    ("beyond its key's type", KEYS + column("(1), (99999999999)", "bigint"),
     "1 of 2 values have no row in public.p: correct them, or --orphans null or keep"),
    ("beyond a key that is char", TEXTS.replace("text", "char(6)") + column("('k1'), ('q')", "text"),
     "1 of 2 values have no row in public.p: correct them, or --orphans null or keep"),
    ("collisions", KEYS + column("('7'), ('007'), ('+7'), ('8')", more=" UNIQUE"),
        "3 of its rows collide in c_p_id_key as integer: correct them"),
    ("collisions in a key of several columns", KEYS + "CREATE TABLE c (n integer, p_id text, PRIMARY KEY (n, p_id)); "
        "INSERT INTO c VALUES (1, '7'), (1, ' 7'), (2, '07'), (2, '8')",
        "2 of its rows collide in c_pkey as integer: correct them"),
    ("collisions in an index of some rows, which the conversion adds to", KEYS + column("('7'), ('007'), ('8')")
        + """; CREATE UNIQUE INDEX "u %" ON c ((id > 0), lower((p_id)::text)) WHERE p_id <> '007'""",
        """2 of its rows collide in "u %" as integer: correct them"""),
    ("collisions of an exclusion constraint", KEYS + column("('7'), ('007'), ('8')")
        + "; ALTER TABLE c ADD EXCLUDE USING gist (int4range(id, 9) WITH &&) WHERE (p_id::text = '7')",
        "2 of its rows collide in c_int4range_excl as integer: correct them"),
    ("collisions in a partition", KEYS + "CREATE TABLE c (id serial, p_id text) PARTITION BY LIST (id); "
        "CREATE TABLE c1 PARTITION OF c (UNIQUE (p_id)) DEFAULT; INSERT INTO c (p_id) VALUES ('7'), ('07')",
        "2 of its rows collide in c1_p_id_key as integer: correct them"),
    ("collisions by a function of its own", "CREATE FUNCTION f(integer) RETURNS integer IMMUTABLE LANGUAGE sql "
        "AS 'SELECT 1'; " + KEYS + column("('7'), ('07')") + "; CREATE UNIQUE INDEX u ON c (p_id, f(id))",
        "whether its rows collide in u as integer is not known, since it calls functions that are not PostgreSQL's "
        "own, and a check would run them: write each value as its key is written"),
    ("an index that computes with the text, which nobody can ask of numbers", KEYS + column("('7'), ('07'), ('x')")
        + "; CREATE UNIQUE INDEX u ON c (coalesce(p_id, 'none'))",
        "objects on the columns cannot be rebuilt: public.c.p_id: index u, which computes with it as text; "
        "1 of 3 values cannot be read as integer (such as 'x'): correct them"),
    ("no key to keep them by", KEYS + "CREATE TABLE c (id integer, p_id text); INSERT INTO c VALUES (1, '007')",
     "the downgrade could not restore the values: without a primary key none can be kept"),
    ("default", KEYS + column("('1')", more=" DEFAULT 'none'"),
        "its default 'none'::character varying cannot be written as integer"),
    ("default that is made", KEYS + column("('1')", more=" DEFAULT current_user"),
        "its default CURRENT_USER cannot be written as integer"),
    ("uuid for an integer", KEYS +
        "CREATE TABLE c (id serial PRIMARY KEY, p_id uuid); "
        f"INSERT INTO c (p_id) VALUES ('{ONE}')",
     "no conversion from uuid to integer keeps the values"),
    ("integer for a uuid", UUIDS + column("(1)", "integer"), "no conversion from integer to uuid keeps the values"),
    ("fractions", KEYS + column("(1), (2.5), ('NaN'), (1e20)", "double precision"),
     "3 of 4 values cannot be read as integer (such as '9.9', '9x+99', 'xxx'): correct them, or --values null"),
    ("integer for a text", TEXTS + column("(1)", "integer"),
     "text can store every integer, but code that computes with the column as integer may fail: check that code, then "
     "ALTER TABLE public.c ALTER COLUMN p_id TYPE text, and plan again"),
    ("uuid for a text", TEXTS + column(f"('{ONE}')", "uuid"),
     "text can store every uuid, but code that computes with the column as uuid may fail"),
    ("no uuid", UUIDS + column(f"('{ONE}'), ('urn:uuid:{ONE}'), (' {ONE}')", "text"),
     "2 of 3 values cannot be read as uuid (such as ' 99999999-9999-9999-9999-999999999999', "
     "'xxx:xxxx:99999999-9999-9999-9999-9999999'): correct them, or --values null"),
]  # fmt: skip


@pytest.mark.parametrize(("ddl", "why"), [r[1:] for r in REFUSED], ids=[r[0] for r in REFUSED])
def test_refused_with_counts(
    ddl: str, why: str, url: sa.URL, connection: psycopg.Connection
) -> None:
    connection.execute(ddl.encode())
    assert reason(url).startswith(why)


def test_null_needs_a_column_that_takes_it(url: sa.URL, connection: psycopg.Connection) -> None:
    connection.execute(KEYS + column("('1'), ('x')", more=" NOT NULL"))
    assert reason(url, values="null") == (
        "the column is NOT NULL, so its values cannot become NULL: correct the values"
    )


INTEGERS = "('1'), (NULL), ('0'), ('007'), (' 7'), ('+7'), ('-0'), ('7   '), ('50')"
CONVERTED = [
    ("canonical", KEYS + column("('1'), (NULL), ('50')")
        + "; CREATE PUBLICATION a FOR TABLE c (p_id, id) WHERE (p_id IS NOT NULL AND id > 0)",
        {}, ["1", "", "50"]),
    ("apart in a unique index by another column", KEYS + column("('7'), ('07'), (NULL)")
        + "; CREATE UNIQUE INDEX u ON c (p_id, id)", {}, ["7", "7", ""]),
    ("in its table's key", KEYS + "CREATE TABLE c (id varchar(9) DEFAULT 'z', p_id text, PRIMARY KEY (id, p_id)); "
        "INSERT INTO c VALUES ('1', '7'), ('2', '07'), ('3', ' 7'), ('4', '07')", {}, ["7", "7", "7", "7"]),
    ("respelled", KEYS + column(INTEGERS), {}, ["1", "", "0", "7", "7", "7", "0", "7", "50"]),
    ("char", KEYS + column("('1'), ('07'), (NULL)", "char(6)"), {}, ["1", "7", ""]),
    ("text in another collation", KEYS + column("('1'), ('07')", 'text COLLATE "C"'), {}, ["1", "7"]),
    ("domain over a key",
        "CREATE DOMAIN d AS integer; CREATE TABLE p (id d PRIMARY KEY); "
        "INSERT INTO p VALUES (7); " + column("('7'), ('07')"), {}, ["7", "7"]),
    ("default", KEYS + column("('1'), (DEFAULT)", more=" DEFAULT '7'"), {}, ["1", "7"]),
    ("default NULL", KEYS + column("('1'), (DEFAULT)", more=" DEFAULT NULL"), {}, ["1", ""]),
    ("fractions that are whole", KEYS + column("(1), (NULL), (50)", "double precision"), {}, ["1", "", "50"]),
    ("fractions, a zero of which is below zero", KEYS + column("(1), ('-0'), (0)", "double precision"),
        {}, ["1", "0", "0"]),
    ("fractions, for a bigint", KEYS.replace("integer", "bigint") + "INSERT INTO p VALUES (99999999999999); "
        + column("(99999999999999), (7)", "double precision"), {}, ["99999999999999", "7"]),
    ("fractions for a fraction", KEYS.replace("integer", "double precision")
        + column("(1), (50)", "double precision"), {}, ["1", "50"]),
    ("fractions for a number", KEYS.replace("integer", "numeric(9)") + column("(1), (50)", "double precision"),
        {}, ["1", "50"]),
    ("fractions that are spoilt", KEYS + column("(1), (2.5), (77)", "double precision"),
        {"values": "null", "orphans": "null"}, ["1", "", ""]),
    ("bigint", KEYS.replace("integer", "bigint") + "INSERT INTO p VALUES (-1); "
        + column("('1'), ('009')", more=" DEFAULT '-1'"), {}, ["1", "9"]),
    ("spoilt", KEYS + column("('1'), ('x'), (''), ('2147483648'), ('03')"), {"values": "null"}, ["1", "", "", "", "3"]),
    ("orphans become NULL", KEYS + column("('1'), ('51'), ('077'), ('07')"), {"orphans": "null"}, ["1", "", "", "7"]),
    ("both", KEYS + column("('1'), ('x'), ('77')"), {"values": "null", "orphans": "null"}, ["1", "", ""]),
    ("orphans stay", KEYS + column("('1'), ('51')"), {"orphans": "keep"}, ["1", "51"]),
    ("uuid", UUIDS + column(
        f"('{ONE}'), ('{ONE.upper()}'), ('{{{ONE}}}'), ('{ONE.replace('-', '')}'), (NULL)"), {},
        [ONE] * 4 + [""]),
    ("fits, and orphans become NULL", KEYS + column("(1), (51)", "integer"), {"orphans": "null"}, ["1", ""]),
    ("orphans stay, indexed", KEYS + column("('1'), ('51')", more=" UNIQUE"), {"orphans": "keep"}, ["1", "51"]),
    ("narrower, and orphans become NULL", KEYS.replace("integer", "bigint") + column("(1), (51)",
        "smallint"), {"orphans": "null"}, ["1", ""]),
    ("wider, and orphans become NULL", KEYS + column("(1), (51), (99999999999)", "bigint"), {
        "orphans": "null"}, ["1", "", ""]),
    ("text of some length, and orphans become NULL", TEXTS + column("('k1'), ('q')",
        'varchar(3) COLLATE "C"'), {"orphans": "null"}, ["k1", ""]),
    ("char, and orphans become NULL", TEXTS.replace("text", "char(6)") + column("('k1'), ('q')",
        "char(6)"), {"orphans": "null"}, ["k1    ", ""]),
    ("fits", KEYS + column("(1), (50)", "integer"), {}, ["1", "50"]),
    ("narrower", KEYS.replace("integer", "bigint") + column("(1), (50)", "smallint"), {}, ["1", "50"]),
]  # fmt: skip


@pytest.mark.parametrize(("ddl", "options", "values"), named(CONVERTED, {"canonical": 15}))
def test_converted_and_given_back(
    ddl: str,
    options: dict[str, str],
    values: list[str],
    url: sa.URL,
    connection: psycopg.Connection,
) -> None:
    connection.execute(ddl.encode())
    before = helpers.dump(url)
    for after in up_and_down(remedy(url, **options), connection):
        assert [row.partition(",")[2].partition(")")[0].strip('"') for row in after] == values
        type_ = connection.execute("SELECT pg_typeof(p_id)::text FROM c").fetchone()
        unknown = {("uuid",): f"'{ONE[:-4]}dead'", ("integer",): "12345"}.get(type_, "'999'")
        with pytest.raises(psycopg.errors.ForeignKeyViolation):
            connection.execute(f"INSERT INTO c (p_id) VALUES ({unknown})".encode())
    assert helpers.dump(url) == before


def test_by_an_owner_who_is_no_superuser(url: sa.URL, connection: psycopg.Connection) -> None:
    connection.execute("DROP ROLE IF EXISTS value_owner; CREATE ROLE value_owner")
    connection.execute("GRANT CREATE ON SCHEMA public TO value_owner")
    connection.execute("SET ROLE value_owner")
    connection.execute(
        KEYS + column("('1'), ('007'), ('x')") + "; CREATE VIEW v AS SELECT id, p_id FROM c; "
        "ALTER VIEW v ALTER id SET DEFAULT 7"
    )
    connection.execute("RESET ROLE")
    before, made = helpers.dump(url), remedy(url, values="null")
    assert isinstance(made, Remedy)
    connection.execute("SET ROLE value_owner")
    for _ in up_and_down(made, connection):
        pass
    assert helpers.dump(url) == before
    with nothing_else(url, [made]):
        helpers.run(connection, script([made]).up)


def test_policies_that_hide_rows_stop_it(url: sa.URL, connection: psycopg.Connection) -> None:
    """FORCE ROW LEVEL SECURITY holds for the owner too: hidden values would not be kept."""
    connection.execute("DROP ROLE IF EXISTS value_owner; CREATE ROLE value_owner")
    connection.execute("GRANT CREATE ON SCHEMA public TO value_owner; SET ROLE value_owner")
    connection.execute(KEYS + column("('1'), ('007')"))
    connection.execute("CREATE POLICY few ON c USING (id = 1); RESET ROLE")
    made = remedy(url)
    assert isinstance(made, Remedy)
    connection.execute("ALTER TABLE c ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    before = helpers.dump(url)
    connection.execute("SET ROLE value_owner")
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security policy"):
        helpers.run(connection, script([made]).up)
    assert connection.execute("SHOW row_security").fetchone() == ("on",)
    connection.execute("RESET ROLE")
    assert helpers.dump(url) == before


def test_kept_values_are_for_the_owner_alone(url: sa.URL, connection: psycopg.Connection) -> None:
    """Whatever ALTER DEFAULT PRIVILEGES gives away."""
    connection.execute('DROP ROLE IF EXISTS "read""er"; CREATE ROLE "read""er"')
    connection.execute(
        'ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC, "read""er"; '
        + KEYS
        + column("('1'), ('007')")
    )
    made = remedy(url)
    assert isinstance(made, Remedy)
    helpers.run(connection, script([made]).up)
    acl = (
        "SELECT DISTINCT grantee::regrole::text FROM pg_class, aclexplode(relacl) WHERE relname = "
    )
    assert connection.execute(f"{acl}'c_p_id_before'").fetchall() == [("postgres",)]  # type: ignore[arg-type]


def test_what_was_changed_meanwhile_is_not_undone(
    url: sa.URL, connection: psycopg.Connection
) -> None:
    """Rows that the application wrote after the upgrade keep what it wrote."""
    connection.execute(KEYS + column("('007'), ('008'), ('x'), ('1')"))
    made = remedy(url, values="null")
    assert isinstance(made, Remedy)
    helpers.run(connection, script([made]).up)
    connection.execute(
        "UPDATE c SET p_id = 9 WHERE id = 1; UPDATE c SET p_id = 3 WHERE id = 3; INSERT INTO c (p_id) VALUES (5)"
    )
    helpers.run(connection, script([made]).down)
    assert [r[0] for r in connection.execute("SELECT p_id FROM c ORDER BY id")] == [
        "9", "008", "3", "1", "5",
    ]  # fmt: skip


CHANGED = [
    ("a value that is no key", "INSERT INTO c (p_id) VALUES ('x')",
        "0 would come back spelled otherwise, 1 are no integer, 0 have no parent"),
    ("another spelling", "INSERT INTO c (p_id) VALUES ('01')",
        "1 would come back spelled otherwise, 0 are no integer, 0 have no parent"),
    ("an orphan", "INSERT INTO c (p_id) VALUES ('51')",
        "0 would come back spelled otherwise, 0 are no integer, 1 have no parent"),
    ("a parent that went", "DELETE FROM p WHERE id = 1",
        "0 would come back spelled otherwise, 0 are no integer, 1 have no parent"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "detail"), [c[1:] for c in CHANGED], ids=[c[0] for c in CHANGED]
)
def test_other_values_than_the_plan_saw(
    change: str, detail: str, url: sa.URL, connection: psycopg.Connection
) -> None:
    connection.execute(KEYS + column("('1')"))
    made = remedy(url)
    assert isinstance(made, Remedy)
    connection.execute(change.encode())
    before = rows(connection)
    with pytest.raises(psycopg.errors.DataException) as caught:
        helpers.run(connection, script([made]).up)
    assert caught.value.diag.message_detail == detail
    assert rows(connection) == before


def test_a_collation_of_its_own_stays(url: sa.URL, connection: psycopg.Connection) -> None:
    """ALTER COLUMN TYPE without COLLATE gives the column that of the type."""
    connection.execute(TEXTS + column("('k1'), ('q')", 'text COLLATE "C"'))
    collation = "SELECT collation_name FROM information_schema.columns WHERE (table_name, column_name) = ('c', 'p_id')"
    for _ in up_and_down(remedy(url, orphans="null"), connection):
        assert connection.execute(collation).fetchone() == ("C",)


def test_a_decision_is_about_what_the_plan_saw(url: sa.URL, connection: psycopg.Connection) -> None:
    """--orphans keep, where there was none, is no leave for those that come later."""
    connection.execute(KEYS + column("('1')"))
    made = remedy(url, orphans="keep")
    assert isinstance(made, Remedy)
    connection.execute("INSERT INTO c (p_id) VALUES ('51')")
    with pytest.raises(psycopg.errors.DataException, match="not those that were decided about"):
        helpers.run(connection, script([made]).up)


def test_another_default_than_the_plan_saw(url: sa.URL, connection: psycopg.Connection) -> None:
    """It would be replaced by the counterpart of the former one, and lost in the downgrade."""
    connection.execute(KEYS + column("('1')", more=" DEFAULT '7'"))
    made = remedy(url)
    assert isinstance(made, Remedy)
    connection.execute("ALTER TABLE c ALTER p_id SET DEFAULT '8'")
    with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState) as caught:
        helpers.run(connection, script([made]).up)
    assert "default '8'::character varying" in (caught.value.diag.message_detail or "")


def test_a_partitioned_table_wants_its_index_by_hand(newest: Server) -> None:
    with newest.database() as url, helpers.connected(url) as connection:
        connection.execute(
            KEYS + "CREATE TABLE c (id integer, p_id text) PARTITION BY LIST (id); "
            "CREATE TABLE c1 PARTITION OF c DEFAULT; INSERT INTO c VALUES (1, '1')"
        )
        assert reason(url).startswith("a partitioned table: CREATE INDEX ON ONLY it")
        connection.execute("CREATE INDEX ON c (p_id)")
        assert reason(url).endswith("the indexes of its partitions, which would get new names")
        connection.execute("DROP INDEX c_p_id_idx; ALTER TABLE c ALTER p_id TYPE integer USING 1")
        connection.execute("CREATE INDEX ON c (p_id)")
        before = helpers.dump(url)
        for _ in up_and_down(remedy(url), connection):
            pass
        assert helpers.dump(url) == before


def test_too_long_for_the_way_back(url: sa.URL, connection: psycopg.Connection) -> None:
    """PostgreSQL would cut with an explicit cast; here it refuses."""
    connection.execute(KEYS.replace("integer", "bigint") + column("('1')", "varchar(3)"))
    made = remedy(url)
    assert isinstance(made, Remedy)
    helpers.run(connection, script([made]).up)
    connection.execute("INSERT INTO p VALUES (1234567); INSERT INTO c (p_id) VALUES (1234567)")
    with pytest.raises(psycopg.errors.StringDataRightTruncation):
        helpers.run(connection, script([made]).down)


def test_ids_of_another_unique_column(url: sa.URL, connection: psycopg.Connection) -> None:
    """A uuid beside a uuid: what the values mean, a foreign key to the integer cannot say."""
    connection.execute(
        KEYS + "ALTER TABLE p ADD public_id uuid UNIQUE DEFAULT gen_random_uuid(); "
        "CREATE TABLE c (id serial PRIMARY KEY, p_id uuid); INSERT INTO c (p_id) SELECT public_id FROM p"
    )
    live = said_by_models(url)
    (candidate,) = live.candidates
    assert candidate.rivals == ("public_id",)
    assert candidate.evidence is not None
    assert (candidate.evidence.values, candidate.evidence.elsewhere) == (51, 51)


def test_a_large_table_is_not_read_whole(newest: Server) -> None:
    with newest.database() as url, helpers.connected(url) as connection:
        connection.execute(
            KEYS + "CREATE TABLE c (id serial PRIMARY KEY, p_id text, filler text); "
            "INSERT INTO c (p_id, filler) SELECT (n / 1000)::text, repeat('x', 900) "
            "FROM generate_series(1, 50000) n; "
            "ANALYZE c"
        )
        live = said_by_models(url)
        (candidate,) = live.candidates
        assert candidate.evidence is not None
        assert not candidate.evidence.whole
        assert 500 < candidate.evidence.values < 5000
        assert reason(url) == (
            "remediate read only a sample of its values, and a conversion needs them all: --deep"
        )


EVERY_KIND = (
    KEYS + "CREATE TABLE c (id serial PRIMARY KEY, v text, p_id varchar(40) UNIQUE); "
    "INSERT INTO c (p_id) VALUES ('1'), ('01'), ('001'), ('2'), ('x'), (''), ('7.5'), ('a'), ('b'), "
    "('2147483648'), ('99999999999'), ('77'), ('078'), (NULL)"
)
KINDS = {
    "not an integer": (5, 5),
    "out of range for integer": (2, 2),
    "spelled differently from a key": (3, 3),
    "without a row in public.p": (2, 2),
    "colliding in c_p_id_key once converted": (3, 3),
}


@pytest.mark.newest_in_ci
def test_no_kind_of_values_hides_another(url: sa.URL, connection: psycopg.Connection) -> None:
    connection.execute(EVERY_KIND)
    assert reason(url) == (
        "3 of its rows collide in c_p_id_key as integer: correct them; "
        "5 of 13 values cannot be read as integer, 2 are out of range for integer "
        "(such as '', '9.9', '9999999999'): correct them, or --values null; "
        "2 of 13 values have no row in public.p: correct them, or --orphans null or keep"
    )
    (candidate,) = said_by_models(url).candidates
    listed = {
        one.kind: (one.count, len(connection.execute(one.query.encode()).fetchall()))
        for one in bad_values(candidate)
    }
    assert listed == KINDS


@pytest.mark.newest_in_ci
def test_values_of_a_uuid_key_are_of_these_kinds(
    url: sa.URL, connection: psycopg.Connection
) -> None:
    connection.execute(
        UUIDS + column(f"('{ONE}'), ('{ONE.replace('-', '')}'), ('x'), ('{ONE[:-1]}f')")
    )
    (candidate,) = said_by_models(url).candidates
    assert [(one.kind, one.count) for one in bad_values(candidate)] == [
        ("not a uuid", 1),
        ("spelled differently from a key", 1),
        ("without a row in public.p", 1),
    ]
    for one in bad_values(candidate):
        assert len(connection.execute(one.query.encode()).fetchall()) == one.count
