"""Whose country a national phone number has."""

import pytest

from enrichctl.facts.regions import doubt, region_of


@pytest.mark.parametrize(
    ("row", "default", "region"),
    [
        ({"country": "Netherlands"}, "DE", "NL"),
        ({"country_code": "it"}, "DE", "IT"),
        ({"country": "Österreich / AT"}, "DE", "AT"),
        ({"country": "DE - Germany"}, "IT", "DE"),
        ({"country": "Atlantis"}, "DE", ""),  # may be any
        ({"country": "Reunion (FR)"}, "DE", ""),  # contradicts itself
        ({"country": "CA - California"}, "DE", ""),
        ({}, "DE", "DE"),
        ({}, "", ""),
        ({"email": "ola@fjord-verk.no"}, "DE", "NO"),
        ({"email": "ola@fjord-verk.no"}, "", ""),  # a hint against the default, no more
        ({"email": "jane@acme.io", "website": "acme.ai"}, "DE", "DE"),  # sold to anybody
        ({"email": "jane@acme.co.uk"}, "DE", "GB"),
        ({"email": "jane@acme.fr", "website": "acme.be"}, "DE", ""),  # contradict each other
        ({"location": "Paris, France"}, "DE", "FR"),
        ({"location": "Paris, France"}, "", "FR"),
        ({"location": "Amsterdam, NL"}, "DE", "NL"),
        ({"location": "San Diego, CA"}, "DE", ""),  # a state or Canada, and not Germany
        ({"location": "San Diego, CA"}, "US", "US"),
        ({"location": "San Diego, CA"}, "", ""),
        ({"location": "Oslo"}, "DE", "NO"),
        ({"location": "Lyon, Rhône"}, "DE", "FR"),
        ({"city": "Oslo"}, "DE", "NO"),
        ({"city": "OSLO"}, "NO", "NO"),
        ({"city": "Zürich"}, "DE", "CH"),
        ({"city": "Zurich"}, "", ""),  # a hint against the default, no more
        ({"city": "Sindelfingen"}, "DE", "DE"),  # not known
        ({"city": "Birmingham"}, "US", "US"),
        ({"city": "Birmingham"}, "DE", ""),  # of which
        ({"city": "Birmingham", "email": "jane@acme.co.uk"}, "DE", "GB"),
        ({"city": "Oslo", "email": "ola@fjord-verk.no"}, "DE", "NO"),
        ({"city": "Oslo", "email": "ola@fjord-verk.se"}, "DE", ""),
        ({"location": "Amsterdam, NL", "email": "jan@fjord-verk.fr"}, "DE", ""),
        ({"location": "Amsterdam, NL", "email": "jan@fjord-verk.fr"}, "", ""),
        ({"country": "Netherlands", "email": "jan@fjord-verk.fr", "city": "Paris"}, "DE", "NL"),
        ({"location": "Hamburg"}, "DE", "DE"),
    ],
)
def test_what_the_row_says_goes_before_the_default(row, default, region):
    assert region_of(row, default) == region


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"country": "Atlantis"}, "its country is not understood"),
        ({}, "the row tells of no country"),
        ({"city": "Oslo", "email": "ola@fjord-verk.se"}, "contradicts itself (city NO, email SE)"),
        ({"city": "Oslo"}, "no --default-region lets hints count (city NO)"),
        ({"location": "Oslo, Norway"}, ""),
    ],
)
def test_it_is_said_why_a_row_has_no_country(row, said):
    assert said in doubt(row)
    assert bool(said) == bool(doubt(row))
