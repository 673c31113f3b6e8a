"""PK007: partitions whose default is not their root's."""

from remediate.rules.keys.partition_diverges import RULE
from tests.support import helpers

FOUND = """
CREATE TABLE root (id bigserial, k integer, PRIMARY KEY (id, k)) PARTITION BY LIST (k);
CREATE TABLE leaf (id bigserial, k integer NOT NULL, PRIMARY KEY (id, k));
ALTER TABLE root ATTACH PARTITION leaf FOR VALUES IN (1);
"""
LEFT_ALONE = """
CREATE TABLE root (id bigserial, k integer, PRIMARY KEY (id, k)) PARTITION BY LIST (k);
CREATE TABLE leaf PARTITION OF root FOR VALUES IN (1);
CREATE TABLE without (id bigint, k integer NOT NULL, PRIMARY KEY (id, k));  -- filled by the root
ALTER TABLE root ATTACH PARTITION without FOR VALUES IN (2);
"""


def test_what_is_found(said: helpers.Said) -> None:
    assert said(RULE, FOUND) == [
        "public.leaf.id draws from another sequence than its partitioned table: both will generate the same ids",
    ]


def test_what_is_left_alone(said: helpers.Said) -> None:
    assert said(RULE, LEFT_ALONE) == []
