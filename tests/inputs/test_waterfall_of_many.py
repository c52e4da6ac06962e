"""A waterfall over 500 records of many countries: no two people share a call or a value."""

from collections import defaultdict

import pytest
from acme import title_of
from crowd import LANDS, Crowd

CRM = (
    '[providers.crm]\nkind = "table"\npath = "{path}"\nkey = ["email", "phone"]\n'
    'match = "name+company"\n'
)


@pytest.mark.parametrize(
    ("count", "hints"), [(500, ()), (150, ("country",))], ids=["as needed", "and the country"]
)
def test_no_two_people_share_a_call_or_a_value(bench, acme, count, hints):
    """Each call's answer has the call's number, each row of the table the person's name."""
    leads = Crowd().leads(count)
    lands = {lead.cells.get("Country") for lead in leads}
    assert len(lands & {*LANDS, *LANDS.values()}) > min(30, count / 10)
    acme.answer = lambda told: title_of(told) if sum(map(ord, str(told))) % 4 else None
    known = {lead.who: lead for lead in leads if sum(map(ord, lead.who)) % 2}
    own = [{**lead.cells, "Department": f"of {who}"} for who, lead in known.items()]
    bench.config(acme.config(*hints), CRM.format(path=bench.table("crm.csv", own)))
    bench.table("in.csv", [lead.cells for lead in leads])

    ran = bench(
        "enrich", "in.csv", "-p", "offline,acme,crm", "-w", "phone_e164,job_title,department",
        "--default-region", "DE", "--concurrency", "16", "-y", "-o", "-", "--format", "csv",
    )  # fmt: skip
    assert (ran.status, len(ran.rows)) == (0, count), ran.said

    called, rows_of = defaultdict(set), defaultdict(int)
    for row, lead in zip(ran.rows, leads, strict=True):
        if row["job_title"]:
            called[row["job_title"]].add(lead.who)
            rows_of[row["job_title"]] += 1
    assert {call: who for call, who in called.items() if len(who) > 1} == {}
    assert len(called) > count / 2
    assert max(rows_of.values()) > 2  # and rows of one person do share theirs

    # What follows from the title of the row's own call is its own as well.
    looked_up = [
        (lead, row["department"])
        for row, lead in zip(ran.rows, leads, strict=True)
        if row["department"] and "department=offline" not in row["enrichctl_sources"]
    ]
    assert [(lead, said) for lead, said in looked_up if said != f"of {lead.who}"] == []
    assert len(looked_up) > count / 4

    told = [tuple(sorted(one.items())) for one in acme.log]
    again = {one for one in told if told.count(one) > 1}
    assert hints == () or again == set()  # nothing is asked twice,
    assert {len(dict(one)) for one in again} <= {3}  # but of branches that cannot be told apart
