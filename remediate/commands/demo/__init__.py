"""The incident in one command, and the project it plays on."""
