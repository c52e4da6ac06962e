"""Delimited text: what divides it, where its header is, and that no dialect loses a character."""

import csv
import io
import tracemalloc

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from enrichctl.errors import InputError
from enrichctl.files import open_output, open_source
from enrichctl.files.splitting import Splitter


def opened(data, **options):
    return open_source("-", stdin=io.BytesIO(data), **options)


def copied(source, added=(), changed=None, texts=()):
    out = io.BytesIO()
    output = open_output(source, None, format=source.format, added=added, stream=out)
    with output:
        for row in source.rows():
            output.write(row, changed or {}, texts, None)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "header", "first"),
    [
        (b"a,b\n1,2\n", ["a", "b"], ["1", "2"]),
        (b"a;b\n1,5;2,5\n1,5;2\n", ["a", "b"], ["1,5", "2,5"]),
        (b"a\tb\n1,2\t3,4\n", ["a", "b"], ["1,2", "3,4"]),
        (b"a|b|c\nx, y|2|z; z\n", ["a", "b", "c"], ["x, y", "2", "z; z"]),
        (b'"a;b","c"\n"1;2","3"\n', ["a;b", "c"], ["1;2", "3"]),
        (b"email\nx\n", ["email"], ["x"]),
        (b"company\nBirch, Ltd\nOak, Elm, Ash\n", ["company"], ["Birch, Ltd"]),
        (b"SEP=|\na|b\n1,0|2\n", ["a", "b"], ["1,0", "2"]),
        (b"a,b\n,\n", ["a", "b"], ["", ""]),
        (b"full name,city\n", ["full name", "city"], None),
        (b'name\n"x ""y"" z"\n', ["name"], ['x "y" z']),
        (b'a,b\n"x"y,2\n', ["a", "b"], ["xy", "2"]),
        # Two delimiters divide all records alike: the columns make sense under one of them.
        (
            "Firma;E-Mail;Anschrift (Straße, PLZ, Ort)\n"
            "Psi;jo@psi.de;Weg 1, 10115, Ulm\nChi;al@chi.fr;Rue 2, 75001, Lyon\n".encode(),
            ["Firma", "E-Mail", "Anschrift (Straße, PLZ, Ort)"],
            ["Psi", "jo@psi.de", "Weg 1, 10115, Ulm"],
        ),
        (
            b"Mail;Last, First\njo@psi.de;Fay, Jo\n",
            ["Mail", "Last, First"],
            ["jo@psi.de", "Fay, Jo"],
        ),
        (b"Email;City,Land\njo@psi.de;Ulm,DE\n", ["Email", "City,Land"], ["jo@psi.de", "Ulm,DE"]),
        (b"Email|Tags;Notes\njo@psi.de|a;b\n", ["Email", "Tags;Notes"], ["jo@psi.de", "a;b"]),
        (b'Email,"a"";"\nx,"b"";"\n', ["Email", 'a";'], ["x", 'b";']),
        (
            b'Name;Email\n"Psi \\"Best; Inc\\"";jo@psi.de\nChi;al@chi.fr\n',
            ["Name", "Email"],
            ['Psi "Best; Inc"', "jo@psi.de"],
        ),
        # R's write.table: the first column has no header.
        (
            b'"email"\t"name"\n"1"\t"jo@psi.de"\t"Jo"\n"2"\t"al@chi.fr"\t"Al"\n',
            ["", "email", "name"],
            ["1", "jo@psi.de", "Jo"],
        ),
        (
            b'"email" "name"\n"1" "jo@psi.de" "Jo F"\n"2" "al@chi.fr" "Al"\n',
            ["", "email", "name"],
            ["1", "jo@psi.de", "Jo F"],
        ),
        (
            b"email,name\n1,jo@psi.de,Jo\n2,al@chi.fr,Al\n",
            ["", "email", "name"],
            ["1", "jo@psi.de", "Jo"],
        ),
    ],
)
def test_the_delimiter_is_what_divides_the_records_alike(data, header, first):
    with opened(data) as source:
        assert source.header == header
        assert [row.cells for row in source.sample(1)] == ([first] if first else [])


