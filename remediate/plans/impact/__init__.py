"""Who depends on what, how urgent a finding is, and in which order to repair."""
