"""Pipes and signals: data on stdout, words on stderr, and a stop that stops."""

import json
import signal
import subprocess
import time

from e2e_shell import COMMAND, DATA
from e2e_tty import until


def slow(paid, box, count: int, latency: float = 0.2) -> int:
    """Write an input of strangers and make the vendor slow; return how many it knows."""
    emails = [f"anna.berg{n}@nord-{n}.de" for n in range(count)]
    paid.write("in.csv", "email\n" + "".join(f"{email}\n" for email in emails))
    box.set(latency=latency, limits=False)
    return sum(box.population.person_at("leadlex", email) is not None for email in emails)


def stopping(run) -> None:
    """Wait until a run says that it stops."""
    while b"stopping" not in (line := run.stderr.readline()):
        assert line, "it never said so"


def test_head_takes_one_line_and_the_run_ends_quietly(shell):
    command = f"{COMMAND} enrich {DATA / 'leads.csv'} --json | head -1"
    done = subprocess.run(
        ["/bin/bash", "-c", command + "; echo ${PIPESTATUS[0]}"],
        capture_output=True, cwd=shell.folder, env=shell.environ, timeout=60, check=False,
    )  # fmt: skip
    first, status = done.stdout.splitlines()

    assert json.loads(first)["Email"] == "jane.whitcombe@harrow-vale-foods.co.uk"
    assert status in (b"141", b"0")
    assert b"Traceback" not in done.stderr
    assert b"Exception" not in done.stderr


def test_a_reader_that_goes_away_stops_the_spending(paid, box):
    slow(paid, box, 400, latency=0.05)
    run = paid.start("enrich", "in.csv", "-p", "leadlex", "-y", "--json")
    first = run.stdout.readline()
    run.stdout.close()
    words = run.stderr.read().decode()
    run.stderr.close()
    status = run.wait(30)

    assert json.loads(first)["email"] == "anna.berg0@nord-0.de"
    assert status == 141, words
    assert len(box.requests) < 200


def test_ctrl_c_starts_no_new_call_and_loses_no_row(paid, box):
    known = slow(paid, box, 300)
    run = paid.start("enrich", "in.csv", "-p", "leadlex", "-y", "-o", "out.csv")
    until(lambda: len(box.requests) >= 8)
    run.send_signal(signal.SIGINT)
    asked = len(box.requests)
    _, words = run.communicate(timeout=20)

    assert run.returncode == 130, words
    assert len(box.requests) <= asked + 4  # what was in flight, as many as there are workers
    lines = (paid.folder / "out.csv").read_text().splitlines()
    assert len(lines) == 301
    assert sum(",pending," in line for line in lines) >= 280
    assert words.endswith(b"go on: enrichctl enrich in.csv -p leadlex -y -o out.csv\n")

    box.set(latency=0)
    done = paid("enrich", "in.csv", "-p", "leadlex", "-y", "-o", "out.csv")
    assert done.returncode == 0, done.stderr
    assert box.spent("leadlex") == known


def test_sigterm_stops_in_good_order(paid, box):
    slow(paid, box, 300)
    run = paid.start("enrich", "in.csv", "-p", "leadlex", "-y", "-o", "out.csv")
    until(lambda: len(box.requests) >= 4)
    run.terminate()
    run.communicate(timeout=20)

    assert run.returncode == 143
    assert len((paid.folder / "out.csv").read_text().splitlines()) == 301


def test_a_second_ctrl_c_stops_now_and_nothing_is_paid_twice(paid, box):
    known = slow(paid, box, 40, latency=3.0)
    run = paid.start("enrich", "in.csv", "-p", "leadlex", "-y", "-o", "out.csv")
    until(lambda: len(box.requests) >= 4)
    run.send_signal(signal.SIGINT)
    stopping(run)
    run.send_signal(signal.SIGINT)
    run.communicate(timeout=5)
    assert run.returncode == 130

    box.set(latency=0)
    done = paid("enrich", "in.csv", "-p", "leadlex", "-y", "-o", "out.csv")
    assert done.returncode == 0, done.stderr
    assert box.spent("leadlex") == known


