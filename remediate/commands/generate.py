"""`remediate generate`: approved findings become proven revisions."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from alembic.script import ScriptDirectory

from remediate.commands.judgement import judge
from remediate.commands.plan import plan_of
from remediate.commands.progress import Progress, silent
from remediate.commands.prove import rehearsal
from remediate.commands.rounds import Sequel, in_rounds
from remediate.config import Config
from remediate.errors import Refused, UsageProblem
from remediate.findings import marks
from remediate.findings.remedy import Manual
from remediate.plans import plan_file
from remediate.plans.agreement import Agreed, agreed
from remediate.plans.approval import approved, approves, check_first, check_hazards, split
from remediate.plans.impact.impact import Impact
from remediate.plans.plan import Item, Landed, Plan
from remediate.plans.plan_file import with_settings
from remediate.plans.proof import Proof
from remediate.project import project as projects
from remediate.project.inspection import ProjectReading, read
from remediate.rehearsal.proof import rehearse
from remediate.rehearsal.scratch import scratch
from remediate.render import review
from remediate.revisions.drafts import drafts, with_note
from remediate.revisions.files import Site, Staged, check_heads_unmoved, land, rewrite, staged
from remediate.revisions.graph import Placement, check_up_to_date
from remediate.revisions.hotfix import VersionTable, scripts
from remediate.rules.revisions.graph_broken import mend, message
from remediate.snapshots.history import History, broken
from remediate.snapshots.tables import Name
from remediate.system.paths import shown


@dataclass(frozen=True, slots=True)
class GenerateOptions:
    """What `generate` is to write, and who approved it.

    Raises UsageProblem where a reviewed plan is given together with approvals: it has its own.
    """

    plan: Path | str | None = None
    """A reviewed plan; None: `approve` and `reviewer` say what is approved."""
    approve: tuple[str, ...] = ()
    """Codes of rules, ids of findings, or "all" that is proven or likely."""
    reviewer: str = ""
    """Who approves; stands in the revision."""
    message: str = ""
    """Title of the revision; "": one that says what it does."""
    one: bool = False
    """One revision for everything, instead of what blocks users first."""
    head: str | None = None
    """Revision to follow, where the project has several heads."""
    splice: bool = False
    """Allow `head` to be no head."""
    branch_label: str | None = None
    """Label for a new branch."""
    depends_on: tuple[str, ...] = ()
    """Revisions that the new ones depend on."""
    rehearse: bool = True
    """Prove each revision on a scratch PostgreSQL before it is written."""
    hotfix: bool = False
    """Also write each that runs in one transaction as a script for psql."""

    def __post_init__(self) -> None:
        if self.plan and (self.approve or self.reviewer):
            raise UsageProblem(
                "a reviewed plan says itself what is approved, and by whom",
                "Change that with: remediate review PLAN",
            )

    @property
    def placement(self) -> Placement:
        """Where in the revision graph the new revisions go."""
        return Placement(self.head, self.splice, self.branch_label, self.depends_on)


@dataclass(frozen=True, slots=True)
class Endorsement:
    """Who approved the revisions, and what a rehearsal proved of each; None: it was not run."""

    reviewer: str
    proofs: tuple[Proof | None, ...]


def generate(
    config: Config, options: GenerateOptions, progress: Progress = silent
) -> tuple[Landed, ...]:
    """Write the revisions of the approved findings into the project: stage, rehearse, land.

    Gives the revisions that were written, none where nothing is found. Raises Refused when nothing
    is approved, a hazard is not accepted, the reviewed plan is stale or of another database, the
    heads moved, or revisions wait to be run; UsageProblem where there is no project, a plan file is
    damaged or an approval fits nothing; DatabaseProblem where the database cannot be read;
    RehearsalFailed when the scratch server refutes a revision. In every case the versions folder is
    as it was.
    """
    saved = plan_file.load(options.plan) if options.plan else None
    if saved:
        config = with_settings(config, saved.settings)
    reading = read(config)
    if not isinstance(reading, ProjectReading):
        raise UsageProblem(
            "a revision needs an Alembic project, and there is none here",
            "Run it in the folder of alembic.ini, or name the file with --config.",
        )
    _check_history(reading.declared.history)
    judgement = judge(reading, config)
    plan = plan_of(judgement, config)
    chosen = _chosen(plan, saved, config, options)
    if chosen.new:
        progress(f"Found since the plan was made, and not in it: {', '.join(chosen.new)}")
    if not chosen.items:
        return ()
    check_first(chosen.items, config.first)
    sequel = in_rounds(judgement, chosen.items, config, partial(_follows, options))
    _check_later(sequel, saved, config)
    for sentence in _told(sequel):
        progress(sentence)
    parts = [split(r.items, config.first, one=options.one) for r in sequel.rounds]
    made = drafts(parts, options.message)
    site = _site(reading.project, reading.environment)
    check_up_to_date(site.script, reading.environment.heads, made, options.placement)
    with staged(site, made, options.placement) as files:
        proofs: tuple[Proof | None, ...] = (None,) * len(files)
        if options.rehearse:
            with scratch(config.scratch_url) as server:
                progress(f"Rehearsing on {server.source} ...")
                proofs = rehearse(rehearsal(sequel, config, files, site), server)
        endorsed = Endorsement(chosen.reviewer, proofs)
        return complete(files, site, reading, endorsed, plan.impacts, hotfix=options.hotfix)


def _chosen(plan: Plan, saved: Plan | None, config: Config, options: GenerateOptions) -> Agreed:
    """What a reviewed plan approves, or what the command itself does."""
    if saved:
        return agreed(saved, plan, str(options.plan), config.allow)
    items = approved(plan, options.approve, options.reviewer)
    check_hazards(items, config.allow)
    return Agreed(items, options.reviewer, ())


def _follows(options: GenerateOptions, item: Item) -> bool:
    """Whether something that is found only after other repairs is approved, too."""
    return any(approves(approval, item) for approval in options.approve)


def _check_later(sequel: Sequel, saved: Plan | None, config: Config) -> None:
    """The hazards of what is planned on other repairs: it may be more than it was before them."""
    decisions = saved.approvals if saved else {}
    for later in sequel.rounds[1:]:
        for item in later.items:
            decision = decisions.get(item.finding.id)
            check_hazards([item], (*config.allow, *(decision.allowed if decision else ())))


def _told(sequel: Sequel) -> Iterator[str]:
    """What becomes of approved items that meet on one key or sequence."""
    if sequel.settled:
        yield f"Repaired along with the others: {', '.join(sequel.settled)}"
    for item in sequel.impossible:
        if isinstance(item.remedy, Manual):
            yield f"Not written: {item.id}. Once the others have run: {item.remedy.reason}"
    if sequel.new:
        yield f"Found once these have run, and not repaired by them: {', '.join(sequel.new)}"


def _site(project: projects.Project, environment: projects.Environment) -> Site:
    tokens = (environment.upgrade_token, environment.downgrade_token)
    return Site(project.script, project.config, tokens)


def _check_history(history: History) -> None:
    """Raises Refused where Alembic itself could not follow the revisions."""
    for one in broken(history):
        if one.fatal:
            raise Refused(message(one), f"Nothing was written. First {mend(one)}.")


def complete(
    files: tuple[Staged, ...],
    site: Site,
    reading: ProjectReading,
    endorsed: Endorsement,
    impacts: Mapping[str, Impact],
    *,
    hotfix: bool,
) -> tuple[Landed, ...]:
    """Write what stands beside each revision, then move everything at once.

    Raises Refused where the heads moved meanwhile.
    """
    reviewer = endorsed.reviewer
    today = datetime.now(UTC).date().isoformat()
    engine = reading.environment.engine
    moves, landed = [], []
    for file, proof in zip(files, endorsed.proofs, strict=True):
        note = marks.of_engine(review.note(file.draft, reviewer, today, proof), engine)
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
    land(moves)
    heads = len(ScriptDirectory.from_config(site.config).get_heads())
    return tuple(replace(one, heads=heads) for one in landed)


def _for_psql(file: Staged, reading: ProjectReading) -> tuple[str, str]:
    """The suffixes of the two scripts that it writes beside the revision."""
    table = reading.environment.version_table
    version = VersionTable(
        reading.live.database.name,
        Name(table.schema or reading.live.database.default_schema, table.name),
        file.revision,
        (file.down_revision,) if file.down_revision else (),
    )
    suffixes = (".hotfix.sql", ".rollback.sql")
    names = tuple(shown(file.target.with_suffix(suffix)) for suffix in suffixes)
    made = scripts(file.draft, version, (names[0], names[1]))
    for suffix, text in zip(suffixes, (made.hotfix, made.rollback), strict=True):
        file.path.with_suffix(suffix).write_text(text, encoding="utf-8")
    return suffixes
