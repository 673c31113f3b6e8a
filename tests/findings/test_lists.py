"""Several names in one word: A,B is what two options are, and a name may hold a comma itself."""

import pytest

from remediate.errors import UsageProblem
from remediate.findings import lists
from remediate.findings.selection import Ignored, called, chosen, matches, named, unused
from remediate.rules import RULES, rule_of
from remediate.snapshots.snapshot import Snapshot
from remediate.snapshots.tables import Name, Table

TABLES = (Name("public", "orders"), Name("app", "Line Items"), Name("app", "a,b"), Name("x,y", "z"))


def fitting(*patterns: str) -> list[str]:
    return [name.name for name in TABLES if matches(name, patterns)]


@pytest.mark.parametrize(
    ("patterns", "expected"),
    [
        (("orders,z",), ["orders", "z"]),
        ((' orders , "x,y".z ',), ["orders", "z"]),
        (("orders", "z"), ["orders", "z"]),
        (("ord*,app.*",), ["orders", "Line Items", "a,b"]),
        (("a,b",), ["a,b"]),
        (('"a,b",orders',), ["orders", "a,b"]),
        (('app."Line Items",x,y.z',), ["Line Items"]),
        (('"x,y".z,app."Line Items"',), ["Line Items", "z"]),
        (("[o,L]*",), ["orders", "Line Items"]),
        ((",",), []),
    ],
)
def test_tables(patterns: tuple[str, ...], expected: list[str]) -> None:
    assert fitting(*patterns) == expected


def test_each_part_must_fit_a_table() -> None:
    known = Snapshot(tables=tuple(Table(name, 0, "t", "r", (), ()) for name in TABLES[:2]))
    assert len(named(known, ["orders,app.Line*"])) == 2
    with pytest.raises(UsageProblem, match="no table is called 'ordres'"):
        named(known, ["orders,ordres"])
    with pytest.raises(UsageProblem, match="no table is called 'b'"):
        named(known, ["orders", "b"])


def test_ids_hold_commas_of_their_own() -> None:
    ids = ('PK001:public."a,b".id', "AL001:1a, 2b", "SEQ001:public.t.id")
    for word in ids:
        assert lists.known_parts(word, ids) == (word,)
        assert lists.known_parts(f"all,{word},PK003", ids) == ("all", word, "PK003")
    assert lists.known_parts(",".join(ids), ids) == ids
    assert lists.known_parts("PK001, SEQ001,", ids) == ("PK001", "SEQ001")


@pytest.mark.parametrize(
    "word", ['PK001:public."user".id', "PK001:public.user.id", 'PK001:"public"."user"."id"']
)
def test_quotes_of_an_id_are_no_matter(word: str) -> None:
    ids = ('PK001:public."user".id', "SEQ001:public.t.id")
    assert lists.known_parts(f"{word},SEQ001", ids) == (ids[0], "SEQ001")
    assert not unused([Ignored(ids[0], "")], {word: "", word.replace("id", "*"): ""})


def test_pairs() -> None:
    assert lists.pairs(["a.b=models, c.*=database", "d=models"]) == {
        "a.b": "models",
        "c.*": "database",
        "d": "models",
    }
    assert lists.pairs(["t.a,b=models"]) == {"t.a,b": "models"}
    assert lists.pairs(["t.a"]) == {"": "t.a"}


def codes(select: str, ignore: str = "") -> list[str]:
    return [rule.code for rule in chosen(RULES, [select], [ignore])]


def test_rules_by_code_and_by_name() -> None:
    assert codes("SEQ001,pk001, foreign-key-narrower") == ["PK001", "SEQ001", "FK001"]
    assert codes("PK001,SEQ001,FK001", "sequence_behind,fk001") == ["PK001"]
    for word in ("pk001", "Key-Without-Default", "KEY_WITHOUT_DEFAULT", "key without  default"):
        rule = called(RULES, word)
        assert rule == rule_of("PK001")
    with pytest.raises(UsageProblem, match="there is no rule 'key-without-defualt'") as error:
        codes("PK001,key-without-defualt")
    assert error.value.hint.startswith("Did you mean PK001 or ")


@pytest.mark.parametrize(
    ("select", "ignore"),
    [("PK001", "PK001"), ("PK001,FK001", "fk001,key-without-default"), ("fk007", "FK007")],
)
def test_no_rule_is_left(select: str, ignore: str) -> None:
    with pytest.raises(UsageProblem, match=r"no rule is left to ask: .* selected, and ignored"):
        codes(select, ignore)
