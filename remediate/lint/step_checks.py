"""How steps are written: what hides a failure, what breaks a driver, `--sql` or the way back."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from remediate.lint import facts, rewrite
from remediate.lint.events import Effect, Run
from remediate.lint.facts import Event
from remediate.lint.queries import depends_on_query
from remediate.lint.scope import HOLE
from remediate.lint.values import Unsafe

_NO_DDL = (
    facts.Opaque, facts.NotRead, facts.SeveralStatements, facts.EnumCreated, facts.RowsWritten,
    facts.RowsChanged,
)  # fmt: skip


def failure_swallowed(run: Run) -> Iterator[Unsafe]:
    """Steps in a try whose handler goes on, or under contextlib.suppress."""
    for effect in run.effects:
        context = effect.event.step.context
        if context.suppressed_at and not isinstance(effect.event.fact, facts.RowsChanged):
            message = (
                "a failure of the steps in this block is swallowed: the transaction is aborted and "
                "the next statement fails (25P02), or the version moves on without them"
            )
            where = context.suppressed_at
            yield Unsafe("failure-swallowed", where, context.function, message, "", error=False)


def downgrade_cascades(run: Run) -> Iterator[Unsafe]:
    """DROP ... CASCADE on the way back."""
    for effect, fact in run.of(facts.DropCascaded) if not run.upgrades else ():
        message = (
            f"{_known(fact.what)} also drops what the upgrade never made: "
            "every view, constraint and default that has come to depend on it"
        )
        rewritten = rewrite.execute_call(effect.event, fact.without)
        yield effect.unsafe("downgrade-cascades", message, rewritten, error=False)


def _known(text: str) -> str:
    return text.replace(HOLE, "...")


def several_statements(run: Run) -> Iterator[Unsafe]:
    """Several statements in one execute."""
    for effect, fact in run.of(facts.SeveralStatements):
        message = (
            f"{len(fact.texts)} statements in one execute: asyncpg refuses them (42601), "
            "and an error does not say which of them it is about"
        )
        parts = [rewrite.execute_call(effect.event, text) for text in fact.texts]
        rewritten = "\n".join(parts) if all(parts) else ""
        yield effect.unsafe("several-statements", message, rewritten, error=False)


def statement_not_read(run: Run) -> Iterator[Unsafe]:
    """SQL that PostgreSQL's parser refuses, or nests too deep to be read."""
    for effect, fact in run.of(facts.NotRead):
        message = (
            f"PostgreSQL's parser refuses this statement ({fact.objection}): it fails when the "
            "revision runs it (42601), and remediate has not checked it"
            if fact.objection
            else "this statement is nested too deep for remediate to read: it has not been checked"
        )
        yield effect.unsafe("statement-not-read", message, error=False)


def query_steers_ddl(run: Run) -> Iterator[Unsafe]:
    """DDL that depends on what a query says."""
    for effect in run.effects:
        line = _query_line(effect.event) if _is_ddl(effect) else 0
        if line:
            message = (
                "what the database answers decides about the DDL that follows: `alembic upgrade "
                "--sql` has no database to ask, and fails here or leaves the steps out"
            )
            function = effect.event.step.context.function
            yield Unsafe("query-steers-ddl", line, function, message, "", error=False)


def _is_ddl(effect: Effect) -> bool:
    return not isinstance(effect.event.fact, _NO_DDL)


def _query_line(event: Event) -> int:
    """The line of the condition or loop, or of the step that is made of the answer."""
    step = event.step
    given = [*step.call.args, *(k.value for k in step.call.keywords)]
    depends = any(depends_on_query(argument, step.scope) for argument in given)
    return step.context.query_line or (step.call.lineno if depends else 0)


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
