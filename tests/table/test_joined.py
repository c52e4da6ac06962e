"""A large table is joined instead of indexed, and answers as the index does."""

import os
import random
import subprocess
import sys
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from pyarrow import parquet

from enrichctl.fields import kind_of
from enrichctl.model import Query
from enrichctl.scratch import ScratchFolder
from enrichctl.table import define, forget, joined
from enrichctl.table.keys import block_in

FRAMES = {
    "email": ["{}", "{}", " {} ", "<{}>", "Jane Doe <{}>", "mailto:{}", "{}.", "ö{}", "{}x"],
    "company_domain": [
        "{}", "{}", "www.{}", "http://{}/", "https://WWW.{}", "{}/about", "{}.", "x@{}", "//{}",
    ],
    "linkedin_url": [
        "linkedin.com/in/{}", "https://de.linkedin.com/in/{}/", "linkedin.com/in/{}%20", "{}",
        "https://www.linkedin.com/in/{}?trk=1", "LinkedIn.com/IN/{}", "linkedin.com/company/{}",
    ],
    "phone": ["+49 30 {}", "030 {}", "0049 (30) {}", "'+4930{}", "{}", "+4930{} ext. 4", "030/{}"],
}  # fmt: skip
HEADERS = {
    "email": "Email", "company_domain": "Company Domain", "linkedin_url": "LinkedIn URL",
    "phone": "Phone", "job_title": "Job Title", "city": "City", "country": "Country",
    "last_name": "Last Name", "first_name": "First Name",
}  # fmt: skip
ROWS = 600


def _dirty(chance: random.Random, key: str, most: int) -> str:
    number = chance.randrange(most)
    plain = {
        "email": f"jane{number}@Acme-{number % 7}.de",
        "company_domain": f"acme-{number}.co.uk" if number % 5 else "münchen.de",
        "linkedin_url": f"jane-{number}" if number % 9 else f"ACoAAB{number}xyzabcdefghijklmnopq",
        "phone": f"{1_234_000 + number}",
    }[key]
    text = chance.choice(FRAMES[key]).format(plain)
    return chance.choice([str, str.lower, str.upper])(text) if chance.random() < 0.9 else ""


def _person(chance: random.Random, number: int) -> dict[str, str]:
    found = {key: _dirty(chance, key, 300) for key in FRAMES}
    found["company_domain"] = _dirty(chance, "company_domain", 20)
    told = {
        "job_title": f"Buyer {number % 11}",
        "city": chance.choice(["Kiel", "Bonn", ""]),
        "country": chance.choice(["Germany", "France", ""]),
        "last_name": chance.choice(["Doe", "Berg", ""]),
        "first_name": chance.choice(["Jane", "Ann"]),
    }
    return found | told


@pytest.fixture
def state_dir():
    return Path(os.environ["ENRICHCTL_STATE_DIR"])


@pytest.fixture
def large(tmp_path, monkeypatch):
    """A table that counts as large, and the leads of a run."""
    monkeypatch.setattr(joined, "LARGE", ROWS)
    monkeypatch.setattr(joined, "SHARE", 0.001)
    monkeypatch.setattr("enrichctl.table.provider._CROWD", 40)
    chance = random.Random(17)  # noqa: S311 - reproducible, not secret
    people = [_person(chance, number) for number in range(ROWS)]
    table = pa.table({HEADERS[name]: [one[name] or None for one in people] for name in HEADERS})
    parquet.write_table(table, tmp_path / "crm.parquet", row_group_size=70)
    leads = [_person(chance, number) for number in range(300)]
    return [
        Query({n: t for n, t in one.items() if t and n in FRAMES}, tuple(HEADERS), region="DE")
        for one in leads
    ]


def _define(folder: Path, name: str, **settings):
    table = {"kind": "table", "path": "crm.parquet", "region": "DE"}
    return define(name, table | settings, folder, tell=lambda _: None)


def _gathered(provider, leads):
    rounds = 0
    while provider.gathers():
        rounds += 1
        for lead in leads:
            provider.derive(lead)
    provider.ready(lambda _: None)
    return rounds


def test_a_joined_table_answers_as_an_indexed_one(large, tmp_path, state_dir):
    one, other = _define(tmp_path, "joined"), _define(tmp_path, "indexed")
    assert _gathered(one, large) == 2
    assert {path.name for path in (state_dir / "tables").iterdir()} == {"joined.joined"}
    answers = 0
    for lead in large:
        match = one.derive(lead)
        assert match == other.derive(lead)
        assert one.says_who(None, lead, match) == other.says_who(None, lead, match)
        answers += bool(match)
    assert answers > len(large) / 2
    assert not (state_dir / "tables" / "joined.index").exists()
    forget()
    assert [*(state_dir / "tables").glob("*.joined")] == []


