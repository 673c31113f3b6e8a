"""The machine: paths, streams, secrets, files; and words."""
