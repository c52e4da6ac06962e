import pytest

from enrichctl.facts.companies import same_company


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Nordlys AS", "NORDLYS A/S", True),
        ("Ørsted A/S", "Ørsted", True),
        ("Müller GmbH & Co. KG", "Muller", True),
        ("Ferrari S.p.A.", "Ferrari", True),
        ("Acme, Inc.", "Acme Ltd", True),
        ("Volvo AB (publ)", "Volvo", True),
        ("L'Oréal", "L\u2019Oreal SA", True),
        ("Acme Holding AS", "Acme AS", False),
        ("Acme Group", "Acme", False),
        ("Acme Norge AS", "Acme AS", False),
        ("Acme", "Acme Norge", False),
        ("AS Acme", "Acme", False),
        ("AS", "AB", False),
        ("", "Acme", False),
        ("", "", False),
        ("...", "-", False),
    ],
)
def test_names_agree_but_for_case_accents_and_the_legal_form(one, other, same):
    assert same_company(one, other) is same
    assert same_company(other, one) is same
