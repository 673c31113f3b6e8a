"""Read the columns that seem to reference a key, and how their values match it."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from remediate.analysis.conversions import canonical, convertible, shaped
from remediate.analysis.inference import (
    Loose,
    absent,
    candidates,
    declared_references,
    is_worth_asking,
)
from remediate.analysis.matching import pattern_of_columns
from remediate.catalog import collisions, null_refusals, reference_defaults
from remediate.catalog.batches import Answers, Question, ask
from remediate.catalog.session import Row, configure, read_only, rows, set_based
from remediate.postgres.direct import Connection
from remediate.postgres.queries import query
from remediate.postgres.sql import ident, literal
from remediate.snapshots.declared import Declared
from remediate.snapshots.live import Live, Unread, family
from remediate.snapshots.references import Candidate, Evidence, ForeignKey, family_of
from remediate.snapshots.tables import Name

_COUNTS = (
    "values", "canonical", "shaped", "convertible", "present", "elsewhere", "samples",
)  # fmt: skip


def enrich(
    connection: Connection,
    live: Live,
    declared: Declared,
    configured: Mapping[str, str],
    *,
    deep: bool,
) -> Live:
    """The snapshot with such columns, the rows without a parent of NOT VALID constraints, and the
    defaults of what may get a foreign key.

    `deep` reads every row of large tables too, instead of a sample.
    """
    with read_only(connection):
        configure(connection)
        read = _loose(connection, live, declared, configured)
        loose = {(c.table, c.column): c for c in read}
        found = _with_rivals(connection, [*candidates(loose.values(), live, declared, configured)])
        found = null_refusals.with_refusals(connection, found)
        questions = [
            question(c, live, deep=deep)
            for c in found
            if is_worth_asking(c, loose[c.table, c.column])
        ]
        missing = tuple(absent(live, declared, found))
        open_ended = (*missing, *(fk for fk in live.foreign_keys if not fk.validated))
        orphans = [q for fk in open_ended if (q := orphans_question(fk, live, deep=deep))]
        answers, failures = ask(connection, questions)
        evidence = _evidence(questions, answers, live, deep=deep)
        found = [replace(c, evidence=evidence.get((c.table, c.column))) for c in found]
        found = collisions.with_collisions(connection, found)
        counted, _ = ask(connection, orphans)
        open_to_all = (*missing, *(fk for fk in live.foreign_keys if not fk.enforced))
        possible = (*(c.foreign_key for c in found), *open_to_all)
        unique = referable(connection, {fk.target for fk in possible})
        named = _constraint_names(connection, {fk.table for fk in possible})
        lacking = _owners_lack(connection, {t for fk in possible for t in (fk.table, fk.target)})
        omitted = reference_defaults.read(connection, possible)
    return replace(
        live,
        candidates=tuple(found),
        orphans={about: row[0] for about, row in counted.items()},
        absent=missing,
        referable=unique,
        constraint_names=named,
        owners_lack=lacking,
        omitted=omitted,
        unread=(*live.unread, *_unread(found, questions, failures)),
    )


def _loose(
    connection: Connection, live: Live, declared: Declared, configured: Mapping[str, str]
) -> Iterator[Loose]:
    places = list(declared_references(declared)) or [(Name("", ""), "")]
    wanted = ", ".join(f"({', '.join(map(literal, (*name, c)))})" for name, c in places)
    named = literal(pattern_of_columns(p for p, table in configured.items() if table))
    with set_based(connection):
        found = rows(connection, "candidates", declared=wanted, named=named, large=str(LARGE))
    for row in found:
        if Name(row["schema"], row["name"]) in live.table_of:
            yield _column(row)


def _column(row: Row) -> Loose:
    return Loose(
        table=Name(row["schema"], row["name"]),
        column=row["column"],
        type=row["type"],
        base_type=row["base_type"],
        not_null=row["not_null"],
        default=row["default_text"],
        indexed=row["indexed"],
        siblings=tuple(row["siblings"]),
        integers=row["integers"],
        uuids=row["uuids"],
    )


def referable(
    connection: Connection, targets: Iterable[Name]
) -> dict[Name, frozenset[frozenset[str]]]:
    """The unique sets of columns of each of these tables."""
    found: dict[Name, set[frozenset[str]]] = {name: set() for name in sorted(targets)}
    if not found:
        return {}
    for row in rows(connection, "referable", tables=_listed(found)):
        found[Name(row["schema"], row["name"])].add(frozenset(row["columns"]))
    return {name: frozenset(some) for name, some in found.items()}


def _constraint_names(
    connection: Connection, tables: Collection[Name]
) -> dict[Name, frozenset[str]]:
    """The names that a new constraint of each of these tables cannot have."""
    if not tables:
        return {}
    found = rows(connection, "constraint_names", tables=_listed(sorted(tables)))
    return {Name(row["schema"], row["name"]): frozenset(row["names"]) for row in found}


def _owners_lack(connection: Connection, tables: Collection[Name]) -> dict[Name, tuple[str, ...]]:
    """The rights that the owner of a table lacks, of those that a foreign key asks for."""
    if not tables:
        return {}
    found = rows(connection, "owners_lack", tables=_listed(sorted(tables)))
    return {Name(row["schema"], row["name"]): tuple(row["rights"]) for row in found}


def _listed(tables: Iterable[Name]) -> str:
    return ", ".join(f"({literal(name.schema)}, {literal(name.name)})" for name in tables)


def _with_rivals(connection: Connection, candidates: list[Candidate]) -> list[Candidate]:
    """The candidates with the other unique columns that their values may reference instead."""
    targets = sorted({c.target for c in candidates if not c.fits})
    if not targets:
        return candidates
    unique: dict[Name, list[Row]] = {}
    for row in rows(connection, "uniques", tables=_listed(targets)):
        unique.setdefault(Name(row["schema"], row["name"]), []).append(row)
    return [replace(c, rivals=_rivals(c, unique.get(c.target, []))) for c in candidates]


def _rivals(candidate: Candidate, unique: Sequence[Row]) -> tuple[str, ...]:
    return tuple(
        row["column"]
        for row in unique
        if row["column"] != candidate.target_column
        and family_of(row["type"]) == family_of(candidate.base_type)
    )


def _evidence(
    questions: Sequence[Question], answers: Answers, live: Live, *, deep: bool
) -> dict[tuple[Name, str], Evidence]:
    found = {}
    for asked in questions:
        if asked.about in answers:
            row = dict(zip(_COUNTS, answers[asked.about], strict=True))
            samples = tuple(row.pop("samples") or ())
            whole = is_whole(asked.about[0], live, deep=deep)
            found[asked.about] = Evidence(**row, samples=samples, whole=whole, query=asked.select)
    return found


def _unread(
    candidates: Sequence[Candidate], questions: Sequence[Question], failures: Mapping[object, str]
) -> Iterator[Unread]:
    """The failures at columns that their type or the models make suspect; others are many."""
    suspect = {(c.table, c.column) for c in candidates if c.model or not c.fits}
    for asked in questions:
        if asked.about in failures and asked.about in suspect:
            name, column = asked.about
            yield Unread(name, column, f"its values: {failures[asked.about]}", asked.select)


LARGE = 2_000  # pages of 8 KiB (16 MB): larger tables are sampled
SAMPLE = 200  # pages of a sample
MOST = 10_000  # values of a sample
_LOCKS = 4  # an estimate: a table or partition, with its indexes

# No letter or digit is printed as it is: plans are attached to pull requests.
_MASKED = (
    "left(regexp_replace(regexp_replace(v, '[0-9]', '9', 'g'), "
    "'[^0-9[:space:][:punct:]]', 'x', 'g'), 40)"
)


def question(candidate: Candidate, live: Live, *, deep: bool) -> Question:
    """The question how the values of a column match the key, counted in `sql/evidence.sql`."""
    whole, type_ = is_whole(candidate.table, live, deep=deep), candidate.compared_as
    select = query(
        __package__,
        "evidence",
        target=candidate.target.sql,
        target_column=ident(candidate.target_column),
        column=ident(candidate.column),
        canonical=canonical("v", type_),
        shaped=shaped("v", type_),
        convertible=convertible("v", type_),
        type=type_,
        masked=_MASKED,
        elsewhere=_elsewhere(candidate),
        source=_rows_of(candidate.table, live, whole=whole),
        limit="" if whole else f" LIMIT {MOST}",
    )
    both = [live.table_of[name] for name in (candidate.table, candidate.target)]
    locks = _LOCKS * sum(len(family(table, live)) for table in both)
    return Question((candidate.table, candidate.column), select, both[0].oid, locks)


def _elsewhere(candidate: Candidate) -> str:
    """The condition that another unique column of the referenced table holds the value."""
    as_it_is = "v" if family_of(candidate.base_type) == "text" else f"v::{candidate.base_type}"
    hits = [
        f"EXISTS (SELECT FROM {candidate.target.sql} p WHERE p.{ident(rival)} = {as_it_is})"
        for rival in candidate.rivals
    ]
    return " OR ".join(hits) or "false"


def is_whole(table: Name, live: Live, *, deep: bool) -> bool:
    """Whether every row of the table is read, not a sample."""
    return deep or _pages(table, live) <= LARGE


def _rows_of(table: Name, live: Live, *, whole: bool) -> str:
    """The table, or a sample of its pages, whose cost does not depend on the size."""
    if whole:
        return table.sql
    share = max(100 * SAMPLE / _pages(table, live), 0.001)
    return f"{table.sql} TABLESAMPLE SYSTEM ({share:.3f})"


def _pages(name: Name, live: Live) -> int:
    table = live.table_of[name]
    return max(table.pages, 0) + sum(_pages(child, live) for child in table.children)


def orphans_question(fk: ForeignKey, live: Live, *, deep: bool) -> Question | None:
    """The question how many rows have no parent; None if the table is only sampled."""
    if fk.table not in live.table_of or not is_whole(fk.table, live, deep=deep):
        return None
    oid = live.table_of[fk.table].oid
    return Question((fk.table, fk.name), fk.orphans("count(*)", live.inherited), oid, _LOCKS)
