"""The command line: options to a function of commands/, its value to a renderer, an exit code."""
