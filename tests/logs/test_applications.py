# ruff: noqa: RUF001
"""What drivers, ORMs and clients print when a key or a reference fails, as people paste it."""

import json
import textwrap

import pytest

from remediate.errors import UsageProblem
from remediate.findings.effects import ErrorKind as Kind
from remediate.logs.errors import ServerError
from remediate.logs.pasted import explained
from remediate.logs.reader import LogReader

NULL = 'null value in column "id" violates not-null constraint'
TWICE = 'duplicate key value violates unique constraint "shelf_pkey"'
UNLIKE = "operator does not exist: integer = character varying"
NULL_ID = ServerError(Kind.NOT_NULL, "", "shelf", "id")
TWICE_ID = ServerError(Kind.DUPLICATE, "", "shelf", "id", "shelf_pkey")
NO_ID = ServerError(Kind.NOT_NULL, column="id")
BOTH = ServerError(
    Kind.NOT_COMPARABLE, name="integer, character varying", others=("loan", "reader")
)

STATEMENTS = {
    "rails": (
        f'PG::NotNullViolation: ERROR:  {NULL}\nDETAIL:  Failing row contains (null, "a b").\n'
        ': INSERT INTO "shelf" ("name", "query") VALUES (\'x\', \'SELECT 1 FROM "other"\')',
        NULL_ID,
    ),
    "rails, around the driver's": (
        f"ActiveRecord::NotNullViolation (PG::NotNullViolation: ERROR:  {NULL}\n"
        'DETAIL:  Failing row contains (null, x).\n: INSERT INTO "shelf" ("name") VALUES ($1) '
        'RETURNING "id"):',
        NULL_ID,
    ),
    "rails in one line": (
        f'ActiveRecord::StatementInvalid: PG::NotNullViolation: ERROR: {NULL} DETAIL: Failing row '
        'contains (null, x). : INSERT INTO "ward"."shelf" ("name") VALUES (\'x\') RETURNING "id"',
        ServerError(Kind.NOT_NULL, "ward", "shelf", "id"),
    ),
    "laravel": (
        f"SQLSTATE[23502]: Not null violation: 7 ERROR:  {NULL}\n"
        "DETAIL:  Failing row contains (null, x). "
        '(SQL: insert into "shelf" ("name") values (x) returning "id")',
        NULL_ID,
    ),
    "laravel 11": (
        f"SQLSTATE[23502]: Not null violation: 7 ERROR: {NULL} DETAIL: Failing row contains (null). "
        '(Connection: pgsql, SQL: insert into "ward"."shelf" ("name") values (x) returning "id") '
        '{"exception":"[object] (Illuminate\\\\Database\\\\QueryException(code: 23502)"}',
        ServerError(Kind.NOT_NULL, "ward", "shelf", "id"),
    ),
    "yii": (
        f"SQLSTATE[23502]: Not null violation: 7 ERROR:  {NULL}\n"
        "DETAIL:  Failing row contains (null, x).\n"
        'The SQL being executed was: INSERT INTO "shelf" ("name") VALUES (\'x\') RETURNING "id"',
        NULL_ID,
    ),
    "yii's log": (
        "2024-05-01 10:00:00 [127.0.0.1][7][-][error][yii\\db\\IntegrityException] PDOException: "
        f"SQLSTATE[23502]: Not null violation: 7 ERROR:  {NULL}\n"
        "DETAIL:  Failing row contains (null, x).\n"
        'The SQL being executed was: INSERT INTO "ward"."shelf" ("name") VALUES (\'x\')',
        ServerError(Kind.NOT_NULL, "ward", "shelf", "id"),
    ),
    "rails with a time": (
        f"2024-05-01 10:00:00 +0200 [7] PG::NotNullViolation: ERROR:  {NULL} : INSERT INTO "
        '"shelf" ("name") VALUES (\'x\')',
        NULL_ID,
    ),
    "yii, two tables": (
        f"SQLSTATE[42883]: Undefined function: 7 ERROR:  {UNLIKE}\n"
        'LINE 1: ..."reader" LEFT JOIN "loan" ON "reader"."id" = "loan"."re...\n'
        '                                                          ^\nThe SQL being executed was: '
        'SELECT "reader".* FROM "reader" LEFT JOIN "loan" ON "reader"."id" = "loan"."reader_id"',
        BOTH,
    ),
    "doctrine": (
        "An exception occurred while executing 'INSERT INTO shelf (name) VALUES (?)' with params "
        f'["x"]:\n\nSQLSTATE[23502]: Not null violation: 7 ERROR:  {NULL}\n'
        "DETAIL:  Failing row contains (null, x).",
        NULL_ID,
    ),
    "a query at the end": (
        f"Saving failed: SQLSTATE[23505]: Unique violation: 7 ERROR: {TWICE} DETAIL: Key (id)=(3) "
        "already exists., query was: INSERT INTO shelf (name) VALUES (?)",
        TWICE_ID,
    ),
    "typeorm": (
        f"query failed: INSERT INTO \"shelf\"(\"name\") VALUES ($1) -- PARAMETERS: [\"x\"]\nerror: error: {NULL}",
        NULL_ID,
    ),
    "typeorm's error": (
        f"QueryFailedError: {NULL}\n    at new QueryFailedError (/app/node_modules/typeorm/a.js:1:9)\n"
        "  query: 'INSERT INTO \"shelf\"(\"name\") VALUES ($1) RETURNING \"id\"',\n  parameters: [ 'x' ],",
        NULL_ID,
    ),
    "node-postgres": (
        f"error: {TWICE}\n    at Parser.parseErrorMessage (/app/pg-protocol/parser.js:287:98) {{\n"
        "  length: 177,\n  severity: 'ERROR',\n  code: '23505',\n  detail: 'Key (id)=(1) already exists.',\n"
        "  hint: undefined,\n  schema: 'ward',\n  table: 'shelf',\n  column: undefined,\n"
        "  constraint: 'shelf_pkey',\n}",
        ServerError(Kind.DUPLICATE, "ward", "shelf", "id", "shelf_pkey"),
    ),
    "node-postgres as JSON": (
        json.dumps({"level": 50, "err": {"error": {
            "message": NULL, "code": "23502", "schema": "ward", "table": "shelf", "column": "id",
        }}}),
        ServerError(Kind.NOT_NULL, "ward", "shelf", "id"),
    ),
    "knex": (
        f'insert into "shelf" ("name") values ($1) returning "id" - {NULL}',
        NULL_ID,
    ),
    "sequelize": (
        f"SequelizeDatabaseError: {NULL}\n    at Query.formatError (/app/query.js:386:16)\n"
        "  sql: 'INSERT INTO \"shelf\" (\"name\") VALUES ($1) RETURNING \"id\",\"name\";',",
        NULL_ID,
    ),
    "django": (
        f"django.db.utils.IntegrityError: {TWICE} DETAIL:  Key (id)=(1) already exists.",
        TWICE_ID,
    ),
    "django, the statement just before": (
        '(0.001) INSERT INTO "shelf" ("name") VALUES (\'x\') RETURNING "shelf"."id"; args=(\'x\',)\n'
        f"django.db.utils.IntegrityError: {NULL}\nDETAIL:  Failing row contains (null, x).",
        NULL_ID,
    ),
    "hibernate": (
        f"Hibernate: insert into ward.shelf (name) values (?)\nERROR: {NULL}\n"
        "  Detail: Failing row contains (null, x).",
        ServerError(Kind.NOT_NULL, "ward", "shelf", "id"),
    ),
    "hibernate's logger": (
        "2024-05-01 10:00:00.1 DEBUG 7 --- [main] org.hibernate.SQL : insert into shelf (name) values (?)\n"
        "2024-05-01 10:00:00.2  WARN 7 --- [main] o.h.e.jdbc.spi.SqlExceptionHelper : SQL Error: 0, SQLState: 23502\n"
        f"2024-05-01 10:00:00.2 ERROR 7 --- [main] o.h.e.jdbc.spi.SqlExceptionHelper : ERROR: {NULL}",
        NULL_ID,
    ),
    "hibernate 6": (
        f"org.hibernate.exception.ConstraintViolationException: could not execute statement [ERROR: {NULL}\n"
        "  Detail: Failing row contains (null, x).] [insert into shelf (name) values (?)]",
        NULL_ID,
    ),
    "spring": (
        "org.springframework.dao.DataIntegrityViolationException: PreparedStatementCallback; SQL "
        f"[INSERT INTO shelf (name) VALUES (?)]; ERROR: {NULL}\n  Detail: Failing row contains (null).",
        NULL_ID,
    ),
    "jdbc batch": (
        "java.sql.BatchUpdateException: Batch entry 0 insert into shelf (name) values ('x') was aborted: "
        f"ERROR: {NULL}\n  Detail: Failing row contains (null, x).  Call getNextException to see other errors",
        NULL_ID,
    ),
    "mybatis": (
        f"### Error updating database.  Cause: org.postgresql.util.PSQLException: ERROR: {NULL}\n"
        "  Detail: Failing row contains (null, x).\n### The error may involve Mapper.create-Inline\n"
        "### SQL: INSERT INTO shelf ( id, name ) VALUES ( ?, ? )\n"
        f"### Cause: org.postgresql.util.PSQLException: ERROR: {NULL}",
        NULL_ID,
    ),
    "gorm": (
        f"2024/05/01 10:00:00 /app/store.go:12 ERROR: {NULL} (SQLSTATE 23502)\n"
        "[0.512ms] [rows:0] INSERT INTO \"shelf\" (\"name\") VALUES ('x') RETURNING \"id\"",
        NULL_ID,
    ),
    "lib/pq": ("could not store: pq: " + TWICE, ServerError(Kind.DUPLICATE, "", "shelf", "", "shelf_pkey")),
    "ecto": (
        f'** (Postgrex.Error) ERROR 23502 (not_null_violation) {NULL}\n\n    table: shelf\n    column: id\n'
        '    query: INSERT INTO "shelf" ("name") VALUES ($1)',
        NULL_ID,
    ),
    "npgsql": (
        f"Npgsql.PostgresException (0x80004005): 23502: {NULL}\n\nDETAIL: Detail redacted as it may "
        "contain sensitive data.\n   at Npgsql.Internal.NpgsqlConnector.ReadMessageLong()\n"
        "  Exception data:\n    Severity: ERROR\n    SqlState: 23502\n    MessageText: x\n"
        "    SchemaName: ward\n    TableName: shelf\n    ColumnName: id",
        ServerError(Kind.NOT_NULL, "ward", "shelf", "id"),
    ),
    "sqlalchemy, a SELECT of many lines": (
        f"sqlalchemy.exc.ProgrammingError: (psycopg2.errors.UndefinedFunction) {UNLIKE}\n"
        "LINE 2: FROM reader JOIN loan ON reader.id = loan.reader_id\n"
        "[SQL: SELECT reader.id \nFROM reader JOIN loan ON reader.id = loan.reader_id \n"
        "WHERE reader.name = %(name)s]\n[parameters: {'name': 'from nowhere'}]",
        BOTH,
    ),
    "the line of an expression": (
        'psycopg2.errors.DatatypeMismatch: column "reader_id" is of type integer but expression is of '
        "type character varying\nLINE 1: INSERT INTO ward.loan (reader_id) VALUES ('7'::varchar)\n    ^",
        ServerError(Kind.WRONG_TYPE, "ward", "loan", "reader_id", "integer, character varying"),
    ),
    "a tenant by its search_path": (
        f'ERROR: {NULL} : SET search_path TO "ward"; INSERT INTO "shelf" ("name") VALUES (\'x\')',
        ServerError(Kind.NOT_NULL, "ward", "shelf", "id"),
    ),
    "escaped": (
        f'2024-05-01T10:00:00Z ERR failed error="ERROR: {NULL}" sql="INSERT INTO \\"shelf\\" '
        '(\\"name\\") VALUES ($1)"'.replace('column "id"', 'column \\"id\\"'),
        NULL_ID,
    ),
    "escaped twice": (
        json.dumps({"msg": json.dumps({"error": f'{TWICE}\nDETAIL:  Key (id)=(1) already exists.'})}),
        TWICE_ID,
    ),
    "pg_restore": (
        "pg_restore: from TOC entry 6426; 2606 80857 CONSTRAINT shelf shelf_pk librarian\n"
        'pg_restore: error: could not execute query: ERROR:  could not create unique index "shelf_pk"\n'
        "DETAIL:  Key (id)=(1) is duplicated.\nCommand was: ALTER TABLE ONLY ward.shelf\n"
        "    ADD CONSTRAINT shelf_pk PRIMARY KEY (id);",
        ServerError(Kind.DUPLICATES_THERE, "ward", "shelf", "id", "shelf_pk"),
    ),
    "pg_restore in French": (
        "pg_restore: [programme d'archivage (db)] could not execute query: ERREUR:  n'a pas pu créer "
        "l'index unique « shelf_code »\nDÉTAIL : La clé (code)=(x) est dupliquée.\n"
        "    La commande était : CREATE UNIQUE INDEX shelf_code ON ward.shelf USING btree (code);",
        ServerError(Kind.DUPLICATES_THERE, "ward", "shelf", "code", "shelf_code"),
    ),
    "psql": (
        'psql:/srv/load/tables.sql:88: ERROR:  foreign key constraint "of_reader" cannot be implemented\n'
        'DETAIL:  Key columns "reader_id" and "id" are of incompatible types: text and numeric.\n',
        ServerError(Kind.NOT_REFERENCEABLE, column="reader_id", name="of_reader"),
    ),
    "jdbc, the query behind the position": (
        f"org.postgresql.util.PSQLException: ERROR: {UNLIKE}\n  Hint: No operator matches.\n"
        "  Position: 33, query: SELECT * FROM reader JOIN loan ON true WHERE id = ?, params: 1",
        BOTH,
    ),
    "an ellipsis": (
        f"SQLSTATE[42883]: Undefined function: 7 ERROR:  {UNLIKE}\n\n"
        'LINE 1: ... FROM "loan" "l" INNER JOIN "reader" "r" ON "r"."id" = "l"."rea...\n',
        BOTH,
    ),
    "old sqlalchemy": (
        "sqlalchemy.exc.IntegrityError: (IntegrityError) column \"code\" contains null values\n"
        " 'ALTER TABLE shelf ALTER COLUMN code SET NOT NULL' {}",
        ServerError(Kind.NULLS_THERE, "", "shelf", "code"),
    ),
    "jdbc in Chinese": (
        f"org.postgresql.util.PSQLException: 错误: {TWICE}\n  详细：Key (id)=(7) 已经存在.",
        TWICE_ID,
    ),
    "pgloader": (
        "2024-05-01T10:00:00.1+01:00 ERROR Database error 2BP01: cannot drop constraint reader_pkey on "
        "table reader because other objects depend on it\nDETAIL: constraint loan_reader_fkey on table "
        "ward.loan depends on index reader_pkey\nHINT: Use DROP ... CASCADE to drop the dependent "
        "objects too.\nQUERY: ALTER TABLE ward.reader DROP CONSTRAINT IF EXISTS reader_pkey;",
        ServerError(
            Kind.DEPENDED_ON, "ward", "loan", name="constraint reader_pkey on table reader"
        ),
    ),
    "flyway": (
        "SQL State  : 2BP01\nError Code : 0\nMessage    : ERROR: cannot drop index shelf_code because "
        "constraint shelf_code on table shelf requires it\n  Hint: You can drop constraint ... instead.\n"
        "Statement  : DROP INDEX IF EXISTS shelf_code",
        ServerError(Kind.DEPENDED_ON, table="shelf", name="index shelf_code"),
    ),
    "hibernate's batch": (
        "could not execute batch [Batch entry 0 /* insert for app.Shelf */insert into ward.shelf (name) "
        f"values (('x')) was aborted: ERROR: {TWICE}\n  Detail: Key (id)=(1) already exists.",
        ServerError(Kind.DUPLICATE, "ward", "shelf", "id", "shelf_pkey"),
    ),
    "postgrest": (
        '{"hint":null,"details":null,"code":"42501","message":"permission denied for relation shelf"}',
        ServerError(Kind.TABLE_DENIED, table="shelf"),
    ),
    "docker": (
        "db_1  | ERROR:  there is no unique or exclusion constraint matching the ON CONFLICT "
        "specification\ndb_1  | STATEMENT:  INSERT INTO shelf (id) VALUES (1) ON CONFLICT (id) DO NOTHING",
        ServerError(Kind.NO_ARBITER, table="shelf"),
    ),
    "a value in a SELECT": (
        "(sqlalchemy.dialects.postgresql.asyncpg.Error) <class 'asyncpg.exceptions.DataError'>: invalid "
        "input for query argument $1: 99 (value out of int32 range)\n[SQL: SELECT reader.id, reader.name \n"
        "FROM reader \nWHERE reader.number = $1::INTEGER]\n[parameters: (99,)]",
        ServerError(Kind.PARAMETER_REFUSED, others=("reader",)),
    ),
    "prisma": (
        "PrismaClientKnownRequestError: \nInvalid `prisma.shelfBoard.create()` invocation:\n\n\n"
        "Null constraint violation on the fields: (`id`)\n    at Cn.handleRequestError (/app/a.js:1:9)\n"
        "  code: 'P2011',\n  meta: { modelName: 'ShelfBoard', constraint: [ 'id' ] }",
        ServerError(Kind.NOT_NULL, column="id", model="shelfBoard"),
    ),
    "prisma as JSON": (
        json.dumps({"type": "PrismaClientKnownRequestError", "message": "\nInvalid "
            "`prisma.shelf.create()` invocation:\n\n\nUnique constraint failed on the fields: (`id`)"}),
        ServerError(Kind.DUPLICATE, column="id", model="shelf"),
    ),
}  # fmt: skip


