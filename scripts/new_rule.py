"""Write the files of a new rule: .venv-dev/bin/python scripts/new_rule.py SEQ008 sequence-odd."""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
FAMILIES = {  # the folder of remediate/rules for a new rule, by the letters of its code
    "PK": "keys", "SEQ": "sequences", "FK": "references", "IX": "indexes", "MD": "models",
    "AL": "revisions", "SEC": "secrets",
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


def query(finding: Finding) -> str:
    return "READ-ONLY SQL: ROWS WHILE IT HOLDS, NONE ONCE IT IS REPAIRED"


RULE = Rule(
    code="{code}",
    name="{name}",
    family=Family.{family},
    summary="ONE LINE FOR THE TABLE OF RULES",
    page=__doc__,
    find=find,
    remedy=remedy,
    query=query,
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
    assert said(RULE, "CREATE TABLE near_miss (id integer PRIMARY KEY)") == ["REPLACE WITH []"]
'''
FRAGMENT = "`{code}` ({name}): WHAT IT FINDS, FOR THOSE WHO USE IT.\n"


def listed(text: str, family: str, module: str) -> str:
    """rules/__init__.py with the rule: imported in its place, shown after those of its family."""
    imports = re.search(rf"from remediate\.rules\.{family} import \(\n(.*?)\n\)\n", text, re.DOTALL)
    if imports is None:
        raise LookupError(f"rules/__init__.py imports nothing from remediate.rules.{family}")
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


def rules_in(root: Path) -> dict[Path, tuple[str, str]]:
    """The code and the name in each file of a rule; empty texts where it has none."""
    found = {}
    for path in sorted((root / "remediate" / "rules").glob("*/[!_]*.py")):
        rule = re.search(
            r'^    code="(\w+)",\n    name="([\w-]+)",', path.read_text("utf-8"), re.MULTILINE
        )
        found[path] = (rule[1], rule[2]) if rule else ("", "")
    return found


def taken(code: str, name: str, root: Path) -> str:
    """Which rule has the code or the name already; "" where none has."""
    for path, rule in rules_in(root).items():
        if code == rule[0] or name == rule[1]:
            return f"{path.relative_to(root)} is {rule[0]} {rule[1]} already"
        if path.stem == name.replace("-", "_"):
            return f"{path.relative_to(root)} is there already"
    return ""


def free_code(letters: str, root: Path) -> str:
    """The next code with these letters: the numbers have no gap."""
    codes = (code for code, _ in rules_in(root).values())
    numbers = [int(code[-3:]) for code in codes if code.rstrip("0123456789") == letters]
    return f"{letters}{max(numbers, default=0) + 1:03}"


def refusal(code: str, name: str, root: Path) -> str:
    """Why there can be no new rule of this code and name; "" where there can."""
    letters = code.rstrip("0123456789")
    if letters not in FAMILIES or not re.fullmatch(r"[A-Z]+\d{3}", code):
        return f'"{code}" is no code: it is {", ".join(FAMILIES)} and three digits'
    if not re.fullmatch(r"[a-z]+(-[a-z]+)+", name):
        return f'"{name}" is no name: it is two or more lower-case words with hyphens between them'
    if there := taken(code, name, root):
        return there
    free = free_code(letters, root)
    return "" if code == free else f"{code} would leave a gap: the next free code is {free}"


def main(code: str, name: str, root: Path = ROOT) -> int:
    if reason := refusal(code, name, root):
        print(reason, file=sys.stderr)
        return USAGE
    new = laid(code, name, root)
    for path, text in new.items():
        path.write_text(text, encoding="utf-8")
        print(path.relative_to(root))
    tests = next(path for path in new if path.name.startswith("test_")).relative_to(root)
    print(f"\nNext:  write them, then: scripts/test {tests} tests/rules")
    return 0


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(f"{__doc__}\nIt takes a code and a name, not {len(sys.argv) - 1} words.")
    sys.exit(main(*sys.argv[1:]))
