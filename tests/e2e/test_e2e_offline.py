"""`enrichctl enrich leads.csv` without a key and without a network, as a person would try it."""

import csv
import io
import json
import shutil

import pytest
from e2e_shell import DATA

LEADS = DATA / "leads.csv"

# Row → what a person who reads the row would agree with; "" must stay empty.
SENSIBLE = {
    1: {
        "seniority": "vp",
        "department": "sales",
        "country_code": "GB",
        "timezone": "Europe/London",
    },
    2: {"phone_e164": "+441174960234", "company_domain": "brackenridge-logistics.co.uk"},
    3: {"First Name": "Amelia", "Last Name": "Fenwick", "department": "finance"},
    4: {"phone_e164": "+12125550143", "seniority": "c_level", "country_code": "US"},
    6: {"First Name": "", "Last Name": "", "full_name": ""},  # t.nguyen@ is no name
    8: {"country_code": "CA", "department": "hr", "seniority": "director"},
    9: {"email_kind": "role", "First Name": "", "full_name": ""},
    10: {"seniority": "head", "department": "sales", "phone_e164": "+493023125042"},
    13: {"phone_e164": "+498999998241", "country_code": "DE", "department": "engineering"},
    16: {"email_kind": "free", "company_domain": "", "website": ""},
    18: {"phone_e164": "+33170181234", "country_code": "FR", "seniority": "director"},
    21: {"phone_e164": "", "seniority": "intern"},  # 3.36E+10 is no phone
    23: {"country_code": "NL"},
    31: {"seniority": "c_level", "country_code": "SE"},
    40: {"full_name": "Eszter Szabó"},
    57: {"email_kind": "disposable", "company_domain": ""},
    58: {"email_kind": "", "full_name": "", "country_code": ""},  # n/a is no value
    59: {"email_kind": "malformed"},
}


def rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8"))))


@pytest.fixture
def leads(shell):
    return shutil.copy(LEADS, shell.folder / "leads.csv")


def test_fills_what_a_person_reading_the_file_would_agree_with(shell, leads):
    done = shell("enrich", leads)

    assert done.returncode == 0, done.stderr
    written = rows((shell.folder / "leads.enriched.csv").read_bytes())
    for number, expected in SENSIBLE.items():
        row = written[number - 1]
        assert {name: row[name] for name in expected} == expected, number


def test_every_input_cell_comes_back_byte_for_byte(shell, leads):
    shell("enrich", leads)

    before = LEADS.read_bytes().splitlines()
    after = (shell.folder / "leads.enriched.csv").read_bytes().splitlines()
    filled = rows((shell.folder / "leads.enriched.csv").read_bytes())
    assert len(before) == len(after)
    for old, new, row in zip(before, after, [None, *filled], strict=True):
        if row is None or "First Name=" in row["enrichctl_sources"]:
            assert new.startswith(old + b",")
    for old, new in zip(rows(LEADS.read_bytes()), filled, strict=True):
        assert {k: v for k, v in old.items() if v} == {k: new[k] for k, v in old.items() if v}


def test_the_input_stays_as_it_was_and_a_second_run_writes_the_same(shell, leads):
    shell("enrich", leads)
    first = (shell.folder / "leads.enriched.csv").read_bytes()
    again = shell("enrich", leads)

    assert again.returncode == 0, again.stderr
    assert (shell.folder / "leads.enriched.csv").read_bytes() == first
    assert (shell.folder / "leads.csv").read_bytes() == LEADS.read_bytes()


def test_says_for_each_value_where_it_came_from(shell, leads):
    shell("enrich", leads)
    row = rows((shell.folder / "leads.enriched.csv").read_bytes())[2]

    assert row["enrichctl_status"] == "enriched"
    assert "first_name=offline" in row["enrichctl_sources"].split(";")
    assert 0 < float(row["enrichctl_confidence"]) <= 1


def test_a_malformed_address_alone_is_said_to_be_one_and_what_is_left_is_nobody(shell):
    (shell.folder / "few.csv").write_text("Email,Job Title\njane@,\nn/a,\n", "utf-8")
    done = shell("enrich", "few.csv", "--map", "email=Email", "-w", "email_kind", "-o", "-")

    wrong, none = rows(done.stdout)
    assert (wrong["email_kind"], wrong["enrichctl_status"]) == ("malformed", "enriched")
    assert (none["email_kind"], none["enrichctl_status"]) == ("", "skipped")


