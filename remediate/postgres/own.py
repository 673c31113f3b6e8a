"""What is tried to see whether it works, marked so that logs tell it from what users do."""

NAME = "remediate own check"  # as application_name, too, where the user gives none
_COMMENT = f"/* {NAME} */"


def marked(statement: str) -> bytes:
    """The statement with a comment behind it, which the server's log shows with its error."""
    return f"{statement} {_COMMENT}".encode()
