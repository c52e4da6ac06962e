"""Parquet and Arrow IPC as their real writers leave them: what is not filled comes back equal."""

import datetime as dt
import errno
import io
import json
from decimal import Decimal

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from pyarrow import ipc, parquet

from enrichctl.errors import InputError, OutputError
from enrichctl.files import open_output, open_source

ADDED = ("industry", "enrichctl_status", "enrichctl_confidence")
BERLIN = dt.timezone(dt.timedelta(hours=1))
NOON = dt.datetime(2024, 1, 31, 12, 30, tzinfo=BERLIN)


def _pandas(path):
    frame = pd.DataFrame(
        {
            "email": ["ada@psi.io", None, "bo@chi.io"],
            "city": pd.Categorical(["Ulm", None, "Bonn"]),
            "staff": pd.array([120, None, 7], dtype="Int64"),
            "share": [0.5, None, 3.0],
            "seen": pd.to_datetime([NOON, None, NOON], utc=True).tz_convert("Europe/Berlin"),
            "exact": pd.to_datetime([1, 2, 1_234_567_891]),
            "phone": [None, None, None],
            "likes": [["a", "b"], None, []],
        },
        index=[30, 10, 20],
    )
    frame.to_parquet(path)


def _polars(path):
    pl.DataFrame(
        {
            "email": ["ada@psi.io", None, "bo@chi.io"],
            "city": pl.Series(["Ulm", None, "Bonn"], dtype=pl.Categorical),
            "amount": [Decimal("1.50"), None, Decimal("12345678901234567.25")],
            "seen": [NOON, None, NOON],
            "where": [{"plz": "89073", "at": [1, 2]}, None, {"plz": "53111", "at": []}],
            "took": [dt.timedelta(minutes=3), None, None],
            "at": [dt.time(7, 30), None, None],
            "raw": [b"\xff\x00", b"text", None],
        }
    ).write_parquet(path)


def _duckdb(path):
    duckdb.sql(
        """SELECT * FROM (VALUES
          ('ada@psi.io', 'Ulm', 1.50::DECIMAL(18, 2), TIMESTAMPTZ '2024-01-31 12:30:00+01',
           MAP {'a': 1}, [1, 2], uuid(), 170141183460469231731687303715884105727::HUGEINT,
           'a'::ENUM ('a', 'b'), DATE '12026-05-02', 1::UTINYINT, TIME '10:00'),
          (NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
          ('bo@chi.io', 'Bonn', 7, NULL, MAP {}, [], uuid(), 2, 'b', NULL, NULL, NULL)
        ) t(email, city, amount, seen, m, l, u, h, e, d, n, t)"""
    ).write_parquet(str(path))


def _spark(path):
    """Write as Spark does: text without its annotation, and times of 96 bits."""
    table = pa.table(
        {
            "email": pa.array([b"ada@psi.io", None, b"bo@chi.io"], pa.binary()),
            "city": ["Ulm", None, "Bonn"],
            "seen": pa.array([NOON, None, NOON], pa.timestamp("ns", "UTC")),
            "tags": pa.array([{"k": "v"}, None, {"k": None}], pa.struct([("k", pa.string())])),
        }
    )
    parquet.write_table(
        table, path, use_deprecated_int96_timestamps=True, store_schema=False, version="1.0",
        compression="gzip", row_group_size=2,
    )  # fmt: skip


WRITERS = {"pandas": _pandas, "polars": _polars, "duckdb": _duckdb, "spark": _spark}


def enriched(source, target, changed=None, added=("Food", "enriched", "0.9"), **options):
    """Write an input again, with the same new texts in every row; return what it became."""
    changing = frozenset(changed or {})
    with open_source(source) as opened:
        how = {"format": opened.format, "added": ADDED, "changing": changing} | options
        with open_output(opened, target, **how) as output:
            for row in opened.rows():
                new = {at: t for at, t in (changed or {}).items() if not row.cells[at]}
                output.write(row, new, added, None)
    return target


def _copied(source, target, format_):
    with (
        open_source(source) as opened,
        open_output(opened, target, format=format_, added=()) as output,
    ):
        for row in opened.rows():
            output.write(row, {}, ())


