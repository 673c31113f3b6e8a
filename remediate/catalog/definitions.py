"""Read the definitions of views, indexes and the like, as text that creates the same again."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from remediate.catalog.batches import Question, ask
from remediate.postgres.direct import Connection
from remediate.postgres.queries import query


class Definition(NamedTuple):
    """A definition to read; `relation` is the OID of the relation that printing it locks."""

    kind: str
    oid: int
    relation: int


_LOCKS = 8  # an estimate: a view, and what it reads

# All but the default wait while another session alters the relation (measured on 15, 16 and 18).
_SELECTS = {
    "view": "SELECT rtrim(pg_get_viewdef({oid}), ';')",
    "materialized view": "SELECT rtrim(pg_get_viewdef({oid}), ';') || E'\\nWITH NO DATA'",
    "default": "SELECT (SELECT pg_get_expr(adbin, 0) FROM pg_attrdef WHERE oid = {oid})",
    "rule": "SELECT rtrim(pg_get_ruledef({oid}), ';')",
    "trigger": "SELECT pg_get_triggerdef({oid})",
    "index": "SELECT pg_get_indexdef({oid})",
    "constraint": "SELECT pg_get_constraintdef({oid})",
    "statistics": "SELECT pg_get_statisticsobjdef({oid})",
    "policy": query(__package__, "policy"),
    "publication": query(__package__, "publication"),
    "pages": "SELECT (pg_relation_size({oid}) / 8192)::text",
}

# PostgreSQL prints v IN ('a', 'b') of a varchar as v::text = ANY ((ARRAY['a'::varchar])::text[]),
# and parses that as an array of text, which it prints differently; a cast in between keeps it.
_STRING = r"'(?:[^']|'')*'"
_CONSTANT = rf"{_STRING}::character varying"
_ARRAY = re.compile(
    rf"{_STRING}|\"(?:[^\"]|\"\")*\"|\((ARRAY\[{_CONSTANT}(?:, {_CONSTANT})*\])\)(?=::text\[\])"
)


def read(
    connection: Connection, wanted: Iterable[Definition]
) -> tuple[dict[Definition, str], dict[Definition, str]]:
    """The texts of the definitions, and for the others the reason; waits briefly for locks."""
    questions = [
        Question(d, _SELECTS[d.kind].format(oid=d.oid), d.relation, _LOCKS) for d in wanted
    ]
    answers, unread = ask(connection, questions)
    failures = {d: f"could not be read: {why}" for d, why in unread.items()}
    texts = {}
    for definition, (text,) in answers.items():
        if text is None:
            failures[definition] = "was dropped meanwhile"
        elif "])::text[]" in _ARRAY.sub("", text):
            failures[definition] = "is printed by PostgreSQL so that it reads as something else"
        else:
            texts[definition] = _ARRAY.sub(_between, text)
    return texts, failures


def _between(match: re.Match[str]) -> str:
    return f"(({match[1]})::character varying[])" if match[1] else match[0]
