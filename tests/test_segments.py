"""Of which kind a person is: what is written in many ways is one segment."""

import pytest

from enrichctl.matching.segments import segment_of
from enrichctl.model import Segment


@pytest.mark.parametrize(
    ("values", "segment"),
    [
        ({}, Segment()),
        ({"country": "Deutschland"}, Segment("DE")),
        ({"country_code": "de", "country": "France"}, Segment("DE")),
        ({"country": "Atlantis"}, Segment()),
        ({"job_title": "VP of Sales"}, Segment("", "vp")),
        ({"seniority": "C-Level", "job_title": "Intern"}, Segment("", "c_level")),
        ({"seniority": "Director"}, Segment("", "director")),
        ({"industry": "  Food\tProduction "}, Segment("", "", "food production")),
        ({"company_size": "51-200 employees"}, Segment(size="51-200")),
        ({"company_size": "1,001 - 5,000"}, Segment(size="1001-5000")),
        ({"company_size": "1.200"}, Segment(size="1001-5000")),
        ({"company_size": "10"}, Segment(size="1-10")),
        ({"company_size": "10,001+"}, Segment(size="10001+")),
        ({"company_size": "5k"}, Segment(size="1001-5000")),
        ({"company_size": "many"}, Segment()),
        ({"company_size": "0"}, Segment()),
    ],
)
def test_what_is_known_of_a_person_is_a_segment(values, segment):
    assert segment_of(values) == segment


def test_a_sentence_is_cut_short():
    assert len(segment_of({"industry": "we make " + "x" * 90}).industry) == 40
