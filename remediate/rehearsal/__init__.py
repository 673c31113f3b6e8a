"""A scratch PostgreSQL, and revisions proved or refuted on it."""
