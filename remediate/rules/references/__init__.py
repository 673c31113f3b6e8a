"""Rules about columns that reference another table."""
