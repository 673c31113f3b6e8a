"""How steps are written: what hides a failure, what breaks a driver, `--sql` or the way back."""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from remediate.lint import facts, rewrite
from remediate.lint.columns import is_true
from remediate.lint.events import Effect, Run
from remediate.lint.facts import Event
from remediate.lint.object_calls import asks_first
from remediate.lint.objects import Dropped
from remediate.lint.queries import answer
from remediate.lint.scope import HOLE
from remediate.lint.sqlite import is_pragma
from remediate.lint.values import Unsafe

_IF_EXISTS = re.compile(r"\bIF\s+(?:NOT\s+)?EXISTS\b", re.IGNORECASE)
_IF_EXISTS_OF_OP = ("if_exists", "if_not_exists")
_PRAGMA = (
    "PRAGMA is a statement of SQLite: PostgreSQL refuses it (42601) and ends the revision there, "
    "so remediate has not checked what is done beside it"
)
_NO_DDL = (
    facts.Opaque, facts.NotRead, facts.SeveralStatements, facts.EnumCreated, facts.RowsWritten,
    facts.RowsChanged,
)  # fmt: skip


def failure_swallowed(run: Run) -> Iterator[Unsafe]:
    """Steps in a try whose handler goes on, or under contextlib.suppress."""
    for effect in run.effects:
        context = effect.event.step.context
        if context.suppressed_at and _may_be_missed(effect.event):
            message = (
                "this block swallows an error of its steps: PostgreSQL aborts the transaction "
                "and refuses the next statement (25P02), or Alembic records the version "
                "without them"
            )
            where = context.suppressed_at
            yield Unsafe("failure-swallowed", where, context.function, message, "", error=False)


def _may_be_missed(event: Event) -> bool:
    """Whether the server may refuse the step, and anything is lost then."""
    fact = event.fact
    if isinstance(fact, facts.Opaque):
        return not fact.foreign
    return not isinstance(fact, facts.RowsChanged) and not _asks_first(event)


def _asks_first(event: Event) -> bool:
    """IF EXISTS and IF NOT EXISTS: what is there already, or not, is no failure."""
    if event.sql is not None:
        return bool(_IF_EXISTS.search(event.sql.value))
    if isinstance(event.fact, facts.EnumCreated | Dropped):
        return asks_first(event.step.call, event.step.scope)
    given = {k.arg: k.value for k in event.step.call.keywords}
    return any(is_true(given.get(name), event.step.scope) for name in _IF_EXISTS_OF_OP)


def downgrade_cascades(run: Run) -> Iterator[Unsafe]:
    """DROP ... CASCADE on the way back."""
    for effect, fact in run.of(facts.DropCascaded) if not run.upgrades else ():
        message = (
            f"{_known(fact.what)} also drops what the upgrade never made: "
            "every view, constraint and default that has come to depend on it"
        )
        rewritten = rewrite.execute_call(effect.event, fact.without) if fact.without else ""
        yield effect.unsafe("downgrade-cascades", message, rewritten, error=False)


def _known(text: str) -> str:
    return text.replace(HOLE, "...")


def several_statements(run: Run) -> Iterator[Unsafe]:
    """Several statements in one execute, where the project's driver prepares them.

    Measured: asyncpg does so always, psycopg 3 where there are parameters, psycopg2 never.
    """
    driver = run.before.driver
    for effect, fact in run.of(facts.SeveralStatements):
        given = _has_parameters(effect.event.step.call)
        if driver != "asyncpg" and not (driver == "psycopg" and given):
            continue
        who = "asyncpg" if driver == "asyncpg" else "psycopg with parameters"
        message = f"{len(fact.texts)} statements in one execute: {who} refuses them (42601)"
        parts = [rewrite.execute_call(effect.event, text) for text in fact.texts]
        rewritten = "\n".join(parts) if all(parts) else ""
        yield effect.unsafe("several-statements", message, rewritten, error=False)


def _has_parameters(call: ast.Call) -> bool:
    return len(call.args) > 1 or "bindparams" in ast.unparse(call)


def statement_not_read(run: Run) -> Iterator[Unsafe]:
    """SQL that PostgreSQL's parser refuses, or nests too deep to be read."""
    for effect, fact in run.of(facts.NotRead):
        objection = f" ({fact.objection})" if fact.objection else ""
        message = (
            f"PostgreSQL's parser refuses this statement{objection}: it fails when the revision "
            "runs it (42601), and remediate has not checked it"
            if objection
            else "this statement is nested too deeply for remediate to read, so remediate has "
            "not checked it"
        )
        message = _PRAGMA if is_pragma(effect.event) else message
        yield effect.unsafe("statement-not-read", message, error=False)


def query_steers_ddl(run: Run) -> Iterator[Unsafe]:
    """DDL that depends on rows; guards that ask whether a table is there are no defect."""
    for effect in run.effects:
        line = _query_line(effect.event) if _is_ddl(effect) else 0
        if line:
            message = (
                "rows decide which DDL follows: a database with other rows gets another schema, "
                "and `alembic upgrade --sql` has no rows to ask"
            )
            function = effect.event.step.context.function
            yield Unsafe("query-steers-ddl", line, function, message, "", error=False)


def _is_ddl(effect: Effect) -> bool:
    return not isinstance(effect.event.fact, _NO_DDL)


def _query_line(event: Event) -> int:
    """The line of the condition or loop, or of the step that is made of the answer."""
    step = event.step
    given = [*step.call.args, *(k.value for k in step.call.keywords)]
    answers = [answer(argument, step.scope) for argument in given]
    of_rows = any(one.of_rows for one in answers if one)
    return step.context.query_line or (step.call.lineno if of_rows else 0)


def merge(findings: Iterable[Unsafe]) -> tuple[Unsafe, ...]:
    """In the order of the lines; what a loop does again and again is one."""
    by_place: dict[tuple[str, int, str], dict[str, Unsafe]] = {}
    for one in findings:
        by_place.setdefault((one.kind, one.line, one.function), {}).setdefault(one.message, one)
    merged = [_with_others(list(same.values())) for same in by_place.values()]
    return tuple(sorted(merged, key=lambda one: (one.line, one.kind)))


def _with_others(same: list[Unsafe]) -> Unsafe:
    others = f" (and {len(same) - 1} more on this line)" if len(same) > 1 else ""
    return replace(same[0], message=same[0].message + others)
