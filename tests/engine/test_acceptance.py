"""What a record takes from an answer about it, about somebody else, and about a new job."""

from datetime import UTC, datetime

import pytest
from rig import Asked

from enrichctl.engine.acceptance import accept_answer as take
from enrichctl.engine.lead import Lead
from enrichctl.engine.question import Rules
from enrichctl.engine.result import status_of
from enrichctl.engine.tried import Tried
from enrichctl.model import Outcome, Query, Record, Status, Value
from enrichctl.provider import WHO

AT = datetime(2026, 1, 31, 10, tzinfo=UTC)
ROW = {
    "email": "klaus.weber@weber-bau.de", "first_name": "Klaus", "last_name": "Weber",
    "company_name": "Weber Bau GmbH",
}  # fmt: skip
WANTS = ("full_name", "phone", "industry", "job_title", "linkedin_url", "company_linkedin_url")


class Vendor(Asked):
    name = "alpha"
    title = "Alpha"
    about = WHO
    finds = WANTS


def answer(name, company, **more):
    every = {
        "full_name": name, "company_name": company, "phone": "+49 30 901821", "industry": "Travel",
        "job_title": "CEO", **more,
    }  # fmt: skip
    return {field: Value(text) for field, text in every.items()}


def lead_after(*answers, row=ROW, wants=WANTS, **rules):
    """Let a record take answers, each from a provider of its own."""
    lead = Lead(Record(1, 2, dict(row)), frozenset(wants) - row.keys())
    for number, match in enumerate(answers):
        provider = Vendor()
        provider.name = f"alpha{number or ''}"
        query = Query({"email": row["email"]}, wants)
        taken = take(lead, provider, query, {}, match, wants, Rules(**rules), AT)
        lead.tried.append(
            Tried(
                provider.name, Outcome.MATCHED, 1, taken.fields, taken.reason, taken.cause,
                held_back=taken.held_back,
            )
        )  # fmt: skip
    return lead


def test_an_answer_about_the_record_fills_it():
    lead = lead_after(answer("Klaus Weber", "Weber Bau"))
    assert lead.filled.keys() == {"full_name", "phone", "industry", "job_title"}
    assert status_of(lead) == (Status.ENRICHED, "")


def test_an_answer_about_somebody_else_fills_nothing_and_is_said_in_the_rows_own_words():
    lead = lead_after(answer("Kofi Weber", "Alder Travel"))
    assert not lead.filled
    why = "alpha answers about somebody else than Klaus Weber: name differs"
    assert status_of(lead) == (Status.REVIEW, why)
    assert lead.tried[0].held_back == ("full_name", "phone", "industry", "job_title")
    assert lead.tried[0].cause == "alpha answers about somebody else: name differs"


def test_what_is_held_back_can_be_taken_after_all():
    lead = lead_after(answer("Kofi Weber", "Alder Travel"), accept_review=True)
    assert lead.filled["full_name"] == "Kofi Weber"
    assert status_of(lead) == (Status.ENRICHED, "")


def test_of_a_new_job_nothing_stands_with_the_old_company():
    lead = lead_after(answer("Klaus Weber", "Alder Travel"))
    assert lead.filled.keys() == {"full_name", "phone"}
    why = "alpha finds Klaus Weber at another company"
    assert status_of(lead) == (Status.REVIEW, why)  # what needs somebody comes first


def test_the_status_is_the_same_when_what_was_taken_stands_in_the_row_already():
    first = lead_after(answer("Klaus Weber", "Alder Travel"))
    again = lead_after(answer("Klaus Weber", "Alder Travel"), row=ROW | first.filled)
    assert status_of(again) == status_of(first)


def test_what_another_one_fills_needs_nobody():
    """Nothing is held back from what is filled, whoever's answer came first."""
    new_job = answer("Klaus Weber", "Alder Travel")
    own = answer("Klaus Weber", "Weber Bau")
    for answers in ((new_job, own), (own, new_job)):
        lead = lead_after(*answers)
        assert status_of(lead) == (Status.ENRICHED, "")
    lacks = {name: value for name, value in own.items() if name != "industry"}
    assert status_of(lead_after(new_job, lacks))[0] is Status.REVIEW


def test_a_new_job_of_which_nothing_else_is_wanted_is_for_review():
    lead = lead_after(answer("Klaus Weber", "Alder Travel"), wants=("industry",))
    assert status_of(lead)[0] is Status.REVIEW


def test_a_new_job_stands_with_the_new_company_where_that_replaces_the_old():
    lead = lead_after(
        answer("Klaus Weber", "Alder Travel"),
        wants=(*WANTS, "company_name"),
        overwrite=frozenset({"company_name"}),
    )
    assert lead.filled["company_name"] == "Alder Travel"
    assert lead.filled["industry"] == "Travel"