@pytest.fixture(params=WRITERS)
def written(request, tmp_path):
    path = tmp_path / "in.parquet"
    WRITERS[request.param](path)
    return path


def test_columns_that_are_not_filled_are_equal_by_value_type_and_metadata(written, tmp_path):
    before, after = (
        parquet.read_table(path)
        for path in (written, enriched(written, tmp_path / "out.parquet", {1: "Kiel"}))
    )
    assert after.schema.names == [*before.schema.names, *ADDED]
    for field in before.schema:
        if field.name != "city":  # a dictionary that grows may need more room
            assert after.schema.field(field.name).equals(field, check_metadata=True)
            assert after[field.name].equals(before[field.name])
    assert after["city"].to_pylist() == ["Ulm", "Kiel", "Bonn"]
    assert after.schema.metadata == before.schema.metadata
    assert after["enrichctl_confidence"].to_pylist() == [0.9] * 3


def test_other_programs_read_the_output_as_they_read_the_input(written, tmp_path):
    before = duckdb.read_parquet(str(written))
    after = duckdb.read_parquet(str(enriched(written, tmp_path / "out.parquet")))
    assert after.filter("industry = 'Food'").count("*").fetchall() == [(3,)]
    assert after.columns == [*before.columns, *ADDED]
    same = after.project("* EXCLUDE (industry, enrichctl_status, enrichctl_confidence)")
    assert same.except_(before).fetchall() == before.except_(same).fetchall() == []


def test_a_type_that_is_lost_is_said(tmp_path):
    path = tmp_path / "in.parquet"
    duckdb.sql("SELECT 'a@b.io' email, INTERVAL 1 DAY took").write_parquet(str(path))
    with open_source(path) as source:
        assert source.notes == [
            "column 'took' is an INTERVAL, which is read and written as 12 bytes"
        ]


def test_an_index_of_pandas_is_one_again(tmp_path):
    _pandas(tmp_path / "in.parquet")
    enriched(tmp_path / "in.parquet", tmp_path / "out.parquet", {1: "Kiel"})
    frame = pd.read_parquet(tmp_path / "out.parquet")
    assert list(frame.index) == [30, 10, 20]
    assert str(frame["city"].dtype) == "category"


def test_values_are_texts_for_matching(tmp_path):
    _polars(tmp_path / "in.parquet")
    with open_source(tmp_path / "in.parquet") as source:
        rows = list(source.rows())
    cells = [dict(zip(source.header, row.cells, strict=True)) for row in rows]
    assert cells[0] == {
        "email": "ada@psi.io", "city": "Ulm", "amount": "1.50",
        "seen": "2024-01-31T11:30:00+00:00", "where": '{"plz": "89073", "at": [1, 2]}',
        "took": "0:03:00", "at": "07:30:00", "raw": "/wA=",
    }  # fmt: skip
    assert cells[2]["amount"] == "12345678901234567.25"
    assert set(cells[1].values()) == {"", "text"}
    assert [row.opaque for row in rows] == [{4, 7}, frozenset(), {4}]


@pytest.mark.parametrize(
    ("values", "kind", "texts"),
    [
        ([120.0, 4915123456789.0, 0.1, float("nan")], pa.float64(), "120 4915123456789 0.1 "),
        ([1e22, 1.5e-7, -0.5, None], pa.float64(), "10000000000000000000000 0.00000015 -0.5 "),
        ([0.1, 2.0], pa.float32(), "0.1 2"),
        ([True, False, None], pa.bool_(), "true false "),
        ([2**63, 1], pa.uint64(), "9223372036854775808 1"),
        ([None, None], pa.null(), " "),
    ],
)
def test_numbers_have_all_their_digits(tmp_path, values, kind, texts):
    parquet.write_table(pa.table({"email": pa.array(values, kind)}), tmp_path / "in.parquet")
    with open_source(tmp_path / "in.parquet") as source:
        assert " ".join(row.cells[0] for row in source.rows()) == texts


