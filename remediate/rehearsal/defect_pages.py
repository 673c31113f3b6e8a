"""What refutes a revision, by the names that `remediate rehearse` prints: why, and what helps."""

_BREAKS = """\
{verb} of a row worked before the revision, for this role, and fails after it:
the application that runs now would meet this error. Keep what fills the columns
and what they refer to. Where a column changes its type or its name, change the
view, trigger, function or grant that uses it in the same revision."""

_BEYOND = """\
The revision makes a column wider, and {verb} of a row with an id that only the
wider column can hold still fails: a function, a cast, a sequence or a column
that a trigger writes has kept the narrow type. First widen what takes the id
there."""

_SEQUENCE = """\
Create the sequence first, then give it to the column (OWNED BY) and advance it
(setval); set the default last, because DEFAULT nextval('...') looks the
sequence up at once."""

DEFECTS = {
    "BROKEN_DOWN_REVISION": """\
The revision names a predecessor (down_revision) that no file has, so Alembic
cannot put the revisions in order and runs none of them. Restore the file, or
name the predecessor that is there. The rule that finds this without a rehearsal
is AL001.""",
    "CASCADE_IN_DOWNGRADE": """\
The downgrade drops something with CASCADE, which also drops whatever depends on
it: views, foreign keys and defaults that the upgrade never made. Drop what the
upgrade made by name; what still depends on it then stops the downgrade, and
nothing is lost.""",
    "CONSTANT_DEFAULT": """\
The key has a default that is one fixed value: the first INSERT without an id
works, and the second one collides (23505). A key needs a sequence or an
identity column.""",
    "DEFAULT_BEFORE_SEQUENCE": f"""\
A statement sets a default that draws from a sequence which a later statement
makes (42P01).
{_SEQUENCE}""",
    "DELETE_BEYOND_LIMIT": _BEYOND.format(verb="DELETE"),
    "DELETE_BREAKS": _BREAKS.format(verb="DELETE"),
    "DOWNGRADE_DIFFERS": """\
After upgrade and downgrade the schema, or the values of a table, is not what it
was. The rehearsal shows the lines of pg_dump that differ. Write the inverse of
each step, in reverse order: also names of constraints, defaults, owners, grants
and comments.""",
    "DOWNGRADE_FAILS": """\
The downgrade raises an error, so there is no way back once the upgrade has run.
Write the inverse of each step of the upgrade, in reverse order. Where there can
be none, raise an error that explains it as the only step: the rehearsal then
grades the way back as none, and refutes nothing.""",
    "DOWNGRADE_LOSES": """\
The downgrade makes a column narrower again, and the plan announces that it refuses where
an id does not fit any more. It did not refuse. Check the ids before the type
changes, and raise an error.""",
    "ERROR_SWALLOWED": """\
The revision catches an error of the database and goes on. Inside a transaction
PostgreSQL refuses every statement after the first error (25P02): nothing of the
revision is kept, whatever it prints. Outside of a transaction the version moves
on without the step. Let the error end the revision; ask in SQL for what may be
absent (IF EXISTS, to_regclass).""",
    "FAILS_TOGETHER": """\
The revision runs by itself, and fails in one transaction or session with those
before it, which is how alembic upgrade runs them: for example a new value of an
enum cannot be used before it is committed, and SET lasts for the session. Set
transaction_per_migration=True in env.py, or put what has to be committed into
an autocommit_block().""",
    "GRAPH_BROKEN": """\
The revisions do not form one history: a circle, two files with one id, or
several first revisions. Alembic runs none of them, or not in the order that is
meant. remediate explain AL001 has the cases and the repair of each.""",
    "HALF_DONE": """\
The revision fails after it has committed some of its steps: the schema is
neither the former nor the new one, and a second run fails at what is there
already. Put what has to run outside of a transaction into a revision of its
own, written so that it can run twice.""",
    "INSERT_BEYOND_LIMIT": _BEYOND.format(verb="INSERT"),
    "INSERT_BREAKS": _BREAKS.format(verb="INSERT"),
    "INSERT_STILL_FAILS": f"""\
The revision is to repair a key, and an INSERT without an id fails after it as
it did before.
{_SEQUENCE}""",
    "LACKS_RIGHT": """\
The role that runs the revision may not do what a statement does (42501). The
rehearsal runs it with the rights of the role that runs migrations. Grant what
is missing, let the owner of the table run the revision, or name the role that
does.""",
    "NEW_FINDING": """\
After the upgrade a rule finds a defect that was not there before: the revision
introduces it. The finding names its rule; remediate explain RULE has the reason
and the repair.""",
    "NOT_ENFORCED": """\
The revision is to declare a foreign key, and a row with an unknown id is still
accepted afterwards. NOT VALID is no reason: it holds for new rows. Check that
the constraint is on this column, refers to this table, and is not NOT ENFORCED.""",
    "NO_SUCH_SEQUENCE": f"""\
A statement uses a sequence that is not there (42P01), and no statement of the
revision makes it. A key without a default often has no sequence either.
{_SEQUENCE}""",
    "NO_SUCH_TABLE": """\
A statement names a table that is not there (42P01): a name of a file or a class
instead of a table's, another schema, a table of another database. Where
create_all makes it and no revision does, rehearse against a database that has
it.""",
    "ROLE_CANNOT_INSERT": """\
A role may INSERT into the table, and may not use the sequence behind its key
(42501). A new sequence belongs to the role that runs the revision: GRANT USAGE
ON SEQUENCE to each role that inserts.""",
    "ROWS_IN_THE_WAY": """\
The revision runs on an empty copy, and rows of the real database do not fit
what it declares: a duplicate under a new unique key, NULL under NOT NULL, a
value that does not convert, an id without a parent. The rehearsal asked the
database itself, in a read-only transaction, and counted the rows. Change or
remove these rows first, in a revision before this one; or declare a foreign key
or CHECK NOT VALID, which holds for new rows, and validate it later.""",
    "SELECT_BREAKS": """\
Reading worked before the revision, for this role, and fails after it, or
returns other values: a view lost a column or a grant, a policy is gone, a type sorts or
compares in another way. Restore what the revision took down to reach the
column.""",
    "SEQUENCE_BEHIND": """\
The sequence exists, but generates ids that rows already have: the next INSERT
collides (23505). Advance it to above the highest id: setval, under a lock that
lasts until the commit, so that no row comes in between.""",
    "SEQUENCE_USED_EARLY": f"""\
A statement uses a sequence (setval, OWNED BY) that a later statement makes.
{_SEQUENCE}""",
    "STATEMENT_FAILS": """\
PostgreSQL refuses a statement of the revision on this schema. The rehearsal
prints the error, the statement and its line. remediate explain 'ERROR: ...'
knows the errors of keys and references.""",
    "TIMES_OUT": """\
A statement, or the whole function, does not end within the time of the
rehearsal. On a copy without rows the usual reason is a lock that the revision
itself holds on another connection, or a loop. More time: --timeout.""",
    "UPDATE_BEYOND_LIMIT": _BEYOND.format(verb="UPDATE"),
    "UPDATE_BREAKS": _BREAKS.format(verb="UPDATE"),
    "UPGRADE_AGAIN_FAILS": """\
Upgrade and downgrade run, and the upgrade after them fails: the downgrade
leaves something behind, such as a type, a sequence, an index or a table of
former values. A deploy that was taken back could not be made a second time. Let
the downgrade remove all that the upgrade makes.""",
    "UPGRADE_FAILS": """\
The upgrade raises an error that no statement caused: Python code of the
revision fails, or raises on purpose. The rehearsal prints the error and its
line.""",
    "VERSION_NOT_WRITTEN": """\
The steps ran, and Alembic cannot write the id of the revision into its version
table: the id is longer than the column (32 characters), or the role may not
write there. Choose a shorter id, or grant INSERT, UPDATE and DELETE on the
version table.""",
}
"""A paragraph for each name of a defect that the rehearsal itself finds."""
