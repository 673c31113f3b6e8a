"""What runs in autocommit, in a revision of its own: VALIDATE, CREATE INDEX CONCURRENTLY.

Each statement may have run before: the revision can be cut off anywhere, and the next upgrade
goes on. Its last statement is a check in a transaction, so that version and database move together.
The way back is one transaction.
"""

from collections.abc import Iterable, Iterator, Sequence

from remediate.findings.remedy import Condition, Remedy
from remediate.postgres.queries import query
from remediate.postgres.sql import commented, literal, quote
from remediate.postgres.templates import statement
from remediate.revisions.blocks import Block, Script
from remediate.revisions.script import begin


def finishing(remedies: Sequence[Remedy]) -> Script:
    """The steps that are not transactional, and their exact way back."""
    conditions = tuple(dict.fromkeys(c for r in remedies for c in r.conditions))
    return Script(
        up=(
            Block("Everything is there.", (_check(conditions, _ended(conditions), *_UNFINISHED),)),
        ),
        down=_back(remedies, conditions),
        autocommit=(
            Block(
                "Guard: the database must still be as the plan saw it.",
                (_ready(conditions),),
                name="GUARD",
            ),
            # A build that is cut short leaves an invalid index; nobody waits for it.
            Block("No timeout cuts these short.", (query(__package__, "without_timeouts"),)),
            *(Block(commented(r.title), tuple(_ups(r))) for r in remedies),
            Block("Timeouts as they were.", (query(__package__, "timeouts_as_before"),)),
        ),
    )


def _ups(remedy: Remedy) -> Iterator[str]:
    return (step.up for step in remedy.finish if step.up)


def _back(remedies: Sequence[Remedy], conditions: Sequence[Condition]) -> tuple[Block, ...]:
    """In one transaction: an index goes at once where the table is locked for a moment."""
    blocks = [
        Block(commented(r.title), tuple(s.down for s in reversed(r.finish) if s.down))
        for r in reversed(remedies)
    ]
    holds = [hold for remedy in remedies for hold in remedy.holds]
    check = _check(conditions, _ended(conditions), *_DRIFTED)
    return (*begin(holds, check, back=True), *(block for block in blocks if block.statements))


_DRIFTED = (
    "the database is not what this revision was made for; nothing was changed",
    "Either it changed after the plan was made, or it is a new database, which the revisions "
    "before this one create differently. Run: remediate plan",
)
_UNFINISHED = (
    "this revision is not finished, and its version is not recorded",
    "The database changed meanwhile. Run: alembic upgrade head",
)


def _ready(conditions: Sequence[Condition]) -> str:
    return _check(conditions, {c: c.starts for c in conditions}, *_DRIFTED)


def _ended(conditions: Sequence[Condition]) -> dict[Condition, tuple[str, ...]]:
    return {c: (c.ends,) for c in conditions}


def _check(
    conditions: Iterable[Condition],
    states: dict[Condition, tuple[str, ...]],
    message: str,
    hint: str,
) -> str:
    rows = ",\n      ".join(_row(c, states[c]) for c in conditions)
    return statement("conditions.sql.j2", rows=rows, message=message, hint=hint)


def _row(condition: Condition, states: tuple[str, ...]) -> str:
    place = commented(f"{condition.relation}.{quote(condition.name)}")
    texts = (str(condition.relation), condition.kind, condition.name, place)
    return f"({', '.join(map(literal, texts))}, ARRAY[{', '.join(map(literal, states))}])"
