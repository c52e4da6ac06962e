"""LeadLex: what its exchanges cannot say, and a word with the sandbox over real sockets."""

import uuid
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

import pytest
from transport.faults import FaultServer, reply

from enrichctl.errors import BadRecord, Declined, Miss, Unconfirmed, UsageError
from enrichctl.model import Query, Rate, Value
from enrichctl.providers.leadlex import LeadLex
from enrichctl.sandbox import Sandbox
from enrichctl.transport import Api, Payload, Runtime, Wire

KEY = "wbk_made_up"
BY_EMAIL = Query({"email": "jane@acme.com"}, ("job_title",))
BY_DOMAIN = Query({"company_domain": "acme.com"}, ("location", "tech_stack"))
BY_ID = Query({"leadlex.contact_id": "123e4567-e89b-12d3-a456-426614174000"}, ("job_title",))


class Login:
    def __init__(self, plan: str = "", base_url: str = "") -> None:
        self.items = {"api_key": KEY, "plan": plan}
        self.base_url = base_url

    def get(self, name: str) -> str:
        return self.items[name]


class Books:
    """A ledger that gives keys and a limiter that never waits."""

    def __init__(self) -> None:
        self.intents: list[Payload] = []

    def intend(self, payload: Payload, *, keyed: bool) -> Payload:
        assert keyed
        self.intents.append(payload._replace(key=str(uuid.uuid4())))
        return self.intents[-1]

    def wait(self, group: str) -> None:
        del group

    def departed(self) -> None:
        pass

    def answered(self, took: float) -> None:
        """Take no note of round trips."""

    def got_through(self, group: str) -> None:
        """Take no note of who was answered."""

    def through(self, group: str) -> int:
        del group
        return 0


@pytest.fixture
def leadlex() -> LeadLex:
    return LeadLex()


@pytest.fixture
def box() -> Iterator[Sandbox]:
    with Sandbox(miss_rate=0, hole_rate=0, keys={"leadlex": KEY}) as sandbox:
        yield sandbox


def api(leadlex: LeadLex, box: Sandbox | FaultServer, books: Books) -> Api:
    base_url = box.url("leadlex") if isinstance(box, Sandbox) else box.url
    connection = leadlex.connect(Login(base_url=base_url))
    return Api(
        leadlex.title,
        Wire(connection.base_url, connection.auth),
        limiter=books,
        explain=leadlex.explain,
        runtime=Runtime(pause=lambda _: None, chance=lambda: 0.0),
        timeout=5,
        patience=leadlex.patience,
        ledger=books,
    )


def ask(leadlex: LeadLex, box: Sandbox, query: Query, books: Books | None = None):
    answer = leadlex.find(query, api(leadlex, box, books or Books()))
    return leadlex.read(answer.body, query)


def test_without_a_base_url_it_is_asked_where_the_vendor_says(leadlex):
    base = "https://data.leadlex.com/functions/v1/api-gateway"
    assert leadlex.connect(Login()).base_url == base


def test_the_account_is_told_apart_by_its_key_which_is_not_given_away(leadlex):
    account = leadlex.connect(Login()).account
    other = Login()
    other.items["api_key"] = "wbk_another"
    assert account
    assert account != leadlex.connect(other).account
    assert KEY not in account


@pytest.mark.parametrize(
    ("plan", "rates"),
    [
        ("", ()),
        ("starter", (Rate(10, 60.0), Rate(100, 86_400.0))),
        ("Pro", (Rate(50, 60.0), Rate(1_000, 86_400.0))),
        ("org", (Rate(200, 60.0), Rate(10_000, 86_400.0))),
    ],
)
def test_the_plan_says_the_limits(leadlex, plan, rates):
    leadlex.connect(Login(plan))
    assert leadlex.rates == rates


def test_a_plan_that_there_is_not_is_refused(leadlex):
    with pytest.raises(UsageError, match="no plan 'gold'"):
        leadlex.connect(Login("gold"))


def test_one_accounts_limits_are_not_anothers(leadlex):
    leadlex.connect(Login("starter"))
    assert LeadLex().rates == ()


def test_looking_up_by_email_changes_nothing_until_it_is_to_be_saved(leadlex):
    assert not leadlex.changes(BY_EMAIL)
    assert leadlex.changes(replace(BY_EMAIL, save=True))
    assert leadlex.changes(BY_ID)
    assert leadlex.changes(Query({"company_domain": "acme.com"}, ("industry",)))


