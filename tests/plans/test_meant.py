"""Which changes since a plan was saved are those that its repairs were to make."""

import pytest

from remediate.findings.remedy import Lock, Step
from remediate.plans.digest_document import called, digest_as_json, digest_from_json
from remediate.plans.meant import Printed, since
from remediate.remedies.alterations import (
    OWNER_OF,
    counting,
    of_index,
    of_key,
    of_owned,
    of_reference,
    of_sequence,
    of_usage,
)
from remediate.snapshots import written
from remediate.snapshots.acl import DefaultRights
from remediate.snapshots.digest import WRITTEN, Alteration, Changed, Digest, Object, changes
from remediate.snapshots.references import ForeignKey
from remediate.snapshots.tables import Name

T, S, N = Name("public", "t"), Name("public", "t_id_seq"), Name("public", "n")
P, V = Name("public", "t_1"), Name("public", "v")
ODD = Name("my app", 'O"d %s')
ID, U = Object(T, "column", "id"), Object(T, "column", "u")
IX, FK = Object(T, "index", "ix"), Object(T, "constraint", "fk")
OF_P, OF_FK = Object(P, "index", "ix_1"), Object(T, "constraint", "fk_1")
SEQUENCE, VIEW, TABLE = Object(S, "sequence"), Object(V, "view"), Object(N, "table")
RETYPED = Alteration(U, ("type bigint", "collation"))
WHOLE = {one: Alteration(one) for one in (IX, FK, SEQUENCE, TABLE)}
KEY = Object(T, "constraint", "t_pkey")
REFERENCE = ForeignKey(T, ("u",), N, ("id",), name="fk")
COMES = {
    one.object: one
    for one in (
        *of_reference(REFERENCE),
        *of_index(T, "ix", ("u",)),
        *of_key(T, "t_pkey", ("id",)),
        *of_sequence(S, "integer"),
    )
}
NEW_FK = "foreign key, columns (u), to public.n (id), delete a, update a, match s"
NEW_IX = "method btree, columns (u), order cfcd2084, classes aaaaaaaa"
NEW_SEQUENCE = "owner a, as integer, start 1, increment 1, minimum 1, maximum 2147483647"
OF_NEW = Alteration(Object(N, "sequence", "id"), state=counting("integer"))

