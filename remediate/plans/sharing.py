"""Databases that share one history of revisions: which repairs it can hold for all of them."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from remediate.errors import Refused
from remediate.findings.remedy import HAZARD_TEXT, Act, Hazard
from remediate.plans.fleet import some
from remediate.plans.hazards import as_options
from remediate.plans.plan import ApprovedItem, Plan
from remediate.plans.proof import Gap, Limit
from remediate.postgres.sql import commented
from remediate.snapshots.tables import Name
from remediate.system import invocation
from remediate.system.words import counted

# Checks that fail where a database is otherwise, by its name: how those differ that do.
Ask = Callable[[Mapping[str, tuple[str, ...]]], Mapping[str, str]]
Parts = tuple[tuple[ApprovedItem, ...], ...]


ALL_RUN = (
    "All databases of a project run its revisions: one that is left out of the file may stop there."
)


@dataclass(frozen=True, slots=True)
class Needs:
    """What one database needs of the approved repairs, by their findings' ids: fingerprints."""

    name: str
    repairs: Mapping[str, str]
    others: frozenset[str]  # findings that it has, and that are not approved, or no one repairs
    hazards: Mapping[str, tuple[Hazard, ...]]  # of these, that nobody has accepted
    tables: frozenset[Name]  # that it has
    heads: tuple[str, ...] | None
    owner: str = ""  # of Alembic's table, where the role that looked may not comment on it


