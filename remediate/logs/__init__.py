"""Logs of PostgreSQL and of applications: which errors they hold, and whom these hit."""