# what changed, before and after, and what a step says that it alters
MEANT = [
    (ID, "type integer", "type integer, default aaaaaaaa, draws public.t_id_seq",
     Alteration(ID, ("default", "draws public.t_id_seq"))),
    (ID, "type integer", 'type integer, default aaaaaaaa, draws public."position"',
     Alteration(ID, ("default", "draws public.position"))),
    (SEQUENCE, "", "owner a, owned public.t.id", WHOLE[SEQUENCE]),
    (SEQUENCE, "", "owner a, owned public.n.id", WHOLE[TABLE]),
    (SEQUENCE, "", "owner a, owned public.t.id", Alteration(ID, ("identity", "not"))),
    (SEQUENCE, "as integer, maximum 9", "as bigint, maximum 99", Alteration(SEQUENCE, ("as", "maximum"))),
    (SEQUENCE, "as integer, maximum 9", "as bigint, maximum 99", Alteration(SEQUENCE, ("as bigint", "maximum 99"))),
    (SEQUENCE, "as integer, maximum 9, owned public.t.u", "as bigint, maximum 99, owned public.t.u", RETYPED),
    (FK, "", "foreign key, columns (u)", WHOLE[FK]),
    (FK, "foreign key, not valid", "foreign key", Alteration(FK, ("not",))),
    (FK, "check, columns (v u), expression aaaaaaaa", "check, columns (v u), expression bbbbbbbb", RETYPED),
    (IX, "columns (v u), classes aaaaaaaa", "columns (v u), classes bbbbbbbb", RETYPED),
    (IX, "columns (v), reads (u), expression aaaaaaaa", "columns (v), reads (u), expression bbbbbbbb", RETYPED),
    (OF_P, "", "columns (u), under public.t.ix", WHOLE[IX]),
    (OF_FK, "not valid, under public.t.fk", "under public.t.fk", Alteration(FK, ("not",))),
    (U, "type integer, default aaaaaaaa", "type bigint, default bbbbbbbb", RETYPED),
    (TABLE, "", "owner a", WHOLE[TABLE]),
    (VIEW, "definition aaaaaaaa", "definition bbbbbbbb", Alteration(VIEW, ("definition",))),
    (Object(ODD, "column", "I, d"), "type integer", "type bigint",
     Alteration(Object(ODD, "column", "I, d"), ("type bigint",))),
    (FK, "", f"{NEW_FK}, not valid", COMES[FK]),
    (FK, "", NEW_FK.replace("public.n (id)", 'public."n" ("id")'), COMES[FK]),
    (OF_FK, "", f"{NEW_FK}, under public.t.fk".replace("public.n", "public.n_1"), COMES[FK]),
    (IX, f"{NEW_IX}, invalid", NEW_IX, COMES[IX]),
    (KEY, "", "primary key, columns (id)", COMES[KEY]),
    (SEQUENCE, "", NEW_SEQUENCE, COMES[SEQUENCE]),
    (SEQUENCE, "", f"{NEW_SEQUENCE}, owned public.n.id", OF_NEW),
]  # fmt: skip
BESIDE = [
    (U, "type integer", "type text", RETYPED, ("type",)),
    (U, "type integer", "type bigint, not null", RETYPED, ("not",)),
    (U, "type integer, default aaaaaaaa", "type bigint", RETYPED, ("default",)),
    (U, "type integer", "type bigint, grants \"a, b\"=r/a", RETYPED, ("grants",)),
    (U, "type integer, default aaaaaaaa", "type integer, default bbbbbbbb", Alteration(ID, ("default",)), ("default",)),
    (ID, "type integer, default a, draws public.a", "type integer, default b, draws public.b",
     Alteration(ID, ("default", "draws public.c")), ("draws",)),
    (SEQUENCE, "as integer, maximum 9", "as bigint, maximum 98", Alteration(SEQUENCE, ("as bigint", "maximum 99")),
     ("maximum",)),
    (SEQUENCE, "owner a", 'owner a, owned public.t."Id"', Alteration(SEQUENCE, ("owned public.t.id",)), ("owned",)),
    (IX, "", "columns (u), classes aaaaaaaa", RETYPED, ()),
    (IX, "columns (u), classes aaaaaaaa", "", RETYPED, ()),
    (IX, "unique, columns (u), classes aaaaaaaa", "columns (u), classes bbbbbbbb", RETYPED, ("unique",)),
    (IX, "columns (v), classes aaaaaaaa", "columns (v), classes bbbbbbbb", RETYPED, ("classes",)),
    (IX, "columns (u), expression aaaaaaaa", "columns (u)", RETYPED, ("expression",)),
    (FK, "", "check, columns (u), expression aaaaaaaa", RETYPED, ()),
    (FK, "foreign key, not valid, delete a", "foreign key, delete c", Alteration(FK, ("not",)), ("delete",)),
    (FK, "foreign key", "foreign key, triggers disabled", Alteration(FK, ("not",)), ("triggers",)),
    (OF_P, "", "columns (u)", WHOLE[IX], ()),
    (OF_FK, "not valid, under public.t.fk", "delete c, under public.t.fk", Alteration(FK, ("not",)), ("delete",)),
    (OF_FK, "not valid, under public.n.fk", "under public.n.fk", Alteration(FK, ("not",)), ("not",)),
    (VIEW, "owner a, definition aaaaaaaa", "owner b, definition bbbbbbbb",
     Alteration(VIEW, ("definition",)), ("owner",)),
    (VIEW, "definition aaaaaaaa", "definition bbbbbbbb", RETYPED, ("definition",)),
    (SEQUENCE, "owner a, owned public.t.id", "", RETYPED, ()),
    (SEQUENCE, "", "owner a", WHOLE[TABLE], ()),
    (Object(T, "trigger", "tr"), "enabled, expression aaaaaaaa", "disabled, expression bbbbbbbb",
     Alteration(Object(T, "trigger", "tr"), ("expression",)), ("enabled", "disabled")),
    (Object(T, "function", "()"), "definition aaaaaaaa", "definition bbbbbbbb", WHOLE[TABLE], ("definition",)),
    (FK, "", NEW_FK.replace("delete a", "delete c"), COMES[FK], ("delete",)),
    (FK, "", NEW_FK.replace("public.n (id)", "public.v (id)"), COMES[FK], ("to",)),
    (FK, "", f"{NEW_FK}, deferrable, comment aaaaaaaa", COMES[FK], ("deferrable", "comment")),
    (FK, "", NEW_FK.replace("(u)", "(id)").replace("match s", "match f"), COMES[FK], ("columns", "match")),
    (OF_FK, "", f"{NEW_FK}, unenforced, under public.t.fk", COMES[FK], ("unenforced",)),
    (IX, "", NEW_IX.replace("(u)", "(v)"), COMES[IX], ("columns",)),
    (IX, "", f"unique, {NEW_IX}, partial", COMES[IX], ("unique", "partial")),
    (IX, "columns (v)", "", COMES[IX], ()),
    (KEY, "", "primary key, columns (id u)", COMES[KEY], ("columns",)),
    (SEQUENCE, "", f"{NEW_SEQUENCE}, cache 9, cycle".replace("increment 1", "increment 2"), COMES[SEQUENCE],
     ("increment", "cache", "cycle")),
    (SEQUENCE, "", f"{NEW_SEQUENCE}, owned public.t.id", COMES[SEQUENCE], ("owned",)),
    (SEQUENCE, "", f"{NEW_SEQUENCE}, cache 9, owned public.n.id", OF_NEW, ("cache",)),
]  # fmt: skip


