#!/usr/bin/env python
"""Lay the stubs of a new rule: scripts/new_rule.py SEQ008 sequence-something."""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGE = '''"""ONE SENTENCE: what is wrong.

What it does
------------
WHAT IS LOOKED AT, AND WHICH SEVERITY IT GETS.

Why is this bad?
----------------
  THE MESSAGE OF POSTGRESQL                                                 (SQLSTATE XXXXX)

Example
-------
  CREATE TABLE ...

Repair
------
WHAT IS DONE, AND WHAT THE DOWNGRADE DOES.

Safety
------
LOCKS; REWRITE OR NOT.

What is not flagged
-------------------
WHAT LOOKS LIKE IT AND IS MEANT TO BE SO.

References
----------
https://www.postgresql.org/docs/current/
"""

from remediate.finding import Finding, Options, Rule, Verdict
from remediate.remedy import Manual, Remedy
from remediate.snapshot import Snapshot


def find(live: Snapshot, declared: Snapshot, options: Options) -> tuple[Verdict, ...]:
    return ()


def remedy(finding: Finding, live: Snapshot, options: Options) -> Remedy | Manual:
    return Manual("WHAT A PERSON HAS TO DO")


RULE = Rule(
    code="{code}",
    name="{name}",
    summary="ONE LINE FOR THE TABLE OF RULES",
    page=__doc__,
    find=find,
    remedy=remedy,
)
'''
TEST = '''"""{code}: WHAT IT FINDS, AND WHAT IT LEAVES ALONE."""

import psycopg
import sqlalchemy as sa

from remediate.finding import Options
from remediate.rules.{module} import RULE
from remediate.snapshot import Snapshot
from tests import helpers


def test_what_is_found(url: sa.URL, connection: psycopg.Connection) -> None:
    connection.execute("CREATE TABLE t (id integer PRIMARY KEY)")
    assert [str(v.place) for v in RULE.find(helpers.snapshot(url), Snapshot(), Options())] == [
        "public.t.id"
    ]
'''


def listed(text: str, code: str, module: str) -> str:
    """rules/__init__.py with the rule: imported in its place, shown after those of its kind."""
    head, imports, rest = re.split(
        r"(?<=rules import \(\n)(.*?)(?=\n\)\n)", text, maxsplit=1, flags=re.DOTALL
    )
    names = sorted({*imports.split("\n"), f"    {module},"})
    kind = re.match(r"[A-Z]+", code)
    known = dict(re.findall(r"(\w+)\.RULE,.*?()", rest))
    last = next(
        (m for m in reversed(known) if kind and _code_of(m).startswith(kind[0])), list(known)[-1]
    )
    rest = rest.replace(f"    {last}.RULE,\n", f"    {last}.RULE,\n    {module}.RULE,\n")
    return head + "\n".join(names) + rest


def _code_of(module: str) -> str:
    text = (ROOT / "remediate" / "rules" / f"{module}.py").read_text(encoding="utf-8")
    found = re.search(r'code="(\w+)"', text)
    return found[1] if found else ""


def main(code: str, name: str, root: Path = ROOT) -> int:
    if not re.fullmatch(r"[A-Z]{2,3}\d{3}", code) or not re.fullmatch(r"[a-z]+(-[a-z]+)*", name):
        print(__doc__, file=sys.stderr)
        return 2
    module = name.replace("-", "_")
    rules, tests = root / "remediate" / "rules", root / "tests" / "rules"
    new = {rules / f"{module}.py": PAGE.replace("{code}", code).replace("{name}", name)}
    new[tests / f"test_{module}.py"] = TEST.format(code=code, module=module)
    if taken := [path for path in new if path.exists()]:
        print(f"{taken[0]} is there already", file=sys.stderr)
        return 2
    index = rules / "__init__.py"
    new[index] = listed(index.read_text(encoding="utf-8"), code, module)
    for path, text in new.items():
        path.write_text(text, encoding="utf-8")
        print(path.relative_to(root))
    print(
        "\nNext:  write them, then: scripts/readme.py, scripts/test tests/rules tests/test_rules.py"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]) if len(sys.argv) == 3 else main("", ""))
