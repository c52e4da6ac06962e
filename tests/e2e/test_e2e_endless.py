"""Lists without an end: a run ends, by itself and when it is told to, and nothing is bought."""

import json
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from e2e_shell import Shell
from e2e_tty import until

LEADS = "email,job_title\njane.doe@acme.example,\n"


class Endless(ThreadingHTTPServer):
    """A LeadLex and a Close whose lists of contacts never end."""

    daemon_threads = True

    def __init__(self, show: Callable[[int], list[dict[str, str]]], wait: float) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.show, self.wait, self.paths = show, wait, list[str]()

    def answer(self, path: str) -> Any:
        """Return the next page, whatever was asked."""
        self.paths.append(path)
        time.sleep(self.wait)
        page = len(self.paths)
        if path.startswith("/v1/contacts"):
            total = 100 * page + 1
            return {"data": {"contacts": self.show(page)}, "meta": {"page": page, "total": total}}
        if path.startswith("/data/search"):
            return {"data": self.show(page), "cursor": f"cursor-{page}"}
        field = {"id": "cf_Position", "name": "Position", "type": "text"}
        return {"fields": [field], "organizations": [{"id": "orga_1"}], "id": "user_1"}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # an answer is one packet
    server: Endless

    def do_GET(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = json.dumps(self.server.answer(self.path)).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        self.do_GET()

    def log_message(self, *said: object) -> None:
        pass


@contextmanager
def endless(
    show: Callable[[int], list[dict[str, str]]], shell: Shell, wait: float = 0
) -> Iterator[Endless]:
    with Endless(show, wait) as server:
        Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}"
        for vendor in ("LEADLEX", "CLOSE"):
            shell.environ |= {
                f"ENRICHCTL_{vendor}_BASE_URL": url,
                f"ENRICHCTL_{vendor}_API_KEY": "wbk_made_up",
            }
        shell.write("leads.csv", LEADS)
        yield server
        server.shutdown()


def new(page: int) -> list[dict[str, str]]:
    return [{"id": f"contact-{page}", "email": f"somebody{page}@acme.example"}]


def same(page: int) -> list[dict[str, str]]:
    del page
    return new(1)


LEADLEX = ("-p", "leadlex", "-w", "job_title", "--save")
CLOSE = ("-p", "close", "-w", "close.cf_Position")


@pytest.mark.parametrize(
    ("words", "show", "note", "pages"),
    [
        (LEADLEX, new, "no end within 100 pages", 100),
        (LEADLEX, same, "goes on without anything new", 2),
        (CLOSE, new, "no end within 100 pages", 100),
        (CLOSE, same, "goes on without anything new", 2),
    ],
)
def test_a_list_without_an_end_fails_its_record_and_buys_nothing(shell, words, show, note, pages):
    with endless(show, shell) as server:
        done = shell("enrich", "leads.csv", *words, "--yes", "-o", "out.csv")
    assert done.returncode == 3, done.stderr
    assert note in (shell.folder / "out.csv").read_text()
    assert sum("contacts" in path or "search" in path for path in server.paths) == pages
    assert not [path for path in server.paths if "enrich" in path]


def test_the_longest_time_of_a_run_ends_a_list_too(shell):
    with endless(new, shell, wait=0.05) as server:
        done = shell(
            "enrich", "leads.csv", *LEADLEX, "--yes", "--max-duration", "1s", "-o", "out.csv"
        )
        assert done.returncode == 6, done.stderr
    assert len(server.paths) < 60
    assert "pending" in (shell.folder / "out.csv").read_text()


def test_the_first_ctrl_c_ends_a_list_too(shell):
    with endless(new, shell, wait=0.05) as server:
        process = shell.start("enrich", "leads.csv", *LEADLEX, "--yes", "-o", "out.csv")
        until(lambda: len(server.paths) >= 3)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=20)
        assert process.returncode == 130, said
    assert len(server.paths) < 60
    assert "pending" in (shell.folder / "out.csv").read_text()
