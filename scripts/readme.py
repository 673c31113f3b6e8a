#!/usr/bin/env python
"""Write what `remediate demo` prints into docs/demo.md, and its plan as a picture: docs/plan.svg.

    scripts/readme.py [--check] [FILE]

FILE holds the output of `remediate demo --color always` ("-": standard input); without it, the demo
runs. --check writes nothing, and fails where something differs.
"""

import difflib
import re
import subprocess
import sys
from pathlib import Path

import picture

ROOT = Path(__file__).parent.parent
PAGE, PICTURE = ROOT / "docs" / "demo.md", ROOT / "docs" / "plan.svg"
START, END = "<!-- demo: scripts/readme.py writes what follows -->\n", "<!-- /demo -->"
TITLE = "remediate plan: 26 of 32 tables reject INSERT now; the plan repairs all of them."


def run_demo() -> str:
    command = [sys.executable, "-m", "remediate", "demo", "--color", "always"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def excerpt(demo: str) -> str:
    """The demo's output with Alembic's usual log lines left out, and times."""
    usual = ("Context impl PostgresqlImpl.", "Will assume transactional DDL.")
    lines = [line for line in demo.splitlines() if line not in usual]
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(lines))
    text = re.sub(r"( tables read) in [\d.]+ s", r"\1", text)
    return re.sub(r"PostgreSQL 18\.\d+", "PostgreSQL 18", text).strip()


def plan_of(demo: str) -> str:
    """The first plan in the demo's output, with its command."""
    start = demo.index("$ remediate plan\n")
    return demo[start : demo.index("== 5. ", start)].rpartition("\n")[0].strip()


def replaced(text: str, start: str, end: str, block: str) -> str:
    before, _, rest = text.partition(start)
    _, _, after = rest.partition(end)
    return before + block + after


def wanted(demo: str) -> dict[Path, str]:
    """The files and their texts, of the demo's output in colour."""
    shown = excerpt(demo)
    block = f"{START}```text\n{picture.plain(shown)}\n```\n{END}"
    page = replaced(PAGE.read_text(encoding="utf-8"), START, END, block)
    return {PAGE: page, PICTURE: picture.svg(plan_of(shown), TITLE)}


def differences(texts: dict[Path, str]) -> str:
    """What of these files is not what is there, as a diff."""
    return "".join(
        line
        for path, text in texts.items()
        for line in difflib.unified_diff(
            path.read_text(encoding="utf-8").splitlines(keepends=True),
            text.splitlines(keepends=True),
            str(path.relative_to(ROOT)),
            "what the demo prints",
        )
    )


def main(words: list[str]) -> int:
    files = [word for word in words if word != "--check"]
    texts = wanted(_read(files[0]) if files else run_demo())
    if "--check" in words:
        sys.stderr.write(different := differences(texts))
        return int(bool(different))
    for path, text in texts.items():
        path.write_text(text, encoding="utf-8")
    return 0


def _read(file: str) -> str:
    return sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
