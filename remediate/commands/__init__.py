"""One file a command, together the library API: reading, judging, writing, proving meet here."""
