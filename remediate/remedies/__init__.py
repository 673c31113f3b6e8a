"""A finding becomes steps with their inverses, or the reason why none fit."""
