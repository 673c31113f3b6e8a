"""What is found as JUnit XML: a finding is a test that fails, a healthy place one that passes."""

import re
from collections.abc import Iterable
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from remediate.findings.finding import Healthy, Unverified
from remediate.plans.plan import Item, Plan
from remediate.plans.urgency import most_urgent_first
from remediate.postgres.sql import commented
from remediate.render.item import repair
from remediate.render.sources import source
from remediate.system.paths import Repository

# https://www.w3.org/TR/xml/#charsets: all but these; the line ends are ours.
_NO_XML = re.compile("[^\n\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(plan: Plan, repository: Repository, items: Iterable[Item] | None = None) -> str:
    """A suite with a test for these items of the plan, or all: the most urgent first.

    What could not be verified is a test that is skipped; so is an item of the plan that is not
    among the items.
    """
    failed = most_urgent_first(plan, items)
    known = {item.id for item in failed}
    accepted = [item for item in plan.items if item.id not in known]
    suite = Element("testsuite", _totals(plan, len(failed), len(accepted)))
    for item in failed:
        _failure(suite, item, repository)
    for item in accepted:
        case = _case(suite, item.finding.rule, str(item.finding.place))
        SubElement(case, "skipped", message="accepted in the baseline")
    for unverified in plan.unverified:
        _unverified(suite, unverified)
    for healthy in plan.healthy:
        _healthy(suite, healthy)
    suites = Element("testsuites", name="remediate")
    suites.append(suite)
    indent(suites)
    declared = '<?xml version="1.0" encoding="UTF-8"?>\n'
    return declared + tostring(suites, encoding="unicode")


def _totals(plan: Plan, failed: int, accepted: int) -> dict[str, str]:
    skipped = accepted + len(plan.unverified)
    totals = {
        "name": f"remediate {_text(plan.database.name)}".rstrip(),
        "tests": str(failed + skipped + len(plan.healthy)),
        "failures": str(failed),
        "errors": "0",
        "skipped": str(skipped),
    }
    if plan.run:
        totals["time"] = f"{plan.run.seconds:.3f}"
    if plan.made:
        totals["timestamp"] = plan.made.at
    return totals


def _case(suite: Element, rule: str, place: str) -> Element:
    return SubElement(suite, "testcase", classname=f"remediate.{rule}", name=_text(place))


def _failure(suite: Element, item: Item, repository: Repository) -> None:
    finding = item.finding
    case = _case(suite, finding.rule, str(finding.place))
    kind = f"{finding.name}, {finding.severity}"
    failure = SubElement(case, "failure", message=_text(finding.message), type=_text(kind))
    lines = [finding.message, f"repair: {repair(item.remedy)}"]
    if finding.model:
        lines.append("{}:{}".format(*source(finding, repository)))
    failure.text = "\n".join(map(_text, lines))


def _unverified(suite: Element, one: Unverified) -> None:
    case = _case(suite, "unverified", str(one.place))
    SubElement(case, "skipped", message=_text(f"{one.reason}. {one.verify}"))


def _healthy(suite: Element, one: Healthy) -> None:
    case = _case(suite, "healthy", str(one.place))
    SubElement(case, "system-out").text = _text(one.reason)


def _text(text: str) -> str:
    """The text on one line, without a character that XML 1.0 lacks."""
    return _NO_XML.sub(lambda match: repr(match[0])[1:-1], commented(text))
