"""The pages of docs/: commands and options are there, examples parse, each names its readers."""

import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

import remediate
from remediate.cli.app import app
from remediate.config import Config

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
PAPERS = ["README.md", "CONTRIBUTING.md", "ARCHITECTURE.md", "SECURITY.md", "llms.txt"]
GROUP: Any = get_command(app)
OPTIONS = {name: {o for p in one.params for o in p.opts} for name, one in GROUP.commands.items()}
SHELL = {"", "sh", "bash"}  # languages of blocks in which commands are


def blocks(text: str) -> list[tuple[str, str]]:
    """The language and the text of each block of code, also inside of lists."""
    found = re.findall(r"^( *)```(\w*)\n(.*?)^\1```$", text, re.MULTILINE | re.DOTALL)
    return [(language, re.sub(f"(?m)^{indent}", "", code)) for indent, language, code in found]


def commands(text: str) -> Iterator[list[str]]:
    """The words of each command of ours, in blocks and in code spans."""
    shell = [code for language, code in blocks(text) if language in SHELL]
    prose = re.sub(r"^ *```.*?^ *```$", "", text, flags=re.MULTILINE | re.DOTALL)
    lines = [line for code in shell for line in code.splitlines()]
    lines += [span.replace("\n", " ") for span in re.findall(r"`([^`]+)`", prose)]
    for line in (re.sub(r"(^| +)# .*", "", line) for line in lines):
        for command in re.findall(r"(?:^|[ =&;]|\bscripts/)remediate ([a-z]+.*?)(?:$| && )", line):
            yield shlex.split(command)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_and_option_is_there(page: Path) -> None:
    unknown = []
    for name, *words in commands(page.read_text(encoding="utf-8")):
        known = OPTIONS.get(name, set()) | {"--help", "--version"}
        given = {word.partition("=")[0] for word in words if re.match(r"--?[a-z]", word)}
        unknown += [(name, option) for option in given - known]
        unknown += [(name, "no command")] if name not in OPTIONS else []
    assert unknown == []


def test_a_command_is_found_wherever_it_is() -> None:
    text = "`remediate plan`\n\n```\nA=b remediate verify -x\ncd a && remediate rules # b\n```\n"
    assert [*commands(text)] == [["verify", "-x"], ["rules"], ["plan"]]


def test_what_is_explained_is_known() -> None:
    texts = {
        text
        for page in PAGES
        for name, *words in commands(page.read_text(encoding="utf-8"))
        for text in words
        if name == "explain" and page.name != "add-a-rule.md"
    }
    assert len(texts) > 4
    assert all(map(remediate.explain, texts))


@pytest.mark.parametrize("command", sorted(set(OPTIONS) - {"merge", "demo"}))
def test_every_command_is_on_a_page(command: str) -> None:
    named = {words[0] for page in PAGES for words in commands(page.read_text(encoding="utf-8"))}
    assert command in named


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_python_and_toml_can_be_read(page: Path) -> None:
    for language, code in blocks(page.read_text(encoding="utf-8")):
        if language == "python":
            compile(code, page.name, "exec")
        if language == "toml":
            tomllib.loads(code)


@pytest.mark.parametrize("page", PAGES[1:], ids=lambda page: page.name)
def test_a_page_begins_with_its_readers(page: Path) -> None:
    title, _, first, *_ = page.read_text(encoding="utf-8").splitlines()
    if page.name != "index.md":
        assert title.startswith("# ")
        assert re.match(r"For \w", first)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_english_of_the_house(page: Path) -> None:
    """What docs/house-style.md lists on the right side; the demo is checked where it is made."""
    if page.name in {"house-style.md", "demo.md"}:
        return
    text = re.sub(
        r"^ *```.*?^ *```$|`[^`]+`",
        "",
        page.read_text(encoding="utf-8"),
        flags=re.MULTILINE | re.DOTALL,
    )
    found = re.findall(
        r"(?i)\b(?:means|stands|says|gives|mend|whoever|nobody|all the same)\b", text
    )
    assert found == []


def test_the_example_of_the_settings_has_all_and_can_be_loaded(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    ((_, text),) = [block for block in blocks(page) if block[0] == "toml"]
    known = {f.replace("_", "-") for f in Config.__dataclass_fields__ if not f.endswith("_url")}
    known -= {"ignored"}  # the table of "ignore"
    assert set(tomllib.loads(text)["tool"]["remediate"]) == known
    (tmp_path / "pyproject.toml").write_text(text)
    loaded = remediate.load(tmp_path)
    assert loaded.headroom == 1000
    assert loaded.ignored["FK006"] == "every table here is small"


@pytest.mark.parametrize("paper", PAPERS)
def test_links_lead_to_files(paper: str) -> None:
    text = (ROOT / paper).read_text(encoding="utf-8")
    links = [link.partition("#")[0] for link in re.findall(r"\]\(([^)\s]+)\)", text)]
    assert [link for link in links if link and not (ROOT / link).is_file()] == []