@pytest.mark.parametrize(
    ("record", "why"),
    [
        (b"Psi, Inc.,Jo,jo@psi.de", "line 4 has 4 cells"),
        (b"Psi, Inc.,Jo,", "line 4 has 4 cells"),
        (b'"Psi "Best, Inc"",Jo', "line 4 has a quote within quotes"),
        (b'"Psi \\"Best, Inc\\"",Jo', "line 4 has a quote within quotes"),
        (b'"Psi,Jo",jo@psi.de', "line 4 has 2 cells"),
        (b'"Psi"" Best",Jo,jo@psi.de', ""),
        (b'"Psi" Best,Jo,jo@psi.de', ""),
        (b'Psi 12" pipes,Jo,jo@psi.de', ""),
        (b'"Psi" ,"Jo" ,jo@psi.de', ""),
        (b"Psi,Jo", ""),
        (b'"Psi, Inc.",Jo', ""),
    ],
)
def test_a_record_whose_cells_may_be_shifted_says_so(record, why):
    usual = b"Chi,Al,al@chi.fr\n"
    with opened(b"Company,First Name,Email\n" + usual * 2 + record + b"\n" + usual) as source:
        shifted = [row.shifted for row in source.rows()]
        assert shifted[2].startswith(why)
        assert bool(shifted[2]) == bool(why)
        assert (shifted[:2], shifted[3:]) == (["", ""], [""])


def test_a_blank_cell_too_many_in_every_record_shifts_nothing():
    with opened(
        b"name,email\nAnn,a@psi.de,\nBo,b@psi.de,\nCal,c@psi.de\nDi, x,d@psi.de\n"
    ) as source:
        assert [bool(row.shifted) for row in source.rows()] == [False, False, False, True]


def test_a_blank_cell_too_many_in_one_of_two_records_may_shift_it():
    with opened(b"name,email,note\nPsi, Inc.,a@psi.de,\nChi,b@psi.de,\n") as source:
        assert [bool(row.shifted) for row in source.rows()] == [True, False]


def test_rows_keep_their_names_without_a_header():
    data = b'"email"\t"name"\n"a"\t"jo@psi.de"\t"Jo"\n"b"\t"al@chi.fr"\t"Al"\n'
    with opened(data) as source:
        assert copied(source) == data
        assert copied(source, added=["city"], texts=["Ulm"]) == (
            b'"email"\t"name"\t"city"\n'
            b'"a"\t"jo@psi.de"\t"Jo"\t"Ulm"\n"b"\t"al@chi.fr"\t"Al"\t"Ulm"\n'
        )


def test_new_cells_escape_quotes_as_the_file_does():
    data = b'name,email\n"Psi \\"Best, Inc\\"",jo@psi.de\n"Chi",\n'
    with opened(data) as source:
        assert copied(source) == data
        assert copied(source, changed={0: 'a "b" \\'}) == (
            b'name,email\n"a \\"b\\" \\\\",jo@psi.de\n"a \\"b\\" \\\\",\n'
        )


@pytest.mark.parametrize("delimiter", [";", "~", "\t", " "])
def test_a_delimiter_that_is_named_is_used(delimiter):
    data = f"Email{delimiter}a,b\nx{delimiter}c,d\n".encode()
    with opened(data, delimiter=delimiter) as source:
        assert source.header == ["Email", "a,b"]
        assert copied(source, added=["z"], texts=["1"]) == (
            f"Email{delimiter}a,b{delimiter}z\nx{delimiter}c,d{delimiter}1\n".encode()
        )


@pytest.mark.parametrize(
    "preamble",
    ["Report\n\n", 'Notes:\n"a, b, c, d"\n\n', "Report;of;June\n", "From:,1 May\nTo:,2 May\n\n"],
)
def test_lines_before_the_header_are_no_records_and_come_back(preamble):
    body = "First name,Last name,E-mail,Phone,City,Country\nAnn,Birch,,,,\nBo,Cole,b@c.example,,,\n"
    data = (preamble + body).encode()
    with opened(data) as source:
        assert source.header[0] == "First name"
        assert [row.cells[0] for row in source.rows()] == ["Ann", "Bo"]
        assert any("before the header" in note for note in source.notes)
        assert copied(source) == data


@pytest.mark.parametrize(
    "data",
    [
        b"name\nBirch, Ann\nCole, Bo\n",
        b"email,name,phone\n,,\nNamely Ltd,the city,x\n",
        b"a,b,c\nx\ny\n1,2,3\n",
    ],
)
def test_records_are_never_taken_for_a_preamble(data):
    with opened(data) as source:
        assert len(list(source.rows())) == data.count(b"\n") - 1


