"""A file large enough for all cores comes out as on one."""

import json
import os

import pytest

COUNT = 3_200  # more than are done before other processes start
ONE = {min(os.sched_getaffinity(0))}


def lines():
    yield "email,phone,country"
    for n in range(COUNT):
        phone = f"+49 30 90{n:04}" if n % 3 else "n/a"
        yield f"erik.sand{n}@firm-{n // 7}.de,{phone},{'' if n % 5 else 'Sverige'}"


def on(shell, cores, *argv):
    """Run a command line on these cores only."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        return shell(*argv)
    finally:
        os.sched_setaffinity(0, before)


@pytest.mark.parametrize("format_", ["csv", "jsonl"])
def test_output_and_journal_are_those_of_one_core(shell, format_):
    shell.write("leads.csv", "\n".join(lines()) + "\n")
    kept, written, drawn = [], [], []
    for name, cores in (("one", ONE), ("all", os.sched_getaffinity(0))):
        out = f"{name}.{format_}"
        done = on(shell, cores, "enrich", "leads.csv", "-o", out, "--format", format_, "-q")
        assert done.returncode == 0, done.stderr
        rows = (shell.folder / out).read_text("utf-8").splitlines()
        if format_ == "jsonl":
            rows = [json.loads(row) for row in rows]
            for row in rows:
                for value in row["_enrichctl"]["fields"].values():
                    del value["at"]
        written.append(rows)
        run = json.loads(shell("status", "last", "--json").stdout)["run"]
        kept.append([run[name] for name in ("records", "outcomes", "providers", "fields")])
        page = shell("status", "last", "--html", "-", "--no-sample").stdout
        drawn.append(page[page.index(b"<h2") : page.index(b"<footer")])
    assert written[0] == written[1]
    assert kept[0] == kept[1]
    assert kept[0][0] == COUNT
    assert drawn[0] == drawn[1]
