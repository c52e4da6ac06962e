"""Lists without an end: a run ends, by itself and when it is told to, and nothing is bought."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from e2e_server import Asked, Said, Server, serving
from e2e_shell import Shell
from e2e_tty import until

LEADS = "email,job_title\njane.doe@acme.example,\n"
Show = Callable[[int], list[dict[str, str]]]


@contextmanager
def endless(show: Show, shell: Shell, wait: float = 0) -> Iterator[Server]:
    """Serve a LeadLex and a Close whose lists of contacts never end."""

    def answer(asked: Asked) -> Said:
        threading.Event().wait(wait)
        page = len(server.asked)
        if asked.path.startswith("/v1/contacts"):
            meta = {"page": page, "total": 100 * page + 1}
            return Said({"data": {"contacts": show(page)}, "meta": meta})
        if asked.path.startswith("/data/search"):
            return Said({"data": show(page), "cursor": f"cursor-{page}"})
        field = {"id": "cf_Position", "name": "Position", "type": "text"}
        return Said({"fields": [field], "organizations": [{"id": "orga_1"}], "id": "user_1"})

    with serving(answer) as server:
        for vendor in ("LEADLEX", "CLOSE"):
            shell.environ |= {
                f"ENRICHCTL_{vendor}_BASE_URL": server.url,
                f"ENRICHCTL_{vendor}_API_KEY": "wbk_made_up",
            }
        shell.write("leads.csv", LEADS)
        yield server


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
    assert sum("contacts" in one.path or "search" in one.path for one in server.asked) == pages
    assert not [one for one in server.asked if "enrich" in one.path]


def test_the_longest_time_of_a_run_ends_a_list_too(shell):
    with endless(new, shell, wait=0.05) as server:
        done = shell(
            "enrich", "leads.csv", *LEADLEX, "--yes", "--max-duration", "1s", "-o", "out.csv"
        )
        assert done.returncode == 6, done.stderr
    assert len(server.asked) < 60
    assert "pending" in (shell.folder / "out.csv").read_text()


def test_the_first_ctrl_c_ends_a_list_too(shell):
    with endless(new, shell, wait=0.05) as server:
        process = shell.start("enrich", "leads.csv", *LEADLEX, "--yes", "-o", "out.csv")
        until(lambda: len(server.asked) >= 3)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=20)
        assert process.returncode == 130, said
    assert len(server.asked) < 60
    assert "pending" in (shell.folder / "out.csv").read_text()
