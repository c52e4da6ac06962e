"""JSON and JSON Lines: objects keep their own text, whatever is added to them."""

import io
import json
import shlex
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enrichctl.errors import InputError
from enrichctl.files import open_output, open_source


def rewritten(data, changed=None, added=(), texts=(), *, meta=None, format_=None):
    out = io.BytesIO()
    with (
        open_source("-", stdin=io.BytesIO(data)) as source,
        open_output(
            source, None, format=format_ or source.format, added=added, stream=out
        ) as output,
    ):
        for row in source.rows():
            output.write(row, changed or {}, texts, meta)
    return out.getvalue()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b'{"a":1.0,"b":null}\n', b'{"a":1.0,"b":"new","x":null,"_enrichctl":{"s":1}}\n'),
        (b'{"a": 1e5, "b": ""}', b'{"a": 1e5, "b": "new", "x": null, "_enrichctl": {"s": 1}}'),
        (b'{"b":"","_enrichctl":{"old":2},"a":1}\r\n',
         b'{"b":"new","_enrichctl":{"s":1},"a":1,"x":null}\r\n'),
        (b'{"\\u0062":"","a":1}\n', b'{"\\u0062":"new","a":1,"x":null,"_enrichctl":{"s":1}}\n'),
        (b'{"a":{"b":[1,{"b":2}]},"b":"}"}\n',
         b'{"a":{"b":[1,{"b":2}]},"b":"new","x":null,"_enrichctl":{"s":1}}\n'),
    ],
)  # fmt: skip
def test_only_the_changed_value_is_replaced_and_new_ones_stand_at_the_end(before, after):
    with open_source("-", stdin=io.BytesIO(before)) as source:
        index = source.header.index("b")
    assert rewritten(before, {index: "new"}, ("x",), ("",), meta={"s": 1}) == after


def test_an_object_without_the_key_gets_it():
    assert rewritten(b'{"a":1}\n{}\n', {0: "é"}) == '{"a":"é"}\n{"a": "é"}\n'.encode()


def test_a_pretty_array_stays_pretty():
    before = b'[\n  {\n    "a": 1\n  }\n]\n'
    after = b'[\n  {\n    "a": 1,\n    "x": "v"\n  }\n]\n'
    assert rewritten(before, added=("x",), texts=("v",)) == after


def test_a_pretty_array_becomes_one_object_a_line():
    before = b'[\n  {\n    "a": "x\\ny",\n    "n": 1e5\n  },\n  {"a": 2}\n]\n'
    assert rewritten(before, format_="jsonl") == b'{"a": "x\\ny", "n": 1e5}\n{"a": 2}\n'


def test_cells_are_the_text_of_values():
    data = (
        b'{"s":"t","i":12345678901234567890,"f":1.50,"b":false,"n":null,"o":{"k": [1e5]},'
        b'"u":"\\ud83d\\ude00 \\ud800"}'
    )
    with open_source("-", stdin=io.BytesIO(data)) as source:
        assert dict(zip(source.header, source.sample()[0].cells, strict=True)) == {
            "s": "t", "i": "12345678901234567890", "f": "1.50", "b": "false", "n": "",
            "o": '{"k": [1e5]}', "u": "😀 �",
        }  # fmt: skip


@pytest.mark.parametrize("word", [b"NaN", b"Infinity", b"-Infinity"])
@pytest.mark.parametrize("lines", [True, False])
def test_words_that_are_no_json_are_refused_with_their_line(word, lines):
    records = [b'{"email":"a@rime.example"}', b'{"email":"b@rime.example","n":%b}' % word]
    data = b"\n".join(records) if lines else b"[" + b",\n".join(records) + b"]"
    with pytest.raises(InputError, match=f"line 2.*{word.decode()}, which is no JSON"):
        open_source("-", stdin=io.BytesIO(data))


def test_objects_and_lists_are_filled_cells_that_nobody_can_read():
    data = b'{"email":["a@rime.example"],"o":{"k":1},"e":[],"n":{},"s":"[1]"}\n'
    with open_source("-", stdin=io.BytesIO(data)) as source:
        [row] = source.rows()
        assert [source.header[index] for index in sorted(row.opaque)] == ["email", "o"]


@pytest.mark.parametrize(
    ("data", "path"),
    [
        (b'{"contacts":[{"email":"a@b.example"}],"total":1}', ".contacts"),
        (b'{\n "people": [\n {"email": 1}]}', ".people"),
        (b'{"page":{"x-list":[{"a":1}]},"links":[]}', '.page["x-list"]'),
        (b'{"don\'t":[{"a":1}]}', '.["don\'t"]'),
        (b'{"errors":[{"a":1}],"leads":[{"a":1},{"a":2}]}', ".leads"),
    ],
)
def test_where_the_records_are_is_said(data, path):
    try:
        with open_source("-", stdin=io.BytesIO(data)) as source:
            hint = source.hint
    except InputError as error:
        hint = error
    assert hint.message.endswith(f"its records are under {path}")
    assert shlex.split(hint.next.partition(": ")[2])[:2] == ["jq", path]


