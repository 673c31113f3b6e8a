"""HTML pages that open offline: no request leaves them, and no name becomes markup."""
