"""Random broken schemas go the whole way: what is proven breaks nothing, and `all` means all.

`scripts/random_schemas.py` shows the schema of a seed, shrinks it, and counts kinds of failures.
"""

from collections.abc import Callable
from pathlib import Path

import pytest

from remediate.rehearsal.scratch import Server
from tests.conftest import BINARIES
from tests.random import generator
from tests.random.round_trip import travel
from tests.random.schema import Made, Schema, Shape

IN_CI = 10
ALL = 300
SEEDS = [
    pytest.param(seed, marks=() if seed < IN_CI else (pytest.mark.soak,)) for seed in range(ALL)
]


@pytest.mark.few_in_ci(2)
@pytest.mark.parametrize("seed", SEEDS)
def test_round_trip(seed: int, start_server: Callable[[str], Server], tmp_path: Path) -> None:
    """On the newest version; as a soak on each in turn."""
    versions = [*BINARIES]
    version = versions[-1] if seed < IN_CI else versions[seed % len(versions)]
    schema = generator.schema(seed)
    schema = schema.less(unknown_to(int(version.removeprefix("pg")), schema))
    outcome = travel(schema, start_server(version), tmp_path)
    failures = "\n".join(map(str, outcome.failures))
    assert not failures, (
        f"{failures}\n.venv-dev/bin/python scripts/random_schemas.py {seed} --shrink"
    )


def unknown_to(version: int, schema: Schema) -> list[str]:
    """The parts that this version does not know: unlogged sequences, partitions with an identity."""
    unlogged = ["unlogged sequence"] if version < 15 else []
    return unlogged + [
        f"{table.label}.shape"
        for table in schema.tables
        if version < 17
        and table.shape is Shape.PARTITIONED
        and table.key.made in (Made.ALWAYS, Made.BY_DEFAULT)
    ]


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