def met(text: str) -> list[ServerError | None]:
    reader = LogReader()
    entries = [entry for line in text.splitlines() for entry in reader.take(line)]
    return [entry.error for entry in (*entries, *reader.rest())]


@pytest.mark.parametrize("name", STATEMENTS)
def test_the_statement_gives_the_table(name: str) -> None:
    text, expected = STATEMENTS[name]
    assert met(text) == [expected]
    assert explained(text) == expected


TEXTS = {
    "2200H": ServerError(Kind.SEQUENCE_ENDED),
    "428c9": ServerError(Kind.GENERATED_ALWAYS),
    "42830": ServerError(Kind.NOTHING_UNIQUE),
    "2BP01": ServerError(Kind.DEPENDED_ON),
    "42P10": ServerError(Kind.NO_ARBITER),
    "P2003": ServerError(Kind.NO_PARENT),
    "sqlalchemy.orm.exc.FlushError": ServerError(Kind.NULL_IDENTITY),
    "ActiveModel::RangeError": ServerError(Kind.OUT_OF_RANGE),
    "Doctrine\\DBAL\\Exception\\NotNullConstraintViolationException": ServerError(Kind.NOT_NULL),
    "PG::GeneratedAlways": ServerError(Kind.GENERATED_ALWAYS),
    "psycopg2.errors.DependentObjectsStillExist": ServerError(Kind.DEPENDED_ON),
    "asyncpg.exceptions.InvalidForeignKeyError": ServerError(Kind.NOTHING_UNIQUE),
    "ActiveRecord::RecordNotUnique": ServerError(Kind.DUPLICATE),
    'PG::SequenceGeneratorLimitExceeded: ERROR:  nextval: reached maximum value of sequence "s"': (
        ServerError(Kind.SEQUENCE_ENDED, name="s")
    ),
    'panic: pq: nextval: reached maximum value of sequence "s" (2147483647)': (
        ServerError(Kind.SEQUENCE_ENDED, name="s")
    ),
    'ERROR:  foreign key constraint "loan_reader_id_fkey" cannot be implemented\n'
    'DETAIL:  Key columns "reader_id" and "id" are of incompatible types: text and bigint.': (
        ServerError(Kind.NOT_REFERENCEABLE, "", "loan", "reader_id", "loan_reader_id_fkey")
    ),
    'Error: ERROR: foreign key constraint "of_reader" cannot be implemented\nDETAIL: Key columns '
    '"reader_id" of the referencing table and "id" of the referenced table are of incompatible '
    "types: text and uuid.\n[SQL: ALTER TABLE ward.loan ADD CONSTRAINT of_reader FOREIGN KEY ...": (
        ServerError(Kind.NOT_REFERENCEABLE, "ward", "loan", "reader_id", "of_reader")
    ),
    "ERREUR:  la contrainte de clé étrangère « lien » ne peut pas être implémentée\n"
    "DÉTAIL : Les colonnes clés « lecteur » et « id » sont de types incompatibles : text et uuid.": (
        ServerError(Kind.NOT_REFERENCEABLE, column="lecteur", name="lien")
    ),
    "(psycopg2.errors.InvalidForeignKey) there is no unique constraint matching given keys for "
    'referenced table "reader"\n[SQL: ALTER TABLE loan ADD CONSTRAINT a FOREIGN KEY(b) REFERENCES '
    "reader (id)]": ServerError(Kind.NOTHING_UNIQUE, table="reader", others=("loan",)),
    'SQLSTATE[42704]: 7 ERROR:  there is no primary key for referenced table "reader"': (
        ServerError(Kind.NOTHING_UNIQUE, table="reader")
    ),
    'ERROR:  could not create unique index "shelf_pkey"\nDETAIL:  Key (id)=(7) is duplicated.': (
        ServerError(Kind.DUPLICATES_THERE, "", "shelf", "id", "shelf_pkey")
    ),
    'PG::UniqueViolation: ERROR:  could not create unique index "index_shelf_on_code"\n'
    'DETAIL:  Key (code)=(a) is duplicated.\n: CREATE UNIQUE INDEX "index_shelf_on_code" ON "shelf" '
    '("code")': ServerError(Kind.DUPLICATES_THERE, "", "shelf", "code", "index_shelf_on_code"),
    'ERROR:  column "id" of relation "shelf" contains null values': (
        ServerError(Kind.NULLS_THERE, "", "shelf", "id")
    ),
    'psycopg2.errors.NotNullViolation: column "id" contains null values\n\n[SQL: ALTER TABLE shelf '
    "ADD PRIMARY KEY (id)]": ServerError(Kind.NULLS_THERE, "", "shelf", "id"),
    'psycopg.errors.GeneratedAlways: cannot insert a non-DEFAULT value into column "id"\n'
    'DETAIL:  Column "id" is an identity column defined as GENERATED ALWAYS.\n'
    "[SQL: INSERT INTO shelf (id) VALUES (%(id)s)]": (
        ServerError(Kind.GENERATED_ALWAYS, "", "shelf", "id")
    ),
    'ERROR: cannot insert into column "id"\nDETAIL: Column "id" is an identity column ...': (
        ServerError(Kind.GENERATED_ALWAYS, column="id")
    ),
    "ERROR:  2BP01: cannot drop table shelf_old because other objects depend on it\nDETAIL:  default "
    "value for column id of table ward.shelf depends on sequence shelf_old_id_seq\nHINT:  Use": (
        ServerError(Kind.DEPENDED_ON, "ward", "shelf", "id", "table shelf_old")
    ),
    "(psycopg2.errors.DependentObjectsStillExist) cannot drop sequence s because other objects depend "
    "on it DETAIL:  default for table shelf column id depends on sequence s": (
        ServerError(Kind.DEPENDED_ON, "", "shelf", "id", "sequence s")
    ),
    "ERROR:  cannot drop sequence s because column id of table shelf requires it": (
        ServerError(Kind.DEPENDED_ON, "", "shelf", "id", "sequence s")
    ),
    "ERROR:  cannot drop constraint reader_pkey on table reader because other objects depend on it\n"
    "DETAIL:  constraint loan_fkey on table loan depends on index reader_pkey": (
        ServerError(Kind.DEPENDED_ON, table="loan", name="constraint reader_pkey on table reader")
    ),
    "FEHLER:  kann Tabelle alt nicht löschen, weil andere Objekte davon abhängen\n"
    "DETAIL:  Vorgabewert für Spalte nr von Tabelle regal hängt von Sequenz alt_nr_seq ab": (
        ServerError(Kind.DEPENDED_ON, "", "regal", "nr", "Tabelle alt")
    ),
    "ERROR:  sequence must have same owner as table it is linked to\n"
    "STATEMENT:  ALTER SEQUENCE ward.s OWNED BY ward.shelf.id": (
        ServerError(Kind.OTHER_OWNER, "ward", "shelf", "id")
    ),
    "ERROR: there is no unique or exclusion constraint matching the ON CONFLICT specification "
    '(SQLSTATE 42P10)\n[1.2ms] [rows:0] INSERT INTO "shelf" ("id") VALUES (1) ON CONFLICT ("id") DO': (
        ServerError(Kind.NO_ARBITER, table="shelf")
    ),
    "<class 'asyncpg.exceptions.DataError'>: invalid input for query argument $1: 61000000001 "
    "(value out of int32 range)\n[SQL: INSERT INTO shelf (reader_id) VALUES ($1::INTEGER)]": (
        ServerError(Kind.PARAMETER_REFUSED, table="shelf")
    ),
    "asyncpg.exceptions.DataError: invalid input for query argument $2: 7 (expected str, got int)": (
        ServerError(Kind.PARAMETER_REFUSED)
    ),
    "ActiveModel::RangeError (2147483648 is out of range for ActiveModel::Type::Integer with limit 4 "
    "bytes)": ServerError(Kind.PARAMETER_REFUSED),
    "failed to encode args[0]: unable to encode 3000000000 into binary format for int4 (OID 23): "
    "3000000000 is greater than maximum value for int4": ServerError(Kind.PARAMETER_REFUSED),
    "Unable to fit integer value '3000000000' into an INT4 (32-bit signed integer).": (
        ServerError(Kind.PARAMETER_REFUSED)
    ),
    "sqlalchemy.orm.exc.FlushError: Instance <Shelf at 0x7f1> has a NULL identity key.  If this is": (
        ServerError(Kind.NULL_IDENTITY, model="Shelf")
    ),
    "org.hibernate.id.IdentifierGenerationException: ids for this class must be manually assigned "
    "before calling save(): net.library.model.Shelf": ServerError(Kind.NULL_IDENTITY, model="Shelf"),
    "JpaSystemException: ids for this class must be manually assigned before calling save(): "
    "net.library.Room$Shelf; nested exception is": ServerError(Kind.NULL_IDENTITY, model="Shelf"),
    "Identifier of entity 'net.library.Shelf' must be manually assigned before calling 'persist()'": (
        ServerError(Kind.NULL_IDENTITY, model="Shelf")
    ),
    "IdentifierGenerationException: null id generated for:class net.library.Shelf": (
        ServerError(Kind.NULL_IDENTITY, model="Shelf")
    ),
    'PSQLException: ERROR: relation "hibernate_sequence" does not exist': (
        ServerError(Kind.RELATION_MISSING, name="hibernate_sequence")
    ),
    'ERROR:  relation "NUMBERS" does not exist\nLINE 1: select nextval (\'"NUMBERS"\')': (
        ServerError(Kind.RELATION_MISSING, name="NUMBERS")
    ),
    "SAWarning: Column 'shelf.id' is marked as a member of the primary key for table 'shelf', but has "
    "no Python-side or server-side default generator": (
        ServerError(Kind.NULL_IDENTITY, table="shelf", column="id")
    ),
    "psycopg2.errors.DatatypeMismatch: JOIN/USING types integer and character varying cannot be matched": (
        ServerError(Kind.NOT_COMPARABLE, name="integer, character varying")
    ),
    "psycopg.errors.NumericValueOutOfRange: integer out of range": ServerError(Kind.OUT_OF_RANGE),
    'pq: value "3000000000" is out of range for type integer': ServerError(Kind.OUT_OF_RANGE),
    "Foreign key constraint failed on the field: `loan_reader_id_fkey (index)`": (
        ServerError(Kind.NO_PARENT, name="loan_reader_id_fkey")
    ),
    "Unique constraint failed on the fields: (`branch_id`,`id`)": (
        ServerError(Kind.DUPLICATE, column="branch_id, id")
    ),
    "notNull Violation: Shelf.id cannot be null": (
        ServerError(Kind.NOT_NULL, column="id", model="Shelf")
    ),
    'Npgsql.PostgresException: "23502: NULL-Wert in Spalte »nr« von Relation »regal« verletzt '
    "Not-Null-Constraint": ServerError(Kind.NOT_NULL, "", "regal", "nr"),
    'psycopg2.errors.NotNullViolation: 错误:  在字段 "nr" 中空值违反了非空约束\n描述:  失败, 行包含(null).': (
        ServerError(Kind.NOT_NULL, column="nr")
    ),
    "psycopg2.errors.NotNullViolation: el valor null para la columna «nr» viola la restricción not "
    "null\nDETAIL: La fila que falla contiene (null).": ServerError(Kind.NOT_NULL, column="nr"),
    "django.db.utils.IntegrityError: ERREUR:  une valeur NULL viole la contrainte NOT NULL de la "
    "colonne « nr »": ServerError(Kind.NOT_NULL, column="nr"),
    "org.postgresql.util.PSQLException: 오류: \"nr\" 칼럼(해당 릴레이션 \"shelf\")의 null 값이 not null "
    "제약조건을 위반했습니다.": ServerError(Kind.NOT_NULL, "", "shelf", "nr"),
    'SQLSTATE[23502]: Not null violation: o valor nulo na coluna "nr" da relação "shelf" viola a '
    "restrição de não-nulo": ServerError(Kind.NOT_NULL, "", "shelf", "nr"),
    "SQLSTATE[23502]: el valor nulo en la columna «nr» viola la restricción de no nulo": (
        ServerError(Kind.NOT_NULL, column="nr")
    ),
    'psycopg2.errors.NotNullViolation: 列"nr"内のNULL値はNOT NULL制約違反です': ServerError(Kind.NOT_NULL, column="nr"),
    "SQLSTATE[55000]: Object not in prerequisite state: 7 ERREUR:  la dernière valeur (lastval) n'est pas encore "
    "définie dans cette session": ServerError(Kind.NOT_DRAWN),
    'pq: currval of sequence "shelf_id_seq" is not yet defined in this session': (
        ServerError(Kind.NOT_DRAWN, table="shelf", name="shelf_id_seq")
    ),
    'currval of sequence "numbers" is not yet defined in this session': ServerError(Kind.NOT_DRAWN, name="numbers"),
    "** (Ecto.ConstraintError) constraint error when attempting to insert struct:\n\n"
    '    * "shelf_pkey" (unique_constraint)': ServerError(Kind.DUPLICATE, table="shelf", name="shelf_pkey"),
    "constraint error when attempting to update struct: * loan_shelf_id_fkey (foreign_key_constraint)": (
        ServerError(Kind.NO_PARENT, name="loan_shelf_id_fkey")
    ),
    "could not execute statement; SQL [n/a]; constraint [shelf_pkey]; nested exception is "
    "org.hibernate.exception.ConstraintViolationException": (
        ServerError(Kind.DUPLICATE, table="shelf", name="shelf_pkey")
    ),
    "could not execute statement; SQL [n/a]; constraint [fkq8s1x0]": ServerError(Kind.NO_PARENT, name="fkq8s1x0"),
    'could not execute statement; SQL [n/a]; constraint [nr" of relation "shelf]': (
        ServerError(Kind.NOT_NULL, "", "shelf", "nr")
    ),
    "asyncpg.exceptions.InvalidParameterValueError: identity column type must be smallint, integer, or bigint": (
        ServerError(Kind.IDENTITY_REFUSED)
    ),
    'ERROR:  column "nr" of relation "shelf" must be declared NOT NULL before identity can be added': (
        ServerError(Kind.IDENTITY_REFUSED, "", "shelf", "nr")
    ),
    "psycopg.errors.InsufficientPrivilege: must be owner of sequence shelf_nr_seq": (
        ServerError(Kind.NOT_OWNER, name="shelf_nr_seq")
    ),
    'setval: value 9000000000 is out of bounds for sequence "shelf_nr_seq" (1..2147483647)': (
        ServerError(Kind.OUT_OF_RANGE, name="shelf_nr_seq")
    ),
}  # fmt: skip


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_leads_to_its_error(text: str) -> None:
    assert explained(text) == TEXTS[text]
    if "\n" in text or " " in text:
        assert met(text) == [TEXTS[text]]


