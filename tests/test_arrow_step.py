"""``enrichctl.arrow.step``: what engines map over batches, and that it does as ``enrich`` does."""

import pickle
import random
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from enrichctl import arrow
from enrichctl.engine.question import Rules
from enrichctl.engine.record_reader import RecordReader, RowReading
from enrichctl.engine.waterfall import Waterfall
from enrichctl.errors import InputError, UsageError
from enrichctl.files import Row
from enrichctl.files.arrowfill import Spill

LEADS = pa.table(
    {
        "Email": ["ada@psi.io", None, "bo@chi.io"] * 40,
        "Company": pa.array([None, "Rho", "Chi"] * 40).dictionary_encode(),
        "Employees": pa.array([None, None, 7] * 40, pa.int16()),
        "Phone": pa.array([None, "030 1234567", None] * 40, pa.large_string()),
        "Tags": [["a"], None, []] * 40,
        "founded_year": pa.nulls(120),
    }
)
BATCHES = LEADS.to_batches(max_chunksize=50)


@pytest.fixture
def config(tmp_path, monkeypatch):
    """A configuration with a table of one's own."""
    (tmp_path / "crm.csv").write_text(
        "email,company_size,founded_year,city\nada@psi.io,51-200,1990,Kiel\nbo@chi.io,7,,Bonn\n"
    )
    path = tmp_path / "config.toml"
    path.write_text('[providers.crm]\nkind = "table"\npath = "crm.csv"\n')
    monkeypatch.setenv("ENRICHCTL_CONFIG", str(path))
    return path


def _bytes(batches, schema):
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, schema) as writer:
        for batch in batches:
            writer.write_batch(batch)
    return sink.getvalue().to_pybytes()


def test_what_comes_out_is_what_the_schema_says_and_what_came_in_is_untouched(config):
    fill = arrow.step("offline,crm", default_region="DE")
    out = list(fill(iter(BATCHES)))
    schema = fill.schema(LEADS.schema)
    assert all(batch.schema.equals(schema, check_metadata=True) for batch in out)
    table = pa.Table.from_batches(out)
    assert [batch.num_rows for batch in out] == [50, 50, 20]
    for name in ("Email", "Phone", "Tags"):
        assert table[name].equals(LEADS[name])
    first, second, third = table.slice(0, 3).to_pylist()
    assert (first["company_domain"], first["city"], first["founded_year"]) == (
        "psi.io", "Kiel", "1990",
    )  # fmt: skip
    assert (first["Employees"], first["Employees_text"]) == (None, "51-200")
    assert (third["Employees"], third["Employees_text"]) == (7, None)
    assert second["phone_e164"] == "+49301234567"
    assert "city=crm" in first["enrichctl_sources"]


def test_the_same_batch_gives_the_same_bytes_also_in_another_process(config, tmp_path):
    fill = arrow.step("offline,crm", mapping={"email": "Email"})
    once = _bytes(fill(iter(BATCHES)), fill.schema(LEADS.schema))
    (tmp_path / "step").write_bytes(pickle.dumps((fill, BATCHES)))
    config.unlink()  # workers need no configuration
    script = (
        "import pickle, sys, pyarrow as pa\n"
        f"fill, batches = pickle.load(open({str(tmp_path / 'step')!r}, 'rb'))\n"
        "writer = pa.ipc.new_stream(sys.stdout.buffer, fill.schema(batches[0].schema))\n"
        "for batch in fill(iter(batches)): writer.write_batch(batch)\n"
        "writer.close()\n"
    )
    other = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    assert other.stdout == once == _bytes(fill(iter(BATCHES)), fill.schema(LEADS.schema))


def test_it_does_as_enrich_does(config, tmp_path):
    parquet.write_table(LEADS, tmp_path / "leads.parquet")
    command = [str(Path(sys.executable).with_name("enrichctl")), "enrich", "leads.parquet"]
    words = ["-p", "offline,crm", "--default-region", "DE", "-o", "-"]
    ran = subprocess.run([*command, *words], cwd=tmp_path, capture_output=True, check=True)
    fill = arrow.step("offline,crm", default_region="DE")
    batches = parquet.read_table(tmp_path / "leads.parquet").to_batches(max_chunksize=50)
    there = parquet.read_table(pa.BufferReader(ran.stdout))
    here = pa.Table.from_batches(list(fill(iter(batches))))
    assert there.schema.equals(here.schema, check_metadata=True)
    assert there.to_pylist() == here.to_pylist()


def test_batches_of_any_schema_and_size_may_follow_each_other():
    fill = arrow.step(want="website", provenance=False)
    others = pa.record_batch({"mail": ["eve@rho.io"]})
    out = list(fill(iter([BATCHES[0].slice(0, 1), others, others.slice(0, 0)])))
    assert [batch.column("website").to_pylist() for batch in out] == [
        ["https://psi.io"], ["https://rho.io"], [],
    ]  # fmt: skip


def test_who_asks_anybody_is_refused_with_the_reason():
    with pytest.raises(UsageError) as caught:
        arrow.step("offline,lemlist")
    assert "lemlist asks somebody beyond the machine" in caught.value.message
    assert caught.value.next.endswith("enrichctl enrich FILE -p lemlist")


def test_columns_that_say_nothing_or_too_much_are_refused():
    with pytest.raises(InputError, match="no column is a known field"):
        arrow.step().schema(pa.schema([("x", pa.string())]))
    schema = pa.schema([("x", pa.string()), ("y", pa.string())])
    assert "website" in arrow.step(mapping={"email": "x"}).schema(schema).names
    with pytest.raises(UsageError, match="nothing"):
        arrow.step(want="nothing")


def test_a_typed_column_that_may_be_filled_has_one_of_texts_beside_it():
    somebodys = pa.schema([("n", pa.int64()), ("n_text", pa.string())])
    assert Spill(somebodys, {0, 1}).names == ["n_text_"]
    of_a_run = somebodys.append(pa.field("enrichctl_confidence", pa.float64()))
    assert Spill(of_a_run, {0, 1, 2}).names == []  # that of the earlier run is used again
    assert Spill(of_a_run, {0, 1, 2})({0: "51-200"}, ()) == ({0: "", 1: "51-200"}, ())
    assert Spill(of_a_run, {0, 1, 2})({0: "7"}, ()) == ({0: "7", 1: ""}, ())


def test_columns_are_read_as_rows_are():
    """Also where only the rest of a row tells whether a word means nothing."""
    chance = random.Random(5)  # noqa: S311 - reproducible, not secret
    said = {
        "first_name": ["Christopher", "n/a", " Jane ", ""],
        "last_name": ["Null", "Doe", "-", "NULL"],
        "country": ["Namibia", "Italy", "NA", "none"],
        "region": ["NA", "Lazio", "?"],
        "email": ["a@b.io; c@d.io", "ada@psi.io", "none@none.com", "tbd"],
        "phone": ["+49 30 1234567", "0000000000", "1234567890"],
    }
    columns = [[chance.choice(texts) for _ in range(400)] for texts in said.values()]
    waterfall = Waterfall((), Rules())
    for fallbacks in ({}, {"email": [1, 4]}):
        reader = RecordReader(
            RowReading({n: at for at, n in enumerate(said)}, fallbacks), waterfall
        )
        rows = [Row(n, n, [*cells], None) for n, cells in enumerate(zip(*columns, strict=True), 1)]
        assert [*reader.records(columns)] == [reader.record(row) for row in rows]
