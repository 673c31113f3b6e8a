"""What keeps the repairs of schemas apart where env.py runs a revision once for each of them."""

import shlex
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest

from remediate.errors import StopsOthers
from remediate.plans.plan import ApprovedItem
from remediate.plans.shapes import place_of, schema_of, without_schema
from remediate.postgres.sql import commented, quote
from remediate.revisions import naming
from remediate.revisions.tenants import Group, Part
from remediate.system import invocation

_NAMED = 3
_SHOWN = 100  # characters of a line, from a little before where it differs
_BEFORE = 40


def of_one_run(made: Sequence[Part | Group], tenants: Sequence[str]) -> frozenset[str]:
    """The schema for which env.py is rehearsed: of those for which it runs, one that all repair.

    Raises StopsOthers with what is not of the one whose repairs suit most.
    """
    groups = [one for one in made if isinstance(one, Group)]
    suited = Counter[str]()  # by schema, the repairs that are the same as its own
    for group in groups:
        suited.update(dict.fromkeys(group.schemas, len(group.items)))
    one = max(tenants, key=lambda schema: suited[schema])
    out = {}
    for part in made:
        shared = isinstance(part, Group) and one in part.schemas
        for item in _items(part):
            if not shared or schema_of(item) not in tenants:
                out[item.finding.id] = schema_of(item)
    if out:
        why = "; ".join(_reasons(made, out, one, tenants))
        raise StopsOthers(
            f"env.py runs the revisions once for each schema, {why}", _by_psql(out), frozenset(out)
        )
    return frozenset([one])


def _items(part: Part | Group) -> Part:
    return part.items if isinstance(part, Group) else part


def _reasons(
    made: Sequence[Part | Group], out: Mapping[str, str], one: str, tenants: Sequence[str]
) -> Iterator[str]:
    names = sorted({*out.values()})
    if outside := [name for name in names if name and name not in tenants]:
        yield f"and not for {_named(outside)}, which only psql repairs"
    if "" in names:
        yield "and a part of this is about no schema"
    if others := [name for name in names if name in tenants]:
        example = f" (first difference: {_difference(made, one, others[0])})"
        yield (
            f"and what they are for {_named(others)} differs in more than the name from what most "
            f"need{example if one not in others else ''}: it would stop the others"
        )


def _difference(made: Sequence[Part | Group], one: str, other: str) -> str:
    """The first thing that one of these schemas needs otherwise than the other."""
    here, there = _by_place(made, one), _by_place(made, other)
    for has, lacks, who, not_who in ((here, there, one, other), (there, here, other, one)):
        for item in (item for place, item in has.items() if place not in lacks):
            place = without_schema(str(item.finding.place), who)
            what = f"needs {item.finding.rule} of {commented(place)}"
            return f"{quote(who)} {what}, and {quote(not_who)} does not"
    lines = zip_longest(_lines(made, one, other), _lines(made, other, one), fillvalue="")
    for here_, there_ in lines:
        if here_ != there_:
            pairs = enumerate(zip_longest(here_, there_))
            start = max(0, next(n for n, (a, b) in pairs if a != b) - _BEFORE)
            shown = (commented(line[start : start + _SHOWN].strip()) for line in (there_, here_))
            return "in {2} `{0}`, in {3} `{1}`".format(*shown, quote(other), quote(one))
    return "something else has that name there, too"


def _by_place(made: Sequence[Part | Group], schema: str) -> dict[object, ApprovedItem]:
    items = (item for part in made for item in _items(part))
    return {place_of(item): item for item in items if schema_of(item) == schema}


def _lines(made: Sequence[Part | Group], schema: str, other: str) -> Iterator[str]:
    """What its repairs do that are not the other one's, without the schema."""
    for group in made:
        if isinstance(group, Group) and schema in group.schemas and other not in group.schemas:
            script = group.text.script
            for block in (*script.up, *script.down, *script.autocommit):
                for text in block.statements:
                    shown = naming.unescaped(naming.filled(text, "tenant"))
                    yield from without_schema(shown, "tenant").split("\n")


def _by_psql(out: Mapping[str, str]) -> str:
    """The command that prints the repairs of these rules in these schemas, by their ids."""
    rules = ",".join(sorted({id_.partition(":")[0] for id_ in out}))
    schemas = ",".join(sorted({*out.values()} - {""}))
    narrow = f" --schema {shlex.quote(schemas)}" if schemas else ""
    command = invocation.remediate(f"plan --sql --select {rules}{narrow}")
    return f"{command}   (a transaction for each schema; it also prints what is not approved)"


def _named(schemas: Sequence[str]) -> str:
    more = [f"{len(schemas) - _NAMED:,} more"] if len(schemas) > _NAMED else []
    return " and ".join(filter(None, (", ".join(map(quote, schemas[:_NAMED])), *more)))
