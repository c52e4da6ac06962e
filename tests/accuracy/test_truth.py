"""The offline provider over the tables of judgements, by the installed command."""

import pytest
from judging import TRUTH, figures, judgements, product, together

ALL, EACH, RECALL = 0.995, 0.98, 0.95  # the floors
BLANK = 1 / 3  # of the judgements at least
TABLES = (TRUTH, TRUTH.with_name("held_out_1"), TRUTH.with_name("held_out_2"))


@pytest.fixture(scope="module", params=TABLES, ids=lambda folder: folder.name)
def every(request):
    return judgements(request.param)


def test_what_is_filled_is_right_and_most_of_what_there_is_is_found(every, tmp_path):
    """Of all filled values 99.5% are right, 98% in each field; of those to find 95% are found."""
    got = product(every, tmp_path)
    by_field, strays = figures(every, got.__getitem__)
    total = together(by_field)
    shown = "\n".join(f"{one.file}:{one.line} {verdict} {got}" for one, verdict, got in strays)

    assert total.judged == len(every)
    assert total.precision >= ALL, shown
    assert total.recall >= RECALL, shown
    assert {field for field, one in by_field.items() if one.precision < EACH} == set(), shown


def test_a_table_is_worth_its_figures():
    """A third of the judgements must stay blank; all have a reason, and no row is judged twice."""
    every = [one for folder in TABLES for one in judgements(folder)]

    assert sum(one.must_be_blank for one in every) >= len(every) * BLANK
    assert all(one.reason and one.country and one.language for one in every)
    assert len({one.country for one in every}) >= 25
    assert len({one.language for one in every}) >= 12
    judged = [(one.file, one.cells, one.field) for one in judgements(TRUTH)]
    assert len(judged) == len(set(judged))
