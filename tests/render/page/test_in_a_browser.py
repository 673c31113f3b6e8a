"""The pages as a browser shows them, judged by axe and by the Nu HTML checker.

scripts/test installs what is needed: Chromium, Java, and the packages of tests/browser.
"""

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from remediate.render.page import paper, report
from tests.render.page.examples import CHILD, hostile, many, plan
from tests.support.browser import AXE, CHECKER, Browser, judge

JUDGE = """
axe.run(document, {resultTypes: ["violations"]}).then((found) =>
  found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(" ")}`))
"""
BOOK = """\
# Incident runbook: shop

Made now, from `db.example`.

## Do this now: 1 command

```sh
alembic upgrade head
```

## 1. Is it this?

| | tables |
| --- | --- |
| 23502 | a\\_b |

- [ ] Everybody was told.

## 2. Who is affected

| Risk | Table |
| --- | --- |
| high | child |
"""


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The files of a small plan, a large one, a healthy database and a runbook."""
    folder = tmp_path_factory.mktemp("pages")
    texts = {
        "small": report.of_plan(hostile()),
        "large": report.of_plan(many(324)),
        "healthy": report.of_plan(plan({})),
        "runbook": paper.of_markdown(BOOK),
    }
    for name, text in texts.items():
        (folder / f"{name}.html").write_text(text)
    return {name: folder / f"{name}.html" for name in texts}


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with judge(tmp_path_factory.mktemp("profile")) as opened:
        yield opened


@pytest.mark.parametrize(
    ("width", "dark"), [(390, False), (390, True), (1280, False), (1280, True)]
)
def test_axe_finds_nothing_and_nothing_stands_out(
    width: int, *, dark: bool, chromium: Browser, pages: dict[str, Path]
) -> None:
    """Neither at the width of a phone nor of a desk, in light nor in the dark."""
    for name in ("small", "healthy", "runbook"):
        chromium.show(pages[name], width, dark=dark)
        chromium.run("for (const one of document.querySelectorAll('details')) one.open = true")
        chromium.run(f"{AXE.read_text()};0")
        assert chromium.run(JUDGE) == []
        assert chromium.run("document.documentElement.scrollWidth") <= width
        ground = chromium.run("getComputedStyle(document.body).backgroundColor")
        assert ground == ("rgb(20, 23, 26)" if dark else "rgb(255, 255, 255)")


def test_a_page_asks_for_nothing_and_its_policy_stops_nothing(
    chromium: Browser, pages: dict[str, Path]
) -> None:
    chromium.requests.clear()
    chromium.complaints.clear()
    for file in pages.values():
        chromium.show(file, 1280)
    assert [*filter(lambda url: not url.startswith("file:"), chromium.requests)] == []
    assert chromium.complaints == []
    chromium.run(
        "const s = document.createElement('script'); s.text = '1'; document.body.append(s)"
    )
    chromium.show(pages["small"], 1280)
    assert any("Content Security Policy" in text for text in chromium.complaints)


SHOWN = "document.querySelectorAll('details.finding:not([hidden])').length"


def test_the_findings_are_searched_and_filtered(chromium: Browser, pages: dict[str, Path]) -> None:
    chromium.show(pages["small"], 1280)
    assert chromium.run(SHOWN) == 3
    chromium.run("document.querySelector('.chip[data-tier=high]').click()")
    assert chromium.run(SHOWN) == 1
    assert chromium.run("document.getElementById('count').textContent") == "1 of 3 shown"
    chromium.run("document.getElementById('all').click()")
    chromium.run("search.value = 'seq002'; search.dispatchEvent(new Event('input'))")
    assert chromium.run("document.querySelector('.finding:not([hidden])').id") == "f3"
    link = f"document.querySelector('svg a[data-table=\"{CHILD}\"]')"
    chromium.run(f"{link}.dispatchEvent(new MouseEvent('click', {{bubbles: true, view: window}}))")
    assert chromium.run("location.hash") == "#f2"
    assert chromium.run(SHOWN) == 1
    assert chromium.run("new Promise((r) => setTimeout(() => r(f2.open), 100))") is True
    assert chromium.run("document.querySelectorAll('#f2 .copy').length") == 3


def test_what_is_critical_is_printed_open(chromium: Browser, pages: dict[str, Path]) -> None:
    chromium.show(pages["large"], 1280)
    chromium.run(
        "addEventListener('beforeprint', () => { window.open_ ="
        " document.querySelectorAll('details.finding[open]').length })"
    )
    printed = chromium.pdf()
    assert printed.startswith(b"%PDF")
    assert chromium.run("window.open_") == 10
    assert chromium.run("document.querySelectorAll('details.finding[open]').length") == 1


def test_the_checker_of_html_finds_nothing(pages: dict[str, Path]) -> None:
    java = shutil.which("java")
    if java is None or not CHECKER.exists():
        pytest.skip("Java or vnu-jar is not installed; scripts/test installs them")
    command = [java, "-jar", str(CHECKER), "--format", "json", *map(str, pages.values())]
    judged = subprocess.run(command, capture_output=True, text=True, check=False)
    assert json.loads(judged.stderr)["messages"] == []
