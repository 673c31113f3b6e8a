"""Where the program and the documentation of its rules are published."""

PACKAGE = "https://pypi.org/project/alembic-remediate/"
DOCUMENTATION = ""  # the address that the name of a rule's page follows; "": it is not published


def rule(code: str) -> str:
    """The address of the rule's page; that of the package, where it has none."""
    return f"{DOCUMENTATION}rules/{code}/" if DOCUMENTATION else PACKAGE
