"""`remediate check`: what is wrong and nobody has accepted."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from remediate.commands.plan import plan
from remediate.config import Config
from remediate.errors import UsageProblem
from remediate.findings import lists, selection
from remediate.findings.effects import Family
from remediate.findings.selection import rule_of, unused
from remediate.plans.baseline import Checked, Entry, Look, compared, dumps, loads, updated
from remediate.plans.plan import Plan
from remediate.project.discovery import discover
from remediate.rules import RULES
from remediate.system import atomic
from remediate.system.paths import STARTED_IN, shown

OF_PROJECT = (Family.MODELS, Family.REVISIONS)


@dataclass(frozen=True, slots=True)
class CheckOptions:
    """Where `check` looks, and whether it accepts what it finds."""

    side: Literal["", "models", "revisions", "secrets"] = ""
    """What to look at alone, without a database; "": at everything."""
    update_baseline: bool = False
    """Accept what is found: replace the baseline."""
    history: bool = True
    """Of secrets: what git's history holds, and not only the files as they are."""


def check(config: Config, options: CheckOptions = CheckOptions()) -> Checked:
    """Everything that is found, against the baseline of what is accepted.

    Raises UsageProblem where the baseline cannot be used, or none of the selected rules is about
    the side that is looked at; DatabaseProblem where the database cannot be read.
    """
    side, update = options.side, options.update_baseline
    file = place(config)
    entries = read(file, needed=bool(config.baseline) and not update)
    selection.codes(RULES, [c for p in config.ignored if (c := rule_of(p))])  # there are such
    made = _alone(config, options) if side else plan(config)
    checked = of_plan(made, config, entries, options)
    if update:
        checked = _updated(checked, file)
    useless = unused(made.ignored, _asked_about(config, checked.look))
    return replace(checked, unused=useless, file=shown(file))


def _alone(config: Config, options: CheckOptions) -> Plan:
    from remediate.commands.alone import plan_alone  # noqa: PLC0415  (opens the project)

    return plan_alone(config, options.side, history=options.history)


def of_plan(
    made: Plan,
    config: Config,
    entries: Iterable[Entry],
    options: CheckOptions = CheckOptions(),
) -> Checked:
    """What a run with these settings has found, against these entries of a baseline."""
    return compared(made, entries, _look(config, options.side, made, history=options.history))


def against_baseline(plan: Plan, config: Config) -> Checked | None:
    """A plan of everything against the baseline; None where the project has none."""
    file = place(config)
    if not file.exists():
        return None
    checked = of_plan(plan, config, read(file, needed=True))
    return replace(checked, file=shown(file))


def _updated(before: Checked, file: Path) -> Checked:
    entries = updated(before)
    write(file, entries)
    added = len(entries) - len(before.entries) + len(before.stale)
    after = compared(before.plan, entries, before.look)
    return replace(after, added=added, removed=len(before.stale))


def _asked_about(config: Config, look: Look) -> dict[str, str]:
    """What is ignored, as far as this run would have found it: all of it, or that of its rules."""
    if config.table or config.schema or look.engine:
        return {}
    asked = look.rules if look.side or config.select else look.rules | {""}
    return {pattern: why for pattern, why in config.ignored.items() if rule_of(pattern) in asked}


def _look(config: Config, side: str, plan: Plan, *, history: bool = True) -> Look:
    asked = selection.of_side(RULES, side, config.select, config.ignore)
    if not side and plan.heads is None:  # there is no project
        asked = [rule for rule in asked if rule.family not in OF_PROJECT]
    codes = frozenset(rule.code for rule in asked)
    # Of a history that was read in part, what is accepted there is not gone.
    partly = side == "secrets" and (not history or bool(plan.unverified))
    return Look(codes, (lambda _: False) if partly else _sees(config, plan), side, plan.engine)


def _sees(config: Config, plan: Plan) -> Callable[[Entry], bool]:
    """Whether a run with these settings has looked at the place of an entry, and could read it."""
    unread = {u.place.table for u in plan.unverified if u.place.table and not u.read}
    unread_models = any(u.place.subject for u in plan.unverified)
    of_models = {r.code for r in RULES if r.of_reference or r.family is Family.MODELS}
    outside = unread | set(plan.left_out)

    def sees(entry: Entry) -> bool:
        if unread_models and entry.rule in of_models:
            return False
        table = entry.table
        if table is None:
            return not (entry.of_database and (outside or config.table or config.schema))
        return (
            table not in outside
            and (not config.table or selection.matches(table, config.table))
            and (not config.schema or lists.fits(table.schema, config.schema))
        )

    return sees


NAME = "remediate-baseline.json"


def place(config: Config) -> Path:
    """The file that the settings name, or else the one beside alembic.ini."""
    if config.baseline:
        return STARTED_IN / config.baseline
    project = discover(config)
    return (project.home if project else STARTED_IN) / NAME


def read(path: Path, *, needed: bool) -> tuple[Entry, ...]:
    """The entries of the file; none where there is no file, unless it is needed.

    Raises UsageProblem for a file that cannot be read.
    """
    try:
        text = atomic.read(path)
    except FileNotFoundError as error:
        if not needed:
            return ()
        raise UsageProblem(
            f"there is no baseline {shown(path)}",
            f"Create it: remediate check --baseline {shown(path)} --update-baseline",
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise UsageProblem(
            f"the baseline {shown(path)} cannot be read: {why}", "Name another file: --baseline."
        ) from error
    return loads(text, shown(path))


def write(path: Path, entries: Iterable[Entry]) -> None:
    """Write the entries, with the line ends that the file has now.

    Raises UsageProblem where the file may not be written, or its folder is not there.
    """
    target = path.resolve()  # through a symbolic link
    if not target.parent.is_dir():
        raise UsageProblem(
            f"{shown(path)} cannot be written: there is no folder {shown(target.parent)}",
            "Create the folder, or name another file: --baseline.",
        )
    try:
        before = target.read_bytes() if target.exists() else b""
        newline = "\r\n" if b"\r\n" in before else "\n"
        atomic.replace(target, dumps(entries), newline=newline)
    except OSError as error:
        raise UsageProblem(
            f"{shown(path)} cannot be written: {error.strerror}",
            "Nothing was changed. Name another file: --baseline.",
        ) from error
