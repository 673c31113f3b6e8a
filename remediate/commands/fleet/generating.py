"""`generate --targets`: one set of revisions for many databases that share a history."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from remediate.commands import generate as alone
from remediate.commands.fleet import looks
from remediate.commands.fleet import targets as files
from remediate.commands.fleet.asking import differences
from remediate.commands.fleet.looking import Look
from remediate.commands.generate_options import GenerateOptions
from remediate.commands.progress import Progress, silent
from remediate.config import Config
from remediate.errors import DatabaseProblem, Refused, UsageProblem
from remediate.findings import lists
from remediate.plans.fleet import Shard, Unread, reasons, some
from remediate.plans.plan import Landed
from remediate.plans.sharing import Alike, Needs, Sharing, alike, chosen
from remediate.project.beside import Beside, read_beside, read_database
from remediate.system.words import counted


@dataclass(frozen=True, slots=True)
class Shared:
    """For which databases revisions are written."""

    targets: Path
    group: int = 0
    """The number of a group that needs the same; 0: the one that needs all that is approved."""


def generate(
    config: Config, options: GenerateOptions, shared: Shared, progress: Progress = silent
) -> tuple[Landed, ...]:
    """Look at every database, then write what a group of them needs, rehearsed with one of them.

    The revisions pass over the databases that need nothing of them. Raises what `generate` raises;
    DatabaseProblem where one cannot be read, and Refused where one history cannot hold what they
    need.
    """
    looks.check_fork()
    if not options.approve or not options.reviewer.strip():
        raise Refused(
            "nothing is approved yet",
            'Read the plan, then approve: --approve all|RULE|FINDING --reviewer "Your Name"',
        )
    config = replace(config, database_url=None)  # each has its own
    beside = read_beside(config)
    if beside is None:
        raise UsageProblem(
            "a revision needs an Alembic project, and there is none here",
            "Run it in the folder of alembic.ini, or name the file with --config.",
        )
    known = files.load(shared.targets)
    asked = Look("generate", config, beside, approve=options.approve)
    told, unread, targets = looks.looked_at(known, Shard(), asked, progress)
    _check_read(unread)
    needs = tuple(sorted((one.needs for one in told if one.needs), key=lambda one: one.name))
    groups = alike(needs)
    if not groups:
        _check_found(options, needs)
        progress(f"{counted(len(needs), 'database')}: nothing of what is approved is found there")
        return ()
    group = chosen(groups, shared.group)
    one = _represents(group, beside)
    sharing = Sharing(one, needs, partial(differences, known.limits, targets))
    sharing.check_hazards()
    progress(_said(group, sharing))
    url = next(target.url for target in targets if target.name == one.name)
    options = replace(options, approve=_words(options, one, needs))
    return alone.generate(
        replace(config, database_url=url), options, progress, sharing,
        lambda settings: read_database(settings, beside, lambda _: None)[0],
    )  # fmt: skip


def _check_read(unread: Sequence[Unread]) -> None:
    """Raises DatabaseProblem, with each reason, where a database was not read."""
    if why := reasons(unread):
        told = (f"{some(names)}: not read ({reason})" for (reason, _), names in why.items())
        raise DatabaseProblem(
            f"{'; '.join(told)}; the revisions are for all databases of the project",
            " ".join(dict.fromkeys(hint for _, hint in why if hint)),
        )


def _check_found(options: GenerateOptions, needs: tuple[Needs, ...]) -> None:
    """Raises Refused where something is found, and none of it is approved."""
    if found := sorted({id_ for one in needs for id_ in one.others}):
        raise Refused(
            f"--approve {' '.join(options.approve)} matches no repair of what is found "
            f"({some(found)})",
            "See what each needs: remediate plan --targets FILE",
        )


def _represents(group: Alike, beside: Beside) -> Needs:
    """The first of them that is where the project's history ends; else the first."""
    tips = {revision.id for revision in beside.files.history.tips}
    at_end = [one for one in group.databases if {*(one.heads or ())} == tips]
    return (at_end or group.databases)[0]


def _words(options: GenerateOptions, one: Needs, needs: tuple[Needs, ...]) -> tuple[str, ...]:
    """What is approved, without the ids of findings that only other databases have."""
    ids = frozenset(id_ for each in needs for id_ in (*each.repairs, *each.others))
    words = (part for word in options.approve for part in lists.known_parts(word, ids))
    return tuple(w for w in words if w not in ids or w in one.repairs or w in one.others)


def _said(group: Alike, sharing: Sharing) -> str:
    others = len(sharing.all) - len(group.databases)
    beside = f"; {counted(others, 'other database')} will run it, too" if others else ""
    same = "needs it" if len(group.databases) == 1 else "need the same"
    return (
        f"{counted(len(group.databases), 'database')} {same}{beside}. Made for: {sharing.one.name}"
    )
