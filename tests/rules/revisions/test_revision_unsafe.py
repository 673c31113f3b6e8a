"""MD008: revisions that have not run, and would break a key or a reference."""

import psycopg
import sqlalchemy as sa

from remediate.catalog import relations
from remediate.findings.facts import facts_of
from remediate.findings.finding import Finding, Options
from remediate.findings.remedy import Manual
from remediate.rules.revisions.revision_unsafe import RULE, RevisionUnsafeFacts
from remediate.snapshots.declared import Declared
from remediate.snapshots.history import History, Revision
from remediate.snapshots.live import Live
from remediate.snapshots.tables import Source
from tests.support import helpers

TABLE = "CREATE TABLE t (id serial PRIMARY KEY)"
REVISION = """\
import sqlalchemy as sa
from alembic import op

revision = "a"
down_revision = None


def upgrade():
    op.alter_column("t", "id", type_=sa.BigInteger())
    {more}


def downgrade():
    op.alter_column("t", "id", type_=sa.Integer())
    pass
"""


def sentences(url: sa.URL, more: str = "", heads: tuple[str, ...] = ()) -> list[str]:
    """What is said of a revision that gives a serial key another type."""
    revision = Revision("a", (), Source("a.py", 1), text=REVISION.format(more=more))
    declared = Declared(history=History((revision,), heads))
    return helpers.sentences(RULE, helpers.snapshot(url), declared)


def test_what_is_found(url: sa.URL, connection: psycopg.Connection) -> None:
    connection.execute(TABLE)
    assert sentences(url) == [
        "t.id becomes bigint, but its sequence stays integer: after 2147483647 every INSERT "
        "without a key fails (2200H)"
    ]


def test_its_steps_are_told_on_one_line(url: sa.URL, connection: psycopg.Connection) -> None:
    connection.execute(TABLE)
    revision = Revision("a", (), Source("a.py", 1), text=REVISION.format(more=""))
    declared, live = Declared(history=History((revision,), ())), helpers.snapshot(url)
    (found,) = (one for one in RULE.find(live, declared, Options()) if isinstance(one, Finding))
    made = RULE.remedy(found, live, Options())
    assert isinstance(made, Manual)
    assert made.reason == (
        'instead: op.alter_column("t", "id", type_=sa.BigInteger()); '
        'op.execute("ALTER SEQUENCE t_id_seq AS bigint")'
    )


def test_what_is_left_alone(url: sa.URL, connection: psycopg.Connection) -> None:
    connection.execute(TABLE)
    assert sentences(url, 'op.execute("ALTER SEQUENCE t_id_seq AS bigint")') == []
    assert sentences(url, heads=("a",)) == []  # it has run


def test_what_the_projects_driver_refuses(url: sa.URL) -> None:
    text = REVISION.format(more='op.execute("CREATE SCHEMA a; CREATE SCHEMA b")')
    revision = Revision("a", (), Source("a.py", 1), text=text)
    for driver, said in (("asyncpg", 1), ("psycopg2", 0)):
        declared = Declared(history=History((revision,), (), driver=driver))
        found = helpers.sentences(RULE, helpers.snapshot(url), declared)
        assert sum("2 statements in one execute" in one for one in found) == said


def test_what_may_well_be_right_is_information() -> None:
    made = 'op.create_table("u", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("c", GUID()))'
    step = 'op.alter_column("u", "c", existing_type=sa.String(), type_=sa.Uuid())'
    text = REVISION.format(more=f"{made}\n    {step}").replace("pass", 'op.drop_table("u")')
    declared = Declared(history=History((Revision("a", (), Source("a.py", 1), text=text),)))
    found = [f for f in RULE.find(Live(), declared, Options()) if isinstance(f, Finding)]
    assert [(f.severity.value, f.confidence.value) for f in found] == [("info", "possible")]


def upgrades(*bodies: str) -> list[str]:
    """What is said of revisions, one after the other, that no database has run."""
    head = "import sqlalchemy as sa\nfrom alembic import op\n\n\ndef upgrade():\n    "
    made = (
        Revision(f"r{n}", (f"r{n - 1}",) if n else (), Source(f"r{n}.py", 1), text=head + body)
        for n, body in enumerate(bodies)
    )
    declared = Declared(history=History(tuple(made)))
    found = (one for one in RULE.find(Live(), declared, Options()) if isinstance(one, Finding))
    return [f"{one.place}: {facts_of(one, RevisionUnsafeFacts).kind}" for one in found]


