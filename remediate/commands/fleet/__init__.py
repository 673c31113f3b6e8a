"""Many databases side by side: which they are, in which order, and what each of them needs."""