def test_a_look_up_by_email_is_final_on_all_that_it_says(leadlex):
    assert set(leadlex.covers(BY_EMAIL)) == {"job_title", *leadlex.default_wants}
    assert leadlex.covers(BY_ID) == ("job_title",)
    assert leadlex.covers(replace(BY_EMAIL, save=True)) == ("job_title",)


def test_what_is_stored_in_the_workspace_is_another_question(leadlex):
    over = frozenset({"job_title"})
    variants = [
        leadlex.variant(query)
        for query in (
            BY_EMAIL,
            replace(BY_EMAIL, overwrite=over),
            BY_ID,
            replace(BY_EMAIL, save=True),
            replace(BY_ID, overwrite=over),
            replace(BY_EMAIL, save=True, overwrite=over),
        )
    ]
    assert variants == ["", "", "", "save", "over", "save over"]


@pytest.mark.parametrize(
    ("verdict", "status"),
    [
        ("deliverable", "deliverable"),
        ("Valid", "deliverable"),
        (True, "deliverable"),
        ("undeliverable", "undeliverable"),
        (False, "undeliverable"),
        ("catch_all", "risky"),
        ("accept_all", "risky"),
        ("who knows", "unknown"),
    ],
)
def test_a_verdict_on_an_address_is_read_in_four_words(leadlex, verdict, status):
    query = Query(BY_EMAIL.inputs, ("email_status",))
    assert leadlex.read({"data": {"deliverable": verdict}}, query)["email_status"].text == status


def test_a_verdict_that_nobody_asked_for_is_not_read(leadlex):
    assert leadlex.read({"data": {"deliverable": "valid"}}, BY_EMAIL) == {}


@pytest.mark.parametrize("part", [None, [], "", {"job_title": None}, {"job_title": {"en": "CEO"}}])
def test_an_answer_without_values_reads_as_nothing(leadlex, part):
    assert leadlex.read({"data": {"person": part, "company": part}}, BY_EMAIL) == {}


def test_an_answer_may_name_neither_source_nor_confidence(leadlex):
    body = {"data": {"person": {"job_title": "CEO"}, "confidence": "high"}}
    assert leadlex.read(body, BY_EMAIL) == {"job_title": Value("CEO", None, "")}


def test_a_companys_seat_is_no_persons_location(leadlex):
    company = {"company": {"hq_location": "Oslo", "tech_stack": ["Python", "Go"]}}
    of_person = leadlex.read({"data": company | {"person": {"job_title": "CEO"}}}, BY_EMAIL)
    assert of_person.keys() == {"job_title", "tech_stack"}
    nobody = leadlex.read({"data": company | {"person": None}}, BY_EMAIL)
    assert nobody.keys() == {"tech_stack"}
    of_company = leadlex.read({"data": company}, BY_DOMAIN)
    assert {name: value.text for name, value in of_company.items()} == {
        "location": "Oslo",
        "tech_stack": "Python, Go",
    }


def test_the_sandbox_enriches_a_contact_once_for_one_credit(leadlex, box):
    person = next(iter(box.population.people.values()))
    query = Query({"leadlex.contact_id": person.leadlex_id}, ("company_name", "location"))
    assert ask(leadlex, box, query)["location"].text == person.location
    assert box.spent("leadlex") == 1


def test_the_sandbox_is_asked_again_under_the_same_key_and_charges_once(leadlex, box):
    person, books = next(iter(box.population.people.values())), Books()
    box.fault("leadlex", "lost", charged=True)
    query = Query({"email": person.email}, ("job_title",))
    assert ask(leadlex, box, query, books)["job_title"].text == person.job_title
    assert {seen.headers["idempotency-key"] for seen in box.requests} == {books.intents[0].key}
    assert (len(box.requests), len(books.intents), box.spent("leadlex")) == (2, 1, 1)


