"""Rows of an earlier output are found again by whom they name, or passed over in their places."""

import pytest

from enrichctl.cli.enrich.replaced import EarlierOutput, Loss
from enrichctl.files import open_source


def test_rows_that_are_passed_over_leave_the_others_to_be_found(tmp_path):
    people = [f"p{n}@acme.com" for n in range(6)]
    (tmp_path / "in.csv").write_text("email\n" + "".join(f"{one}\n" for one in people))
    (tmp_path / "out.csv").write_text(
        "email,job_title,enrichctl_sources\n"
        + "".join(f"{one},Title {n},job_title=leadlex\n" for n, one in enumerate(people))
    )
    with open_source(tmp_path / "in.csv") as source, open_source(tmp_path / "out.csv") as old:
        earlier = EarlierOutput(old, source.header, {"email": 0})
        rows = list(source.rows())

        def title(at):
            found = earlier.find(rows[at])
            return found and found.filled["job_title"][0]

        earlier.skip()
        earlier.skip()
        assert title(2) == "Title 2"
        assert title(4) == "Title 4"  # which reads on, past the one before it
        earlier.skip()
        assert title(5) == "Title 5"
        assert title(0) is None


@pytest.mark.parametrize(("columns", "said"), [(4, "1 more column ("), (5, "2 more columns (")])
def test_one_column_more_is_called_that(columns, said):
    loss = Loss()
    for number in range(columns):
        loss.add(f"column {number}", 1)
    assert said in loss.where
