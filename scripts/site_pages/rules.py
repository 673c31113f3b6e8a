"""The rules: a table of them all, and a page of each at a stable address."""

import inspect
import io
import tokenize
from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any, get_args, get_type_hints

from remediate.findings.effects import Family, RepairBy
from remediate.findings.finding import Facts, Rule
from remediate.rules import RULES
from scripts.site_pages import observed
from scripts.site_pages.documents import as_markdown, sections
from scripts.site_pages.markdown import Page, block, code, escaped, joined, link, prose, table
from scripts.site_pages.types import words_of

INDEX = "rules/index.md"
REPAIRS = {
    RepairBy.REVISION: "a revision that `remediate generate` writes, where the finding allows it",
    RepairBy.CHOICE: "a revision too, but `--approve all` leaves it out: approve it by its name",
    RepairBy.HAND: "by hand; the plan describes how",
}
_FAMILIES = {
    Family.KEYS: "Keys",
    Family.SEQUENCES: "Sequences",
    Family.REFERENCES: "References",
    Family.INDEXES: "Indexes",
    Family.MODELS: "Models",
    Family.REVISIONS: "Revisions",
    Family.SECRETS: "Secrets",
}


def index() -> Page:
    """Every rule in a table a family, and what its columns hold."""
    parts = [
        "# Rules",
        "Each rule finds one kind of defect. Its code is stable: settings, saved plans and SARIF "
        "files use it. `remediate explain PK001` prints the page of a rule in the terminal, and "
        "`remediate rules` lists them.",
        "An `error` is an INSERT that fails now or provably soon, a `warning` one that will fail, "
        "an `info` more often right than wrong. The table shows the worst that a rule reports.",
    ]
    for family, title in _FAMILIES.items():
        rows = [_row(rule) for rule in RULES if rule.family is family]
        parts += [f"## {title}", table(("Rule", "Name", "Worst", "Repair", "Finds"), rows)]
    parts += [
        "## Who repairs it",
        *(f"{code(by.value)}\n:   {told}" for by, told in REPAIRS.items()),
    ]
    return Page(INDEX, joined(parts))


def _row(rule: Rule) -> Iterator[str]:
    yield link(rule.code, path(rule), INDEX)
    yield code(rule.name)
    yield f"<span class='severity {rule.worst.value}'>{rule.worst.value}</span>"
    yield rule.repair.value
    yield prose(rule.summary, INDEX)


def path(rule: Rule) -> str:
    """Where the page of a rule is."""
    return f"rules/{rule.code}.md"


def page(rule: Rule) -> Page:
    """What `remediate explain` prints of the rule, and what else the program knows of it."""
    here = path(rule)
    parts = dict(sections(rule.page))
    references = parts.pop("References")
    return Page(
        here,
        joined(
            [
                f"# {rule.code} {escaped(rule.name)}",
                as_markdown(parts.pop(""), here),
                _table(_glance(rule)),
                *_sections(rule, parts, here),
                "## See it",
                block(_command(rule), "console"),
                "## In JSON",
                *_facts(rule, here),
                f"## References\n\n{as_markdown(references, here)}",
            ]
        ),
    )


def _table(rows: Iterator[tuple[str, str]]) -> str:
    """A table whose first row is its head."""
    return table(next(rows), rows)


def _sections(rule: Rule, parts: Mapping[str, str], here: str) -> Iterator[str]:
    for head, text in parts.items():
        yield f"## {head}\n\n{as_markdown(text, here)}"
        if head == "Example":
            yield from observed.section(rule, here)


def _glance(rule: Rule) -> Iterator[tuple[str, str]]:
    worst = rule.worst.value
    yield "Severity", f"at worst <span class='severity {worst}'>{worst}</span>"
    yield "Repair", f"{code(rule.repair.value)}: {REPAIRS[rule.repair]}"
    if rule.stops.value:
        yield "What fails", escaped(rule.stops.value)
    if rule.symptom:
        state = f" (SQLSTATE {rule.symptom.sqlstate})" if rule.symptom.sqlstate else ""
        yield "What users see", code(rule.symptom.at("users", "id").message) + state
    if states := sorted({kind.sqlstate for kind in rule.errors if kind.sqlstate}):
        yield "Errors that it explains", ", ".join(map(code, states))
    yield "Criterion of `status`", escaped("; ".join(aim.value for aim in rule.aims))
    if rule.asked_for and rule.family is not Family.SECRETS:
        yield "Runs", f"only where `--select {rule.code}` asks for it"
    if rule.alone:
        yield "Without a database", code(f"remediate check --{_ALONE[rule.alone]}")


_ALONE = {"models": "models-only", "revisions": "versions-only", "secrets": "secrets"}


def _command(rule: Rule) -> str:
    if rule.family is Family.SECRETS:
        return "remediate check --secrets"
    return f"remediate plan --select {rule.code} -v"


def _facts(rule: Rule, here: str) -> Iterator[str]:
    yield (
        f"A finding of this rule is an entry of {code('findings')} in the "
        f"{link('plan', 'json/plan.md', here)}. Its id is {code(rule.code + ':')} with its place "
        f"behind it, and its {code('facts')} hold:"
    )
    for kind in rule.facts:
        if len(rule.facts) > 1:
            yield prose(f"{inspect.getdoc(kind)}", here)
        yield table(("Key", "Type", "What it holds"), fact_rows(kind, here))


def fact_rows(kind: type[Facts], here: str) -> Iterator[tuple[str, str, str]]:
    """The JSON keys of facts; a part has its keys among the others, as in JSON."""
    hints, remarks = get_type_hints(kind), _remarks(kind)
    for one in fields(kind):
        hint = hints[one.name]
        kinds = get_args(hint) or (hint,)
        parts = [k for k in kinds if isinstance(k, type) and issubclass(k, Facts)]
        for part in parts:
            yield from fact_rows(part, here)
        if not parts:
            yield code(one.name), words_of(hint), prose(remarks.get(one.name, ""), here)


def _remarks(kind: type) -> dict[str, str]:
    """The comments behind the fields of a class, of its parents too."""
    found: dict[str, str] = {}
    for one in reversed(kind.__mro__[:-1]):
        if one.__module__.startswith("remediate."):
            found |= _comments(inspect.getsource(one))
    return found


def _comments(source: str) -> dict[str, str]:
    name, found = "", {}
    for token in tokenize.generate_tokens(io.StringIO(inspect.cleandoc(source)).readline):
        if token.type == tokenize.NAME and token.start[1] == 4:
            name = token.string
        if token.type == tokenize.COMMENT and name and token.line.strip() != token.string:
            found[name] = token.string.lstrip("# ")
    return found


def listed() -> list[Any]:
    """The pages for the navigation, a section a family."""
    families = [
        {title: [path(rule) for rule in RULES if rule.family is family]}
        for family, title in _FAMILIES.items()
    ]
    return [INDEX, *families]


def pages() -> tuple[Page, ...]:
    """The table, and each rule."""
    return (index(), *map(page, RULES))
