"""An audit as text, Markdown or JSON: one file a section makes entries, which are written twice."""
