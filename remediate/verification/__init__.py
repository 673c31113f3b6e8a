"""After the deploy: is every repaired key generating, and every reference typed and valid."""
