"""The statements that remedies are built of, and the script that runs remedies as one transaction.

A script takes all its locks once, at the start, then compares what it will change with what the
plan saw, then runs the steps. The downgrade is the inverses of the steps, in reverse order.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from remediate.plan import Expectation, Hazard, Lock, Remedy, Step
from remediate.schema import PUBLIC, Name
from remediate.sql import ident, literal, quote, regclass

ATTEMPTS = 60

# LOCK TABLE runs in a sub-transaction, so that a failed attempt gives up all it got, and the 300 ms
# count for all locks together: nobody queues behind this transaction for longer. They stay below
# deadlock_timeout (1 s), so that in a deadlock this transaction gives way and not the application.
# VACUUM and its like hold SHARE UPDATE EXCLUSIVE. Autovacuum gives way only to somebody who has
# waited for deadlock_timeout, so every fifth attempt waits that long, if that is who is in the way.
_LOCK = """\
DO $remediate$
DECLARE
  wanted constant text[] := ARRAY[
    {wanted}
  ];
  relations constant regclass[] := (
    SELECT array_agg(to_regclass(name)) FROM unnest(ARRAY[{relations}]) AS name);
  this_database constant oid := (
    SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database());
  configured constant text := current_setting('lock_timeout');
  patience interval;
  deadline timestamptz;
  statement text;
  attempt integer := 0;
BEGIN
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION USING ERRCODE = 'invalid_transaction_state',
      MESSAGE = 'remediate: this revision needs READ COMMITTED; a snapshot would miss ids',
      HINT = 'Run it on a connection without isolation_level in env.py.';
  END IF;
  LOOP
    attempt := attempt + 1;
    patience := interval '300 milliseconds';
    IF mod(attempt, 5) = 0 AND EXISTS (
      SELECT FROM pg_catalog.pg_locks
      WHERE granted AND mode = 'ShareUpdateExclusiveLock' AND relation = ANY (relations)
        AND database = this_database
    ) THEN
      patience := current_setting('deadlock_timeout')::interval + patience;
    END IF;
    deadline := clock_timestamp() + patience;
    BEGIN
      FOREACH statement IN ARRAY wanted LOOP
        PERFORM set_config('lock_timeout', greatest(1, ceil(
          1000 * extract(epoch FROM deadline - clock_timestamp())))::text, true);
        EXECUTE statement;
      END LOOP;
      EXIT;
    EXCEPTION WHEN undefined_table THEN
      RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state',
        MESSAGE = 'remediate: ' || SQLERRM || '; nothing was changed',
        HINT = 'Somebody changed the database since the plan was made. Run: remediate plan';
    WHEN lock_not_available OR deadlock_detected THEN
      IF attempt >= {attempts} THEN
        RAISE EXCEPTION USING ERRCODE = 'lock_not_available',
          MESSAGE = 'remediate: no lock after ' || attempt || ' attempts; nothing was changed',
          DETAIL = 'In the way: ' || coalesce((
            SELECT string_agg(DISTINCT 'pid ' || pid || ' on ' || relation::regclass, ', ')
            FROM pg_catalog.pg_locks
            WHERE granted AND relation = ANY (relations) AND database = this_database
              AND pid <> pg_backend_pid()), 'nobody now'),
          HINT = 'End long transactions on these tables (pg_stat_activity), then upgrade again.';
      END IF;
      PERFORM pg_sleep(least(0.05 * attempt, 1.0));
    END;
  END LOOP;
  PERFORM set_config('lock_timeout', configured, true);
END
$remediate$"""

# Under a search_path of pg_catalog alone, names print the same whatever the session has set.
_GUARD = """\
DO $remediate$
DECLARE
  configured constant text := current_setting('search_path');
  drift text;
BEGIN
  PERFORM set_config('search_path', 'pg_catalog', true);
  SELECT string_agg(difference, '; ' ORDER BY difference) INTO drift
  FROM (
    SELECT plan.place || ' is ' || coalesce(live.state, 'missing')
      || ', expected ' || plan.state AS difference
    FROM (VALUES
      {rows}
    ) AS plan (relation, attribute, place, state)
    LEFT JOIN LATERAL (
      SELECT concat_ws(', ',
        format_type(a.atttypid, a.atttypmod),
        'owner ' || pg_get_userbyid(c.relowner),
        CASE WHEN a.attidentity <> '' THEN 'identity' END,
        coalesce((
          SELECT 'default from ' || n.nspname || '.' || s.relname
          FROM pg_depend d
          JOIN pg_class s ON s.oid = d.refobjid AND s.relkind = 'S'
          JOIN pg_namespace n ON n.oid = s.relnamespace
          WHERE d.classid = 'pg_attrdef'::regclass AND d.objid = ad.oid
            AND d.refclassid = 'pg_class'::regclass LIMIT 1),
          'default ' || pg_get_expr(ad.adbin, 0), 'no default')) AS state
      FROM pg_attribute a
      JOIN pg_class c ON c.oid = a.attrelid
      LEFT JOIN pg_attrdef ad ON ad.adrelid = a.attrelid AND ad.adnum = a.attnum
      WHERE a.attrelid = to_regclass(plan.relation) AND a.attname = plan.attribute
        AND NOT a.attisdropped
    ) AS live ON true
    WHERE live.state IS DISTINCT FROM plan.state
  ) AS differences;
  IF drift IS NOT NULL THEN
    RAISE EXCEPTION USING ERRCODE = 'object_not_in_prerequisite_state',
      MESSAGE = 'remediate: the database is not what this revision was made for; '
        || 'nothing was changed',
      DETAIL = drift,
      HINT = 'Somebody changed it since the plan was made. Run: remediate plan';
  END IF;
  PERFORM set_config('search_path', configured, true);