def test_a_later_revision_may_settle_what_an_earlier_one_leaves() -> None:
    table = 'op.create_table("kinds", sa.Column("id", sa.Integer(), primary_key=True))'
    rows = 'op.execute("INSERT INTO kinds (id) VALUES (1), (2)")'
    assert upgrades(table, rows) == ["r1:6: seeded-ids"]
    for moved in (
        "op.execute(\"SELECT setval('kinds_id_seq', 2)\")",
        'op.execute("ALTER SEQUENCE kinds_id_seq RESTART WITH 3")',
        "op.execute(\"SELECT setval(pg_get_serial_sequence('kinds', 'id'), 9)\")",
        "op.execute(\"DO $$ BEGIN PERFORM setval('kinds_id_seq', 2); RAISE NOTICE 'x'; END $$\")",
    ):
        assert upgrades(table, rows, "pass", moved) == []
        assert upgrades(table, moved, rows) == ["r2:6: seeded-ids"]
    every = 'for name in sequences():\n        op.execute(f"ALTER SEQUENCE {name} RESTART WITH 9")'
    assert upgrades(table, rows, every) == []
    dropped = 'op.drop_constraint("kinds_pkey", "kinds", type_="primary")'
    assert upgrades(table, dropped) == ["r1:6: key-dropped"]
    assert upgrades(table, dropped, 'op.create_primary_key(None, "kinds", ["id"])') == []
    key = 'op.execute("CREATE TABLE a (id integer PRIMARY KEY, b text)")'
    identity = 'op.execute("ALTER TABLE {}a ALTER id ADD GENERATED BY DEFAULT AS IDENTITY")'
    own = "op.execute(\"ALTER TABLE public.a ALTER id SET DEFAULT nextval('{}'::{})\")"
    assert upgrades(key) == upgrades(key, identity.format("b.")) == ["r0:6: key-without-default"]
    assert upgrades(key, f"if asked():\n        {identity.format('')}") == upgrades(key)
    statements = "CREATE SEQUENCE s; ALTER TABLE a ALTER id SET DEFAULT nextval('s'); "
    block = f'op.execute("DO $$ BEGIN {statements}{{}} END $$")'
    assert upgrades(key, block.format("EXECUTE 'DROP VIEW IF EXISTS v'; ")) == []
    for unsure in (f"IF x() THEN {statements} END IF;", f"{statements} EXCEPTION WHEN OTHERS THEN"):
        assert upgrades(key, f'op.execute("DO $$ BEGIN {unsure} END $$")') == upgrades(key)
    for later in (
        identity.format("public."),
        f"op.execute('CREATE SEQUENCE public.s')\n    {own.format('public.s', 'regclass')}",
        'op.alter_column("a", "id", type_=sa.Uuid(), postgresql_using="gen_random_uuid()")',
        'op.create_foreign_key("a_id", "a", "b", ["id"], ["id"])',
        'op.drop_table("a")',
        'op.drop_column("a", "id")\n    op.execute("ALTER TABLE a ADD id serial PRIMARY KEY")',
    ):
        assert [one for one in upgrades(key, later) if "key-without" in one] == []
    serial = 'op.execute("CREATE TABLE a (id serial PRIMARY KEY, b text)")'
    late = own.format("a_id_seq", "text")
    assert upgrades(serial, late) == ["r1:6: default-late-bound"]
    assert upgrades(serial, late, own.format("a_id_seq", "regclass")) == []
    lost = 'op.execute("ALTER TABLE a ALTER id DROP DEFAULT")'
    assert upgrades(serial, lost) == upgrades(serial, lost, late)[:1] == ["r1:6: generator-dropped"]
    assert upgrades(serial, lost, identity.format("")) == []
    wide = 'op.execute("ALTER TABLE a ALTER id TYPE bigint")'
    assert upgrades(serial, wide) == ["r1:6: sequence-left-narrow"]
    assert upgrades(serial, wide, 'op.execute("ALTER SEQUENCE b_id_seq AS bigint")') != []
    for later in (
        '"ALTER SEQUENCE public.a_id_seq AS bigint"',
        '"ALTER TABLE a ALTER id TYPE int"',
    ):
        assert upgrades(serial, wide, f"op.execute({later})") == []
    other = "op.execute(\"SELECT setval('others_id_seq', 2)\")"
    assert upgrades(table, rows, other) == ["r1:6: seeded-ids"]


