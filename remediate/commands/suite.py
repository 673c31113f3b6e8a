"""What `pytest --remediate` tests: the rules on a database, and an INSERT for each model."""

from dataclasses import dataclass, field

from remediate.commands.planning import planned
from remediate.commands.trial import Model, Tried, generated, tried
from remediate.config import Config
from remediate.findings import selection
from remediate.findings.finding import Rule
from remediate.plans.plan import Plan
from remediate.project.inspection import read
from remediate.project.reading import Reading
from remediate.rules import RULES


@dataclass(frozen=True, slots=True)
class Suite:
    """What was found at one moment, and what can be tried."""

    plan: Plan
    """What the rules find."""
    rules: tuple[Rule, ...]
    """Those that were asked."""
    models: tuple[Model, ...]
    """The mapped classes that leave their key to the database."""
    reading: Reading = field(repr=False)
    """What was read."""
    config: Config = field(repr=False)
    """The settings for a trial."""

    def tried(self) -> Tried:
        """Why a row of each model cannot be inserted without its key.

        Tried on a scratch PostgreSQL, after the project's revisions. Raises RemediateError where
        that cannot be done at all.
        """
        done = self.plan.run.unrecorded.to_stamp if self.plan.run else ()
        return tried(self.models, self.reading, self.config, done)


def suite(config: Config) -> Suite:
    """Read the project and its database once; raises RemediateError for what stops a plan."""
    reading = read(config)
    rules = selection.chosen(RULES, config.select, config.ignore)
    return Suite(planned(reading, config), tuple(rules), generated(reading), reading, config)
