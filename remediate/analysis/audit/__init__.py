"""Everything side by side: what code, revisions and database hold, one file a section."""
