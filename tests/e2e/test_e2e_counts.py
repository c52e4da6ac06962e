"""One job with everything in it: whatever shows its numbers shows the same ones."""

import json
import re
from decimal import Decimal
from html import unescape
from itertools import takewhile

import pytest

ASK = ("enrich", "in.csv", "-p", "offline,leadlex,superoffice,lemlist")
COUNTS = ("asked", "matched", "missed", "declined", "failed", "unconfirmed", "reused")
REMOTE = ("leadlex", "superoffice", "lemlist")


@pytest.fixture
def job(paid, box):
    """People with and without an e-mail, a country, a company; twice; with a broken address."""
    box.set(limits=False, ticket_seconds=0)
    people = list(box.population.people.values())[:30]
    lines = [
        f"{'' if n % 5 == 0 else p.email},{p.first_name},{p.last_name},{p.company.name},"
        f"{'' if n % 3 else p.company.country}"
        for n, p in enumerate(people)
    ]
    lines += [lines[1], lines[2].upper(), "jane@acme.con,Jane,Roe,,", "nobody,,,,"]
    paid.write("in.csv", "Email,First Name,Last Name,Company,Country\n" + "\n".join(lines) + "\n")
    return len(lines)


def table(text):
    """Return provider → the cells of its line in the table of a screen, by column."""
    lines = text.splitlines()
    start = next(n for n, line in enumerate(lines) if re.match(r"provider +asked", line))
    names = re.split(r" {2,}", lines[start].strip())
    split = (re.split(r" {2,}", line.strip()) for line in lines[start + 1 :])
    rows = takewhile(lambda cells: len(cells) == len(names), split)
    return {cells[0]: dict(zip(names, cells, strict=True)) for cells in rows}


def page_table(html, title):
    """Return the rows of a table of a page: the words of each cell."""
    part = html.partition(f">{title}<")[2].partition("</section>")[0]
    rows = re.findall(r"<tr.*?</tr>", part, re.DOTALL)
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in rows]
    words = [[" ".join(unescape(re.sub(r"<[^>]*>", " ", c)).split()) for c in r] for r in cells]
    return [dict(zip(words[0], row, strict=True)) for row in words[1:]]


def check_everything_says(paid, run, said):
    lanes = {lane["name"]: lane for lane in run["providers"]}
    for shown in (table(said), table(paid("status", "last").stdout.decode())):
        assert shown.keys() == {name for name in lanes if lanes[name]["asked"] or name in REMOTE}
        for name, cells in shown.items():
            for count in COUNTS:
                assert int(cells.get(count, 0)) == lanes[name][count], (name, count)
            assert Decimal(cells["spent"]) == Decimal(lanes[name]["credits"])
            assert int(cells["requests"]) == lanes[name]["requests"]
    html = paid("status", "last", "--html", "-").stdout.decode()
    for cells in page_table(html, "Providers"):
        lane = lanes[cells["provider"]]
        assert all(int(cells.get(count, 0)) == lane[count] for count in COUNTS), lane
        assert Decimal(cells["spent"]) == Decimal(lane["credits"])
        assert int(cells["requests"]) == lane["requests"]
    down = [c for c in page_table(html, "Down the waterfall") if c["place"].endswith("offline")]
    assert sum(int(cells["records"]) for cells in down) == lanes["offline"]["asked"]
    assert sum(int(cells["matched"]) for cells in down) == lanes["offline"]["matched"]
    (listed,) = json.loads(paid("status", "--json").stdout)["runs"][:1]
    assert listed["providers"] == run["providers"]
    matches = sum(lane["matched"] for lane in lanes.values() if lane["calls"])
    assert re.search(rf" {run['records']} +{matches} ", paid("status").stdout.decode())


def test_plan_screen_status_json_and_page_agree_and_the_plan_bounds_the_run(paid, box, job):
    plan = json.loads(paid(*ASK, "-n", "--json").stdout)
    done = paid(*ASK, "-y")
    assert done.returncode == 0, done.stderr
    run = json.loads(paid("status", "last", "--json").stdout)["run"]
    assert (run["records"], run["people"]) == (plan["records"], plan["people"]) == (job, job - 2)
    check_everything_says(paid, run, done.stderr.decode())
    lanes = {lane["name"]: lane for lane in run["providers"]}
    for planned in plan["providers"]:
        lane = lanes[planned["name"]]
        assert lane["calls"] == lane["asked"] == sum(lane[n] for n in COUNTS[1:3])
        assert lane["calls"] + lane["declined"] <= planned["ask"] == planned["calls"]["most"]
        assert Decimal(lane["credits"]) <= Decimal(planned["credits"]["most"])
        assert Decimal(lane["credits"]) == box.spent(planned["name"])
        sent = [seen.path for seen in box.requests if seen.vendor == planned["name"]]
        assert lane["requests"] == len(sent) - sent.count("/team")  # asks whose the key is
    assert (lanes["offline"]["asked"], lanes["offline"]["calls"]) == (job, 0)


def test_what_is_reused_counts_as_it_was_asked(paid, job):
    assert paid(*ASK, "-y").returncode == 0
    first = json.loads(paid("status", "last", "--json").stdout)["run"]
    plan = json.loads(paid(*ASK, "-n", "--json").stdout)
    done = paid(*ASK, "-y")
    again = json.loads(paid("status", "last", "--json").stdout)["run"]
    check_everything_says(paid, again, done.stderr.decode())
    before = {lane["name"]: lane for lane in first["providers"]}
    after = {lane["name"]: lane for lane in again["providers"]}
    for planned in plan["providers"]:
        name = planned["name"]
        assert (after[name]["asked"], after[name]["calls"], after[name]["credits"]) == (0, 0, "0")
        # What was declined with an answer is an answer as well.
        least, most = before[name]["asked"], before[name]["asked"] + before[name]["declined"]
        assert planned["reused"] == after[name]["reused"]
        assert least <= after[name]["reused"] <= most
