"""Parts of a plan whose scripts differ in nothing but their schema's name: one text for all."""

import ast
import re
from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass, replace

from remediate.findings import marks
from remediate.plans.plan import ApprovedItem
from remediate.plans.shapes import ALIKE, place_of, schema_of, tenants_of
from remediate.postgres.filters import python_string
from remediate.postgres.sql import quote
from remediate.revisions import naming
from remediate.revisions.blocks import Block, Script

_WIDTH = 95  # of a line with names

Part = tuple[ApprovedItem, ...]
Made = Callable[[Part, str], Script]  # of a part, which is about this schema alone


@dataclass(frozen=True, slots=True)
class Text:
    """A script, and the ids of the findings that it repairs; both of a schema, or of any."""

    script: Script
    ids: tuple[str, ...]

    def of(self, schema: str) -> "Text":
        """That of this schema, where it is that of any."""
        script = _changed(self.script, lambda text: naming.filled(text, schema))
        return Text(script, tuple(marks.filled(id_, schema) for id_ in self.ids))

    def of_any(self, schema: str) -> "Text":
        """With placeholders for the name of this schema."""

        def change(text: str) -> str:
            return naming.of_any(text, schema)

        return Text(_changed(self.script, change), tuple(map(change, self.ids)))

    def holds(self, schema: str) -> bool:
        """Whether this, of any, is still about this schema somewhere."""
        return any(naming.holds(text, schema) for text in (*self.ids, *_texts(self.script)))

    @property
    def escaping(self) -> Script:
        """The script of any, with room for the escapes that a name may need."""
        return _changed(self.script, naming.escaping)

    def gives(self, other: "Text", schema: str) -> bool:
        """Whether this, of any, is the other one, of this schema, in its place."""
        made = self.of(schema)
        if made.ids != other.ids:
            return False
        return made.script == other.script or (
            _changed(made.script, naming.unescaped) == _changed(other.script, naming.unescaped)
        )


def _changed(made: Script, change: Callable[[str], str]) -> Script:
    """With each string changed."""

    def blocks(some: tuple[Block, ...]) -> tuple[Block, ...]:
        return tuple(
            replace(b, title=change(b.title), statements=tuple(map(change, b.statements)))
            for b in some
        )

    return Script(blocks(made.up), blocks(made.down), blocks(made.autocommit))


def _texts(made: Script) -> Iterator[str]:
    for block in (*made.up, *made.down, *made.autocommit):
        yield from (block.title, *block.statements)


@dataclass(frozen=True, slots=True)
class Group:
    """The parts of several schemas, and their text with a placeholder for the schema's name."""

    schemas: tuple[str, ...]
    parts: tuple[Part, ...]
    text: Text

    @property
    def items(self) -> Part:
        return tuple(item for part in self.parts for item in part)

    @property
    def sample(self) -> tuple[str, str]:
        """The schemas that a rehearsal tries: the first, and the other one with the oddest name."""
        return self.schemas[0], max(self.schemas[1:] or self.schemas, key=_oddness)

    def only(self, schemas: Set[str]) -> "Group":
        """The same for these of its schemas."""
        pairs = zip(self.schemas, self.parts, strict=True)
        kept = [(schema, part) for schema, part in pairs if schema in schemas]
        return Group(tuple(s for s, _ in kept), tuple(part for _, part in kept), self.text)

    def in_place(self, source: str) -> str:
        """The revision of another group of the same text, with the schemas of this one."""
        lines = source.split("\n")
        for node in ast.parse(source).body:
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == marks.TENANTS:
                lines[node.lineno - 1 : node.end_lineno] = constant(
                    marks.TENANTS, self.schemas
                ).split("\n")
        return "\n".join(lines)


def constant(name: str, schemas: Sequence[str]) -> str:
    """The names of schemas, as Python at the head of a revision."""
    lines = [f"{name} = ("]
    for one in map(python_string, schemas):
        if len(lines) == 1 or len(lines[-1]) + len(one) > _WIDTH:
            lines.append("   ")
        lines[-1] += f" {one},"
    return "\n".join((*lines, ")")) if schemas else f"{name} = ()"


