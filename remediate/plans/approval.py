"""Which items of a plan a person approved, and in how many revisions they go."""

from collections.abc import Iterable, Iterator, Sequence

from remediate.errors import Refused, UsageProblem
from remediate.findings import lists
from remediate.findings.finding import Confidence, Finding, Severity
from remediate.findings.remedy import Manual, Remedy
from remediate.findings.selection import matches
from remediate.plans import left_out, named
from remediate.plans.named import means, names
from remediate.plans.plan import ApprovedItem, Item, Plan
from remediate.plans.shapes import place_of
from remediate.rules import RULES, rule_of
from remediate.system import invocation
from remediate.system.words import did_you_mean

TABLES_A_REVISION = 200  # each holds an ACCESS EXCLUSIVE lock until the revision commits
ROWS_A_REVISION = 100_000  # rewritten under such a lock, in all tables together


def approved(plan: Plan, approvals: Sequence[str], reviewer: str) -> tuple[ApprovedItem, ...]:
    """The items that `all`, a rule's code or a finding's id approves.

    `all` and a rule mean what is proven or likely; what is merely possible is approved by its id.
    Of new tables a rule means those whose parents are there, or are created with them.
    Raises Refused when nothing is approved, nobody approves, or an item has no remedy;
    UsageProblem for an approval that fits nothing.
    """
    if not plan.items:
        return ()
    words = names(approvals, plan)
    if not words or not reviewer.strip():
        raise Refused(
            f"nothing is approved {'without a reviewer' if words else 'yet'}",
            'Read the plan, then: remediate generate --approve all --reviewer "Your Name"',
        )
    chosen = [i for name in words for i in _approved_by(name, plan)]
    for item in chosen:
        if isinstance(item.remedy, Manual):
            raise Refused(f"{item.finding.id} cannot be generated: {item.remedy.reason}")
    kept = {i.finding.id for i in chosen}
    items = as_approved(i for i in plan.items if i.finding.id in kept)
    items = without_incomplete(items, named=frozenset(words))
    if not items:
        why = left_out.sentences(plan, approvals, ())
        raise Refused("\n".join(("nothing that is approved can be written", *why)))
    check_complete(items)
    return items


def without_incomplete(
    items: Iterable[ApprovedItem], named: frozenset[str] = frozenset()
) -> tuple[ApprovedItem, ...]:
    """Without new tables that need one which is not among them, unless they are named by id."""
    left = tuple(items)
    while True:
        made = {item.remedy.creates.table.name for item in left if item.remedy.creates}
        kept = tuple(i for i in left if made.issuperset(i.remedy.needs) or i.finding.id in named)
        if len(kept) == len(left):
            return kept
        left = kept


def check_complete(items: Iterable[ApprovedItem]) -> None:
    """Raises Refused for a new table without those that have to be created with it."""
    chosen = tuple(items)
    made = {item.remedy.creates.table.name for item in chosen if item.remedy.creates}
    lacking = {i.finding.id: [n for n in i.remedy.needs if n not in made] for i in chosen}
    for id_, tables in lacking.items():
        if tables:
            listed = ", ".join(map(str, tables))
            raise Refused(
                f"{id_} cannot be created without {listed}, which it needs and which is missing "
                "too",
                f"Approve these as well, or leave {id_} out.",
            )


def check_demand(reviewers: int, reviewer: str) -> None:
    """Raises Refused for one reviewer's word where the project demands that of several."""
    if reviewers > 1:
        who = f"only {reviewer.strip()}" if reviewer.strip() else "no one"
        raise Refused(
            f"{reviewers} reviewers must approve each item ([tool.remediate] reviewers), "
            f"but here {who} does",
            f"Save the plan: {invocation.remediate('plan --save plan.json')}. Each reviewer: "
            'remediate review plan.json --reviewer "Your Name". '
            "Then: remediate generate plan.json",
        )


def as_approved(items: Iterable[Item]) -> tuple[ApprovedItem, ...]:
    """Those of the items that have a remedy."""
    return tuple(ApprovedItem(i.finding, i.remedy) for i in items if isinstance(i.remedy, Remedy))


def _approved_by(approval: str, plan: Plan) -> list[Item]:
    by_id = [i for i in plan.items if i.finding.id == approval]
    if by_id:
        return by_id
    if not any(means(approval, i) for i in plan.items):
        rules = {i.finding.rule for i in plan.items}
        if approval.partition(":")[0] in {rule.code for rule in RULES}:
            raise UsageProblem(
                f"--approve {approval}: nothing of it is left to repair here",
                f"This plan has {', '.join(sorted(rules))}. What became of a repair: "
                f"{invocation.remediate('verify')}",
            )
        raise UsageProblem(
            f"--approve {approval}: this plan has no such rule or finding",
            f"{did_you_mean(approval, (*rules, *(i.id for i in plan.items)))} Known: all, "
            f"{', '.join(sorted(rules))}, or an id from: remediate plan -f json".lstrip(),
        )
    return [i for i in plan.repairable if approves(approval, i)]


