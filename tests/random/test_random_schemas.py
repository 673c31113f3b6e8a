"""Random broken schemas go the whole way: what is proven breaks nothing, and `all` means all.

Another command shows a seed, shrinks it, and counts kinds of failures: tests/random/__main__.py.
"""

from pathlib import Path

import pytest

from remediate.rehearsal.scratch import Server
from tests.random import generator
from tests.random.round_trip import travel

IN_CI = 0
ALL = 300
# Ingredients that are left out of all seeds, each with the reason.
LEFT_OUT: dict[str, str] = {}
SEEDS = [
    pytest.param(seed, marks=() if seed < IN_CI else (pytest.mark.soak,)) for seed in range(ALL)
]


@pytest.mark.parametrize("seed", SEEDS)
def test_round_trip(seed: int, newest: Server, tmp_path: Path) -> None:
    schema = generator.schema(seed).less(LEFT_OUT)
    outcome = travel(schema, newest, tmp_path)
    failures = "\n".join(map(str, outcome.failures))
    assert not failures, f"{failures}\n.venv-dev/bin/python -m tests.random {seed} --shrink"


@pytest.mark.parametrize("seed", range(5))
def test_a_seed_is_the_same_schema_for_ever(seed: int) -> None:
    assert generator.schema(seed) == generator.schema(seed)


def test_every_part_can_be_left_out() -> None:
    for seed in range(50):
        schema = generator.schema(seed)
        for label in schema.labels():
            smaller = schema.less([label])
            assert label.count(".") or label not in [table.label for table in smaller.tables]
        assert schema.less([table.label for table in schema.tables]).tables == ()
