"""The addresses of tables: however one is spelled, it is known again."""

import pytest

from enrichctl.files.databases import table_at

SAME = [
    [
        "sqlite:///crm.db?table=my leads",
        "sqlite:///./crm.db?table=my+leads",
        "sqlite:///there/../crm.db?table=my%20leads",
        "sqlite:///{folder}/crm.db?table=my%20leads",
        "sqlite:///{folder}/link/crm.db?table=my%20leads",
    ],
    ["duckdb:///crm.db?table=leads", "duckdb:///{folder}//crm.db?table=leads"],
    [
        "postgresql://me@db.example/crm?table=leads",
        "postgresql://me@db.example:5432/crm?table=leads",
        "postgresql://me@db.example/crm?table=leads&sslmode=require",
        "postgresql:///crm?table=leads&host=db.example&user=me",
        "postgresql:///?table=leads&user=me&host=db.example&dbname=crm",
    ],
    ["postgresql://%2Frun%2Fpg/crm?table=leads", "postgresql:///crm?host=/run/pg&table=leads"],
]


@pytest.mark.parametrize("spellings", SAME, ids=lambda spellings: spellings[0].partition(":")[0])
def test_a_table_is_known_again_by_any_spelling_of_its_address(spellings, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "there").mkdir()
    (tmp_path / "link").symlink_to(tmp_path)
    addresses = [one.format(folder=tmp_path) for one in spellings]
    (known,) = {table_at(one).known_as for one in addresses}
    assert table_at(known).known_as == known  # it can be typed, too
    assert table_at(known).table == table_at(addresses[0]).table


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("sqlite:///crm.db?table=leads", "sqlite:///crm.db?table=people"),
        ("sqlite:///crm.db?table=leads", "duckdb:///crm.db?table=leads"),
        ("sqlite:///crm.db?table=leads", "sqlite:///other.db?table=leads"),
        ("postgresql:///crm?table=leads", "postgresql:///sales?table=leads"),
        ("postgresql://a/crm?table=leads", "postgresql://b/crm?table=leads"),
        ("postgresql://a:1/crm?table=leads", "postgresql://a:2/crm?table=leads"),
        ("postgresql://a:1,b:1/crm?table=leads", "postgresql://a:1,b:2/crm?table=leads"),
        ("postgresql://[::1]/crm?table=leads", "postgresql://[::2]/crm?table=leads"),
        ("postgresql:///crm?user=a&table=leads", "postgresql:///crm?user=b&table=leads"),
    ],
)
def test_other_tables_are_known_apart(one, other):
    assert table_at(one).known_as != table_at(other).known_as
