"""What earlier revisions leave behind."""

from dataclasses import replace

from remediate.analysis.starting_point import known
from remediate.lint import Known, learn, lint
from remediate.snapshots.live import NO_DATABASE, Live
from remediate.snapshots.tables import Name
from tests.lint.revisions import SERIAL, down, module, up

MAKE = up(
    'op.create_table("users", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("age", sa.String(9)))'
)
WIDEN = up('op.alter_column("users", "id", existing_type=sa.Integer(), type_=sa.BigInteger())')
CONVERT = up('op.execute("ALTER TABLE users ALTER age TYPE integer")')


def kinds(source: str, *before: str) -> list[str]:
    return [one.kind for one in lint(source, learn(before))]


def test_types_and_serial_keys() -> None:
    known = learn([MAKE])
    assert known.columns == {("users", "id"): "integer", ("users", "age"): "character varying"}
    assert known.serial == known.generated == {("users", "id")}
    assert kinds(WIDEN, MAKE) == ["sequence-left-narrow"]
    assert kinds(CONVERT, MAKE) == ["type-without-using"]


def test_in_order() -> None:
    text = up(
        'op.alter_column("users", "age", type_=sa.Integer(), postgresql_using="age::integer")'
    )
    assert kinds(CONVERT, MAKE, text) == []
    assert kinds(CONVERT, text, MAKE) == ["type-without-using"]


def test_downgrades_are_not_learned_from() -> None:
    assert learn(
        [down('op.drop_table("users")', 'op.execute("CREATE TABLE users (id serial PRIMARY KEY)")')]
    ).serial


def test_renamed_and_dropped() -> None:
    renamed = up(
        'op.rename_table("users", "people")\nop.alter_column("people", "id", new_column_name="no")'
    )
    known = learn([MAKE, renamed])
    assert known.serial == {("people", "no")}
    assert known.sequences == {("people", "no"): "users_id_seq"}
    assert learn([MAKE, up('op.drop_table("users")')]) == learn([])


def test_a_widened_sequence_is_no_longer_narrow() -> None:
    widened = up('op.execute("ALTER SEQUENCE users_id_seq AS bigint")')
    known = learn([MAKE, widened])
    assert known.serial == frozenset()
    assert known.generated == {("users", "id")}
    assert kinds(WIDEN, MAKE, widened) == []
    assert kinds(up('op.execute("ALTER TABLE users ALTER id DROP DEFAULT")'), MAKE, widened) == [
        "generator-dropped"
    ]


def test_a_conversion_to_identity() -> None:
    identity = up(
        'op.execute("ALTER TABLE users ALTER id DROP DEFAULT, ALTER id ADD GENERATED ALWAYS AS IDENTITY")'
    )
    assert learn([MAKE, identity]).serial == frozenset()
    assert kinds(WIDEN, MAKE, identity) == []


def test_what_nobody_can_read_makes_types_unknown() -> None:
    anything = up('op.execute(open("change.sql").read())')
    assert kinds(CONVERT, MAKE, anything) == []
    assert learn([MAKE, anything]).columns == {}


def test_a_block_of_code_makes_only_its_tables_unknown() -> None:
    block = up('op.execute("DO $$ BEGIN ALTER TABLE orders ADD id int DEFAULT 5; END $$")')
    assert kinds(CONVERT, MAKE, block) == ["type-without-using"]


def test_conditions_are_not_learned_from() -> None:
    maybe = up(
        'if today():\n    op.execute("ALTER TABLE users ALTER age TYPE integer USING age::integer")'
    )
    assert ("users", "age") not in learn([MAKE, maybe]).columns


def test_enums() -> None:
    make = up(
        """op.execute("CREATE TYPE mood AS ENUM ('a')")\nop.execute("CREATE TABLE t (m mood, s text)")"""
    )
    assert learn([make]).columns == {("t", "m"): "enum mood", ("t", "s"): "text"}
    assert kinds(up('op.execute("ALTER TABLE t ALTER s TYPE mood")'), make) == [
        "type-without-using"
    ]
    assert kinds(up('op.execute("ALTER TABLE t ALTER s TYPE domain")'), make) == []


def test_upon_what_the_database_says() -> None:
    known = learn([up('op.execute("ALTER TABLE users ADD COLUMN n text")')], SERIAL)
    assert known == Known(
        {("users", "id"): "integer", ("users", "n"): "text"},
        SERIAL.serial,
        SERIAL.serial,
        SERIAL.serial,
    )


def test_helpers_and_loops() -> None:
    source = module("""
        COLUMNS = {"a": "integer", "b": "text"}
        def make(table, *, key="id"):
            op.execute(f"CREATE TABLE {table} ({key} serial PRIMARY KEY)")
        def upgrade():
            for name in ("s", "t"):
                make(name)
            for column, kind in COLUMNS.items():
                op.execute("ALTER TABLE s ADD COLUMN %(name)s %(kind)s" % {"name": column, "kind": kind})
    """)
    known = learn([source])
    assert known.serial == {("s", "id"), ("t", "id")}
    assert known.columns["s", "a"] == "integer"
    assert known.columns["s", "b"] == "text"


def test_the_width_of_versions_is_kept() -> None:
    assert learn([], Known(version_width=64)).version_width == 64


def test_the_rule_spells_tables_as_revisions_do() -> None:
    made = up("""op.execute('CREATE TABLE app."a.b" ("C" text); CREATE TABLE "D" (e text)')""")
    types = {(Name("app", "a.b"), "C"): "text", (Name("public", "D"), "e"): "text"}
    assert known(Live(types=types), 32).columns == learn([made]).columns
    in_app = Live(types=types, database=replace(NO_DATABASE, default_schema="app"))
    assert known(in_app, 32).columns.keys() == {*learn([made]).columns, ('"a.b"', "C")}
