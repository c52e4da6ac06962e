"""``enrichctl credits``: what is left, spent and budgeted at every provider."""
