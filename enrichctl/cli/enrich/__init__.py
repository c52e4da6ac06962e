"""``enrichctl enrich``: what was asked for, the plan, consent, the run, and how it ends."""
