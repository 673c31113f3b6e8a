"""Values of what exists: tables, columns, sequences, references, models, history."""
