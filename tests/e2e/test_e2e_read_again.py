"""An enriched file that is read again: what this tool made of a row is not what the row says."""

import csv

import pytest
from test_e2e_declared import KEY, LOOKUP, Acme, acme  # noqa: F401 - a fixture

FULL = (
    LOOKUP.replace("job_title = ", 'company_size = "size"\ncompany_name = "company"\n'
    'first_name = "first"\nlast_name = "last"\njob_title = ')
    .replace('needs = [["email"]]', 'needs = [["email"], ["full_name", "company_domain"]]')
    .replace('{{mail = "{{email}}"}}', '{{mail = "{{email}}", name = "{{full_name}}"}}')
)  # fmt: skip
WANTED = "job_title,company_size,company_domain,full_name"


class Directory(Acme):
    """A vendor that knows one person, at a company of another name."""

    known = ("Maria", "Rossi", "Pastaco-Demo")

    def answer(self, path, body):
        self.asked.append((path, body))
        first, last, company = self.known
        return 200, {
            "title": "VP Operations", "size": "201-500", "first": first, "last": last,
            "company": company,
        }  # fmt: skip


@pytest.fixture
def vendor(monkeypatch, request):
    monkeypatch.setattr("test_e2e_declared.Acme", Directory)
    return request.getfixturevalue("acme")


@pytest.fixture
def enrich(shell, vendor):
    shell.environ |= KEY
    shell.write("acme.toml", FULL.format(url=vendor.url))
    shell.write("config.toml", '[providers.acme]\nfile = "acme.toml"\n')

    def run(name, to):
        words = ["enrich", name, "-p", "offline,acme", "-w", WANTED, "-y", "-o", to, "--force"]
        done = shell(*words, "--config", "config.toml")
        assert done.returncode == 0, done.stderr
        (row,) = csv.DictReader((shell.folder / to).read_text().splitlines())
        return row

    return run


def test_what_was_held_back_is_held_back_again(shell, enrich):
    """The company's domain was made from the e-mail: it says no more of the company than that."""
    header = "First Name,Last Name,Email,Company Name"
    shell.write("in.csv", f"{header}\nMaria,Rossi,m.rossi@pastaco-demo.it,Pasta & Co. S.r.l.\n")
    first = enrich("in.csv", "out.csv")
    assert (first["company_size"], first["enrichctl_status"]) == ("", "review")
    assert first["enrichctl_note"] == "acme finds Maria Rossi at another company"
    again = enrich("out.csv", "again.csv")
    assert again == first


def test_of_a_copied_row_the_name_that_was_typed_counts(shell, enrich, vendor):
    """What was made of the old name is made anew, and another person's answer is held back."""
    vendor.known = ("Sven", "Jung", "Alpha GmbH")
    header = "First Name,Last Name,Company Name,Website,full_name,company_domain"
    own = "enrichctl_status,enrichctl_sources,enrichctl_confidence,enrichctl_note"
    row = "Zora,Jung,Alpha GmbH,alpha.example,Sven Jung,alpha.example,enriched"
    said = '"full_name=offline;company_domain=offline",0.95,'
    shell.write("in.csv", f"{header},{own}\n{row},{said}\n")
    found = enrich("in.csv", "out.csv")
    assert found["full_name"] == "Zora Jung"
    assert {body["name"] for _, body in vendor.asked} == {"Zora Jung"}
    assert (found["enrichctl_status"], found.get("job_title", "")) == ("review", "")
