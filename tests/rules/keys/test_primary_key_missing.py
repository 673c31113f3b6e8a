"""PK009: tables without the primary key that models declare."""

from uuid import uuid4

import psycopg
import pytest
import sqlalchemy as sa

from remediate.analysis.causes import Cause
from remediate.config import Config
from remediate.findings.facts import facts_of, part_of
from remediate.findings.finding import Finding, Options
from remediate.findings.remedy import Manual, Remedy
from remediate.plans.impact.consequences import consequences
from remediate.rehearsal.scratch import Server
from remediate.rules.keys import key_without_default
from remediate.rules.keys.primary_key_missing import RULE
from remediate.rules.models import model_key_type
from remediate.rules.sequences import sequence_behind
from remediate.snapshots.live import Live
from tests.support import helpers

pytestmark = pytest.mark.turns_in_ci


def models(*tables: tuple[str, ...], type_: type = sa.Integer, convention: str = "") -> sa.MetaData:
    """Each a name, the columns of its key, and "c > t.k" for references."""
    metadata = sa.MetaData(naming_convention={"pk": convention} if convention else None)
    for name, *columns in tables:
        keys = [sa.Column(c, type_, primary_key=True) for c in columns if ">" not in c]
        pairs = [c.split(" > ") for c in columns if ">" in c]
        sa.Table(name, metadata, *keys, *(sa.Column(c, sa.ForeignKey(to)) for c, to in pairs))
    return metadata


FOUND = """
CREATE TABLE restored (id integer NOT NULL, v text); CREATE UNIQUE INDEX restored_pk ON restored (id);
CREATE TABLE made AS SELECT g AS id, 'x'::text AS v FROM generate_series(1, 3) g;
CREATE TABLE loaded (id bigint, v text); INSERT INTO loaded VALUES (0), (7), (7), (7), (NULL);
CREATE TABLE pairs (a integer, b integer); INSERT INTO pairs VALUES (1, 1), (1, 2), (1, NULL), (1, 2);
CREATE TABLE former (id integer); CREATE TABLE refers (id serial PRIMARY KEY, former_id integer);
CREATE TABLE numbered (id serial, v text);
"""
LEFT_ALONE = """
CREATE TABLE keyed (id integer PRIMARY KEY); CREATE TABLE unknown (id integer, v text);
CREATE TABLE keyless (id serial, v text); CREATE TABLE two (id serial, n serial);
CREATE TABLE of_another (id integer, v text); CREATE TABLE unique_one (id serial UNIQUE);
CREATE TABLE root (id integer) PARTITION BY RANGE (id);
CREATE TABLE part PARTITION OF root FOR VALUES FROM (1) TO (9);
CREATE TABLE base (id serial, v text); CREATE TABLE copied (LIKE base INCLUDING DEFAULTS);
CREATE VIEW shown AS SELECT id FROM keyed; ALTER TABLE base ADD PRIMARY KEY (id);
"""


def test_what_is_found(said: helpers.Said) -> None:
    known = models(
        ("restored", "id"), ("made", "id"), ("loaded", "id"), ("pairs", "a", "b"),
        ("refers", "id", "former_id > former.id"),
    )  # fmt: skip
    assert said(RULE, FOUND, known) == [
        "public.former has no primary key, but foreign keys of the models reference id: nothing prevents duplicates",
        "public.loaded has no primary key, but its models declare one on id: 1 row has NULL, 2 rows have another "
        "row's value and 1 row has 0",
        "public.made has no primary key, but its models declare one on id: nothing prevents duplicates",
        "public.numbered has no primary key, although a sequence supplies id: nothing prevents duplicates",
        "public.pairs has no primary key, but its models declare one on a and b: 1 row has NULL and 1 row has another "
        "row's value",
        "public.restored has no primary key, but its models declare one on id: only a unique index prevents duplicates",
    ]


def test_what_is_left_alone(said: helpers.Said) -> None:
    known = models(("keyed", "id"), ("of_another", "gone"), ("part", "id"), ("shown", "id"))
    sa.Table("keyless", known, sa.Column("id", sa.Integer))
    assert said(RULE, LEFT_ALONE, known) == []


def weights(url: sa.URL, known: sa.MetaData) -> dict[str, tuple[str, str]]:
    declared = helpers.declared(known)
    found = RULE.find(helpers.snapshot(url, declared), declared, Options())
    return {f.place.table.name: (f.severity.value, f.confidence.value) for f in found}