@pytest.mark.parametrize(
    "text",
    [
        "ERROR:  cannot drop table t because other objects depend on it\n"
        "DETAIL:  view v depends on table t",
        'ERROR:  cannot insert into column "a" of view "v"',
        "invalid input for query argument $1: 'x' (expected a datetime.date or datetime.datetime)",
        "ERROR:  UNION types integer and bigint cannot be matched",
        'ERROR:  duplicate key value violates unique constraint "pg_class_relname_nsp_index"\n'
        "DETAIL:  Key (relname, relnamespace)=(shelf_id_seq, 2200) already exists.\n"
        "STATEMENT:  CREATE TABLE IF NOT EXISTS shelf (id serial PRIMARY KEY)",
        "psycopg2.errors.UniqueViolation: duplicate key value violates unique constraint "
        '"pg_namespace_nspname_index"\n[SQL: CREATE SCHEMA ward]',
        "FEHLER:  doppelter Schlüsselwert verletzt Unique-Constraint »pg_extension_name_index«",
        'ERROR:  could not create unique index "pg_toast_2619_index"',
    ],
)
def test_another_error_is_another(text: str) -> None:
    assert not any(met(text))


@pytest.mark.parametrize("text", ["constraint [null]", "constraint [shelf_price_check]"])
def test_a_constraint_whose_name_tells_no_kind_is_another(text: str) -> None:
    assert not any(met(f"could not execute statement; SQL [n/a]; {text}; nested exception"))


