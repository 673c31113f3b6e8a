"""`remediate check`: what is wrong and nobody has accepted."""

from collections.abc import Callable
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path

from remediate import scope
from remediate.baseline import Checked, Entry, Look, compared, updated
from remediate.config import Config
from remediate.finding import of_reference
from remediate.ignoring import rule_of, unused
from remediate.paths import shown
from remediate.plan import Plan
from remediate.planning import plan, plan_alone
from remediate.read import baseline_file
from remediate.rules import RULES
from remediate.write import baseline_file as written

OF_PROJECT = ("MD", "AL", "SEC")  # rules about models and revisions


def check(config: Config, side: str = "", *, update: bool = False) -> Checked:
    """Everything that is found, against the baseline; with `update` the baseline is made anew.

    A side ("models" or "revisions") needs no database. Raises UsageProblem where the baseline
    cannot be used.
    """
    file = baseline_file.place(config)
    entries = baseline_file.read(file, needed=bool(config.baseline) and not update)
    scope.chosen(RULES, [], [c for p in config.ignored if (c := rule_of(p))])  # there are such
    made = plan_alone(config, side) if side else plan(config)
    look = _look(config, side, made)
    checked = compared(made, entries, look)
    if update:
        checked = _updated(checked, file)
    useless = unused(made.ignored, _asked_about(config, look))
    return replace(checked, unused=useless, file=shown(file))


def _updated(before: Checked, file: Path) -> Checked:
    entries = updated(before)
    written.write(file, entries)
    added = len(entries) - len(before.entries) + len(before.stale)
    after = compared(before.plan, entries, before.look)
    return replace(after, added=added, removed=len(before.stale))


def _asked_about(config: Config, look: Look) -> dict[str, str]:
    """What is ignored, as far as this run would have found it: all of it, or that of its rules."""
    if config.table or config.schema or look.engine:
        return {}
    asked = look.rules if look.side or config.select else look.rules | {""}
    return {pattern: why for pattern, why in config.ignored.items() if rule_of(pattern) in asked}


def _look(config: Config, side: str, made: Plan) -> Look:
    rules = scope.chosen(RULES, config.select, config.ignore)
    codes = {rule.code for rule in rules if not side or rule.alone == side}
    if not side and made.heads is None:  # there is no project
        codes = {code for code in codes if not code.startswith(OF_PROJECT)}
    return Look(frozenset(codes), _sees(config, made), side, made.engine)


def _sees(config: Config, made: Plan) -> Callable[[Entry], bool]:
    """Whether a run with these settings has looked at the place of an entry, and could read it."""
    unread = {u.place.table for u in made.unverified if u.place.table}
    unread_models = any(u.place.subject for u in made.unverified)
    outside = unread | set(made.left_out)

    def sees(entry: Entry) -> bool:
        if unread_models and (entry.rule.startswith("MD") or of_reference(entry.rule)):
            return False
        table = entry.table
        return table is None or (
            table not in outside
            and (not config.table or scope.matches(table, config.table))
            and (not config.schema or any(fnmatchcase(table.schema, p) for p in config.schema))
        )

    return sees