@pytest.mark.parametrize(
    "answer",
    [
        reply(409, b'{"error": {"code": "no_match"}}', "X-Request-ID: req-1"),
        reply(200, b'{"data": {"person": {"job_title": "CEO"}}}', "X-Request-ID: req-1"),
    ],
    ids=["a miss", "a match"],
)
def test_an_answer_that_another_question_took_is_no_answer_to_this_one(leadlex, answer):
    """A late copy of it; with its key the question is asked again."""
    right = reply(200, b'{"data": {"person": {"job_title": "CTO"}}}', "X-Request-ID: req-2")
    with FaultServer([answer, answer, right]) as server:
        with suppress(Miss):
            ask(leadlex, server, BY_EMAIL)
        other = Query({"email": "joe@acme.com"}, ("job_title",))
        assert ask(leadlex, server, other)["job_title"].text == "CTO"
        assert len(server.requests) == 3


def answered(body: bytes, status: int = 200):
    return reply(status, body, "X-Request-ID: always-the-same")


def person_called(title: str) -> bytes:
    return b'{"data": {"person": {"job_title": "%b"}}}' % title.encode()


def someone(number: int) -> Query:
    return Query({"email": f"person{number}@acme.com"}, ("job_title",))


def test_no_paid_answer_is_lost_where_all_requests_have_one_id(leadlex):
    """Not documented to be another one for each; the first that shares one is asked for again."""
    titles = ["CEO", "CTO", "CTO", "CFO", "COO"]
    with FaultServer([answered(person_called(title)) for title in titles]) as server:
        found = [ask(leadlex, server, someone(n))["job_title"].text for n in range(4)]
        assert found == ["CEO", "CTO", "CFO", "COO"]
        keys = [seen.headers["idempotency-key"] for seen in server.requests]
        assert keys[1] == keys[2]
        assert len(set(keys)) == 4


def test_a_miss_is_one_where_all_requests_have_one_id(leadlex):
    with FaultServer([answered(b'{"error": {"code": "no_match"}}', 409)]) as server:
        for number in range(4):
            with pytest.raises(Miss):
                ask(leadlex, server, someone(number))
        assert len(server.requests) == 1 + 3 * 2


def test_the_very_answer_that_another_question_took_is_never_taken(leadlex):
    """Say, of a cache between here and there: the same id and the same bytes, time and again."""
    with FaultServer([answered(person_called("CEO"))]) as server:
        assert ask(leadlex, server, someone(0))["job_title"].text == "CEO"
        with pytest.raises(Unconfirmed, match="somebody else"):
            ask(leadlex, server, someone(1))


def test_the_sandbox_knows_a_company_by_its_domain(leadlex, box):
    company = next(iter(box.population.people.values())).company
    query = Query({"company_domain": company.domain}, ("industry", "company_size"))
    match = ask(leadlex, box, query)
    assert (match["industry"].text, match["company_size"].text) == (company.industry, company.size)


def test_the_sandbox_finds_the_contact_to_save_by_its_email(leadlex, box):
    person = next(iter(box.population.people.values()))
    query = Query({"email": person.email}, ("phone",), save=True)
    assert ask(leadlex, box, query)["phone"].text == person.phone
    assert [seen.method for seen in box.requests][-1] == "POST"
    assert box.spent("leadlex") == 1


def test_the_sandbox_replaces_only_where_all_of_it_may_be_replaced(leadlex, box):
    person = next(iter(box.population.people.values()))  # with a job title of long ago
    query = Query(
        {"leadlex.contact_id": person.leadlex_id},
        ("job_title", "phone"),
        overwrite=frozenset({"phone"}),
    )
    assert ask(leadlex, box, query)["job_title"].text != person.job_title
    both = replace(query, overwrite=frozenset(query.wants))
    assert ask(leadlex, box, both)["job_title"].text == person.job_title


def test_the_sandbox_charges_nothing_for_what_it_refuses(leadlex, box):
    nobody = "00000000-0000-4000-8000-000000000000"
    with pytest.raises(BadRecord):
        ask(leadlex, box, Query({"leadlex.contact_id": nobody}, ("phone",)))
    box.set(miss_rate=1)
    with pytest.raises(Miss):
        ask(leadlex, box, Query({"email": "nobody@nowhere.example"}, ("phone",)))
    with pytest.raises(Declined):
        ask(leadlex, box, Query({"leadlex.contact_id": nobody}, ("email_status",)))
    assert box.ledger == []


def test_the_sandbox_proves_a_login_for_nothing(leadlex, box):
    assert "the key is good" in leadlex.check(api(leadlex, box, Books()))
    assert box.ledger == []
