#!/usr/bin/env python
"""Write what `remediate demo` prints into README.md; with --check, only compare."""

import re
import subprocess
import sys
from pathlib import Path

README = Path(__file__).parent.parent / "README.md"
START = "<!-- demo: scripts/readme.py writes what follows -->\n"
END = "<!-- /demo -->"


def run_demo() -> str:
    command = [sys.executable, "-m", "remediate", "demo"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def excerpt(demo: str) -> str:
    """The demo's output with Alembic's usual log lines left out and long lists cut."""
    usual = ("Context impl PostgresqlImpl.", "Will assume transactional DDL.")
    lines = [line for line in demo.splitlines() if line not in usual]
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(lines))
    text = re.sub(r"Read( +)(.*) in [\d.]+ s", r"Read\1\2", text)
    text = re.sub(r"PostgreSQL 18\.\d+", "PostgreSQL 18", text)
    return re.sub(
        r"((?:  \S+\.\S+ +\S+\n    \+ .*\n){3})(?:  \S+\.\S+ +\S+\n    \+ .*\n){4,}",
        r"\1  [...]\n",
        text,
    ).strip()


def block(demo: str) -> str:
    return f"{START}```\n{excerpt(demo)}\n```\n{END}"


def main() -> int:
    text = README.read_text(encoding="utf-8")
    before, _, rest = text.partition(START)
    _, _, after = rest.partition(END)
    wanted = before + block(run_demo()) + after
    if "--check" in sys.argv:
        return int(wanted != text)
    README.write_text(wanted, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
