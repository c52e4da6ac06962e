"""Where values are from that were written into a table, until somebody changes them."""

import pytest

from enrichctl.journal import subject_key
from enrichctl.journal.erase import PersonToErase, forget
from enrichctl.journal.written import AT_ONCE, Written, fingerprint, has_any, remember, remembered

TABLE = "sqlite:////crm.db?table=leads"
ANN = subject_key("ann@acme.com")


def wrote(key, confidence="", note="", keys=b"", **values):
    sources = {name: (who, fingerprint(text)) for name, (who, text) in values.items()}
    return Written(key, sources, confidence, note, keys)


def said(journal, key, **texts):
    found = remembered(journal, TABLE, [key]).get(key)
    return found.said(texts) if found else None


def test_a_row_says_who_gave_what_stands_there_and_how_sure_that_was(journal):
    assert not has_any(journal, TABLE)
    remember(journal, TABLE, [wrote("7", "0.8", "a caution", job_title=("acme", "CTO"))])
    assert has_any(journal, TABLE)
    assert not has_any(journal, "sqlite:////other.db?table=leads")
    assert said(journal, "7", job_title=" CTO ") == ("job_title=acme", "0.8", "a caution")
    for other in ({"job_title": "cto"}, {"job_title": ""}, {"phone": "CTO"}, {}):
        assert said(journal, "7", **other) == ()
    assert said(journal, "8", job_title="CTO") is None


def test_a_later_run_adds_to_a_row_and_replaces_what_it_has_written_itself(journal):
    first = wrote(
        "7", "0.8", "one", b"a" * 8, city=("acme", "Bonn"), phone=("acme", "1"),
        job_title=("acme", "CTO"),
    )  # fmt: skip
    remember(journal, TABLE, [first])
    remember(journal, TABLE, [wrote("7", "0.9", "two", b"a" * 8 + ANN, phone=("beta", "2"))])
    texts = {"city": "Bonn", "phone": "2", "job_title": "Boss"}
    assert said(journal, "7", **texts) == ("city=acme;phone=beta", "0.8", "two")
    assert remembered(journal, TABLE, ["7"])["7"].keys == b"a" * 8 + ANN


@pytest.mark.parametrize("count", [1, AT_ONCE])
def test_as_many_rows_as_are_written_at_once_are_read_again(journal, count):
    rows = [wrote(str(number), job_title=("acme", "CTO")) for number in range(count)]
    remember(journal, TABLE, rows)
    assert remembered(journal, TABLE, [one.key for one in rows]).keys() == {r.key for r in rows}


def test_who_is_forgotten_is_gone_by_what_the_row_says_and_by_its_key(journal):
    remember(
        journal,
        TABLE,
        [
            wrote("1", keys=b"x" * 8 + ANN, job_title=("acme", "CTO")),
            wrote("ann@acme.com", job_title=("acme", "CTO")),
            wrote("3", keys=subject_key("bo@acme.com"), job_title=("acme", "CTO")),
        ],
    )
    forget(journal, PersonToErase((ANN,), ("ann@acme.com",)), names=lambda _: False)
    assert remembered(journal, TABLE, ["1", "ann@acme.com", "3"]).keys() == {"3"}