@pytest.mark.parametrize(
    ("tail", "records"),
    [
        ("\n\nBirch Inc.\nReport of June\n", 2),
        ('\n"Copyright (c) 2026 Birch, Inc."\n', 2),
        ("Grand total: 2\n", 2),
        ("Dee\n", 3),
        ("\ndee@birch.example\n", 3),
        ("\nDee\nEli,e@birch.example\n", 4),
    ],
)
def test_a_footer_is_told_from_a_record_that_is_cut_short(tail, records):
    data = ("name,email\nAnn,a@birch.example\nBo,\n" + tail).encode()
    with opened(data) as source:
        assert len(list(source.rows())) == records
        assert copied(source) == data
        with_column = copied(source, added=("x",), texts=("v",)).decode()
    assert sum(line.endswith(",v") for line in with_column.splitlines()) == records
    if records == 2:
        assert with_column.endswith(tail)


def test_a_quote_left_open_far_into_a_file_is_found_when_it_is_opened():
    with pytest.raises(InputError, match="line 40002 opens a quote that is never closed"):
        opened(b"name,email\n" + b"Ann,a@birch.example\n" * 40_000 + b'Bo,"\n')


def test_a_footer_is_written_although_the_rows_were_not_read_to_the_end():
    data = b"name,email\n" + b"Ann,\n" * 300 + b'\n"Copyright (c) Birch"\n'
    out = io.BytesIO()
    with opened(data) as source:
        output = open_output(source, None, format="csv", added=(), stream=out)
        with output:
            for row in source.sample(300):
                output.write(row, {}, [], None)
    assert out.getvalue() == data


def test_a_record_that_is_odd_says_so_with_its_line():
    with opened(b'name,email\n"a\nb",x\n1\n1,2,3\n') as source:
        rows = list(source.rows())
        assert [(row.line, row.problem, row.cells) for row in rows] == [
            (2, "", ["a\nb", "x"]),
            (4, "line 4 has 1 cell, the header has 2", ["1", ""]),
            (5, "line 5 has 3 cells, the header has 2", ["1", "2"]),
        ]
        assert source.extra_cells(rows[2]) == ["3"]
        assert source.notes == [
            "line 5 has 3 cells, the header has 2; kept as is, and sent to no provider",
            "line 4 has 1 cell, the header has 2; kept as is",
        ]


def test_an_encoding_that_is_named_overrides_what_the_bytes_look_like():
    data = "name;city\nŽižka;Łódź\n".encode("cp1250")
    with opened(data, encoding="windows-1250") as source:
        assert source.sample(1)[0].cells == ["Žižka", "Łódź"]
        assert source.notes == []
        assert copied(source) == data


def test_an_encoding_with_two_spellings_of_a_character_is_said():
    usual = "name,city\n∵,東京\n".encode("cp932")
    for data, notes in ((usual, 0), (usual.replace("∵".encode("cp932"), b"\x87\x9a"), 1)):
        with opened(data, encoding="cp932") as source:
            assert source.sample(1)[0].cells == ["∵", "東京"]
            assert len(source.notes) == notes


def test_the_mark_that_ends_a_dos_file_is_no_record():
    data = b"email,name\r\nx,Ann\r\n\x1a"
    with opened(data) as source:
        assert [row.cells for row in source.rows()] == [["x", "Ann"]]
        assert copied(source, added=("x",), texts=("v",)) == (b"email,name,x\r\nx,Ann,v\r\n\x1a")


@pytest.mark.parametrize("name", ["utf-16", "utf_16_le", "UTF-16LE"])
def test_a_byte_order_mark_is_no_part_of_the_first_name_when_the_encoding_is_named(name):
    data = "\ufeffemail\tname\r\nx\ty\r\n".encode("utf-16-le")
    with opened(data, encoding=name) as source:
        assert source.header == ["email", "name"]
        assert copied(source) == data


