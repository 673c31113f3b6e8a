"""`remediate generate` asks each rule once, and once more of what the scratch server holds."""

import contextlib
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import remediate
from remediate.commands import judgement
from remediate.findings.finding import Rule
from remediate.plans.impact import impact
from remediate.rehearsal import schema_copy
from remediate.rehearsal.scratch import Server
from remediate.rules import RULES
from tests.support.project import scratch_url, small_project

DDL = (
    "CREATE TABLE t (id integer PRIMARY KEY); CREATE TABLE u (id serial PRIMARY KEY); "
    "INSERT INTO t VALUES (3); INSERT INTO u VALUES (9)"
)


def counted(rule: Rule, calls: Counter[str]) -> Rule:
    """The rule, and how often it is asked."""

    find = counting(rule.find, rule.code, calls)
    remedy = counting(rule.remedy, f"remedy of {rule.code}", calls)
    return replace(rule, find=find, remedy=remedy)


def counting(function: Callable[..., Any], name: str, calls: Counter[str]) -> Callable[..., Any]:
    def counted(*given: object) -> Any:
        calls[name] += 1
        return function(*given)

    return counted


def test_everything_is_judged_once(
    newest: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: Counter[str] = Counter()
    monkeypatch.setattr(judgement, "RULES", tuple(counted(rule, calls) for rule in RULES))
    for name in ("of", "reference_graph"):
        monkeypatch.setattr(impact, name, counting(getattr(impact, name), name, calls))
    monkeypatch.setattr(schema_copy, "dump", counting(schema_copy.dump, "dump", calls))
    with small_project(newest, tmp_path, DDL) as project, contextlib.chdir(project.folder):
        monkeypatch.setenv("DATABASE_URL", project.url.render_as_string(hide_password=False))
        config = remediate.load(scratch_url=scratch_url())
        landed = remediate.generate(
            config, remediate.GenerateOptions(approve=("all",), reviewer="Ann")
        )
    assert [one.title for one in landed] == ["repair 2 keys and sequences"]
    # After the upgrade only those whose findings the rehearsal weighs.
    asked = {rule.code: 2 + rule.provable for rule in RULES if not rule.asked_for}
    assert calls == asked | {"remedy of PK001": 1, "remedy of SEQ001": 1} | {
        "of": 1, "reference_graph": 1, "dump": 1,
    }  # fmt: skip
