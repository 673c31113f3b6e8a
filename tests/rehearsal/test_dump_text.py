"""Two texts of pg_dump, compared by what they say."""

from remediate.rehearsal.dump_text import Compared, compare

PARTS = """\
CREATE TABLE public."a (b" (
    id integer NOT NULL,
    old integer,
    kept text,
    CONSTRAINT odd CHECK ((old <> 1))
)
PARTITION BY RANGE (id);


--
-- Name: COLUMN x; Type: COMMENT
--

COMMENT ON COLUMN public."a (b".old IS 'x';


ALTER TABLE ONLY public."a (b"
    ADD CONSTRAINT a_pkey PRIMARY KEY (id);
"""
TABLE = 'public."a (b"'


def test_columns_in_another_order() -> None:
    moved = PARTS.replace(
        "    old integer,\n    kept text,\n", "    kept text,\n    old integer,\n"
    )
    assert compare(PARTS, moved) == Compared((), (), (TABLE,))
    assert compare(PARTS, moved).only_order
    assert not compare(PARTS, PARTS).only_order


def test_what_is_lost_and_left_is_said_with_its_table() -> None:
    other = PARTS.replace("    old integer,\n", "").replace("kept text", "kept integer")
    assert compare(PARTS, other) == Compared(
        (f"{TABLE}: old integer", f"{TABLE}: kept text"), (f"{TABLE}: kept integer",), ()
    )
    key = 'ALTER TABLE ONLY public."a (b" ADD CONSTRAINT a_pkey PRIMARY KEY (id)'
    assert compare(PARTS, PARTS.partition("\n\n\nALTER")[0]) == Compared((key,), (), ())


def test_a_column_that_moved_to_another_table_is_no_order() -> None:
    two = "CREATE TABLE a (\n    x integer\n);\n\nCREATE TABLE b (\n    y integer\n);\n"
    swapped = two.replace("x", "z").replace("y", "x").replace("z", "y")
    assert compare(two, swapped).lost == ("a: x integer", "b: y integer")


def test_a_table_speaks_for_its_columns() -> None:
    assert compare("CREATE TABLE a (\n    x integer\n);\n", "") == Compared(
        ("CREATE TABLE a",), (), ()
    )
