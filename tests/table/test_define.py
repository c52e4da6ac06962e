import sys

import pytest

from enrichctl.config import Place
from enrichctl.errors import UsageError
from enrichctl.table import define


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"kye": ["email"]}, "providers.crm.kye is not a setting of a table; did you mean key?"),
        ({"path": ""}, "providers.crm.path is missing"),
        ({"path": "none.csv"}, "none.csv, which does not exist"),
        ({"path": "."}, "which cannot be opened: Is a directory"),
        ({"path": "empty.csv"}, "empty.csv is empty"),
        ({"key": "email"}, "providers.crm.key must be a valid list"),
        ({"key": ["emial"]}, "providers.crm.key names no field: emial; did you mean email?"),
        ({"key": ["mobile"]}, "providers.crm.key cannot be used: crm.csv has no column for mobile"),
        ({"match": "name"}, "providers.crm.match must be 'name+company'"),
        ({"min_score": 2}, "providers.crm.min_score must be less than or equal to 1"),
        ({"region": "Germany"}, "providers.crm.region must be two letters"),
        ({"map": {"phon": "Phone"}}, "providers.crm.map names no field: phon; did you mean phone?"),
        ({"map": {"phone": "Fone"}}, "there is no column Fone; did you mean Phone?"),
        ({"sheet": "Data"}, "crm.csv has no sheets"),
        ({"table": "people"}, "providers.crm.table means nothing to crm.csv"),
        ({"encoding": "latin-99"}, "'latin-99' is not an encoding"),
        ({"path": "nokey.csv"}, "providers.crm.key is missing: nokey.csv has no column for any of"),
        ({"path": "nokey.csv", "match": "name+company"}, "no column for a person's name"),
        ({"path": "unclear.csv"}, "2 columns could hold email in unclear.csv"),
    ],
)
def test_what_cannot_be_used_is_said_by_its_setting(crm, settings, message):
    crm.write("", "empty.csv")
    crm.write("City,Company\nKiel,Ostsee AG\n", "nokey.csv")
    crm.write("Work Email,Work Email,City\na@b.de,c@d.de,Kiel\n", "unclear.csv")
    with pytest.raises(UsageError) as caught:
        crm.provider(**settings)
    assert message in caught.value.message
    assert caught.value.message.startswith("providers.crm.")
    assert caught.value.next


def test_an_error_says_where_the_setting_stands(crm):
    place = Place(crm.folder / "config.toml", ("providers", "crm"))
    crm.write('[providers.crm]\nkind = "table"\npath = "crm.csv"\nregion = "x"\n', "config.toml")
    table = {"kind": "table", "path": "crm.csv", "region": "x"}
    with pytest.raises(UsageError, match=r"config.toml, line 4: providers.crm.region must be"):
        define("crm", table, crm.folder, wrong=place.wrong)


def test_an_unclear_column_is_settled_by_a_map(crm):
    crm.write("Work Email,Work Email,City\na@b.de,c@d.de,Kiel\n", "unclear.csv")
    with pytest.raises(UsageError) as caught:
        crm.provider(path="unclear.csv")
    assert caught.value.next == 'say map = {email = "#1"} or map = {email = "#2"}'
    assert crm.ask({"email": "c@d.de"}, path="unclear.csv", map={"email": "#2"}) == {"city": "Kiel"}


def test_a_file_that_spoils_further_down_is_said_when_it_is_read(crm):
    crm.write('email,city\na@b.de,Kiel\n"c@d.de,Bonn\n')
    with pytest.raises(UsageError, match="opens a quote that is never closed"):
        crm.ask({"email": "a@b.de"})


def test_parquet_without_pyarrow_names_the_extra(crm, monkeypatch):
    monkeypatch.setitem(sys.modules, "enrichctl.files.arrowfiles", None)
    (crm.folder / "crm.parquet").write_bytes(b"PAR1 and so on")
    with pytest.raises(UsageError) as caught:
        crm.provider(path="crm.parquet")
    assert caught.value.next == "pip install 'enrichctl[parquet]'"
