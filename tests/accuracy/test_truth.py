"""The offline provider over the tables of judgements, by the installed command."""

from judging import TABLES, figures, judgements, product, together

ALL, EACH, RECALL = 0.995, 0.98, 0.95  # the floors
BLANK = 1 / 3  # of the judgements at least

EVERY = [one for folder in TABLES for one in judgements(folder)]


def test_what_is_filled_is_right_and_most_of_what_there_is_is_found(tmp_path):
    """Of all filled values 99.5% are right, 98% in each field; of those to find 95% are found."""
    by_field, strays = figures(EVERY, product(EVERY, tmp_path).__getitem__)
    total = together(by_field)
    shown = "\n".join(f"{one.file}:{one.line} {verdict} {got}" for one, verdict, got in strays)

    assert total.judged == len(EVERY)
    assert total.precision >= ALL, shown
    assert total.recall >= RECALL, shown
    assert {field for field, one in by_field.items() if one.precision < EACH} == set(), shown


def test_a_table_is_worth_its_figures():
    """A third of the judgements must stay blank, all have a reason, and none is there twice."""
    assert sum(one.must_be_blank for one in EVERY) >= len(EVERY) * BLANK
    assert all(one.reason and one.country and one.language for one in EVERY)
    assert len({one.country for one in EVERY}) >= 25
    assert len({one.language for one in EVERY}) >= 12
    assert len({(one.file, one.cells, one.field) for one in EVERY}) >= len(EVERY) * 0.99
