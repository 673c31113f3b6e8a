"""Rules about the sequences behind keys."""
