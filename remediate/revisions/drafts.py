"""Approved items to the text of an Alembic revision. Nothing in it imports remediate."""

import ast
import hashlib
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from remediate.findings import marks
from remediate.findings.remedy import Kind
from remediate.plans.plan import ApprovedItem
from remediate.plans.shapes import schema_of
from remediate.postgres.sql import commented, quote
from remediate.postgres.templates import environment
from remediate.remedies.grants import of_any
from remediate.revisions import naming, titles
from remediate.revisions.blocks import Block, Script
from remediate.revisions.differing import of_one_run
from remediate.revisions.finishing import finishing
from remediate.revisions.hanging import without_digests
from remediate.revisions.script import each_once, script
from remediate.revisions.tenants import Group, constant, grouped
from remediate.revisions.unstamped import Stamps
from remediate.revisions.ways import Mark, noted_back, passing_back, passing_over
from remediate.snapshots.tables import Name

_EACH = "upgrade_each.py.j2"  # the template of a revision that goes from schema to schema


@dataclass(frozen=True, slots=True)
class Draft:
    """A revision to be: its title, and the bodies of its two functions."""

    title: str
    items: tuple[ApprovedItem, ...]
    upgrade: str
    downgrade: str
    script: Script
    finishing: bool = False  # it runs in autocommit, after the one that changed the tables
    round: int = 0  # of repairs that build on those before
    group: Group | None = None  # of many schemas, each repaired in a transaction of its own
    sample: Group | None = None  # what a rehearsal tries of these
    passes: bool = False  # over a database that is whole, or has none of its tables
    left_out: tuple[str, ...] | None = None  # other schemas of env.py; None: all, whatever comes

    def id(self, parent: str) -> str:
        """The same findings after the same parent give the same id: a second run is recognised."""
        key = "\n".join([parent, *sorted(item.finding.id for item in self.items)])
        return hashlib.sha256(key.encode()).hexdigest()[:12]

    @property
    def tried(self) -> tuple[ApprovedItem, ...]:
        """The items that a rehearsal tries."""
        return self.sample.items if self.sample else self.items

    @property
    def shown(self) -> tuple[ApprovedItem, ...]:
        """The items that papers tell of; of many schemas those of the first."""
        return self.group.parts[0] if self.group else self.items

    @property
    def constants(self) -> str:
        """What stands at the head of the file, as Python; "" for nothing."""
        if not self.group:
            return ""
        found = constant(marks.TENANTS, self.group.schemas)
        if self.left_out is None:
            return found
        why = (
            "# Left out: they were neither as planned nor repaired when remediate wrote this "
            "revision."
        )
        return f"{found}\n{why}\n{constant(marks.LEFT_OUT, self.left_out)}"

    def leaves(self, schema: str) -> str:
        """The check that a schema is as this leaves those of its group."""
        if not self.group:
            return ""
        first, part = self.group.schemas[0], self.group.parts[0]
        made = finishing([i.remedy for i in part]) if self.finishing else _of_any(part)
        (check,) = made.down[1].statements  # of the downgrade
        return naming.filled(naming.of_any(check, first), schema)

    @property
    def repaired(self) -> tuple[ApprovedItem, ...]:
        """The items of which nothing is left to do afterwards."""
        return tuple(i for i in self.items if self.finishing or not i.remedy.finish)

    @property
    def marks(self) -> tuple[str, ...]:
        """The ids of these; of many schemas once, with a placeholder for the name of each."""
        done = dict.fromkeys(item.finding.id for item in self.repaired)
        if not self.group:
            return tuple(done)
        pairs = zip(self.group.text.ids, self.group.parts[0], strict=True)
        return tuple(id_ for id_, item in pairs if item.finding.id in done)


def drafts(
    rounds: Sequence[Sequence[tuple[ApprovedItem, ...]]],
    message: str,
    tenants: Sequence[str] = (),
    *,
    one: bool = False,
    noted: bool = True,
) -> tuple[Draft, ...]:
    """The revisions that carry out the parts of each round, in this order.

    One a part, and at the end of a round one for what takes long: VALIDATE and CREATE INDEX
    CONCURRENTLY need no lock that anybody waits for. `tenants`: the schemas for which env.py runs
    each revision, one after the other. Raises StopsOthers where one would stop the others.
    `one`: what is alike in many schemas makes no revision more. `noted`: one of many schemas notes
    those in which it had nothing to do, and its downgrade leaves them alone.
    """
    made = [
        replace(draft, round=number)
        for number, parts in enumerate(rounds)
        for draft in _drafts(parts, tenants, one=one, noted=noted)
    ]
    shared = [draft.group or draft.items for draft in made]
    made = _with_samples(made, of_one_run(shared, tenants) if tenants and made else frozenset())
    if message:
        count = len(made)
        numbered = (titles.numbered(message, n, count) for n in range(1, count + 1))
        made = [
            replace(draft, title=titles.safe_title(title))
            for draft, title in zip(made, numbered, strict=True)
        ]
    return tuple(made)


def _with_samples(made: Sequence[Draft], one: frozenset[str]) -> list[Draft]:
    """All of them try the same schemas: what one leaves, a later one may finish."""
    if one:
        return [replace(d, sample=d.group.only(one) if d.group else None) for d in made]
    tried = {schema_of(item) for draft in made if not draft.group for item in draft.items}
    tried |= {schema for draft in made if draft.group for schema in draft.group.sample}
    return [replace(d, sample=d.group.only(tried) if d.group else None) for d in made]


