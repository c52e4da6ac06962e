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
        ("https://teams.microsoft.com/l/meetup-join/abc", None),
        ("https://www.microsoft.com/de-de/", "microsoft.com"),
        ("https://www.youtube.com/@acme", None),
        ("https://www.tiktok.com/@acme", None),
        ("https://www.yelp.com/", "yelp.com"),
        ("jane@yelp.com", "yelp.com"),
        ("https://acme.com/yelp.com", "acme.com"),
    ],
)
def test_an_entry_in_a_directory_is_nobodys_and_the_directory_is_its_companys(text, company):
    assert domains.company(text) == company


@pytest.mark.parametrize(
    "host",
    ["github.com", "google.com", "microsoft.com", "apple.com", "yahoo-inc.com", "linkedin.com",
     "x.com", "etsy.com", "reddit.com", "twitch.tv"],
)  # fmt: skip
def test_who_has_mail_at_a_company_that_gives_pages_away_works_there(host):
    """The domain of an address is its employer's; as a website it is somebody's page."""
    assert domains.company(f"jane.doe@{host}") == host
    assert domains.name_in(host)
    assert domains.company(f"https://www.{host}/jane") in (None, host)


@pytest.mark.parametrize(
    "address",
    ["jane@gmail.com", "jane@googlemail.com", "jane@outlook.com", "jane@icloud.com",
     "jane@yahoo.com", "jane@acme.onmicrosoft.com", "jane@acme.myshopify.com", "jane@facebook.com",
     "jane@docs.google.com", "jane@acme.wordpress.com"],
)  # fmt: skip
def test_a_mailbox_service_employs_nobody_there(address):
    """Neither do hosts of other people's pages below a company's domain."""
    assert domains.company(address) is None
