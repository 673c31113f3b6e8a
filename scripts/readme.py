#!/usr/bin/env python
"""Write what the program says of itself into README.md: the demo's output, the table of rules.

--rules writes the table only, --check writes nothing and fails where something differs.
"""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
START = "<!-- demo: scripts/readme.py writes what follows -->\n"
END = "<!-- /demo -->"
RULES_START = "<!-- rules: scripts/readme.py writes what follows -->\n"
RULES_END = "<!-- /rules -->"


def run_demo() -> str:
    command = [sys.executable, "-m", "remediate", "demo"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def excerpt(demo: str) -> str:
    """The demo's output with Alembic's usual log lines left out, and times."""
    usual = ("Context impl PostgresqlImpl.", "Will assume transactional DDL.")
    lines = [line for line in demo.splitlines() if line not in usual]
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(lines))
    text = re.sub(r"( tables read) in [\d.]+ s", r"\1", text)
    return re.sub(r"PostgreSQL 18\.\d+", "PostgreSQL 18", text).strip()


def block(demo: str) -> str:
    return f"{START}```\n{excerpt(demo)}\n```\n{END}"


def rules() -> str:
    """The rules as a Markdown table."""
    sys.path.insert(0, str(ROOT))  # of this checkout, wherever another is installed
    from remediate.rules import RULES  # noqa: PLC0415

    rows = "".join(f"| {r.code} | {r.name} | {r.summary} |\n" for r in RULES)
    return f"{RULES_START}| rule | name | finds |\n| --- | --- | --- |\n{rows}{RULES_END}"


def replaced(text: str, start: str, end: str, block: str) -> str:
    before, _, rest = text.partition(start)
    _, _, after = rest.partition(end)
    return before + block + after


def main() -> int:
    text = README.read_text(encoding="utf-8")
    wanted = text if "--rules" in sys.argv else replaced(text, START, END, block(run_demo()))
    wanted = replaced(wanted, RULES_START, RULES_END, rules())
    if "--check" in sys.argv:
        return int(wanted != text)
    README.write_text(wanted, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
