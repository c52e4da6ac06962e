"""What the README shows of other engines is run as it stands there, where the engine is at hand."""

import re
from pathlib import Path

import pyarrow as pa
from dask import compute, delayed
from pyarrow import parquet as pq

from enrichctl.arrow import ArrowStep

README = Path(__file__).parents[1] / "README.md"


def _snippets() -> dict[str, str]:
    """Return engine → its lines, those that all need before each."""
    section = README.read_text().partition("## More than one machine")[2]
    code = re.search("```python\n(.*?)```", section, re.DOTALL)[1]
    common, *rest = re.split(r"^# (\w+)\n", code, flags=re.MULTILINE)
    return {name: common + lines for name, lines in zip(rest[::2], rest[1::2], strict=True)}


def test_dask_fills_what_the_readme_says(tmp_path):
    snippets = _snippets()
    assert snippets.keys() == {"Spark", "Ray", "Dask"}
    paths = [tmp_path / f"{n}.parquet" for n in range(2)]
    for n, path in enumerate(paths):
        pq.write_table(pa.table({"Email": [f"ada@psi-{n}.io", None]}), path)
    names = {"delayed": delayed, "pq": pq, "paths": paths}
    exec(snippets["Dask"], names)  # noqa: S102 - of our own page
    tables = compute(*names["filled"], scheduler="synchronous")
    assert [table["company_domain"].to_pylist() for table in tables] == [
        ["psi-0.io", None], ["psi-1.io", None],
    ]  # fmt: skip


def test_a_step_fills_a_table_as_it_does_its_batches():
    names: dict[str, ArrowStep] = {}
    exec(_snippets()["Ray"].partition("filled")[0], names)  # noqa: S102 - the same
    table = pa.table({"Email": pa.chunked_array([["ada@psi.io"], ["bo@chi.io"], []], pa.string())})
    filled = names["fill"].table(table)
    assert filled["website"].to_pylist() == ["https://psi.io", "https://chi.io"]
    empty = names["fill"].table(table.slice(0, 0))
    assert empty.schema == filled.schema == names["fill"].schema(table.schema)
