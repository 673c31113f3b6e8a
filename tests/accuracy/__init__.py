"""How well the rules find what PostgreSQL itself shows to be broken, beside other tools."""
