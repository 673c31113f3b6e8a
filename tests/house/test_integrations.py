"""The alerts and the dashboard speak of metrics that exist, in a form that their readers take."""

import json
import re
from pathlib import Path

import promql_parser
import pytest
import yaml

from remediate.render import prometheus
from tests.support.schemastore import problems

FOLDER = Path(__file__).parents[2] / "integrations" / "prometheus"
RULES = yaml.safe_load((FOLDER / "remediate.rules.yml").read_text())
DASHBOARD = json.loads((FOLDER / "grafana-dashboard.json").read_text())
SOURCE = Path(prometheus.__file__).read_text()
METRICS = {f"remediate_{name}" for name in re.findall(r'(?:_one|_Metric)\(\s*"(\w+)"', SOURCE)}
EXPRESSIONS = [rule["expr"] for group in RULES["groups"] for rule in group["rules"]]
EXPRESSIONS += [target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"]]


def test_prometheus_takes_the_alerts() -> None:
    assert problems("prometheus.rules", RULES) == []


def test_grafana_takes_the_dashboard() -> None:
    assert problems("grafana-dashboard-5.x", DASHBOARD) == []


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_expressions_ask_for_metrics_that_exist(expression: str) -> None:
    promql_parser.parse(expression.replace("$database", "app"))
    assert METRICS.issuperset(re.findall(r"remediate_\w+", expression))


def test_the_page_names_every_metric() -> None:
    named = re.findall(r"^\| `(\w+)`", (FOLDER / "README.md").read_text(), re.MULTILINE)
    assert sorted(named) == sorted(METRICS)
