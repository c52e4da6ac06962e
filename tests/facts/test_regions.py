"""Whose country a national phone number has."""

import pytest

from enrichctl.facts.regions import region_of


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
        ({"location": "San Diego, CA"}, "DE", "DE"),  # a state, not Canada
        ({"location": "Hamburg"}, "DE", "DE"),
    ],
)
def test_what_the_row_says_goes_before_the_default(row, default, region):
    assert region_of(row, default) == region