def approves(approval: str, item: Item) -> bool:
    """Whether one of these names approves the item, as `named.approves` says."""
    return any(named.approves(word, item) for word in lists.known_parts(approval, (item.id,)))


def check_first(items: Iterable[ApprovedItem], first: Sequence[str]) -> None:
    """Raises UsageProblem for a pattern that fits no table of the items."""
    tables = {item.finding.place.table for item in items} - {None}
    for pattern in first:
        if not any(table and matches(table, [pattern]) for table in tables):
            raise UsageProblem(f"--first {pattern}: no approved finding is in such a table")


def split(
    items: Sequence[ApprovedItem], first: Sequence[str], *, one: bool
) -> tuple[tuple[ApprovedItem, ...], ...]:
    """The items of each revision: what blocks users now, then the rest.

    What blocks users is what was named, or else what provably refuses an INSERT now; a part that
    would be empty is left out, and a very large one is cut.
    """
    if one:
        return (tuple(items),)
    first_ones = pressing(items, first)
    chosen = {i.finding.id for i in first_ones}
    rest = [i for i in items if i.finding.id not in chosen]
    return tuple(part for group in (first_ones, rest) for part in _cut(group))


def emergency(items: Sequence[ApprovedItem], first: Sequence[str]) -> tuple[ApprovedItem, ...]:
    """What goes into the first revision of these; () where none blocks users."""
    urgent = [item for item in pressing(items, first) if item.remedy.steps]
    return next(_cut(urgent), ())


def pressing(items: Sequence[ApprovedItem], first: Sequence[str]) -> list[ApprovedItem]:
    """What blocks users, and what it needs; also in schemas that have the same, and no rows yet."""
    places = {place_of(item) for item in items if not first and is_pressing(item.finding)}
    urgent = (item for item in items if place_of(item) in places or _is_named(item, first))
    return _with_needed([*urgent], items)


def _with_needed(
    urgent: Sequence[ApprovedItem], items: Sequence[ApprovedItem]
) -> list[ApprovedItem]:
    """These, and the new tables without which they cannot be created."""
    found = {item.finding.id for item in urgent}
    needed = {name for item in urgent for name in item.remedy.needs}
    while new := {i.finding.id for i in items if i.finding.place.table in needed} - found:
        found |= new
        needed |= {name for i in items if i.finding.id in new for name in i.remedy.needs}
    return [item for item in items if item.finding.id in found]


def _cut(items: Sequence[ApprovedItem]) -> Iterator[tuple[ApprovedItem, ...]]:
    """What takes a moment, then what rewrites tables: nobody waits for others' rows.

    Schemas that have the same found are cut alike, whatever the number of their rows.
    """
    most: dict[object, ApprovedItem] = {}  # by place, of the schema with the most rows there
    for item in items:
        known = most.setdefault(place_of(item), item)
        most[place_of(item)] = max(known, item, key=_rows)
    yield from _whole_schemas([item for item in items if not _rows(most[place_of(item)])])
    for places in _bounded(item for item in most.values() if _rows(item)):
        together = {*map(place_of, places)}
        yield from _bounded(item for item in items if place_of(item) in together)


def _rows(item: ApprovedItem) -> int:
    return item.remedy.rows


def _bounded(items: Iterable[ApprovedItem]) -> Iterator[tuple[ApprovedItem, ...]]:
    """These, cut where one revision would rewrite more rows than it may."""
    part: list[ApprovedItem] = []
    rows = 0
    for item in items:
        rows += _rows(item)
        if part and rows > ROWS_A_REVISION:
            yield tuple(part)
            part, rows = [], _rows(item)
        part.append(item)
    if part:
        yield tuple(part)


def _whole_schemas(items: Sequence[ApprovedItem]) -> Iterator[tuple[ApprovedItem, ...]]:
    """Of as many schemas as one revision takes, each of them whole; a larger one is cut.

    New tables stay in their order, in which those that others need come first.
    """
    schemas: dict[object, list[ApprovedItem]] = {}
    needed = any(item.remedy.needs for item in items)
    for item in items:
        table = item.finding.place.table
        schemas.setdefault(table.schema if table and not needed else "", []).append(item)
    part: list[ApprovedItem] = []
    for schema in schemas.values():
        if part and len(part) + len(schema) > TABLES_A_REVISION:
            yield tuple(part)
            part = []
        part += schema
        while len(part) > TABLES_A_REVISION:
            yield tuple(part[:TABLES_A_REVISION])
            part = part[TABLES_A_REVISION:]
    if part:
        yield tuple(part)


def _is_named(item: ApprovedItem, first: Sequence[str]) -> bool:
    return item.finding.place.table is not None and matches(item.finding.place.table, first)


def is_pressing(finding: Finding) -> bool:
    """Whether it is an error, or a key that provably refuses INSERTs, however few may want one."""
    proven = finding.confidence is Confidence.PROVEN
    unfilled = finding.severity in rule_of(finding.rule).unfilled_at
    return finding.severity is Severity.ERROR or (proven and unfilled)
