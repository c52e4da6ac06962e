from datetime import timedelta
from decimal import Decimal

import pytest

from enrichctl.model import counted
from enrichctl.render.listing import amount, credit, fit, flow, length, money


def test_lines_break_between_parts_only():
    assert flow(["First Name", "Last Name", "Company → company_name"], 22) == (
        "First Name, Last Name,\nCompany → company_name"
    )


@pytest.mark.parametrize(
    ("room", "between", "more", "line"),
    [
        (40, ", ", 0, "email, phone, website"),
        (40, ", ", 3, "email, phone, website and 3 more"),
        (20, ", ", 0, "email and 2 more"),
        (30, " or ", 1, "email or phone or 2 more"),
        (3, ", ", 0, "email and 2 more"),
    ],
)
def test_as_many_names_as_fit_stand_on_a_line(room, between, more, line):
    assert fit(["email", "phone", "website"], room, between, more=more) == line


def test_numbers_read_as_numbers():
    assert [amount(Decimal("12345.50")), amount(0), amount(None)] == ["12,345.5", "0", "-"]
    assert [credit(Decimal(1)), credit("0.5")] == ["1 credit", "0.5 credits"]
    assert [counted(1, "person", "people"), counted(1200, "record")] == [
        "1 person",
        "1,200 records",
    ]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (("12.5",), "EUR 12.50"), (("1234", "2345.678"), "EUR 1,234.00 to 2,345.68"),
        (("0",), "EUR 0.00"), (("0.01",), "EUR 0.01"), (("0.00606",), "EUR 0.0061"),
        (("0.0004", "3"), "EUR 0.00040 to 3.00"),
    ],
)  # fmt: skip
def test_less_than_a_cent_is_shown_with_two_digits(values, said):
    assert money("EUR", *map(Decimal, values)) == said


def test_nothing_takes_no_time():
    assert [length(timedelta(seconds=n)) for n in (0, 0.4, 1, 59.4, 64, 11_100)] == [
        "<1 s", "<1 s", "1 s", "59 s", "1m 04s", "3h 05m",
    ]  # fmt: skip
