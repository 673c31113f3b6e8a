"""What is unsafe is found, by kind and line."""

import pytest

from remediate.lint import KINDS, PAGE, REMARKS, Known, lint
from tests.lint.revisions import SERIAL, Case, down, up
from tests.lint.unsafe import UNSAFE

FIRST = {
    "type-without-using": "users.age changes from character varying to integer without USING: PostgreSQL does not "
    "convert the values by itself and refuses the step (42804)",
    "default-not-cast": "users.id has a default that draws from users_id_seq, and becomes uuid: PostgreSQL cannot "
    "convert the default and refuses the step (42804), with any USING; drop the default before it, and set one "
    "of the new type after it",
    "reference-mistyped": "o.user_id is character varying and references users.id, which is bigint: PostgreSQL "
    "refuses the foreign key (42804); convert the column first",
    "sequence-left-narrow": "users.id becomes bigint, but its sequence stays integer: after 2147483647 every INSERT "
    "without a key fails (2200H)",
    "key-without-default": "users.id is an integer key without a default: every INSERT without it fails (23502)",
    "copy-without-default": "users_new.id becomes the key of a copy, which has the values of the original key but "
    "not its default: every INSERT without it fails (23502)",
    "key-made-nullable": "users.id is in the primary key and becomes nullable: PostgreSQL refuses that (42P16)",
    "key-of-new-column": "tags.id is added without a value and becomes a key: the rows that the table has hold NULL "
    "there, and PostgreSQL refuses it (23502); nothing generates it for new rows either",
    "key-dropped": "users loses its primary key (id) and gets no other: it may hold the same row twice, and no "
    "foreign key can refer to it",
    "key-not-declared": "tags.id is declared as a primary key, but op.add_column creates no such constraint: the "
    "table has no such key, and may hold the same id twice",
    "seeded-ids": "users.id gets ids that are written out, but its sequence does not advance: INSERTs without an id "
    "collide with these rows (23505)",
    "sequence-not-created": "bills.id draws from the sequence s, and no revision creates that, nor does Alembic with "
    "the column: every INSERT without a value fails (42P01)",
    "failure-swallowed": "this block swallows an error of its steps: PostgreSQL aborts the transaction and refuses "
    "the next statement (25P02), or Alembic records the version without them",
    "downgrade-cascades": "DROP TABLE users CASCADE also drops what the upgrade never made: every view, constraint "
    "and default that has come to depend on it",
    "several-statements": "2 statements in one execute: asyncpg refuses them (42601)",
    "statement-not-read": "PostgreSQL's parser refuses this statement (syntax error at or near "
    '"MODIFY"): it fails when the revision runs it (42601), and remediate has not checked it',
    "query-steers-ddl": "rows decide which DDL follows: a database with other rows gets another schema, and "
    "`alembic upgrade --sql` has no rows to ask",
    "generator-dropped": "users.id loses its default and gets nothing in its place: from then on every INSERT "
    "without a key fails (23502)",
    "default-late-bound": "t.id takes its default from the text 't_id_seq': PostgreSQL does not see that the "
    "sequence is in use, and allows DROP SEQUENCE and RENAME",
    "default-of-dropped-sequence": "t.id takes its default from s, and the revision drops the sequence afterwards: "
    "PostgreSQL refuses that, or drops the default with it",
    "revision-id-too-long": "the revision id a_revision_with_a_name_of_33_chars has 34 characters, and "
    "alembic_version.version_num holds 32: the upgrade fails at its end (22001)",
    "revision-id-refused": "Alembic does not accept - in the revision id 2024-01-01",
}
CERTAIN = {
    "key-made-nullable", "type-without-using", "default-not-cast", "reference-mistyped", "sequence-left-narrow",
    "generator-dropped", "default-of-dropped-sequence", "revision-id-too-long", "revision-id-refused",
}  # fmt: skip


@pytest.mark.parametrize("case", UNSAFE, ids=lambda case: case.name)
def test_found(case: Case) -> None:
    found = lint(case.source, case.known)
    assert [(one.kind, one.line) for one in found] == [(case.kinds[0], line) for line in case.lines]
    assert found


@pytest.mark.parametrize("kind", FIRST)
def test_message(kind: str) -> None:
    case = next(case for case in UNSAFE if case.kinds == (kind,))
    (found,) = lint(case.source, case.known)
    assert found.message == FIRST[kind]
    assert found.error is (kind in CERTAIN)
    assert found.function == ("" if kind.startswith("revision-id") else found.function)


def test_every_kind_has_a_page_and_a_message() -> None:
    assert set(KINDS) - REMARKS == set(FIRST) == {case.kinds[0] for case in UNSAFE}
    assert all(f"\n{kind}\n" in PAGE for kind in KINDS)
    assert max(map(len, PAGE.splitlines())) <= 100


def test_what_only_autogenerate_says_is_a_hazard() -> None:
    case = next(case for case in UNSAFE if case.name.endswith("as autogenerate writes it"))
    assert [one.error for one in lint(case.source)] == [False]


def test_a_loop_is_one_finding_that_says_how_many() -> None:
    case = next(case for case in UNSAFE if case.name == "sequence-left-narrow: loop")
    (found,) = lint(case.source, case.known)
    assert found.message.startswith("a.id becomes bigint")
    assert found.message.endswith("(and 1 more on this line)")


def test_functions_are_named() -> None:
    source = down('op.execute("DROP TABLE a CASCADE")', 'op.execute("SELECT 1; SELECT 2")')
    found = lint(source, Known(driver="asyncpg"))
    assert [one.function for one in found] == ["upgrade", "downgrade"]


def test_the_width_of_the_version_column_can_be_told() -> None:
    assert lint(f'revision = "{"a" * 40}"\n', Known(version_width=64)) == ()


def test_the_sequence_may_have_another_name() -> None:
    spot = ("users", "id")
    known = Known({spot: "integer"}, frozenset({spot}), sequences={spot: "people_id_seq"})
    source = up('op.alter_column("users", "id", type_=sa.BigInteger())')
    (found,) = lint(source, known)
    assert found.rewritten.endswith('op.execute("ALTER SEQUENCE people_id_seq AS bigint")')
    assert lint(f'{source}\n    op.execute("ALTER SEQUENCE people_id_seq AS bigint")', known) == ()


def test_what_is_no_python_is_no_revision() -> None:
    with pytest.raises(SyntaxError):
        lint("def upgrade(:", SERIAL)
