"""What a test of a team's journal asks, and what is booked of it."""

from decimal import Decimal

from enrichctl.journal import Intent, history

RUN, OTHER = "20260301-120000-aaaa", "20260301-120000-bbbb"


def begin(journal, run=RUN):
    entry = history.RunEntry(run, journal.now(), "/in.csv", "/out.csv", ())
    history.begin(journal, entry)
    return entry


def intent(person="p", run=RUN, **how):
    return Intent(
        "lemlist", "acc", person.encode(), "", ("email",), ("phone",), run,
        worst=Decimal(20), payload={"key": "k"}, **how,
    )  # fmt: skip


def cut(server):
    """End all connections, as an administrator does; wait until they have ended."""
    server.execute(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
        " WHERE application_name LIKE 'enrichctl %'"
    )


def spent(journal, run=RUN):
    return journal.spent("lemlist", f"run:{run}")


def outcomes(journal):
    return [row for (row,) in journal.read("SELECT outcome FROM attempts ORDER BY id")]