def test_the_whole_text_of_sequelize_is_its_class() -> None:
    assert explained("SequelizeUniqueConstraintError: Validation error") == ServerError(
        Kind.DUPLICATE
    )
    with pytest.raises(UsageProblem, match="not an error that remediate knows"):
        explained("RangeError: Invalid array length")


def test_two_sessions_that_create_the_same_are_told_so() -> None:
    text = 'duplicate key value violates unique constraint "pg_class_relname_nsp_index"'
    with pytest.raises(UsageProblem, match="two sessions created the same object at once"):
        explained(text)


def test_another_error_that_begins_with_a_time_is_in_a_known_language() -> None:
    reader = LogReader()
    line = "2024-05-01 10:00:00 [7] SQLSTATE[40P01]: Deadlock detected: 7 ERROR:  deadlock detected"
    assert [*reader.take(line), *reader.rest()] == []
    assert reader.untold == 0


def test_the_same_error_of_two_tables_is_met_twice() -> None:
    line = f"PG::NotNullViolation: ERROR: {NULL}: INSERT INTO %s (a) VALUES (1)\n"
    assert met(line % "shelf" + line % "loan" + line % "loan") == [
        NULL_ID, *[ServerError(Kind.NOT_NULL, "", "loan", "id")] * 2
    ]  # fmt: skip
    two = f"PG::NotNullViolation: ERROR:  {NULL}\nDETAIL:  Failing row (null).\n: INSERT INTO %s (a)\n"
    assert met(two % "shelf" + two % "loan") == [
        NULL_ID, ServerError(Kind.NOT_NULL, "", "loan", "id")
    ]  # fmt: skip