def test_a_join_that_is_killed_leaves_nothing_that_stays(large, tmp_path, state_dir):
    """It holds people; the next run removes it, and so does whoever has somebody forgotten."""
    script = f"""
import os
from pathlib import Path
from enrichctl.model import Query
from enrichctl.table import define, joined
joined.LARGE, joined.SHARE = 1, 0.001
joined.IndexWriter.finish = lambda *_: os.kill(os.getpid(), 9)
crm = define("crm", {{"kind": "table", "path": "crm.parquet"}}, Path({str(tmp_path)!r}))
while crm.gathers():
    crm.derive(Query({{"email": {large[0].inputs["email"]!r}}}, ("job_title",)))
crm.ready(lambda _: None)
"""

    def left() -> list[Path]:
        return [*(state_dir / "tables").glob(".join-*/index")]

    for remove in (forget, lambda: _gathered(_define(tmp_path, "crm"), large)):
        done = subprocess.run([sys.executable, "-c", script], check=False)
        assert (done.returncode, len(left())) == (-9, 1)
        alive = ScratchFolder(state_dir / "tables", ".join-kept-")
        remove()
        assert [*(state_dir / "tables").glob(".join-*")] == [alive.path]
        alive.close()
        assert not alive.path.exists()


def test_what_nobody_has_asked_before_is_looked_up_in_the_whole_table(large, tmp_path, state_dir):
    one, other = _define(tmp_path, "joined"), _define(tmp_path, "indexed")
    _gathered(one, large[:10])
    for lead in large:
        assert one.derive(lead) == other.derive(lead)
    assert (state_dir / "tables" / "joined.index").exists()


@pytest.mark.parametrize("key", FRAMES)
def test_what_is_plain_to_duckdb_is_so_to_python(key):
    chance = random.Random(key)  # noqa: S311 - the same
    cells = [_dirty(chance, key, 50) for _ in range(2000)]
    sql = joined.PLAIN[kind_of(key)].format(c="cell")
    select = f"SELECT {sql} FROM (SELECT unnest(?) AS cell)"  # noqa: S608 - its own
    said = duckdb.execute(select, [cells]).fetchall()
    plain = 0
    for cell, (value,) in zip(cells, said, strict=True):
        block = block_in(key, {key: cell.strip()}, "DE") if cell else None
        assert value is None or block in (None, value), cell
        plain += value is not None
    assert len(cells) / 5 < plain < len(cells)


@pytest.mark.parametrize("settings", [{"match": "name+company"}, {"key": ["city"]}])
def test_what_is_found_in_other_ways_is_indexed(large, tmp_path, settings, state_dir):
    provider = _define(tmp_path, "named", **settings)
    assert _gathered(provider, large) == 0
    assert (state_dir / "tables" / "named.index").exists()


def test_a_run_that_asks_for_much_of_it_has_it_indexed(large, tmp_path, state_dir, monkeypatch):
    monkeypatch.setattr(joined, "SHARE", ROWS)
    assert _gathered(_define(tmp_path, "much"), large) == 1
    assert (state_dir / "tables" / "much.index").exists()


def test_the_command_joins_a_large_table(large, tmp_path, state_dir):
    (tmp_path / "config.toml").write_text(
        '[providers.crm]\nkind = "table"\npath = "crm.parquet"\nregion = "DE"\n'
    )
    rows = {HEADERS[n]: [q.inputs.get(n) for q in large] for n in ("email", "phone")}
    parquet.write_table(pa.table(rows), tmp_path / "leads.parquet")
    script = (
        "import sys\nfrom enrichctl.table import joined\nfrom enrichctl.__main__ import main\n"
        "joined.LARGE, joined.SHARE = int(sys.argv.pop(1)), 0.001\nmain()\n"
    )
    found = []
    for rows_from in ("1", "1000"):
        words = ["enrich", "leads.parquet", "-q", "-p", "offline,crm", "-o", f"{rows_from}.parquet"]
        words += ["--default-region", "DE", "--config", "config.toml"]
        ran = subprocess.run(
            [sys.executable, "-c", script, rows_from, *words],
            cwd=tmp_path, capture_output=True, check=False,
            env={**os.environ, "ENRICHCTL_STATE_DIR": str(state_dir / rows_from)},
        )  # fmt: skip
        assert ran.returncode == 0, ran.stderr
        found.append((tmp_path / f"{rows_from}.parquet").read_bytes())
        there = {path.suffix for path in (state_dir / rows_from / "tables").iterdir()}
        assert (".joined" in there, ".index" in there) == (rows_from == "1", rows_from != "1")
    assert found[0] == found[1]
