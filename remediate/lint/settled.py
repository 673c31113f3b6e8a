"""What a later revision does about what an earlier one leaves, in words that both sides make."""

from collections.abc import Iterable, Iterator

from remediate.lint import facts
from remediate.lint.facts import Change, Fact
from remediate.lint.scope import HOLE
from remediate.lint.types import INTEGERS
from remediate.lint.values import bare_name, plain


def keyed(table: str) -> frozenset[str]:
    """The table gets a primary key, or goes."""
    return frozenset({_key(table), _gone(table)})


def generator(table: str, column: str) -> frozenset[str]:
    """The column gets a sequence or an identity that is bound to it, or its table goes."""
    return frozenset({_generator(table, column), _gone(table)})


def filled(table: str, column: str) -> frozenset[str]:
    """The same, or the key becomes one that no sequence fills: of another type, or a parent's."""
    spot = f"{plain(table)}.{column}"
    return generator(table, column) | {f"{spot} no integer", f"{spot} references"}


def width(table: str, column: str, sequence: str, *, needed: str, narrow: str) -> frozenset[str]:
    """The sequence gets the type that its column has, or the column that of the sequence."""
    spot = f"{plain(table)}.{column}"
    wide = {
        f"{bare_name(sequence)} {one}" for one, end in INTEGERS.items() if end >= INTEGERS[needed]
    }
    back = {f"{spot} {one}" for one, end in INTEGERS.items() if end <= INTEGERS[narrow]}
    return generator(table, column) | wide | back


def by(changes: Iterable[Change]) -> frozenset[str]:
    """The words of what an upgrade does; of a branch or under `try` only of ids and of keys."""
    return frozenset(
        word
        for change in changes
        if change.function.startswith("upgrade")
        for word in (*_moved(change.fact), *_certain(change))
    )


def _moved(fact: Fact) -> Iterator[str]:
    match fact:
        case facts.SequenceMoved(name=name):
            yield bare_name(plain(name))
        case facts.KeyAdded(table=table):
            yield _key(table)


def _certain(change: Change) -> Iterator[str]:
    words = _repaired(change.fact) if change.certain else ()
    yield from (word for word in words if HOLE not in word)


def _repaired(fact: Fact) -> Iterator[str]:
    match fact:
        case facts.SequenceAltered(name=name, type=type_):
            yield f"{bare_name(name)} {type_}"
        case facts.TypeChanged(table=table, column=column, type=type_) if type_:
            spot = f"{plain(table)}.{column}"
            yield f"{spot} {type_}" if type_ in INTEGERS else f"{spot} no integer"
        case facts.ReferenceAdded(table=table, columns=(column,)):
            yield f"{plain(table)}.{column} references"
        case facts.TableDropped(table=table):
            yield _gone(table)
        case _:
            yield from _generated(fact)


def _generated(fact: Fact) -> Iterator[str]:
    match fact:
        case facts.IdentityAdded(table=table, column=name):
            yield _generator(table, name)
        case facts.DefaultSet(table=table, column=name, default=default) if default.sequence:
            if not default.late_bound:
                yield _generator(table, name)
        case facts.ColumnAdded(table=table, column=column) if column.generated:
            yield _generator(table, column.name)


def _generator(table: str, column: str) -> str:
    return f"generator of {plain(table)}.{column}"


def _key(table: str) -> str:
    return f"key of {plain(table)}"


def _gone(table: str) -> str:
    return f"no {plain(table)}"
