"""The machine: paths, streams, secrets, whole files."""