def test_wants_names_the_columns_that_are_added(shell, leads):
    shell("enrich", leads, "-w", "phone_e164,seniority", "-o", "out.csv", "--provenance", "none")

    header = (shell.folder / "out.csv").read_text("utf-8").splitlines()[0]
    assert header == LEADS.read_text("utf-8").splitlines()[0] + ",seniority,phone_e164"


def test_json_lines_carry_the_record_and_its_provenance(shell, leads):
    done = shell("enrich", leads, "--json")

    record = json.loads(done.stdout.splitlines()[2])
    assert record["Email"] == "amelia.fenwick@brackenridge-logistics.co.uk"
    assert record["First Name"] == "Amelia"
    assert record["_enrichctl"]["status"] == "enriched"
    assert record["_enrichctl"]["fields"]["first_name"]["provider"] == "offline"
    assert record["_enrichctl"]["fields"]["first_name"]["previous"] is None
    assert not (shell.folder / "leads.enriched.csv").exists()


def test_reads_stdin_and_writes_stdout(shell):
    done = shell("enrich", "-", stdin=b'{"email": "jane.doe@acme.io"}\n')

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["first_name"] == "Jane"


@pytest.mark.parametrize("format_", ["csv", "tsv", "json", "jsonl", "xlsx"])
def test_writes_every_format(shell, leads, format_):
    done = shell("enrich", leads, "--format", format_)

    assert done.returncode == 0, done.stderr
    assert (shell.folder / f"leads.enriched.{format_}").stat().st_size > 1000


def test_overwrite_puts_cells_into_their_canonical_form(shell):
    shell.write("in.csv", "email,phone,country\nJANE.DOE@Acme.IO,020 7946 0018,GB\n")
    done = shell(
        "enrich", "in.csv", "--overwrite", "email,phone", "-w", "full_name", "-o", "out.csv"
    )

    row = rows((shell.folder / "out.csv").read_bytes())[0]
    assert done.returncode == 0, done.stderr
    assert (row["email"], row["phone"]) == ("jane.doe@acme.io", "+442079460018")


def test_a_filled_cell_is_not_touched_without_overwrite(shell):
    shell.write("in.csv", "email,first_name,phone\nJANE.DOE@Acme.IO,J.,020 7946 0018\n")
    shell("enrich", "in.csv", "-o", "out.csv")

    row = rows((shell.folder / "out.csv").read_bytes())[0]
    assert [row["email"], row["first_name"], row["phone"]] == [
        "JANE.DOE@Acme.IO", "J.", "020 7946 0018",
    ]  # fmt: skip


def test_min_confidence_leaves_guesses_out(shell):
    shell.write("in.csv", "email\njane.doe@acme.io\n")
    shell("enrich", "in.csv", "--min-confidence", "0.6", "-o", "out.csv")

    row = rows((shell.folder / "out.csv").read_bytes())[0]
    assert row["first_name"] == "Jane"
    assert "company_name" not in row


def test_suppressed_people_are_left_alone(shell):
    shell.write("in.csv", "email\njane.doe@acme.io\njohn.roe@other.io\n")
    shell.write("no.txt", "@acme.io\n")
    shell("enrich", "in.csv", "--suppress", "no.txt", "-o", "out.csv")

    first, second = rows((shell.folder / "out.csv").read_bytes())
    assert (first["enrichctl_status"], first["full_name"]) == ("skipped", "")
    assert second["enrichctl_status"] == "enriched"


def test_works_as_cron_would_run_it(shell, leads):
    shell.environ = {"ENRICHCTL_STATE_DIR": str(shell.folder / "state")}
    done = shell("enrich", leads, "--quiet")

    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_a_default_region_spells_numbers_in_place_as_it_fills_the_new_column(shell):
    shell.write("in.csv", "Phone,Country\n020 7219 3000,\n030 2345678,Germany\n")
    words = ("--overwrite", "phone", "--default-region", "GB", "-o", "-")
    done = shell("enrich", "in.csv", "-w", "phone_e164,phone", *words, "--provenance", "none")
    assert done.stdout.decode().splitlines() == [
        "Phone,Country,phone_e164",
        "+442072193000,,+442072193000",
        "+49302345678,Germany,+49302345678",
    ]


def test_people_that_nobody_counted_are_not_told(shell):
    (shell.folder / "in.csv").write_text("email\nada@psi.io\nADA@psi.io\n")
    assert shell("enrich", "in.csv", "-q").returncode == 0
    run = json.loads(shell("status", "last", "--json").stdout)["run"]
    assert (run["records"], run["people"]) == (2, 0)
    assert b"  records  2\n" in shell("status", "last").stdout
    assert json.loads(shell("enrich", "in.csv", "-n", "--json").stdout)["people"] == 1