def _drafts(
    parts: Sequence[tuple[ApprovedItem, ...]], tenants: Sequence[str], *, one: bool, noted: bool
) -> Iterator[Draft]:
    apart = partial(grouped, each=bool(tenants), one=one)
    once = iter(each_once(item.remedy for part in parts for item in part))
    parts = [tuple(replace(item, remedy=next(once)) for item in part) for part in parts]
    at_once = [tuple(i for i in part if i.remedy.steps) for part in parts]
    for part in apart([part for part in at_once if part], partial(_one_by_one, noted=noted)):
        if isinstance(part, Group):
            yield _of_group(part, titles.title(part.parts[0]), tenants, noted=noted)
        else:
            yield _draft(part, titles.title(part), script([item.remedy for item in part]))
    afterwards = tuple(i for part in parts for i in part if i.remedy.finish)
    for part in apart([afterwards] if afterwards else [], partial(_finishing, noted=noted)):
        if isinstance(part, Group):
            title = titles.title_of_end(part.parts[0])
            yield _of_group(part, title, tenants, noted=noted, finishing=True)
        else:
            end = finishing([item.remedy for item in part])
            yield _draft(part, titles.title_of_end(part), end, finishing=True)


def _one_by_one(part: tuple[ApprovedItem, ...], schema: str, *, noted: bool) -> Script:
    holds = (hold for item in part for hold in item.remedy.holds)
    tables = dict.fromkeys(hold.relation for hold in holds if hold.kind is Kind.TABLE)
    made = _of_any(part, marks.REVISION if noted else "")
    return passing_over(made, schema, Mark(schema) if noted else None, tables)


def _of_any(part: tuple[ApprovedItem, ...], by: str = "") -> Script:
    return script([of_any(without_digests(item.remedy)) for item in part], again=True, by=by)


def _finishing(part: tuple[ApprovedItem, ...], schema: str, *, noted: bool) -> Script:
    made = finishing([item.remedy for item in part])
    return passing_back(made, schema, Mark(schema) if noted else None)


def for_psql_too(draft: Draft, revision: str, parent: str | None) -> Draft:
    """The draft of this revision, which says what to stamp where psql has run the same."""
    if draft.finishing or draft.group:  # of many schemas, what psql did is passed over
        return draft
    remedies = [item.remedy for item in draft.items]
    made = script(remedies, Stamps(revision, parent or ""))
    return replace(_draft(draft.items, draft.title, made), round=draft.round)


def for_others_too(draft: Draft, tables: Iterable[Name]) -> Draft:
    """The draft for databases of which some need nothing of it: it leaves these as they are.

    `tables`: a database that has none of them is one of these.
    """
    made = script([item.remedy for item in draft.items])
    made = passing_over(made, mark=Mark(), tables=tables)
    return replace(_draft(draft.items, draft.title, made, passes=True), round=draft.round)


def _draft(
    items: tuple[ApprovedItem, ...],
    title: str,
    made: Script,
    *,
    finishing: bool = False,
    passes: bool = False,
) -> Draft:
    findings = "Findings: " + ", ".join(commented(i.finding.id) for i in items)
    way_back = "The inverses of the upgrade's steps, in reverse order."
    return Draft(
        title=title,
        items=items,
        upgrade=_body(made.up, made.autocommit, findings, {"noted": passes, "back": False}),
        downgrade=_body(made.down, (), way_back, {"noted": passes, "back": True}),
        script=made,
        finishing=finishing,
        passes=passes,
    )


def _of_group(
    group: Group, title: str, tenants: Sequence[str], *, noted: bool, finishing: bool = False
) -> Draft:
    made, within = group.text.escaping, titles.safe_title(f"{quote(group.schemas[0])}.")
    findings = "Findings: " + ", ".join(map(commented, group.text.ids))
    way_back = "The inverses of the upgrade's steps, in reverse order."

    # What comes later is as most of them were.
    only = len(group.schemas) * 2 <= len(tenants)

    def run(*, back: bool) -> dict[str, object]:
        ends = noted_back(back=back) if noted else ""
        return {"one_a_run": bool(tenants), "only": only, "back": back, "noted": ends}

    return Draft(
        title=f"{title.replace(within, '')} in {_schemas(group)}",
        items=group.items,
        upgrade=_body(made.up, made.autocommit, findings, run(back=False), _EACH),
        downgrade=_body(made.down, (), way_back, run(back=True), _EACH),
        script=made,
        finishing=finishing,
        group=group,
        left_out=None if only or not tenants else (),
    )


def _schemas(group: Group) -> str:
    number = len(group.schemas)
    return f"each of {number:,} schemas" if number > 1 else "one schema"


def _body(
    blocks: tuple[Block, ...],
    autocommit: tuple[Block, ...],
    comment: str,
    run: Mapping[str, object],
    name: str = "upgrade.py.j2",
) -> str:
    """A function body, not indented; `run`: what else the template of this name asks for."""
    lines = textwrap.wrap(comment, 90, break_long_words=False)
    template = environment().get_template(name)
    text = template.render(blocks=blocks, autocommit=autocommit, comment=lines, **run)
    ast.parse(text)
    return text.rstrip()


def indented(body: str) -> str:
    """The body as script.py.mako wants it: it indents the first line itself."""
    return textwrap.indent(body, "    ").lstrip()