ALPHABET = st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"))
TEXT = st.text(st.one_of(st.sampled_from(",;\t|\"\n' =a1é"), ALPHABET), max_size=12)
TABLES = st.lists(st.tuples(TEXT, TEXT, TEXT), max_size=8)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    table=TABLES,
    delimiter=st.sampled_from(",;\t|"),
    newline=st.sampled_from(["\n", "\r\n"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252", "latin-1"]),
    last_end=st.booleans(),
    fill=TEXT,
)
def test_any_dialect_and_encoding_comes_back_and_takes_new_cells(
    *, table, delimiter, newline, quoting, encoding, last_end, fill
):
    def fits(text):
        return text.encode(encoding, "ignore").decode(encoding)

    table = [tuple(map(fits, record)) for record in table]
    fill = fits(fill)
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, lineterminator=newline, quoting=quoting)
    writer.writerows([("e-mail", "name", "note"), *table])
    whole = text.getvalue()
    data = (whole if last_end else whole.removesuffix(newline)).encode(encoding)
    named = encoding if encoding in ("cp1252", "latin-1") else None
    with opened(data, encoding=named, input_format="csv") as source:
        assert source.header == ["e-mail", "name", "note"]
        rows = list(source.rows())
        assert [tuple(row.cells) for row in rows] == table
        assert copied(source) == data
        new = copied(source, ("x", "y"), {1: fill}, (fill, "z")).decode(encoding)
    parsed = list(csv.reader(io.StringIO(new, newline=""), delimiter=delimiter))
    safe = parsed[1][1] if table else ""
    assert safe.removeprefix("'") in (fill, fill.removeprefix("'"), "")
    assert parsed == [
        ["e-mail", "name", "note", "x", "y"],
        *([a, safe, c, safe, "z"] for a, _, c in table),
    ]


@settings(max_examples=300, deadline=None)
@given(
    text=st.text(st.sampled_from(',"\n\rab'), max_size=40),
    size=st.integers(1, 7),
)
def test_records_and_cells_joined_again_are_the_text(text, size):
    splitter = Splitter(",")
    chunks = [text[at : at + size] for at in range(0, len(text), size)]
    records = list(splitter.records(iter(chunks), lenient=True))
    assert "".join(raw + end for _, raw, end in records) == text
    for _, raw, _ in records[:-1]:
        assert ",".join(splitter.raw_cells(raw)) == raw
        assert splitter.cells(raw) == [
            splitter.text(cell) if cell.startswith('"') else cell
            for cell in splitter.raw_cells(raw)
        ]


def test_memory_does_not_depend_on_the_number_of_records(tmp_path):
    def peak(count):
        path = tmp_path / f"{count}.csv"
        with path.open("w") as file:
            file.write("email,name,note\n")
            file.writelines(f'p{n}@birch.example,"Birch, {n}",{"n" * 300}\n' for n in range(count))
        tracemalloc.start()
        with (
            open_source(path) as source,
            open_output(source, tmp_path / "out.csv", format="csv", added=("x",)) as output,
        ):
            for row in source.rows():
                output.write(row, {}, ["v"], None)
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return used

    assert peak(12_000) < 1.1 * peak(5_000)


def test_what_stands_often_in_quoted_values_is_no_delimiter(tmp_path):
    path = tmp_path / "again.csv"
    rows = "".join(f'"a{n}","x=1;y=2;z=3"\r\n' for n in range(3))
    path.write_bytes(f'"name","enrichctl_sources"\r\n{rows}\r\n"a footer"\r\n'.encode())
    with open_source(path) as source:
        assert source.header == ["name", "enrichctl_sources"]


def test_records_of_the_macintosh_may_hold_line_feeds():
    data = b'email,note\ra@acme.example,"one\ntwo"\rb@acme.example,\r'
    with opened(data) as source:
        assert source.header == ["email", "note"]
        cells = [row.cells for row in source.rows()]
        assert cells == [["a@acme.example", "one\ntwo"], ["b@acme.example", ""]]
        out = copied(source, ("x",), texts=("three\nfour",))
    with opened(out) as source:
        assert [row.cells[2] for row in source.rows()] == ["three\nfour"] * 2


def test_what_stands_behind_the_only_column_moves_no_new_cell():
    with opened(b'"email"\n"a@acme.example","more"\n"b@acme.example"\n') as source:
        out = copied(source, ("x",), texts=("new",))
    with opened(out) as source:
        assert source.header == ["email", "x"]
        assert [row.cells[1] for row in source.rows()] == ["new", "new"]
