"""Which findings a revision repairs: written into its docstring or comments, and read back."""

import ast
import re
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import quote, unquote

from remediate.findings.finding import Place, id_parts
from remediate.postgres.sql import quote as quoted
from remediate.snapshots.defaults import words
from remediate.snapshots.tables import Name
from remediate.system.printable import printable

HEADING = "Repairs:"
HEADING_OF_MANY = "Repairs, in each schema of TENANTS:"
TENANTS = "TENANTS"  # what a revision calls its schemas
LEFT_OUT = "LEFT_OUT"  # and those of env.py's loop that differ
PLACEHOLDER = "{tenant}"  # for the name of each, in ids and statements
REVISION = "{revision}"  # for its id, in statements of many schemas
LOOKED_AT = f"revision {REVISION} looked at "  # how many schemas, until its version is recorded
_ENGINE = re.compile(r"^Engine: (.+)$", re.MULTILINE)
_ENTRY = re.compile(r"^\s*\* ([A-Z]+\d+:\S.*?)\s*$", re.MULTILINE)
_LISTED = re.compile(r"^ *# Findings: (.*(?:\n *# .*)*)", re.MULTILINE)
_SAFE = " !#$&'()+,-./:;<=>?@[]^_`{|}~\""  # what a docstring holds as it is


def encoded(id_: str) -> str:
    """A finding's id on one line, without what Alembic or Python would read in a docstring."""
    return quote(id_, safe=_SAFE).replace('"""', "%22%22%22")


def recorded(docstring: str, source: str = "", schema: str = "") -> tuple[str, ...]:
    """The ids in a revision's docstring; () for one that somebody else wrote.

    `source`: of the revision, where it may be one of many schemas, which are named there. `schema`:
    of these the only one, which may have come since; "": all that are named.
    """
    for heading in (HEADING, HEADING_OF_MANY):
        _, found, rest = docstring.partition(f"\n{heading}\n")
        if found:
            entries = map(unquote, _ENTRY.findall(rest.partition("\n\n")[0]))
            return of_each(entries, source, schema) if heading == HEADING_OF_MANY else (*entries,)
    return ()


def of_each(ids: Iterable[str], source: str, schema: str = "") -> tuple[str, ...]:
    """The ids with the name of each schema that the source names, in the order of these.

    Of one `schema` alone, unless the revision leaves it out: it does so with all others, where it
    does not say which.
    """
    ids, names = tuple(ids), tenants(source)
    if schema and LEFT_OUT in source:
        names = (schema,) if schema not in _assigned(source, LEFT_OUT) else ()
    elif schema:
        names = tuple(name for name in names if name == schema)
    return tuple(filled(id_, name) for name in names for id_ in ids)


def schema_of(id_: str) -> str:
    """The schema of the table that a finding is about, by its id; "" where it is about none."""
    table = place_of(id_)[1].table
    return table.schema if table else ""


def filled(text: str, schema: str) -> str:
    """An id or a statement of any schema as it is for this one, whose name may need no quotes."""
    return text.replace(f'"{PLACEHOLDER}"', quoted(schema)).replace(PLACEHOLDER, schema)


def tenants(source: str) -> tuple[str, ...]:
    """The schemas that a revision of many names; () for any other."""
    return _assigned(source, TENANTS)


@lru_cache(maxsize=16)
def _assigned(source: str, variable: str) -> tuple[str, ...]:
    if variable not in source:
        return ()
    assigned = (n for n in ast.parse(source).body if isinstance(n, ast.Assign))
    named = (n.value for n in assigned if ast.unparse(n.targets[0]) == variable)
    return tuple(name for value in named for name in ast.literal_eval(value))


def is_of_another(source: str, id_: str) -> bool:
    """Whether a revision of many schemas repairs just this in others, and does not name this one.

    One has come since, or was healthy when the revision was written.
    """
    schema = schema_of(id_)
    if not schema or schema in (known := tenants(source)) or not known:
        return False
    return _lists(source, id_, schema)


def names(source: str, id_: str) -> bool:
    """Whether the revision says that it works on this finding, which a later one may finish.

    Only revisions that were generated do, at the head of upgrade().
    """
    table = place_of(id_)[1].table if PLACEHOLDER in source else None
    there = table and table.schema in tenants(source)
    return _lists(source, id_, table.schema if there and table else PLACEHOLDER)


def _lists(source: str, id_: str, schema: str) -> bool:
    """Whether the head of upgrade() lists this, with this schema in place of any."""
    listed = _LISTED.search(source)
    told = re.sub(r"\n *#|\s", "", listed[1]) if listed else ""
    told = told.replace(f'"{PLACEHOLDER}"', PLACEHOLDER)
    told = told.replace(PLACEHOLDER, re.sub(r"\s", "", printable(quoted(schema))))
    wanted = re.sub(r"\s", "", printable(id_))
    return f",{wanted}," in f",{told},"


def is_ours(source: str, engine: str = "") -> bool:
    """Whether the revision was generated, for this database of the project.

    Then it says which findings it works on.
    """
    return _LISTED.search(source) is not None and engine_of(source) == engine


def commented(ids: Iterable[str], engine: str) -> tuple[str, ...]:
    """The same as comments, for a revision whose docstring is Alembic's."""
    lines = [HEADING, *(f"* {encoded(id_)}" for id_ in ids)]
    return tuple(f"# {line}" for line in of_engine("\n".join(lines), engine).split("\n") if line)


def recorded_in_comments(source: str, engine: str) -> tuple[str, ...]:
    """The ids in the comments of a revision that autogenerate wrote for this database."""
    texts = (line.strip() for line in source.splitlines())
    comments = "\n".join(text.removeprefix("# ") if text.startswith("# ") else "" for text in texts)
    blocks = (block for block in comments.split("\n\n") if engine_of(block) == engine)
    return tuple(id_ for block in blocks for id_ in recorded(f"\n{block}"))


def of_engine(note: str, engine: str) -> str:
    """The note for a docstring, saying which of the project's databases it is about, if several."""
    return f"Engine: {encoded(engine)}\n\n{note}" if engine else note


def engine_of(docstring: str) -> str:
    """The database that a revision was written for; "" in a project that has one."""
    found = _ENGINE.search(docstring)
    return unquote(found[1].strip()) if found else ""


def place_of(id_: str) -> tuple[str, Place]:
    """The rule and the place that an id names."""
    rule, text = id_parts(id_)
    match words(text):
        case [schema, table]:
            return rule, Place(Name(schema, table))
        case [schema, table, column]:
            return rule, Place(Name(schema, table), column)
        case _:
            return rule, Place()


def nothing_to_do(revision: str, schema: str | None = None) -> str:
    """What a revision that changed nothing leaves in the comment on Alembic's table: a line.

    `schema`: the one of many in which that is so.
    """
    where = "" if schema is None else f" in {schema}"
    return f"revision {revision} had nothing to do{where} (remediate)"


_NOTHING = re.compile(r"^revision (.+) had nothing to do \(remediate\)$", re.MULTILINE)


def passed_over(comment: str) -> frozenset[str]:
    """The revisions that left such a line in a comment."""
    return frozenset(_NOTHING.findall(comment))
