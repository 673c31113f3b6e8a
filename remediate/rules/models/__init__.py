"""Rules about what the models declare."""