def test_how_much_it_weighs(url: sa.URL, connection: psycopg.Connection) -> None:
    connection.execute(FOUND.encode())
    connection.execute(b"CREATE TABLE parted (id bigint, d date) PARTITION BY RANGE (d)")
    known = models(
        ("restored", "id"), ("loaded", "id"), ("refers", "id", "former_id > former.id"), ("parted", "id"),
    )  # fmt: skip
    assert weights(url, known) == {
        "restored": ("warning", "proven"),
        "loaded": ("error", "proven"),
        "former": ("warning", "likely"),
        "numbered": ("info", "possible"),
        "parted": ("info", "proven"),
    }


def reason(url: sa.URL, known: sa.MetaData, options: Options = Options()) -> str:
    """Why the only finding is to be repaired by hand."""
    declared = helpers.declared(known)
    live = helpers.snapshot(url, declared)
    (finding,) = RULE.find(live, declared, options)
    remedy = RULE.remedy(finding, live, options)
    assert isinstance(remedy, Manual)
    return remedy.reason


BY_HAND = {
    "rows": (
        "CREATE TABLE t (id bigint); INSERT INTO t VALUES (7), (7), (NULL), (NULL)",
        "decide about rows that a primary key refuses, then plan again. 2 rows have NULL: "
        "SELECT ctid, * FROM public.t WHERE id IS NULL; 1 row has the values of another row: SELECT id, "
        "count(*) FROM public.t WHERE id IS NOT NULL GROUP BY id HAVING count(*) > 1",
    ),
    "a converter's number": (
        "CREATE TABLE t (id double precision)",
        "public.t.id is double precision, but its model declares integer: decide which is right. To "
        "follow the model, correct the rows of SELECT id FROM public.t WHERE id::text <> "
        "id::integer::text, then ALTER TABLE public.t ALTER COLUMN id TYPE integer USING "
        "id::integer, and plan again",
    ),
    "a converter's text": (
        "CREATE TABLE t (id varchar(40))",
        "public.t.id is character varying(40), but its model declares integer: decide which is right. To follow the "
        "model, correct the rows of SELECT id FROM public.t WHERE id !~ "
        "'^(0|-?[1-9][0-9]*)$', then ALTER TABLE public.t ALTER COLUMN id TYPE integer USING "
        "id::integer, and plan again",
    ),
    "a partitioned table": (
        "CREATE TABLE t (id integer, d date) PARTITION BY RANGE (d)",
        "public.t is partitioned by d, and PostgreSQL requires that in its primary key: declare such a key in the "
        "models, or add a key to each partition",
    ),
    "a partitioned table whose partitions have it": (
        "CREATE TABLE t (id integer, d date) PARTITION BY RANGE (d); "
        "CREATE TABLE p PARTITION OF t (PRIMARY KEY (id)) DEFAULT",
        "public.t is partitioned by d, and PostgreSQL requires that in its primary key: declare such a key in the "
        "models",
    ),
    "a partition that is parted by another column": (
        "CREATE TABLE t (id integer, area text) PARTITION BY LIST (id); "
        "CREATE TABLE mid PARTITION OF t FOR VALUES IN (1) PARTITION BY RANGE (area); "
        "CREATE TABLE low PARTITION OF mid DEFAULT",
        "public.mid, a partition of public.t, is partitioned by area, and PostgreSQL requires that in its primary "
        "key: declare such a key in the models, or add a key to each partition",
    ),
    "a partition below that is parted by an expression": (
        "CREATE TABLE t (id integer) PARTITION BY LIST (id); "
        "CREATE TABLE mid PARTITION OF t FOR VALUES IN (1) PARTITION BY LIST (id); "
        "CREATE TABLE \"Low\" PARTITION OF mid DEFAULT PARTITION BY LIST ((id % 2))",
        "public.\"Low\", a partition of public.t, is partitioned by an expression, and PostgreSQL requires that in "
        "its primary key: declare such a key in the models, or add a key to each partition",
    ),
    "a foreign table among the partitions": (
        "CREATE FOREIGN DATA WRAPPER far; CREATE SERVER there FOREIGN DATA WRAPPER far; "
        "CREATE TABLE t (id integer) PARTITION BY RANGE (id); "
        "CREATE TABLE p PARTITION OF t FOR VALUES FROM (1) TO (9); "
        "CREATE FOREIGN TABLE q PARTITION OF t FOR VALUES FROM (9) TO (20) SERVER there",
        "public.q is a foreign table, and PostgreSQL allows no primary key on a partitioned table with such a "
        "partition: add one to each of the other partitions",
    ),
    "a type that nothing sorts": (
        "CREATE TABLE t (id json)",
        "public.t.id is json, which PostgreSQL allows in no primary key: declare another key in the models",
    ),
    "a type that nothing sorts, under a domain": (
        "CREATE DOMAIN place AS point; CREATE TABLE t (id place NOT NULL)",
        "public.t.id is public.place, which PostgreSQL allows in no primary key: declare another key in the models",
    ),
    "a partition with a key": (
        "CREATE TABLE t (id integer) PARTITION BY RANGE (id); "
        "CREATE TABLE p PARTITION OF t (PRIMARY KEY (id)) FOR VALUES FROM (1) TO (9)",
        "public.p has a primary key of its own, which would become part of the new one, and the downgrade would drop "
        "it: add the new key by hand",
    ),
    "a child that refuses NULL": (
        "CREATE TABLE t (id integer); CREATE TABLE k () INHERITS (t); ALTER TABLE k ALTER id SET NOT NULL",
        "id may be NULL here, and not in all of its children: SET NOT NULL there first",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("ddl", "expected"), BY_HAND.values(), ids=BY_HAND.keys())
def test_by_hand(ddl: str, expected: str, url: sa.URL, connection: psycopg.Connection) -> None:
    connection.execute(ddl.encode())
    assert reason(url, models(("t", "id"))) == expected


def test_a_uuid_that_nothing_fills(url: sa.URL, connection: psycopg.Connection) -> None:
    connection.execute(b"CREATE TABLE t (id uuid)")
    assert reason(url, models(("t", "id"), type_=sa.Uuid)) == (
        "nothing is known to supply id, and INSERTs without it now store NULL: set a default first (PK008), or a "
        "default in the model"
    )
    made = sa.MetaData()
    sa.Table("t", made, sa.Column("id", sa.Uuid, primary_key=True, default=uuid4))
    live = helpers.snapshot(url, helpers.declared(made))
    assert isinstance(RULE.remedy(found(live, made), live, Options()), Remedy)
    connection.execute(b"ALTER TABLE t ALTER id SET DEFAULT gen_random_uuid()")
    known = models(("t", "id"), type_=sa.Uuid)
    live = helpers.snapshot(url, helpers.declared(known))
    assert isinstance(RULE.remedy(found(live, known), live, Options()), Remedy)


@pytest.mark.newest_in_ci
def test_a_large_table(url: sa.URL, connection: psycopg.Connection) -> None:
    connection.execute(b"CREATE TABLE t (id integer); INSERT INTO t VALUES (1), (2); ANALYZE t")
    few = Options(rows_rewritten=1)
    assert reason(url, models(("t", "id")), few) == (
        "PostgreSQL would read about 2 rows and block the table meanwhile: run ALTER TABLE public.t ADD "
        "CONSTRAINT t_pkey_given CHECK (id IS NOT NULL) NOT VALID; ALTER TABLE public.t VALIDATE "
        "CONSTRAINT t_pkey_given; ALTER TABLE public.t ALTER COLUMN id SET NOT NULL; ALTER TABLE "
        "public.t DROP CONSTRAINT t_pkey_given; CREATE UNIQUE INDEX CONCURRENTLY t_pkey_build ON "
        "public.t (id), then plan again, or repair with --offline-window"
    )
    statements = reason(url, models(("t", "id")), few).partition("run ")[2].partition(", then")[0]
    for statement in statements.split("; "):
        connection.execute(statement.encode())
    live = helpers.snapshot(url, helpers.declared(models(("t", "id"))))
    assert isinstance(RULE.remedy(found(live, models(("t", "id"))), live, few), Remedy)


@pytest.mark.newest_in_ci
def test_a_large_table_whose_partitions_alone_are_counted(
    url: sa.URL, connection: psycopg.Connection
) -> None:
    """As autovacuum counts them: it never analyzes a partitioned table."""
    connection.execute(b"""
        CREATE TABLE t (id integer) PARTITION BY RANGE (id);
        CREATE TABLE low PARTITION OF t FOR VALUES FROM (1) TO (9) PARTITION BY RANGE (id);
        CREATE TABLE lower PARTITION OF low DEFAULT; CREATE TABLE high PARTITION OF t DEFAULT;
        INSERT INTO t VALUES (1), (2), (9); ANALYZE lower, high""")
    assert reason(url, models(("t", "id")), Options(rows_rewritten=2)) == (
        "PostgreSQL would read about 3 rows and block the table meanwhile, and builds no index "
        "of a partitioned table CONCURRENTLY: add the key to each partition and then to the table, "
        "or repair with --offline-window"
    )
    rows = {t.name.name: t.rows for t in helpers.snapshot(url).tables}
    assert rows == {"t": 3, "low": 2, "lower": 2, "high": 1}


def found(live: Live, known: sa.MetaData) -> Finding:
    (finding,) = RULE.find(live, helpers.declared(known), Options())
    assert isinstance(finding, Finding)
    return finding


def test_rules_about_keys_judge_the_columns(said: helpers.Said) -> None:
    """Of what models declare; and they do not say that an INSERT fails, where it goes through."""
    ddl = """
        CREATE TABLE bare (id bigint, v text); CREATE TABLE required (id integer NOT NULL);
        CREATE TABLE behind (id serial, v text); INSERT INTO behind VALUES (1);
        CREATE TABLE unknown (id serial, v text); INSERT INTO unknown VALUES (1);
        ALTER TABLE unknown ALTER id DROP DEFAULT;
    """
    known = models(("bare", "id"), ("required", "id"), ("behind", "id"))
    assert said(key_without_default.RULE, ddl, known) == [
        "public.bare.id has no default, but the model expects the database to supply the id: every INSERT without an "
        "id stores NULL",
        "public.required.id has no default, but the model expects the database to supply the id: every INSERT without "
        "an id fails",
    ]
    assert said(sequence_behind.RULE, "", known) == [
        "public.behind.id: the sequence's next value is 1, but id 1 already exists: the next INSERT stores it twice",
    ]


def test_what_an_insert_does_now(url: sa.URL, connection: psycopg.Connection) -> None:
    connection.execute(b"CREATE TABLE t (id bigint); CREATE TABLE c (id integer NOT NULL)")
    known = helpers.declared(models(("t", "id"), ("c", "id")))
    live = helpers.snapshot(url, known)
    rule = key_without_default.RULE
    finding = {f.place.table.name: f for f in rule.find(live, known, Options())}
    told = {name: consequences(one, live) for name, one in finding.items()}
    assert {name: (one.stops, one.broken) for name, one in told.items()} == {
        "c": (True, "a plain INSERT fails"),
        "t": (False, "a plain INSERT stores NULL, and no model can load that row"),
    }


def test_what_nobody_counted_is_unverified(url: sa.URL, connection: psycopg.Connection) -> None:
    connection.execute(b"CREATE TABLE t (id integer); INSERT INTO t VALUES (1), (1)")
    connection.execute(b"UPDATE pg_class SET relpages = 99999 WHERE relname = 't'")
    known = models(("t", "id"))
    (unread,) = helpers.snapshot(url, helpers.declared(known)).unread[-1:]
    assert unread.reason == (
        "whether its values are NULL or duplicate: the table is large, and only plan --deep reads it whole"
    )
    assert connection.execute(unread.verify.encode()).fetchone() == (0, 1, 0, 0)
    assert reason(url, known).startswith(
        "remediate did not check all rows: a primary key refuses NULL and duplicates"
    )
    deep = helpers.snapshot(url, helpers.declared(known), Config(deep=True))
    assert [t.missing_key.duplicates for t in deep.tables if t.missing_key] == [1]


def test_the_name_of_the_constraint(url: sa.URL, connection: psycopg.Connection) -> None:
    """The models', else PostgreSQL's own; with a number where a relation has it."""
    connection.execute(b"CREATE TABLE t (id integer); CREATE INDEX t_pkey ON t (id)")

    def name(known: sa.MetaData) -> str:
        (table,) = helpers.snapshot(url, helpers.declared(known)).tables
        assert table.missing_key is not None
        return table.missing_key.name

    assert name(models(("t", "id"))) == "t_pkey1"
    assert name(models(("t", "id"), convention="pk_%(table_name)s")) == "pk_t"


WORDS = "(SELECT string_agg(md5(g::text || {n}), '') FROM generate_series(1, 90) g)"  # 2,880 bytes
LONG = {
    "text": (
        f"CREATE TABLE t (id text NOT NULL); INSERT INTO t VALUES ('a'), ({WORDS.format(n=1)})",
        "decide about rows that a primary key refuses, then plan again. 1 row is too long for an index entry (54000): "
        "SELECT ctid, * FROM public.t WHERE pg_column_size(id) > 2688",
    ),
    "bytea": (
        "CREATE TABLE t (id bytea NOT NULL); INSERT INTO t "
        f"SELECT ({WORDS.format(n='n')} || n)::bytea FROM generate_series(1, 2) n",
        "decide about rows that a primary key refuses, then plan again. 2 rows are too long for an index entry "
        "(54000): SELECT ctid, * FROM public.t WHERE pg_column_size(id) > 2688",
    ),
}
FITTING = (
    "CREATE TABLE t (id text NOT NULL); INSERT INTO t SELECT repeat('url', 20000)",
    "CREATE TABLE t (id text NOT NULL); INSERT INTO t "
    f"SELECT left({WORDS.format(n=1)}, 2680); ALTER TABLE t ALTER id SET STORAGE EXTERNAL",
    "CREATE TABLE t (id varchar(80) NOT NULL)",
)


@pytest.mark.parametrize(("ddl", "expected"), LONG.values(), ids=LONG.keys())
def test_values_that_no_index_takes(
    ddl: str, expected: str, url: sa.URL, connection: psycopg.Connection
) -> None:
    connection.execute(ddl.encode())
    assert reason(url, models(("t", "id"), type_=Same)) == expected
    with pytest.raises(psycopg.errors.ProgramLimitExceeded):
        connection.execute(b"ALTER TABLE t ADD PRIMARY KEY (id)")


@pytest.mark.parametrize("ddl", FITTING)
def test_values_that_an_index_takes(ddl: str, url: sa.URL, connection: psycopg.Connection) -> None:
    """Compressed, where the table compresses them."""
    connection.execute(ddl.encode())
    known = models(("t", "id"), type_=Same)
    live = helpers.snapshot(url, helpers.declared(known))
    assert isinstance(RULE.remedy(found(live, known), live, Options()), Remedy)
    connection.execute(b"ALTER TABLE t ADD PRIMARY KEY (id)")


class Same(sa.types.UserDefinedType[str]):
    """A type of which nothing is compared."""

    def get_col_spec(self) -> str:
        return "of_theirs"


class Named(sa.types.UserDefinedType[str]):
    """A type by its name."""

    def __init__(self, name: str) -> None:
        self.name = name

    def get_col_spec(self) -> str:
        return self.name


ORDERED = (
    "varchar(9)", "char(2)", "name", "cidr", "inet", "bytea", "numeric", "integer[]", "int4range",
    "mood", "small", "timestamptz", "bit(3)", "jsonb", "interval", "macaddr", "tsvector", "pg_lsn",
)  # fmt: skip


def test_types_that_are_sorted_are_declared(url: sa.URL, connection: psycopg.Connection) -> None:
    """As PostgreSQL itself finds their operator class."""
    connection.execute(b"CREATE TYPE mood AS ENUM ('a'); CREATE DOMAIN small AS varchar(3)")
    for number, type_ in enumerate(ORDERED):
        connection.execute(f"CREATE TABLE t{number} (id {type_} NOT NULL)".encode())
        connection.execute(f"ALTER TABLE t{number} ADD PRIMARY KEY (id)".encode())
        connection.execute(f"ALTER TABLE t{number} DROP CONSTRAINT t{number}_pkey".encode())
    known = sa.MetaData()
    for number, type_ in enumerate(ORDERED):
        sa.Table(f"t{number}", known, sa.Column("id", Named(type_), primary_key=True))
    declared = helpers.declared(known)
    live = helpers.snapshot(url, declared)
    findings = RULE.find(live, declared, Options())
    assert len(findings) == len(ORDERED)
    assert [f.id for f in findings if isinstance(RULE.remedy(f, live, Options()), Manual)] == []


UNFIT = {
    "NOT VALID": (
        'CREATE TABLE t (id integer); ALTER TABLE t ADD CONSTRAINT "Given" NOT NULL id NOT VALID',
        "VALIDATE CONSTRAINT",
    ),
    "NO INHERIT": (
        'CREATE TABLE t (id integer, CONSTRAINT "Given" NOT NULL id NO INHERIT)',
        "ALTER CONSTRAINT",
    ),
}


@pytest.mark.newest_in_ci
@pytest.mark.parametrize(("how", "ddl", "change"), [(h, *rest) for h, rest in UNFIT.items()])
def test_a_not_null_that_no_key_takes(how: str, ddl: str, change: str, newest: Server) -> None:
    """A constraint of its own since PostgreSQL 18."""
    with newest.database() as url, helpers.connected(url) as connection:
        connection.execute(ddl)
        statement = f'ALTER TABLE public.t {change} "Given"' + " INHERIT" * (how == "NO INHERIT")
        assert reason(url, models(("t", "id"))) == (
            f'"Given" makes id NOT NULL but is {how}, which no key can use (55000): run '
            f"{statement}, then plan again"
        )
        with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState):
            connection.execute("ALTER TABLE t ADD PRIMARY KEY (id)")
        connection.execute(statement)
        live = helpers.snapshot(url, helpers.declared(models(("t", "id"))))
        assert isinstance(RULE.remedy(found(live, models(("t", "id"))), live, Options()), Remedy)
        connection.execute("ALTER TABLE t ADD PRIMARY KEY (id)")