def test_kill_9_loses_nothing_and_the_same_command_goes_on(paid, box):
    known = slow(paid, box, 60, latency=0.05)
    for _ in range(3):
        seen = len(box.requests)
        run = paid.start("enrich", "in.csv", "-p", "leadlex", "-y", "-o", "out.csv")
        until(lambda seen=seen: len(box.requests) >= seen + 10)
        run.kill()
        run.communicate(timeout=10)
    box.set(latency=0)
    done = paid("enrich", "in.csv", "-p", "leadlex", "-y", "-o", "out.csv")

    assert done.returncode == 0, done.stderr
    assert box.spent("leadlex") == known
    assert len((paid.folder / "out.csv").read_text().splitlines()) == 61


def test_two_runs_on_one_input_exclude_each_other(paid, box):
    slow(paid, box, 60)
    first = paid.start("enrich", "in.csv", "-p", "leadlex", "-y", "-o", "out.csv")
    until(lambda: len(box.requests) >= 2)
    second = paid("enrich", "in.csv", "-p", "leadlex", "-y", "-o", "other.csv")
    first.terminate()
    first.communicate(timeout=20)

    assert second.returncode == 8, second.stderr
    assert str(first.pid) in second.stderr.decode()


def test_control_characters_of_a_file_never_reach_the_terminal(shell):
    shell.write("in.csv", "email,\x1b]52;c;evil\x07\njane.doe@acme.io,x\n")
    done = shell("enrich", "in.csv", "--map", "full_name=#2", "-n")

    assert b"\x1b" not in done.stderr
    assert b"\x07" not in done.stderr


def test_ctrl_c_with_thousands_queued_ends_within_the_timeout_of_a_call(paid, box):
    slow(paid, box, 5000, latency=1.0)
    run = paid.start("enrich", "in.csv", "-p", "leadlex", "-y", "-o", "out.csv")
    until(lambda: len(box.requests) >= 6)
    began = time.monotonic()
    run.send_signal(signal.SIGINT)
    stopping(run)
    asked = len(box.requests)
    run.communicate(timeout=60)

    assert run.returncode == 130
    assert time.monotonic() - began < 30
    assert len(box.requests) <= asked + 4  # those whose first byte had left
    assert len((paid.folder / "out.csv").read_text().splitlines()) == 5001


def test_ctrl_c_stops_an_offline_run_as_well_and_loses_no_row(shell):
    shell.write("in.csv", "email\n" + "".join(f"anna.berg{n}@nord.de\n" for n in range(4000)))
    run = shell.start("enrich", "in.csv", "--json")
    first = run.stdout.readline()  # nobody reads on: the run waits at a full pipe
    run.send_signal(signal.SIGINT)
    rest, words = run.stdout.read(), run.stderr.read()
    run.stdout.close()
    run.stderr.close()

    assert run.wait(30) == 130, words
    records = [json.loads(line) for line in (first + rest).splitlines()]
    assert [record["email"] for record in records] == [f"anna.berg{n}@nord.de" for n in range(4000)]
    assert records[0]["_enrichctl"]["status"] == "enriched"
    assert records[-1]["_enrichctl"]["status"] == "pending"
    assert "the run stopped" in records[-1]["_enrichctl"]["note"]
    assert words.endswith(b"go on: enrichctl enrich in.csv --json\n")


def test_no_time_left_is_exit_6_only_where_something_is_left(shell):
    shell.write("few.csv", "email\n" + "".join(f"anna.berg{n}@nord.de\n" for n in range(2)))
    shell.write("many.csv", "email\n" + "".join(f"anna.berg{n}@nord.de\n" for n in range(40_000)))
    few = shell("enrich", "few.csv", "--max-duration", "1s")
    many = shell("enrich", "many.csv", "--max-duration", "1s")

    assert few.returncode == 0, few.stderr
    assert many.returncode == 6, many.stderr
    assert (shell.folder / "many.enriched.csv").read_text().count(",pending,") > 0