def test_a_parents_mail_domain_proves_nothing_of_the_company_that_the_row_states():
    row = ROW | {"email": "klaus.weber@alder-travel.com"}
    lead = lead_after(
        answer("Klaus Weber", "Alder Travel", company_domain="alder-travel.com"), row=row
    )
    assert lead.filled.keys() == {"full_name", "phone", "job_title"}


def test_the_next_provider_fills_what_is_held_back():
    lead = lead_after(answer("Kofi Weber", "Alder Travel"), answer("Klaus Weber", "Weber Bau"))
    assert lead.filled["full_name"] == "Klaus Weber"
    assert status_of(lead) == (Status.ENRICHED, "")


def test_part_that_stays_held_back_is_for_review_though_others_fill_something():
    some = {"full_name": Value("Klaus Weber"), "phone": Value("+49 30 901822")}
    lead = lead_after(answer("Kofi Weber", "Alder Travel"), some)
    assert lead.filled == {"full_name": "Klaus Weber", "phone": "+49 30 901822"}
    assert status_of(lead)[0] is Status.REVIEW


def test_an_answer_about_somebody_else_that_would_fill_nothing_needs_no_review():
    full = ROW | dict.fromkeys(WANTS, "x")
    lead = lead_after(answer("Kofi Weber", "Alder Travel"), row=full)
    assert status_of(lead) == (Status.COMPLETE, "")


SAME = answer("Klaus Weber", "Weber Bau")
MOVED = answer("Klaus Weber", "Alder Travel")  # the work there is held back
OTHER = answer("Kofi Weber", "Alder Travel")
HIRED = {name: SAME[name] for name in ("full_name", "industry", "job_title")}
KEPT = ROW | {"full_name": "Klaus Weber", "phone": "+49 30 901821"}  # what is taken of `MOVED`
WORK = {"industry": "Travel", "job_title": "CEO"}  # what is not
HELD_BACK = [
    ("all is held back", ROW, [OTHER], {}, Status.REVIEW),
    ("part is, the rest is taken", ROW, [MOVED], {}, Status.REVIEW),
    ("the rest is in the cells from a run before", KEPT, [MOVED], {}, Status.REVIEW),
    ("another answer fills something else", ROW, [OTHER, {"phone": SAME["phone"]}], {},
     Status.REVIEW),
    ("all is, and another fills it", ROW, [OTHER, SAME], {}, Status.ENRICHED),
    ("part is, and another fills that", ROW, [MOVED, HIRED], {}, Status.ENRICHED),
    ("the cells have all of that from a run before", KEPT | WORK, [MOVED, HIRED],
     {}, Status.NO_MATCH),
    ("the cells are to be overwritten", KEPT | WORK, [MOVED],
     {"overwrite": frozenset(WORK)}, Status.REVIEW),
    ("held back or not, it is to be used", ROW, [MOVED], {"accept_review": True}, Status.ENRICHED),
]  # fmt: skip


@pytest.mark.parametrize(
    ("row", "answers", "rules", "status"),
    [case[1:] for case in HELD_BACK],
    ids=[case[0] for case in HELD_BACK],
)
def test_held_back_values_decide_by_what_the_record_lacks(row, answers, rules, status):
    """Whether the other values are new in this run, or in the cells already, is no matter."""
    assert status_of(lead_after(*answers, row=row, **rules))[0] is status


def test_answers_of_two_people_do_not_make_a_third():
    row = {"email": "kw@weber-bau.de"}
    lead = lead_after(
        {"full_name": Value("Klaus Weber")}, answer("Jane Roe", "Alder Travel"), row=row
    )
    assert lead.filled == {"full_name": "Klaus Weber"}
    assert status_of(lead) == (
        Status.REVIEW,
        "alpha1 answers about somebody else: name differs",
    )


@pytest.mark.parametrize(
    ("more", "named"), [({}, "Amelia Fenwick"), ({"full_name": "A. Fenwick"}, "A. Fenwick")]
)
def test_a_review_names_the_person_and_never_the_company_in_the_persons_place(more, named):
    row = {"email": "amelia.fenwick@acme.com", "company_name": "Acme"} | more
    lead = lead_after(answer("Klaus Weber", "Alder Travel"), row=row)
    assert status_of(lead) == (
        Status.REVIEW,
        f"alpha answers about somebody else than {named}: name differs",
    )


def test_a_failure_comes_before_a_review_and_a_review_before_what_was_filled():
    lead = lead_after(answer("Kofi Weber", "Alder Travel"))
    lead.tried.append(Tried("beta", Outcome.FAILED, 2, reason="rejected"))
    assert status_of(lead)[0] is Status.FAILED


@pytest.mark.parametrize("named", ["Klaus Weber", "Kofi Weber"])
def test_a_provider_whose_answers_name_nobody_is_not_judged(named):
    provider = Vendor()
    provider.about = ()
    lead = Lead(Record(1, 2, dict(ROW)), frozenset(WANTS))
    query = Query({"email": ROW["email"]}, WANTS)
    taken = take(lead, provider, query, {}, answer(named, "X"), WANTS, Rules(), AT)
    assert "phone" in taken.fields