def waiting(url: sa.URL, body: str) -> list[str]:
    """What is said of a revision that waits, by way of what `plan` reads of the database."""
    text = f"import sqlalchemy as sa\nfrom alembic import op\n\n\ndef upgrade():\n    {body}\n"
    history = History((Revision("a", (), Source("a.py", 1), text=text),), ())
    declared = Declared(history=history)
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        live = relations.enrich(connection, helpers.snapshot(url), declared)
    return helpers.sentences(RULE, live, declared)


def test_what_the_database_knows_of_keys(url: sa.URL, connection: psycopg.Connection) -> None:
    connection.execute(TABLE)
    connection.execute("CREATE TABLE p (a integer, b integer, note text, PRIMARY KEY (a, b))")
    refused = "p.b is in the primary key and becomes nullable: PostgreSQL refuses that (42P16)"
    assert waiting(url, 'op.alter_column("p", "b", nullable=True)') == [refused]
    mistyped = 'op.create_foreign_key(None, "p", "t", ["note"], ["id"])'
    assert waiting(url, mistyped) == [
        "p.note is text and references t.id, which is integer: PostgreSQL refuses the foreign key "
        "(42804); convert the column first"
    ]
    made = (
        'op.create_table("n", sa.Column("id", sa.Integer(), sa.Sequence("{}"), primary_key=True))'
    )
    assert len(waiting(url, made.format("n_id_seq"))) == 1
    assert waiting(url, made.format("t_id_seq")) == []


def test_what_the_database_knows_of_foreign_keys(
    url: sa.URL, connection: psycopg.Connection
) -> None:
    connection.execute(TABLE)
    connection.execute("CREATE TABLE c (t_id integer CONSTRAINT of_t REFERENCES t)")
    change = 'op.alter_column("c", "t_id", type_=sa.Text())'
    assert [one.partition(":")[0] for one in waiting(url, change)] == [
        "c.t_id becomes text while the foreign key from c.t_id (text) to t.id (integer) is there"
    ]
    assert waiting(url, f'op.drop_constraint("of_t", "c")\n    {change}') == []


def test_ids_that_the_sequence_has_given(url: sa.URL, connection: psycopg.Connection) -> None:
    connection.execute(TABLE)
    connection.execute("SELECT setval('t_id_seq', 10)")
    assert waiting(url, 'op.execute("INSERT INTO t (id) VALUES (10)")') == []
    assert len(waiting(url, 'op.execute("INSERT INTO t (id) VALUES (11)")')) == 1


def remarks(heads: tuple[str, ...] | None) -> list[str]:
    """Of three revisions with a downgrade that is empty, where the database is at these."""
    text = REVISION.replace('op.alter_column("t", "id", type_=sa.BigInteger())', "{step}")
    text = text.replace('    op.alter_column("t", "id", type_=sa.Integer())\n', "")
    made = tuple(
        Revision(
            f"r{n}", (f"r{n - 1}",) if n else (), Source(f"r{n}.py", 1),
            text=text.format(step=f"op.create_table('t{n}')", more=""),
        )
        for n in range(3)
    )  # fmt: skip
    declared = Declared(history=History(made, heads))
    found = [one for one in RULE.find(Live(), declared, Options()) if isinstance(one, Finding)]
    assert {facts_of(one, RevisionUnsafeFacts).kind for one in found} <= {"downgrade-empty"}
    assert {one.severity.value for one in found} <= {"info"}
    return [str(one.place) for one in found]


def test_remarks_are_of_what_can_still_be_changed() -> None:
    assert remarks(heads=("r0",)) == ["r1:13", "r2:13"]
    assert remarks(heads=("r2",)) == []
    assert remarks(heads=None) == ["r0:13", "r1:13", "r2:13"]  # without a database: all


def test_a_remark_leads_to_the_rehearsal() -> None:
    text = REVISION.replace(
        'op.alter_column("t", "id", type_=sa.BigInteger())', 'op.drop_table("t")'
    )
    revision = Revision("a", (), Source("a.py", 1), text=text.format(more=""))
    declared = Declared(history=History((revision,)))
    (found,) = (one for one in RULE.find(Live(), declared, Options()) if isinstance(one, Finding))
    made = RULE.remedy(found, Live(), Options())
    assert isinstance(made, Manual)
    assert (
        made.reason == "see table-dropped; remediate rehearse a shows what it does to this schema"
    )
