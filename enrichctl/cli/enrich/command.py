"""``enrichctl enrich``: the way from its options to an exit status."""

from typing import Any

from enrichctl.cli.enrich.options import EnrichOptions
from enrichctl.cli.streams import nothing_done
from enrichctl.cli.usage import takes


@takes(EnrichOptions)
def enrich(**typed: Any) -> int:
    """Fill the gaps in a file of leads.

    Each provider is asked only for what is still missing. Running the same command again resumes:
    nothing is paid for twice.

    \b
      enrichctl enrich leads.csv                         free: no key, no network
      enrichctl enrich leads.csv -p offline,leadlex -n   the plan, and its cost
      enrichctl enrich leads.csv -p leadlex --budget 500
      enrichctl enrich leads.csv -p offline,lemlist -w email,phone --limit 20
      cat leads.jsonl | enrichctl enrich - --json | jq .email
    """
    with nothing_done():
        from enrichctl.cli.enrich.job import run  # noqa: PLC0415 - not for help and completion

    return run(EnrichOptions(**typed))
