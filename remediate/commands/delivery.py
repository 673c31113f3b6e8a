"""Approved items become files that have landed: in rounds, staged, rehearsed, all or none."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from functools import partial

from remediate.commands import precedence
from remediate.commands import sharing as sharings
from remediate.commands.ahead import NOTHING, Ahead
from remediate.commands.completion import Endorsement, complete
from remediate.commands.generate_options import GenerateOptions
from remediate.commands.hooks import Hooks
from remediate.commands.judgement import Judgement
from remediate.commands.one_run import with_left_out
from remediate.commands.precedence import Succession
from remediate.commands.progress import Progress, silent
from remediate.commands.prove import rehearsal
from remediate.commands.rounds import Sequel, in_rounds
from remediate.config import Config
from remediate.errors import Refused, RehearsalFailed, RevisionRefuted, StopsOthers
from remediate.findings.remedy import Manual
from remediate.plans import backup
from remediate.plans.agreement import Agreed
from remediate.plans.approval import approves, split, without_incomplete
from remediate.plans.hazards import check_hazards, to_accept
from remediate.plans.plan import ApprovedItem, Item, Landed, Plan
from remediate.plans.proof import Proof
from remediate.plans.refutation import Refutation, refuted
from remediate.plans.sharing import Sharing
from remediate.project import project as projects
from remediate.project.reading import ProjectReading
from remediate.rehearsal.proof import rehearse
from remediate.rehearsal.scratch import Server, scratch
from remediate.remedies.refusals import NOTHING_REFUSED, Refusals
from remediate.revisions.drafts import drafts, for_psql_too
from remediate.revisions.files import AsFile, Site, Staged, staged
from remediate.revisions.graph import check_up_to_date
from remediate.revisions.repointing import repointed
from remediate.system import stages
from remediate.system.words import counted

_TRIED = "upgrade, INSERT, downgrade, compare, upgrade again"


@dataclass(frozen=True, slots=True)
class Proven:
    """Revisions that are complete, their proofs, and what is to follow them."""

    site: Site
    files: tuple[Staged, ...]
    proofs: tuple[Proof | None, ...]
    succession: Succession


@dataclass(frozen=True, slots=True)
class Written:
    """Revisions that have landed, and the ids of what is found once they have run."""

    landed: tuple[Landed, ...]
    left: frozenset[str]


@dataclass(frozen=True, slots=True)
class Delivery:
    """What is to be written of the approved items, and for whom."""

    judgement: Judgement[ProjectReading]
    plan: Plan
    config: Config
    options: GenerateOptions
    chosen: Agreed
    progress: Progress
    around: Hooks
    ahead: Ahead
    sharing: Sharing | None = None
    out: frozenset[str] = frozenset()  # approved, and not to be written

    def kept(self, ids: Collection[str] | None) -> tuple[ApprovedItem, ...]:
        """The approved items of these ids (None: all), as far as what they need is among them."""
        items = (i for i in self.chosen.items if ids is None or i.finding.id in ids)
        return without_incomplete(i for i in items if i.finding.id not in self.out)

    def sequel(self, kept: Collection[str] | None = None) -> Sequel[ProjectReading]:
        """The rounds of the approved items, or of those `kept` by their ids.

        Raises Refused for a hazard that only a later one has.
        """

        def follows(item: Item) -> bool:
            """Whether something that is found only after other repairs is approved, too."""
            meant = any(approves(approval, item) for approval in self.options.approve)
            is_kept = item.id not in self.out and (kept is None or item.id in kept)
            return meant and is_kept and not to_accept(item, self.config.allow)

        made = in_rounds(self.judgement, self.kept(kept), self.config, follows)
        for later in made.rounds[1:]:
            for item in later.items:
                allowed = self.chosen.allowed.get(item.finding.id, ())
                check_hazards([item], (*self.config.allow, *allowed))
        return made

    @contextmanager
    def proven(self, sequel: Sequel[ProjectReading]) -> Iterator[Proven]:
        """The revisions as files outside of versions/, each with its proof."""
        reading = self.judgement.reading
        one = self.options.one
        parts = tuple(split(r.items, self.config.first, one=one) for r in sequel.rounds)
        parts = self.sharing.parted(parts, one=one) if self.sharing else parts
        tenants = [one.schema for one in reading.environment.tenants]
        stages.begin("writing the revisions")
        made = drafts(parts, self.options.message, tenants, one=one, noted=not self.options.hotfix)
        made = with_left_out(made, reading, self.progress)
        site, placement = _site(reading.project, reading.environment), self.options.placement
        met = precedence.checked(
            self.plan, sequel.repaired, placement, self.judgement.reading.declared.history
        )
        with _with_reason(NOTHING_REFUSED if placement.before else self.plan.refusals):
            check_up_to_date(site.script, reading.environment.heads, made, placement)
        with staged(site, made, placement, self._as_file()) as files:
            succession = Succession(repointed(site.script, placement, files), met)
            precedence.show(succession, self.progress)
            proofs = self._proofs(sequel, files, succession)
            if self.sharing:
                others = sharings.differences(self.sharing, made, self.progress)
                proofs = tuple(
                    p and replace(p, limits=(*p.limits, *self.sharing.limits(d.items, others)))
                    for p, d in zip(proofs, made, strict=True)
                )
            yield Proven(site, files, proofs, succession)

    def _as_file(self) -> AsFile | None:
        """What a draft says of itself, or passes over, once its id is known."""
        if self.options.hotfix:
            return for_psql_too
        return partial(sharings.as_file, self.sharing) if self.sharing else None

    def scratch(self) -> AbstractContextManager[Server]:
        """The server for rehearsals, of the database's own major version where one is at hand."""
        major = self.judgement.reading.live.database.version // 10000
        return scratch(self.config.scratch_url, major, self.ahead.server)

    def _proofs(
        self,
        sequel: Sequel[ProjectReading],
        files: tuple[Staged, ...],
        succession: Succession,
    ) -> tuple[Proof | None, ...]:
        if not self.options.rehearse:
            return (None,) * len(files)
        reading = self.judgement.reading
        stages.begin("starting a scratch PostgreSQL")
        with self.scratch() as server:
            version = f"{server.version // 10000}.{server.version % 10000}"
            self.progress(f"Testing on a scratch PostgreSQL {version}: {_TRIED}")
            what = rehearsal(sequel, self.config, files)
            proofs = rehearse(what, server, self.ahead.channel, self.ahead.dumped)
            precedence.prove(succession, reading, files, what.references, server, self.progress)
        return proofs


