"""A proxy between the tool and its vendors that mixes up answers: nobody gets another's values."""

import sys
from pathlib import Path

from enrichctl.cli import app
from enrichctl.engine import lane
from enrichctl.providers.lemlist import Lemlist
from enrichctl.transport import api

sys.path.insert(0, str(Path(__file__).parents[1] / "soak"))
import tampering


def test_no_row_holds_another_s_value_and_the_ledger_is_what_the_journal_says(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(api, "BACKOFF", 0.01)
    monkeypatch.setattr(lane, "LINGER", 0.05)
    monkeypatch.setattr(Lemlist, "poll_every", 0.05)
    monkeypatch.setattr(Lemlist, "rates", ())
    monkeypatch.setattr(tampering, "TOGETHER", 0.02)

    def run(folder: Path, name: str, environ: dict[str, str]) -> int:
        for variable, text in (environ | {"ENRICHCTL_STATE_DIR": str(folder / name)}).items():
            monkeypatch.setenv(variable, text)
        return app.run(tampering.words(folder, name))

    tricks = {name: 3 * share for name, share in tampering.TRICKS.items()}
    found = tampering.tamper(tmp_path, count=100, seed=3, tricks=tricks, run=run)
    assert set(found.tricks) == set(tricks)
    assert found.wrong == []
    assert found.holds, found
    assert found.values[0] > found.values[1] / 2
