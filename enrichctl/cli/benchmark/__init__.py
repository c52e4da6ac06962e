"""``enrichctl benchmark``: providers against a file whose values are known."""