def test_what_a_user_wrote_is_no_statement() -> None:
    detail = "DETAIL:  Failing row contains (null, INSERT INTO other (a) VALUES (1))."
    assert met(f"PG::NotNullViolation: ERROR:  {NULL}\n{detail}\n") == [NO_ID]
    assert met(f"PG::NotNullViolation: ERROR:  {NULL} {detail}\n") == [NO_ID]


def test_the_statement_of_another_line_is_not_taken() -> None:
    """The constraint's own name goes before what was logged just before."""
    before = "(0.001) INSERT INTO other (a) VALUES (1)"
    assert met(f"{before}\nerror: {TWICE}") == [
        ServerError(Kind.DUPLICATE, "", "shelf", "", "shelf_pkey")
    ]
    assert met(f"{before}\nGET / 200\nerror: {NULL}") == [NO_ID]


def test_lines_of_the_server_stay_the_servers() -> None:
    """No host of IPv6, name of an application or error in a statement makes them others'."""
    log = textwrap.dedent(f"""\
        2024-05-01 10:00:00 UTC [7] app@shop ::1(5432) ErrorTracker ERROR:  {NULL}
        2024-05-01 10:00:00 UTC [7] app@shop ::1(5432) ErrorTracker DETAIL:  Failing row contains (null).
        2024-05-01 10:00:00 UTC [7] app@shop ::1(5432) ErrorTracker STATEMENT:  INSERT INTO shelf VALUES ('{TWICE}')
        """)
    reader = LogReader()
    entries = [entry for line in log.splitlines() for entry in reader.take(line)]
    found = [*entries, *reader.rest()]
    assert [(entry.error, entry.server) for entry in found] == [(NULL_ID, True)]
