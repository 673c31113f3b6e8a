"""Rules about integer and uuid keys."""
