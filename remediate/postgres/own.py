"""Each statement of remediate itself is marked, so that logs tell it from those of users."""

NAME = "remediate own check"  # as application_name, too, where the user gives none


def marked(statement: str) -> str:
    """The statement behind a comment, which the server's log shows with its error.

    At its head, as logs may cut off its end.
    """
    return f"/* {NAME} */ {statement}"
