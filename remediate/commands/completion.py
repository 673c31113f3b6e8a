"""What stands beside a revision, and the move of all files into the project."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial

from remediate.commands.hooks import NO_HOOKS, Hook, Hooks, run_after, run_before
from remediate.commands.precedence import NOTHING_FOLLOWS, Succession
from remediate.commands.progress import Progress, silent
from remediate.findings import marks
from remediate.plans.answers import Decision, reviewers
from remediate.plans.plan import Landed, Plan
from remediate.plans.proof import Proof
from remediate.project.history import HOTFIX
from remediate.project.reading import ProjectReading
from remediate.rehearsal.versions import version_table
from remediate.render import review
from remediate.revisions.docstrings import with_note
from remediate.revisions.drafts import Draft
from remediate.revisions.files import Site, Staged, check_heads_unmoved, heads_now, land, rewrite
from remediate.revisions.hotfix import VersionTable, scripts
from remediate.revisions.repointing import check_unchanged
from remediate.system.credentials import masked
from remediate.system.paths import shown
from remediate.system.secrets import veil


@dataclass(frozen=True, slots=True)
class Endorsement:
    """Who approved the revisions, and what a rehearsal proved of each; None: it was not run."""

    reviewer: str
    proofs: tuple[Proof | None, ...]
    decisions: Mapping[str, tuple[Decision, ...]] = field(default_factory=dict)  # by finding
    backup: str = ""  # where it is kept, as the reviewer tells it

    def of(self, draft: Draft) -> tuple[str, Mapping[str, tuple[Decision, ...]]]:
        """Who approved what a draft repairs, and each decision that a plan file holds of that."""
        ids = [item.finding.id for item in draft.items]
        decisions = {id_: self.decisions[id_] for id_ in ids if id_ in self.decisions}
        names = reviewers(one for some in decisions.values() for one in some)
        return ", ".join(names) or self.reviewer, decisions


def complete(
    files: tuple[Staged, ...],
    site: Site,
    reading: ProjectReading,
    endorsed: Endorsement,
    plan: Plan,
    *,
    hotfix: bool,
    succession: Succession = NOTHING_FOLLOWS,
    around: Hooks = NO_HOOKS,
    progress: Progress = silent,
) -> tuple[Landed, ...]:
    """Write what stands beside each revision, then move everything at once.

    Raises Refused where the heads moved meanwhile, or the command before the move fails.
    """
    kept = veil(masked(endorsed.backup))
    today = datetime.now(UTC).date().isoformat()
    engine = reading.environment.engine
    moves, landed = [], []
    for file, proof in zip(files, endorsed.proofs, strict=True):
        reviewer, decisions = endorsed.of(file.draft)
        note = marks.of_engine(review.note(file.draft, reviewer, today, proof, kept), engine)
        rewrite(file.path, partial(with_note, note=note))
        paper = review.markdown(
            file.draft, revision=file.revision, parent=file.down_revision,
            source=reading.live.database.name, reviewer=reviewer, date=today, proof=proof,
            plan=plan, decisions=decisions, backup=kept,
        )  # fmt: skip
        file.path.with_suffix(".md").write_text(paper, encoding="utf-8")
        psql_too = hotfix and not file.draft.finishing  # what runs in autocommit can wait
        beside = [".md", *(_for_psql(file, reading) if psql_too else ())]
        moves += [(file.path.with_suffix(s), file.target.with_suffix(s)) for s in (".py", *beside)]
        named = [shown(file.target.with_suffix(suffix)) for suffix in (".py", *beside)]
        path, review_file, *psql = named
        one = Landed(
            file.revision, file.draft.title, path, review_file, proof,
            models=review.asks_for_models(file.draft),
            repairs=tuple(item.finding.id for item in file.draft.items),
            divergences=review.divergences(file.draft, plan),
        )  # fmt: skip
        landed.append(replace(one, hotfix=psql[0], rollback=psql[1]) if psql else one)
    if around.before:
        progress(f"Running {Hook.BEFORE} ...")
        run_before(around.before, [f.path for f in files], [source for source, _ in moves])
    check_heads_unmoved(site)
    check_unchanged(succession.moved)
    land(moves, files[0].home, {one.path: one.after for one in succession.moved})
    heads = len(heads_now(site))
    environment = reading.environment
    runs = len(environment.tenants) if environment.schema else 0
    diffs = tuple(one.diff for one in succession.moved)
    landed[-1] = replace(landed[-1], before=diffs, delete=succession.met if diffs else ())
    if around.after:
        progress(f"Written. Running {Hook.AFTER} ...")
        after = run_after(around.after, [file.target for file in files])
        landed[-1] = replace(landed[-1], after=after)
    return tuple(replace(one, heads=heads, schemas=runs) for one in landed)


def _for_psql(file: Staged, reading: ProjectReading) -> tuple[str, str]:
    """The suffixes of the two scripts that it writes beside the revision."""
    database = reading.live.database
    version = VersionTable(
        database.name,
        version_table(reading.libpq, reading.environment.version_table, database),
        file.revision,
        (file.down_revision,) if file.down_revision else (),
    )
    suffixes = (HOTFIX, ".rollback.sql")
    names = tuple(shown(file.target.with_suffix(suffix)) for suffix in suffixes)
    made = scripts(file.draft, version, (names[0], names[1]))
    for suffix, text in zip(suffixes, (made.hotfix, made.rollback), strict=True):
        file.path.with_suffix(suffix).write_text(text, encoding="utf-8")
    return suffixes
