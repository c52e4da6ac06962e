import os

import pytest

from enrichctl.cli.request import alone_on
from enrichctl.errors import Locked
from enrichctl.files import open_source


@pytest.fixture
def source(tmp_path, monkeypatch):
    monkeypatch.setenv("ENRICHCTL_STATE_DIR", str(tmp_path / "state"))
    path = tmp_path / "leads.csv"
    path.write_text("email\nann@acme.com\n")
    with open_source(str(path)) as opened:
        yield opened


def test_a_second_run_on_an_input_is_refused_and_told_which_process_has_it(source):
    with alone_on(source), pytest.raises(Locked) as refused, alone_on(source):
        pass

    assert refused.value.message == f"another run (process {os.getpid()}) works on {source.name}"


def test_an_input_is_free_again_when_its_run_has_ended(source):
    with pytest.raises(ValueError, match="a bug"), alone_on(source):
        raise ValueError("a bug")

    with alone_on(source):
        pass
