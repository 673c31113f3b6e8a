"""Names that mean something to a layer above PostgreSQL, and plain ones; the roles of all schemas."""

from random import Random

PLAIN = (
    "accounts", "orders", "invoices", "books", "customers", "shipments", "tickets", "payments",
    "users", "products",
)  # fmt: skip
HOSTILE = (
    "values", "interval", "user", "order", "time", "coalesce", "between", "setof", "row", "select",
    "Upper Case", "UPPER", "with space", "a.b", "it's", 'dou"ble', "100%", "%(x)s", "%s", "x:y",
    ":word", "back\\slash", "$1", "$remediate$", "{brace}", "{{ jinja }}", "<b>", "Übung", "数据",
    "naïve_😀", "two\nlines", "tab\there", "--", "/* x */", "'", "0", "null", "none", "public",
    "x" * 63, "é" * 31, f"{'long ' * 12}end",
)  # fmt: skip
COLUMNS = (
    "values", "interval", "Id", "user", "a.b", "it's", 'dou"ble', "100%", "%(x)s", "x:y", "$1",
    "Übung", "two\nlines", "y" * 63, "é" * 31, "null", "time", "position", "back\\slash",
)  # fmt: skip
SCHEMAS = ("app", "tenant_1", "S p.a%c:e", 'Üb"er', "values", "s" * 63)
OWNERS = ("random_owner", "random_other", "Random Öw'ner%")
WRITERS = ("random_app", 'random "api" %(x)s:y', "random_member")
GROUP = "random_group"  # random_member is one of it
NOBODY = "random_nobody"
BYTES = 63  # of a name


def quoted(name: str) -> str:
    """The name as an identifier, always in quotes."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """The text as a string literal, with standard_conforming_strings."""
    return "'" + text.replace("'", "''") + "'"


def create_roles() -> str:
    """The statements that make the roles of all schemas, where they are not there yet."""
    roles = (*OWNERS, *WRITERS, GROUP, NOBODY)
    made = "".join(
        f"IF to_regrole({literal(quoted(role))}) IS NULL THEN CREATE ROLE {quoted(role)}; END IF;\n"
        for role in roles
    )
    return f"DO $do$ BEGIN\n{made}END $do$;\nGRANT {GROUP} TO {WRITERS[-1]};"


def some_name(random: Random, hostile: float, plain: tuple[str, ...], odd: tuple[str, ...]) -> str:
    """A plain name, or a hostile one in so many of all cases."""
    return random.choice(odd if random.random() < hostile else plain)
