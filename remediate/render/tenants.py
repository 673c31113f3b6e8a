"""What is alike in many schemas, said once: as tables of a schema for each tenant are."""

from collections.abc import Iterable, Iterator, Sequence

from remediate.analysis.facts import in_words
from remediate.plans.plan import ApprovedItem
from remediate.plans.shapes import Shape, schema_of
from remediate.postgres.sql import commented, quote
from remediate.render.lines import WIDTH, wrapped

_NAMED = 3


def all_named(schemas: Sequence[str]) -> str:
    """The schemas as a heading of a paper has them, all of them."""
    return f"{_in_each(schemas)}: {in_words(map(quote, schemas))}"


def _few_named(schemas: Sequence[str]) -> str:
    more = f"{len(schemas) - _NAMED:,} more"
    names = [*map(quote, schemas[:_NAMED]), *([more] if len(schemas) > _NAMED else [])]
    return f"{_in_each(schemas)}: {in_words(names)}"


def _in_each(schemas: Sequence[str]) -> str:
    return f"in each of {len(schemas):,} schemas" if len(schemas) > 1 else "in one schema"


def by_schemas(group: Iterable[Shape]) -> Iterable[tuple[tuple[str, ...], list[Shape]]]:
    """Those of the same schemas together, so that these are named once."""
    found: dict[tuple[str, ...], list[Shape]] = {}
    for shape in group:
        found.setdefault(shape.schemas, []).append(shape)
    return found.items()


def heading(
    schemas: Sequence[str], *, verbose: bool = False, indent: int = 2, width: int = WIDTH
) -> Iterator[str]:
    """Above what is found in each of these schemas; nothing where there are none."""
    if schemas:
        names = all_named(schemas) if verbose else _few_named(schemas)
        yield from wrapped(names, " " * indent, indent + 2, width)


def examples(
    parts: Sequence[tuple[ApprovedItem, ...]], known: Iterable[Shape]
) -> list[tuple[ApprovedItem, ...]]:
    """Of what is written for each schema, that of the first of each list; and all else."""
    lists = {shape.schemas for shape in known if shape.is_shared}
    others = {schema for schemas in lists for schema in schemas}
    first = {schemas[0] for schemas in lists}
    return [part for part in parts if schema_of(part[0]) not in others - first]


def example(shape: Shape, indent: str = "    ") -> Iterator[str]:
    """Whose evidence and query follow, where they are those of one of many."""
    if shape.is_shared:
        yield from wrapped(f"for example {commented(str(shape.first.finding.place))}:", indent)
