"""Findings with remedies and decisions: the plan, its file, its review, its baseline."""
