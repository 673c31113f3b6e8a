#!/usr/bin/env python
"""Lay all files of a new rule: scripts/new_rule.py SEQ008 sequence-something."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
FAMILIES = {  # folders of remediate/rules, by the letters of a code
    "PK": "keys", "SEQ": "sequences", "FK": "references", "MD": "models", "AL": "revisions",
    "SEC": "revisions",
}  # fmt: skip
USAGE = 2
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

from dataclasses import dataclass

from remediate.findings.effects import Family
from remediate.findings.finding import Facts, Finding, Options, Rule, Verdict
from remediate.findings.remedy import Manual, Remedy
from remediate.snapshots.declared import Declared
from remediate.snapshots.live import Live


@dataclass(frozen=True, slots=True)
class {facts}(Facts):
    """WHAT THE SENTENCE OF A FINDING IS MADE OF: the names are keys of the JSON."""


def find(live: Live, declared: Declared, options: Options) -> tuple[Verdict, ...]:
    return ()


def remedy(finding: Finding, live: Live, options: Options) -> Remedy | Manual:
    return Manual("WHAT A PERSON HAS TO DO")


RULE = Rule(
    code="{code}",
    name="{name}",
    family=Family.{family},
    summary="ONE LINE FOR THE TABLE OF RULES",
    page=__doc__,
    find=find,
    remedy=remedy,
    stops=...,
    symptom=...,
    errors=...,
    facts=({facts},),
    leaves=...,
    provable=...,
)
'''
TEST = '''"""{code}: WHAT IT FINDS, AND WHAT IT LEAVES ALONE."""

from remediate.rules.{family}.{module} import RULE
from tests.support import helpers


def test_what_is_found(said: helpers.Said) -> None:
    assert said(RULE, "CREATE TABLE t (id integer PRIMARY KEY)") == ["THE SENTENCE"]


def test_what_is_left_alone(said: helpers.Said) -> None:
    assert said(RULE, "CREATE TABLE near_miss (id integer PRIMARY KEY)") == ["NOTHING"]
'''
FRAGMENT = "`{code}` ({name}): WHAT IT FINDS, FOR THOSE WHO USE IT.\n"


def listed(text: str, family: str, module: str) -> str:
    """rules/__init__.py with the rule: imported in its place, shown after those of its family."""
    imports = re.search(rf"from remediate\.rules\.{family} import \(\n(.*?)\n\)\n", text, re.DOTALL)
    assert imports is not None
    modules = imports[1].split("\n")
    last = [m for m in re.findall(r"(\w+)\.RULE,", text) if f"    {m}," in modules][-1]
    text = text.replace(imports[1], "\n".join(sorted({*modules, f"    {module},"})))
    return text.replace(f"    {last}.RULE,\n", f"    {last}.RULE,\n    {module}.RULE,\n")


def laid(code: str, name: str, root: Path) -> dict[Path, str]:
    """The new files and their texts, the list of rules among them."""
    family = FAMILIES[code.rstrip("0123456789")]
    module, facts = name.replace("-", "_"), f"{name.title().replace('-', '')}Facts"
    rules, tests = root / "remediate" / "rules", root / "tests" / "rules" / family
    page = PAGE.replace("{code}", code).replace("{name}", name).replace("{facts}", facts)
    new = {rules / family / f"{module}.py": page.replace("{family}", family.upper())}
    new[tests / f"test_{module}.py"] = TEST.format(code=code, family=family, module=module)
    if (fragments := root / "changelog.d").is_dir():
        new[fragments / f"+{name}.added.md"] = FRAGMENT.format(code=code, name=name)
    index = rules / "__init__.py"
    new[index] = listed(index.read_text(encoding="utf-8"), family, module)
    return new


def taken(code: str, name: str, root: Path) -> str:
    """Which rule has the code or the name already; "" where none has."""
    for path in sorted((root / "remediate" / "rules").glob("*/*.py")):
        rule = re.search(
            r'^    code="(\w+)",\n    name="([\w-]+)",', path.read_text("utf-8"), re.MULTILINE
        )
        if rule and (rule[1] == code or rule[2] == name):
            return f"{path.relative_to(root)} is {rule[1]} {rule[2]} already"
        if path.stem == name.replace("-", "_"):
            return f"{path.relative_to(root)} is there already"
    return ""


def main(code: str, name: str, root: Path = ROOT) -> int:
    known = re.fullmatch(rf"({'|'.join(FAMILIES)})\d{{3}}", code)
    if not known or not re.fullmatch(r"[a-z]+(-[a-z]+)+", name):
        print(__doc__, file=sys.stderr)
        return USAGE
    if there := taken(code, name, root):
        print(there, file=sys.stderr)
        return USAGE
    new = laid(code, name, root)
    for path, text in new.items():
        path.write_text(text, encoding="utf-8")
        print(path.relative_to(root))
    table = [sys.executable, root / "scripts" / "readme.py", "--rules"]
    subprocess.run(table, check=True)
    print("README.md")
    tests = next(path for path in new if path.name.startswith("test_")).relative_to(root)
    print(f"\nNext:  write them, then: scripts/readme.py --rules; scripts/test {tests} tests/rules")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]) if len(sys.argv) == 3 else main("", ""))