DEFINITIONS = [
    ("(c)::text = 'a'::text", "c = 'a'", 1),
    ("c = ANY (ARRAY[1, 2])", "c = ANY (ARRAY[(1)::bigint, (2)::bigint])", 1),
    (
        "c = ANY ((ARRAY['a'::character varying])::text[])",
        "(c)::text = ANY (ARRAY['a'::text])",
        True,
    ),
    ("(c > '5'::numeric(10,2))", "(c > 5)", 1),
    ("((a AND b) OR d)", "(a AND (b OR d))", 2),
    ("lower(c)", "c", 2),
    ("c = 'a::text'", "c = 'a'", 2),
    ("c = '(a)'", "c = 'a'", 2),
]


def changed(what: Object, before: str, after: str) -> list[Changed]:
    """With what is new above it."""
    above = {IX: "columns (u)"} if "under public.t.ix" in after else {}
    above |= {FK: f"{NEW_FK}"} if "under public.t.fk" in after and not before else {}
    return [*changes(Digest({what: before} if before else {}),
                     Digest({what: after, **above} if after else {}))]  # fmt: skip


def step(*alterations: Alteration) -> list[Step]:
    return [Step("", "", Lock.NONE, T, alters=alterations)]


@pytest.mark.parametrize(("what", "before", "after", "said"), MEANT)
def test_what_a_repair_was_to_do(what: Object, before: str, after: str, said: Alteration) -> None:
    found = changed(what, before, after)
    told = since(found, step(said))
    assert (told.beside, told.as_meant + len(told.unread)) == ((), len(found))
    other = Alteration(Object(Name("other", "t"), "table"), ())
    assert [one.object for one in since(found, step(other)).beside] == [one.object for one in found]


@pytest.mark.parametrize(
    ("printed", "told"),
    [
        (Printed({VIEW: written.digest("SELECT (c)::text")}), "as_meant"),
        (Printed({VIEW: written.digest("SELECT d")}), "beside"),
        (Printed(), "beside"),
        (Printed(complete=False), "unread"),
    ],
)
def test_what_is_rebuilt_is_compared_as_it_is_printed(printed: Printed, told: str) -> None:
    as_before = f"{WRITTEN}{written.digest('SELECT c')}"
    said = Alteration(VIEW, ("definition", "defaults", as_before))
    found = changed(VIEW, "definition aaaaaaaa", "definition bbbbbbbb")
    made = since(found, step(said), printed=printed)
    assert [word for word in ("as_meant", "beside", "unread") if getattr(made, word)] == [told]
    assert [one.parts for one in (*made.beside, *made.unread)] in ([], [("definition",)])


@pytest.mark.parametrize(("one", "other", "digests"), DEFINITIONS)
def test_a_definition_is_the_same_but_for_types(one: str, other: str, digests: int) -> None:
    assert len({written.digest(one), written.digest(other)}) == digests


@pytest.mark.parametrize(("what", "before", "after", "said", "left"), BESIDE)
def test_what_happened_beside_it(
    what: Object, before: str, after: str, said: Alteration, left: tuple[str, ...]
) -> None:
    (one,) = since(changed(what, before, after), step(said)).beside
    assert (one.object, one.parts) == (what, left)


