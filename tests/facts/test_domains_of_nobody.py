"""Whose a domain is: an employer's, or that of everybody who has a mailbox or a page there."""

import pytest

from enrichctl.facts import domains


@pytest.mark.parametrize(
    "host",
    [
        "gmail.com", "t-online.de", "movistar.es", "ocn.ne.jp", "tampabay.rr.com", "hotmial.com",
        "facebook.com", "linkedin.com", "bit.ly", "linktr.ee", "acme.wixsite.com",
        "myshopify.com", "sites.google.com", "acme.con", "acme.cmo", "acme.de1", "acme.invalid",
        "acme.test", "acme.onion", "acme.localhost", "acme.arpa", "mailinator.com",
    ],
)  # fmt: skip
def test_nobody_works_there(host):
    assert domains.company(host) is None
    assert domains.company(f"https://www.{host}/acme") is None


@pytest.mark.parametrize(
    "host", ["nus.edu.sg", "telstra.com", "cox.com", "medscape.com", "acme.co.uk", "acme.museum"]
)
def test_somebody_works_there(host):
    assert domains.company(f"jane@mail.{host}") == host


@pytest.mark.parametrize(
    ("text", "company"),
    [
        ("https://www.yelp.com/biz/acme-widgets", None),
        ("pagesjaunes.fr/pros/123", None),
        ("https://www.dropbox.com/s/abc?dl=0", None),
        ("https://www.yelp.com/", "yelp.com"),
        ("jane@yelp.com", "yelp.com"),
        ("https://acme.com/yelp.com", "acme.com"),
    ],
)
def test_an_entry_in_a_directory_is_nobodys_and_the_directory_is_its_companys(text, company):
    assert domains.company(text) == company
