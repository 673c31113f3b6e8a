"""Proven revisions into the versions folder, with what a person needs beside them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

from alembic.script import ScriptDirectory

from remediate import repairs
from remediate.hotfix import Books, scripts
from remediate.impact import Impact
from remediate.paths import shown
from remediate.plan import Landed, Proof
from remediate.reading import Reading
from remediate.render import review
from remediate.revision import with_note
from remediate.schema import Name
from remediate.write.revisions import Site, Staged, check_heads_unmoved, rewrite
from remediate.write.revisions import land as move


def land(
    files: tuple[Staged, ...],
    site: Site,
    reading: Reading,
    word: tuple[str, tuple[Proof | None, ...]],
    impacts: Mapping[str, Impact],
    *,
    hotfix: bool,
) -> tuple[Landed, ...]:
    """Write what stands beside each revision, then move everything at once.

    `word` is the reviewer's name, and for each revision the proof. Raises Refused where the heads
    moved meanwhile.
    """
    reviewer, proofs = word
    today = datetime.now(UTC).date().isoformat()
    engine = reading.environment.engine if reading.environment else ""
    moves, landed = [], []
    for file, proof in zip(files, proofs, strict=True):
        note = repairs.of_engine(review.note(file.draft, reviewer, today, proof), engine)
        rewrite(file.path, partial(with_note, note=note))
        paper = review.markdown(
            file.draft, revision=file.revision, parent=file.down_revision,
            source=reading.live.database.name, reviewer=reviewer, date=today, proof=proof,
            impacts=impacts,
        )  # fmt: skip
        file.path.with_suffix(".md").write_text(paper, encoding="utf-8")
        psql_too = hotfix and not file.draft.finishing  # what runs in autocommit can wait
        beside = [".md", *(_for_psql(file, reading) if psql_too else ())]
        moves += [(file.path.with_suffix(s), file.target.with_suffix(s)) for s in (".py", *beside)]
        named = [shown(file.target.with_suffix(suffix)) for suffix in (".py", *beside)]
        path, review_file, *psql = named
        one = Landed(file.revision, file.draft.title, path, review_file, proof)
        landed.append(replace(one, hotfix=psql[0], rollback=psql[1]) if psql else one)
    check_heads_unmoved(site)
    move(moves)
    heads = len(ScriptDirectory.from_config(site.config).get_heads())
    return tuple(replace(one, heads=heads) for one in landed)


def _for_psql(file: Staged, reading: Reading) -> tuple[str, str]:
    """The suffixes of the two scripts that it writes beside the revision."""
    assert reading.environment is not None  # noqa: S101  (generate() has looked)
    table = reading.environment.version_table
    books = Books(
        reading.live.database.name,
        Name(table.schema or reading.live.database.default_schema, table.name),
        file.revision,
        (file.down_revision,) if file.down_revision else (),
    )
    suffixes = (".hotfix.sql", ".rollback.sql")
    names = tuple(shown(file.target.with_suffix(suffix)) for suffix in suffixes)
    made = scripts(file.draft, books, (names[0], names[1]))
    for suffix, text in zip(suffixes, (made.hotfix, made.rollback), strict=True):
        file.path.with_suffix(suffix).write_text(text, encoding="utf-8")
    return suffixes
