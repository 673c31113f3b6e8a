"""The tests that `pytest --remediate` adds: one for each rule, one for each model."""

import warnings
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from remediate.commands.suite import Suite, suite
from remediate.commands.trial import Model, Tried
from remediate.config import load
from remediate.errors import RemediateError
from remediate.findings.finding import Finding, Rule, Severity
from remediate.findings.remedy import Remedy
from remediate.plans.plan import Plan
from remediate.render import order
from remediate.render.style import Style
from remediate.render.text import render
from remediate.system.secrets import veil


class Tests:
    """The plugin, once `--remediate` is given."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config

    @pytest.hookimpl(hookwrapper=True)
    def pytest_make_collect_report(self, collector: pytest.Collector) -> Generator[None, Any, None]:
        """Behind the tests of the session comes the collector of ours."""
        outcome = yield
        report = outcome.get_result()
        if isinstance(collector, pytest.Session) and report.passed:
            file = self._config.getoption("--remediate-config")
            ours = Collector.from_parent(collector, name="remediate", nodeid="remediate")
            ours.project = file and str((self._config.invocation_params.dir / file).resolve())
            report.result.append(ours)


class Collector(pytest.Collector):
    """Reads the project and its database, once."""

    project: str | None = None

    def collect(self) -> Iterable[pytest.Item]:
        """A test for each rule and each model; where nothing can be read, one that says so."""
        try:
            with no_warning_is_an_error():
                config = load(_folder(self.project, self.config), config=self.project)
                found = suite(config)
        except RemediateError as error:
            return [Unreadable.from_parent(self, name="reading", error=error)]
        return self._items(found)

    def _items(self, suite: Suite) -> Iterator[pytest.Item]:
        plan, trials = suite.plan, Trials(suite)
        for rule in suite.rules:
            yield OfRule.from_parent(self, name=f"{rule.code} {rule.name}", rule=rule, plan=plan)
        yield Unverified.from_parent(self, name="what could not be verified", plan=plan)
        if suite.models and suite.reading.declared.history.revisions:
            yield NewDatabase.from_parent(self, name="a new database", trials=trials)
        for model in suite.models:
            yield Insert.from_parent(self, name=f"insert {model.name}", model=model, trials=trials)


@contextmanager
def no_warning_is_an_error() -> Iterator[None]:
    """What libraries warn of is no failure of ours, whatever filterwarnings says; it is listed."""
    with warnings.catch_warnings():
        warnings.simplefilter("default")
        yield


def _folder(project: str | None, config: pytest.Config) -> Path:
    return Path(project).parent if project else config.invocation_params.dir


class Failed(Exception):
    """A test of ours found something; the text is all there is to show."""


class Test(pytest.Item):
    """One of ours."""

    __test__ = False

    def reportinfo(self) -> tuple[Path, None, str]:
        """It stands in no file. Were the last part its name, pytest would print :: for dots."""
        return self.config.rootpath, None, f"remediate: {self.name}"

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The sentence instead of a traceback through remediate."""
        if isinstance(excinfo.value, Failed):
            return str(excinfo.value)
        if isinstance(excinfo.value, RemediateError):
            return veil(f"{excinfo.value.message}\n{excinfo.value.hint}".rstrip())
        return super().repr_failure(excinfo, style)


class Unreadable(Test):
    """Fails: there is no project, or no database."""

    def __init__(self, *, error: RemediateError, **given: Any) -> None:
        super().__init__(**given)
        self._error = error

    def runtest(self) -> None:
        raise self._error


class OfRule(Test):
    """Fails where the rule finds something that an INSERT meets, now or soon."""

    def __init__(self, *, rule: Rule, plan: Plan, **given: Any) -> None:
        super().__init__(**given)
        self._rule = rule
        items = tuple(i for i in plan.items if i.finding.rule == rule.code)
        self._found = replace(plan, items=items, healthy=(), unverified=(), left_out=())

    def runtest(self) -> None:
        shown = render(self._found, Style(quiet=True)).rstrip()
        findings = [item.finding for item in self._found.items]
        if any(f.severity is not Severity.INFO for f in findings):
            raise Failed(
                f"{shown}\n\nWhy:   remediate explain {self._rule.code}\n{self._next(findings)}"
            )
        if shown:
            self.add_report_section("call", "remediate", shown)

    def _next(self, findings: Iterable[Finding]) -> str:
        if first := order.upgrade_first(self._found):
            return f"Next:  {first}   ({order.why_first(self._found)})"
        if any(isinstance(item.remedy, Remedy) for item in self._found.items):
            options = f'--reviewer "Your Name"{order.placement(self._found)}'
            return f"Next:  remediate generate --approve {self._rule.code} {options}"
        if findings and self._rule.patches_models:
            return "Next:  remediate models"
        return f"Next:  remediate plan -v --select {self._rule.code}"


class Unverified(Test):
    """Skipped, with the list, where something could not be read: nobody knows whether it works."""

    def __init__(self, *, plan: Plan, **given: Any) -> None:
        super().__init__(**given)
        self._unverified = plan.unverified

    def runtest(self) -> None:
        if self._unverified:
            listed = "; ".join(f"{u.place}: {u.reason} ({u.verify})" for u in self._unverified)
            pytest.skip(f"{len(self._unverified):,} not verified: {listed}")


class Trials:
    """What INSERT gives in each table; all are tried when the first one is asked for."""

    def __init__(self, suite: Suite) -> None:
        self._suite = suite
        self._outcome: Tried | RemediateError | None = None

    def outcome(self) -> Tried:
        """Why each fails, "" where it works; raises RemediateError where nothing could be tried."""
        if self._outcome is None:
            self._outcome = self._tried()
        if isinstance(self._outcome, RemediateError):
            raise self._outcome
        return self._outcome

    def _tried(self) -> Tried | RemediateError:
        try:
            with no_warning_is_an_error():
                return self._suite.tried()
        except RemediateError as error:
            return error


class NewDatabase(Test):
    """Skipped, with the reason, where the revisions cannot make one: what is seen is another."""

    def __init__(self, *, trials: Trials, **given: Any) -> None:
        super().__init__(**given)
        self._trials = trials

    def runtest(self) -> None:
        if instead := self._trials.outcome().instead:
            pytest.skip(instead)


class Insert(Test):
    """Fails where a row that is given no key gets none, on a scratch PostgreSQL."""

    def __init__(self, *, model: Model, trials: Trials, **given: Any) -> None:
        super().__init__(**given)
        self._model, self._trials = model, trials

    def runtest(self) -> None:
        outcome = self._trials.outcome()
        if outcome.instead:
            self.add_report_section("call", "remediate", outcome.instead)
        if reason := outcome.reasons[self._model]:
            raise Failed(
                f"{self._model.name} expects the database to supply "
                f"{self._model.table}.{self._model.column}, and after all revisions the "
                f"INSERT does not work:\n{reason}"
            )
