"""Rights, options and roles that pg_dump restores in another order, or that a later server has more of."""

from collections.abc import Callable
from pathlib import Path

import pytest

import remediate
from remediate.config import Config
from remediate.rehearsal.scratch import Server
from tests.conftest import BINARIES
from tests.rehearsal.test_promises import NEARLY_FULL, opened
from tests.support.project import scratch_url

OPTIONS = remediate.GenerateOptions(approve=("SEQ002",), reviewer="Ann")
ROLES = (
    "DO $$ DECLARE r text; BEGIN FOREACH r IN ARRAY ARRAY['elder', 'younger'] LOOP "
    "IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = r) THEN EXECUTE 'CREATE ROLE ' || r; END IF; "
    "END LOOP; END $$; "
)
VIEW = NEARLY_FULL + "CREATE VIEW v AS SELECT id FROM t; "
OWNED = VIEW + "GRANT SELECT ON t TO elder; ALTER VIEW v OWNER TO elder; "
ORDERED = {
    "roles of a policy": NEARLY_FULL + "CREATE POLICY one ON t FOR SELECT TO younger, elder USING (id > 3)",
    "three roles": NEARLY_FULL + "CREATE POLICY one ON t TO younger, current_user, elder USING (id > 3)",
    "options of a view": NEARLY_FULL
    + "CREATE VIEW v WITH (security_barrier, check_option = cascaded) AS SELECT id FROM t WHERE id > 1; "
    "CREATE VIEW w WITH (check_option = local, security_barrier = false) AS SELECT id FROM v",
    "rights in the order in which they came": VIEW
    + "GRANT SELECT ON v TO younger; GRANT UPDATE ON v TO elder; REVOKE ALL ON v FROM current_user; "
    "GRANT SELECT, DELETE ON v TO current_user",
}  # fmt: skip
FEWER = {
    "the owner without one": OWNED + "REVOKE TRUNCATE ON v FROM elder",
    "the owner's after others'": OWNED
    + "GRANT SELECT ON v TO younger; REVOKE ALL ON v FROM elder; GRANT ALL ON v TO elder",
    "by default": "ALTER DEFAULT PRIVILEGES REVOKE UPDATE ON TABLES FROM current_user; "
    "ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO younger; " + VIEW,
    "every right, and one to give on": OWNED
    + "GRANT ALL ON v TO younger; GRANT SELECT ON v TO younger WITH GRANT OPTION; "
    "REVOKE REFERENCES ON v FROM elder",
}  # fmt: skip


ATTACHED = """
CREATE TABLE "T" (id integer NOT NULL, t_id smallint NOT NULL, PRIMARY KEY (id)) PARTITION BY RANGE (id);
CREATE TABLE "Part" (id integer NOT NULL, t_id smallint NOT NULL); ALTER TABLE "T" ATTACH PARTITION "Part" DEFAULT;
CREATE TABLE u (id bigserial PRIMARY KEY); INSERT INTO u SELECT generate_series(1, 9);
INSERT INTO "T" SELECT id, id FROM u; ALTER TABLE "T" ADD FOREIGN KEY (t_id) REFERENCES u;
"""


@pytest.mark.few_in_ci(1)
@pytest.mark.parametrize("version", [list(BINARIES)[-1], next(iter(BINARIES))])
def test_the_name_of_a_partition_s_not_null_is_no_difference(
    version: str,
    start_server: Callable[[str], Server],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    options = remediate.GenerateOptions(approve=("FK001",), reviewer="Ann")
    with opened(start_server(version), tmp_path, monkeypatch, ATTACHED, None) as project:
        (landed,) = remediate.generate(Config(scratch_url=scratch_url()), options)
        assert landed.proof is not None
        project.run("alembic", "upgrade", "head")
        project.run("alembic", "downgrade", "base")


@pytest.mark.few_in_ci(1)
@pytest.mark.parametrize("case", ORDERED)
def test_another_order_is_no_difference(
    case: str, newest: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened(newest, tmp_path, monkeypatch, ROLES + ORDERED[case], None) as project:
        (landed,) = remediate.generate(Config(scratch_url=scratch_url()), OPTIONS)
        assert landed.proof is not None
        project.run("alembic", "upgrade", "head")
        project.run("alembic", "downgrade", "base")


@pytest.mark.few_in_ci(1)
@pytest.mark.parametrize("case", FEWER)
def test_rights_of_a_later_server_are_no_difference(
    case: str,
    start_server: Callable[[str], Server],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with opened(
        start_server(next(iter(BINARIES))), tmp_path, monkeypatch, ROLES + FEWER[case], None
    ):
        (landed,) = remediate.generate(Config(scratch_url=scratch_url()), OPTIONS)
        assert landed.proof is not None