@pytest.mark.newest_in_ci
def test_a_virtual_column_is_no_key(newest: Server) -> None:
    """A kind of column that PostgreSQL 18 brought."""
    with newest.database() as url, helpers.connected(url) as connection:
        connection.execute(
            "CREATE TABLE t (n integer, id integer GENERATED ALWAYS AS (n + 1) VIRTUAL)"
        )
        assert reason(url, models(("t", "id"))) == (
            "public.t.id is a virtual column, which PostgreSQL allows in no primary key: declare another key in the "
            "models"
        )


@pytest.mark.parametrize(
    ("right", "of_key", "of_model", "say"),
    [
        (
            {},
            "decide which is right. To follow the model, correct the rows of SELECT id",
            "decide which is right: PK009:public.badge shows how to convert the column to the model's type; --right "
            "public.badge.id=database changes the model to Text",
            "",
        ),
        (
            {"public.badge.id": "models"},
            "its model declares integer: to follow it, correct the rows of SELECT id",
            "you decided that the model is right: PK009:public.badge shows how to convert the column",
            "Text",
        ),
        (
            {"badge.*": "database"},
            "declare primary key badge_pkey (id)",
            "change the model to Text: remediate models",
            "Text",
        ),
    ],
)
def test_which_side_is_right_is_heard(
    right: dict[str, str],
    of_key: str,
    of_model: str,
    say: str,
    url: sa.URL,
    connection: psycopg.Connection,
) -> None:
    connection.execute(b"CREATE TABLE badge (id text); INSERT INTO badge VALUES ('1'), ('2')")
    declared = helpers.declared(models(("badge", "id")))
    live, options = helpers.snapshot(url, declared), Options(right=right)
    (key,) = RULE.find(live, declared, options)
    (model,) = model_key_type.RULE.find(live, declared, options)
    remedy = RULE.remedy(key, live, options)
    assert of_key in (remedy.reason if isinstance(remedy, Manual) else remedy.title)
    assert model_key_type.RULE.remedy(model, live, options) == Manual(of_model)
    assert facts_of(model, model_key_type.ModelKeyTypeFacts).model.model_should_say == say


