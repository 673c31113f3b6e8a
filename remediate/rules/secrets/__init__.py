"""Rules about secrets in the repository of a project."""