def test_a_text_that_a_column_of_numbers_cannot_hold_stands_beside_it(tmp_path):
    table = pa.table({"staff": pa.array([None, None], pa.int64()), "email": ["a@b.io", "c@d.io"]})
    parquet.write_table(table, tmp_path / "in.parquet")
    with open_source(tmp_path / "in.parquet") as source:
        how = {"format": "parquet", "added": (), "changing": {0}}
        for found, names, held, beside in (
            (("51", "200"), ["staff", "email"], [51, 200], None),
            (("51", "51-200"), ["staff", "email", "staff_text"], [51, None], [None, "51-200"]),
            (("051", ""), ["staff", "email", "staff_text"], [None, None], ["051", None]),
        ):
            target = tmp_path / "out.parquet"
            with open_output(source, target, optional={"x"}, force=True, **how) as output:
                for row, text in zip(source.rows(), found, strict=True):
                    output.write(row, {0: text} if text else {}, ())
            after = parquet.read_table(target)
            assert after.column_names == names
            assert after["staff"].to_pylist() == held
            if beside:
                assert after["staff_text"].to_pylist() == beside


def test_a_column_of_nothing_becomes_text_only_once_it_is_filled(tmp_path):
    table = pa.table({"email": ["a@b.io"], "phone": pa.nulls(1), "city": pa.nulls(1)})
    parquet.write_table(table, tmp_path / "in.parquet")
    out = enriched(tmp_path / "in.parquet", tmp_path / "o.parquet", {1: "5"}, optional={"industry"})
    assert parquet.read_table(out)["phone"].to_pylist() == ["5"]
    assert parquet.read_schema(out).field("city").type == pa.null()


@pytest.mark.parametrize(
    ("make", "name"), [(ipc.new_file, "a.arrow"), (ipc.new_stream, "a.arrows")]
)
def test_arrow_keeps_its_kind_and_its_dictionaries(tmp_path, make, name):
    kind = pa.dictionary(pa.int8(), pa.large_string())
    city = pa.array(["Ulm", None, "Bonn"] * 60, pa.large_string()).dictionary_encode().cast(kind)
    table = pa.table({"email": ["a@b.io"] * 180, "city": city, "other": city})
    with make(tmp_path / name, table.schema) as writer:
        writer.write_table(table, max_chunksize=50)
    texts = (f"Town {number}" for number in range(200))
    with (
        open_source(tmp_path / name) as source,
        open_output(
            source, tmp_path / f"out.{name}", format="arrow", added=(), changing={1}
        ) as output,
    ):
        for row in source.rows():
            output.write(row, {} if row.cells[1] else {1: next(texts)}, ())
    with (tmp_path / f"out.{name}").open("rb") as file:
        read = ipc.open_stream if name == "a.arrows" else ipc.open_file
        after = read(file).read_all()
    assert after["other"].type == kind
    assert after["other"].combine_chunks().equals(table["other"].combine_chunks())
    assert after["city"].type.value_type == pa.large_string()  # with room for more than 127 words
    assert after["city"].to_pylist()[:4] == ["Ulm", "Town 0", "Bonn", "Ulm"]


@pytest.mark.parametrize("name", ["out.parquet", "out.arrow", "out.csv", "out.jsonl", "out.xlsx"])
def test_every_format_becomes_every_other(tmp_path, name):
    _polars(tmp_path / "in.parquet")
    format_ = name.partition(".")[2]
    out = enriched(tmp_path / "in.parquet", tmp_path / name, {1: "Kiel"}, format=format_)
    back = tmp_path / "back.parquet"
    _copied(out, back, "parquet")
    table = parquet.read_table(back)
    assert table["email"].to_pylist() == ["ada@psi.io", None, "bo@chi.io"]
    assert table["city"].to_pylist() == ["Ulm", "Kiel", "Bonn"]
    assert [str(value) for value in table["amount"].to_pylist()] == [
        "1.50", "None", "12345678901234567.25",
    ]  # fmt: skip


def test_json_has_types(tmp_path):
    _pandas(tmp_path / "in.parquet")
    out = enriched(tmp_path / "in.parquet", tmp_path / "o.jsonl", format="jsonl")
    first, second, _ = map(json.loads, out.read_text().splitlines())
    assert first["staff"] == 120
    assert first["likes"] == ["a", "b"]
    assert second["staff"] is second["email"] is None


