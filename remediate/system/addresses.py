"""Where the documentation is published: the stable addresses of its pages."""

DOCUMENTATION = "https://alembic-remediate.readthedocs.io/en/stable/"


def rule(code: str) -> str:
    """The address of the page of a rule."""
    return f"{DOCUMENTATION}rules/{code}/"


def hazard(name: str) -> str:
    """The address of what a hazard is about."""
    return f"{DOCUMENTATION}hazards/#{name.lower()}"
