"""A process that is stopped for longer than its timeout uses what arrived meanwhile."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import ExitStack

ASKS = 8
TIMEOUT = 1.2  # seconds
STOPPED = 2.5
BODY = b'{"phone": "1"}'
REPLY = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(BODY), BODY)
ASK = f"""
import sys, threading
from enrichctl.transport.wire import Lost, Wire
def ask(wire, timeout={TIMEOUT}):
    try:
        return wire.send("POST", "/x", b"{{}}", timeout=timeout).body.decode()
    except Lost as error:
        return f"lost: {{error}}"
def work():
    wire = Wire(sys.argv[1])
    first = ask(wire)  # answered while this process is stopped
    sys.stdout.write(f"{{first}} | {{ask(wire)}}\\n")  # the second one is never answered
for _ in range({ASKS}):
    threading.Thread(target=work).start()
"""


def test_what_arrives_while_the_process_is_stopped_is_used_and_silence_is_still_cut_off():
    with ExitStack() as stack:
        server = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        server.settimeout(20)
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        client = stack.enter_context(
            subprocess.Popen([sys.executable, "-c", ASK, url], stdout=subprocess.PIPE, text=True)
        )
        stack.callback(threading.Timer(30, client.kill).cancel)
        connections = [stack.enter_context(server.accept()[0]) for _ in range(ASKS)]
        for connection in connections:
            assert connection.recv(65536)
        os.kill(client.pid, signal.SIGSTOP)
        os.waitpid(client.pid, os.WUNTRACED)
        for connection in connections:
            connection.sendall(REPLY)
        time.sleep(STOPPED)  # by the client's clock, which runs on
        os.kill(client.pid, signal.SIGCONT)
        said = client.communicate(timeout=20)[0].splitlines()
    assert said == [f"{BODY.decode()} | lost: no answer in time"] * ASKS