@contextmanager
def _with_reason(refusals: Refusals) -> Iterator[None]:
    """Where `alembic upgrade` cannot run either, the reason and what comes before it."""
    try:
        yield
    except Refused as error:
        if not refusals.first:
            raise
        first = f"repair these values. {error.hint}" if refusals.values else f"{refusals.anew}."
        raise Refused(f"{error.message}; {refusals.first}", f"First {first}") from error


def written(delivery: Delivery, kept: Collection[str] | None = None) -> Written:
    """The revisions of the approved items, or of those `kept` by their ids, landed.

    Raises RevisionRefuted for one that is wrong, StopsOthers for what would stop other schemas,
    Refused where a backup has to be named first.
    """
    sequel = delivery.sequel(kept)
    given, reading = delivery.options.backup, delivery.judgement.reading
    items = [item for one in sequel.rounds for item in one.items]
    backup.check(items, delivery.config.backup, given, reading.live)
    for sentence in _told(sequel):
        delivery.progress(sentence)
    with delivery.proven(sequel) as made:
        landed = complete(
            made.files, made.site, reading,
            Endorsement(
                delivery.chosen.reviewer, made.proofs, delivery.chosen.decisions, given
            ),
            delivery.plan,
            hotfix=delivery.options.hotfix, succession=made.succession, around=delivery.around,
            progress=delivery.progress,
        )  # fmt: skip
    return Written(landed, frozenset(finding.id for finding in sequel.left.findings))