@dataclass(frozen=True, slots=True)
class Alike:
    """Databases that need the same."""

    repairs: Mapping[str, str]
    databases: tuple[Needs, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(one.name for one in self.databases)


def alike(needs: Iterable[Needs]) -> tuple[Alike, ...]:
    """Those that need anything, grouped, the largest group first."""
    found: dict[frozenset[tuple[str, str]], list[Needs]] = {}
    for one in needs:
        if one.repairs:
            found.setdefault(frozenset(one.repairs.items()), []).append(one)
    made = [Alike(some[0].repairs, tuple(sorted(some, key=_name))) for some in found.values()]
    return tuple(sorted(made, key=lambda a: (-len(a.databases), a.names)))


def _name(one: Needs) -> str:
    return one.name


def chosen(groups: Sequence[Alike], number: int) -> Alike:
    """The group of this number; 0: the one that needs all that any of them needs.

    Raises Refused where there is none such, and where another one needs another repair of the same.
    """
    if number > len(groups):
        raise Refused(f"there is no group {number}: {_listed(groups)}", "Choose one of these.")
    all_ = {id_ for group in groups for id_ in group.repairs}
    fits = [group for group in groups if group.repairs.keys() == all_]
    if number or fits:
        group = groups[number - 1] if number else fits[0]
        _check_alike(group, groups)
        return group
    for group in groups:
        _check_alike(group, groups)
    raise Refused(
        f"no database needs all that is approved, and a rehearsal needs one: {_listed(groups)}",
        "Write what one group needs, with --group 1, and run it in every database; the others "
        "pass over it. Then write the next.",
    )


def _check_alike(group: Alike, groups: Iterable[Alike]) -> None:
    """Raises Refused where another group needs another repair of the same."""
    for other in groups:
        if differs := [i for i, f in other.repairs.items() if group.repairs.get(i, f) != f]:
            raise Refused(
                f"{some(differs)} {'needs' if len(differs) == 1 else 'need'} another repair in "
                f"{some(other.names)} than in {some(group.names)}: one history cannot hold both",
                "Approve the others by their ids; or give these databases a project, or a branch, "
                "of their own.",
            )


@dataclass(frozen=True, slots=True)
class Sharing:
    """The database for which revisions are made, and the others that are to run them."""

    one: Needs  # for which they are made
    all: tuple[Needs, ...]  # that were looked at, with this one
    ask: Ask = field(compare=False)

    def check_hazards(self) -> None:
        """Raises Refused for hazards that a repair has in one of them, and nobody has accepted."""
        met: dict[Hazard, list[str]] = {}
        for one in self.all:
            ids = one.hazards.keys() & self.one.repairs.keys()
            for hazard in {hazard for id_ in ids for hazard in one.hazards[id_]}:
                met.setdefault(hazard, []).append(one.name)
        if met:
            told = (f"{some(who)}: {HAZARD_TEXT[hazard]}" for hazard, who in sorted(met.items()))
            raise Refused(
                "a repair has a hazard that is not accepted\n" + "\n".join(told),
                f"Accept each that you can, by name: {as_options(sorted(met))}",
            )

    def check_unchanged(self, plan: Plan, items: Iterable[ApprovedItem]) -> None:
        """Raises Refused where the database of the plan needs something else than it did."""
        now = {item.id: item.fingerprint for item in plan.items}
        then, ids = self.one.repairs, [item.finding.id for item in items]
        if then and not ids:
            raise Refused(f"{some([*then])}: no longer found", "Run it again.")
        if changed := [id_ for id_ in ids if then.get(id_) != now[id_]]:
            raise Refused(f"{some(changed)} changed since all were looked at", "Run it again.")

    def parted(self, rounds: Sequence[Parts], *, one: bool = False) -> tuple[Parts, ...]:
        """The same, with a part of its own for what other databases need together.

        Each database then needs all of a part, or nothing of it. Raises Refused for a part that
        cannot pass over a database that needs nothing of it.
        """
        made = tuple(
            tuple(some for part in parts for some in self._by_who_needs(part)) for parts in rounds
        )
        if one and sum(map(len, made)) > sum(map(len, rounds)):
            raise Refused(
                "not every database needs all of it, and one revision is all or nothing",
                "Leave --one out.",
            )
        if len(rounds) > 1 and any(one.repairs != self.one.repairs for one in self.all):
            raise Refused(
                "what is approved takes several rounds of revisions, and not every database needs "
                "all of it",
                "Approve what comes first, by its ids, and run that everywhere.",
            )
        for part in (part for parts in made for part in parts):
            self._check(part)
        return made

    def _by_who_needs(self, part: tuple[ApprovedItem, ...]) -> Iterator[tuple[ApprovedItem, ...]]:
        found: dict[frozenset[str], list[ApprovedItem]] = {}
        for item in part:
            who = frozenset(one.name for one in self.all if item.finding.id in one.repairs)
            found.setdefault(who, []).append(item)
        yield from map(tuple, found.values())

    def passing(self, items: Iterable[ApprovedItem]) -> tuple[Needs, ...]:
        """The databases that need nothing of these.

        None where these are found only after other repairs, which then all of them need alike.
        """
        ids = {item.finding.id for item in items} & self.one.repairs.keys()
        return tuple(one for one in self.all if ids and not ids & one.repairs.keys())

    def differences(
        self, checks: Iterable[tuple[Sequence[ApprovedItem], str]]
    ) -> Mapping[str, str]:
        """How databases differ that need nothing of these items, have their tables, and are not as
        the check of each repair wants them."""
        asked: dict[str, tuple[str, ...]] = {}
        for items, check in checks:
            for one in self.passing(items):
                if tables(items) & one.tables:
                    asked[one.name] = (*asked.get(one.name, ()), check)
        return self.ask(asked) if asked else {}

    def limits(
        self, items: Sequence[ApprovedItem], differences: Mapping[str, str]
    ) -> Iterator[Limit]:
        """What a rehearsal with the schema of one of them did not show of the others."""
        passing = [one.name for one in self.passing(items)]
        others = [one.name for one in self.all if one.name not in (*passing, self.one.name)]
        if others:
            why = (
                "the rehearsal has the schema of one database; of the others it is known that they "
                "have the same findings and get the same statements, not what their rows refuse"
            )
            yield Limit(Gap.OTHER_DATABASES, some(others), why)
        if passing:
            why = (
                "nothing of this is found there: the revision passes over a database that is "
                "whole, or has none of the tables, and stops at one that is neither"
            )
            yield Limit(Gap.OTHER_DATABASES, some(passing), why)
        for one in self.passing(items):
            if one.owner:
                yield Limit(Gap.OTHER_DATABASES, one.name, unnoted(one.owner))
        for name in differences.keys() & {*passing}:
            yield Limit(Gap.OTHER_DATABASES, name, otherwise(differences[name]))

    def _check(self, part: tuple[ApprovedItem, ...]) -> None:
        for one in self.all:
            if left := [i.finding.id for i in part if i.finding.id in one.others]:
                raise Refused(
                    f"{one.name} has {some(left)}, too, and no repair of it that is approved",
                    f"See: {invocation.remediate('plan --database-url URL')}. Approve the others "
                    "by their ids.",
                )
        passing = self.passing(part)
        if not passing:
            return
        if held := [i for i in part if i.remedy.finish or _shares(i)]:
            why = ["it creates tables"] * any(map(_shares, held))
            why += ["it runs in autocommit"] * any(i.remedy.finish for i in held)
            raise Refused(
                f"a revision cannot pass over {some([i.finding.id for i in held])}, which "
                f"{some([p.name for p in passing])} {'does' if len(passing) == 1 else 'do'} not "
                f"need: {', and '.join(why)}",
                f"Approve the others by their ids. {ALL_RUN}",
            )
        made = tables(part)
        for one in passing:
            if lacking := made - one.tables if made & one.tables else frozenset():
                raise Refused(
                    f"{one.name} has {counted(len(made & one.tables), 'table')} of a revision that "
                    f"it does not need, and lacks {some([*map(str, sorted(lacking))])}",
                    "Approve the findings of these tables by their ids, in a run of their own.",
                )


def otherwise(difference: str) -> str:
    """What becomes of a database where nothing is found, and which the repair would leave so."""
    return (
        "nothing of this is found there, but it is not as the repair would leave it "
        f"({difference}): alembic upgrade will stop there; once you have looked, record the "
        "revision with alembic stamp"
    )


def unnoted(owner: str) -> str:
    """What becomes of a database where the role that looked cannot comment on Alembic's table."""
    return (
        f"Alembic's table there belongs to {commented(owner)}, and a revision that had nothing "
        "to do notes it in its comment: alembic upgrade will stop there, unless it runs as that "
        "role or a member of it"
    )


def tables(items: Iterable[ApprovedItem]) -> frozenset[Name]:
    """The tables of these findings."""
    return frozenset(i.finding.place.table for i in items if i.finding.place.table)


def _shares(item: ApprovedItem) -> bool:
    return bool(item.remedy.creates) or any(s.act is Act.SHARE for s in item.remedy.steps)


def _listed(groups: Sequence[Alike]) -> str:
    return "; ".join(
        f"group {number}, {counted(len(group.databases), 'database')} ({some(group.names)}): "
        f"{some([*group.repairs])}"
        for number, group in enumerate(groups, 1)
    )
