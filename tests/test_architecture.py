"""Imports point one way, and nothing below the command line prints."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "remediate"
# Each layer may import from those before it, and from its own unless it says otherwise.
LAYERS = [
    {"errors", "sql", "secrets", "streams", "templates"},
    {"connections", "schema"},
    {"references"},
    {"naming"},
    {"snapshot", "defaults"},
    {"remedy"},
    {"finding"},
    {"plan", "repairs"},
    {"steps", "constraint_steps", "states", "script", "scope"},
    {"key_health", "key_score", "key_cause", "key_facts"},
    {"capacity"},
    {"matching", "conversion_tests"},
    {"finishing", "conversion", "reference_facts", "inference"},
    {"judgement", "backup"},
    {"key_family", "reference_family", "binding"},
    {"key_repair", "sequence_repair"},
    {"key_identity", "widen", "reference_repair"},
    {"rules"},
    {"revision", "approval", "verified"},
    {"reference_verification"},
    {"verification"},
    {"render", "config"},
    {"read", "write"},
    {"reading"},
    {"planning"},
    {"rehearsing"},
    {"generation", "verifying"},
    {"commands", "incident"},
    {"options"},
    {"terminal"},
    {"cli"},
    {"__main__"},
]
LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}
MODULES = [
    p for p in PACKAGE.rglob("*.py") if "project" not in p.parts and "alembic_env" not in p.parts
]


def imported(path: Path) -> set[str]:
    """The first part below `remediate` of everything that a module imports."""
    tree = ast.parse(path.read_text())
    names = {n.module or "" for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
    names |= {
        f"remediate.{alias.name}"
        for n in ast.walk(tree)
        if isinstance(n, ast.ImportFrom) and n.module == "remediate"
        for alias in n.names
    }
    return {n.split(".")[1] for n in names if n.startswith("remediate.")} - {"__version__"}


def layer_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_point_one_way(path: Path) -> None:
    here = layer_of(path)
    if here == "__init__":
        assert imported(path) == set()
        return
    for name in imported(path) - {here}:
        assert LEVEL[name] <= LEVEL[here], f"{here} imports {name}"
        assert {here, name} != {"read", "write"}


def test_rules_touch_nothing_but_values() -> None:
    above = next(n for n, names in enumerate(LAYERS) if "rules" in names)
    allowed = set().union(*LAYERS[: above + 1]) - {"connections", "templates", "streams", "plan"}
    for path in (PACKAGE / "rules").glob("*.py"):
        assert imported(path) <= allowed, path


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_only_the_command_line_prints(path: Path) -> None:
    calls = [n for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.Call)]
    prints = [c for c in calls if isinstance(c.func, ast.Name) and c.func.id == "print"]
    assert not prints or path.name == "cli.py"


def test_a_newcomer_finds_no_giant() -> None:
    for path in MODULES:
        assert len(path.read_text().splitlines()) <= 300, path
