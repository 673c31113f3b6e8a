#!/usr/bin/env python
"""Lay the stubs of a new rule: scripts/new_rule.py SEQ008 sequence-something."""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
FAMILIES = {  # folders of remediate/rules, by the letters of a code
    "PK": "keys", "SEQ": "sequences", "FK": "references", "MD": "models", "AL": "revisions",
    "SEC": "revisions",
}  # fmt: skip
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


def find(live: Live, declared: Declared, options: Options) -> tuple[Verdict, ...]:
    return ()


def remedy(finding: Finding, live: Live, options: Options) -> Remedy | Manual:
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
from remediate.rules.{family}.{module} import RULE
from remediate.snapshot import Snapshot
from tests.support import helpers


def test_what_is_found(url: sa.URL, connection: psycopg.Connection) -> None:
    connection.execute("CREATE TABLE t (id integer PRIMARY KEY)")
    assert [str(v.place) for v in RULE.find(helpers.snapshot(url), Snapshot(), Options())] == [
        "public.t.id"
    ]
'''


def listed(text: str, code: str, module: str) -> str:
    """rules/__init__.py with the rule: imported in its place, shown after those of its family."""
    family = FAMILIES[code.rstrip("0123456789")]
    imports = re.search(rf"from remediate\.rules\.{family} import \(\n(.*?)\n\)\n", text, re.DOTALL)
    assert imports is not None
    modules = imports[1].split("\n")
    last = [m for m in re.findall(r"(\w+)\.RULE,", text) if f"    {m}," in modules][-1]
    text = text.replace(imports[1], "\n".join(sorted({*modules, f"    {module},"})))
    return text.replace(f"    {last}.RULE,\n", f"    {last}.RULE,\n    {module}.RULE,\n")


def main(code: str, name: str, root: Path = ROOT) -> int:
    known = re.fullmatch(rf"({'|'.join(FAMILIES)})\d{{3}}", code)
    if not known or not re.fullmatch(r"[a-z]+(-[a-z]+)*", name):
        print(__doc__, file=sys.stderr)
        return 2
    family, module = FAMILIES[known[1]], name.replace("-", "_")
    rules, tests = root / "remediate" / "rules", root / "tests" / "rules" / family
    new = {rules / family / f"{module}.py": PAGE.replace("{code}", code).replace("{name}", name)}
    new[tests / f"test_{module}.py"] = TEST.format(code=code, family=family, module=module)
    if taken := [path for path in new if path.exists()]:
        print(f"{taken[0]} is there already", file=sys.stderr)
        return 2
    index = rules / "__init__.py"
    new[index] = listed(index.read_text(encoding="utf-8"), code, module)
    for path, text in new.items():
        path.write_text(text, encoding="utf-8")
        print(path.relative_to(root))
    print("\nNext:  write them, then: scripts/readme.py, scripts/test tests/rules")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]) if len(sys.argv) == 3 else main("", ""))
