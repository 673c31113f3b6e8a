"""`--targets`: many databases are planned, checked or verified side by side."""

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from remediate.commands import check
from remediate.commands.fleet import targets as files
from remediate.commands.fleet.looking import Later, Look, Told
from remediate.commands.fleet.queue import Queue, Task
from remediate.commands.fleet.targets import Server, Target, Targets
from remediate.commands.fleet.workers import Crew
from remediate.commands.progress import Progress, silent
from remediate.commands.verify import VerifyOptions, check_options
from remediate.config import Config
from remediate.errors import UsageProblem
from remediate.plans.baseline import Entry, united
from remediate.plans.fleet import Fleet, Shard, Unread, digest, grouped, parsed_shard, positions
from remediate.plans.plan_file import shaping
from remediate.project.beside import read_beside
from remediate.system import stages
from remediate.system.paths import shown

EVERY = 5.0  # seconds between two sentences of progress


@dataclass(frozen=True, slots=True)
class FleetOptions:
    """Which databases, and what is asked of each."""

    targets: Path
    command: Literal["plan", "check", "verify"] = "plan"
    shard: Shard = field(default_factory=Shard)
    update_baseline: bool = False
    """Of a check: accept what is found anywhere."""
    verify: VerifyOptions = field(default_factory=VerifyOptions)


def look(config: Config, options: FleetOptions, progress: Progress = silent) -> Fleet:
    """Every database of the file, or of this shard of it, grouped by what they need.

    One that cannot be read costs itself only: it is told with its reason. Raises UsageProblem
    where the file or the project is of no use, and where no process can be forked.
    """
    check_fork()
    started = time.monotonic()
    check_options(options.verify)
    config = replace(config, database_url=None)  # each has its own
    known = files.load(options.targets)
    beside = read_beside(config)
    entries = _entries(config, options)
    asked = Look(options.command, config, beside, entries, options.verify)
    told, unread, _ = looked_at(known, options.shard, asked, progress)
    results = {one.answer.need: one.result for one in told if one.result is not None}
    answers = [one.answer for one in told]
    if options.update_baseline:
        _update(config, entries, told, complete=not unread)
    tips = tuple(r.id for r in beside.files.history.tips) if beside else None
    return Fleet(
        options.command, _asked(known, config, options), options.shard, grouped(answers, results),
        tuple(sorted(unread, key=lambda one: one.name)), positions(answers), tips,
        time.monotonic() - started, shown(options.targets),
        shown(config.baseline) if config.baseline and options.command == "check" else "",
    )  # fmt: skip


def check_fork() -> None:
    """Raises UsageProblem where no process can be forked."""
    if not hasattr(os, "fork"):
        raise UsageProblem("--targets needs fork(), which this system lacks", "Use Linux.")


def shard(text: str | None) -> Shard:
    """The shard of "2/8"; the only one where nothing is said. Raises UsageProblem for others."""
    try:
        return parsed_shard(text) if text else Shard()
    except ValueError as error:
        raise UsageProblem(
            f"--shard {text} is not a part of a whole, such as 1/8",
            "The first of eight is 1/8, the last 8/8.",
        ) from error


def _asked(known: Targets, config: Config, options: FleetOptions) -> str:
    """The digest of what has to be the same in all shards."""
    settings = [[one.name, str(one.value)] for one in shaping(config)]
    return digest([known.digest, options.command, settings])


def _entries(config: Config, options: FleetOptions) -> tuple[Entry, ...]:
    if options.command != "check":
        return ()
    needed = bool(config.baseline) and not options.update_baseline
    return check.read(check.place(config), needed=needed)


def looked_at(
    known: Targets, shard: Shard, asked: Look, progress: Progress
) -> tuple[list[Told], list[Unread], list[Target]]:
    """What is told of each database, those that could not be read, and all that there are."""
    queue, told, unread = Queue(known.limits), list[Told](), list[Unread]()
    crew = Crew(asked, queue)
    targets = [one for one in known.databases if shard.holds(one.name)]
    queue.add(known.servers)
    queue.add(targets)
    said = time.monotonic()
    stages.begin("reading the databases")
    for task, result in _results(crew, asked):
        match result:
            case Told():
                # Several may have looked at the first ones of a kind at once.
                twice = result.answer.need in crew.known
                told.append(replace(result, result=None) if twice else result)
                crew.known.add(result.answer.need)
            case Unread():
                unread.append(replace(result, server=isinstance(task, Server)))
            case _ if isinstance(task, Server):
                if lacking := task.lacking(result):
                    unread.append(Unread(task.name, lacking, _GLOBS, server=True))
                found = [one for one in known.found(task, result) if shard.holds(one.name)]
                names = [one.name for one in (*targets, *found)]
                servers = [one.name for one in known.servers]
                files.check_names([*servers, *names], "the file of targets")
                targets += found
                queue.add(found)
        done = len(told) + len(unread)
        stages.count(done, done + queue.size)
        if time.monotonic() - said > EVERY:
            said = time.monotonic()
            progress(f"{done:,} of {done + queue.size:,} databases")
    return told, unread, targets


def _results(crew: Crew, asked: Look) -> Iterator[tuple[Task, Any]]:
    """Of each task. Those with which env.py does not run come last: all are judged alike."""
    ran, later = list[Target](), list[Target]()
    for task, result in crew.results():
        if isinstance(result, Later) and isinstance(task, Target):
            later.append(task)
            continue
        if isinstance(result, Told) and result.through and isinstance(task, Target):
            ran.append(task)
        yield task, result
    if asked.beside and (ran or later):
        asked.beside.through = min(ran or later, key=lambda one: one.name).url
    if later:
        crew.queue.add(later)
        yield from crew.results()


_GLOBS = "Change databases and except of this [[server]]."


def _update(
    config: Config, entries: tuple[Entry, ...], told: list[Told], *, complete: bool
) -> None:
    """Accept what is found anywhere; what is found nowhere goes only where all was read."""
    found = [one.accepted for one in told if one.result is not None]
    check.write(check.place(config), united([*found, () if complete else entries]))
