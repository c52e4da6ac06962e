"""Every file that people really have: enriched offline, and every input cell as it was."""

import pytest
from e2e_shell import DATA

from enrichctl.errors import EnrichctlError
from enrichctl.files import open_source

FILES = sorted((DATA / "files").iterdir())


@pytest.mark.parametrize("path", FILES, ids=[path.name for path in FILES])
def test_enriched_offline_every_input_cell_is_as_it_was(shell, path):
    output = shell.folder / f"out{''.join(path.suffixes[-2:])}"
    done = shell("enrich", str(path), "-p", "offline", "-o", str(output))

    words = done.stderr.decode()
    if done.returncode == 2:  # it says why, and leaves nothing behind
        assert "error: " in words
        assert "next: " in words
        assert not output.exists()
        return
    assert done.returncode == (3 if "sent to no provider" in words else 0), words
    with open_source(path) as before, open_source(output) as after:
        if before.format in ("json", "jsonl"):  # a key stands where it first appears
            places = [after.header.index(name) for name in before.header]
        else:
            places = list(range(len(before.header)))
            assert after.header[: len(places)] == before.header
            assert "enrichctl_status" in after.header
        pairs = list(zip(before.rows(), after.rows(), strict=True))
        assert pairs
        for old, new in pairs:
            for mine, place in zip(old.cells, places, strict=True):
                assert new.cells[place] == mine or not mine.strip()


def test_most_of_the_corpus_can_be_enriched(shell):
    usable = 0
    for path in FILES:
        try:
            with open_source(path) as source:
                usable += bool(source.sample(1))
        except EnrichctlError:
            continue
    assert len(FILES) >= 25
    assert usable >= len(FILES) - 3
