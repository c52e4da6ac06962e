"""`providers sandbox`: what it prints is all that another process needs."""

import json
import signal

import pytest

from enrichctl.sandbox import Sandbox


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_its_lines_are_the_environment_that_another_command_needs(shell, number):
    shell.write("in.csv", "email\nerik.young@falcon-pharma.es\n")
    run = shell.start("providers", "sandbox")
    lines = [run.stdout.readline().decode().strip()]
    while "REFRESH_TOKEN" not in lines[-1]:
        lines.append(run.stdout.readline().decode().strip())
    shell.environ |= dict(line.split("=", 1) for line in lines)
    done = shell("enrich", "in.csv", "-p", "leadlex", "-y")
    run.send_signal(number)
    run.communicate(timeout=10)

    assert done.returncode == 0, done.stderr
    assert (shell.folder / "in.enriched.csv").stat().st_size > 100
    assert run.returncode == 0


@pytest.mark.parametrize(
    "words", [["--fault", "leadlex.fire=1"], ["--credit", "lots"], ["--mix-up", "2"]]
)
def test_an_unknown_switch_is_refused(shell, words):
    done = shell("providers", "sandbox", *words)

    assert done.returncode == 2, done.stderr
    assert done.stderr.startswith(b"error: ")


def test_enrich_with_the_sandbox_needs_nothing_and_never_mixes_with_real_answers(shell, box):
    shell.write("in.csv", "email\nerik.young@falcon-pharma.es\n")
    tried = shell("enrich", "in.csv", "-p", "offline,leadlex", "--sandbox")
    assert tried.returncode == 0, tried.stderr
    assert not (shell.folder / "in.enriched.csv").exists()
    assert "=sandbox:leadlex" in (shell.folder / "in.sandbox.csv").read_text()

    shell.environ |= box.environ()
    real = shell("enrich", "in.csv", "-p", "offline,leadlex", "-y")
    assert real.returncode == 0, real.stderr
    assert len(box.requests) == 1
    assert list((shell.folder / "state").iterdir())
    assert "sandbox" not in (shell.folder / "in.enriched.csv").read_text()


def test_everything_that_tells_of_a_rehearsal_says_so_and_counts_no_real_credits(shell):
    shell.write("in.csv", "email,first_name\nerik.young@falcon-pharma.es,\n,Ann\n")
    lines = shell("enrich", "in.csv", "-p", "offline,leadlex", "--sandbox", "--json").stdout
    found = json.loads(lines.splitlines()[0])["_enrichctl"]["fields"]
    assert {one["provider"] for one in found.values()} == {"offline", "sandbox:leadlex"}

    told = {
        words: json.loads(shell(*words.split(), "--json").stdout)
        for words in ("status", "status last", "status last --row 1", "credits",
                      "status last --records enriched", "journal export",
                      "enrich in.csv -p leadlex --sandbox -n")
    }  # fmt: skip
    assert told["status"]["runs"][0]["sandbox"] is True
    assert told["status last"]["run"]["sandbox"] is True
    assert told["status last --records enriched"]["sandbox"] is True
    assert told["journal export"]["attempts"][0]["sandbox"] is True
    assert told["enrich in.csv -p leadlex --sandbox -n"]["sandbox"] is True
    assert told["credits"]["providers"] == []
    row = told["status last --row 1"]
    sources = {value["provider"] for value in row["values"].values()} - {None}
    assert (row["sandbox"], sources) == (True, {"offline", "sandbox:leadlex"})
    nobody = json.loads(shell("status", "last", "--row", "2", "--json").stdout)  # to be asked about
    assert [one["provider"] for one in nobody["attempts"]] == ["offline", "sandbox:leadlex"]
    assert "sandbox, done" in shell("status").stdout.decode()
    page = shell("status", "last", "--html", "-").stdout.decode()
    assert "sandbox:leadlex" in page
    assert ">leadlex<" not in page
    bought = shell("credits", "--html", "-", "--sandbox").stdout.decode()
    assert "Made-up credits by day" in bought
    assert "Down the waterfall of the last run" in bought
    assert "Nothing yet" in shell("credits", "--html", "-").stdout.decode()


def test_a_rehearsal_beside_another_says_that_it_is_not_remembered(shell):
    shell.write("in.csv", "email\nerik.young@falcon-pharma.es\n")
    (shell.folder / "state").mkdir()
    with Sandbox(memory=shell.folder / "state" / "sandbox"):
        beside = shell("enrich", "in.csv", "-p", "leadlex", "--sandbox", "-q")
    assert beside.returncode == 0, beside.stderr
    assert b"will not remember this one's credits and tickets" in beside.stderr
    alone = shell("enrich", "in.csv", "-p", "leadlex", "--sandbox")
    assert b"will not remember" not in alone.stderr


@pytest.mark.parametrize("kind", ["csv", "jsonl", "xlsx"])
def test_real_providers_are_not_told_what_a_rehearsal_has_made_up(paid, box, kind):
    made_up, out = f"in.sandbox.{kind}", f"out.{kind}"
    shell = paid
    shell.write("in.csv", "Email,Job Title\nerik.young@falcon-pharma.es,\n")
    rehearsed = shell("enrich", "in.csv", "-p", "leadlex", "--sandbox", "-q", "-o", made_up)
    assert rehearsed.returncode == 0, rehearsed.stderr
    before = len(box.requests)
    for more in ((), ("-n",)):
        real = shell("enrich", made_up, "-p", "lemlist", "-w", "phone", "-y", "-o", out, *more)
        assert real.returncode == 2
        assert b"a rehearsal has made up values of it" in real.stderr
    assert len(box.requests) == before
    assert not (shell.folder / out).exists()
    assert shell("enrich", made_up, "-p", "lemlist", "--sandbox", "-q", "-o", out).returncode == 0
    assert shell("enrich", made_up, "-q", "-o", f"offline.{kind}").returncode == 0  # asks nobody


def test_a_rehearsal_takes_nothing_from_what_is_kept_of_the_real_runs(shell, box):
    """Each is explained, and compared, among its own."""
    shell.write("in.csv", "email,job_title\nerik.young@falcon-pharma.es,\n")
    words = ("enrich", "in.csv", "-p", "offline,leadlex", "-q", "--force")
    shell.environ |= box.environ()
    assert shell(*words, "-y").returncode == 0
    real = json.loads(shell("status", "last", "--json").stdout)["run"]["id"]
    kept = shell("status", real, "--row", "1", "--json").stdout
    assert shell(*words, "--sandbox").returncode == 0
    rehearsed = json.loads(shell("status", "last", "--json").stdout)["run"]["id"]
    assert shell("status", real, "--row", "1", "--json").stdout == kept
    assert b"row 1" in shell("status", rehearsed, "--row", "1").stdout
    assert shell("status", real, "--records", "enriched").stdout

    shell.write("in.csv", "email,job_title\nerik.young@falcon-pharma.es,CTO\n")
    assert shell(*words, "-y").returncode == 0
    compared = json.loads(shell("status", "last", "--diff", "--json").stdout)
    assert (compared["former"], len(box.requests)) == (real, 1)
    assert shell("status", rehearsed, "--row", "1").returncode == 0