@pytest.mark.parametrize("owner", ["", ", owned public.n.id"])
def test_a_new_sequence_that_another_column_owns(owner: str) -> None:
    steps = step(*of_sequence(S, "integer"), *of_owned(S, T, "id"))
    owned = f"{NEW_SEQUENCE}, owned public.t.id"
    assert since(changed(SEQUENCE, "", owned), steps).beside == ()
    (one,) = since(changed(SEQUENCE, "", f"{NEW_SEQUENCE}{owner}"), steps).beside
    assert (one.object, one.parts) == (SEQUENCE, ("owned",))


OWN = "grants a=rwU/a"
# the table, the sequence before and after, and what of the sequence is not as it was to be
RIGHTS = [
    ("owner a", "", "owner a", ()),
    ("owner a", "", "owner b", ("owner",)),
    ("owner a, grants a=r/a b=ar/a", "", f"owner a, {OWN} b=U/a", ()),
    ("owner a, grants a=r/a b=ar/a", "", f"owner a, {OWN} b=U*/a", ("grants",)),
    ("owner a, grants a=r/a b=ar/a", "", f"owner a, {OWN} b=U/a r=U/a", ("grants",)),
    ("owner a, grants a=r/a =a/a", "", f"owner a, {OWN} =U/a", ()),
    ("owner a", "", f"owner a, {OWN} =U/a", ("grants",)),
    ("owner a", "", "owner a, grants a=rw/a", ("grants",)),
    ("owner a", "", f'owner a, {OWN} "P, x"=U/a e=U/a', ()),
    ('owner a, grants "P, x"=a/a', "", f"owner a, {OWN}", ("grants",)),
    ("owner a", "", f"owner a, {OWN} d=rU/a", ()),
    ("owner a", "", f"owner a, {OWN} d=rwU/a", ("grants",)),
    ("owner a", "", f"owner a, {OWN} under=U/a", ()),
    ("owner a, grants b=a/a", "owner a", f"owner a, {OWN} b=U/a", ()),
    ("owner a", f"owner a, {OWN} b=r/a", f"owner a, {OWN} b=r/a =r/a", ("grants",)),
    ("owner a", f"owner a, {OWN} b=r/a", f"owner a, {OWN}", ("grants",)),
    ("owner a", "owner a", f"owner a, {OWN} d=rU/a", ("grants",)),
]


@pytest.mark.parametrize(("table", "before", "after", "left"), RIGHTS)
def test_whose_a_sequence_is_and_who_may_use_it(
    table: str, before: str, after: str, left: tuple[str, ...]
) -> None:
    """`P, x` and `e` are planned to, `under` may INSERT below; what `d` gets is by default."""
    news = "" if before else NEW_SEQUENCE.removeprefix("owner a")
    usage = of_usage(S, [T], ["P, x", "e"], *(() if before else (f"{OWNER_OF}{T}",)))
    steps = step(*(() if before else of_sequence(S, "integer")), *usage)
    default = DefaultRights("a", "public", {"d": frozenset("rU"), "a": frozenset("r")})
    found = changed(SEQUENCE, before, f"{after}{news}")
    below = {Object(P, "table"): "grants under=a/a", Object(P, "column", "id"): f"draws {S}"}
    now = Digest({Object(T, "table"): table, **below})
    beside = since(found, steps, now, defaults=(default,)).beside
    assert [one.parts for one in beside] == ([left] if left else [])


def test_a_relation_that_came_or_went_speaks_for_what_it_holds() -> None:
    table, column = Object(T, "table"), Object(T, "column", "id")
    there = Digest({table: "owner a", column: "integer"})
    assert [*changes(Digest(), there)] == [Changed(table, "", "owner a")]
    assert [*changes(there, Digest())] == [Changed(table, "owner a", "")]
    assert [*changes(there, there)] == []
    alike = Object(T, "function", "()")
    assert [*changes(Digest({alike: "a"}), there)] == [
        Changed(alike, "a", ""), Changed(table, "", "owner a")
    ]  # fmt: skip


def test_a_file_holds_it() -> None:
    function = Object(ODD, "function", '("X y", integer)')
    held = Digest(
        {Object(ODD, "table"): "owner a", Object(ODD, "column", 'a "b" c'): "text", function: "b"}
    )
    document = digest_as_json(held)
    assert document == {
        '"my app"."O""d %s"': {
            "table": "owner a", 'column "a ""b"" c"': "text", 'function ("X y", integer)': "b",
        }
    }  # fmt: skip
    assert digest_from_json(document) == held
    assert {*digest_from_json(document).states} == {*held.states}
    assert called(Object(T, "index", "ix")) == "index ix"