def grouped(
    parts: Sequence[Part], made: Made, *, each: bool = False, one: bool = False
) -> list[Part | Group]:
    """The parts in their order, without what is alike in several schemas, and the groups of that.

    What is not of a group stays, each of several schemas with the same findings in a part of its
    own. A group comes after the part in which its first schema was. Its script, with each name in
    its place, is what `made` gives for that schema alone, but for how a character of the name is
    escaped: else the schema stays where it was. `each`: also where a schema is alone; `one`: no
    more than there were.
    """
    groups = _groups(_alike(parts, 1 if each else ALIKE), made, 1 if each else 2)
    found = [*_in_order(parts, groups)]
    return [*parts] if one and not each and len(found) > len(parts) else found


def _in_order(parts: Sequence[Part], groups: Sequence[Group]) -> Iterator[Part | Group]:
    taken = {item.finding.id for group in groups for item in group.items}
    tenants = tenants_of(item for part in parts for item in part)
    first = {group.parts[0][0].finding.id: group for group in groups}
    for part in parts:
        if rest := tuple(item for item in part if item.finding.id not in taken):
            yield from _each_tenant(rest, tenants)
        yield from (first[i.finding.id] for i in part if i.finding.id in first)


def _each_tenant(part: Part, tenants: Set[str]) -> Iterator[Part]:
    """A part that stays, in transactions of no more than one of these schemas."""
    if any(item.remedy.needs for item in part):  # tables are created in their order
        yield part
        return
    found: dict[str, list[ApprovedItem]] = {}
    for item in part:
        schema = schema_of(item)
        found.setdefault(schema if schema in tenants else "", []).append(item)
    yield from map(tuple, found.values())


def _alike(parts: Sequence[Part], least: int) -> list[dict[str, Part]]:
    """By schema, what is found in the same places of several."""
    found: dict[object, dict[str, Part]] = {}
    for part in parts:
        for schema, items in _by_schema(part).items():
            known = found.setdefault(tuple(map(place_of, items)), {})
            if not _needs_others(items):
                known.setdefault(schema, items)
    return [some for some in found.values() if len(some) >= least and "" not in some]


def _by_schema(part: Part) -> dict[str, Part]:
    found: dict[str, list[ApprovedItem]] = {}
    for item in part:
        found.setdefault(schema_of(item), []).append(item)
    return {schema: tuple(items) for schema, items in found.items()}


def _needs_others(items: Part) -> bool:
    """Whether a new table comes after one that is created elsewhere."""
    tables = {item.finding.place.table for item in items}
    return any(name not in tables for item in items for name in item.remedy.needs)


def _groups(alike: Sequence[dict[str, Part]], made: Made, least: int) -> list[Group]:
    groups = []
    for parts in alike:
        texts = {
            schema: Text(made(part, schema), tuple(item.finding.id for item in part))
            for schema, part in parts.items()
        }
        for text, schemas in _by_text(texts):
            if len(schemas) >= least:
                group = tuple(parts[schema] for schema in schemas)
                groups.append(Group(tuple(schemas), group, text))
    return groups


def _by_text(texts: dict[str, Text]) -> list[tuple[Text, list[str]]]:
    """Each schema with a text of any that gives its own, those of several schemas first.

    The name of a schema may stand for something else, too, such as a column: then what is made of
    its text serves no other, and another one's may serve it. The text of one whose name has to be
    quoted tells best where that is so.
    """
    found: list[tuple[Text, list[str]]] = []
    for schema in sorted(texts, key=lambda name: (not naming.is_plain(name), quote(name) == name)):
        text = texts[schema]
        if not _serving(found, schema, text):
            of_any = text.of_any(schema)
            if of_any.gives(text, schema) and not of_any.holds(schema):
                found.append((of_any, [schema]))
    alone = [(of_any, schemas) for of_any, schemas in found if len(schemas) == 1]
    found = [one for one in found if len(one[1]) > 1]
    for of_any, (schema,) in alone:
        if not _serving(found, schema, texts[schema]):
            found.append((of_any, [schema]))
    place = {schema: number for number, schema in enumerate(texts)}
    return [(of_any, sorted(schemas, key=place.__getitem__)) for of_any, schemas in found]


def _serving(known: list[tuple[Text, list[str]]], schema: str, text: Text) -> bool:
    """Whether one of these gives the text of the schema, which is added to it then."""
    for of_any, schemas in known:
        if of_any.gives(text, schema):
            schemas.append(schema)
            return True
    return False


def _oddness(name: str) -> tuple[bool, int]:
    return not re.fullmatch(r"[a-z_][a-z0-9_]*", name), len(name)
