"""Columns that seem to mean a key, with what their values say of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from sqlalchemy import Connection

from remediate.inference import Loose, absent, candidates, declared_references, is_worth_asking
from remediate.read.batches import Answers, Question, ask
from remediate.read.evidence import LARGE, is_whole, orphans_question, question
from remediate.read.session import read_only, settle
from remediate.read.statements import Row, rows
from remediate.references import Candidate, Evidence, family_of
from remediate.schema import Name
from remediate.snapshot import Snapshot, Unread
from remediate.sql import literal

_COUNTS = (
    "values", "canonical", "convertible", "present", "keys", "spellings", "elsewhere", "samples",
)  # fmt: skip


def complete(
    connection: Connection,
    live: Snapshot,
    declared: Snapshot,
    configured: Mapping[str, str],
    *,
    deep: bool,
) -> Snapshot:
    """The snapshot with them, and with the rows without parent of constraints NOT VALID.

    `deep`: every row is looked at, also of large tables.
    """
    with read_only(connection):
        settle(connection)
        loose = {(c.table, c.column): c for c in _loose(connection, live, declared)}
        found = _with_rivals(connection, [*candidates(loose.values(), live, declared, configured)])
        questions = [
            question(c, live, deep=deep)
            for c in found
            if is_worth_asking(c, loose[c.table, c.column])
        ]
        missing = tuple(absent(live, declared, found))
        open_ended = (*missing, *(fk for fk in live.foreign_keys if not fk.validated))
        orphans = [q for fk in open_ended if (q := orphans_question(fk, live, deep=deep))]
        answers, failures = ask(connection, questions)
        counted, _ = ask(connection, orphans)
    evidence = _evidence(questions, answers, live, deep=deep)
    return replace(
        live,
        candidates=tuple(replace(c, evidence=evidence.get((c.table, c.column))) for c in found),
        orphans={about: row[0] for about, row in counted.items()},
        absent=missing,
        unread=(*live.unread, *_unread(found, questions, failures)),
    )


def _loose(connection: Connection, live: Snapshot, declared: Snapshot) -> Iterator[Loose]:
    places = list(declared_references(declared)) or [(Name("", ""), "")]
    wanted = ", ".join(f"({', '.join(map(literal, (*name, c)))})" for name, c in places)
    for row in rows(connection, "candidates", declared=wanted, large=str(LARGE)):
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
        unique=row["alone"],
        indexed=row["indexed"],
        siblings=tuple(row["siblings"]),
        integers=row["integers"],
        uuids=row["uuids"],
    )


def _with_rivals(connection: Connection, found: list[Candidate]) -> list[Candidate]:
    """With the other unique columns of the key's table that the values may mean as well."""
    targets = sorted({c.target for c in found if not c.fits})
    if not targets:
        return found
    wanted = ", ".join(f"({literal(name.schema)}, {literal(name.name)})" for name in targets)
    unique: dict[Name, list[Row]] = {}
    for row in rows(connection, "uniques", tables=wanted):
        unique.setdefault(Name(row["schema"], row["name"]), []).append(row)
    return [replace(c, rivals=_rivals(c, unique.get(c.target, []))) for c in found]


def _rivals(candidate: Candidate, unique: Sequence[Row]) -> tuple[str, ...]:
    return tuple(
        row["column"]
        for row in unique
        if row["column"] != candidate.target_column
        and family_of(row["type"]) == family_of(candidate.base_type)
    )


def _evidence(
    questions: Sequence[Question], answers: Answers, live: Snapshot, *, deep: bool
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
    found: Sequence[Candidate], questions: Sequence[Question], failures: Mapping[object, str]
) -> Iterator[Unread]:
    """Those that a type or the models make suspect; the many others are left in peace."""
    suspect = {(c.table, c.column) for c in found if c.model or not c.fits}
    for asked in questions:
        if asked.about in failures and asked.about in suspect:
            name, column = asked.about
            yield Unread(name, column, f"its values: {failures[asked.about]}", asked.select)
