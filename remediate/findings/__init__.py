"""The values Rule, Finding, Remedy, Step and Hazard, and which findings a command is about."""