def test_row_groups_and_compression_stay(tmp_path):
    table = pa.table({"email": [f"p{n}@acme.io" for n in range(10_000)]})
    parquet.write_table(table, tmp_path / "in.parquet", row_group_size=4_500, compression="gzip")
    after = parquet.ParquetFile(enriched(tmp_path / "in.parquet", tmp_path / "out.parquet"))
    groups = [after.metadata.row_group(at) for at in range(after.num_row_groups)]
    assert [group.num_rows for group in groups] == [4_500, 4_500, 1_000]
    assert groups[0].column(0).compression == "GZIP"
    assert after.read()["email"].equals(table["email"])


def test_a_stream_of_parquet_goes_through(tmp_path):
    _duckdb(tmp_path / "in.parquet")

    class Pipe(io.RawIOBase):
        """What has no position, as a pipe has none."""

        data = b""

        def writable(self):
            return True

        def write(self, data):
            self.data += bytes(data)
            return len(data)

    pipe = Pipe()
    with (tmp_path / "in.parquet").open("rb") as stdin, open_source("-", stdin=stdin) as source:
        output = open_output(source, None, format="parquet", added=(), stream=pipe)
        with output:
            for row in source.rows():
                output.write(row, {}, ())
    assert not pipe.closed
    assert parquet.read_table(io.BytesIO(pipe.data)).num_rows == 3


def test_a_full_disk_leaves_nothing_behind(tmp_path, monkeypatch):
    _duckdb(tmp_path / "in.parquet")

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("enrichctl.files.arrowwriting._Sink.write", full)
    with pytest.raises(OutputError, match="no space left"):
        _copied(tmp_path / "in.parquet", tmp_path / "out.parquet", "parquet")
    assert [path.name for path in tmp_path.iterdir()] == ["in.parquet"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"PAR1 and so on", "bad cannot be read: Parquet magic bytes not found in footer"),
        (b"ARROW1\0\0 and so on, but no footer", "bad cannot be read: "),
        (b"FEA1" + b"\0" * 50, "bad is a Feather file of version 1"),
        (b"PARE" + b"\0" * 50, "bad is an encrypted Parquet file"),
        (b"\xff\xff\xff\xff\x10\0\0\0 and so on", "bad cannot be read: "),
    ],
)
def test_what_cannot_be_read_is_one_clear_line(tmp_path, monkeypatch, content, says):
    (tmp_path / "bad").write_bytes(content)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError) as caught:
        open_source("bad")
    assert caught.value.message.startswith(says)
    assert "\n" not in caught.value.message


def test_a_page_that_is_damaged_is_said_when_it_is_reached(tmp_path):
    table = pa.table({"email": [f"p{n}@acme.io" for n in range(9_000)]})
    parquet.write_table(table, tmp_path / "in.parquet", row_group_size=3_000, compression="gzip")
    data = bytearray((tmp_path / "in.parquet").read_bytes())
    meta = parquet.ParquetFile(tmp_path / "in.parquet").metadata
    place = meta.row_group(2).column(0).data_page_offset + 200
    data[place : place + 400] = b"x" * 400
    (tmp_path / "in.parquet").write_bytes(data)
    with (
        open_source(tmp_path / "in.parquet") as source,
        pytest.raises(InputError, match=r"in\.parquet cannot be read: "),
    ):
        list(source.rows())


def test_without_pyarrow_the_extra_is_named(tmp_path, monkeypatch):
    _duckdb(tmp_path / "in.parquet")
    (tmp_path / "in.csv").write_text("email\na@b.io\n")
    for module in ("enrichctl.files.arrowfiles", "enrichctl.files.arrowwriting"):
        monkeypatch.setitem(__import__("sys").modules, module, None)
    with pytest.raises(InputError) as caught:
        open_source(tmp_path / "in.parquet")
    assert caught.value.next == "pip install 'enrichctl[parquet]'"
    with open_source(tmp_path / "in.csv") as source, pytest.raises(InputError) as caught:
        open_output(source, tmp_path / "out.parquet", format="parquet", added=())
    assert caught.value.next == "pip install 'enrichctl[parquet]'"
