"""The section about columns of one name and several types."""

from collections.abc import Iterator, Sequence

from remediate.analysis.audit.meanings import By
from remediate.analysis.audit.names import ColumnName, Kind, Names, Use
from remediate.postgres.sql import quote
from remediate.render.audit.entries import Chapter, Entry, group, joined, several
from remediate.system.words import counted

_WORDS = {
    By.FOREIGN_KEY: "foreign key to {}",
    By.MODELS: "the models refer to {}",
    By.SETTING: "the settings name {}",
    By.DATA: "it holds values of {}",
    By.NAME: "perhaps {}, by its name alone",
}
_TITLES = {
    Kind.KEY: "It refers to a key",
    Kind.REFERENCE: "It is named like a reference, but no key is known for it",
    Kind.OTHER: "It refers to no key, or differs only in length",
}


def chapter(found: Names, *, whole: bool) -> Chapter:
    shown = [kind for kind in Kind if whole or kind is not Kind.OTHER]
    have = several(len(found.several), "name", "has", "have")
    return Chapter(
        "Names: one name, several types",
        (
            Entry(f"{have} several types, of {found.compared:,} that several tables have"),
            *(
                entry
                for kind in shown
                for entry in group(
                    _TITLES[kind], (_name(one, whole=whole) for one in found.of(kind))
                )
            ),
            *_folded(found, whole=whole),
        ),
    )


def _folded(found: Names, *, whole: bool) -> Iterator[Entry]:
    others = found.of(Kind.OTHER)
    if others and not whole:
        names = joined((quote(one.name) for one in others), "name", whole=False)
        yield Entry(f"Folded (-v): no key, or lengths that differ: {names}")


def _name(one: ColumnName, *, whole: bool) -> Entry:
    types = (
        Entry(f"{type_} in {counted(len(uses), 'table')}", below=_by_meaning(uses, whole=whole))
        for type_, uses in one.by_type.items()
    )
    return Entry(quote(one.name), below=tuple(types))


def _by_meaning(uses: Sequence[Use], *, whole: bool) -> tuple[Entry, ...]:
    """Every table; of very many the rest is counted."""
    found: dict[str, list[Use]] = {}
    for use in uses:
        found.setdefault(_meaning(use), []).append(use)
    return tuple(
        Entry(f"{meaning}: {joined((use.table for use in those), 'table', whole=whole)}")
        for meaning, those in found.items()
    )


def _meaning(use: Use) -> str:
    if use.meaning is None and use.no_key:
        return "the settings declare that it refers to no key"
    if use.meaning is None:
        return "the key of its table" if use.own_key else "nothing is known of it"
    key = f"{use.meaning.target}.{quote(use.meaning.column)}"
    return _WORDS[use.meaning.by].format(key)
