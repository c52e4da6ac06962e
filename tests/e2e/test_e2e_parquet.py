"""Parquet through the installed command: what goes in comes out, in the format asked for."""

import io
import json

import pyarrow as pa
import pytest
from pyarrow import parquet

LEADS = pa.table(
    {
        "Email": ["ada@psi.io", None, "bo@chi.io"],
        "Company": pa.array([None, "Rho", "Chi"]).dictionary_encode(),
        "Employees": pa.array([120, None, 7], pa.int16()),
        "Phone": pa.array([None, "+49 30 1234567", None], pa.large_string()),
        "Tags": [["a"], None, []],
    }
)


def test_parquet_in_parquet_out(shell):
    parquet.write_table(LEADS, shell.folder / "leads.parquet")
    ran = shell("enrich", "leads.parquet")
    assert ran.returncode == 0, ran.stderr
    after = parquet.read_table(shell.folder / "leads.enriched.parquet")
    for name in ("Email", "Employees", "Phone", "Tags"):
        assert after[name].equals(LEADS[name])
    assert after["Company"].to_pylist() == ["Psi", "Rho", "Chi"]
    assert after["company_domain"].to_pylist() == ["psi.io", None, "chi.io"]
    assert after["phone_e164"].to_pylist() == [None, "+49301234567", None]
    assert after.schema.field("enrichctl_confidence").type == pa.float64()
    assert "city" not in after.column_names  # nothing was found of it
    again = shell("enrich", "leads.enriched.parquet", "-o", "again.parquet")
    assert again.returncode == 0, again.stderr
    assert parquet.read_table(shell.folder / "again.parquet").schema.equals(after.schema)


@pytest.mark.parametrize("on", [(), ("--on", "local")])
def test_what_a_column_cannot_hold_is_read_again_from_next_to_it(shell, on):
    sizes = pa.array([None, None, 5], pa.int32())
    mails = ["ada@psi.io", "bo@chi.io", "eve@rho.io"]
    parquet.write_table(pa.table({"email": mails, "size": sizes}), shell.folder / "in.parquet")
    shell.write("crm.csv", "email,company_size\nada@psi.io,51-200\nbo@chi.io,12\n")
    shell.write("config.toml", '[providers.crm]\nkind = "table"\npath = "crm.csv"\n')
    words = ("--config", "config.toml", "enrich", "-p", "crm", "--map", "company_size=size", *on)

    assert shell(*words, "in.parquet", "-o", "one.parquet").returncode == 0
    first = parquet.read_table(shell.folder / "one.parquet")
    for again in ("two.parquet", "three.parquet"):
        ran = shell(*words, "one.parquet", "-o", again)
        assert ran.returncode == 0, ran.stderr
        table = parquet.read_table(shell.folder / again)
        assert table.schema == first.schema
        assert table["size_text"].to_pylist() == ["51-200", None, None]
        assert table["enrichctl_status"].to_pylist()[0] == "complete"
        (shell.folder / "one.parquet").write_bytes((shell.folder / again).read_bytes())

    shell.write("crm.csv", "email,company_size\nada@psi.io,77\nbo@chi.io,11-50\n")
    ran = shell(*words, "one.parquet", "-o", "four.parquet", "--overwrite", "company_size")
    assert ran.returncode == 0, ran.stderr
    table = parquet.read_table(shell.folder / "four.parquet")
    assert table.schema == first.schema
    assert table["size"].to_pylist() == [77, None, 5]
    assert table["size_text"].to_pylist() == [None, "11-50", None]


def test_other_formats_and_streams(shell):
    parquet.write_table(LEADS, shell.folder / "leads.parquet")
    ran = shell("enrich", "leads.parquet", "--json", "-w", "company_domain")
    first, second, _ = map(json.loads, ran.stdout.splitlines())
    assert (first["Employees"], first["Tags"], first["Company"]) == (120, ["a"], None)
    assert first["company_domain"] == "psi.io"
    assert second["_enrichctl"]["status"] == "no_match"

    ran = shell("enrich", "leads.parquet", "-o", "leads.csv", "-w", "company_domain")
    assert ran.returncode == 0, ran.stderr
    back = shell("enrich", "leads.csv", "-w", "company_domain", "-o", "-", "--format", "parquet")
    assert parquet.read_table(io.BytesIO(back.stdout))["company_domain"].to_pylist() == [
        "psi.io", None, "chi.io",
    ]  # fmt: skip


def test_a_second_run_replaces_the_first_and_nothing_that_was_edited(shell):
    parquet.write_table(LEADS, shell.folder / "leads.parquet")
    assert shell("enrich", "leads.parquet").returncode == 0
    assert shell("enrich", "leads.parquet").returncode == 0
    out = shell.folder / "leads.enriched.parquet"
    edited = parquet.read_table(out)
    place = edited.column_names.index("company_domain")
    edited = edited.set_column(place, "company_domain", pa.array(["psi.de", "rho.de", "chi.io"]))
    parquet.write_table(edited, out)
    ran = shell("enrich", "leads.parquet")
    assert ran.returncode == 2
    assert "leads.enriched.parquet" in ran.stderr.decode()
    assert parquet.read_table(out).equals(edited)


def test_a_file_that_is_no_parquet_is_one_line(shell):
    (shell.folder / "leads.parquet").write_bytes(b"PAR1" + b"x" * 100)
    ran = shell("enrich", "leads.parquet")
    assert ran.returncode == 2
    assert ran.stderr.decode().splitlines()[0].startswith("error: leads.parquet cannot be read: ")
