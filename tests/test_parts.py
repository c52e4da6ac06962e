"""Parts of a file: which are taken as finished, and what an output is made of."""

import os

import pyarrow as pa
import pytest
from pyarrow import parquet

from enrichctl import arrow
from enrichctl.errors import InputError
from enrichctl.files import open_source
from enrichctl.matching import match_header
from enrichctl.parts import Parts, RowGroups, WholeFile, Writing, fill_part
from enrichctl.parts.part import read_note

EACH, GROUPS = 20, 3
ALL = frozenset(range(GROUPS))


def _write(path, who, at=0):
    """Write a file that differs from another one in the bytes of one row group alone."""
    mails = [f"jane{n:03}@psi.io" for n in range(EACH * GROUPS)]
    mails[at] = f"{who}@psi.io"
    parquet.write_table(
        pa.table({"Email": mails}),
        path,
        row_group_size=EACH,
        compression="none",
        use_dictionary=False,
        write_statistics=False,
    )
    os.utime(path, ns=(1, 1))
    return path


@pytest.fixture
def leads(tmp_path):
    return _write(tmp_path / "leads.parquet", "jane000")


def _parts(path, **words):
    source = open_source(path)
    work = RowGroups(arrow.step(**words), optional=True)
    parts = Parts(source, path.with_name("out.parquet"), work)
    parts.begin()
    for part in parts.left:
        parts.notes[part.number] = fill_part(part, work)
    return source, parts, work


def _begun_again(path, **words):
    """Return the numbers of the parts that are taken as finished."""
    source = open_source(path)
    work = RowGroups(arrow.step(**words), optional=True)
    parts = Parts(source, path.with_name("out.parquet"), work)
    parts.begin()
    return parts.notes.keys()


def test_finished_parts_are_left_as_they_are(leads):
    _, parts, _ = _parts(leads)
    assert [parts.notes[n]["rows_in"] for n in range(GROUPS)] == [EACH] * GROUPS
    assert [parts.notes[n]["rows_out"] for n in range(GROUPS)] == [EACH] * GROUPS
    assert _begun_again(leads) == ALL


def test_what_replaces_the_input_is_told_from_it_though_it_is_as_long_and_as_old(leads):
    _parts(leads)
    before = leads.stat()
    _write(leads, "mary999", at=EACH + 1)
    assert (leads.stat().st_size, leads.stat().st_mtime_ns) == (before.st_size, 1)
    assert _begun_again(leads) == {0, 2}


def test_what_replaces_the_input_after_its_parts_were_made_is_no_output(leads, tmp_path):
    _, parts, _ = _parts(leads)
    _write(leads, "mary999", at=EACH + 1)
    with (tmp_path / "out").open("wb") as sink, pytest.raises(InputError, match="was changed"):
        parts.write(sink)


def test_other_words_and_another_version_take_nothing_as_finished(leads, monkeypatch):
    _parts(leads)
    assert _begun_again(leads, want="website") == set()
    _parts(leads)
    monkeypatch.setattr("enrichctl.parts.folder.__version__", "99")
    assert _begun_again(leads) == set()


def test_a_part_of_which_only_the_note_is_left_is_not_finished(leads):
    _, parts, _ = _parts(leads)
    parts.all[1].rows_path.unlink()
    assert read_note(parts.all[1]) is None
    assert _begun_again(leads) == {0, 2}


def test_nothing_is_left_of_parts_once_they_are_removed(leads):
    _, parts, _ = _parts(leads)
    (parts.folder / ".000001.rows.0123abcd.part").write_text("of somebody who was killed")
    parts.remove()
    assert not parts.folder.exists()


@pytest.mark.parametrize("named", ["leads.csv", "leads.jsonl", "leads.arrow"])
def test_a_file_of_another_kind_is_one_part(tmp_path, named):
    path = tmp_path / named
    table = pa.table({"Email": ["ada@psi.io", "=1+1"], "X": ["", "ü"]})
    if named.endswith("csv"):
        path.write_text("Email;X\nada@psi.io;\n=1+1;ü\n", encoding="cp1252")
    elif named.endswith("jsonl"):
        path.write_text('{"Email": "ada@psi.io", "X": {"a": 1}}\n{"Email": "", "X": 3}\n')
    else:
        with pa.ipc.new_file(path, table.schema) as writer:
            writer.write_table(table)
    source = open_source(path)
    step = arrow.step()
    match = match_header(source.header, [], {}, {})
    step = arrow.ArrowStep(step.steps, step.rules, match=match)
    work = WholeFile(step, {}, Writing(source.format, excel_safe=True, optional=True))
    parts = Parts(source, path.with_name(f"out-{named}"), work)
    parts.begin()
    [part] = parts.left
    note = parts.notes[0] = fill_part(part, work)
    assert (note["rows_in"], note["rows_out"]) == (2, 2)
    with (tmp_path / "out").open("wb") as sink:
        parts.write(sink)
    out = open_source(tmp_path / "out", input_format=source.format)
    rows = [dict(zip(out.header, row.cells, strict=True)) for row in out.rows()]
    assert rows[0]["company_domain" if "company_domain" in out.header else "Email"]
    before = [row.cells for row in source.rows()]
    assert [row.cells[:2] for row in out.rows()] == before
    path.write_bytes(path.read_bytes() + b"\n")
    assert not part.is_of(note)  # more was written to it
