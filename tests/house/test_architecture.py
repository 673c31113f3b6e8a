"""What the contracts of import-linter in pyproject.toml cannot say of the package."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "remediate"
# Files of users' kind: the project that the demo plays on, the env.py of rehearsals.
NO_MODULES = (PACKAGE / "commands/demo/project",)
MODULES = [p for p in PACKAGE.rglob("*.py") if not {*NO_MODULES} & {*p.parents}]
SOURCES = {str(p.relative_to(PACKAGE)): ast.parse(p.read_text()) for p in MODULES}


def calls(tree: ast.AST) -> set[str]:
    return {
        node.func.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }


def test_all_rooms_can_be_seen_at_once() -> None:
    """At most 20 folders and 5 files at the top."""
    entries = [p for p in PACKAGE.iterdir() if p.name not in ("__pycache__", "templates")]
    assert sum(p.is_dir() for p in entries) <= 20
    assert sum(p.is_file() for p in entries) <= 5


@pytest.mark.parametrize("room", [p for p in PACKAGE.iterdir() if (p / "__init__.py").exists()])
def test_each_room_says_what_happens_there(room: Path) -> None:
    assert ast.get_docstring(SOURCES[f"{room.name}/__init__.py"])


@pytest.mark.parametrize("path", SOURCES)
def test_nothing_prints_past_the_command_line(path: str) -> None:
    assert "print" not in calls(SOURCES[path])


@pytest.mark.parametrize("path", SOURCES)
def test_no_module_of_ours_is_imported_by_its_name_as_text(path: str) -> None:
    texts = {n.value for n in ast.walk(SOURCES[path]) if isinstance(n, ast.Constant)}
    modules = {f"remediate.{p.removesuffix('.py').replace('/', '.')}" for p in SOURCES}
    assert not texts & modules
    # Only the modules of users have names that are not known here.
    of_users = ("project/application.py", "project/metadatas.py", "rehearsal/stand_in.py")
    assert "import_module" not in ast.dump(SOURCES[path]) or path in of_users


@pytest.mark.parametrize("path", SOURCES)
def test_a_newcomer_finds_no_giant(path: str) -> None:
    assert len((PACKAGE / path).read_text().splitlines()) <= 300
