"""The section about references: code, revisions and database side by side."""

from collections.abc import Iterator

from remediate.analysis.audit.meanings import By
from remediate.analysis.audit.references import Reference, References, Side, Stored, Verdict
from remediate.postgres.sql import quote
from remediate.render.audit.entries import Chapter, Entry, listed
from remediate.system.words import counted

_UNSURE = {
    By.SETTING: "the settings name it",
    By.DATA: "it holds values of the key",
}


def chapter(found: References, *, whole: bool) -> Chapter:
    counts = ", ".join(f"{verdict} {number:,}" for verdict, number in found.counted().items())
    refer = "refers" if len(found.references) == 1 else "refer"
    columns = f"{counted(len(found.references), 'column')} that {refer} to a key"
    return Chapter(
        "References: code, revisions and database",
        (
            Entry(f"{columns}: {counts}" if counts else columns),
            *_told(found),
            *(
                entry
                for verdict in found.counted()
                for entry in _of_verdict(found, verdict, whole=whole)
            ),
        ),
    )


def _of_verdict(found: References, verdict: Verdict, *, whole: bool) -> tuple[Entry, ...]:
    """None hides another: those of each verdict are counted by themselves."""
    those = (one for one in found.references if one.verdict is verdict)
    short = verdict is Verdict.AGREES and not whole
    entries = (_good(one) if short else _sides(one) for one in those)
    return listed(entries, "column", whole=whole)


def _told(found: References) -> Iterator[Entry]:
    """How far the lines that are not there were looked for."""
    modelled = sum(one.model is not None for one in found.references)
    if 0 < modelled < len(found.references):
        yield Entry(f"The models have {modelled:,} of these columns")
    told = sum(one.revision is not None for one in found.references)
    if found.revisions and told < len(found.references):
        yield Entry(f"The text of the revisions shows {told:,} of these columns")


def _place(one: Reference) -> str:
    return f"{one.table}.{quote(one.column)} -> {one.target}.{quote(one.target_column)}"


def _good(one: Reference) -> Entry:
    return Entry(_place(one), f"{one.database.type if one.database else ''}   {one.verdict}")


def _sides(one: Reference) -> Entry:
    return Entry(_place(one), one.verdict, tuple(_lines(one)))


def _lines(one: Reference) -> Iterator[Entry]:
    yield Entry(f"key       {one.key_type or 'does not exist'}")
    if one.model:
        yield Entry(f"model     {_side(one.model)}")
    for rival in one.rivals:
        source = f", {rival.source}" if rival.source else ""
        yield Entry(f"model     {rival.type}, in {rival.metadata}{source}")
    if one.revision:
        yield Entry(f"revision  {_side(one.revision)}")
    yield Entry(f"database  {_stored(one.database) if one.database else 'no such column'}")
    if one.by in _UNSURE:
        yield Entry(f"because   {_UNSURE[one.by]}")


def _side(side: Side) -> str:
    target = f"-> {side.target}.{quote(side.target_column)}" if side.target else "no foreign key"
    source = f", {side.source}" if side.source else ""
    return f"{side.type or 'type not known'}, {target}{source}"


def _stored(stored: Stored) -> str:
    if not stored.constraint:
        return f"{stored.type}, no foreign key"
    state = "" if stored.valid else ", NOT VALID" if stored.enforced else ", NOT ENFORCED"
    rule = f", ON DELETE {stored.on_delete}" if stored.on_delete else ""
    return f"{stored.type}, {quote(stored.constraint)}{state}{rule}"
