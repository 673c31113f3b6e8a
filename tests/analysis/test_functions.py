"""What the source of a function tells of the sequences that it draws from."""

import pytest

from remediate.analysis.functions import Drawn, arguments, drawn, fills_always

UNTOLD = Drawn()


@pytest.mark.parametrize(("source", "expected"), [
    ("SELECT nextval('a')", [Drawn("a")]),
    ("SELECT NEXTVAL ( ('a'::text)::regclass )", [Drawn("a")]),
    ("select pg_catalog.nextval(regclass 'a')", [Drawn("a")]),
    ("return nextval('it''s') + nextval('b'::regclass);", [Drawn("it's"), Drawn("b")]),
    ("-- nextval('a')\nselect 1 /* nextval(b) */", []),
    ("select '-- no comment', nextval('a')", [Drawn("a")]),
    ("raise notice 'nextval(x)'; return 7;", []),
    ("select nextval('a_' || part)", [UNTOLD]),
    ("select nextval(('a_' || 'b')::regclass)", [Drawn("a_b")]),
    ("select nextval(given || '_seq')", [Drawn("orders_seq")]),
    ("select nextval((GIVEN::text || '_' || $2)::regclass)", [Drawn("orders_x")]),
    ("select nextval(lower(given) || '_seq')", [UNTOLD]),
    ("select nextval(format('%s_seq', given))", [UNTOLD]),
    ("execute 'select nextval(''a'')' into r;", [UNTOLD]),
    ("execute format('select nextval(%L)', s) into r;", [UNTOLD]),
    ("select nextval(pg_get_serial_sequence('s.t', 'id'))", [Drawn(serial=("s.t", "id"))]),
    ("select nextval(pg_get_serial_sequence(given, 'id'))", [UNTOLD]),
])  # fmt: skip
def test_drawn(source: str, expected: list[Drawn]) -> None:
    assert [*drawn(source, {"given": "orders", "$1": "orders", "$2": "x"})] == expected


@pytest.mark.parametrize(("call", "expected"), [
    ("public.f('a'::text, 'b, c'::character varying)", {"$1": "a", "one": "a", "$2": "b, c"}),
    ("public.f((2 + 3), 'b'::text)", {"$2": "b"}),
    ("(public.f('a'::text) + 1)", {}),
    ("public.fg('a'::text)", {}),
])  # fmt: skip
def test_arguments(call: str, expected: dict[str, str]) -> None:
    assert arguments(call, "public.f(text,text)", ["One"]) == expected


@pytest.mark.parametrize(("source", "expected"), [
    ("begin new.id := nextval('a'); return new; end", True),
    ("begin select nextval('a') into NEW.ID; return new; end", True),
    ("begin if new.id is null then new.id := nextval('a'); end if; return new; end", True),
    ("begin IF (NEW.\"id\" IS NULL) THEN NEW.id := nextval('a'); END IF; return new; end", True),
    ("begin new.id := coalesce(new.id, nextval('a')); return new; end", True),
    ("begin if new.id is null then new.id := 7; else new.x := nextval('a'); end if; return new; end", False),
    ("begin if new.kind is null then new.id := nextval('a'); end if; return new; end", False),
    ("begin if tg_op = 'INSERT' then new.id := nextval('a'); end if; return new; end", False),
    ("begin new.number := nextval('a'); return new; end", False),
    ("begin new.id := nextval('a'); exception when others then return new; end", False),
])  # fmt: skip
def test_fills_always(source: str, *, expected: bool) -> None:
    assert fills_always(source, "id") is expected
