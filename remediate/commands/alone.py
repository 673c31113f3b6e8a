"""What one side of a project tells without a database."""

from dataclasses import replace

from remediate.commands.planning import planned
from remediate.config import Config
from remediate.errors import UsageProblem
from remediate.findings import selection
from remediate.plans.plan import Plan
from remediate.project import history as revisions
from remediate.project.inspection import read_exposed, read_models, read_versions
from remediate.project.reading import Reading
from remediate.rules import RULES
from remediate.system.paths import shown


def plan_alone(config: Config, side: str, *, history: bool = True) -> Plan:
    """What "models", "revisions" or "secrets" tell without a database.

    Of secrets in git's history only where `history` is asked for.
    """
    match side:
        case "models":
            reading = read_models(config)
        case "revisions":
            reading = read_versions(config)
        case _:
            reading = read_exposed(config, history=history)
    _check_read(reading, side)
    known = selection.of_side(RULES, side, config.select, config.ignore)
    codes = tuple(rule.code for rule in known)
    if not codes:
        raise UsageProblem(
            f"no selected rule needs only {side}",
            f"These do: {', '.join(rule.code for rule in RULES if rule.alone == side)}",
        )
    made = planned(reading, replace(config, select=codes, ignore=()))
    return replace(made, run=made.run and replace(made.run, alone=side))


def _check_read(reading: Reading, side: str) -> None:
    """Raises UsageProblem where there was nothing to look at: that is no success."""
    declared = reading.declared
    unread = "".join(f"; {m.file}: {m.reason}" for m in declared.unread_modules[:1])
    if side == "models" and not declared.tables:
        raise UsageProblem(
            f"no model was found, so nothing was checked{unread}",
            "A MetaData has the tables of imported modules only: remediate doctor lists what it "
            "found.",
        )
    if side == "revisions" and reading.project and not declared.history.revisions:
        folders = ", ".join(map(shown, revisions.folders(reading.project.script)))
        raise UsageProblem(
            f"no revision was read in {folders}, so nothing was checked{unread}",
            "Check script_location and version_locations. Where Python code sets them, hand its "
            "Config in with --env; what env.py sets, only commands with a database know.",
        )
