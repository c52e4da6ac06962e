"""Writes down what this process sends over HTTP, as the bytes leave it.

Python imports a module of this name as it starts: with this folder in ``PYTHONPATH`` and a file in
``RECORD_WIRE_TO`` every process of a test is recorded, and the program knows nothing of it. Python
tells of each connection and of what is sent on it (the table of audit events in its manual).
"""

import contextlib
import json
import os
import sys
import threading


def _record(path: str) -> None:
    waiting: list[bytes] = []  # what could not be written yet, as no file could be opened
    lock = threading.Lock()

    def note(event: str, arguments: tuple) -> None:
        if event == "http.client.send":
            connection, data = arguments
            line = {"sent": bytes(data).decode("latin-1")}
        elif event == "http.client.connect":
            connection, host, port = arguments
            line = {"connected": f"{host}:{port}"}
        else:
            return
        line["on"] = f"{os.getpid()} {id(connection)}"
        with lock:
            waiting.append(json.dumps(line).encode() + b"\n")
            # Open no longer than needed, for a test may close stdout; its disk may be full, too.
            with contextlib.suppress(OSError), open(path, "ab", 0) as file:  # noqa: PTH123 - pathlib would slow every start
                file.write(b"".join(waiting))
                waiting.clear()

    def alone() -> None:  # after a fork: another thread may have held the lock
        nonlocal lock
        lock = threading.Lock()
        waiting.clear()

    os.register_at_fork(after_in_child=alone)
    sys.addaudithook(note)


if "RECORD_WIRE_TO" in os.environ:
    _record(os.environ["RECORD_WIRE_TO"])