def test_a_constraint_that_waits_refuses_the_same_value_too(said: helpers.Said) -> None:
    ddl = "CREATE TABLE t (a integer NOT NULL, b integer NOT NULL, UNIQUE (b, a) DEFERRABLE)"
    assert said(RULE, ddl, models(("t", "a", "b"))) == [
        "public.t has no primary key, but its models declare one on a and b: only a unique index prevents duplicates",
    ]


def test_a_column_that_is_not_there(url: sa.URL, connection: psycopg.Connection) -> None:
    connection.execute(b'CREATE TABLE t (no text); CREATE TABLE u ("Id" integer, v integer)')
    live = helpers.snapshot(url, helpers.declared(models(("t", "id"), ("u", "v", "id"))))
    assert {(u.table.name, u.column, u.reason) for u in live.unread} == {
        (
            name,
            "id",
            "the table has no primary key, and lacks the column on which its models declare one: "
            "INSERTs and SELECTs by the models fail (42703)",
        )
        for name in ("t", "u")
    }


def test_no_key_is_spoken_of_that_was_added(url: sa.URL, connection: psycopg.Connection) -> None:
    connection.execute(b"CREATE TABLE t (id integer UNIQUE)")
    declared = helpers.declared(models(("t", "id")))
    live = helpers.snapshot(url, declared)
    (finding,) = key_without_default.RULE.find(live, declared, Options())
    cause = part_of(finding.facts, Cause)
    assert cause is not None
    assert cause.cause_evidence == (
        "the table has no PRIMARY KEY, and the catalog does not show what was there before"
    )