def test_the_header_holds_every_key_but_the_tools_own():
    data = b'{"b":1}\n\n{"a":2,"b":3,"_enrichctl":{}}\n'
    with open_source("-", stdin=io.BytesIO(data)) as source:
        assert source.header == ["b", "a"]
        assert [(row.number, row.line) for row in source.rows()] == [(1, 1), (2, 3)]


def test_columns_without_a_name_of_their_own_get_one_as_keys():
    data = b"Email,Email,,Email_2,\n1,2,3,4,5,6\n"
    assert json.loads(rewritten(data, format_="jsonl")) == {
        "Email": "1", "Email_3": "2", "column_3": "3", "Email_2": "4", "column_5": "5",
        "column_6": "6",
    }  # fmt: skip


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip
RECORDS = st.lists(
    st.dictionaries(st.text(min_size=1, max_size=4), VALUES, max_size=4), min_size=2, max_size=6
).filter(any)


@settings(max_examples=200, deadline=None)
@given(
    records=RECORDS,
    indent=st.sampled_from([None, 2]),
    compact=st.booleans(),
    escaped=st.booleans(),
    lines=st.booleans(),
)
def test_any_json_comes_back_and_takes_new_members(records, indent, compact, escaped, lines):
    def dump(value, indent):
        separators = (",", ":") if compact else None
        return json.dumps(value, indent=indent, separators=separators, ensure_ascii=escaped)

    text = "\n".join(dump(r, None) for r in records) if lines else dump(records, indent)
    data = text.encode()
    assert rewritten(data) == data
    after = rewritten(data, added=("new key",), texts=('a "text"',), meta={"n": 1}).decode()
    parsed = [json.loads(line) for line in after.split("\n")] if lines else json.loads(after)
    assert parsed == [
        {**record, "new key": 'a "text"', "_enrichctl": {"n": 1}} for record in records
    ]
    for other in ("json", "jsonl"):
        turned = rewritten(data, format_=other).decode()
        parsed = (
            json.loads(turned)
            if other == "json"
            else [json.loads(line) for line in turned.removesuffix("\n").split("\n")]
        )
        assert parsed == records


@pytest.mark.parametrize("lines", [True, False])
def test_memory_does_not_depend_on_the_number_of_objects(tmp_path, lines):
    def peak(count):
        path = tmp_path / f"{count}.json"
        records = (
            f'{{"email": "p{n}@birch.example", "note": "{"n" * 300}"}}' for n in range(count)
        )
        start, between, end = ("", "\n", "\n") if lines else ("[", ",\n", "]")
        path.write_text(start + between.join(records) + end)
        tracemalloc.start()
        with (
            open_source(path) as source,
            open_output(source, tmp_path / "out", format=source.format, added=("x",)) as output,
        ):
            for row in source.rows():
                output.write(row, {}, ["v"], None)
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return used

    assert peak(12_000) < 1.1 * peak(5_000)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b'{"b":"old","b":""}\n', b'{"b":"old","b":"new","_enrichctl":{"s":1}}\n'),
        (b'{"b":"","a":1,"\\u0062":""}\n',
         b'{"b":"","a":1,"\\u0062":"new","_enrichctl":{"s":1}}\n'),
        (b'{"_enrichctl":1,"b":"","_enrichctl":2}\n',
         b'{"_enrichctl":1,"b":"new","_enrichctl":{"s":1}}\n'),
    ],
)  # fmt: skip
def test_of_a_key_that_comes_twice_the_last_value_counts_and_is_the_one_replaced(before, after):
    with open_source("-", stdin=io.BytesIO(before)) as source:
        index = source.header.index("b")
        assert source.sample()[0].cells[index] == ""
    assert rewritten(before, {index: "new"}, meta={"s": 1}) == after
    assert rewritten(before) == before


@pytest.mark.parametrize("form", [b"%s\n%s\n%s\n", b"[%s,\n%s,\n%s]"])
def test_keys_that_come_twice_are_said(form):
    data = form % (b'{"a":1,"b":{"c":1,"c":2}}', b'{"a":1,"b":2,"a":3}', b'{"b":1,"b":2,"b":3}')
    with open_source("-", stdin=io.BytesIO(data)) as source:
        (note,) = source.notes
        assert note.startswith(
            "the record on line 2 has 'a' twice, and 1 more repeat a key; the last"
        )
        cells = [row.cells for row in source.rows()]
        assert cells == [["1", '{"c":1,"c":2}'], ["3", "2"], ["", "3"]]