def without_what_stops_others(delivery: Delivery, error: StopsOthers) -> Delivery:
    """The delivery of what every schema may run; raises Refused where that is nothing."""
    rest = replace(delivery, out=delivery.out | error.ids)
    left = rest.kept(None)
    if not left:
        raise error
    delivery.progress(
        f"Left out, {counted(len(error.ids), 'repair')}: {error.message}.\n"
        f"  Once the rest has run: remediate generate, or: {error.hint}"
    )
    return replace(rest, chosen=replace(delivery.chosen, items=left))


def without_the_refuted(delivery: Delivery, error: RevisionRefuted) -> Written:
    """What stands the rehearsal, where that is asked for; raises RehearsalFailed with the rest."""
    chosen = [item.finding.id for item in delivery.chosen.items]
    ids = [*dict.fromkeys((*chosen, *delivery.sequel().repaired))]
    if len(ids) > 1:
        delivery.progress("The rehearsal refutes a revision; looking for the finding behind it ...")
    found = _searched(delivery, ids, error.message)
    out = {one.id for one in found}
    rest = [id_ for id_ in chosen if id_ not in out]
    kept = [id_ for id_ in ids if id_ not in out]
    left = [item.finding.id for item in delivery.kept(kept)]
    text = "\n".join(map(_named, found))
    if not left or not delivery.options.skip_refuted:
        raise RehearsalFailed(
            f"the rehearsal refutes\n{text}", _way_on(left, error.hint)
        ) from error
    delivery.progress(f"Not written, because the rehearsal refutes it:\n{text}")
    if lacking := [id_ for id_ in rest if id_ not in left]:
        delivery.progress(f"Also not written, because it depends on that: {', '.join(lacking)}")
    return written(replace(delivery, ahead=NOTHING), kept)


def _searched(delivery: Delivery, ids: Sequence[str], reason: str) -> tuple[Refutation, ...]:
    """What to leave out. All rehearsals of the search share one server: to start it is slow."""
    with delivery.scratch() as server:
        url = server.url.render_as_string(hide_password=False)
        config = replace(delivery.config, scratch_url=url)
        quiet = replace(delivery, config=config, progress=silent, ahead=NOTHING)
        return refuted(ids, reason, partial(_reason, quiet))


def _reason(quiet: Delivery, some: Sequence[str]) -> str:
    """Why the rehearsal refutes the repairs of these findings; "" where they stand it."""
    sequel = quiet.sequel(some)
    if not sequel.rounds:  # what is found only after others is nothing without them
        return ""
    try:
        with quiet.proven(sequel):
            return ""
    except RevisionRefuted as refutation:
        return refutation.message


def _named(one: Refutation) -> str:
    beside = f" beside {', '.join(one.beside)}" if one.beside else ""
    return f"{one.id}{beside}: {one.reason}"


def _way_on(rest: Sequence[str], hint: str) -> str:
    if not rest:
        return hint
    others = f"the other {len(rest)}" if len(rest) > 1 else rest[0]
    return f"{hint} Write {others} with: --skip-refuted"


def _told(sequel: Sequel[ProjectReading]) -> Iterator[str]:
    """What becomes of approved items that meet on one key, sequence or index."""
    if sequel.settled:
        yield f"Repaired along with the others: {', '.join(sequel.settled)}"
    for item in sequel.impossible:
        if isinstance(item.remedy, Manual):
            yield f"Not written: {item.id}. Once the others have run: {item.remedy.reason}"
    if sequel.new:
        yield f"Found only after these have run, and not repaired by them: {', '.join(sequel.new)}"


def _site(project: projects.Project, environment: projects.Environment) -> Site:
    tokens = (environment.upgrade_token, environment.downgrade_token)
    return Site(project.script, project.config, tokens, environment.files)
