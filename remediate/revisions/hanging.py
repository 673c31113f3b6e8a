"""What hangs on columns whose types change: taken down before the steps, and rebuilt after them.

It is rebuilt from the definitions of the plan, so they must be those of the database by then. The
roles are those of the database: a revision runs where they are called otherwise, too.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from remediate.findings.remedy import Expectation, Remedy, State
from remediate.findings.states import Definitions, Value
from remediate.postgres.queries import query
from remediate.postgres.sql import literal
from remediate.postgres.templates import statement
from remediate.revisions.blocks import Block
from remediate.snapshots.defaults import words
from remediate.snapshots.members import CONTENT, Dependant
from remediate.snapshots.tables import Name

_VIEWS = ("view", "materialized view")
_WITH_ROLES = (*_VIEWS, "policy", "statistics")


def in_order(dependants: Iterable[Dependant]) -> tuple[Dependant, ...]:
    """Each once, as they are rebuilt; they are taken down the other way round.

    Raises ValueError where two differ that have one name.
    """
    found: dict[tuple[str, str, Name], Dependant] = {}
    for one in dependants:
        known = found.setdefault((one.kind, one.name, one.relation), one)
        if known != one:
            raise ValueError(f"two plans see {one.kind} {one.name} differently")
    return tuple(sorted(found.values(), key=_turn))


def _turn(one: Dependant) -> tuple[int, int, str, Name, str]:
    """Views after those that they read, then what may read views (policies do), then contents."""
    group = 2 if one.kind == CONTENT else 0 if one.level else 1
    return group, one.level, one.kind, one.relation, one.name


def without_digests(remedy: Remedy) -> Remedy:
    """The same for schemas of any name, of which a digest of definitions tells.

    Its script tries what it rebuilds, as where another server prints it: that is as strict.
    """

    def of_any(state: State) -> State:
        if isinstance(state.before, Definitions):
            return replace(state, before=replace(state.before, digest=""))
        return state

    changed = (replace(e, states=tuple(map(of_any, e.states))) for e in remedy.expectations)
    return replace(remedy, expectations=tuple(changed))


Expected = Iterable[tuple[Expectation, list[Value]]]


def taken_down(
    dependants: Sequence[Dependant], expected: Expected, *, planned: bool = True
) -> Iterator[Block]:
    """Blocks that take them down, once it is sure that what is rebuilt is what was there.

    `planned`: the columns still have the types of the plan, so its digests may tell that at once.
    """
    rows = [
        (*place, literal(now.digest if planned else ""), literal(now.stored if planned else ""))
        for place, now in _retyped(expected)
    ]
    if rows:
        printed = {now.printed_by for _, now in _retyped(expected)} if planned else {""}
        yield Block(
            "The revision rebuilds below what must be there now.",
            (_alike(dependants, rows, min(printed), planned=planned),),
            name="ALIKE",
        )
    if kept := _kept(dependants):
        yield Block("Owners and grants, to be restored.", (kept,), name="RIGHTS")
    if statements := _down(dependants):
        yield Block("Dropped for now, because the type of their column changes.", statements)


def rebuilt(
    dependants: Sequence[Dependant], expected: Expected, *, planned: bool = True
) -> Iterator[Block]:
    """Blocks that rebuild them, for the roles that they were for, and see that nothing is lost."""
    places = [place for place, _ in _retyped(expected)]
    if not places:
        return
    rights = (statement("rights_given_back.sql.j2"),) if _kept(dependants) else ()
    checked = statement("nothing_lost.sql.j2", rows=_values(places), planned=planned)
    contents = (text for d in dependants if d.kind == CONTENT for text in d.rebuild)
    # Definitions are printed for a search_path of pg_catalog alone: under another one, an operator
    # or a function of the same name may be closer. What they call finds its tables by that of the
    # session, up to PostgreSQL 16, when a view is refreshed.
    printed, configured = (
        query(__package__, f"search_path_{name}") for name in ("of_printing", "as_before")
    )
    statements = (printed, *_up(dependants), *rights, checked, configured, *contents)
    yield Block("Rebuilt as they were.", statements)


def _retyped(expected: Expected) -> Iterator[tuple[tuple[str, str], Definitions]]:
    """The columns that change, as literals."""
    for where, states in expected:
        for state in states:
            if isinstance(state, Definitions):
                yield (literal(str(where.relation)), literal(where.column)), state


def _values(rows: Iterable[Sequence[str]]) -> str:
    return ",\n        ".join(f"({', '.join(row)})" for row in rows)


def _down(dependants: Sequence[Dependant]) -> tuple[str, ...]:
    return tuple(d.take_down for d in reversed(dependants) if d.take_down)


def _up(dependants: Sequence[Dependant]) -> tuple[str, ...]:
    return tuple(text for d in dependants if d.kind != CONTENT for text in d.rebuild)


def _alike(
    dependants: Sequence[Dependant],
    rows: Iterable[Sequence[str]],
    printed_by: str,
    *,
    planned: bool,
) -> str:
    refreshed = (literal(str(d.relation)) for d in dependants if d.kind == CONTENT)
    statements = map(literal, (*_down(dependants), *_up(dependants)))
    return statement(
        "rebuilt_alike.sql.j2",
        rows=_values(rows),
        refreshed=", ".join(refreshed),
        statements=",\n        ".join(statements),
        printed_by=printed_by,
        planned=planned,
    )


def _kept(dependants: Sequence[Dependant]) -> str:
    """The statement that keeps what belongs to roles; "" where nothing does."""
    objects = [
        f"({', '.join(map(literal, _object(d)))})" for d in dependants if d.kind in _WITH_ROLES
    ]
    return statement("rights.sql.j2", objects=",\n      ".join(objects)) if objects else ""


def _object(dependant: Dependant) -> tuple[str, str, str, str]:
    """Its kind, the schema and the name of its relation, and its own name."""
    if dependant.kind in _VIEWS:
        return "view", *dependant.relation, ""
    *schema, name = words(dependant.name)
    if schema:
        return dependant.kind, schema[0], "", name
    return dependant.kind, *dependant.relation, name
