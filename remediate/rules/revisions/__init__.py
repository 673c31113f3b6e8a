"""Rules about the project's revisions and files."""
