"""What is a right answer, whatever its spelling."""

import pytest

from enrichctl.analysis.truth import judge


@pytest.mark.parametrize(
    ("field", "truth", "answer", "verdict"),
    [
        ("email", "Ann@Acme.com", "ann@acme.COM", "right"),
        ("email", "ann@acme.com", "ann.lee@acme.com", "wrong"),
        ("email", "ann@acme.com", " ", "missing"),
        ("phone", "030 1234567", "+49 30 1234567", "right"),
        ("phone", "+49 30 1234567", "+49 30 1234568", "wrong"),
        ("country", "Germany", "Deutschland", "right"),
        (
            "linkedin_url",
            "linkedin.com/in/ann-lee",
            "https://www.linkedin.com/in/ann-lee/",
            "right",
        ),
        ("job_title", "Head of Sales", "head of  sales", "right"),
        ("job_title", "Head of Sales", "Sales", "wrong"),
        ("seniority", "C-Level", "c_level", "right"),
        ("company_size", "51-200", "120", "right"),
        ("company_size", "51-200", "1000", "wrong"),
        ("company_name", "Acme GmbH", "ACME", "right"),
        ("company_name", "Acme GmbH", "Globex", "wrong"),
    ],
)
def test_an_answer_is_right_where_it_means_the_known_value(field, truth, answer, verdict):
    assert judge(field, truth, answer, "DE") == verdict
