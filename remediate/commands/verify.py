"""`remediate verify`: the repairs of a plan, or of a project's revisions, on the database."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from remediate.commands import by_scripts, elsewhere, hotfixes
from remediate.commands import health as every_table
from remediate.commands.hotfixes import repaired_here
from remediate.commands.planning import planned
from remediate.commands.progress import Progress, silent
from remediate.commands.since import Now, changed, meant, now
from remediate.config import Config
from remediate.errors import UsageProblem
from remediate.findings import marks, selection
from remediate.findings.effects import Leaves
from remediate.findings.finding import id_parts
from remediate.plans import plan_file
from remediate.plans.agreement import check_database
from remediate.plans.plan import Plan
from remediate.postgres import client
from remediate.postgres.sql import quote
from remediate.project import tenancy
from remediate.project.inspection import read_with
from remediate.project.reading import ProjectReading, Reading
from remediate.rules import of_reference, rule_of
from remediate.system import invocation, stages
from remediate.verification import (
    health,
    keys,
    live_probe,
    promises,
    reference_probe,
    references,
    unrecorded,
)
from remediate.verification.promises import Promises
from remediate.verification.result import Outcome, Verification, Verified, with_probe


@dataclass(frozen=True, slots=True)
class VerifyOptions:
    """Which repairs to look at, and how."""

    plan: Path | str | None = None
    """A plan saved as JSON; None: what the applied revisions of this project repair."""
    probe: bool = False
    """Also INSERT a row in each table, and one with an unknown id for each reference, and take them
    back: costs values of each sequence. Where no repair is named, every table is tried."""
    every_table: bool = False
    """Probe every table in scope, repaired or not."""


def verify(
    config: Config, options: VerifyOptions = VerifyOptions(), progress: Progress = silent
) -> Verification:
    """What became of the repairs that a saved plan or the applied revisions name.

    Reads only, unless a probe is asked for. Raises Refused for a plan of another database,
    UsageProblem where there is neither plan nor project, and where nothing is to be verified.
    """
    check_options(options)
    plan = options.plan
    saved = plan_file.load(plan) if plan is not None else None
    reading, found_now = read_with(
        config, lambda o: now(o, saved) if saved and saved.catalog else None
    )
    return of_reading(reading, found_now, config, options, (saved, progress))


def check_options(options: VerifyOptions) -> None:
    """Raises UsageProblem where every table is asked for, and no probe, or not of this database."""
    if options.every_table and (options.plan or not options.probe):
        raise UsageProblem(
            "--every-table needs --probe, and no plan", "Run: remediate verify --probe"
        )


def of_reading(
    reading: Reading,
    found_now: Now | None,
    config: Config,
    options: VerifyOptions,
    beside: tuple[Plan | None, Progress] = (None, silent),
) -> Verification:
    """The same of a database that was read, beside the plan that was saved."""
    plan, probe, (saved, progress) = options.plan, options.probe, beside
    asked = options.every_table
    if asked or (probe and plan is None and not isinstance(reading, ProjectReading)):
        return every_table.check(reading, config, progress, asked=asked)
    ids, waiting, source = _repairs(reading, saved, str(plan))
    plan_now = planned(reading, config)
    found = {i.finding.id: i.finding.severity for i in plan_now.items}
    history, scripts = reading.declared.history, hotfixes.hotfixes(reading)
    engine = reading.environment.engine if reading.environment else ""
    ours = [r.id for r in history.ahead if marks.is_ours(r.text, engine)] if waiting else ()
    waiting = unrecorded.with_parts(waiting, ours, history)
    every = dict.fromkeys([*ids, *(id_ for of_one in waiting.values() for id_ in of_one)])
    made, to_come = _promises(reading, saved, ids, waiting)
    looked = {
        id_: keys.verify(
            id_, reading.live, reading.declared, found, made if id_ in {*ids} else to_come
        )
        for id_ in every
    }
    left = hotfixes.left_alone(reading)
    looked = {i: keys.passed_over(e, reading.live) if i in left else e for i, e in looked.items()}
    here = {id_ for id_, entry in looked.items() if entry.outcome is Outcome.OK}
    begun = {id_ for of_one in waiting.values() if here & {*of_one} for id_ in of_one}
    repaired = [entry for id_, entry in looked.items() if id_ in {*ids} | begun]
    lost = elsewhere.gone(repaired, reading)
    entries = [e for e in elsewhere.kept(repaired, lost) if _inside(e, config, reading)]
    others = elsewhere.not_named((i.id for i in plan_now.items if i.id not in looked), reading)
    if probe and plan is None and not entries and not waiting and not others:
        return every_table.check(reading, config, progress, asked=False)
    since = changed(saved, found_now, reading, config)
    news = since is not None and (since.beside or not repaired)
    if not entries and not waiting and not news and not others:
        told = reading.environment.schema if reading.environment else ""
        where = f"{source} for the schema {quote(told)}" if told else source
        raise NothingToVerifyError(*_nothing(where, lost, excluded=bool(repaired)))
    if probe and entries:
        progress(live_probe.COST)
        entries = _probed(entries, reading)
    database = reading.live.database
    return Verification(
        f"{database.host}/{database.name}", source, tuple(entries), tuple(waiting),
        unrecorded=unrecorded.unrecorded(waiting, scripts, looked, history),
        refusals=plan_now.refusals, ahead=len(history.ahead), tips=len(history.tips),
        probed=probe and bool(entries), since=since, not_named=others, gone=lost,
    )  # fmt: skip


def _repairs(
    reading: Reading, saved: Plan | None, file: str
) -> tuple[Iterable[str], Mapping[str, tuple[str, ...]], str]:
    """The ids of what was repaired, those of each revision that waits, and where both stand."""
    if saved is not None:
        check_database(saved, reading.live.database)
        done, ahead = repaired_here(reading)
        wanted = [item.id for item in meant(saved, done)]
        later = {id_ for ids in ahead.values() for id_ in ids} - done.keys()
        waiting = {revision: ids for revision, ids in ahead.items() if later & {*wanted} & {*ids}}
        return [id_ for id_ in wanted if id_ not in later], waiting, file
    if not isinstance(reading, ProjectReading):
        raise UsageProblem(
            "there is no Alembic project here, and no plan is named",
            "Name a plan: remediate verify plan.json, or run it in the folder of alembic.ini.",
        )
    done, ahead = repaired_here(reading)
    return done, ahead, "the revisions of this project"


def _promises(
    reading: Reading, saved: Plan | None, ids: Iterable[str], waiting: Mapping[str, tuple[str, ...]]
) -> tuple[Promises, Promises]:
    """What was declared for these repairs, and for those of revisions that wait."""
    wanted = {*ids}
    made = by_scripts.declared(reading, wanted)
    if saved is not None:
        done = repaired_here(reading)[0]
        items = (item for item in saved.repairable if item.id in wanted and item.id not in done)
        steps = (step for item in items for step in item.steps)
        made = promises.of_steps(steps, reading.live) | made
    later = {id_ for of_one in waiting.values() for id_ in of_one} - wanted
    return made, by_scripts.declared(reading, later, ahead=True)


class NothingToVerifyError(UsageProblem):
    """No repair is named in what was given."""


def _nothing(source: str, lost: Sequence[str], *, excluded: bool) -> tuple[str, str]:
    """That there is nothing to verify, and the way to something."""
    if lost and excluded:
        return (
            f"nothing to verify: schemas that {source} repaired no longer exist "
            f"({tenancy.few(lost)}), and nothing else that was asked for was repaired",
            "Is this the right database? To try an INSERT into each of its tables: "
            f"{invocation.remediate('verify --probe --every-table')}",
        )
    if excluded:
        return (
            f"nothing to verify: no repair in {source} is at the tables that were asked for",
            "Leave out --table and --schema, or name others.",
        )
    return (
        f"nothing to verify: no repair is named in {source}",
        "Name a plan that holds repairs: remediate verify PLAN   (remediate plan --save PLAN)",
    )


def _inside(entry: Verified, config: Config, reading: Reading) -> bool:
    table = entry.place.table
    if table is None or table not in reading.live.table_of:
        return True
    named = selection.named(reading.live, config.table)
    return selection.speaks_of(reading.live, config.schema, named)(table)


def _probed(entries: list[Verified], reading: Reading) -> list[Verified]:
    """Each entry with what a real INSERT showed; one INSERT a place."""
    seen: dict[object, tuple[live_probe.Probe, ...]] = {}
    stages.begin("INSERT at each repair, and take it back")
    with client.connect(reading.libpq) as connection:
        for entry in stages.each(entries):
            subject = _subject(entry)
            if subject not in seen:
                seen[subject] = tuple(_tried(connection, entry, reading))
    return [_with_probes(entry, seen[_subject(entry)]) for entry in entries]


def _subject(entry: Verified) -> object:
    return entry.place, of_reference(id_parts(entry.id)[0])


def _tried(
    connection: client.Connection, entry: Verified, reading: Reading
) -> Iterator[live_probe.Probe]:
    """What INSERTs show of the key, the reference or the new table; none where there is none."""
    place, live, rule = entry.place, reading.live, id_parts(entry.id)[0]
    table = live.table_of.get(place.table) if place.table else None
    if of_reference(rule):
        fk = references.at(place, live)
        if fk and fk.enforced:
            yield reference_probe.probe(connection, fk, live)
    elif table is not None and place.column is None:
        if rule_of(rule).leaves is Leaves.TABLE:
            yield from health.probes(connection, table, live)
        else:
            yield health.row_taken(connection, table, live)
    elif table is not None and place.column is not None and table.has(place.column):
        column = table.column(place.column)
        if not keys.by_application(table, column, live, reading.declared):
            yield live_probe.probe(connection, table, column, live)


def _with_probes(entry: Verified, shown: Iterable[live_probe.Probe]) -> Verified:
    for one in shown:
        entry = with_probe(entry, health.OUTCOMES[one.works], one.seen)
    return entry
