"""Machines that share a journal on a PostgreSQL server: what they run, and what is booked there."""

DATABASE = "team"
PRICE = 2  # credits of a profile at lemlist


def start(machine):
    return machine.start("enrich", "in.csv", "-p", "lemlist", "-w", "job_title", "-y", "-q")


def ends(runs):
    return [(run.communicate(timeout=90)[1], run.returncode) for run in runs]


def attempts(server):
    return server.execute("SELECT outcome, credits FROM enrichctl.attempts", DATABASE)