END
$remediate$"""


@dataclass(frozen=True, slots=True)
class Block:
    """Statements that belong together, and what they are for."""

    title: str
    statements: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Script:
    """Blocks to run in this order, as one transaction."""

    up: tuple[Block, ...]
    down: tuple[Block, ...]


def script(remedies: Sequence[Remedy]) -> Script:
    """The remedies as one upgrade and its exact downgrade."""
    expectations = [e for remedy in remedies for e in remedy.expectations]
    lock = Block("Every lock, at once and before anything else.", (_lock(remedies),))
    guards = [
        Block("What the plan saw must still be so.", (_guard(states),))
        for states in ([(e, e.before) for e in expectations], [(e, e.after) for e in expectations])
    ]
    return Script(
        up=(lock, guards[0], *(Block(_place(r), tuple(s.up for s in r.steps)) for r in remedies)),
        down=(
            lock,
            guards[1],
            *(
                Block(_place(r), tuple(s.down for s in reversed(r.steps) if s.down))
                for r in reversed(remedies)
            ),
        ),
    )


def _place(remedy: Remedy) -> str:
    first = remedy.expectations[0]
    return f"{first.table}.{quote(first.column)}"


def _lock(remedies: Sequence[Remedy]) -> str:
    wanted = sorted({statement for remedy in remedies for statement in remedy.acquire})
    tables = {e.table for remedy in remedies for e in remedy.expectations}
    return _LOCK.format(
        wanted=",\n    ".join(literal(statement) for statement in wanted),
        relations=", ".join(literal(str(table)) for table in sorted(tables)),
        attempts=ATTEMPTS,
    )


def _guard(states: Iterable[tuple[Expectation, str]]) -> str:
    rows = (
        ", ".join(map(literal, (str(e.table), e.column, f"{e.table}.{quote(e.column)}", state)))
        for e, state in states
    )
    return _GUARD.format(rows=",\n      ".join(f"({row})" for row in rows))


def lock_table(table: Name) -> str:
    """Takes the strongest lock on one relation; its partitions and children are locked by name."""
    return f"LOCK TABLE ONLY {table.sql} IN ACCESS EXCLUSIVE MODE"


def lock_sequence(sequence: Name, owner: str) -> str:
    """LOCK TABLE refuses sequences (42809); giving one to its owner again only locks it."""
    return f"ALTER SEQUENCE {sequence.sql} OWNER TO {ident(owner)}"


def create_sequence(sequence: Name, type_: str) -> Step:
    # Without IF NOT EXISTS, which would take over a live sequence of the same name.
    return Step(
        up=f"CREATE SEQUENCE {sequence.sql} AS {type_}",
        down=f"DROP SEQUENCE {sequence.sql}",
        lock=Lock.NONE,
        relation=sequence,
    )


def own_sequence(sequence: Name, owner: str) -> Step:
    # Before OWNED BY: PostgreSQL wants the owner of the sequence to be that of the table (55000).
    up = f"ALTER SEQUENCE {sequence.sql} OWNER TO {ident(owner)}"
    return Step(up=up, down="", lock=Lock.ACCESS_EXCLUSIVE, relation=sequence)


def attach_sequence(sequence: Name, table: Name, column: str, *, detach: bool) -> Step:
    """`detach`: the sequence stays after a downgrade, so it is let go of."""
    return Step(
        up=f"ALTER SEQUENCE {sequence.sql} OWNED BY {table.sql}.{ident(column)}",
        down=f"ALTER SEQUENCE {sequence.sql} OWNED BY NONE" if detach else "",
        lock=Lock.ACCESS_SHARE,
        relation=table,
    )


def grant_usage(sequence: Name, roles: Sequence[str], *, revoke: bool) -> Step:
    grantees = ", ".join("PUBLIC" if role == PUBLIC else ident(role) for role in roles)
    return Step(
        up=f"GRANT USAGE ON SEQUENCE {sequence.sql} TO {grantees}",
        down=f"REVOKE USAGE ON SEQUENCE {sequence.sql} FROM {grantees}" if revoke else "",
        lock=Lock.NONE,
        relation=sequence,
    )


def set_default(table: Name, column: str, sequence: Name) -> Step:
    # ONLY: SET DEFAULT recurses and would overwrite the defaults of partitions and children.
    alter = f"ALTER TABLE ONLY {table.sql} ALTER COLUMN {ident(column)}"
    return Step(
        up=f"{alter} SET DEFAULT nextval({regclass(*sequence)})",
        down=f"{alter} DROP DEFAULT",
        lock=Lock.ACCESS_EXCLUSIVE,
        relation=table,
        hazards=(Hazard.EXPLICIT_IDS,),
    )


def advance(sequence: Name, table: Name, column: str, *, beyond: int, existing: bool) -> Step:
    """Make the next value higher than every id, by `beyond`, and never lower than it is.

    `setval` is not undone by a rollback; on a sequence that was there before it only moves forward.
    """
    at_least = f"nextval({regclass(*sequence)})" if existing else "1"
    highest = f"coalesce(max({ident(column)}), 0)::bigint + {1 + beyond}"
    return Step(
        up=f"SELECT setval({regclass(*sequence)}, greatest({highest}, {at_least}), false) "
        f"FROM {table.sql}",
        down="",
        lock=Lock.ACCESS_SHARE,
        relation=table,
    )
