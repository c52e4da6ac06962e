"""Records of one shape: what is said of each is what the waterfall says, and is worked out once."""

import random
from datetime import UTC, datetime
from itertools import count

import pytest

from enrichctl.engine import local_waterfall
from enrichctl.engine.layout import Layout
from enrichctl.engine.local_waterfall import LocalWaterfall
from enrichctl.engine.question import Rules, Step
from enrichctl.engine.waterfall import Waterfall
from enrichctl.model import Record
from enrichctl.providers.offline import Offline

BEGAN = datetime(2026, 1, 31, 10, tzinfo=UTC)
WANTS = Offline.default_wants
CELLS = {
    "email": ["jane.doe@acme.com", "info@acme.de", "x@gmail.com", "no address", "a.b@github.io"],
    "first_name": ["Jane", "n/a", "JEAN-LUC", "José"],
    "last_name": ["Doe", "van Dyk", "-"],
    "full_name": ["Jane Doe", "DOE, Jane", "Acme GmbH"],
    "job_title": ["VP Sales", "Chief Cook", "???"],
    "phone": ["+49 30 2345678", "+1 212 5550123", "030 2345678", "12", "+44 20 71234567"],
    "country": ["Germany", "Narnia", "United States", "NA"],
    "company_domain": ["acme.com", "github.io", "gmail.com"],
    "website": ["https://www.acme.de/about", "acme"],
    "city": ["Berlin"],
    "region": ["", "Bavaria"],
}


def records(seed: int, many: int):
    """Yield records with all sorts of cells, and some that are not as usual."""
    chance = random.Random(seed)  # noqa: S311 - reproducible, not secret
    for row in range(1, many + 1):
        names = chance.sample(sorted(CELLS), chance.randrange(1, 7))
        values = {name: text for name in names if (text := chance.choice(CELLS[name]))}
        record = Record(row, row + 1, values, chance.choice(["", "DE", "US"]))
        match chance.randrange(30):
            case 0:
                record.shifted, record.values = "a cell too many", {}
            case 1:
                record.unknown = frozenset({"country"})
            case 2:
                record.left_out = True
            case 3:
                record.earlier = "phone=leadlex", "0.5", ""
        yield record, chance.randrange(40) == 0


def waterfall(rules: Rules, columns: dict[str, int]) -> LocalWaterfall:
    steps, layout = [Step(Offline(), WANTS)], Layout(columns, [WANTS])
    return LocalWaterfall(steps, rules, {}, layout, BEGAN, keep=False)


@pytest.mark.parametrize(
    "rules",
    [
        Rules(),
        Rules(overwrite=frozenset({"country", "email"})),
        Rules(min_confidence=0.8),
        Rules(refresh=True),
    ],
)
def test_what_becomes_of_a_record_is_what_the_waterfall_says(monkeypatch, rules):
    columns = dict(zip(CELLS, count()))
    alike = waterfall(rules, columns).open()
    monkeypatch.setattr(local_waterfall, "shortened", lambda *_: None)
    each = waterfall(rules, columns).open()

    for job, (same, suppressed) in zip(records(7, 3_000), records(7, 3_000), strict=True):
        assert alike(job) == each((same, suppressed))


def test_the_second_record_of_a_shape_takes_no_way_through_the_waterfall(monkeypatch):
    ways, next_step = [], Waterfall.next_step
    monkeypatch.setattr(Waterfall, "next_step", lambda *given: ways.append(1) or next_step(*given))
    through = waterfall(Rules(), {"email": 0}).open()

    found = [
        through((Record(row, row + 1, {"email": f"jane.doe{row}@acme{row}.com"}), False))
        for row in range(1, 101)
    ]

    assert len(ways) == 1
    domain = Layout({"email": 0}, [WANTS]).added.index("company_domain")
    assert [one.added[domain] for one in found] == [f"acme{n}.com" for n in range(1, 101)]
