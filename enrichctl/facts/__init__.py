"""Facts that need no network: what a value is, how it is spelled, what follows from it."""
