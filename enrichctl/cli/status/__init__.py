"""``enrichctl status``: runs, one run, one record explained, and the page of a run."""
